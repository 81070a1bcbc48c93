"""The engine: one owner, shared commits, and nothing that a cancelled caller could leave behind."""

from __future__ import annotations

import asyncio
import inspect
import os
import random
import sqlite3
import stat
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import aiosqlite
import pytest

from helpdesk.clock import ManualClock
from helpdesk.errors import BadConfig, NotFound, Refused, TryLater
from helpdesk.events import Kind, NewEvent, Seq
from helpdesk.ports import Sql, Store
from helpdesk.store import schema
from helpdesk.store.lock import holder, lock_path
from helpdesk.store.sqlite import BATCH, SqliteStore, open_reader, open_store
from helpdesk.store.verbs import events, notices

NOW = ManualClock().now()


def put(sql: Sql, name: str, size: int = 1) -> str:
    """Write one row; ``size`` in bytes."""
    sql("INSERT INTO remarks (library, id, ticket, text) VALUES (:library, :id, NULL, :text)", id=name, text="x" * size)
    return name


def names(sql: Sql) -> set[str]:
    """What :func:`put` wrote."""
    return {row["id"] for row in sql("SELECT id FROM remarks WHERE library = :library")}


def happened(sql: Sql) -> Seq:
    """Append one event."""
    fact = NewEvent(kind=Kind.TESTED, ticket=None, when=NOW, actor="system")
    return events.append(sql, [fact], NOW)[0].seq


def putting_two(sql: Sql, name: str) -> None:
    """Write, then fail."""
    put(sql, name)
    raise NotFound("on purpose")


async def fill(store: SqliteStore, pages: int) -> None:
    """Let the file grow by no more than ``pages`` pages from now on; 0 for no limit."""

    def limit(sql: Sql) -> None:
        used = sql("PRAGMA page_count")[0]["page_count"]
        sql(f"PRAGMA max_page_count = {used + pages if pages else 2**30}")

    await store.read(limit) if store._private else await _on_writer(store, limit)


async def _on_writer(store: SqliteStore, verb: object) -> None:
    """Run something on the writing connection outside any transaction, as an administrator's mistake would."""

    def work() -> None:
        verb(store._session(store._writer._conn))  # type: ignore[operator]

    await store._writer._execute(work)  # type: ignore[no-untyped-call]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Where a store may lie."""
    return tmp_path / "desk.sqlite"


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
            bad = tasks.create_task(_error(store.write(putting_two, "bad")))
            twice = tasks.create_task(_error(store.write(put, "good0")))
            wrong = tasks.create_task(_error(store.write(lambda sql: sql("SELECT nonsense"))))
            more = tasks.create_task(store.write(put, "more"))
        assert {task.result() for task in good} | {more.result()} == {"good0", "good1", "good2", "more"}
        assert isinstance(bad.result(), NotFound)
        assert isinstance(twice.result(), sqlite3.IntegrityError)
        assert isinstance(wrong.result(), sqlite3.OperationalError)
        assert await store.read(names) == {"good0", "good1", "good2", "more"}
        assert store.trouble == ""


async def _error(call: object) -> BaseException | None:
    try:
        await call  # type: ignore[misc]
    except Exception as error:  # noqa: BLE001 - it is what the test looks at
        return error
    return None


@pytest.mark.parametrize("private", [True, False])
async def test_cancelled_callers_leave_nothing_behind(path: Path, private: bool) -> None:
    """Cancelled at random, in mid-batch and before: no transaction stays open, no acknowledged row is lost."""
    dice = random.Random(4)
    acknowledged: set[str] = set()

    async def caller(store: SqliteStore, name: str) -> None:
        acknowledged.add(await store.write(put, name))
        await store.read(names)

    async with open_store(None if private else path) as store:
        for round_ in range(40):
            async with asyncio.TaskGroup() as tasks:
                each = [tasks.create_task(caller(store, f"{round_}.{n}")) for n in range(12)]
                for _ in range(dice.randrange(6)):
                    await asyncio.wait_for(asyncio.shield(store.read(names)), 5) if dice.random() < 0.3 else None
                    dice.choice(each).cancel()
            assert not store._writer._conn.in_transaction
        found = await store.read(names)
    assert acknowledged <= found
    assert len(acknowledged) > 100


async def test_a_cancelled_caller_s_write_stands(path: Path) -> None:
    """Cancelling who waits neither undoes nor repeats what is in the batch."""
    async with open_store(path) as store:
        async with asyncio.TaskGroup() as tasks:
            task = tasks.create_task(store.write(put, "one"))
            behind = tasks.create_task(store.write(put, "two"))
            tasks.create_task(_cancel(task))
        assert task.cancelled()
        assert behind.result() == "two"
        assert "two" in await store.read(names)


async def _cancel(task: asyncio.Task[str]) -> None:
    task.cancel()


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


async def test_a_reader_of_another_schema_is_told(path: Path) -> None:
    """A report by another version of the program doesn't guess."""
    async with open_store(path):
        pass
    _pragma(path, "user_version", schema.newest() - 1)
    with pytest.raises(BadConfig, match="db upgrade"):
        async with open_reader(path):
            pass


