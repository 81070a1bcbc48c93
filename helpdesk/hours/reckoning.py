"""Opening hours, compiled: how much open time lies between two moments, and when so much has run.

Times are :data:`~helpdesk.clock.Instant`; durations are whole **milliseconds of open time**. Both are
integers on purpose: two local datetimes of one zone subtract to wall time (24 h over a day that had 23),
two instants cannot. An interval is half open: the moment of closing is closed.

Every answer is a bisect over sorted arrays; nothing here walks from day to day. A question that leaves
the horizon, or that no opening hour can answer, is :class:`~helpdesk.errors.NeverOpen` at once.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from functools import lru_cache

from helpdesk.clock import DAY, MINUTE, Instant, moment
from helpdesk.errors import NeverOpen
from helpdesk.hours.calendars import Frozen, Planner, Span, digest_of, frozen_from_text
from helpdesk.hours.localtime import LocalTime, day_number


class WorkingDay(StrEnum):
    """What "within n working days" means; the report prints which.

    ``END``        by closing time on the n-th working day after the day of the start
    ``SAME_TIME``  by the same time of day on it, a start out of hours counting as at the next opening
    """

    END = "end of the day"
    SAME_TIME = "same time of day"


@dataclass(frozen=True, slots=True)
class OpenDay:
    """A day with at least one opening: its own midnight, its first opening, its last closing."""

    number: int
    midnight: Instant
    opens: Instant
    closes: Instant


class Hours:
    """The opening hours of one published calendar over its horizon."""

    __slots__ = (
        "_days",
        "_ends",
        "_local",
        "_midnights",
        "_starts",
        "_sums",
        "digest",
        "first",
        "last",
        "name",
    )

    def __init__(
        self,
        *,
        name: str,
        digest: str,
        first: Instant,
        last: Instant,
        intervals: Iterable[tuple[Instant, Instant]],
        days: Iterable[OpenDay],
        local: LocalTime,
    ) -> None:
        self.name = name
        self.digest = digest
        self.first = first
        self.last = last
        self._local = local
        self._starts: list[Instant] = []
        self._ends: list[Instant] = []
        self._sums = [0]
        for start, end in intervals:
            self._starts.append(start)
            self._ends.append(end)
            self._sums.append(self._sums[-1] + end - start)
        self._days = list(days)
        self._midnights = [day.midnight for day in self._days]

    def __repr__(self) -> str:
        return f"Hours({self.name!r}, {moment(self.first):%Y-%m-%d} to {moment(self.last):%Y-%m-%d})"

    @property
    def intervals(self) -> tuple[tuple[Instant, Instant], ...]:
        """Every stretch of open time, in order, none touching the next."""
        return tuple(zip(self._starts, self._ends, strict=True))

    def spent(self, a: Instant, b: Instant) -> int:
        """Open time from ``a`` to ``b``, in milliseconds; negative if ``b`` is the earlier."""
        return self._run(b) - self._run(a)

    def due(self, start: Instant, millis: int) -> Instant:
        """The earliest moment by which ``millis`` of open time have run since ``start``.

        Exactly at closing that is closing time, not the next opening; with 0 it is ``start`` itself.
        """
        if millis < 0:
            raise ValueError("a limit is not negative")
        target = self._run(start) + millis
        if millis == 0:
            return start
        at = bisect_left(self._sums, target)
        if at == len(self._sums):
            raise self._never(f"{millis} ms of open time after {moment(start)}")
        return Instant(self._starts[at - 1] + target - self._sums[at - 1])

    def before(self, end: Instant, millis: int) -> Instant:
        """The latest moment from which ``millis`` of open time run until ``end``; 0 gives ``end``."""
        if millis < 0:
            raise ValueError("a limit is not negative")
        target = self._run(end) - millis
        if millis == 0:
            return end
        if target < 0:
            raise self._never(f"{millis} ms of open time before {moment(end)}")
        at = bisect_right(self._sums, target)
        return Instant(self._starts[at - 1] + target - self._sums[at - 1])

    def is_open(self, when: Instant) -> bool:
        """Whether ``when`` lies in an opening; the moment of closing does not."""
        self._check(when)
        at = bisect_right(self._starts, when)
        return at > 0 and when < self._ends[at - 1]

    def next_open(self, when: Instant) -> Instant:
        """``when`` itself if open then, otherwise the next opening."""
        self._check(when)
        at = bisect_right(self._ends, when)
        if at == len(self._ends):
            raise self._never(f"an opening after {moment(when)}")
        return max(when, self._starts[at])

    def days_due(self, start: Instant, days: int, by: WorkingDay = WorkingDay.END) -> Instant:
        """The end of the ``days``-th working day after the day of ``start``.

        A working day is one on which something opens. Its end is its last closing, past midnight where
        its hours run on, and a start in those small hours still belongs to it.

        By :attr:`WorkingDay.SAME_TIME`: the time of day of ``start`` on that day, moved to its opening or
        closing if it lies outside them.
        """
        if days < 1:
            raise ValueError("working days are counted from 1")
        same_time = by is WorkingDay.SAME_TIME
        if same_time:
            start = self.next_open(start)
        else:
            self._check(start)
        reached = self._reached(start)
        if reached + days > len(self._days):
            raise self._never(f"{days} working days after {moment(start)}")
        day = self._days[reached + days - 1]
        return self._same_time(start, self._days[reached - 1], day) if same_time else day.closes

    @property
    def local(self) -> LocalTime:
        """The calendar's wall clock."""
        return self._local

    def local_midnight(self, utc_midnight: Instant) -> Instant:
        """The start, in the calendar's zone, of the day that starts at ``utc_midnight`` in UTC."""
        return self._local.at(utc_midnight)

    def same_day_due(self, start: Instant, cutoff: int) -> Instant:
        """The end of the working day that ``start`` falls on, if it comes before ``cutoff`` and before that end.

        ``cutoff`` is in milliseconds of local time since the day began (16 h for "before 16:00"). What comes later, or
        on a day without hours, has until the end of the next working day. Before the first opening is the same day.
        """
        self._check(start)
        day = self._days[reached - 1] if (reached := self._reached(start)) else None
        if day and start < day.closes and self._local.local(start) - day.number * DAY < cutoff:
            return day.closes
        return self.days_due(start, 1)

    def working_days(self, start: Instant, days: int) -> tuple[OpenDay, ...]:
        """The ``days`` working days after the day of ``start``, which :meth:`days_due` counts."""
        self.days_due(start, days)  # says so where they are not known
        reached = self._reached(start)
        return tuple(self._days[reached : reached + days])

    def day_at(self, when: Instant) -> OpenDay | None:
        """The working day that ``when`` falls on, its closed hours and the small hours of its night included."""
        self._check(when)
        day = self._days[reached - 1] if (reached := self._reached(when)) else None
        on_it = day and (when < day.closes or self._local.local(when) // DAY == day.number)
        return day if on_it else None

    def _same_time(self, start: Instant, today: OpenDay, day: OpenDay) -> Instant:
        wall = self._local.local(start) + (day.number - today.number) * DAY
        return min(max(self._local.at(wall), day.opens), day.closes)

    def _reached(self, when: Instant) -> int:
        """How many working days have begun by ``when``, its own day included."""
        begun = bisect_right(self._midnights, when)
        small_hours = begun > 1 and when < self._days[begun - 1].opens and when < self._days[begun - 2].closes
        return begun - 1 if small_hours else begun

    def _run(self, when: Instant) -> int:
        """Open time from the start of the horizon until ``when``."""
        if not self.first <= when <= self.last:
            self._check(when)
        at = bisect_right(self._starts, when)
        if not at:
            return 0
        return self._sums[at - 1] + min(when, self._ends[at - 1]) - self._starts[at - 1]

    def _check(self, when: Instant) -> None:
        if not self.first <= when <= self.last:
            first, last, day = (
                f"{moment(Instant(self._local.local(each))):%Y-%m-%d}"
                for each in (self.first, Instant(self.last - 1), when)
            )
            raise NeverOpen(
                f"calendar {self.name!r} was published for {first} to {last}, and {day} lies outside: publish it again"
            )

    def _never(self, what: str) -> NeverOpen:
        if not self._starts:
            return NeverOpen(f"calendar {self.name!r} has no opening hour at all: give it some")
        return NeverOpen(f"calendar {self.name!r} ends before there is {what}: publish it again")


def compile_hours(frozen: Frozen) -> Hours:
    """The opening hours of a frozen calendar; asks nothing but the frozen form."""
    return hours_from_text(frozen.to_text())


@lru_cache(maxsize=64)
def hours_from_text(text: str) -> Hours:
    """The opening hours of a calendar's published text."""
    frozen = frozen_from_text(text)
    local = LocalTime(frozen.shifts)
    first = local.midnight(day_number(frozen.first))
    last = local.midnight(day_number(frozen.last) + 1)
    openings = list(_openings(frozen, local))
    return Hours(
        name=frozen.rules.name,
        digest=digest_of(text),
        first=first,
        last=last,
        intervals=_merged((max(a, first), min(b, last)) for _, spans in openings for a, b in spans),
        days=[day for day in (_open_day(n, spans, local) for n, spans in openings) if day.closes <= last],
        local=local,
    )


def _openings(frozen: Frozen, local: LocalTime) -> Iterable[tuple[int, list[tuple[Instant, Instant]]]]:
    """Each day with hours and its openings; the day before the horizon too, whose night may reach in."""
    planner = Planner(frozen)
    day = frozen.first - timedelta(days=1)
    while day <= frozen.last:
        number = day_number(day)
        spans = [_opening(number, span, local) for span in planner.plan(day).spans]
        real = [(opens, closes) for opens, closes in spans if opens < closes]
        if real:
            yield number, real
        day += timedelta(days=1)


def _opening(number: int, span: Span, local: LocalTime) -> tuple[Instant, Instant]:
    """A span as instants; where the clock skips it whole, it ends no later than it starts."""
    wall = number * DAY
    return local.at(wall + span.opens * MINUTE), local.at(wall + span.closes * MINUTE)


def _open_day(number: int, spans: list[tuple[Instant, Instant]], local: LocalTime) -> OpenDay:
    return OpenDay(number, local.midnight(number), spans[0][0], max(closes for _, closes in spans))


def _merged(spans: Iterable[tuple[Instant, Instant]]) -> list[tuple[Instant, Instant]]:
    """Sorted, without the empty, and joined where one touches or overlaps the next."""
    merged: list[tuple[Instant, Instant]] = []
    for opens, closes in sorted(span for span in spans if span[0] < span[1]):
        if merged and opens <= merged[-1][1]:
            merged[-1] = merged[-1][0], max(closes, merged[-1][1])
        else:
            merged.append((opens, closes))
    return merged
