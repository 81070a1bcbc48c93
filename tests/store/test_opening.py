"""Whose file it is: one owner at a time, and what isn't ours, or of another version, is left alone."""

from __future__ import annotations

import asyncio
import os
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

from helpdesk.errors import BadConfig, Refused
from helpdesk.store import schema
from helpdesk.store.lock import holder, lock_path
from helpdesk.store.sqlite import open_reader, open_store
from helpdesk.store.verbs import notices


async def test_a_second_owner_is_told_who_has_it(path: Path) -> None:
    """By name and process; afterwards the file is free."""
    async with open_store(path, owner="helpdesk serve"):
        assert holder(path) == f"helpdesk serve, process {os.getpid()}"
        with pytest.raises(Refused, match=f"helpdesk serve, process {os.getpid()}"):
            async with open_store(path):
                pass
    assert holder(path) is None
    async with open_store(path):
        pass


async def test_a_dead_owner_is_no_obstacle(path: Path) -> None:
    """A process that was killed leaves its lock file, and what it had committed."""
    code = (
        "import asyncio, os, sys, pathlib\n"
        "from helpdesk.store.sqlite import open_store\n"
        "from helpdesk.store.verbs import notices\n"
        "async def main():\n"
        "    async with open_store(pathlib.Path(sys.argv[1]), owner='killed') as store:\n"
        "        await store.write(notices.raise_notice, 'k', 'error', 'left behind', 5)\n"
        "        os.kill(os.getpid(), 9)\n"
        "asyncio.run(main())\n"
    )
    ended = await asyncio.to_thread(subprocess.run, [sys.executable, "-c", code, str(path)], check=False, timeout=30)
    assert ended.returncode == -9
    assert "killed" in lock_path(path).read_text()
    async with open_store(path) as store:
        assert [notice.text for notice in await store.read(notices.notices)] == ["left behind"]


def _pragma(path: Path, name: str, value: int) -> None:
    with closing(sqlite3.connect(path)) as connection:
        connection.execute(f"PRAGMA {name} = {value}")


def _bytes(path: Path) -> bytes:
    return path.read_bytes()


async def test_a_reader_of_another_schema_is_told(path: Path) -> None:
    """A report by another version of the program doesn't guess."""
    async with open_store(path):
        pass
    _pragma(path, "user_version", schema.newest() - 1)
    with pytest.raises(BadConfig, match="db upgrade"):
        async with open_reader(path):
            pass


async def test_a_newer_file_is_left_alone(path: Path) -> None:
    """An older program doesn't touch it."""
    async with open_store(path):
        pass
    _pragma(path, "user_version", schema.newest() + 1)
    before = _bytes(path)
    with pytest.raises(BadConfig, match="newer program"):
        async with open_store(path):
            pass
    assert _bytes(path) == before


async def test_another_program_s_file_is_left_alone(path: Path) -> None:
    """A database that isn't ours, a file that is none, and a folder."""
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("CREATE TABLE theirs (x)")
    text = path.with_name("notes.txt")
    text.write_text("not a database at all " * 100)
    for wrong in (path, text, path.parent, path.parent / "none" / "desk.sqlite"):
        with pytest.raises(BadConfig, match=r"store\.path"):
            async with open_store(wrong):
                pass
    assert text.read_text() == "not a database at all " * 100


async def test_a_migration_that_fails_changes_nothing(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Half a migration is none: the file is as it was, and the program says what is wrong."""
    async with open_store(path):
        pass
    known = schema.migrations()
    broken = (schema.newest() + 1, "CREATE TABLE fresh (x); CREATE TABLE fresh (x);")
    monkeypatch.setattr(schema, "migrations", lambda: [*known, broken])
    with pytest.raises(BadConfig, match="fresh"):
        async with open_store(path):
            pass
    monkeypatch.setattr(schema, "migrations", lambda: known)
    async with open_store(path) as store:
        tables = await store.read(lambda sql: sql("SELECT 1 FROM sqlite_master WHERE name = 'fresh'"))
    assert tables == []
