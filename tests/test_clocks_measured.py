"""Exchanges, promises and resolutions, contacts at the phone, and limits by the day: told as stories."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from helpdesk.clock import HOUR, MINUTE, Instant, plus
from helpdesk.events import PATRON, Kind
from helpdesk.message import Channel
from helpdesk.standards import Bar, Outcome, Pause, judged
from helpdesk.standards.promises import Covers, LeftEarly, Limit, Measure, Standard, Unit, limit_from_text
from tests.clock_story import MAIL, Story, at, publish, standard

NEXT = standard(Measure.NEXT_RESPONSE, "2 working hours")
NEWS = standard(Measure.KEEP_INFORMED, "as promised")
SOLVED = standard(Measure.RESOLUTION, "8 working hours")
IN_DAYS = standard(Measure.RESOLUTION, "1 working day")
WALL = standard(Measure.RESOLUTION, "24 h")


def spans(story: Story) -> list[tuple[int, Instant, Instant | None]]:
    """Exchange, start and stop of every row."""
    return [(row.exchange, row.started, row.stopped) for row in story.rows]


# Next response


def test_the_opening_is_the_first_response_s() -> None:
    """An exchange begins when the patron writes after an answer, so the two never overrule one another."""
    story = Story(NEXT).opened(at("10:00")).writes(at("10:00"))
    assert story.rows == ()
    story.replied(at("10:30"), "a").writes(at("11:00"))
    assert spans(story) == [(1, at("11:00"), None)]
    assert story.row.due == at("13:00")


def test_several_messages_in_a_row_are_one_exchange() -> None:
    """Timed from the first of them; another one begins only when that was answered."""
    story = Story(NEXT).opened(at("09:00")).replied(at("09:10"), "a")
    story.writes(at("10:00")).writes(at("10:30")).replied(at("11:00"), "b").writes(at("11:10"))
    assert spans(story) == [(1, at("10:00"), at("11:00")), (2, at("11:10"), None)]
    assert story.rows[0].spent == HOUR


def test_only_a_person_s_reply_ends_an_exchange() -> None:
    """Neither what the desk sends by itself, nor a note, nor solving it."""
    story = Story(NEXT).opened(at("09:00")).replied(at("09:10"), "a").writes(at("10:00"))
    story.replied(at("10:01"), "auto", automatic=True).tells(Kind.NOTED, at("10:02")).tells(Kind.SOLVED, at("10:03"))
    assert story.row.outcome is Outcome.PENDING
    assert judged(story.row, at("15:00")) is Outcome.MISSED


def test_solving_ends_an_exchange_where_the_standard_says_so() -> None:
    """A "Thanks!" needs no reply; but what was answered and bounced was not ended by solving it."""
    story = Story(replace(NEXT, solved_answers=True)).opened(at("09:00")).replied(at("09:10"), "a")
    story.writes(at("10:00")).tells(Kind.SOLVED, at("10:10"))
    assert (story.row.outcome, story.row.spent) == (Outcome.MET, 10 * MINUTE)
    story.writes(at("11:00")).replied(at("11:10"), "b").tells(Kind.SOLVED, at("11:10")).bounced(at("11:20"), "b")
    assert story.rows[1].outcome is Outcome.PENDING


def test_automatic_messages_begin_no_exchange() -> None:
    """An absence note wants no answer."""
    story = Story(NEXT).opened(at("09:00")).replied(at("09:10"))
    assert story.tells(Kind.RECEIVED, at("09:11"), PATRON, entry="m", automatic=True).rows == ()


def test_a_person_who_writes_after_an_automatic_message() -> None:
    """Nobody owed the auto-reply an answer; the person who writes then is owed one."""
    story = Story(NEXT).opened(at("09:00"), automatic=True).writes(at("10:00"))
    assert (story.row.exchange, story.row.outcome) == (1, Outcome.PENDING)


def test_a_bounced_reply_leaves_the_exchange_open() -> None:
    """It runs on from its start, and what the patron writes meanwhile belongs to it."""
    story = Story(NEXT).opened(at("09:00")).replied(at("09:10"), "a").writes(at("10:00")).replied(at("10:10"), "b")
    story.bounced(at("10:20"), "b").writes(at("10:30")).replied(at("11:00"), "c")
    assert spans(story) == [(1, at("10:00"), at("11:00"))]


def test_a_second_opening_answer_that_bounces() -> None:
    """Both replies to the opening bounced before the patron wrote again: the first response is owed, not a next one."""
    story = Story(NEXT).opened(at("09:00")).replied(at("09:10"), "a").bounced(at("09:20"), "a").writes(at("09:30"))
    assert story.rows == ()


def test_an_exchange_has_the_promise_of_its_own_time() -> None:
    """The first under the version that held then, the next under the one published since."""
    new = replace(NEXT, limit=limit_from_text("1 working hour"), from_date=date(2026, 11, 17))
    story = Story(published=publish(NEXT, new)).opened(at("09:00")).replied(at("09:10"), "a")
    story.writes(at("10:00")).replied(at("10:10"), "b").writes(at("10:00", 17))
    assert [row.version for row in story.rows] == [NEXT.digest, new.digest]


def test_whoever_leaves_unanswered_in_a_later_exchange() -> None:
    """A chat's visitor who asked again and went: apart within the limit."""
    story = Story(NEXT).opened(at("09:00")).replied(at("09:10"), "a").writes(at("10:00"))
    assert story.tells(Kind.LEFT, at("10:05"), PATRON).row.outcome is Outcome.LEFT_EARLY


