"""What only the engine over SQLite does: durable pragmas, and aiosqlite's thread."""

from __future__ import annotations

import inspect
import sqlite3
import stat
from contextlib import closing
from pathlib import Path

import aiosqlite
import pytest

from helpdesk.ports import Sql
from helpdesk.store import schema
from helpdesk.store.sqlite import open_store
from tests.store.calls import put


async def test_what_returned_is_on_disk(path: Path) -> None:
    """Another connection sees a row as soon as its writer has heard."""
    async with open_store(path) as store:
        assert await store.write(put, "one") == "one"
        with closing(sqlite3.connect(path)) as other:
            assert other.execute("SELECT id FROM remarks").fetchall() == [("one",)]


async def test_durable_settings(path: Path) -> None:
    """WAL, FULL, foreign keys, deleted bytes overwritten; the file marked as ours and readable by its owner alone."""

    def pragmas(sql: Sql) -> list[object]:
        wanted = ("journal_mode", "synchronous", "foreign_keys", "secure_delete", "application_id", "user_version")
        return [next(iter(dict(sql(f"PRAGMA {name}")[0]).values())) for name in wanted]

    async with open_store(path) as store:
        await store.write(put, "one")
        assert await store.write(pragmas) == ["wal", 2, 1, 1, schema.APPLICATION_ID, schema.newest()]
        modes = {stat.S_IMODE(each.stat().st_mode) for each in path.parent.iterdir()}
    assert modes == {0o600}


async def test_aiosqlite_s_protected_call() -> None:
    """The one that verbs run through: pinned, and it runs what it is given whole, on a thread of its own."""
    assert aiosqlite.__version__ == "0.22.1"
    assert list(inspect.signature(aiosqlite.Connection._execute).parameters) == ["self", "fn", "args", "kwargs"]
    async with aiosqlite.connect(":memory:") as connection:
        raw: sqlite3.Connection = connection._conn
        assert await connection._execute(lambda: raw.execute("SELECT 7").fetchone()) == (7,)  # type: ignore[no-untyped-call]
        with pytest.raises(ZeroDivisionError):
            await connection._execute(lambda: 1 // 0)  # type: ignore[no-untyped-call]


async def test_aiosqlite_logs_what_it_runs(path: Path, caplog: pytest.LogCaptureFixture) -> None:
    """It does, so that the test of what is logged looks at something; and it is told no text."""
    caplog.set_level("DEBUG")
    async with open_store(path) as store:
        await store.write(put, "a secret")
    assert caplog.records
    assert "secret" not in caplog.text
