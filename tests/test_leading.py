"""Several servers on one store: one leads the loops, another goes on when it stops or dies."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine, Sequence
from contextlib import suppress
from typing import Any

import pytest

from helpdesk.clock import ManualClock, plus
from helpdesk.errors import TryLater
from helpdesk.leading import LEASE, LOOPS, MARGIN, RENEW, Leading
from helpdesk.ports import Store
from helpdesk.store.verbs import leases
from tests.engines import new_store

pytestmark = pytest.mark.usefixtures("engine")


class Server:
    """One of the servers: it counts how often it began to work, and whether it is at work."""

    def __init__(self, store: Store, clock: ManualClock, name: str) -> None:
        self.leading = Leading(store, clock, name)
        self.begun = 0
        self.laid_down = asyncio.Event()
        self.works = asyncio.Event()
        self.rests = asyncio.Event()

    async def work(self) -> Sequence[Coroutine[Any, Any, None]]:
        """One loop that goes on for ever."""
        self.begun += 1
        return [self._loop()]

    async def _loop(self) -> None:
        self.works.set()
        self.rests.clear()
        try:
            await asyncio.Event().wait()
        finally:
            self.works.clear()
            self.rests.set()

    async def lay_down(self) -> None:
        """What is done at the end."""
        self.laid_down.set()

    async def run(self) -> None:
        """For ever."""
        await self.leading.run(self.work, self.lay_down)


async def passing(clock: ManualClock, until: asyncio.Event) -> None:
    """Let time go by from one wake-up to the next until something has come about."""
    while not until.is_set():
        with suppress(TimeoutError):
            async with asyncio.timeout(0.02):
                await until.wait()
        if not until.is_set() and (wake := clock.next_wake) is not None:
            clock.move_to(max(wake, clock.now()))


async def test_one_works_and_the_other_goes_on_when_it_stops() -> None:
    """A clean stop hands the lease back: no waiting for its end."""
    clock = ManualClock()
    async with new_store() as store, asyncio.TaskGroup() as group:
        ana, ben = Server(store, clock, "ana"), Server(store, clock, "ben")
        first = group.create_task(ana.run())
        await ana.works.wait()
        second = group.create_task(ben.run())
        clock.passes(seconds=2)
        assert await store.read(leases.holder, LOOPS) == ("ana", plus(ManualClock().now(), LEASE))
        assert not ben.works.is_set()
        first.cancel()
        await ana.rests.wait()
        await passing(clock, ben.works)
        assert clock.now() <= plus(ManualClock().now(), 2 * RENEW)
        assert ana.laid_down.is_set()
        assert ben.begun == 1
        second.cancel()


async def test_a_leader_that_died_is_replaced_when_its_lease_is_over() -> None:
    """Nobody hands it back: not before its end, and soon after."""
    clock = ManualClock()
    began = clock.now()
    async with new_store() as store, asyncio.TaskGroup() as group:
        assert await store.write(leases.hold, LOOPS, "dead", began, plus(began, LEASE))
        ben = Server(store, clock, "ben")
        task = group.create_task(ben.run())
        await passing(clock, ben.works)
        assert LEASE <= clock.now() - began <= LEASE + RENEW
        task.cancel()


async def test_the_lease_is_renewed_for_as_long_as_it_leads() -> None:
    """An hour later it is still the same server's, and the work was begun once."""
    clock = ManualClock()
    async with new_store() as store, asyncio.TaskGroup() as group:
        ana, ben = Server(store, clock, "ana"), Server(store, clock, "ben")
        tasks = [group.create_task(ana.run())]
        await ana.works.wait()
        tasks.append(group.create_task(ben.run()))
        over = asyncio.Event()
        while clock.now() < plus(ManualClock().now(), 100 * RENEW):
            held = await store.read(leases.holder, LOOPS)
            assert held is not None
            assert held[0] == "ana"
            assert held[1] > clock.now()
            with suppress(TimeoutError):
                async with asyncio.timeout(0.005):
                    await over.wait()
            if (wake := clock.next_wake) is not None and held[1] - clock.now() > MARGIN + RENEW:
                clock.move_to(max(wake, clock.now()))
        assert (ana.begun, ben.begun, ana.leading.leads, ben.leading.leads) == (1, 0, True, False)
        for task in tasks:
            task.cancel()


class CutOff:
    """A store that takes no writes once ``gone`` is set."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self.gone = False

    def __getattr__(self, name: str) -> Any:
        return getattr(self._store, name)

    async def write(self, *args: Any, **kwargs: Any) -> Any:
        """Refused while it is gone."""
        if self.gone:
            raise TryLater("The store can't be written just now.")
        return await self._store.write(*args, **kwargs)


async def test_who_can_not_renew_lays_the_work_down_before_another_may_begin() -> None:
    """Cut off from the store, it must not go on sending while the others take over."""
    clock = ManualClock()
    began = clock.now()
    async with new_store() as store, asyncio.TaskGroup() as group:
        cut = CutOff(store)
        ana = Server(cut, clock, "ana")
        task = group.create_task(ana.run())
        await ana.works.wait()
        cut.gone = True
        await passing(clock, ana.laid_down)
        assert ana.rests.is_set()
        assert clock.now() - began <= LEASE - MARGIN
        cut.gone = False
        await passing(clock, ana.works)
        assert ana.begun == 2
        task.cancel()


async def test_a_lease_is_one_servers_at_a_time() -> None:
    """Another one's try changes nothing; handing back what is not one's own does nothing either."""
    clock = ManualClock()
    now = clock.now()
    async with new_store() as store:
        assert await store.write(leases.hold, LOOPS, "ana", now, plus(now, LEASE))
        assert not await store.write(leases.hold, LOOPS, "ben", now, plus(now, 2 * LEASE))
        await store.write(leases.hand_back, LOOPS, "ben")
        assert await store.read(leases.holder, LOOPS) == ("ana", plus(now, LEASE))
        assert await store.write(leases.hold, LOOPS, "ben", plus(now, LEASE), plus(now, 2 * LEASE))
        assert await store.read(leases.holder, LOOPS) == ("ben", plus(now, 2 * LEASE))
        assert await store.read(leases.holder, "other work") is None
