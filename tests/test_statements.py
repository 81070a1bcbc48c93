"""What staff state about a ticket: each transition alone, and what goes with a remark that is erased."""

from __future__ import annotations

import itertools
from collections.abc import AsyncIterator
from dataclasses import replace
from typing import Any

import pytest

from helpdesk import statements, upkeep
from helpdesk.clock import HOUR, MINUTE, ManualClock, plus
from helpdesk.errors import Refused
from helpdesk.events import Event, Fact, Kind, Seq
from helpdesk.message import Channel, ConversationId, LineId, PersonId, StaffId, TicketId
from helpdesk.ports import Record, Sql
from helpdesk.store.verbs import events, figures, remarks
from helpdesk.store.verbs.remarks import Remark, digest_of
from helpdesk.thread import Moment, owed
from helpdesk.ticket import Change, Flag, State, Ticket
from tests.contracts.desk import ANA as MEMBER
from tests.contracts.desk import Library, library
from tests.engines import ON_SQLITE

pytestmark = pytest.mark.usefixtures("engine")

NOW = ManualClock().now()
ANA, BEN = StaffId("ana"), StaffId("ben")
WHY: dict[str, Fact] = {"remark": "R", "digest": "d"}


def ticket(state: State = State.OPEN, channel: Channel = Channel.MAIL, **fields: Any) -> Ticket:
    """A ticket that came in an hour ago."""
    plain = {
        "id": TicketId("T"),
        "number": 7,
        "channel": channel,
        "line": LineId("help"),
        "subject": "",
        "name": "Mina",
        "person": PersonId("P"),
        "state": state,
        "opened": plus(NOW, -HOUR),
        "updated": NOW,
        "version": 4,
        **fields,
    }
    return Ticket(**plain)


def told(change: Change) -> list[Kind]:
    """What a change appends to the log."""
    return [event.kind for event in change.events]


# Attended


@pytest.mark.parametrize("state", [State.NEW, State.OPEN, State.WAITING, State.SNOOZED, State.SOLVED])
def test_attended_leaves_the_ticket_where_it_was(state: State) -> None:
    """Save that a new one is open; the time that is entered is the event's, and whoever went there has it."""
    when = plus(NOW, -5 * MINUTE)
    change = statements.attended(ticket(state, unanswered=plus(NOW, -HOUR)), when=when, by=ANA, now=NOW, answers=True)
    assert change.ticket.state is (State.OPEN if state is State.NEW else state)
    assert (change.ticket.unanswered, change.ticket.owner, change.ticket.version) == (None, ANA, 5)
    assert [(event.kind, event.when, event.data) for event in change.events] == [(Kind.ATTENDED, when, {})]


def test_attended_takes_nobody_s_ticket() -> None:
    """A running claim or an assignment stands; a claim that has run out is nobody's."""
    for held, owner in ((None, BEN), (plus(NOW, 1), BEN), (NOW, ANA)):
        before = ticket(owner=BEN, held_until=held)
        assert statements.attended(before, when=NOW, by=ANA, now=NOW, answers=True).ticket.owner == owner


@pytest.mark.parametrize("state", [State.CLOSED, State.SPAM])
def test_nobody_goes_for_what_is_over(state: State) -> None:
    """A closed ticket is corrected instead; spam is nobody's noise."""
    with pytest.raises(Refused, match="first"):
        statements.attended(ticket(state), when=NOW, by=ANA, now=NOW, answers=True)


# Corrected and explained


def test_a_closed_ticket_can_be_corrected_and_explained() -> None:
    """The figures of a month are read after it; nothing else about the ticket changes."""
    closed = ticket(State.CLOSED)
    corrected = statements.correct(closed, answered=plus(NOW, -MINUTE), why=WHY, by=ANA, now=NOW)
    assert replace(corrected.ticket, version=4, touched_by=closed.touched_by) == closed
    [event] = corrected.events
    assert (event.kind, event.when, event.data) == (
        Kind.CORRECTED,
        NOW,
        {"answered": plus(NOW, -MINUTE), "remark": "R", "digest": "d"},
    )
    assert told(statements.explain(closed, why=WHY, missed=True, by=ANA, now=NOW)) == [Kind.EXPLAINED]


