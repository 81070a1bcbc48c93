"""The days, weeks, months, terms and years of a report: calendar days in the library's zone, half open."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

from helpdesk.clock import Instant
from helpdesk.errors import Refused
from helpdesk.local_days import local_day as local_day
from helpdesk.local_days import midnight
from helpdesk.reports.terms import Terms

By = Literal[
    "month", "week", "quarter", "term", "sconul", "year", "channel", "standard", "site", "hour", "weekday"
]  # fmt: skip
"""What the rows of a report are; ``sconul`` is the year that runs from August to July."""

IN_TIME = frozenset({"month", "week", "quarter", "term", "sconul", "year"})
"""Rows that are stretches of time: they are there also where nothing came in."""

_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Days:
    """The days from ``begin`` up to, not including, ``end``."""

    begin: date
    end: date

    @property
    def last(self) -> date:
        """The last of them."""
        return self.end - _DAY

    def instants(self, zone: str) -> tuple[Instant, Instant]:
        """Where they begin and end, as instants."""
        return midnight(self.begin, zone), midnight(self.end, zone)

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

    def each(self) -> Iterator[date]:
        """Day after day."""
        return (self.begin + n * _DAY for n in range((self.end - self.begin).days))

    def with_all(self, other: Days) -> Days:
        """From the first day of either to the last of either."""
        return Days(min(self.begin, other.begin), max(self.end, other.end))


@dataclass(frozen=True, slots=True)
class Stretch:
    """A month ("2026-11"), ISO week ("2026-W48"), term ..., or the part of it that a report covers."""

    key: str
    days: Days


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


def stretches(days: Days, by: By, terms: Terms | None = None) -> Iterator[Stretch]:
    """``days`` cut where weeks, quarters, terms or years begin, by those, and where months do by all else."""
    cut = terms.cut if by == "term" and terms is not None else _CUTS.get(by, _month)
    begin = days.begin
    while begin < days.end:
        key, following = cut(begin)
        yield Stretch(key, Days(begin, min(following, days.end)))
        begin = following


# Each gives the key of a day's stretch, and the first day of the next


def _month(day: date) -> tuple[str, date]:
    return f"{day:%Y-%m}", first_of_month(day, 1)


def _week(day: date) -> tuple[str, date]:
    year, week, weekday = day.isocalendar()
    return f"{year}-W{week:02}", day + timedelta(days=8 - weekday)


def _quarter(day: date) -> tuple[str, date]:
    quarter = (day.month - 1) // 3
    return f"{day.year}-Q{quarter + 1}", first_of_month(day, quarter * 3 + 3 - day.month + 1)


def _year(day: date) -> tuple[str, date]:
    return f"{day.year}", first_of_month(day, 13 - day.month)


def _sconul(day: date) -> tuple[str, date]:
    begins = day.year if day.month >= 8 else day.year - 1
    return f"{begins}-{(begins + 1) % 100:02}", first_of_month(day, (8 - day.month - 1) % 12 + 1)


def first_of_month(day: date, later: int) -> date:
    """The first day of the month ``later`` months after a day's own; the last day of all if there is none.

    OverflowError before the first year.
    """
    months = day.year * 12 + day.month - 1 + later
    if months < 12:
        raise OverflowError(months)
    return date(months // 12, months % 12 + 1, 1) if months < 12 * 10_000 else date.max


_CUTS: dict[str, Callable[[date], tuple[str, date]]] = {
    "week": _week,
    "quarter": _quarter,
    "year": _year,
    "sconul": _sconul,
}


def weekday(day: date) -> str:
    """ "1 Mon": a weekday as the key of a group, in the week's order."""
    return f"{day.isoweekday()} {_WEEKDAYS[day.weekday()]}"


_WEEKDAYS = "Mon Tue Wed Thu Fri Sat Sun".split()  # not the machine's locale
