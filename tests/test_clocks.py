"""The fold of a ticket's clocks: what starts, stops, voids and bars them, told as stories.

The office is open from 09:00 to 13:00 and from 14:00 to 17:00, Monday to Friday, in UTC. Every story
starts on Monday 16 November 2026.
"""

from __future__ import annotations

import itertools
from dataclasses import replace
from datetime import UTC, date, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from helpdesk.clock import HOUR, MINUTE, SECOND, Instant, instant, plus
from helpdesk.events import PATRON, Event, Fact, Kind, Seq
from helpdesk.hours.almanac import freeze
from helpdesk.hours.calendars import CLOSED, Rules, span_from_text
from helpdesk.message import Channel, EntryId, LineId, TicketId
from helpdesk.standards.clocks import (
    ANSWERS_KEPT,
    Answer,
    Bar,
    ClockRow,
    Outcome,
    Rows,
    advance,
    answers_from_text,
    answers_text,
    judged,
    next_due,
    replay,
)
from helpdesk.standards.promises import Limit, Measure, Standard, Subject, Unit, limit_from_text
from helpdesk.standards.published import Published

TICKET = TicketId("t1")
OFFICE = (span_from_text("09:00-13:00"), span_from_text("14:00-17:00"))
RULES = Rules(name="office", zone="UTC", week=(OFFICE, OFFICE, OFFICE, OFFICE, OFFICE, CLOSED, CLOSED))
PUBLISHED = instant(datetime(2026, 9, 1, tzinfo=UTC))
MAIL = Subject(channel=Channel.MAIL, line=LineId("desk"))


def at(clock: str, day: int = 16) -> Instant:
    """A time of day in November 2026; the 16th is a Monday."""
    hour, minute = clock.split(":")
    return instant(datetime(2026, 11, day, int(hour), int(minute), tzinfo=UTC))


def standard(measure: Measure = Measure.FIRST_RESPONSE, limit: str = "4 working hours", name: str = "s") -> Standard:
    found = limit_from_text(limit)
    return Standard(
        name=name,
        title="t",
        measure=measure,
        limit=found,
        calendar="office" if found.working else "",
        share=90,
        from_date=date(2026, 9, 1),
    )


def publish(*standards: Standard, last: date = date(2027, 12, 31)) -> Published:
    frozen = freeze(RULES, date(2026, 1, 1), last)
    return Published([(one.to_text(), PUBLISHED) for one in standards], [(frozen.to_text(), PUBLISHED)])


class Story:
    """One ticket and its events, told in order."""

    def __init__(self, *standards: Standard, subject: Subject = MAIL, published: Published | None = None) -> None:
        self.published = published or publish(*standards)
        self.subject = subject
        self.events: list[Event] = []
        self.rows: Rows = ()

    def tells(self, kind: Kind, when: Instant, actor: str = "ana", /, **data: Fact) -> Story:
        """One more event; the rows are advanced by it."""
        seq = Seq(len(self.events) + 1)
        event = Event(seq=seq, kind=kind, ticket=TICKET, when=when, noted=when, actor=actor, data=data)
        self.events.append(event)
        self.rows = advance(self.rows, event, self.subject, self.published)
        return self

    def opened(self, when: Instant, **data: Fact) -> Story:
        return self.tells(Kind.OPENED, when, PATRON, channel=str(self.subject.channel), line="desk", **data)

    def replied(self, when: Instant, entry: str = "e1", automatic: bool = False) -> Story:
        return self.tells(Kind.REPLIED, when, entry=entry, outbox=f"o-{entry}", automatic=automatic)

    def bounced(self, when: Instant, entry: str = "e1") -> Story:
        return self.tells(Kind.UNDELIVERABLE, when, "system", entry=entry, outbox=f"o-{entry}", code="550")

    @property
    def row(self) -> ClockRow:
        (row,) = self.rows
        return row


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
    (row,) = advance((), event, MAIL, publish(standard()))
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


# Met and missed


def test_exactly_at_the_limit_is_met() -> None:
    """Spent <= limit."""
    story = Story(standard(limit="60 s")).opened(at("10:00")).replied(at("10:01"))
    assert (story.row.spent, story.row.outcome) == (60 * SECOND, Outcome.MET)


