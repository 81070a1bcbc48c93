"""Opening hours: what the worked cases and the laws leave open, in particular how they fail."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, time
from typing import Any, SupportsIndex

import pytest

from helpdesk.clock import DAY, HOUR, Instant, instant
from helpdesk.errors import NeverOpen
from helpdesk.hours import Hours, WorkingDay, compile_hours, hours_from_text
from helpdesk.hours.almanac import bank_holidays, freeze
from helpdesk.hours.calendars import ROUND_THE_CLOCK, Rules, Span, Week, always_open, frozen_from_text, span_from_text

NINE_TO_FIVE = (span_from_text("09:00-17:00"),)


def hours_of(rules: Rules, first: date = date(2026, 1, 1), last: date = date(2026, 12, 31)) -> Hours:
    return compile_hours(freeze(rules, first, last))


def utc(year: int, month: int, day: int, hour: int = 0, minute: int = 0) -> Instant:
    return instant(datetime(year, month, day, hour, minute, tzinfo=UTC))


def test_always_open_is_one_interval() -> None:
    """Midnights don't cut it: round the clock loses no minute."""
    hours = hours_of(always_open())
    assert hours.intervals == ((utc(2026, 1, 1), utc(2027, 1, 1)),)
    assert hours.due(utc(2026, 2, 3, 23, 59), DAY) == utc(2026, 2, 4, 23, 59)


def test_spans_that_touch_across_midnight_are_joined() -> None:
    """A night that ends when the next day opens leaves no moment closed."""
    week: Week = ((Span(0, 600), Span(1200, 1440)),) * 7
    hours = hours_of(Rules(name="nights", zone="UTC", week=week))
    assert hours.is_open(utc(2026, 3, 4))
    assert hours.due(utc(2026, 3, 3, 23), 3 * HOUR) == utc(2026, 3, 4, 2)


def test_a_span_reaches_two_midnights_on() -> None:
    """48:00 is the end of the following day."""
    week: Week = ((Span(600, 2880),), (), (), (), (), (), ())
    hours = hours_of(Rules(name="long", zone="UTC", week=week))
    monday = utc(2026, 11, 16)
    assert hours.next_open(monday) == monday + 10 * HOUR
    assert hours.spent(monday, Instant(monday + 3 * DAY)) == 38 * HOUR


def test_the_night_before_the_horizon_reaches_in() -> None:
    """A horizon cuts no night in two: the first small hours are open."""
    week: Week = ((Span(1200, 1560),),) * 7
    hours = hours_of(Rules(name="nights", zone="UTC", week=week))
    assert hours.is_open(utc(2026, 1, 1, 1))
    assert hours.days_due(utc(2026, 1, 1, 1), 1) == utc(2026, 1, 2, 2)


def test_a_day_that_ends_past_the_horizon_is_no_answer() -> None:
    """The last night's end is not known for certain, so it is not given."""
    week: Week = ((Span(1200, 1560),),) * 7
    hours = hours_of(Rules(name="nights", zone="UTC", week=week))
    with pytest.raises(NeverOpen):
        hours.days_due(utc(2026, 12, 30, 12), 1)


@pytest.mark.parametrize("when", [utc(2025, 12, 31), utc(2027, 1, 2)])
def test_outside_the_horizon_nothing_is_guessed(when: Instant) -> None:
    """Every question says which calendar to publish again."""
    hours = hours_of(always_open())
    for ask in (
        hours.is_open,
        hours.next_open,
        lambda at: hours.due(at, 1),
        lambda at: hours.before(at, 1),
        lambda at: hours.days_due(at, 1),
        lambda at: hours.spent(at, at),
    ):
        with pytest.raises(NeverOpen, match="calendar 'always' was published for 2026-01-01 to"):
            ask(when)


class Counted(list[Instant]):
    """A list that counts how often it is looked into."""

    looks = 0

    def __getitem__(self, at: SupportsIndex | slice) -> Any:
        Counted.looks += 1
        return super().__getitem__(at)


THIRTY_YEARS = hours_of(
    Rules(
        name="office", zone="Europe/London", week=((span_from_text("09:00-13:00"), span_from_text("14:00-17:00")),) * 7
    ),
    date(2005, 1, 1),
    date(2034, 12, 31),
)


