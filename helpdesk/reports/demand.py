"""When contacts come in, by weekday and hour, beside staffed hours and misses (pure)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from helpdesk.clock import Instant, plus
from helpdesk.daily import Day
from helpdesk.hours import Hours as OpenHours
from helpdesk.local_days import SLOT, local_hours, span_of
from helpdesk.reports.contents import Heat
from helpdesk.reports.gathering import Hours
from helpdesk.reports.period import Days
from helpdesk.reports.suspending import Rule
from helpdesk.standards import Published


class Demand:
    """Counts contacts and misses by weekday and hour, day after day."""

    def __init__(self, told: Instant, suspended: Rule) -> None:
        self._told, self._suspended = told, suspended
        self._received, self._missed = ([Hours() for _ in range(7)] for _ in range(2))

    def add(self, date: date, day: Day) -> None:
        """Count one day. Where a promise was suspended nothing is missed."""
        for each in day.contacts:
            self._received[date.weekday()].add(each.received)
        for line in day.lines:
            if not (line.under.closed or self._suspended(line.under.standard, day.begins)):
                for hourly in line.missed(self._told):
                    self._missed[date.weekday()].add(hourly)

    def heat(self, published: Published, calendar: str, days: Days, zone: str) -> Heat | None:
        """What was counted, beside the staffed hours of a published calendar; None where nothing came in."""
        received, missed = (tuple(tuple(each.row()) for each in week) for week in (self._received, self._missed))
        if not any(map(sum, received)):
            return None
        staffed, possible = ([[0] * 24 for _ in range(7)] for _ in range(2))
        for day in days.each():
            begins, ends = span_of(day, zone)
            found = published.calendars_for(calendar, begins)
            for hour, begin, end in _hours(zone, begins, ends):
                possible[day.weekday()][hour] += end - begin
                staffed[day.weekday()][hour] += _staffed(found[0].hours, begin, end) if found else 0
        return Heat(
            calendar=calendar,
            received=received,
            missed=missed,
            staffed=tuple(map(tuple, staffed)),
            possible=tuple(map(tuple, possible)),
        )


def _hours(zone: str, begins: Instant, ends: Instant) -> Iterator[tuple[int, Instant, Instant]]:
    """The local hours of a day, each with the stretches of time that it has."""
    slots = local_hours(zone, begins, ends)
    first = 0
    for n, hour in enumerate(slots):
        if n + 1 == len(slots) or slots[n + 1] != hour:
            yield hour, plus(begins, first * SLOT), min(plus(begins, (n + 1) * SLOT), ends)
            first = n + 1


def _staffed(hours: OpenHours, begin: Instant, end: Instant) -> int:
    """Open time, in milliseconds; none is known past the calendar's horizon."""
    begin, end = max(begin, hours.first), min(end, hours.last)
    return hours.spent(begin, end) if begin < end else 0
