"""Late corrections: what was entered afterwards stands beside what the log said at first, told as stories."""

from __future__ import annotations

import pytest

from helpdesk.clock import HOUR, MINUTE
from helpdesk.events import PATRON, Kind
from helpdesk.standards import Outcome, judged, judged_as_recorded
from helpdesk.standards.promises import Measure
from tests.clock_story import Story, at, standard

HOURLY = standard(limit="1 working hour")


def test_a_correction_shows_both_figures() -> None:
    """Answered by phone at 10:05, by text at 12:00: met with it, missed without."""
    story = Story(HOURLY).opened(at("10:00")).replied(at("12:00"))
    story.tells(Kind.CORRECTED, at("15:00"), answered=at("10:05"))
    row = story.row
    assert (row.outcome, row.spent, row.stopped) == (Outcome.MET, 5 * MINUTE, at("10:05"))
    assert (row.recorded, row.recorded_spent, row.corrections) == (Outcome.MISSED, 2 * HOUR, (at("10:05"),))
    assert [answer.when for answer in row.answers] == [at("12:00")]


def test_never_answered_but_for_the_correction() -> None:
    """Without it the clock is pending, and missed when its time is over."""
    row = Story(HOURLY).opened(at("10:00")).tells(Kind.CORRECTED, at("15:00"), answered=at("10:05")).row
    assert (row.outcome, row.recorded, row.recorded_spent) == (Outcome.MET, Outcome.PENDING, None)
    assert (judged(row, at("15:00")), judged_as_recorded(row, at("15:00"))) == (Outcome.MET, Outcome.MISSED)


def test_a_correction_that_changes_no_outcome() -> None:
    """The times differ, the outcome does not."""
    row = (
        Story(HOURLY)
        .opened(at("10:00"))
        .replied(at("10:30"))
        .tells(Kind.CORRECTED, at("15:00"), answered=at("10:05"))
        .row
    )
    assert (row.outcome, row.recorded, row.spent, row.recorded_spent) == (
        Outcome.MET,
        None,
        5 * MINUTE,
        30 * MINUTE,
    )


def test_a_later_correction_is_kept_and_changes_nothing() -> None:
    """The earliest answer counts; if it bounces, the correction stands in for it."""
    story = Story(HOURLY).opened(at("10:00")).replied(at("10:10"))
    story.tells(Kind.CORRECTED, at("15:00"), answered=at("10:40"))
    assert (story.row.spent, story.row.recorded_spent) == (10 * MINUTE, 10 * MINUTE)
    story.bounced(at("15:10"))
    assert (story.row.spent, story.row.outcome, story.row.recorded) == (40 * MINUTE, Outcome.MET, Outcome.PENDING)


@pytest.mark.parametrize(
    ("measure", "answered"),
    [
        (Measure.ACKNOWLEDGED, True),
        (Measure.CLAIMED, True),
        (Measure.ATTENDED, True),
        (Measure.FIRST_RESPONSE, True),
        (Measure.RESOLUTION, False),
    ],
)
def test_which_measures_a_correction_answers(measure: Measure, answered: bool) -> None:
    """What was said by phone resolves nothing: staff say when it is done."""
    story = Story(standard(measure, "1 working hour")).opened(at("10:00"))
    assert bool(story.tells(Kind.CORRECTED, at("15:00"), answered=at("10:05")).row.corrections) is answered


def test_a_correction_answers_the_exchange_that_was_running() -> None:
    """Not the one before, nor the one after."""
    story = Story(standard(Measure.NEXT_RESPONSE, "1 working hour")).opened(at("09:00")).replied(at("09:10"), "a")
    story.writes(at("10:00")).replied(at("12:00"), "b").writes(at("14:00")).replied(at("14:10"), "c")
    story.tells(Kind.CORRECTED, at("16:00"), answered=at("10:20"))
    assert [row.corrections for row in story.rows] == [(at("10:20"),), ()]
    assert [row.outcome for row in story.rows] == [Outcome.MET, Outcome.MET]


def test_a_correction_answers_the_opening_for_the_next_exchange() -> None:
    """Answered by phone, the patron writes again: that is an exchange."""
    story = Story(standard(Measure.NEXT_RESPONSE, "1 working hour")).opened(at("09:00"))
    story.tells(Kind.CORRECTED, at("09:30"), answered=at("09:10")).writes(at("10:00"))
    assert (story.row.exchange, story.row.started) == (1, at("10:00"))


def test_a_correction_keeps_a_promise_given_before() -> None:
    """Told by phone in time; what was said before the promise does not keep it."""
    promise = Story(standard(Measure.KEEP_INFORMED, "as promised")).opened(at("09:00"))
    promise.tells(Kind.PROMISED, at("10:00"), by=at("12:00")).tells(Kind.CORRECTED, at("15:00"), answered=at("09:30"))
    assert promise.row.outcome is Outcome.PENDING
    assert promise.tells(Kind.CORRECTED, at("15:00"), answered=at("11:00")).row.outcome is Outcome.MET


def test_spoken_to_before_the_visitor_left() -> None:
    """Left early as recorded; answered, as corrected."""
    story = Story(standard(limit="60 s")).opened(at("10:00")).tells(Kind.LEFT, at("10:01"), PATRON)
    story.tells(Kind.CORRECTED, at("11:00"), answered=at("10:00"))
    assert (story.row.outcome, story.row.recorded) == (Outcome.MET, Outcome.LEFT_EARLY)
