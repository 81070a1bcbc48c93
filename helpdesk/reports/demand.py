"""When contacts come in, by weekday and hour, beside staffed hours and misses (pure)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from helpdesk.clock import Instant, plus
from helpdesk.daily import Day
from helpdesk.hours import Hours
from helpdesk.local_days import SLOT, Hourly, local_hours, span_of
from helpdesk.reports.contents import Heat
from helpdesk.reports.period import Days
from helpdesk.reports.suspending import Rule
from helpdesk.standards import Published

Week = list[list[int]]
"""7 rows of 24 hours, Monday first."""


class Demand:
    """Counts contacts and misses by weekday and hour, day after day."""

    def __init__(self, told: Instant, suspended: Rule) -> None:
        self._told, self._suspended = told, suspended
        self._received, self._missed = _week(), _week()

    def add(self, date: date, day: Day) -> None:
        """Count one day. Where a promise was suspended nothing is missed."""
        for each in day.contacts:
            _add(self._received[date.weekday()], each.received)
        for line in day.lines:
            if not self._suspended(line.under.standard, day.begins):
                _add(self._missed[date.weekday()], line.missed(self._told))

    def heat(self, published: Published, calendar: str, days: Days, zone: str) -> Heat | None:
        """What was counted, beside the staffed hours of a published calendar; None where nothing came in."""
        if not any(map(sum, self._received)):
            return None
        staffed, possible = _week(), _week()
        for day in days.each():
            begins, ends = span_of(day, zone)
            found = published.calendars_for(calendar, begins)
            for hour, begin, end in _hours(zone, begins, ends):
                possible[day.weekday()][hour] += end - begin
                staffed[day.weekday()][hour] += _staffed(found[0].hours, begin, end) if found else 0
        return Heat(
            calendar=calendar,
            received=_rows(self._received),
            missed=_rows(self._missed),
            staffed=_rows(staffed),
            possible=_rows(possible),
        )


def _week() -> Week:
    return [[0] * 24 for _ in range(7)]


def _rows(week: Week) -> tuple[tuple[int, ...], ...]:
    return tuple(tuple(row) for row in week)


def _add(row: list[int], hourly: Hourly) -> None:
    row[:] = [a + b for a, b in zip(row, hourly, strict=True)]


def _hours(zone: str, begins: Instant, ends: Instant) -> Iterator[tuple[int, Instant, Instant]]:
    """The local hours of a day, each with the stretches of time that it has."""
    slots = local_hours(zone, begins, ends)
    first = 0
    for n, hour in enumerate(slots):
        if n + 1 == len(slots) or slots[n + 1] != hour:
            yield hour, plus(begins, first * SLOT), min(plus(begins, (n + 1) * SLOT), ends)
            first = n + 1


def _staffed(hours: Hours, begin: Instant, end: Instant) -> int:
    """Open time, in milliseconds; none is known past the calendar's horizon."""
    begin, end = max(begin, hours.first), min(end, hours.last)
    return hours.spent(begin, end) if begin < end else 0


def first_calendar(published: Published, named: str) -> str:
    """The calendar whose terms and hours are shown: the one named, or the first by name; "" where there is none."""
    calendars = published.calendars(named)
    return calendars[0].name if calendars else ""