@pytest.mark.parametrize("before", [ticket(State.SPAM), ticket(State.CLOSED, merged_into=TicketId("U"))])
def test_what_is_in_no_figure_is_not_corrected(before: Ticket) -> None:
    """Nor explained."""
    with pytest.raises(Refused, match="no figure"):
        statements.correct(before, answered=NOW, why=WHY, by=ANA, now=NOW)
    with pytest.raises(Refused, match="no figure"):
        statements.explain(before, why=WHY, missed=True, by=ANA, now=NOW)


# Promises


def _history(*kinds: tuple[Kind, dict[str, Fact]]) -> list[Moment]:
    return [
        Moment(seq=Seq(n), kind=kind, when=NOW, actor=ANA, data=data) for n, (kind, data) in enumerate(kinds, start=1)
    ]


PROMISED = (Kind.PROMISED, {"by": 10})
LATER = (Kind.PROMISED, {"by": 20})
REPLIED = (Kind.REPLIED, {"entry": "E", "automatic": False})


@pytest.mark.parametrize(
    ("history", "by"),
    [
        ([], None),
        ([PROMISED], 10),
        ([PROMISED, LATER], 20),
        ([PROMISED, REPLIED], None),
        ([REPLIED, PROMISED], 10),
        ([PROMISED, (Kind.REPLIED, {"entry": "E", "automatic": True})], 10),
        ([PROMISED, REPLIED, (Kind.UNDELIVERABLE, {"entry": "E"})], 10),
        ([PROMISED, REPLIED, LATER, (Kind.UNDELIVERABLE, {"entry": "E"})], 20),
        ([PROMISED, (Kind.NOTED, {"entry": "N"})], 10),
        ([PROMISED, (Kind.SOLVED, {}), (Kind.REOPENED, {})], None),
        ([PROMISED, (Kind.MERGED, {"into": "U"})], None),
    ],
)
def test_news_that_is_owed(history: list[tuple[Kind, dict[str, Fact]]], by: int | None) -> None:
    """Until a person's reply that arrives, or the end; a later promise stands in an earlier one's place."""
    assert owed(_history(*history)) == by


def test_who_can_t_be_reached_is_promised_nothing() -> None:
    """The words are those of a reply."""
    for before in (ticket(channel=Channel.PHONE), ticket(person=None), ticket(flags=frozenset({Flag.LEFT}))):
        with pytest.raises(Refused, match=r"address|left"):
            statements.promise(before, until=plus(NOW, HOUR), by=ANA, now=NOW)


# Merging


OTHER: dict[str, Any] = {"id": TicketId("U"), "number": 8}


@pytest.mark.parametrize(
    ("here", "there", "allowed"),
    [
        ({}, {}, True),
        ({}, {"person": PersonId("Q")}, False),
        ({"person": None}, {"person": None}, False),
        ({"channel": Channel.SMS}, {}, True),
        ({"person": None, "conversation": ConversationId("C")}, {}, False),
        ({}, {"person": None, "conversation": ConversationId("C")}, False),
        (
            {"person": None, "conversation": ConversationId("C")},
            {"person": None, "conversation": ConversationId("C")},
            True,
        ),
        (
            {"person": None, "conversation": ConversationId("C")},
            {"person": None, "conversation": ConversationId("D")},
            False,
        ),
        ({"channel": Channel.PHONE, "person": None}, {}, True),
        ({}, {"channel": Channel.PHONE, "person": None}, False),
    ],
)
def test_an_answer_never_reaches_somebody_else(here: dict[str, Any], there: dict[str, Any], allowed: bool) -> None:
    """One person, or one conversation; staff met whoever rang. Sealed and open lines never mix."""
    ticket_here, ticket_there = ticket(**here), ticket(**{**OTHER, **there})
    if allowed:
        assert statements.merge(ticket_here, ticket_there, by=ANA, now=NOW).ticket.merged_into == "U"
        return
    with pytest.raises(Refused, match="another patron's"):
        statements.merge(ticket_here, ticket_there, by=ANA, now=NOW)


