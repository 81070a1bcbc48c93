"""One contract for taking back what was done: afterwards nothing is otherwise than before, and the log holds it all."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest

from helpdesk import counting
from helpdesk.clock import DAY, HOUR, ManualClock, plus
from helpdesk.errors import Refused, Stale
from helpdesk.events import Kind
from helpdesk.local_days import local_day, span_of
from helpdesk.message import Channel, TicketId
from helpdesk.noise.incidents import Incident, IncidentState, NoiseOutcome
from helpdesk.ports import Desk, Sql
from helpdesk.standards import Bar, ClockRow, Outcome, Published
from helpdesk.store.verbs import events, figures, folding, forgetting, hindsight, rebuilding
from helpdesk.ticket import State, Ticket
from helpdesk.upkeep import check
from tests.contracts.desk import ANA, BEN, SIDES, Library, library

pytestmark = pytest.mark.usefixtures("engine")

ZONE = "Europe/London"
_NOW = ManualClock().now()
_JUST_NOW = plus(_NOW, HOUR)
_LATER = plus(_NOW, 30 * HOUR)
STANDARDS = """
[standards.claimed]
title = "We look at once."
measure = "claimed"
limit = "15 min"
share = 90
from = 2021-08-01

[standards.answered]
title = "We answer within the hour."
measure = "first_response"
limit = "1 h"
share = 90
attended_answers = true
from = 2021-08-01

[standards.answered-again]
title = "We answer again within two hours."
measure = "next_response"
limit = "2 h"
share = 90
from = 2021-08-01

[standards.told]
title = "We keep you informed."
measure = "keep_informed"
limit = "as promised"
share = 90
from = 2021-08-01

[standards.done]
title = "It is done within a day."
measure = "resolution"
limit = "24 h"
share = 90
from = 2021-08-01

[standards.printers]
title = "Printers are mended within two hours."
measure = "resolution"
limit = "2 h"
share = 90
covers = { tags = ["printer"] }
from = 2021-08-01
"""


@pytest.fixture
async def marsh(tmp_path: Path) -> AsyncIterator[Library]:
    """The library behind the desk, with a promise of every measure."""
    path = tmp_path / "standards.toml"
    path.write_text(STANDARDS, encoding="utf-8")
    async with library(path) as opened:
        yield opened


@pytest.fixture(params=SIDES)
async def desk(request: pytest.FixtureRequest, marsh: Library, tmp_path: Path) -> AsyncIterator[Desk]:
    """Its desk, from each side."""
    async with marsh.side(request.param, tmp_path) as side:
        yield side


async def _ticket(desk: Desk, ticket: TicketId) -> Ticket:
    return (await desk.thread(ANA, ticket)).ticket


# As if it had not happened

On = Callable[[Desk, TicketId, int], Awaitable[Any]]
"""Something to do to a version of a ticket."""

TO_A_TICKET: dict[str, On] = {
    "claim": lambda desk, ticket, version: desk.claim(ANA, ticket),
    "assign": lambda desk, ticket, version: desk.assign(ANA, ticket, version, BEN),
    "wait": lambda desk, ticket, version: desk.wait(ANA, ticket, version),
    "snooze": lambda desk, ticket, version: desk.snooze(ANA, ticket, version, _LATER),
    "solve": lambda desk, ticket, version: desk.solve(ANA, ticket, version),
    "spam": lambda desk, ticket, version: desk.spam(ANA, ticket, version),
    "attended": lambda desk, ticket, version: desk.attended(ANA, ticket, version, _JUST_NOW),
    "correct": lambda desk, ticket, version: desk.correct(ANA, ticket, version, _JUST_NOW, "by phone"),
    "promise": lambda desk, ticket, version: desk.promise(ANA, ticket, version, _LATER),
    "test": lambda desk, ticket, version: desk.test(ANA, ticket, version),
    "tag": lambda desk, ticket, version: desk.tag(ANA, ticket, version, ("printer",)),
    "merge": lambda desk, ticket, version: desk.merge(ANA, ticket, version, 1),
    "place": lambda desk, ticket, version: desk.noise.place(ANA, ticket, version, "l3"),
}
FIRST: dict[str, tuple[str, On]] = {
    "release": ("claim", lambda desk, ticket, version: desk.release(ANA, ticket, version)),
    "reopen": ("solve", lambda desk, ticket, version: desk.reopen(ANA, ticket, version)),
    "not spam": ("spam", lambda desk, ticket, version: desk.spam(ANA, ticket, version)),
    "snooze what waits": ("wait", TO_A_TICKET["snooze"]),
    "no test": ("test", TO_A_TICKET["test"]),
}
"""What needs something else first."""

CASES = [
    (what, on_what)
    for what in (*TO_A_TICKET, *FIRST)
    for on_what in ("mail", "text")
    if (what, on_what) not in {("merge", "text"), ("place", "mail")}
]


@pytest.mark.parametrize(("what", "on_what"), CASES)
async def test_taken_back_it_is_as_if_it_had_not_happened(marsh: Library, what: str, on_what: str) -> None:
    """Row, shelves, clocks, noise and the day's sums; what is kept is what the log gives, then as now."""
    desk, write = marsh.desk, marsh.mail if on_what == "mail" else marsh.text
    await write()
    asked = await write("And another thing")
    marsh.clock.passes(minutes=61)
    first, do = FIRST.get(what, ("", TO_A_TICKET.get(what, TO_A_TICKET["claim"])))
    if first:
        await TO_A_TICKET[first](desk, asked, (await _ticket(desk, asked)).version)
        marsh.clock.passes(minutes=2)
    before = await _all(marsh)
    made = await do(desk, asked, (await _ticket(desk, asked)).version)
    between, cut = await _all(marsh), (await desk.hello()).seq
    assert between != before
    marsh.clock.passes(minutes=3)
    await desk.undo(ANA, asked, made.version)
    assert await _all(marsh) == before
    assert await check(marsh.store) == ()
    assert await marsh.store.read(_day_at, marsh, cut) == between["day"]
    assert (await desk.thread(ANA, asked)).history[-1].kind is Kind.UNDONE


