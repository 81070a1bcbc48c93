"""The working of open time: counted stretches add up to what is spent, and every gap has its reason."""

from __future__ import annotations

from datetime import UTC, date, datetime
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from helpdesk.clock import HOUR, Instant, instant
from helpdesk.errors import NeverOpen
from helpdesk.hours import compile_hours
from helpdesk.hours.almanac import freeze
from helpdesk.hours.calendars import CLOSED, Closure, OneDay, Rules, Spans, span_from_text
from helpdesk.hours.working import worked


def spans(*texts: str) -> Spans:
    """Opening hours as they are written."""
    return tuple(span_from_text(text) for text in texts)


DAY, LATE = spans("09:00-13:00", "14:00-17:00"), spans("20:00-26:00")
RULES = Rules(
    name="main",
    zone="Europe/London",
    week=(DAY, DAY, DAY, DAY, LATE, CLOSED, CLOSED),
    nation="england-and-wales",
    closures=(Closure(first=date(2026, 12, 29), last=date(2026, 12, 31), reason="Winter closure"),),
    days=(OneDay(day=date(2026, 11, 14), spans=spans("10:00-14:00"), reason="Open day"),),
)
FROZEN = freeze(RULES, date(2026, 1, 1), date(2027, 12, 31))
HOURS = compile_hours(FROZEN)


def london(text: str) -> Instant:
    """A time in winter, when London has UTC."""
    return instant(datetime.fromisoformat(text).replace(tzinfo=UTC))


def reasons(a: str, b: str) -> list[tuple[bool, str]]:
    """Counted or not, and why."""
    return [(step.counted, step.reason) for step in worked(FROZEN, london(a), london(b))]


@pytest.mark.parametrize(
    ("a", "b", "why"),
    [
        ("2026-11-16 07:00", "2026-11-16 08:00", "before opening"),
        ("2026-11-16 13:10", "2026-11-16 13:50", "closed between two openings"),
        ("2026-11-16 18:00", "2026-11-16 19:00", "after closing"),
        ("2026-11-16 18:00", "2026-11-17 08:00", "closed for the night"),
        ("2026-11-21 03:00", "2026-11-23 09:00", "Saturday and Sunday: no hours"),
        ("2026-12-28 09:00", "2027-01-01 12:00", "Boxing Day (observed); Winter closure, 3 days; New Year's Day"),
    ],
)
def test_why_nothing_was_counted(a: str, b: str, why: str) -> None:
    """Days without an hour by their own name; else the night, or the break."""
    assert [(counted, reason.lower()) for counted, reason in reasons(a, b)] == [(False, why.lower())]


def test_why_something_was_counted() -> None:
    """By the rule that opened it; after midnight by that of the day before."""
    assert reasons("2026-11-14 10:00", "2026-11-14 11:00") == [(True, "Open day")]
    assert reasons("2026-11-21 01:00", "2026-11-21 01:30") == [(True, "default week")]


def test_stretches_follow_one_another() -> None:
    """From the first moment to the last, with no gap between."""
    steps = worked(FROZEN, london("2026-11-16 12:00"), london("2026-11-18 10:00"))
    assert (steps[0].begin, steps[-1].end) == (london("2026-11-16 12:00"), london("2026-11-18 10:00"))
    assert all(one.end == other.begin for one, other in pairwise(steps))


def test_nothing_and_backwards_have_no_working() -> None:
    """And outside the horizon the calendar says so itself."""
    now = london("2026-11-16 12:00")
    assert worked(FROZEN, now, now) == worked(FROZEN, now, Instant(now - HOUR)) == ()
    with pytest.raises(NeverOpen, match="publish it again"):
        worked(FROZEN, now, london("2028-06-01 12:00"))


times = st.integers(HOURS.first, HOURS.first + 500 * 24 * HOUR).map(Instant)


@given(times, st.integers(0, 40 * 24 * HOUR))
def test_what_was_counted_adds_up(a: Instant, length: int) -> None:
    """To the millisecond what ``spent`` says, whatever the clock does meanwhile."""
    b = Instant(a + length)
    assert sum(step.millis for step in worked(FROZEN, a, b)) == HOURS.spent(a, b)


@pytest.mark.parametrize(
    ("came", "due"),
    [
        ("2026-07-01 14:59", "2026-07-01 16:00"),  # 15:59 in London's summer, due at 17:00 there
        ("2026-07-01 15:00", "2026-07-02 16:00"),
        ("2026-11-16 15:59", "2026-11-16 17:00"),
        ("2026-11-16 16:00", "2026-11-17 17:00"),
        ("2026-11-21 01:00", "2026-11-23 17:00"),  # the small hours of a Friday night: 25:00, past 16:00
        ("2026-11-20 15:00", "2026-11-21 02:00"),  # Friday, long before its opening at 20:00
        ("2026-12-25 10:00", "2027-01-04 17:00"),  # no working day until then
    ],
)
def test_the_same_day_by_the_calendar_s_own_clock(came: str, due: str) -> None:
    """Before 16:00 where the library is, whatever the offset from UTC; a night belongs to the day it began on."""
    assert HOURS.same_day_due(london(came), 16 * HOUR) == london(due)