@pytest.mark.parametrize(
    ("state", "waits", "after", "facts"),
    [
        (State.SOLVED, True, State.OPEN, [Kind.LINKED, Kind.REOPENED]),
        (State.WAITING, True, State.OPEN, [Kind.LINKED, Kind.RESUMED]),
        (State.SNOOZED, True, State.OPEN, [Kind.LINKED]),
        (State.NEW, True, State.NEW, [Kind.LINKED]),
        (State.SOLVED, False, State.SOLVED, [Kind.LINKED]),
        (State.WAITING, False, State.WAITING, [Kind.LINKED]),
    ],
)
def test_what_a_ticket_takes_in(state: State, waits: bool, after: State, facts: list[Kind]) -> None:
    """A patron who waits goes on waiting, since the first of the two; one who was answered wakes nothing."""
    merged = ticket(**OTHER, unanswered=plus(NOW, -HOUR) if waits else None)
    before = ticket(state, unanswered=plus(NOW, -MINUTE), closes=NOW if state is State.SOLVED else None)
    change = statements.take_in(before, merged, by=ANA, now=NOW)
    assert (change.ticket.state, told(change)) == (after, facts)
    assert change.ticket.unanswered == plus(NOW, -HOUR if waits else -MINUTE)
    assert (change.ticket.closes is None) is (waits or state is not State.SOLVED)


@pytest.mark.parametrize("state", [State.CLOSED, State.SPAM])
def test_nothing_goes_into_what_is_over(state: State) -> None:
    """It would be answered by nobody. What is closed may itself go into another."""
    with pytest.raises(Refused, match="first"):
        statements.merge(ticket(), ticket(state, **OTHER), by=ANA, now=NOW)
    merged = statements.merge(ticket(State.CLOSED), ticket(**OTHER), by=ANA, now=NOW)
    assert merged.ticket.merged_into == "U"


# What the log holds of a remark


@pytest.fixture
async def marsh() -> AsyncIterator[Library]:
    """A library with a desk."""
    async with library() as opened:
        yield opened


async def _explained(marsh: Library, why: str) -> TicketId:
    """Somebody's text that was missed, and why."""
    asked = await marsh.text(sender=f"+4477009003{marsh.clock.now() // HOUR % 100:02}")
    marsh.clock.passes(hours=1)
    version = (await marsh.desk.thread(MEMBER, asked)).ticket.version
    await marsh.desk.explain(MEMBER, asked, version, why)
    return asked


async def test_a_digest_says_which_words_were_written(marsh: Library) -> None:
    """As long as they are there; equal words have unlike digests, so that none is told from another."""
    first, second = await _explained(marsh, "ill"), await _explained(marsh, "ill")
    facts = [event.data for event in await _said(marsh)]
    assert len({fact["digest"] for fact in facts}) == 2
    assert await marsh.store.read(remarks.altered) == []
    await marsh.store.write(lambda sql: sql("UPDATE remarks SET text = 'well' WHERE ticket = :t", t=first))
    [said] = await marsh.store.read(remarks.altered)
    assert said == f"the remark of event {(await _said(marsh))[0].seq} is not the one that was written"
    assert (await marsh.store.read(figures.explanations, [first, second]))[second].reason == "ill"


async def test_nobody_can_guess_what_was_erased(marsh: Library) -> None:
    """Text and salt go together: with the log and every possible word in hand its digest can't be made again."""
    asked = await _explained(marsh, "ill")
    [event] = await _said(marsh)
    [kept] = await marsh.store.read(lambda sql: sql("SELECT text, salt FROM remarks"))
    assert digest_of(kept["text"], kept["salt"]) == event.data["digest"]
    assert await marsh.store.write(remarks.erase, asked) == 1
    rows = await marsh.store.read(lambda sql: sql("SELECT text, salt FROM remarks"))
    assert [(row["text"], row["salt"]) for row in rows] == [("", None)]
    left = [b"", str(event.data["remark"]).encode(), asked.encode(), str(event.seq).encode(), b"main", b"ana"]
    for word, salt in itertools.product(("ill", "well", ""), left):
        assert digest_of(word, salt) != event.data["digest"]


