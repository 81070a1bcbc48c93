"""One contract for who is where, from the owner's process and attached to it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from typing import cast

import pytest

from helpdesk.clock import SECOND, ManualClock
from helpdesk.company import AGAIN, FOR, LocalCompany
from helpdesk.events import Seq
from helpdesk.message import StaffId, TicketId
from helpdesk.ports import Desk, Store
from helpdesk.ports.company import Near
from helpdesk.store.verbs import events
from tests.contracts.desk import ANA, BEN, CAI, SIDES, Library, library

ONE, OTHER = TicketId("0" * 26), TicketId("1" * 26)


@pytest.fixture
async def marsh() -> AsyncIterator[Library]:
    """The library behind the desk, whose wall clock stands still."""
    async with library() as opened:
        opened.desk.company = LocalCompany(opened.store, opened.clock)
        yield opened


@pytest.fixture(params=SIDES)
async def desk(request: pytest.FixtureRequest, marsh: Library, tmp_path: Path) -> AsyncIterator[Desk]:
    """Its desk, from each side."""
    async with marsh.side(request.param, tmp_path) as side:
        yield side


async def test_members_see_each_other_and_not_themselves(desk: Desk, marsh: Library) -> None:
    """Who reads, who writes, by ticket; who leaves is gone at once, and the log has heard of nothing."""
    before = await marsh.store.read(events.last)
    assert await desk.company.at(ANA, ONE) == ()
    ana = Near(staff=ANA, ticket=ONE, doing="reads")
    assert await desk.company.at(BEN, ONE, "writes") == (ana,)
    ben = Near(staff=BEN, ticket=ONE, doing="writes")
    assert await desk.company.at(CAI) == (ana, ben)
    assert await desk.company.at(ANA, OTHER) == (ben,)
    await desk.company.at(BEN)
    assert await desk.company.at(CAI) == (Near(staff=ANA, ticket=OTHER, doing="reads"),)
    assert await marsh.store.read(events.after, Seq(before)) == []


async def test_who_says_nothing_more_is_soon_nowhere(desk: Desk, marsh: Library) -> None:
    """A desk that died leaves nobody standing at a ticket for long."""
    await desk.company.at(ANA, ONE, "writes")
    marsh.clock.passes(seconds=FOR / SECOND - 1)
    assert len(await desk.company.at(BEN)) == 1
    marsh.clock.passes(seconds=1)
    assert await desk.company.at(BEN) == ()


class Wire:
    """A store's way to say something aside to another server: what is said is heard there."""

    def __init__(self) -> None:
        self.said: list[str] = []
        self.heard_before: list[str] = []
        self.overheard = self.heard_before.append

    async def aside(self, words: str) -> None:
        """Say it."""
        self.said.append(words)


async def test_another_server_is_told_of_changes_and_now_and_then_of_the_rest() -> None:
    """Whoever stays where they are costs one word each ten seconds; who left, one."""
    clock, wire = ManualClock(), Wire()
    here = LocalCompany(cast(Store, wire), clock)
    for _ in range(5):
        await here.at(ANA, ONE)
        clock.passes(seconds=AGAIN / SECOND / 4)
    assert len(wire.said) == 2
    await here.at(ANA, ONE, "writes")
    await here.at(ANA)
    await here.at(ANA)
    assert len(wire.said) == 4


async def test_what_another_server_says_is_believed() -> None:
    """Names with spaces, too; what is no word of ours goes to whoever heard it before, and does no harm."""
    clock, there, wire = ManualClock(), Wire(), Wire()
    theirs = LocalCompany(cast(Store, there), clock)
    here = LocalCompany(cast(Store, wire), clock)
    await theirs.at(StaffId("mary ann"), ONE, "writes")
    for words in (*there.said, "staff_typing T1", "company", "company x sings ben", "company - reads"):
        wire.overheard(words)
    assert await here.at(ANA) == (Near(staff=StaffId("mary ann"), ticket=ONE, doing="writes"),)
    assert "staff_typing T1" in wire.heard_before
    await theirs.at(StaffId("mary ann"))
    wire.overheard(there.said[-1])
    assert await here.at(ANA) == ()
