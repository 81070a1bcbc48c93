"""The working of a sum of open time: which stretches were counted, which were skipped, and why.

What :meth:`~helpdesk.hours.Hours.spent` answers with a number, this writes out for a person who checks it: the counted
stretches add up to that number. A listing is as long as its stretch; the arithmetic itself never walks.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import groupby

from helpdesk.clock import DAY, Instant
from helpdesk.hours.calendars import Frozen, Planner
from helpdesk.hours.localtime import LocalTime
from helpdesk.hours.reckoning import compile_hours

WEEKLY = "default week"
"""What the planner says of a day that no other rule is about."""

_EPOCH = date(1970, 1, 1)


@dataclass(frozen=True, slots=True)
class Step:
    """A stretch [begin, end) that was counted, or skipped for the ``reason``."""

    begin: Instant
    end: Instant
    counted: bool
    reason: str

    @property
    def millis(self) -> int:
        """How much of it is open time."""
        return self.end - self.begin if self.counted else 0


def worked(frozen: Frozen, a: Instant, b: Instant) -> tuple[Step, ...]:
    """The stretches from ``a`` to ``b`` in order, without a gap; () if ``b`` is not the later.

    NeverOpen where either lies outside the calendar's horizon.
    """
    hours = compile_hours(frozen)
    hours.spent(a, b)  # outside the horizon it says so
    intervals = hours.intervals
    reasons = _Reasons(frozen)
    steps: list[Step] = []
    at = max(bisect_right(intervals, a, key=lambda interval: interval[0]) - 1, 0)
    reached = a
    while reached < b:
        opens, closes = intervals[at] if at < len(intervals) else (b, b)
        if reached < opens:
            gap = Instant(min(opens, b))
            steps.append(Step(reached, gap, False, reasons.closed(reached, gap)))
            reached = gap
        if reached < min(closes, b):
            end = Instant(min(closes, b))
            steps.append(Step(reached, end, True, reasons.open(reached)))
            reached = end
        at += 1
    return tuple(steps)


class _Reasons:
    """Why a stretch is open or closed, by the rules that say so."""

    def __init__(self, frozen: Frozen) -> None:
        self._planner = Planner(frozen)
        self._local = LocalTime(frozen.shifts)
        self._last = frozen.last

    def _day(self, when: Instant) -> date:
        return _EPOCH + timedelta(days=self._local.local(when) // DAY)

    def open(self, when: Instant) -> str:
        """The rule that opened the stretch: of the small hours, that of the day before."""
        day = self._day(when)
        plan = self._planner.plan(day)
        minute = self._local.local(when) % DAY // 60_000
        own = any(span.opens <= minute < span.closes for span in plan.spans)
        return (plan if own else self._planner.plan(day - timedelta(days=1))).reason

    def closed(self, begin: Instant, end: Instant) -> str:
        """What kept it closed: the days without an hour, by name; otherwise the night, or a break within the day."""
        first, last = self._day(begin), self._day(Instant(end - 1))
        days = (first + timedelta(days=n) for n in range((last - first).days + 1))
        shut = [day for day in days if day <= self._last and not self._planner.plan(day).spans]
        if shut:
            return "; ".join(_named(reason, run) for reason, run in self._runs(shut))
        return self._between(begin, end, first, last)

    def _runs(self, days: Iterable[date]) -> Iterable[tuple[str, list[date]]]:
        for reason, run in groupby(days, key=lambda day: self._planner.plan(day).reason):
            yield reason, list(run)

    def _between(self, begin: Instant, end: Instant, first: date, last: date) -> str:
        if first != last:
            return "closed for the night"
        minute = self._local.local(begin) % DAY // 60_000
        until = self._local.local(Instant(end - 1)) % DAY // 60_000
        spans = self._planner.plan(first).spans
        if all(span.opens > minute for span in spans):
            return "before opening"
        return "after closing" if all(span.closes <= until for span in spans) else "closed between two openings"


_WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


def _named(reason: str, days: list[date]) -> str:
    """ "Sunday: no hours", "Winter closure, 10 days", "Christmas Day"."""
    if reason == WEEKLY:
        return f"{' and '.join(_WEEKDAYS[day.weekday()] for day in days)}: no hours"
    return reason if len(days) == 1 else f"{reason}, {len(days)} days"