@pytest.mark.parametrize("days", [1, 300, 10_000])
def test_no_answer_walks_from_day_to_day(days: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Thirty years have 21,914 openings: each answer looks at a few dozen of them, however far it reaches."""
    hours = THIRTY_YEARS
    assert len(hours.intervals) > 20_000
    for name in ("_starts", "_ends", "_sums", "_midnights", "_days"):
        monkeypatch.setattr(hours, name, Counted(getattr(hours, name)))
    start, length = utc(2006, 1, 2, 10), 7 * HOUR * days
    end = hours.due(start, length)
    asks: tuple[Callable[[], object], ...] = (
        lambda: hours.due(start, length),
        lambda: hours.spent(start, end),
        lambda: hours.before(end, length),
        lambda: hours.is_open(end),
        lambda: hours.next_open(start),
        lambda: hours.days_due(start, days),
        lambda: hours.days_due(start, days, WorkingDay.SAME_TIME),
    )
    for ask in asks:
        Counted.looks = 0
        ask()
        assert 0 < Counted.looks <= 70


@pytest.mark.parametrize(
    "day", [date(2011, 4, 29), date(2012, 6, 5), date(2020, 5, 8), date(2022, 6, 3), date(2022, 9, 19)]
)
def test_years_with_one_off_holidays(day: date) -> None:
    """A wedding, jubilees, a moved May Day, a funeral, a coronation: each takes its hours away."""
    office = Rules(name="office", zone="Europe/London", week=(NINE_TO_FIVE,) * 5 + ((), ()), nation="england-and-wales")
    first, last = date(day.year, 1, 1), date(day.year, 12, 31)
    hours, plain = hours_of(office, first, last), hours_of(replace(office, nation=""), first, last)
    noon = instant(datetime.combine(day, time(11), UTC))
    assert plain.is_open(noon)
    assert not hours.is_open(noon)
    weekdays = sum(1 for each in bank_holidays("england-and-wales", first, last) if each.day.weekday() < 5)
    assert plain.spent(plain.first, plain.last) - hours.spent(hours.first, hours.last) == weekdays * 8 * HOUR


def test_nonsense_is_refused() -> None:
    """Limits below nothing are a mistake of the caller, not of the calendar."""
    hours = hours_of(always_open())
    with pytest.raises(ValueError, match="not negative"):
        hours.due(hours.first, -1)
    with pytest.raises(ValueError, match="not negative"):
        hours.before(hours.last, -1)
    with pytest.raises(ValueError, match="counted from 1"):
        hours.days_due(hours.first, 0)


def test_a_limit_of_nothing_is_now() -> None:
    """Even while closed."""
    hours = hours_of(Rules(name="office", zone="UTC", week=(NINE_TO_FIVE,) * 7))
    night = utc(2026, 5, 5, 3)
    assert hours.due(night, 0) == hours.before(night, 0) == night


def test_a_midnight_that_the_clock_skips() -> None:
    """In Beirut the spring change takes the hour from 00:00: the day begins at 01:00, and has 23 hours."""
    rules = Rules(name="beirut", zone="Asia/Beirut", week=(ROUND_THE_CLOCK,) * 7)
    hours = hours_of(rules, date(2026, 3, 29), date(2026, 3, 29))
    assert hours.spent(hours.first, hours.last) == 23 * HOUR


def test_the_frozen_text_is_canonical() -> None:
    """The digest names a calendar for good: this one must never change without a new format."""
    frozen = freeze(always_open(), date(2026, 1, 1), date(2026, 12, 31))
    assert frozen_from_text(frozen.to_text()) == frozen
    assert frozen.digest == hours_from_text(frozen.to_text()).digest
    assert frozen.digest == "778ae01e79f137a4d771d965ca1ea9b93494fbe43c00ae751a81aef72d7b4b4e"


def test_a_text_of_another_format_is_refused() -> None:
    """A newer program's calendar is not half read."""
    text = freeze(always_open(), date(2026, 1, 1), date(2026, 1, 2)).to_text()
    with pytest.raises(ValueError, match="format 2, not 1"):
        frozen_from_text(text.replace('"format":1', '"format":2'))


def test_use_asks_no_almanac() -> None:
    """Published is frozen: what counts the hours loads neither ``holidays`` nor ``zoneinfo``."""
    code = "import sys, helpdesk.standards; print({'holidays', 'zoneinfo'} & set(sys.modules))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "set()"


def test_a_calendar_says_what_it_is() -> None:
    """In a debugger too."""
    assert repr(hours_of(always_open())) == "Hours('always', 2026-01-01 to 2027-01-01)"