def _differs(row: Any) -> dict[str, Any]:
    left_aside = {"version", "updated", "touched_by", "decided", "noticed"}
    return {name: row[name] for name in row.keys() if name not in left_aside}  # noqa: SIM118 - a row is no dict


def _every(sql: Sql, table: str, order: str) -> list[dict[str, Any]]:
    return [_differs(row) for row in sql(f"SELECT * FROM {table} WHERE library = :library ORDER BY {order}")]


async def _all(marsh: Library) -> dict[str, Any]:
    """All that can be seen of the library but versions, by whom and when a row was last written."""
    return await marsh.store.read(_read, marsh)


def _read(sql: Sql, marsh: Library) -> dict[str, Any]:
    noises = [row for row in _every(sql, "incidents", "id") if row["reporters"]]
    return {
        "tickets": _every(sql, "tickets", "id"),
        "noises": noises,
        "clocks": _every(sql, "clocks", "ticket, standard, exchange"),
        "counts": rebuilding.kept_counts(sql),
        "day": _day_at(sql, marsh, None),
    }


def _day_at(sql: Sql, marsh: Library, cut: Any) -> Any:
    """What today's report adds up, as it stands or as it stood at an event of the log."""
    published: Published = marsh.desk._published()
    span, spent = span_of(local_day(marsh.clock.now(), ZONE), ZONE), counting.spent_by(published)
    past = None if cut is None else hindsight.past(sql, cut, marsh.clock.now(), published)
    return folding.fold(sql, ZONE, span, spent, past)


async def _placed(marsh: Library, sender: str, zone: str = "l3") -> tuple[TicketId, Incident]:
    """Somebody texts of a noise; staff say where it is."""
    asked = await marsh.text(sender=sender)
    placed = await marsh.desk.noise.place(ANA, asked, (await _ticket(marsh.desk, asked)).version, zone)
    assert placed.incident is not None
    return asked, (await marsh.desk.noise.incident(ANA, placed.incident)).incident


OnNoise = Callable[[Desk, Incident, TicketId], Awaitable[Incident]]

TO_A_NOISE: dict[str, OnNoise] = {
    "dispatch": lambda desk, noise, other: desk.noise.dispatch(ANA, noise.id, noise.version, BEN),
    "attend": lambda desk, noise, other: desk.noise.attend(ANA, noise.id, noise.version, _JUST_NOW),
    "conclude": lambda desk, noise, other: desk.noise.conclude(ANA, noise.id, noise.version, NoiseOutcome.QUIET),
    "part": lambda desk, noise, other: desk.noise.part(ANA, noise.id, noise.version, (other,)),
}


