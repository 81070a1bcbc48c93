"""Working time: microseconds a call on a calendar of ten years with lunch gaps (budget: under 2).

Prints; asserts no time. Run by ``make bench``.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from datetime import date
from time import process_time

import pytest

from helpdesk.clock import HOUR, Instant
from helpdesk.hours import Hours, WorkingDay, compile_hours, hours_from_text
from helpdesk.hours.almanac import freeze
from helpdesk.hours.calendars import CLOSED, Rules, span_from_text

CALLS = 100_000
DAY_SPANS = (span_from_text("09:00-13:00"), span_from_text("14:00-17:00"))
RULES = Rules(
    name="main",
    zone="Europe/London",
    week=(DAY_SPANS, DAY_SPANS, DAY_SPANS, DAY_SPANS, DAY_SPANS, CLOSED, CLOSED),
    nation="england-and-wales",
)


def microseconds(call: Callable[[Instant], object], moments: list[Instant]) -> float:
    """CPU time a call, the loop's own included."""
    began = process_time()
    for when in moments:
        call(when)
    return (process_time() - began) / len(moments) * 1e6


@pytest.mark.bench
def test_hours_in_microseconds() -> None:
    """Each question at random moments of the inner eight years, as a ratio to an empty call too."""
    frozen = freeze(RULES, date(2022, 1, 1), date(2031, 12, 31))
    text = frozen.to_text()
    hours_from_text.cache_clear()
    began = process_time()
    hours = compile_hours(frozen)
    print(f"\nten years compiled in {(process_time() - began) * 1000:.1f} ms from {len(text)} bytes")
    moments = some_moments(hours)
    empty = microseconds(lambda when: None, moments)
    for name, call in questions(hours).items():
        taken = microseconds(call, moments)
        print(f"{name:12} {taken:5.2f} us a call, {taken / empty:5.1f} x an empty one")


def some_moments(hours: Hours) -> list[Instant]:
    seeded = random.Random(7)
    year = 365 * 24 * HOUR
    return [Instant(seeded.randrange(hours.first + year, hours.last - year)) for _ in range(CALLS)]


def questions(hours: Hours) -> dict[str, Callable[[Instant], object]]:
    return {
        "spent": lambda when: hours.spent(when, Instant(when + 50 * HOUR)),
        "due": lambda when: hours.due(when, 4 * HOUR),
        "before": lambda when: hours.before(when, 4 * HOUR),
        "is_open": hours.is_open,
        "next_open": hours.next_open,
        "days_due": lambda when: hours.days_due(when, 3),
        "same time": lambda when: hours.days_due(when, 3, WorkingDay.SAME_TIME),
    }
