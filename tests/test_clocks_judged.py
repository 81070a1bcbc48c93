"""Met, missed, left early or undetermined: how a ticket's clocks are judged, told as stories."""

from __future__ import annotations

from datetime import date

from helpdesk.clock import HOUR, MINUTE, SECOND, plus
from helpdesk.events import PATRON, Kind
from helpdesk.hours.almanac import freeze
from helpdesk.standards import Outcome, judged, replay
from helpdesk.standards.published import Published
from tests.clock_story import MAIL, PUBLISHED, RULES, Story, at, publish, standard

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
