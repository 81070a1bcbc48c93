"""One contract for how the library stands, from the owner's process and attached to it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import date, timedelta
from pathlib import Path

import pytest

from helpdesk.clock import HOUR, MINUTE, Instant, moment, plus
from helpdesk.local_days import span_of
from helpdesk.message import Channel, StaffId, TicketId
from helpdesk.ports import Desk
from helpdesk.rolling import Rolling
from helpdesk.sight import Kept, PromiseNow
from helpdesk.standards import Measure
from helpdesk.store.verbs import facts
from helpdesk.store.verbs.remarks import Remark
from tests.contracts.desk import ANA, SIDES, Library, library

pytestmark = pytest.mark.usefixtures("engine")


@pytest.fixture
async def marsh() -> AsyncIterator[Library]:
    """The library behind the desk: two judged contacts are enough to tell."""
    async with library() as opened:
        yield opened


@pytest.fixture(params=SIDES)
async def desk(request: pytest.FixtureRequest, marsh: Library, tmp_path: Path) -> AsyncIterator[Desk]:
    """Its desk, from each side."""
    async with marsh.side(request.param, tmp_path) as side:
        yield side


async def _noise(desk: Desk) -> PromiseNow:
    found = {each.standard: each for each in (await desk.standing(ANA)).promises}
    return found["noise-texts"]


async def _attend(desk: Desk, ticket: TicketId, when: Instant) -> None:
    version = (await desk.thread(ANA, ticket)).ticket.version
    await desk.attended(ANA, ticket, version, when)


def _local(marsh: Library) -> date:
    """Today in London in summer or winter: the library's tests begin at noon."""
    return moment(marsh.clock.now()).date()


async def test_an_empty_library(desk: Desk, marsh: Library) -> None:
    """Every promise in force is there, with nothing to tell."""
    found = await desk.standing(ANA)
    assert (found.now, found.today, found.heat) == (marsh.clock.now(), _local(marsh), None)
    assert [each.standard for each in found.promises] == ["chat-claimed", "mail-answered", "noise-texts"]
    noise = found.promises[-1]
    assert (noise.promised, noise.limit, noise.measure) == ("90", "15 working min", Measure.FIRST_RESPONSE)
    assert noise.title.startswith("We respond to Noiseline texts")
    assert noise.today == noise.week == noise.month == Kept(result="too few to tell")
    assert (found.nearing, found.late) == ((), ())


async def test_today_and_this_month(desk: Desk, marsh: Library) -> None:
    """A miss counts as soon as it is one, answered or not; yesterday is not today."""
    for n in range(3):
        asked = await marsh.text(sender=f"+44770090010{n}")
        if n:
            await _attend(desk, asked, marsh.clock.now())
    kept = (await _noise(desk)).today
    assert (kept.met, kept.missed, kept.pending, kept.share, kept.result) == (2, 0, 1, 10_000, "met")
    marsh.clock.passes(minutes=16)
    kept = (await _noise(desk)).today
    assert (kept.met, kept.missed, kept.pending, kept.share, kept.result) == (2, 1, 0, 6666, "not met")
    marsh.clock.passes(days=1)
    noise = await _noise(desk)
    assert noise.today == Kept(result="too few to tell")
    assert (noise.month.met, noise.month.missed) == ((2, 1) if moment(marsh.clock.now()).day > 1 else (0, 0))
    marsh.clock.passes(days=40)
    assert (await _noise(desk)).month == Kept(result="too few to tell")


async def test_a_suspended_day_is_set_apart(desk: Desk, marsh: Library) -> None:
    """As in the reports: neither met nor missed."""
    asked = await marsh.text()
    now = marsh.clock.now()
    day = _local(marsh)
    begins, ends = span_of(day, "Europe/London")
    said = facts.Suspending(
        standard="noise-texts",
        first=day,
        end=day + timedelta(days=1),
        begins=begins,
        ends=ends,
        why=Remark(id="R", text="strike", salt=b"s" * 16),
        actor="lead",
    )
    await marsh.store.write(facts.suspend, said, now)
    await _attend(desk, asked, now)
    kept = (await _noise(desk)).today
    assert (kept.met, kept.missed, kept.suspended, kept.share) == (0, 0, 1, None)


async def test_what_is_about_to_breach(desk: Desk, marsh: Library) -> None:
    """The earliest first; once it has, it stands among the late ones until it is answered."""
    mail = await marsh.mail(subject="Renewal")
    text = await marsh.text()
    found = await desk.standing(ANA)
    assert [(each.ticket, each.standard) for each in found.nearing] == [(text, "noise-texts"), (mail, "mail-answered")]
    assert (found.nearing[0].due, found.nearing[0].channel) == (plus(marsh.clock.now(), 15 * MINUTE), Channel.SMS)
    assert (found.nearing[1].subject, found.nearing[1].owner, found.nearing[1].name) == ("Renewal", None, "Mina")
    await desk.claim(ANA, text)
    marsh.clock.passes(minutes=15, seconds=1)
    found = await desk.standing(ANA)
    assert [each.ticket for each in found.nearing] == [mail]
    assert [(each.ticket, each.owner) for each in found.late] == [(text, ANA)]
    await _attend(desk, text, marsh.clock.now())
    assert (await desk.standing(ANA)).late == ()


async def test_twenty_of_each(desk: Desk, marsh: Library) -> None:
    """The list is a screen, not a report: the newest late ones, the next ones to breach; solved work is in neither."""
    for n in range(23):
        await marsh.text(sender=f"+4477009002{n:02}")
    found = await desk.standing(ANA)
    assert [each.number for each in found.nearing] == list(range(1, 21))
    first = found.nearing[0]
    version = (await desk.thread(ANA, first.ticket)).ticket.version
    await desk.solve(ANA, first.ticket, version)
    assert [each.number for each in (await desk.standing(ANA)).nearing] == list(range(2, 22))
    marsh.clock.passes(minutes=20)
    found = await desk.standing(ANA)
    assert ([each.number for each in found.late], found.nearing) == (list(range(23, 3, -1)), ())


async def test_the_heat_map(desk: Desk, marsh: Library) -> None:
    """Four weeks by weekday and hour, beside the staffed hours; what is older cools."""
    await marsh.text()
    marsh.clock.passes(hours=1)
    await marsh.text("and again")
    heat = (await desk.standing(ANA)).heat
    assert heat is not None
    assert ((heat.end - heat.begin).days, heat.calendar) == (28, "staffed")
    assert sum(map(sum, heat.received)) == 1, "the second text went on with the first"
    assert sum(map(sum, heat.missed)) == 1
    weekday = _local(marsh).weekday()
    assert sum(heat.received[weekday]) == 1
    assert heat.staffed[0][0] == heat.possible[0][0] == 4 * HOUR
    assert len(heat.received) == len(heat.staffed) == 7
    assert {len(row) for row in heat.missed} == {24}
    marsh.clock.passes(days=29)
    assert (await desk.standing(ANA)).heat is None


async def test_it_says_what_the_days_say_when_they_are_kept(desk: Desk, marsh: Library) -> None:
    """Whoever asks, and whether or not the watch has kept yesterday."""
    await marsh.text()
    marsh.clock.passes(days=1)
    await marsh.mail()
    before = await desk.standing(ANA)
    await _keep_yesterday(marsh)
    assert await desk.standing(StaffId("ben")) == before


async def _keep_yesterday(marsh: Library) -> None:
    """What the watch does in the night."""
    assert await Rolling(marsh.store, "Europe/London").make_all(marsh.clock.now()) > 0
