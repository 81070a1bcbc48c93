"""One owner, shared commits, snapshots to read, and nothing that a cancelled caller could leave behind."""

from __future__ import annotations

import asyncio
import inspect
import random
import sqlite3
import stat
from contextlib import closing
from pathlib import Path

import aiosqlite
import pytest

from helpdesk.errors import NotFound, TryLater
from helpdesk.events import Seq
from helpdesk.ports import Sql, Store
from helpdesk.store import schema
from helpdesk.store.commits import BATCH, SharedStore
from helpdesk.store.sqlite import open_reader, open_store
from helpdesk.store.verbs import events
from tests.store.calls import cancel, error_of, happened, names, put, sqlite_of


def putting_two(sql: Sql, name: str) -> None:
    """Write, then fail."""
    put(sql, name)
    raise NotFound("on purpose")


# Commits


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


async def test_waiting_writes_share_a_commit(path: Path) -> None:
    """Sixty-four callers at once make two commits at most, and each gets its own result."""
    commits: list[str] = []

    def listen(sql: Sql) -> None:
        sql._connection.set_trace_callback(commits.append)  # type: ignore[attr-defined]

    async with open_store(path) as store:
        await store.write(listen)
        commits.clear()
        async with asyncio.TaskGroup() as tasks:
            each = [tasks.create_task(store.write(put, f"n{n}")) for n in range(64)]
        assert [task.result() for task in each] == [f"n{n}" for n in range(64)]
    assert commits.count("COMMIT") <= 2


async def test_more_than_a_batch_is_served_in_order(path: Path) -> None:
    """Twice the most that share a commit: all are written."""
    async with open_store(path) as store:
        async with asyncio.TaskGroup() as tasks:
            for n in range(2 * BATCH + 3):
                tasks.create_task(store.write(put, f"n{n}"))
        assert len(await store.read(names)) == 2 * BATCH + 3


async def test_one_bad_write_fails_alone(path: Path) -> None:
    """What it wrote before it failed is undone; those beside it in the same commit stand."""
    async with open_store(path) as store:
        async with asyncio.TaskGroup() as tasks:
            good = [tasks.create_task(store.write(put, f"good{n}")) for n in range(3)]
            bad = tasks.create_task(error_of(store.write(putting_two, "bad")))
            twice = tasks.create_task(error_of(store.write(put, "good0")))
            wrong = tasks.create_task(error_of(store.write(lambda sql: sql("SELECT nonsense"))))
            more = tasks.create_task(store.write(put, "more"))
        assert {task.result() for task in good} | {more.result()} == {"good0", "good1", "good2", "more"}
        assert isinstance(bad.result(), NotFound)
        assert isinstance(twice.result(), sqlite3.IntegrityError)
        assert isinstance(wrong.result(), sqlite3.OperationalError)
        assert await store.read(names) == {"good0", "good1", "good2", "more"}
        assert store.trouble == ""


@pytest.mark.parametrize("private", [True, False])
async def test_cancelled_callers_leave_nothing_behind(path: Path, private: bool) -> None:
    """Cancelled at random, in mid-batch and before: no transaction stays open, no acknowledged row is lost."""
    dice = random.Random(4)
    acknowledged: set[str] = set()

    async def caller(store: Store, name: str) -> None:
        acknowledged.add(await store.write(put, name))
        await store.read(names)

    async with open_store(None if private else path) as store:
        for round_ in range(40):
            async with asyncio.TaskGroup() as tasks:
                each = [tasks.create_task(caller(store, f"{round_}.{n}")) for n in range(12)]
                for _ in range(dice.randrange(6)):
                    await asyncio.wait_for(asyncio.shield(store.read(names)), 30) if dice.random() < 0.3 else None
                    dice.choice(each).cancel()
            assert not sqlite_of(store).writer._conn.in_transaction
        found = await store.read(names)
    assert acknowledged <= found
    assert len(acknowledged) > 100


