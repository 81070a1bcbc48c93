"""The days, weeks and months of a report: calendar days in the library's zone, half open.

A day begins at its own midnight, so one has 23, 24 or 25 hours. Where the clock skips midnight it begins with the
first moment after the gap; where midnight comes twice, with the first.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Literal
from zoneinfo import ZoneInfo

from helpdesk.clock import Instant, instant, moment
from helpdesk.errors import Refused

By = Literal["month", "week", "channel", "standard"]
"""What the rows of a report are."""

_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Days:
    """The days from ``begin`` up to, not including, ``end``."""

    begin: date
    end: date

    def instants(self, zone: str) -> tuple[Instant, Instant]:
        """Where they begin and end, as instants."""
        return _midnight(self.begin, zone), _midnight(self.end, zone)

    def within(self, first: date, last: date) -> Days | None:
        """Those from ``first`` to ``last``, both included; None if there is none."""
        begin, end = max(self.begin, first), min(self.end, last + _DAY)
        return Days(begin, end) if begin < end else None

    def pieces(self, most: int = 7) -> Iterator[Days]:
        """Cut into pieces of at most ``most`` days: what is read at one go."""
        begin = self.begin
        while begin < self.end:
            end = min(begin + most * _DAY, self.end)
            yield Days(begin, end)
            begin = end


@dataclass(frozen=True, slots=True)
class Stretch:
    """A calendar month ("2026-11") or ISO week ("2026-W48"), or the part of it that a report covers."""

    key: str
    days: Days


def local_day(when: Instant, zone: str) -> date:
    """The calendar day on which an instant falls."""
    return moment(when).astimezone(ZoneInfo(zone)).date()


def _midnight(day: date, zone: str) -> Instant:
    return instant(datetime.combine(day, time(), ZoneInfo(zone)))


def asked(begin: date | None, end: date | None, *, first: date | None, today: date) -> Days:
    """The days of a report. Without ``begin`` from the log's ``first`` day, without ``end`` up to and with today.

    Refused, in words, where no day is left.
    """
    if begin is not None and end is not None and begin >= end:
        raise Refused(
            f"The period from {begin} up to, but not including, {end} has no day in it. "
            "--to names the first day after the period: choose a later one."
        )
    start = begin or first or today
    if end is not None and start >= end:
        raise Refused(f"There is nothing to report before {end}: the log begins on {start}. Choose a later --to.")
    if end is None and start > today:
        raise Refused(f"{start} is still to come: today is {today}. Choose an earlier --from.")
    return Days(start, end or today + _DAY)


def stretches(days: Days, by: By) -> Iterator[Stretch]:
    """``days`` cut where weeks begin (by week) or months do (all else)."""
    begin = days.begin
    while begin < days.end:
        key, following = _week(begin) if by == "week" else _month(begin)
        yield Stretch(key, Days(begin, min(following, days.end)))
        begin = following


def _month(day: date) -> tuple[str, date]:
    """The key of a day's month, and the first day of the next."""
    return f"{day:%Y-%m}", (day.replace(day=1) + timedelta(days=32)).replace(day=1)


def _week(day: date) -> tuple[str, date]:
    """The key of a day's ISO week, and the Monday after it."""
    year, week, weekday = day.isocalendar()
    return f"{year}-W{week:02}", day + timedelta(days=8 - weekday)
