"""The fold of a ticket's clocks: what starts, stops, voids and bars them, told as stories."""

from __future__ import annotations

import itertools
from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from helpdesk.clock import HOUR, MINUTE, SECOND, Instant, plus
from helpdesk.events import PATRON, Event, Fact, Kind, Seq
from helpdesk.hours.almanac import freeze
from helpdesk.message import Channel, EntryId
from helpdesk.standards import (
    Answer,
    Bar,
    ClockRow,
    Outcome,
    advance,
    answers_from_text,
    answers_text,
    next_due,
    replay,
)
from helpdesk.standards.clocks import HEARD
from helpdesk.standards.facts import ANSWERS_KEPT
from helpdesk.standards.promises import Covers, LeftEarly, Measure, Standard, Subject
from helpdesk.standards.published import Published
from tests.clock_story import MAIL, PUBLISHED, RULES, TICKET, Story, at, publish, standard

# Starting


def test_opening_starts_the_clocks_that_cover_it() -> None:
    """One row a standard, each with its own deadline; others get none."""
    noise = replace(standard(name="noise"), covers=replace(standard().covers, kinds=("noise",)))
    story = Story(standard(), standard(limit="24 h", name="wall"), noise).opened(at("10:00"))
    assert {row.standard: row.due for row in story.rows} == {"s": at("15:00"), "wall": at("10:00", 17)}
    assert {row.outcome for row in story.rows} == {Outcome.PENDING}


def test_a_clock_starts_when_the_event_says() -> None:
    """A text caught up later counts from the carrier's time, not from our commit."""
    event = Event(seq=Seq(1), kind=Kind.OPENED, ticket=TICKET, when=at("10:00"), noted=at("11:30"), actor=PATRON)
    (row,) = advance((), [event], MAIL, publish(standard())) or ()
    assert row.started == at("10:00")


def test_nothing_was_promised_before_the_first_publish() -> None:
    """Then there is no clock, rather than one that judges by a promise nobody had made."""
    assert Story(standard()).opened(plus(PUBLISHED, -1)).rows == ()


def test_a_clock_keeps_the_version_it_started_with() -> None:
    """A stricter promise published in between does not touch it."""
    old, new = standard(), standard(limit="1 working hour")
    frozen = freeze(RULES, date(2026, 1, 1), date(2027, 12, 31)).to_text()
    later = Published([(old.to_text(), PUBLISHED), (new.to_text(), at("10:30"))], [(frozen, PUBLISHED)])
    story = Story(published=later).opened(at("10:00")).replied(at("12:00"))
    assert story.row.version == old.digest
    assert story.row.outcome is Outcome.MET
    assert Story(published=later).opened(at("10:30")).row.version == new.digest


def test_opened_twice_is_opened_once() -> None:
    """The first opening counts."""
    story = Story(standard()).opened(at("10:00"))
    assert story.opened(at("11:00")).row.started == at("10:00")


# What answers


@pytest.mark.parametrize(
    ("measure", "kind", "data", "stops"),
    [
        (Measure.FIRST_RESPONSE, Kind.REPLIED, {}, True),
        (Measure.FIRST_RESPONSE, Kind.REPLIED, {"automatic": True}, False),
        (Measure.FIRST_RESPONSE, Kind.NOTED, {}, False),
        (Measure.FIRST_RESPONSE, Kind.CLAIMED, {}, False),
        (Measure.FIRST_RESPONSE, Kind.ATTENDED, {}, False),
        (Measure.FIRST_RESPONSE, Kind.ACKNOWLEDGED, {}, False),
        (Measure.CLAIMED, Kind.CLAIMED, {}, True),
        (Measure.CLAIMED, Kind.REPLIED, {}, True),
        (Measure.CLAIMED, Kind.REPLIED, {"automatic": True}, False),
        (Measure.CLAIMED, Kind.ASSIGNED, {"to": "ana"}, True),
        (Measure.CLAIMED, Kind.ASSIGNED, {"to": "ben"}, False),
        (Measure.ATTENDED, Kind.ATTENDED, {}, True),
        (Measure.ATTENDED, Kind.REPLIED, {}, False),
        (Measure.ACKNOWLEDGED, Kind.ACKNOWLEDGED, {}, True),
        (Measure.ACKNOWLEDGED, Kind.ACKNOWLEDGED, {"automatic": True}, False),
        (Measure.ACKNOWLEDGED, Kind.REPLIED, {}, True),
    ],
)
def test_what_stops_a_clock(measure: Measure, kind: Kind, data: dict[str, Fact], stops: bool) -> None:
    """Notes and automatic messages answer nothing; being handed a ticket is not taking it."""
    story = Story(standard(measure)).opened(at("10:00")).tells(kind, at("10:30"), **data)
    assert (story.row.stopped is not None) is stops


