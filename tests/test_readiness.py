"""Whether the house works, as it says itself: ready, not ready, or hanging."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from helpdesk import readiness
from helpdesk.clock import MINUTE, ManualClock, plus
from helpdesk.errors import TryLater
from helpdesk.loops import Troubles
from helpdesk.meters import Meters
from helpdesk.ports import Sql, Store
from helpdesk.readiness import STUCK, Readiness
from helpdesk.store.keys import KeyStore
from helpdesk.store.opening import open_store
from tests.conversation import MASTER


@asynccontextmanager
async def house() -> AsyncIterator[tuple[Readiness, Store, Troubles, ManualClock]]:
    """A store and a key store in memory, looked after."""
    clock, troubles = ManualClock(), Troubles()
    async with open_store(None) as store, KeyStore.open(None, MASTER, clock) as keys:
        yield Readiness(store, keys, troubles, clock, Meters()), store, troubles, clock


def wrong(ready: Readiness) -> dict[str, str]:
    """What is not well, by its name."""
    return {check.name: check.why for check in ready.checks() if not check.ok}


async def test_a_house_that_works_is_ready() -> None:
    """All is well, from the first moment on."""
    async with house() as (ready, _, _, _):
        assert [check.name for check in ready.checks()] == ["store", "keys", "loops", "trouble"]
        assert wrong(ready) == {}
        await ready.sign()
        await ready.look()
        assert wrong(ready) == {}
        assert ready.alive()


async def test_a_store_that_refuses_is_not_ready_and_alive() -> None:
    """A full disk: others must know, but a restart would not help."""
    async with house() as (ready, store, _, _):
        store.trouble = "The store can't be written just now (database or disk is full). Nothing was kept."
        assert wrong(ready) == {"store": store.trouble}
        assert ready.alive()
        store.trouble = ""
        assert wrong(ready) == {}


async def test_a_store_that_hangs_is_found_out(monkeypatch: pytest.MonkeyPatch) -> None:
    """A writer that does not come back: not ready, and the watchdog hears no more of us."""
    async with house() as (ready, store, _, _), asyncio.TaskGroup() as tasks:
        released = threading.Event()
        hanging = tasks.create_task(store.write(lambda sql: released.wait()))
        signing = tasks.create_task(ready.sign())
        monkeypatch.setattr(readiness, "LATE_SECONDS", -1)
        assert "the store has not answered for" in wrong(ready)["store"]
        assert not ready.alive()
        monkeypatch.undo()
        released.set()
        await hanging
        await signing
        assert wrong(ready) == {}
        assert ready.alive()


async def test_the_key_store_is_asked_while_the_store_hangs(monkeypatch: pytest.MonkeyPatch) -> None:
    """Its sign of life waits for nobody else's: whoever is to mend it must not look in two places."""
    async with house() as (ready, store, _, _), asyncio.TaskGroup() as tasks:
        released = threading.Event()
        hanging = tasks.create_task(store.write(lambda sql: released.wait()))
        signing = tasks.create_task(ready.sign())
        for part in (ready._written, ready._opened):
            monkeypatch.setattr(part, "since", lambda: readiness.LATE_SECONDS + 1.0)
        await ready.look()
        assert wrong(ready) == {"store": "the store has not answered for 31 seconds"}
        released.set()
        await hanging
        await signing
        assert wrong(ready) == {}


class _Refusing:
    """A key store that can't be read just now."""

    async def conversations(self, *, before: object = None) -> frozenset[str]:
        """Never."""
        raise TryLater("The key store can't be read just now.")


async def test_a_key_store_that_refuses_is_not_ready() -> None:
    """Sealed lines could take nothing."""
    clock = ManualClock()
    async with open_store(None) as store:
        ready = Readiness(store, _Refusing(), Troubles(), clock, Meters())  # type: ignore[arg-type]
        await ready.look()
        assert wrong(ready) == {"keys": "the key store refuses just now"}
        assert ready.alive()


async def test_a_loop_that_fails_is_told_by_its_name() -> None:
    """Not by the error's words, which may name hosts and accounts."""
    async with house() as (ready, _, troubles, _):
        troubles.tell("delivery by mail", "The relay mail.example refused user desk.")
        assert wrong(ready) == {"trouble": "delivery by mail: fails and is tried again"}
        assert ready.alive()


async def test_a_loop_that_hangs_is_found_out() -> None:
    """A pass may take its time, but not for ever."""
    async with house() as (ready, _, troubles, clock):
        troubles.passing["watch"] = clock.now()
        clock.move_to(plus(clock.now(), STUCK))
        assert wrong(ready) == {}
        clock.passes(minutes=1)
        assert wrong(ready) == {"loops": "watch: does not come to an end"}
        assert not ready.alive()


async def test_a_sign_of_life_is_really_written() -> None:
    """Each is a row on disk; nothing is left but the last."""
    async with house() as (ready, store, _, clock):
        for _ in range(3):
            clock.passes(minutes=1)
            await ready.sign()

        def rows(sql: Sql) -> list[int]:
            return [row["value"] for row in sql("SELECT value FROM cursors WHERE library = :library")]

        assert await store.read(rows) == [clock.now()]


async def test_a_clock_set_back_leaves_it_ready() -> None:
    """How long there was no answer is measured by a clock that nobody sets."""
    async with house() as (ready, _, troubles, clock):
        troubles.passing["watch"] = plus(clock.now(), 60 * MINUTE)
        await ready.sign()
        assert wrong(ready) == {}


async def test_the_event_loops_lag_is_felt() -> None:
    """Each pulse counts one, from the second on."""
    meters = Meters()
    async with open_store(None) as store:
        ready = Readiness(store, _Refusing(), Troubles(), ManualClock(), meters)  # type: ignore[arg-type]
        for _ in range(3):
            await ready.feel()
    assert meters.lags.up_to()[-1] == (float("inf"), 2)
