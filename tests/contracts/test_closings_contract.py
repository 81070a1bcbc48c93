"""One contract for closing by hand, from the owner's process and attached to it."""

from __future__ import annotations

import asyncio
import inspect
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from helpdesk import upkeep
from helpdesk.clock import DAY, HOUR, MINUTE, Instant, plus
from helpdesk.closing import settle
from helpdesk.errors import NotAllowed, NotFound, Refused
from helpdesk.events import Kind, Seq
from helpdesk.message import StaffId, TicketId
from helpdesk.permissions import Role
from helpdesk.ports import ClosingDesk, Desk
from helpdesk.standards import ClockRow, Closing, Pause, Published
from helpdesk.store.verbs import clocks, events, shutting, staff
from helpdesk.store.verbs.closings import Shutting
from helpdesk.store.verbs.remarks import SALT_BYTES, Remark
from helpdesk.watch import Watch
from tests.contracts.desk import ANA, BEN, SIDES, Library, library

pytestmark = pytest.mark.usefixtures("engine")


@pytest.fixture
async def marsh() -> AsyncIterator[Library]:
    """The library that may close."""
    async with library() as opened:
        yield opened


@pytest.fixture(params=SIDES)
async def desk(request: pytest.FixtureRequest, marsh: Library, tmp_path: Path) -> AsyncIterator[Desk]:
    """Its desk, from each side."""
    async with marsh.side(request.param, tmp_path) as side:
        yield side


def test_every_call_is_under_contract() -> None:
    """A method added to the protocol needs a test below."""
    source = Path(__file__).read_text("utf-8")
    for name, method in vars(ClosingDesk).items():
        if inspect.isfunction(method) and not name.startswith("_"):
            assert f"closings.{name}(" in source, name


def _in(marsh: Library, **more: int) -> Instant:
    return plus(marsh.clock.now(), more.get("hours", 0) * HOUR + more.get("minutes", 0) * MINUTE)


async def _clock(marsh: Library, ticket: TicketId) -> ClockRow:
    [row] = await marsh.store.read(clocks.of_ticket, ticket)
    assert await upkeep.check(marsh.store) == ()
    return row


async def test_closing_and_opening_again(desk: Desk, marsh: Library) -> None:
    """What is closed is told to all, with its reason, until it is opened."""
    until = _in(marsh, hours=2)
    closed = await desk.closings.close(ANA, "sms", until, "  Fire\nalarm. ")
    assert (closed.what, closed.begins, closed.ends) == ("sms", marsh.clock.now(), until)
    assert (closed.reason, closed.by) == ("Fire alarm.", ANA)
    assert await desk.closings.current(BEN) == (closed,)
    [notice] = await desk.notices()
    assert "Text is closed until 23:26 by Ana (Fire alarm). `:open text` opens it." in notice.text
    marsh.clock.passes(minutes=30)
    assert await desk.closings.open(BEN, closed.seq) == closed
    assert await desk.closings.current(ANA) == ()
    assert await desk.notices() == ()


async def test_it_opens_by_itself(desk: Desk, marsh: Library) -> None:
    """When its time has come nobody has to think of it."""
    closed = await desk.closings.close(ANA, "help", _in(marsh, hours=1), "Training.")
    marsh.clock.move_to(closed.ends)
    assert await desk.closings.current(ANA) == ()
    assert await desk.notices() == ()
    with pytest.raises(Refused, match="open again already"):
        await desk.closings.open(ANA, closed.seq)


async def test_a_running_clock_stands_still(desk: Desk, marsh: Library) -> None:
    """The time in which it is closed is not the patron's loss nor the library's miss; opened early, it runs on."""
    ticket = await marsh.text()
    before = await _clock(marsh, ticket)
    marsh.clock.passes(minutes=5)
    closed = await desk.closings.close(ANA, "all", _in(marsh, hours=1), "Fire alarm.")
    still = await _clock(marsh, ticket)
    assert still.due == plus(before.due or before.started, HOUR)
    assert (still.pauses, still.closed) == ((Pause(closed.begins, closed.ends),), False)
    marsh.clock.passes(minutes=20)
    await desk.closings.open(ANA, closed.seq)
    assert (await _clock(marsh, ticket)).due == plus(before.due or before.started, 20 * MINUTE)
    answered = await desk.reply(ANA, ticket, 1, "Back again.")
    row = await _clock(marsh, answered.id)
    assert (row.spent, str(row.outcome)) == (5 * MINUTE, "met")