def test_next_and_first_response_side_by_side() -> None:
    """A stricter update target leaves the first response's deadline alone."""
    first = standard(name="first")
    story = Story(first, replace(NEXT, name="next")).opened(at("09:00")).writes(at("09:30"))
    assert [(row.standard, row.due) for row in story.rows] == [("first", at("13:00"))]


# Keep informed


def promised(when: str, by: str, story: Story | None = None) -> Story:
    """News was promised."""
    return (story or Story(NEWS).opened(at("09:00"))).tells(Kind.PROMISED, at(when), by=at(by))


def test_a_promise_is_kept_by_a_reply_in_time() -> None:
    """At the very moment still; a millisecond later it is broken."""
    assert promised("10:00", "12:00").replied(at("12:00")).row.outcome is Outcome.MET
    assert promised("10:00", "12:00").replied(plus(at("12:00"), 1)).row.outcome is Outcome.MISSED
    row = promised("10:00", "12:00").row
    assert (row.exchange, row.due, row.lapses, judged(row, at("12:01"))) == (
        0,
        at("12:00"),
        at("12:00"),
        Outcome.MISSED,
    )


def test_the_reply_that_promises_does_not_keep_the_promise() -> None:
    """Sent in the same step, or before: it told of the date, no more."""
    assert promised("10:00", "12:00").replied(at("10:00")).row.outcome is Outcome.PENDING
    assert promised("10:00", "12:00", Story(NEWS).opened(at("09:00")).replied(at("09:59"))).row.stopped is None


def test_a_later_promise_takes_none_back() -> None:
    """Each stands by itself; the reply that tells of the new date keeps the old one, where it is in time."""
    story = promised("11:00", "16:00", promised("10:00", "12:00"))
    assert [(row.exchange, row.due) for row in story.rows] == [(0, at("12:00")), (1, at("16:00"))]
    assert judged(story.rows[0], at("13:00")) is Outcome.MISSED
    told = promised("11:00", "16:00", promised("10:00", "12:00")).replied(at("11:01"))
    assert [row.outcome for row in told.rows] == [Outcome.MET, Outcome.MET]


def test_solving_keeps_no_promise() -> None:
    """The patron was promised news and heard nothing."""
    assert promised("10:00", "12:00").tells(Kind.SOLVED, at("11:00")).row.outcome is Outcome.PENDING


# Resolution