async def test_a_cancelled_caller_s_write_stands(path: Path) -> None:
    """Cancelling who waits neither undoes nor repeats what is in the batch."""
    async with open_store(path) as store:
        async with asyncio.TaskGroup() as tasks:
            task = tasks.create_task(store.write(put, "one"))
            behind = tasks.create_task(store.write(put, "two"))
            tasks.create_task(cancel(task))
        assert task.cancelled()
        assert behind.result() == "two"
        assert "two" in await store.read(names)


# Reading


async def test_a_read_is_one_snapshot_and_can_t_write(path: Path) -> None:
    """A verb that writes is refused where it should only read."""
    async with open_store(path) as store:
        with pytest.raises(TryLater, match="readonly"):
            await store.read(put, "one")
        assert await store.read(names) == set()


async def test_a_reader_beside_the_owner(path: Path) -> None:
    """It sees what is committed, takes no lock and writes nothing."""
    async with open_store(path) as store:
        await store.write(put, "one")
        async with open_reader(path) as reader:
            assert await reader.read(names) == {"one"}
            with pytest.raises(TryLater, match="readonly"):
                await reader.write(put, "two")
        await store.write(put, "two")
        assert await store.read(names) == {"one", "two"}


async def test_each_library_sees_its_own(path: Path) -> None:
    """Two libraries in one file: each with its own rows and its own log."""
    async with open_store(path, library="one") as store:
        await store.write(put, "row")
        await store.write(happened)
    async with open_store(path, library="two") as store:
        assert await store.read(names) == set()
        assert await store.write(happened) == 1


# Hearing of changes


async def test_a_change_is_heard_after_its_commit(path: Path) -> None:
    """Whoever waits gets the last number; what is known already returns at once."""
    async with open_store(path) as store:
        async with asyncio.TaskGroup() as tasks:
            waiting = [tasks.create_task(store.changed(Seq(0))) for _ in range(3)]
            tasks.create_task(store.write(happened))
        assert [task.result() for task in waiting] == [1, 1, 1]
        assert await store.changed(Seq(0)) == 1
        assert isinstance(store, SharedStore)
        assert store._waiting == set()
    async with open_store(path) as store:
        assert await store.changed(Seq(0)) == 1


async def test_a_failed_write_wakes_nobody(path: Path) -> None:
    """What was rolled back did not happen."""

    def failing(sql: Sql) -> None:
        happened(sql)
        raise NotFound("on purpose")

    async with open_store(path) as store, asyncio.TaskGroup() as tasks:
        waiting = tasks.create_task(store.changed(Seq(0)))
        with pytest.raises(NotFound):
            await store.write(failing)
        await store.write(put, "no event")
        assert not waiting.done()
        assert await store.write(happened) == 1
        assert await waiting == 1


# What we rely on


async def test_aiosqlite_s_protected_call() -> None:
    """The one that verbs run through: pinned, and it runs what it is given whole, on a thread of its own."""
    assert aiosqlite.__version__ == "0.22.1"
    assert list(inspect.signature(aiosqlite.Connection._execute).parameters) == ["self", "fn", "args", "kwargs"]
    async with aiosqlite.connect(":memory:") as connection:
        raw: sqlite3.Connection = connection._conn
        assert await connection._execute(lambda: raw.execute("SELECT 7").fetchone()) == (7,)  # type: ignore[no-untyped-call]
        with pytest.raises(ZeroDivisionError):
            await connection._execute(lambda: 1 // 0)  # type: ignore[no-untyped-call]


async def test_nothing_of_a_caller_s_is_logged(path: Path, caplog: pytest.LogCaptureFixture) -> None:
    """aiosqlite tells its debug log what it runs: it is told no text."""
    caplog.set_level("DEBUG")
    async with open_store(path) as store:
        await store.write(put, "a secret")
        await store.read(events.of_ticket, "another secret")  # type: ignore[arg-type]
    assert caplog.records
    assert "secret" not in caplog.text


def test_meets_its_port(path: Path) -> None:
    """By shape alone."""
    store: type[Store] = SharedStore
    assert store