def test_an_automatic_message_acknowledges_where_the_standard_says_so() -> None:
    """A setting of the standard, off by default; the report prints it."""
    counting = replace(standard(Measure.ACKNOWLEDGED), counts_automatic=True)
    story = Story(counting).opened(at("10:00")).tells(Kind.ACKNOWLEDGED, at("10:00"), "system", automatic=True)
    assert story.row.outcome is Outcome.MET


def test_going_there_answers_a_noise_text() -> None:
    """At the time entered, even where it was entered after a text back."""
    walking = replace(standard(limit="15 working min"), attended_answers=True)
    story = Story(walking).opened(at("10:00")).replied(at("10:20")).tells(Kind.ATTENDED, at("10:12"))
    assert (story.row.stopped, story.row.outcome) == (at("10:12"), Outcome.MET)


def test_the_first_claim_counts() -> None:
    """Put back and taken again, the chat was claimed when it was first taken."""
    story = Story(standard(Measure.CLAIMED, "60 s")).opened(at("10:00")).tells(Kind.CLAIMED, at("10:00"))
    story.tells(Kind.RELEASED, at("10:05")).tells(Kind.CLAIMED, at("10:06"))
    assert story.row.stopped == at("10:00")


# Void answers


def test_an_undeliverable_answer_is_void() -> None:
    """The clock runs on from its start, and the next answer is timed from there."""
    story = Story(standard()).opened(at("10:00")).replied(at("10:30")).bounced(at("11:00"))
    assert (story.row.stopped, story.row.spent, story.row.outcome) == (None, None, Outcome.PENDING)
    assert story.replied(at("12:00"), "e2").row.spent == 2 * HOUR


def test_a_later_answer_stands_in_for_a_void_one() -> None:
    """Reply A bounces after reply B went out: B counts, and the time until B."""
    story = Story(standard()).opened(at("10:00")).replied(at("10:30"), "a").replied(at("12:00"), "b")
    assert story.row.spent == 30 * MINUTE
    assert story.bounced(at("12:30"), "a").row.spent == 2 * HOUR
    assert story.bounced(at("12:40"), "b").row.outcome is Outcome.PENDING


def test_bounces_of_other_messages_void_nothing() -> None:
    """An automatic message that bounced was no answer; a claim can't bounce."""
    story = Story(standard(Measure.CLAIMED)).opened(at("10:00")).tells(Kind.CLAIMED, at("10:01"))
    assert story.bounced(at("10:30"), "auto").row.stopped == at("10:01")


def test_a_long_chat_makes_no_long_row() -> None:
    """The earliest answers are remembered, not every one."""
    story = Story(standard()).opened(at("10:00"))
    for count in range(50):
        story.replied(plus(at("10:01"), count * SECOND), f"e{count}")
    assert len(story.row.answers) == ANSWERS_KEPT
    assert story.row.stopped == at("10:01")


# Left out


@pytest.mark.parametrize(("kind", "bar"), [(Kind.SPAM, Bar.SPAM), (Kind.MERGED, Bar.MERGED), (Kind.TESTED, Bar.TEST)])
def test_spam_merged_and_test_contacts_are_left_out(kind: Kind, bar: Bar) -> None:
    """The row stays, so that their count can be shown."""
    story = Story(standard()).opened(at("10:00")).tells(kind, at("10:05"))
    assert (story.row.outcome, story.row.barred) == (Outcome.LEFT_OUT, (bar,))


def test_not_spam_after_all() -> None:
    """The clock is as if nothing had been; what was answered meanwhile counts."""
    story = Story(standard()).opened(at("10:00")).tells(Kind.SPAM, at("10:05")).replied(at("10:30"))
    assert story.row.outcome is Outcome.LEFT_OUT
    story.tells(Kind.NOT_SPAM, at("11:00"))
    assert (story.row.outcome, story.row.spent) == (Outcome.MET, 30 * MINUTE)


def test_two_reasons_to_leave_out_are_lifted_one_by_one() -> None:
    """Taken out of spam, a test is a test still."""
    story = Story(standard()).opened(at("10:00")).tells(Kind.TESTED, at("10:01")).tells(Kind.SPAM, at("10:02"))
    assert story.row.barred == (Bar.SPAM, Bar.TEST)
    assert story.tells(Kind.NOT_SPAM, at("10:03")).row.outcome is Outcome.LEFT_OUT
    assert story.tells(Kind.TESTED, at("10:04"), test=False).row.outcome is Outcome.PENDING