def test_waiting_on_the_patron_is_left_out() -> None:
    """Opening hours only: lunch is no part of the pause either."""
    story = Story(SOLVED).opened(at("09:00")).tells(Kind.PAUSED, at("10:00"))
    assert (story.row.outcome, story.row.due, story.row.lapses) == (Outcome.PENDING, None, None)
    assert judged(story.row, at("10:00", 30)) is Outcome.PENDING
    story.tells(Kind.RESUMED, at("15:00"))
    assert story.row.due == at("15:00", 17)
    story.tells(Kind.SOLVED, at("16:00"))
    assert (story.row.spent, story.row.outcome) == (2 * HOUR, Outcome.MET)


def test_seconds_of_a_pause_are_kept() -> None:
    """Nothing is rounded to the minute."""
    story = Story(WALL).opened(at("09:00")).tells(Kind.PAUSED, plus(at("10:00"), 59_999))
    story.tells(Kind.RESUMED, plus(at("10:02"), 1)).tells(Kind.SOLVED, at("11:00"))
    assert story.row.spent == 2 * HOUR - MINUTE - 2


def test_reply_and_wait_in_one_step_are_an_answer_and_then_a_pause() -> None:
    """The first response stands, and the resolution waits."""
    story = (
        Story(SOLVED, standard(name="first")).opened(at("09:00")).replied(at("10:00")).tells(Kind.PAUSED, at("10:00"))
    )
    first, solved = story.rows
    assert (first.outcome, first.spent) == (Outcome.MET, HOUR)
    assert (solved.outcome, solved.pauses) == (Outcome.PENDING, (Pause(at("10:00")),))


def test_closed_time_is_left_out() -> None:
    """Solved on Monday, reopened on Wednesday within the window: Tuesday is nobody's."""
    story = Story(SOLVED).opened(at("09:00")).tells(Kind.SOLVED, at("11:00"))
    assert (story.row.outcome, story.row.spent) == (Outcome.MET, 2 * HOUR)
    story.tells(Kind.REOPENED, at("10:00", 18), PATRON)
    assert (story.row.outcome, story.row.stopped, story.row.due) == (Outcome.PENDING, None, at("17:00", 18))
    assert story.tells(Kind.SOLVED, at("12:00", 18)).row.spent == 4 * HOUR


@pytest.mark.parametrize("kind", [Kind.REOPENED, Kind.SNOOZED, Kind.PAUSED, Kind.NOT_SPAM])
def test_whatever_takes_a_solved_ticket_up_again(kind: Kind) -> None:
    """Not every one says "reopened"; none stays solved in the figures."""
    story = Story(SOLVED).opened(at("09:00")).tells(Kind.SOLVED, at("10:00")).tells(kind, at("11:00"))
    assert (story.row.stopped, story.row.outcome) == (None, Outcome.PENDING)


def test_a_reply_after_solving_goes_on() -> None:
    """Unless it solves it again."""
    story = Story(SOLVED).opened(at("09:00")).tells(Kind.SOLVED, at("10:00")).replied(at("12:00"))
    assert story.row.stopped is None
    assert story.tells(Kind.SOLVED, at("12:00")).row.spent == HOUR


def test_reopened_after_its_window() -> None:
    """What was done stays done; the work that follows is timed by itself."""
    story = Story(SOLVED).opened(at("09:00")).tells(Kind.SOLVED, at("10:00")).tells(Kind.CLOSED, at("10:00", 17))
    story.tells(Kind.REOPENED, at("09:00", 18))
    assert spans(story) == [(0, at("09:00"), at("10:00")), (1, at("09:00", 18), None)]
    story.tells(Kind.SOLVED, at("12:00", 18))
    assert [row.spent for row in story.rows] == [HOUR, 3 * HOUR]


def test_a_solution_that_never_arrived() -> None:
    """It bounced: the patron had no answer, so the clock never stopped."""
    story = Story(SOLVED).opened(at("09:00")).replied(at("10:00")).tells(Kind.SOLVED, at("10:00"))
    story.bounced(at("12:00"))
    assert (story.row.stopped, story.row.due, story.row.pauses) == (None, at("10:00", 17), ())