async def test_the_rest_stays_right_without_the_words(marsh: Library) -> None:
    """The history says that there was a reason, reports that none is known any more, and the log is whole."""
    asked, other = await _explained(marsh, "ill"), await _explained(marsh, "radio")
    await marsh.store.write(remarks.erase, asked)
    history = (await marsh.desk.thread(MEMBER, asked)).history
    assert [(moment.kind, moment.remark) for moment in history if moment.kind is Kind.EXPLAINED] == [
        (Kind.EXPLAINED, "")
    ]
    told = await marsh.store.read(figures.explanations, [asked, other])
    assert (told[asked].reason, told[asked].by, told[other].reason) == ("", MEMBER, "radio")
    assert await marsh.store.read(events.first_break) is None
    assert await marsh.store.write(remarks.erase, asked) == 0
    assert await marsh.store.read(remarks.altered) == []


async def test_a_remark_shows_no_salt() -> None:
    """Neither in a traceback nor in a log line."""
    assert "salt" not in repr(Remark(id="R", text="ill", salt=b"s" * 16))


async def _said(marsh: Library) -> list[Event]:
    return [event for event in await marsh.store.read(events.after, Seq(0)) if event.kind is Kind.EXPLAINED]


async def test_the_latest_explanation_counts(marsh: Library) -> None:
    """And what counted at an earlier event can still be read."""
    asked = await _explained(marsh, "ill")
    [first] = await _said(marsh)
    version = (await marsh.desk.thread(MEMBER, asked)).ticket.version
    await marsh.desk.explain(MEMBER, asked, version, "the radio was flat")
    assert (await marsh.store.read(figures.explanations, [asked]))[asked].reason == "the radio was flat"
    assert (await marsh.store.read(figures.explanations, [asked], first.seq))[asked].reason == "ill"
    assert await marsh.store.read(figures.explanations, [asked], Seq(first.seq - 1)) == {}
    assert await marsh.store.read(figures.explanations, []) == {}


# Beside the rest of the store


@ON_SQLITE
async def test_facts_about_figures_are_found_without_the_rest_of_the_log(marsh: Library) -> None:
    """Ten million events or none: an index of their own holds them."""

    def plans(sql: Sql) -> list[str]:
        asked: list[str] = []

        class Watched:
            library, full_text = sql.library, sql.full_text

            def __call__(self, text: str, /, **params: object) -> list[Record]:
                asked.append(text)
                return sql(text, **params)

        figures.suspensions(Watched(), Seq(5))
        return [str(row["detail"]) for text in asked for row in sql(f"EXPLAIN QUERY PLAN {text}")]

    assert any("events_of_figures" in plan for plan in await marsh.store.read(plans))


async def test_all_that_is_stated_can_be_folded_again(marsh: Library) -> None:
    """Clocks, deadlines, counts and answers are what the log gives, whatever was stated in whatever order."""
    desk, clock = marsh.desk, marsh.clock
    noise, mail, other = await marsh.text(), await marsh.mail(), await marsh.mail("And my fine?")

    async def version(of: TicketId) -> int:
        return (await desk.thread(MEMBER, of)).ticket.version

    clock.passes(minutes=40)
    await desk.attended(MEMBER, noise, await version(noise), plus(clock.now(), -30 * MINUTE))
    await desk.correct(MEMBER, noise, await version(noise), plus(clock.now(), -35 * MINUTE), "rang")
    await desk.tag(MEMBER, mail, await version(mail), ("refund",))
    await desk.promise(MEMBER, mail, await version(mail), plus(clock.now(), HOUR))
    await desk.test(MEMBER, mail, await version(mail))
    number = (await desk.thread(MEMBER, mail)).ticket.number
    await desk.merge(MEMBER, other, await version(other), number)
    await desk.test(MEMBER, mail, await version(mail))
    await desk.log_contact(MEMBER, Channel.DESK, text="Where is 823?", waited=MINUTE)
    await desk.log_contact(MEMBER, Channel.PHONE)
    assert await upkeep.check(marsh.store) == ()