def test_a_probe_is_left_out_from_birth() -> None:
    """So is what an auto-reply opened: nobody waits for an answer to it."""
    assert Story(standard(), subject=replace(MAIL, test=True)).opened(at("10:00")).row.barred == (Bar.TEST,)
    assert Story(standard()).opened(at("10:00"), automatic=True).row.barred == (Bar.AUTOMATIC,)


# For the worklist and the store


def test_the_next_deadline_is_that_of_running_clocks() -> None:
    """Stopped, left out and undetermined ones don't ring."""
    story = Story(standard(), standard(limit="24 h", name="wall")).opened(at("10:00"))
    assert next_due(story.rows) == at("15:00")
    assert next_due(story.replied(at("10:30")).rows) is None
    assert next_due(()) is None


def test_answers_go_into_a_column_and_back() -> None:
    """With their entries and without."""
    answers = (Answer(at("10:00")), Answer(at("10:30"), EntryId("e1")))
    assert answers_from_text(answers_text(answers)) == answers
    assert answers_from_text("") == ()


TELLABLE = [*sorted(HEARD - {Kind.OPENED}), Kind.FORGOTTEN, Kind.NOTED, Kind.WOKEN]

STANDARDS = tuple(
    replace(
        standard(measure, limit, name=f"{measure}-{limit}"),
        attended_answers=measure is Measure.FIRST_RESPONSE,
        solved_answers=measure is Measure.NEXT_RESPONSE and limit == "60 s",
        left_early=LeftEarly.MISSED if measure is Measure.CLAIMED else LeftEarly.APART,
        covers=Covers(tags=("a",) if limit == "24 h" else ()),
    )
    for measure, limit in [
        *itertools.product(
            [measure for measure in Measure if measure is not Measure.KEEP_INFORMED],
            ("60 s", "24 h", "4 working hours", "1 working day"),
        ),
        (Measure.FIRST_RESPONSE, "same day if before 16:00"),
        (Measure.RESOLUTION, "same day if before 16:00"),
        (Measure.KEEP_INFORMED, "as promised"),
    ]
)
RULEBOOK = publish(*STANDARDS)

happenings = st.lists(
    st.tuples(st.sampled_from(TELLABLE), st.integers(-HOUR, 40 * HOUR), st.sampled_from("abc"), st.booleans()),
    max_size=14,
)
subjects = st.sampled_from([MAIL, replace(MAIL, channel=Channel.PHONE)])


def told(kind: Kind, when: Instant, entry: str, yes: bool) -> dict[str, Fact]:
    """What an event of this kind says."""
    match kind:
        case Kind.PROMISED:
            return {"by": plus(when, HOUR)}
        case Kind.CORRECTED:
            return {"answered": plus(when, -HOUR)}
        case Kind.TESTED:
            return {"test": yes}
        case Kind.TAGGED:
            return {"tags": "a" if yes else ""}
    return {"entry": entry, "automatic": yes, "to": "ana"}


@settings(deadline=None)
@given(happenings, subjects, st.sampled_from([{}, {"automatic": True}, {"waited": 30_000}]))
def test_a_rebuild_gives_the_same_rows(
    story_told: list[tuple[Kind, int, str, bool]], subject: Subject, opening: dict[str, Fact]
) -> None:
    """Step by step or all at once, whatever happens in whatever order; and no row contradicts itself."""
    story = Story(published=RULEBOOK, subject=subject).opened(at("10:00"), **opening)
    for kind, after, entry, yes in story_told:
        when = plus(at("10:00"), after)
        data = told(kind, when, entry, yes)
        if kind is Kind.TAGGED:
            story.subject = replace(story.subject, tags=("a",) if yes else ())
        if kind is Kind.TESTED:
            story.subject = replace(story.subject, test=yes)
        story.tells(kind, when, **data)
    assert replay(story.events, story.subject, story.published) == story.rows
    for row in story.rows:
        check_row(row, next(one for one in STANDARDS if one.name == row.standard))


def check_row(row: ClockRow, promise: Standard) -> None:
    assert (row.outcome is Outcome.LEFT_OUT) == bool(row.barred)
    assert (row.stopped is None) == (row.spent is None)
    assert row.outcome is not Outcome.UNDETERMINED
    assert (row.due is None) == (row.lapses is None)
    assert all(pause.end is None or pause.begin < pause.end for pause in row.pauses)
    assert all((one.end or at("10:00")) <= other.begin for one, other in itertools.pairwise(row.pauses))
    if row.spent is None or row.barred:
        return
    assert row.spent >= 0
    length = promise.limit.millis
    if length and row.outcome is not Outcome.MISSED:
        assert row.spent <= length
    if length and row.outcome is Outcome.MISSED and promise.left_early is LeftEarly.APART:
        assert row.spent > length