def test_a_question_that_never_arrived() -> None:
    """Nobody was waited for."""
    story = Story(SOLVED).opened(at("09:00")).replied(at("10:00")).tells(Kind.PAUSED, at("10:00")).bounced(at("12:00"))
    assert (story.row.pauses, story.row.due) == ((), at("10:00", 17))


def test_a_pause_from_after_the_deadline_gains_nothing() -> None:
    """What was missed stays missed."""
    story = Story(SOLVED).opened(at("09:00")).tells(Kind.PAUSED, at("12:00", 17))
    assert (story.row.due, judged(story.row, at("12:00", 17))) == (at("10:00", 17), Outcome.MISSED)


def test_a_pause_that_begins_in_the_closed_hours_after_the_deadline() -> None:
    """At closing the limit is just reached: waiting from then on spends no more."""
    story = Story(replace(SOLVED, limit=Limit(7, Unit.HOURS, working=True))).opened(at("09:00"))
    assert (story.row.due, story.row.lapses) == (at("17:00"), at("09:00", 17))
    story.tells(Kind.PAUSED, at("18:00")).tells(Kind.RESUMED, at("11:00", 17)).tells(Kind.SOLVED, at("11:00", 17))
    assert (story.row.spent, story.row.outcome) == (7 * HOUR, Outcome.MET)


def test_a_limit_in_days_is_put_off_by_opening_hours() -> None:
    """Due at the end of Tuesday; three hours of waiting give three opening hours more: Wednesday at noon."""
    story = Story(IN_DAYS).opened(at("09:00"))
    assert story.row.due == at("17:00", 17)
    story.tells(Kind.PAUSED, at("10:00")).tells(Kind.RESUMED, at("14:00"))
    assert (story.row.due, story.row.lapses) == (at("12:00", 18), at("12:00", 18))
    story.tells(Kind.SOLVED, at("12:00", 18))
    assert (story.row.outcome, story.row.spent) == (Outcome.MET, 14 * HOUR)


def test_wall_time_pauses_in_wall_time() -> None:
    """24 hours, of which the night was waited for the patron."""
    story = Story(WALL).opened(at("10:00")).tells(Kind.PAUSED, at("17:00")).tells(Kind.RESUMED, at("09:00", 17))
    assert story.row.due == at("02:00", 18)


def test_a_wait_before_the_start_or_without_length_is_none() -> None:
    """The rows keep no empty pause."""
    story = Story(WALL).opened(at("10:00")).tells(Kind.PAUSED, at("09:00")).tells(Kind.RESUMED, at("09:30"))
    assert story.row.pauses == ()


def test_pauses_survive_a_new_version() -> None:
    """Another promise published meanwhile changes neither the limit nor what was left out."""
    later = replace(SOLVED, limit=limit_from_text("1 working hour"), from_date=date(2026, 11, 17))
    story = Story(published=publish(SOLVED, later)).opened(at("09:00"))
    story.tells(Kind.PAUSED, at("10:00")).tells(Kind.RESUMED, at("10:00", 18)).tells(Kind.SOLVED, at("11:00", 18))
    assert (story.row.version, story.row.spent, story.row.outcome) == (SOLVED.digest, 2 * HOUR, Outcome.MET)


def test_leaving_and_correcting_resolve_nothing() -> None:
    """Staff say when it is done."""
    story = Story(SOLVED).opened(at("09:00")).tells(Kind.LEFT, at("09:30"), PATRON)
    assert story.tells(Kind.CORRECTED, at("10:00"), answered=at("09:40")).row.outcome is Outcome.PENDING


# By the day, and by the shift


@pytest.mark.parametrize(
    ("came", "day", "due", "due_day"),
    [
        ("10:00", 16, "17:00", 16),
        ("08:00", 16, "17:00", 16),  # before the first opening is the same day
        ("15:59", 16, "17:00", 16),
        ("16:00", 16, "17:00", 17),
        ("18:00", 16, "17:00", 17),
        ("10:00", 21, "17:00", 23),  # a Saturday
        ("16:30", 20, "17:00", 23),  # late on a Friday
    ],
)
def test_the_same_day_if_before_four(came: str, day: int, due: str, due_day: int) -> None:
    """Later, or on a day without hours: by the end of the next working day."""
    row = Story(standard(limit="same day if before 16:00")).opened(at(came, day)).row
    assert row.due == row.lapses == at(due, due_day)


