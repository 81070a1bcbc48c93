"""Hours as a text says them."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from helpdesk.clock import Instant, instant
from helpdesk.hours import Hours, compile_hours
from helpdesk.hours.almanac import freeze
from helpdesk.hours.calendars import Rules, Span
from helpdesk.noise.openings import ALWAYS, said_hours, said_opening
from helpdesk.noise.texts import LONGEST

DAY = (Span(9 * 60, 12 * 60), Span(13 * 60, 17 * 60))


def _hours() -> Hours:
    """London, Monday to Friday with a lunch break, in July 2026."""
    rules = Rules(name="desk", zone="Europe/London", week=((DAY,) * 5 + ((), ())))
    return compile_hours(freeze(rules, date(2026, 7, 1), date(2026, 7, 31)))


def _at(day: int, hour: int) -> Instant:
    """A moment of July 2026, an hour ahead of UTC; the 6th is a Monday."""
    return instant(datetime(2026, 7, day, hour - 1, 30, tzinfo=UTC))


@pytest.mark.parametrize(
    ("day", "hour", "hours", "opens"),
    [
        (6, 8, "until 17:00", "09:00"),
        (6, 10, "until 17:00", "now"),
        (6, 12, "until 17:00", "13:00"),
        (6, 18, "", "Tue 09:00"),
        (10, 18, "", "Mon 09:00"),
        (31, 18, "", ""),
    ],
)
def test_hours_in_few_letters(day: int, hour: int, hours: str, opens: str) -> None:
    """Today's end and the next opening, by the library's clock; nothing where the calendar knows no more."""
    assert said_hours(_hours(), _at(day, hour)) == hours
    assert said_opening(_hours(), _at(day, hour)) == opens


def test_an_opening_weeks_away_has_its_date() -> None:
    """A weekday alone would mislead."""
    rules = Rules(name="desk", zone="Europe/London", week=(((), (), (Span(600, 660),)) + ((),) * 4))
    hours = compile_hours(freeze(rules, date(2026, 12, 1), date(2026, 12, 31)))
    before = instant(datetime(2026, 12, 9, 12, tzinfo=UTC))
    assert said_opening(hours, before) == "Wed 16 Dec 10:00"
    assert len(said_opening(hours, before)) <= len(LONGEST["opens"])


def test_a_line_without_hours_is_always_open() -> None:
    """Day and night; and that is the longest that hours are said."""
    assert (said_hours(None, _at(6, 3)), said_opening(None, _at(6, 3))) == (ALWAYS, "now")
    assert LONGEST["hours"] == ALWAYS
