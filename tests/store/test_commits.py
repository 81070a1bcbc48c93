"""Shared commits, snapshots to read, and nothing that a cancelled caller could leave behind: on either engine."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from helpdesk.config import StoreSettings
from helpdesk.errors import HelpdeskError, NotFound, TryLater
from helpdesk.events import Seq
from helpdesk.ports import Sql, Store
from helpdesk.store.commits import BATCH, SharedStore
from helpdesk.store.opening import open_reader, open_store
from helpdesk.store.verbs import events
from tests.store.calls import at_rest, cancel, error_of, happened, names, put

pytestmark = pytest.mark.usefixtures("engine")


def putting_two(sql: Sql, name: str) -> None:
    """Write, then fail."""
    put(sql, name)
    raise NotFound("on purpose")


def numbered(sql: Sql, name: str) -> int:
    """Count under a name, as tickets are numbered."""
    rows = sql(
        "INSERT INTO counters (library, name, value) VALUES (:library, :name, 1)"
        " ON CONFLICT (library, name) DO UPDATE SET value = counters.value + 1 RETURNING value",
        name=name,
    )
    return int(rows[0]["value"])


# Commits


async def test_what_returned_is_kept(place: StoreSettings) -> None:
    """A store that is opened anew has it."""
    async with open_store(place) as store:
        assert await store.write(put, "one") == "one"
    async with open_store(place) as store:
        assert await store.read(names) == {"one"}


async def test_waiting_writes_share_a_commit(place: StoreSettings) -> None:
    """Sixty-four callers at once make two commits at most, and each gets its own result."""
    commits: list[str] = []

    @contextmanager
    def counted() -> Iterator[None]:
        commits.append("one")
        yield

    async with open_store(place) as store:
        store.timed = counted
        async with asyncio.TaskGroup() as tasks:
            each = [tasks.create_task(store.write(put, f"n{n}")) for n in range(64)]
        assert [task.result() for task in each] == [f"n{n}" for n in range(64)]
    assert len(commits) <= 2


async def test_more_than_a_batch_is_served_in_order(place: StoreSettings) -> None:
    """Twice the most that share a commit: all are written, in the order in which they were asked for."""
    async with open_store(place) as store:
        async with asyncio.TaskGroup() as tasks:
            each = [tasks.create_task(store.write(numbered, "turn")) for _ in range(2 * BATCH + 3)]
        assert [task.result() for task in each] == list(range(1, 2 * BATCH + 4))


async def test_a_verb_reads_what_those_before_it_wrote(place: StoreSettings) -> None:
    """Also in the same commit."""
    async with open_store(place) as store, asyncio.TaskGroup() as tasks:
        tasks.create_task(store.write(put, "one"))
        second = tasks.create_task(store.write(names))
    assert second.result() == {"one"}


async def test_one_bad_write_fails_alone(place: StoreSettings) -> None:
    """What it wrote before it failed is undone; those beside it in the same commit stand."""
    async with open_store(place) as store:
        async with asyncio.TaskGroup() as tasks:
            good = [tasks.create_task(store.write(put, f"good{n}")) for n in range(3)]
            bad = tasks.create_task(error_of(store.write(putting_two, "bad")))
            twice = tasks.create_task(error_of(store.write(put, "good0")))
            wrong = tasks.create_task(error_of(store.write(lambda sql: sql("SELECT nonsense"))))
            more = tasks.create_task(store.write(put, "more"))
        assert {task.result() for task in good} | {more.result()} == {"good0", "good1", "good2", "more"}
        assert isinstance(bad.result(), NotFound)
        for failed in (twice.result(), wrong.result()):
            assert failed is not None
            assert not isinstance(failed, HelpdeskError)
        assert await store.read(names) == {"good0", "good1", "good2", "more"}
        assert store.trouble == ""


@pytest.mark.parametrize("private", [True, False])
async def test_cancelled_callers_leave_nothing_behind(place: StoreSettings, private: bool) -> None:
    """Cancelled at random, in mid-batch and before: no transaction stays open, no acknowledged row is lost."""
    dice = random.Random(4)
    acknowledged: set[str] = set()

    async def caller(store: Store, name: str) -> None:
        acknowledged.add(await store.write(put, name))
        await store.read(names)

    async with open_store(None if private else place) as store:
        for round_ in range(40):
            async with asyncio.TaskGroup() as tasks:
                each = [tasks.create_task(caller(store, f"{round_}.{n}")) for n in range(12)]
                for _ in range(dice.randrange(6)):
                    await asyncio.wait_for(asyncio.shield(store.read(names)), 30) if dice.random() < 0.3 else None
                    dice.choice(each).cancel()
            assert await at_rest(store)
        found = await store.read(names)
    assert acknowledged <= found
    assert len(acknowledged) > 100


async def test_a_cancelled_caller_s_write_stands(place: StoreSettings) -> None:
    """Cancelling who waits neither undoes nor repeats what is in the batch."""
    async with open_store(place) as store:
        async with asyncio.TaskGroup() as tasks:
            task = tasks.create_task(store.write(put, "one"))
            behind = tasks.create_task(store.write(put, "two"))
            tasks.create_task(cancel(task))
        assert task.cancelled()
        assert behind.result() == "two"
        assert "two" in await store.read(names)


# Reading


async def test_a_read_is_one_snapshot_and_can_t_write(place: StoreSettings) -> None:
    """A verb that writes is refused where it should only read."""
    async with open_store(place) as store:
        with pytest.raises(TryLater, match=r"read-?only"):
            await store.read(put, "one")
        assert await store.read(names) == set()


async def test_reads_take_turns(place: StoreSettings) -> None:
    """Somebody who reads again and again keeps nobody waiting."""
    async with open_store(place) as store:
        others = [asyncio.Event() for _ in range(8)]

        async def once(read: asyncio.Event) -> None:
            await store.read(names)
            read.set()

        async with asyncio.TaskGroup() as tasks:
            for each in others:
                tasks.create_task(once(each))
            tries = 0
            while not all(each.is_set() for each in others):
                await store.read(names)
                tries += 1
                assert tries <= 4 * len(others)


async def test_a_reader_beside_the_owner(place: StoreSettings) -> None:
    """It sees what is committed, takes no lock and writes nothing."""
    async with open_store(place) as store:
        await store.write(put, "one")
        async with open_reader(place) as reader:
            assert await reader.read(names) == {"one"}
            with pytest.raises(TryLater, match=r"read-?only"):
                await reader.write(put, "two")
        await store.write(put, "two")
        assert await store.read(names) == {"one", "two"}


async def test_each_library_sees_its_own(place: StoreSettings) -> None:
    """Two libraries in one store: each with its own rows and its own log."""
    async with open_store(place, library="one") as store:
        await store.write(put, "row")
        await store.write(happened)
    async with open_store(place, library="two") as store:
        assert await store.read(names) == set()
        assert await store.write(happened) == 1


# Hearing of changes


async def test_a_change_is_heard_after_its_commit(place: StoreSettings) -> None:
    """Whoever waits gets the last number; what is known already returns at once."""
    async with open_store(place) as store:
        async with asyncio.TaskGroup() as tasks:
            waiting = [tasks.create_task(store.changed(Seq(0))) for _ in range(3)]
            tasks.create_task(store.write(happened))
        assert [task.result() for task in waiting] == [1, 1, 1]
        assert await store.changed(Seq(0)) == 1
        assert store._waiting == set()
    async with open_store(place) as store:
        assert await store.changed(Seq(0)) == 1


async def test_a_failed_write_wakes_nobody(place: StoreSettings) -> None:
    """What was rolled back did not happen."""

    def failing(sql: Sql) -> None:
        happened(sql)
        raise NotFound("on purpose")

    async with open_store(place) as store, asyncio.TaskGroup() as tasks:
        waiting = tasks.create_task(store.changed(Seq(0)))
        with pytest.raises(NotFound):
            await store.write(failing)
        await store.write(put, "no event")
        assert not waiting.done()
        assert await store.write(happened) == 1
        assert await waiting == 1


async def test_a_closed_store_says_so(place: StoreSettings) -> None:
    """Calls that come too late are turned away; what was queued before is done."""
    async with open_store(place) as store:
        async with asyncio.TaskGroup() as tasks:
            queued = tasks.create_task(store.write(put, "one"))
            tasks.create_task(_stop(store))
        assert queued.result() == "one"
        for call in (store.write(put, "two"), store.read(names)):
            with pytest.raises(TryLater, match="closed"):
                await call


async def _stop(store: SharedStore) -> None:
    store.stop()


async def test_nobody_waits_for_a_store_that_was_cancelled(place: StoreSettings) -> None:
    """The task that owned it is cancelled: a caller elsewhere hears TryLater, and the store opens again."""
    opened: asyncio.Future[Store] = asyncio.get_running_loop().create_future()

    async def own() -> None:
        async with open_store(place) as store:
            opened.set_result(store)
            await asyncio.Event().wait()

    async with asyncio.TaskGroup() as tasks:
        owner = tasks.create_task(own())
        store = await opened
        callers = [tasks.create_task(error_of(store.write(put, f"n{n}"))) for n in range(5)]
        tasks.create_task(cancel(owner))  # type: ignore[arg-type]
    heard = [caller.result() for caller in callers]
    async with open_store(place) as again:
        assert len(await again.read(names)) >= sum(error is None for error in heard)


async def test_nothing_of_a_caller_s_is_logged(place: StoreSettings, caplog: pytest.LogCaptureFixture) -> None:
    """The libraries beneath tell their debug logs what they run: they are told no text."""
    caplog.set_level("DEBUG")
    async with open_store(place) as store:
        await store.write(put, "a secret")
        await store.read(events.of_ticket, "another secret")  # type: ignore[arg-type]
        assert await error_of(store.write(put, "a secret"))
    assert "secret" not in caplog.text


def test_meets_its_port() -> None:
    """By shape alone."""
    store: type[Store] = SharedStore
    assert store