@pytest.mark.parametrize(
    ("came", "due", "due_day"), [("10:00", "12:00", 16), ("16:00", "10:00", 17), ("20:00", "11:00", 17)]
)
def test_two_hours_of_the_next_shift(came: str, due: str, due_day: int) -> None:
    """In hours two hours of opening time; out of hours two hours from the next opening."""
    assert Story(standard(limit="2 h of the next shift")).opened(at(came)).row.due == at(due, due_day)


# At the desk and by phone

PHONE = replace(MAIL, channel=Channel.PHONE)


@pytest.mark.parametrize("measure", [Measure.ACKNOWLEDGED, Measure.CLAIMED, Measure.ATTENDED, Measure.FIRST_RESPONSE])
def test_a_phone_contact_by_the_time_it_waited(measure: Measure) -> None:
    """As entered: from when it began to ring until it was taken."""
    short, long = (
        Story(standard(measure, "60 s"), subject=PHONE).opened(at("10:00"), waited=ms) for ms in (60_000, 60_001)
    )
    assert (short.row.spent, short.row.outcome) == (60_000, Outcome.MET)
    assert long.row.outcome is Outcome.MISSED


def test_a_phone_contact_that_nobody_timed() -> None:
    """In the volumes, but in no share: not measured."""
    row = Story(standard(limit="60 s"), subject=PHONE).opened(at("10:00"), waited=None).row
    assert (row.outcome, row.barred) == (Outcome.LEFT_OUT, (Bar.NOT_MEASURED,))


def test_a_promise_to_somebody_at_the_desk_is_measured() -> None:
    """When it began is known, whatever they had waited before."""
    story = Story(NEWS, subject=replace(MAIL, channel=Channel.DESK)).opened(at("10:00"), waited=None)
    story.tells(Kind.PROMISED, at("10:00"), by=at("12:00")).tells(Kind.CORRECTED, at("12:30"), answered=at("11:00"))
    assert story.row.outcome is Outcome.MET


# Left early


def test_left_early_counts_as_missed_where_the_standard_says_so() -> None:
    """A setting of the standard; what was answered before is none the worse."""
    strict = replace(standard(limit="60 s"), left_early=LeftEarly.MISSED)
    left = Story(strict).opened(at("10:00")).tells(Kind.LEFT, plus(at("10:00"), 1), PATRON)
    assert left.row.outcome is Outcome.MISSED
    answered = Story(strict).opened(at("10:00")).replied(at("10:00")).tells(Kind.LEFT, at("10:01"), PATRON)
    assert answered.row.outcome is Outcome.MET


# Tags


def tagged(*tags: str) -> Standard:
    """A standard for tickets of these tags."""
    return replace(standard(name="tagged"), covers=Covers(tags=tags))


def test_a_tag_brings_its_standard_from_the_opening_on() -> None:
    """As if the ticket had always had it; taken off again, the standard is gone too."""
    story = Story(tagged("refund")).opened(at("10:00")).replied(at("10:30"))
    assert story.rows == ()
    story.subject = replace(MAIL, tags=("refund",))
    story.tells(Kind.TAGGED, at("11:00"), tags="refund")
    assert (story.row.started, story.row.spent, story.row.outcome) == (at("10:00"), 30 * MINUTE, Outcome.MET)
    story.subject = MAIL
    assert story.tells(Kind.TAGGED, at("11:10"), tags="").rows == ()


# Reasons that begin before a clock does


def test_what_starts_on_a_test_ticket_is_left_out_too() -> None:
    """A probe's second exchange is a probe; taken out of testing, it counts."""
    story = Story(NEXT).opened(at("09:00")).replied(at("09:10")).tells(Kind.TESTED, at("09:11"), test=True)
    assert story.writes(at("10:00")).row.barred == (Bar.TEST,)
    assert story.tells(Kind.TESTED, at("10:01"), test=False).row.outcome is Outcome.PENDING
