"""A month of a calendar, day by day, for a person to check."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import groupby

from helpdesk.clock import HOUR, MINUTE, Instant, moment
from helpdesk.hours.calendars import Frozen, Planner
from helpdesk.hours.differences import spans_text
from helpdesk.hours.localtime import LocalTime, day_number
from helpdesk.hours.moments import hours_text, length_text
from helpdesk.hours.reckoning import compile_hours
from helpdesk.hours.working import WEEKLY
from helpdesk.plurals import plural


@dataclass(frozen=True, slots=True, kw_only=True)
class DayOfMonth:
    """One day: what its rules say, and what that comes to.

    ``spans``   as written, "09:00-13:00, 14:00-17:00"; "closed" without any
    ``millis``  the open time that begins on it, as long as it truly is; what the night before covered counts there
    ``reason``  why its hours are not those of the default week, "" where they are
    ``turn``    what the clock does on it, "" on nearly all days
    ``version`` the digest of the calendar that said so
    """

    day: date
    spans: str
    millis: int
    reason: str
    turn: str
    version: str


Versions = Callable[[date], Frozen]
"""Which version of a calendar holds on a day."""


def days_of_month(year: int, month: int, version: Versions) -> tuple[DayOfMonth, ...]:
    """Every day of a month, by the version that holds on it. NeverOpen where one lies outside its horizon."""
    first = date(year, month, 1)
    count = ((first + timedelta(days=31)).replace(day=1) - first).days
    return tuple(_day(first + timedelta(days=n), version) for n in range(count))


def _day(day: date, version: Versions) -> DayOfMonth:
    frozen = version(day)
    hours, plan = compile_hours(frozen), Planner(frozen).plan(day)
    midnight, following = hours.local.midnight(day_number(day)), hours.local.midnight(day_number(day) + 1)
    hours.is_open(midnight)  # outside the horizon it says so
    return DayOfMonth(
        day=day,
        spans=spans_text(plan.spans),
        millis=_millis(frozen, day, hours.local),
        reason="" if plan.reason == WEEKLY else plan.reason,
        turn=_turn(midnight, following, hours.local),
        version=hours.digest,
    )


def _millis(frozen: Frozen, day: date, local: LocalTime) -> int:
    """The open time of the spans of a day, without what those of the day before already cover."""
    reach = max((closes for _, closes in _openings(frozen, day - timedelta(days=1), local)), default=Instant(0))
    total = 0
    for opens, closes in _openings(frozen, day, local):
        total += max(0, closes - max(opens, reach))
        reach = max(reach, closes)
    return total


def _openings(frozen: Frozen, day: date, local: LocalTime) -> list[tuple[Instant, Instant]]:
    wall = day_number(day) * 24 * HOUR
    spans = Planner(frozen).plan(day).spans
    return [(local.at(wall + span.opens * MINUTE), local.at(wall + span.closes * MINUTE)) for span in spans]


def _turn(midnight: Instant, following: Instant, local: LocalTime) -> str:
    for when, by in local.turns(midnight, following):
        way = "forward" if by > 0 else "back"
        at = moment(Instant(local.local(Instant(when - 1)) + 1))
        return f"clocks go {way} {length_text(abs(by))} at {at:%H:%M}: a day of {length_text(following - midnight)}"
    return ""


def month_text(name: str, days: Sequence[DayOfMonth]) -> str:
    """The month as a table: ISO weeks, days, hours with their sum, reasons."""
    width = max(len(one.spans) for one in days)
    lines = [f"wk  day         {'open':{width}}   hours"]
    for _, week in groupby(days, key=lambda one: one.day.isocalendar()[:2]):
        lines += _week(list(week), width)
    open_days = sum(1 for one in days if one.millis)
    total = hours_text(sum(one.millis for one in days))
    lines.append(f"{name}, {days[0].day:%B %Y}: {total} hours on {plural(open_days, 'day')}")
    return "\n".join(line.rstrip() for line in lines)


def _week(week: list[DayOfMonth], width: int) -> Iterator[str]:
    number = week[0].day.isocalendar().week
    for place, one in enumerate(week):
        label = f"{number:2}" if place == 0 else "  "
        notes = "; ".join(note for note in (one.reason, one.turn) if note)
        shown = hours_text(one.millis) if one.millis else "-"
        yield f"{label}  {one.day:%a} {one.day.day:2} {one.day:%b}  {one.spans:{width}}  {shown:>6}  {notes}"
    yield f"{'':16}{'week ' + str(number):>{width}}  {hours_text(sum(one.millis for one in week)):>6}"