async def test_each_library_sees_its_own(path: Path) -> None:
    """Two libraries in one file: each with its own rows and its own log."""
    async with open_store(path, library="one") as store:
        await store.write(put, "row")
        await store.write(happened)
    async with open_store(path, library="two") as store:
        assert await store.read(names) == set()
        assert await store.write(happened) == 1


# Trouble


async def test_a_full_store_acknowledges_nothing(path: Path) -> None:
    """Every caller of the batch hears TryLater, the desk is told, and it ends with the first write that goes well."""
    async with open_store(path) as store:
        await store.write(put, "before")
        await fill(store, 2)
        async with asyncio.TaskGroup() as tasks:
            each = [tasks.create_task(_error(store.write(put, f"n{n}", 20_000))) for n in range(5)]
        assert {type(task.result()) for task in each} == {TryLater}
        assert "full" in store.trouble
        assert await store.read(names) == {"before"}
        assert not store._writer._conn.in_transaction
        await fill(store, 0)
        await store.write(put, "after", 20_000)
        assert store.trouble == ""
        assert await store.read(names) == {"before", "after"}


async def test_a_store_that_turns_read_only(path: Path) -> None:
    """The same, and what failed can be written again later."""
    async with open_store(path) as store:
        await _on_writer(store, lambda sql: sql("PRAGMA query_only = ON"))
        with pytest.raises(TryLater, match="Nothing was kept"):
            await store.write(put, "one")
        assert "readonly" in store.trouble
        await _on_writer(store, lambda sql: sql("PRAGMA query_only = OFF"))
        await store.write(put, "one")
        assert store.trouble == ""


async def test_wiping_a_full_or_held_store(path: Path) -> None:
    """A reader that holds the log is not waited for: it says False, and True once the reader is gone."""
    async with open_store(path) as store:
        await store.write(put, "one")
        with closing(sqlite3.connect(path, isolation_level=None)) as other:
            other.execute("BEGIN")
            other.execute("SELECT * FROM remarks").fetchall()
            await store.write(put, "two")
            assert await store.purge() is False
            other.execute("ROLLBACK")
        assert await store.purge() is True
        assert path.with_name("desk.sqlite-wal").stat().st_size == 0


async def test_a_closed_store_says_so(path: Path) -> None:
    """Calls that come too late are turned away; what was queued before is done."""
    async with open_store(path) as store:
        async with asyncio.TaskGroup() as tasks:
            queued = tasks.create_task(store.write(put, "one"))
            tasks.create_task(_stop(store))
        assert queued.result() == "one"
        for call in (store.write(put, "two"), store.read(names)):
            with pytest.raises(TryLater, match="closed"):
                await call


async def _stop(store: SqliteStore) -> None:
    store.stop()


async def test_nobody_waits_for_a_store_that_was_cancelled(path: Path) -> None:
    """The task that owned it is cancelled: a caller elsewhere hears TryLater, and the file opens again."""
    opened: asyncio.Future[SqliteStore] = asyncio.get_running_loop().create_future()

    async def own() -> None:
        async with open_store(path) as store:
            opened.set_result(store)
            await asyncio.Event().wait()

    async with asyncio.TaskGroup() as tasks:
        owner = tasks.create_task(own())
        store = await opened
        callers = [tasks.create_task(_error(store.write(put, f"n{n}"))) for n in range(5)]
        tasks.create_task(_cancel(owner))  # type: ignore[arg-type]
    heard = [caller.result() for caller in callers]
    async with open_store(path) as again:
        assert len(await again.read(names)) >= sum(error is None for error in heard)


# Hearing of changes


async def test_a_change_is_heard_after_its_commit(path: Path) -> None:
    """Whoever waits gets the last number; what is known already returns at once."""
    async with open_store(path) as store:
        async with asyncio.TaskGroup() as tasks:
            waiting = [tasks.create_task(store.changed(Seq(0))) for _ in range(3)]
            tasks.create_task(store.write(happened))
        assert [task.result() for task in waiting] == [1, 1, 1]
        assert await store.changed(Seq(0)) == 1
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


# Who owns the file


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


def test_the_interpreter_ends_with_a_store_open_in_a_cancelled_task(path: Path) -> None:
    """A connection that nobody closed would hang it for good."""
    code = (
        "import asyncio, sys, pathlib\n"
        "from helpdesk.store.sqlite import open_store\n"
        "async def own(opened):\n"
        "    async with open_store(pathlib.Path(sys.argv[1])):\n"
        "        opened.set()\n"
        "        await asyncio.Event().wait()\n"
        "async def main():\n"
        "    opened = asyncio.Event()\n"
        "    asyncio.get_running_loop().create_task(own(opened))\n"
        "    await opened.wait()\n"
        "asyncio.run(main())\n"
        "print('ended')\n"
    )
    ended = subprocess.run(
        [sys.executable, "-W", "error", "-c", code, str(path)], check=True, timeout=30, capture_output=True, text=True
    )
    assert (ended.stdout, ended.stderr) == ("ended\n", "")


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
    store: type[Store] = SqliteStore
    assert store
