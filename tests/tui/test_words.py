"""Times in words: the countdown column, days and sizes."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from helpdesk.clock import DAY, HOUR, MINUTE, SECOND, Instant, instant, plus
from tui.columns import CLOCK
from tui.line.spoken import aloud
from tui.plain import width
from tui.words import Tone, capped, countdown, full_time, length, on_day, size, span

LONDON = ZoneInfo("Europe/London")
NOON = instant(datetime(2026, 11, 23, 12, 0, tzinfo=UTC))


@pytest.mark.parametrize(
    ("left", "words", "tone"),
    [
        (-3 * DAY, "3 days late", Tone.LATE),
        (-30 * HOUR, "30 h late", Tone.LATE),
        (-8 * MINUTE - 59 * SECOND, "8 min late", Tone.LATE),
        (-1, "1 s late", Tone.LATE),
        (0, "0 s left", Tone.SOON),
        (59 * SECOND, "59 s left", Tone.SOON),
        (3 * MINUTE + 20 * SECOND, "3 min left", Tone.SOON),
        (10 * MINUTE, "due in 10 min", Tone.PLAIN),
        (12 * MINUTE, "due in 12 min", Tone.PLAIN),
        (3 * HOUR, "due in 3 h", Tone.PLAIN),
        (110 * MINUTE, "due in 1 h 50", Tone.PLAIN),
        (12 * HOUR, "due in 12 h", Tone.PLAIN),
        (23 * HOUR, "due Tue 11:00", Tone.PLAIN),
        (3 * DAY + 12 * HOUR, "due Thu 24:00", Tone.PLAIN),
        (21 * DAY, "due 14 Dec", Tone.PLAIN),
    ],
)
def test_the_countdown_says_it_in_words_and_colour(left: int, words: str, tone: Tone) -> None:
    """The words alone tell late from soon from calm."""
    assert countdown(plus(NOON, left), NOON, LONDON) == (words, tone)


def test_without_a_deadline_there_is_no_clock() -> None:
    """No standard covers it, or no calendar can say."""
    assert countdown(None, NOON, LONDON) == ("no clock", Tone.DIM)


@given(st.integers(-4000 * DAY, 4000 * DAY))
def test_every_countdown_fits_its_column(left: int) -> None:
    """The longest is as wide as the column."""
    words, _ = countdown(plus(NOON, left), NOON, LONDON)
    assert width(words) <= CLOCK


def test_days_are_the_librarys_own() -> None:
    """Midnight in London in summer is 23:00 UTC the day before."""
    july = instant(datetime(2026, 7, 1, 22, 30, tzinfo=UTC))
    assert on_day(plus(july, HOUR), july, LONDON) == "Thu 00:30"
    assert full_time(july, plus(july, HOUR), LONDON) == "Wed 1 Jul 23:30"


def test_another_year_is_named() -> None:
    """Old threads say which year."""
    assert on_day(Instant(NOON - 400 * DAY), NOON, LONDON) == "19 Oct 2025"
    assert full_time(Instant(NOON - 400 * DAY), NOON, LONDON) == "Sun 19 Oct 2025 13:00"


def test_lengths_sizes_and_counts_are_short() -> None:
    """As exact as they must be not to mislead; a count keeps its column."""
    assert [span(each) for each in (500, MINUTE, 47 * HOUR, 2 * DAY)] == ["0 s", "1 min", "47 h", "2 days"]
    assert [span(each) for each in (HOUR, HOUR + 50 * MINUTE, 9 * HOUR + 5 * MINUTE)] == ["1 h", "1 h 50", "9 h 05"]
    exact = (90_000, 110 * MINUTE, DAY + 10 * MINUTE, 2 * DAY, 68 * HOUR)
    assert [length(each) for each in exact] == ["1 min", "1 h 50", "24 h 10", "2 days", "2 days 20 h"]
    assert aloud("met after 1 h 05, Mon 11:00") == "met after 1 hour 5 minutes, Monday 11:00"
    assert [size(each) for each in (812, 34_000, 2_100_000)] == ["812 B", "34 kB", "2.1 MB"]
    assert [capped(each) for each in (12, 999, 1000)] == ["12", "999", "999+"]
