"""Several servers on one PostgreSQL: no gap in the log, nothing missed, nothing twice, whoever wrote it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager, suppress

import psycopg
import pytest

from helpdesk.errors import TryLater
from helpdesk.events import Seq
from helpdesk.ports import Store
from helpdesk.store import pg_listening, schema
from helpdesk.store.postgres import open_store
from helpdesk.store.verbs import events
from tests.postgres import Server
from tests.store.calls import happened, names, put

pytestmark = pytest.mark.full


@asynccontextmanager
async def servers(url: str, count: int = 3) -> AsyncIterator[list[Store]]:
    """Several stores on one database, as several servers have them."""
    async with AsyncExitStack() as stack:
        yield [await stack.enter_async_context(open_store(url)) for _ in range(count)]


async def test_numbers_have_no_gap(database: str) -> None:
    """Three servers append at once, and some of their verbs fail: the log counts on, each event chained to the last."""

    async def writes(store: Store) -> None:
        for n in range(20):
            async with asyncio.TaskGroup() as tasks:
                tasks.create_task(store.write(happened))
                if n % 5 == 0:
                    tasks.create_task(_fails(store))

    async with servers(database) as every:
        async with asyncio.TaskGroup() as tasks:
            for store in every:
                tasks.create_task(writes(store))
        log = await every[0].read(events.after, Seq(0), 1000)
        assert [event.seq for event in log] == list(range(1, 61))
        assert await every[1].read(events.first_break) is None


async def _fails(store: Store) -> None:
    def appends_and_fails(sql: object) -> None:
        happened(sql)  # type: ignore[arg-type]
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await store.write(appends_and_fails)


async def test_whoever_follows_hears_all_once(database: str) -> None:
    """By the numbers, whichever server wrote: nothing is missed, nothing comes twice."""

    async def follows(store: Store) -> list[Seq]:
        heard: list[Seq] = []
        while len(heard) < 40:
            await store.changed(heard[-1] if heard else Seq(0))
            heard += [event.seq for event in await store.read(events.after, heard[-1] if heard else Seq(0))]
        return heard

    async with servers(database) as every, asyncio.TaskGroup() as tasks:
        following = [tasks.create_task(follows(store)) for store in every]
        for n in range(40):
            tasks.create_task(every[n % 2].write(happened))
    assert all(task.result() == list(range(1, 41)) for task in following)


@pytest.mark.parametrize("way", ["told", "looked"])
async def test_a_change_elsewhere_wakes(database: str, monkeypatch: pytest.MonkeyPatch, way: str) -> None:
    """By its notification alone, and by looking alone where that is lost."""
    if way == "told":
        monkeypatch.setattr(pg_listening, "LOOK_SECONDS", 3600.0)
    else:
        monkeypatch.setattr(pg_listening, "channel", lambda library: "deaf")
        monkeypatch.setattr(pg_listening, "LOOK_SECONDS", 0.1)
    async with servers(database, 2) as (one, other), asyncio.TaskGroup() as tasks:
        waiting = tasks.create_task(other.changed(Seq(0)))
        await one.write(happened)
        assert await waiting == 1


async def test_what_is_said_aside_is_heard_by_the_others(database: str) -> None:
    """Once, by each of them, and not by who said it; another library hears nothing."""
    heard: dict[str, list[str]] = {"one": [], "two": [], "three": [], "elsewhere": []}

    async def until_heard(by: str, words: str, who: Store) -> None:
        while words not in heard[by]:
            await who.aside(words)
            with suppress(TimeoutError):
                async with asyncio.timeout(0.1):
                    await asyncio.Event().wait()

    async with servers(database) as (one, two, three), open_store(database, library="else") as elsewhere:
        for name, store in (("one", one), ("two", two), ("three", three), ("elsewhere", elsewhere)):
            store.overheard = heard[name].append
        for name, store in (("one", two), ("two", one), ("three", one)):
            await until_heard(name, "are you there?", store)
        await one.aside("typing 1")
        await until_heard("one", "over", two)
        await until_heard("three", "over", two)
        for name in ("two", "three"):
            await until_heard(name, "over", one)
        assert [each.count("typing 1") for each in heard.values()] == [0, 1, 1, 0]
        assert heard["elsewhere"] == []


async def test_what_can_t_be_said_aside_is_lost(database: str) -> None:
    """Nobody fails for it."""

    def fails(sql: object, words: str) -> None:
        raise TryLater("The store can't be read just now.")

    async with open_store(database) as store:
        store.telling = fails
        await store.aside("typing 1")


async def test_libraries_share_a_database_and_not_each_other_s_news(database: str) -> None:
    """Two libraries on one database: each has its own log, and writes of the one don't wait for the other's."""
    async with open_store(database, library="one") as one, open_store(database, library="two") as two:
        await one.write(happened)
        await one.write(put, "row")
        assert await two.read(names) == set()
        assert await two.write(happened) == 1
        assert await two.changed(Seq(0)) == 1


async def test_servers_that_start_at_once(postgres: Server) -> None:
    """On an empty database each migration runs once, whoever comes first."""
    with postgres.fresh("template0") as url:
        async with asyncio.TaskGroup() as tasks:
            for _ in range(4):
                tasks.create_task(_starts(url))
        with psycopg.connect(url) as connection:
            assert connection.execute("SELECT version FROM helpdesk_schema").fetchall() == [(schema.newest(),)]


async def _starts(url: str) -> None:
    async with open_store(url) as store:
        await store.write(happened)