@pytest.mark.parametrize("what", TO_A_NOISE)
async def test_what_was_done_about_a_noise_is_taken_back_of_all_its_tickets(marsh: Library, what: str) -> None:
    """One call, several tickets, one taking back."""
    await _placed(marsh, "+447700900101")
    other, noise = await _placed(marsh, "+447700900102")
    marsh.clock.passes(minutes=61)
    before = await _all(marsh)
    made = await TO_A_NOISE[what](marsh.desk, noise, other)
    assert await _all(marsh) != before
    marsh.clock.passes(minutes=3)
    await marsh.desk.noise.undo(ANA, made.id, made.version)
    assert await _all(marsh) == before
    assert await check(marsh.store) == ()


async def test_noises_that_were_united_are_two_again(marsh: Library) -> None:
    """And each goes on."""
    noises = [(await _placed(marsh, f"+44770090010{n}", zone))[1] for n, zone in enumerate(("l3", "l1"))]
    before = await _all(marsh)
    made = await marsh.desk.noise.unite(ANA, noises[1].id, noises[1].version, noises[0].number)
    assert await _all(marsh) != before
    await marsh.desk.noise.undo(ANA, made.id, made.version)
    assert await _all(marsh) == before
    assert await check(marsh.store) == ()


async def test_the_end_of_a_noise_with_its_last_ticket_is_taken_back_with_it(marsh: Library) -> None:
    """Solved, it was over; unsolved, it goes on."""
    asked, noise = await _placed(marsh, "+447700900101")
    before = await _all(marsh)
    made = await marsh.desk.solve(ANA, asked, (await _ticket(marsh.desk, asked)).version)
    assert (await marsh.desk.noise.incident(ANA, noise.id)).incident.state is IncidentState.OVER
    await marsh.desk.undo(ANA, asked, made.version)
    assert await _all(marsh) == before


# What clocks make of it, from every side


async def test_a_claim_taken_back_claimed_nothing(desk: Desk, marsh: Library) -> None:
    """Nobody had looked at it, as it turned out."""
    asked = await marsh.mail()
    made = await desk.claim(ANA, asked)
    assert await _outcome(desk, asked, "claimed") is Outcome.MET
    free = await desk.undo(ANA, asked, made.version)
    assert (free.owner, free.state, free.held_until) == (None, State.NEW, None)
    assert free.version > made.version
    assert await _outcome(desk, asked, "claimed") is Outcome.PENDING


async def test_solving_taken_back_is_no_reopening_and_waiting_leaves_no_pause(desk: Desk, marsh: Library) -> None:
    """The resolution runs on as if nothing had been."""
    asked = await marsh.mail()
    for act in (desk.solve, desk.wait):
        made = await act(ANA, asked, (await _ticket(desk, asked)).version)
        marsh.clock.passes(minutes=30)
        await desk.undo(ANA, asked, made.version)
    done = await _clock(desk, asked, "done")
    assert (done.pauses, done.answers, done.outcome) == ((), (), Outcome.PENDING)
    assert done.due == plus(done.started, DAY)
    kinds = [moment.kind for moment in (await desk.thread(ANA, asked)).history]
    assert kinds[-4:] == [Kind.SOLVED, Kind.UNDONE, Kind.PAUSED, Kind.UNDONE]
    assert Kind.REOPENED not in kinds


async def test_what_is_done_again_counts_from_then(desk: Desk, marsh: Library) -> None:
    """Not from the first time: that was taken back."""
    asked = await marsh.mail()
    made = await desk.solve(ANA, asked, (await _ticket(desk, asked)).version)
    back = await desk.undo(ANA, asked, made.version)
    marsh.clock.passes(minutes=30)
    await desk.solve(ANA, asked, back.version)
    assert (await _clock(desk, asked, "done")).stopped == marsh.clock.now()


async def test_deeds_are_taken_back_one_after_the_other_latest_first(desk: Desk, marsh: Library) -> None:
    """Assigned, tagged, put off: back to new. The middle one first would take the last with it."""
    asked = await marsh.mail()
    before = await _ticket(desk, asked)
    given = await desk.assign(ANA, asked, before.version, BEN)
    tagged = await desk.tag(ANA, asked, given.version, ("printer",))
    put_off = await desk.snooze(ANA, asked, tagged.version, _LATER)
    with pytest.raises(Stale, match="changed by you since"):
        await desk.undo(ANA, asked, tagged.version)
    for made in (put_off, tagged, given):
        await desk.undo(ANA, asked, made.version)
    after = await _ticket(desk, asked)
    assert (after.state, after.owner, after.tags, after.snoozed_until) == (State.NEW, None, (), None)