def test_one_millisecond_more_is_missed() -> None:
    """Nothing is rounded."""
    story = Story(standard(limit="60 s")).opened(at("10:00")).replied(plus(at("10:01"), 1))
    assert (story.row.spent, story.row.outcome) == (60 * SECOND + 1, Outcome.MISSED)


def test_a_night_does_not_count() -> None:
    """Received at 16:00, answered at 09:30: an hour and a half."""
    story = Story(standard()).opened(at("16:00")).replied(at("09:30", 17))
    assert (story.row.spent, story.row.outcome) == (90 * MINUTE, Outcome.MET)


def test_answered_in_the_closed_hour_after_its_deadline() -> None:
    """Four hours are used up at 13:00, when lunch begins. At 13:30 no more has been spent: met still."""
    story = Story(standard()).opened(at("08:00"))
    assert (story.row.due, story.row.lapses) == (at("13:00"), at("14:00"))
    assert judged(story.row, at("13:30")) is Outcome.PENDING
    assert judged(story.row, at("14:00")) is Outcome.PENDING
    assert judged(story.row, plus(at("14:00"), 1)) is Outcome.MISSED
    story.replied(at("13:30"))
    assert (story.row.spent, story.row.outcome) == (4 * HOUR, Outcome.MET)


def test_working_days_end_with_the_day() -> None:
    """By 17:00 on the third working day after; a minute later is too late."""
    story = Story(standard(limit="3 working days")).opened(at("10:00"))
    assert story.row.due == story.row.lapses == at("17:00", 19)
    assert story.replied(at("17:01", 19)).row.outcome is Outcome.MISSED


def test_a_reply_from_before_the_opening_took_nothing() -> None:
    """The patron wrote after we had written: 0, not below."""
    story = Story(standard(limit="60 s")).opened(at("10:00")).replied(at("09:59"))
    assert (story.row.spent, story.row.outcome) == (0, Outcome.MET)


def test_never_answered_is_pending_in_the_row_and_missed_when_judged() -> None:
    """Unanswered is not fast."""
    row = Story(standard(limit="60 s")).opened(at("10:00")).row
    assert judged(row, at("10:01")) is row.outcome is Outcome.PENDING
    assert judged(row, plus(at("10:01"), 1)) is Outcome.MISSED


def test_solved_without_an_answer_runs_on() -> None:
    """Staff can't close their way to a good figure."""
    story = (
        Story(standard(limit="60 s"))
        .opened(at("10:00"))
        .tells(Kind.SOLVED, at("10:00"))
        .tells(Kind.CLOSED, at("11:00"))
    )
    assert story.row.stopped is None
    assert judged(story.row, at("12:00")) is Outcome.MISSED


def test_an_answer_with_the_pause_in_one_step_is_an_answer() -> None:
    """Reply and set waiting together: a response, and then a pause, which this clock doesn't know."""
    story = Story(standard()).opened(at("10:00")).replied(at("10:20")).tells(Kind.PAUSED, at("10:20"))
    assert (story.row.stopped, story.row.outcome) == (at("10:20"), Outcome.MET)


def test_reopening_changes_no_first_response() -> None:
    """It was given."""
    story = Story(standard()).opened(at("10:00")).replied(at("10:20")).tells(Kind.SOLVED, at("10:20"))
    assert story.tells(Kind.REOPENED, at("15:00")).row.stopped == at("10:20")


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


# A visitor who leaves


def test_left_within_the_limit_is_left_early() -> None:
    """Neither a hit nor a miss; how long they waited is kept."""
    story = Story(standard(limit="60 s")).opened(at("10:00")).tells(Kind.LEFT, at("10:01"), PATRON)
    assert (story.row.outcome, story.row.spent) == (Outcome.LEFT_EARLY, 60 * SECOND)


def test_left_after_the_limit_is_missed() -> None:
    """They waited longer than was promised."""
    story = Story(standard(limit="60 s")).opened(at("10:00")).tells(Kind.LEFT, at("10:02"), PATRON)
    assert story.row.outcome is Outcome.MISSED


def test_leaving_after_the_answer_changes_nothing() -> None:
    """A chat has an end."""
    story = Story(standard(limit="60 s")).opened(at("10:00")).replied(plus(at("10:00"), 30 * SECOND))
    assert story.tells(Kind.LEFT, at("10:30"), PATRON).row.outcome is Outcome.MET