async def test_what_comes_in_while_it_is_closed_is_set_apart(desk: Desk, marsh: Library) -> None:
    """As in suspended days: in neither met nor missed, and told beside them."""
    await desk.closings.close(ANA, "sms", _in(marsh, hours=1), "Fire alarm.")
    ticket = await marsh.text()
    assert (await _clock(marsh, ticket)).closed
    marsh.clock.passes(minutes=90)
    [promise] = [each for each in (await desk.standing(ANA)).promises if each.standard == "noise-texts"]
    assert (promise.today.missed, promise.today.suspended) == (0, 1)


async def test_taken_back_it_has_never_been(desk: Desk, marsh: Library) -> None:
    """Clocks are what they would be, of what came before and of what came in meanwhile, answered or not."""
    early = await marsh.text()
    before = await _clock(marsh, early)
    closed = await desk.closings.close(ANA, "sms", _in(marsh, hours=1), "Wrong channel.")
    late = await marsh.text(sender="+447700900002")
    marsh.clock.passes(minutes=10)
    await desk.reply(ANA, late, 1, "On our way.")
    await desk.closings.open(ANA, closed.seq, undo=True)
    assert await _clock(marsh, early) == before
    row = await _clock(marsh, late)
    assert (row.closed, row.pauses, row.spent) == (False, (), 10 * MINUTE)
    with pytest.raises(NotFound, match="taken it back"):
        await desk.closings.open(ANA, closed.seq, undo=True)


async def test_other_lines_go_on(desk: Desk, marsh: Library) -> None:
    """Texts are closed, mail is not; and a promise by the clock on the wall runs on."""
    mail, text = await marsh.mail(), await marsh.text()
    before = await _clock(marsh, mail)
    await desk.closings.close(ANA, "noise", _in(marsh, hours=1), "Fire alarm.")
    assert await _clock(marsh, mail) == before
    assert (await _clock(marsh, text)).pauses


async def test_what_was_late_already_stays_late(desk: Desk, marsh: Library) -> None:
    """Closing mends no miss."""
    ticket = await marsh.text()
    marsh.clock.passes(minutes=16)
    before = await _clock(marsh, ticket)
    await desk.closings.close(ANA, "sms", _in(marsh, hours=1), "Fire alarm.")
    assert await _clock(marsh, ticket) == before


async def test_what_is_closed_is_not_closed_twice(desk: Desk, marsh: Library) -> None:
    """A channel and everything may overlap: the clock stands still for both together."""
    ticket = await marsh.text()
    first = await desk.closings.close(ANA, "sms", _in(marsh, hours=1), "Fire alarm.")
    with pytest.raises(Refused, match="closed already"):
        await desk.closings.close(BEN, "sms", _in(marsh, hours=2), "Fire alarm.")
    marsh.clock.passes(minutes=30)
    both = await desk.closings.close(BEN, "all", _in(marsh, hours=1), "Evacuated.")
    assert (await _clock(marsh, ticket)).pauses == (Pause(first.begins, both.ends),)


async def test_what_can_be_closed(desk: Desk, marsh: Library) -> None:
    """A word that names nothing is answered with the nearest; a time that is past or far off is refused."""
    with pytest.raises(NotFound, match="did you mean 'sms'"):
        await desk.closings.close(ANA, "smss", _in(marsh, hours=1), "Fire alarm.")
    with pytest.raises(Refused, match="gone by"):
        await desk.closings.close(ANA, "sms", marsh.clock.now(), "Fire alarm.")
    with pytest.raises(Refused, match="Say why"):
        await desk.closings.close(ANA, "sms", _in(marsh, hours=1), " ")
    with pytest.raises(Refused, match="calendar"):
        await desk.closings.close(ANA, "sms", plus(marsh.clock.now(), 32 * DAY), "Moving house.")
    with pytest.raises(NotFound):
        await desk.closings.open(ANA, Seq(999))


async def test_who_may_close_for_how_long(desk: Desk, marsh: Library) -> None:
    """At a fire alarm nobody looks for a lead; for days on end a lead says so."""
    await marsh.store.write(staff.set_role, StaffId("ben"), Role.AGENT, by=ANA, now=marsh.clock.now())
    with pytest.raises(NotAllowed, match="ask a lead"):
        await desk.closings.close(BEN, "sms", _in(marsh, hours=25), "Burst pipe.")
    await desk.closings.close(BEN, "sms", _in(marsh, hours=24), "Burst pipe.")
    await desk.closings.close(ANA, "all", plus(marsh.clock.now(), 3 * DAY), "Burst pipe.")