async def test_a_reason_taken_back_stands_beside_no_miss(desk: Desk, marsh: Library) -> None:
    """The one that was given before it counts again."""
    asked = await marsh.mail()
    marsh.clock.passes(hours=2)
    first = await desk.explain(ANA, asked, (await _ticket(desk, asked)).version, "two of us were ill")
    made = await desk.explain(ANA, asked, first.version, "a fire alarm")
    await desk.undo(ANA, asked, made.version)
    said = await marsh.store.read(figures.explanations, [asked])
    assert said[asked].reason == "two of us were ill"


async def test_a_contact_logged_by_mistake_becomes_a_test_and_counts_again_if_wanted(
    desk: Desk, marsh: Library
) -> None:
    """Nothing is deleted; it is in no figure."""
    logged = await desk.log_contact(ANA, Channel.DESK, text="Lost")
    back = await desk.undo(ANA, logged.id, logged.version)
    assert Bar.TEST in (await _clock(desk, logged.id, "claimed")).barred
    await desk.undo(ANA, logged.id, back.version)
    assert Bar.TEST not in (await _clock(desk, logged.id, "claimed")).barred


# What can't be taken back


async def test_what_somebody_else_changed_since_stays(desk: Desk, marsh: Library) -> None:
    """The colleague is named; the patron is, too."""
    asked = await marsh.mail()
    made = await desk.snooze(ANA, asked, (await _ticket(desk, asked)).version, _LATER)
    noted = await desk.note(BEN, asked, "I know them.")
    with pytest.raises(Stale, match="was changed by ben since") as caught:
        await desk.undo(ANA, asked, made.version)
    assert caught.value.by == BEN
    put_off = await desk.snooze(ANA, asked, noted.version, _LATER)
    await marsh.mail("Any news?", to=asked)
    with pytest.raises(Stale, match="was changed by the patron since"):
        await desk.undo(ANA, asked, put_off.version)


async def test_only_who_did_it_takes_it_back_and_only_once(desk: Desk, marsh: Library) -> None:
    """Ben asks Ana, or does the opposite in his own name."""
    asked = await marsh.mail()
    made = await desk.solve(ANA, asked, (await _ticket(desk, asked)).version)
    with pytest.raises(Refused, match="Only who did something"):
        await desk.undo(BEN, asked, made.version)
    await desk.undo(ANA, asked, made.version)
    with pytest.raises(Refused, match="any more"):
        await desk.undo(ANA, asked, made.version)


async def test_what_was_sent_or_noted_stays(desk: Desk, marsh: Library) -> None:
    """It says what to do instead, and nothing is written."""
    asked = await marsh.mail()
    noted = await desk.note(ANA, asked, "Odd.")
    with pytest.raises(Refused, match="A note stays"):
        await desk.undo(ANA, asked, noted.version)
    replied = await desk.reply(ANA, asked, noted.version, "Yes.", then="solved")
    seq = (await desk.hello()).seq
    with pytest.raises(Refused, match="What was sent"):
        await desk.undo(ANA, asked, replied.version)
    assert (await desk.hello()).seq == seq


async def test_after_a_day_nothing_is_taken_back_any_more(marsh: Library) -> None:
    """How it was before is forgotten; the log still holds what was done."""
    asked = await marsh.mail()
    made = await marsh.desk.spam(ANA, asked, (await _ticket(marsh.desk, asked)).version)
    await marsh.store.write(forgetting.past, plus(marsh.clock.now(), DAY + 1))
    with pytest.raises(Refused, match="any more"):
        await marsh.desk.undo(ANA, asked, made.version)
    assert (await marsh.store.read(events.of_ticket, asked))[-1].kind is Kind.SPAM


async def _clock(desk: Desk, ticket: TicketId, standard: str) -> ClockRow:
    return next(row for row in (await desk.thread(ANA, ticket)).clocks if row.standard == standard)


async def _outcome(desk: Desk, ticket: TicketId, standard: str) -> Outcome:
    return (await _clock(desk, ticket, standard)).outcome