def test_an_answer_to_somebody_who_has_left_is_none() -> None:
    """Nobody was there to read it."""
    story = Story(standard()).opened(at("10:00")).tells(Kind.LEFT, at("10:05"), PATRON).replied(at("10:06"))
    assert (story.row.outcome, story.row.stopped) == (Outcome.LEFT_EARLY, at("10:05"))


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


# Calendars that can't answer


def test_past_the_horizon_is_undetermined_until_the_next_publish() -> None:
    """Nothing is raised; the next publish settles it, by replay and by the next event alike."""
    short = publish(standard(), last=date(2026, 11, 16))
    story = Story(published=short).opened(at("16:00")).replied(at("16:10"))
    assert (story.row.outcome, story.row.due, story.row.calendar) == (Outcome.UNDETERMINED, None, "")
    longer = freeze(RULES, date(2026, 1, 1), date(2027, 12, 31))
    story.published = Published(
        [(standard().to_text(), PUBLISHED)],
        [(freeze(RULES, date(2026, 1, 1), date(2026, 11, 16)).to_text(), PUBLISHED), (longer.to_text(), at("18:00"))],
    )
    assert replay(story.events, MAIL, story.published)[0].spent == 10 * MINUTE
    story.tells(Kind.NOTED, at("18:30"))
    assert (story.row.outcome, story.row.calendar) == (Outcome.MET, longer.digest)


def test_a_calendar_nobody_published() -> None:
    """Undetermined, shown, and never in the way of intake."""
    alone = Published([(standard().to_text(), PUBLISHED)])
    assert Story(published=alone).opened(at("10:00")).row.outcome is Outcome.UNDETERMINED


def test_an_answer_past_the_horizon_is_a_miss_of_unknown_length() -> None:
    """The deadline is known, so the miss is; its length is not guessed."""
    story = Story(published=publish(standard(), last=date(2026, 11, 20))).opened(at("10:00"))
    story.replied(at("10:00", 30))
    assert (story.row.outcome, story.row.spent) == (Outcome.MISSED, None)


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


TELLABLE = [
    Kind.REPLIED,
    Kind.UNDELIVERABLE,
    Kind.CLAIMED,
    Kind.ATTENDED,
    Kind.ACKNOWLEDGED,
    Kind.LEFT,
    Kind.SPAM,
    Kind.NOT_SPAM,
    Kind.TESTED,
    Kind.SOLVED,
    Kind.REOPENED,
    Kind.RECEIVED,
    Kind.FORGOTTEN,
]

STANDARDS = tuple(
    replace(standard(measure, limit, name=f"{measure}-{limit}"), attended_answers=measure is Measure.FIRST_RESPONSE)
    for measure, limit in itertools.product(
        (Measure.ACKNOWLEDGED, Measure.CLAIMED, Measure.ATTENDED, Measure.FIRST_RESPONSE),
        ("60 s", "4 working hours", "1 working day"),
    )
)

happenings = st.lists(
    st.tuples(st.sampled_from(TELLABLE), st.integers(-HOUR, 40 * HOUR), st.sampled_from("abc"), st.booleans()),
    max_size=12,
)


@settings(deadline=None)
@given(happenings)
def test_a_rebuild_gives_the_same_rows(story_told: list[tuple[Kind, int, str, bool]]) -> None:
    """Step by step or all at once; and what a row says of itself is never a contradiction."""
    story = Story(*STANDARDS).opened(at("10:00"))
    for kind, after, entry, automatic in story_told:
        story.tells(kind, plus(at("10:00"), after), entry=entry, automatic=automatic)
    assert replay(story.events, MAIL, story.published) == story.rows
    for row in story.rows:
        limit = next(one.limit for one in STANDARDS if one.name == row.standard)
        check_row(row, limit)


def check_row(row: ClockRow, limit: Limit) -> None:
    assert (row.outcome is Outcome.LEFT_OUT) == bool(row.barred)
    assert (row.stopped is None) == (row.spent is None)
    if row.spent is None or row.barred:
        return
    assert row.spent >= 0
    if limit.unit is not Unit.DAYS:
        assert (row.spent <= limit.millis) == (row.outcome is not Outcome.MISSED)