# How clocks follow: some tickets at a time


async def _told(marsh: Library, tickets: int) -> Closing:
    """So many tickets, and everything closed; their clocks are still to follow."""
    for n in range(tickets):
        await marsh.text(sender=f"+4477009001{n:02}")
    why = Remark(id="remark-of-the-closing", text="Fire alarm.", salt=b"s" * SALT_BYTES)
    said = Shutting(channel="", line="", until=_in(marsh, hours=1), why=why, actor=ANA)
    return await marsh.store.write(shutting.shut, said, marsh.clock.now())


async def _behind(marsh: Library) -> int:
    """Of how many tickets the clocks do not follow yet."""
    [which] = await marsh.store.read(shutting.unsettled)
    return len(await marsh.store.read(shutting.touched, which))


async def test_others_write_between(marsh: Library) -> None:
    """Whoever writes meanwhile waits for some tickets' clocks, never for all of them; the desk says what goes on."""
    await _told(marsh, 5)
    assert [each.key for each in await marsh.desk.notices()][-1] == "settling"
    assert "do not all follow" in " ".join(await upkeep.check(marsh.store))
    turns = 0
    async with asyncio.TaskGroup() as group:
        group.create_task(settle(marsh.store, 1))
        while await marsh.store.write(shutting.unsettled):
            turns += 1
    assert turns >= 4
    assert "settling" not in [each.key for each in await marsh.desk.notices()]
    assert await upkeep.check(marsh.store) == ()


async def test_who_writes_between_is_counted_right(marsh: Library) -> None:
    """A reply to a ticket whose clock had not followed yet, and a second closing before the first is done."""
    closing = await _told(marsh, 3)
    marsh.clock.passes(minutes=1)
    late = await marsh.text(sender="+447700900199")
    [which] = await marsh.store.read(shutting.unsettled)
    waiting = await marsh.store.read(shutting.touched, which)
    await marsh.store.write(shutting.settle_some, which, waiting[:1])
    await marsh.desk.reply(ANA, waiting[1].ticket, 1, "On our way.")
    await marsh.desk.closings.close(ANA, "sms", _in(marsh, hours=2), "Fire alarm.")
    assert await upkeep.check(marsh.store) == ()
    await marsh.desk.closings.open(ANA, closing.seq, undo=True)
    row = await _clock(marsh, late)
    assert row.started < closing.ends


@pytest.mark.parametrize("undo", [False, True])
async def test_what_a_crash_left_is_gone_on_with(marsh: Library, undo: bool) -> None:
    """The process ends between two stretches, of a closing or of an opening: at the next start the watch goes on."""
    closing = await _told(marsh, 4)
    if undo:
        await settle(marsh.store)
        marsh.clock.passes(minutes=5)
        await marsh.store.write(shutting.open_again, closing.seq, ANA, marsh.clock.now(), undo=True)
    [which] = await marsh.store.read(shutting.unsettled)
    waiting = await marsh.store.read(shutting.touched, which)
    await marsh.store.write(shutting.settle_some, which, waiting[:2])
    assert await _behind(marsh) == len(waiting) - 2
    marsh.clock.passes(minutes=15)
    watch = Watch(store=marsh.store, clock=marsh.clock, published=Published)
    await watch.check_due()
    assert await marsh.store.read(shutting.unsettled) == []
    assert await upkeep.check(marsh.store) == ()
    row = await _clock(marsh, waiting[-1].ticket)
    assert bool(row.pauses) is not undo
    told = await marsh.store.read(events.of_ticket, waiting[-1].ticket)
    assert any(event.kind is Kind.BREACH_NOTICED for event in told) is undo


async def test_two_at_it_share_the_work(marsh: Library) -> None:
    """Whoever closed and the watch: a stretch that one has done the other leaves alone."""
    await _told(marsh, 4)
    async with asyncio.TaskGroup() as group:
        group.create_task(settle(marsh.store, 1))
        group.create_task(settle(marsh.store, 2))
    assert await marsh.store.read(shutting.unsettled) == []
    assert await upkeep.check(marsh.store) == ()
