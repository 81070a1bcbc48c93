"""Opening hours for the public: the week in which the page is made, and what is unusual in the weeks after (pure).

They come from published calendars alone: a file that was edited since says nothing here.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from helpdesk.hours.calendars import FULL_DAY, ROUND_THE_CLOCK, Frozen, Plan, Planner, Span, Spans
from helpdesk.reports import words
from helpdesk.reports.period import Days

AHEAD = timedelta(days=56)
"""How far ahead unusual days are told."""

_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Week:
    """The hours of seven days from a Monday: a column for each calendar, a row for each day."""

    monday: date
    calendars: tuple[str, ...]
    rows: tuple[tuple[str, tuple[str, ...]], ...]


@dataclass(frozen=True, slots=True)
class Unusual:
    """Days on which a calendar does not keep its weekly hours: "25 to 28 December 2026", "closed", "Christmas"."""

    calendar: str
    days: str
    hours: str
    reason: str


def week_of(calendars: Sequence[Frozen], today: date) -> Week:
    """The week of ``today``; a day outside a calendar's horizon is not told."""
    monday = today - today.weekday() * _DAY
    planners = [Planner(each) for each in calendars]
    rows = []
    for place in range(7):
        day = monday + place * _DAY
        hours = [_hours(each, planner, day) for each, planner in zip(calendars, planners, strict=True)]
        rows.append((f"{words.WEEKDAYS[place]} {words.day(day).rpartition(' ')[0]}", tuple(hours)))
    return Week(monday, tuple(each.rules.name for each in calendars), tuple(rows))


def _hours(frozen: Frozen, planner: Planner, day: date) -> str:
    if not frozen.first <= day <= frozen.last:
        return words.NOTHING
    plan = planner.plan(day)
    return spans_in_words(plan.spans) + (f" ({plan.reason})" if _unusual(frozen, plan) else "")


def unusual(calendars: Sequence[Frozen], today: date) -> tuple[Unusual, ...]:
    """What is unusual in the eight weeks from ``today``, in order; neighbouring days with one reason as one."""
    found = [item for each in calendars for item in _runs(each, today)]
    found.sort(key=lambda item: (item[0].begin, item[1].calendar))
    return tuple(each for _, each in found)


def _runs(frozen: Frozen, today: date) -> Iterator[tuple[Days, Unusual]]:
    planner = Planner(frozen)
    day, last = max(today, frozen.first), min(today + AHEAD, frozen.last)
    while day <= last:
        plan, begin = planner.plan(day), day
        while day <= last and planner.plan(day) == plan:
            day += _DAY
        if _unusual(frozen, plan):
            days = Days(begin, day)
            hours = spans_in_words(plan.spans)
            yield days, Unusual(frozen.rules.name, words.period(days), hours, plan.reason)


def _unusual(frozen: Frozen, plan: Plan) -> bool:
    """Whether something stronger than the week or a period said so."""
    return plan.reason not in {WEEKLY, *(period.name for period in frozen.rules.periods)}


WEEKLY = "default week"
"""What a planner says of a day with nothing special to it."""


def spans_in_words(spans: Spans) -> str:
    """ "09:00 to 13:00, 14:00 to 17:00", "closed", "all day"."""
    if spans == ROUND_THE_CLOCK:
        return "all day"
    return ", ".join(map(_span, spans)) or "closed"


def _span(span: Span) -> str:
    opens = f"{span.opens // 60:02}:{span.opens % 60:02}"
    late = span.closes - FULL_DAY
    if late > 0:
        return f"{opens} to {late // 60:02}:{late % 60:02} the next day"
    return f"{opens} to {span.closes // 60:02}:{span.closes % 60:02}"
