"""What a stop does to the outbox: what was not begun goes back at once, what was is looked up by whoever comes next."""

from __future__ import annotations

import asyncio

import pytest

from channels.loopback import Loopback
from helpdesk.clock import plus
from helpdesk.errors import Unclear
from helpdesk.message import Channel, Outbound, Sent
from helpdesk.outbox import GRACE
from tests.conversation import Texter, Town
from tests.outbox.rows import pass_, row, states

pytestmark = pytest.mark.usefixtures("engine")


class Gated(Loopback):
    """A channel that hands nothing over until it is let. ``began``: somebody wants to send."""

    began: asyncio.Event
    let: asyncio.Event

    async def send(self, message: Outbound) -> Sent:
        """Wait, then hand it over."""
        self.began.set()
        await self.let.wait()
        return await super().send(message)


def gated(town: Town) -> Gated:
    """Put a gate before the texts."""
    house = town.house
    wire = Gated(Channel.SMS, house.intake, town.clock)
    wire.began, wire.let = asyncio.Event(), asyncio.Event()
    house.outbox._senders = {**house.outbox._senders, Channel.SMS: wire}
    return wire


async def test_what_is_being_sent_is_waited_for(town: Town, ana: Texter) -> None:
    """A stop leaves it sent, not in doubt."""
    wire = gated(town)
    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(pass_(town))
        await wire.began.wait()
        finishing = tasks.create_task(town.house.outbox.finish())
        wire.let.set()
        await finishing
    assert await states(town, ana.ticket) == ["sent"]


async def test_after_the_end_nothing_is_begun(town: Town, ana: Texter) -> None:
    """It waits as if nobody had looked at it; the next start sends it at once, and it counts as no try."""
    town.house.outbox.end()
    assert await pass_(town) is None
    assert await states(town, ana.ticket) == ["waiting"]
    assert await row(town, "tries") == 0


async def test_what_was_leased_as_the_end_came_goes_back(
    town: Town, ana: Texter, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Between the lease and the sending."""
    outbox = town.house.outbox
    wanted = outbox._is_wanted

    async def ends(parcel: object) -> None:
        await wanted(parcel)  # type: ignore[arg-type]
        outbox.end()

    monkeypatch.setattr(outbox, "_is_wanted", ends)
    await pass_(town)
    assert town.wires[Channel.SMS].sent == []
    assert await states(town, ana.ticket) == ["waiting"]
    assert (await row(town, "tries"), await row(town, "not_before")) == (0, town.clock.now())


async def test_what_was_cut_short_is_looked_up_soon(town: Town, ana: Texter) -> None:
    """Cancelled in the middle: nobody knows, so whoever comes next asks the provider after a short grace."""
    wire = gated(town)
    async with asyncio.TaskGroup() as tasks:
        sending = tasks.create_task(pass_(town))
        await wire.began.wait()
        sending.cancel()
    await town.house.outbox.let_go()
    assert await states(town, ana.ticket) == ["unclear"]
    assert await row(town, "not_before") == plus(town.clock.now(), GRACE)


async def test_what_ended_well_is_not_touched_again(town: Town, ana: Texter) -> None:
    """Sent, put off, or in doubt already: each stays as it is."""
    town.wires[Channel.SMS].fails(Unclear("It did not answer."))
    await pass_(town)
    before = await row(town, "not_before")
    await town.house.outbox.let_go()
    assert (await states(town, ana.ticket), await row(town, "not_before")) == (["unclear"], before)
