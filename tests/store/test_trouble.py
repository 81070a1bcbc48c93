"""A store that is full, read-only, held, closed or cancelled: who asked hears it, and nothing is half done."""

from __future__ import annotations

import asyncio
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest
import structlog

from helpdesk.errors import TryLater
from helpdesk.events import Seq
from helpdesk.ports import Sql, Store
from helpdesk.store.sqlite import open_store
from tests.store.calls import error_of, gone, happened, names, on_writer, put, sqlite_of


async def fill(store: Store, pages: int) -> None:
    """Let the file grow by no more than ``pages`` pages from now on; 0 for no limit."""

    def limit(sql: Sql) -> None:
        used = sql("PRAGMA page_count")[0]["page_count"]
        sql(f"PRAGMA max_page_count = {used + pages if pages else 2**30}")

    await on_writer(store, limit) if sqlite_of(store).reads_apart else await store.read(limit)


async def test_a_full_store_acknowledges_nothing(path: Path) -> None:
    """Every caller of the batch hears TryLater, the desk is told, and it ends with the first write that goes well."""
    async with open_store(path) as store:
        await store.write(put, "before")
        await fill(store, 2)
        async with asyncio.TaskGroup() as tasks:
            each = [tasks.create_task(error_of(store.write(put, f"n{n}", 20_000))) for n in range(5)]
        assert {type(task.result()) for task in each} == {TryLater}
        assert "full" in store.trouble
        assert await store.read(names) == {"before"}
        assert not sqlite_of(store).writer._conn.in_transaction
        await fill(store, 0)
        await store.write(put, "after", 20_000)
        assert store.trouble == ""
        assert await store.read(names) == {"before", "after"}


async def test_a_store_that_turns_read_only(path: Path) -> None:
    """The same, and what failed can be written again later."""
    async with open_store(path) as store:
        await on_writer(store, lambda sql: sql("PRAGMA query_only = ON"))
        with pytest.raises(TryLater, match="Nothing was kept"):
            await store.write(put, "one")
        assert "readonly" in store.trouble
        await on_writer(store, lambda sql: sql("PRAGMA query_only = OFF"))
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


async def test_the_log_says_once_that_it_began_and_once_that_it_is_over(path: Path) -> None:
    """However many writes fail meanwhile; in the words that the desk shows."""
    async with open_store(path) as store:
        with structlog.testing.capture_logs() as logged:
            await on_writer(store, lambda sql: sql("PRAGMA query_only = ON"))
            for _ in range(3):
                await error_of(store.write(put, "one"))
            [began] = logged
            assert (began["event"], began["log_level"]) == ("the store is in trouble", "error")
            assert began["why"] == store.trouble
            await on_writer(store, lambda sql: sql("PRAGMA query_only = OFF"))
            for name in ("two", "three"):
                await store.write(put, name)
            [_, over] = logged
            assert (over["event"], over["log_level"]) == ("the store works again", "warning")


async def test_who_waits_for_changes_hears_of_trouble_each_time(path: Path) -> None:
    """Of the first fall and of the second, and not of one that was before."""
    async with open_store(path) as store, asyncio.TaskGroup() as tasks:
        for fall in range(2):
            waiting = tasks.create_task(store.changed_or_fell(Seq(0), fall))
            with gone(store):
                await error_of(store.write(put, "one"))
            await waiting
            await store.write(put, f"two{fall}")
        waiting = tasks.create_task(store.changed_or_fell(Seq(0), store.falls))
        await store.write(put, "three")
        assert not waiting.done()
        await store.write(happened)
        await waiting


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
