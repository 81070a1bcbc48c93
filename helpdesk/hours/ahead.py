"""Moments to come that depend on a calendar: after lunch, the next opening, next week, next term. Pure.

Each lies ahead, and where its calendar is open; what there is none of says why in a sentence for whoever asked.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise

from helpdesk.clock import DAY, HOUR, MINUTE, Instant
from helpdesk.errors import NeverOpen
from helpdesk.hours.calendars import Frozen
from helpdesk.hours.localtime import day_number
from helpdesk.hours.moments import day_of
from helpdesk.hours.reckoning import Hours, compile_hours

AFTER_LUNCH, AFTERNOON, MORNING = 13 * HOUR + 30 * MINUTE, 15 * HOUR, 9 * HOUR
"""When these are on the wall clock, where the calendar has no say of its own."""

LUNCH = (11 * HOUR, 15 * HOUR)
"""A break that begins between these is lunch."""

SHOWN = 22 * DAY
"""For how far ahead the openings themselves are told."""

LUNCH_OVER, NEXT_OPENING, THIS_AFTERNOON = "after lunch", "when we open next", "this afternoon"
NEXT_WEEK, NEXT_TERM = "next week", "next term"
NAMES = (LUNCH_OVER, THIS_AFTERNOON, NEXT_OPENING, NEXT_WEEK, NEXT_TERM)
"""What the moments are called, in the order in which they are told."""

_TERM = re.compile(r"\b(?:term|semester|trimester|michaelmas|hilary|martinmas|candlemas)\b", re.IGNORECASE)
_NO_TERM = re.compile(r"\b(?:out of|outside|between|half)[ -]|-term ", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Moment:
    """A moment by its name; None where there is none, and why."""

    name: str
    until: Instant | None
    why: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ToCome:
    """What lies ahead by one calendar.

    ``lines``  the lines that keep its hours
    ``spans``  when it is open, in order, up to ``known``: half open, and clipped to what lies ahead
    """

    lines: tuple[str, ...] = ()
    moments: tuple[Moment, ...] = ()
    spans: tuple[tuple[Instant, Instant], ...] = ()
    known: Instant

    def shut(self, when: Instant) -> bool:
        """Whether it is known to be closed at a moment to come."""
        return when < self.known and not any(opens <= when < closes for opens, closes in self.spans)


def ahead(calendars: Iterable[Frozen], now: Instant, *, shut: Instant | None = None) -> ToCome:
    """What lies ahead of ``now`` by the first of the calendars that knows it: by the others where that one ends.

    ``shut``: until when it is closed by hand, None where it is not.
    """
    every = tuple(calendars)
    found = [_moments(frozen, now, shut) for frozen in every]
    best = [min(each, key=lambda moment: moment.until is None) for each in zip(*found, strict=True)]
    spans, known = _spans(every, now, shut)
    return ToCome(moments=tuple(best), spans=spans, known=known)


def _moments(frozen: Frozen, now: Instant, shut: Instant | None) -> tuple[Moment, ...]:
    hours = compile_hours(frozen)
    if why := _why_nothing(frozen, hours, now):
        return tuple(Moment(name, None, why) for name in NAMES)
    begin = max(now, shut or now)
    return (
        _after_lunch(hours, now, begin),
        _this_afternoon(hours, now, begin),
        _next_opening(frozen, hours, now, begin),
        _next_week(frozen, hours, now, begin),
        _next_term(frozen, hours, now, begin),
    )


def _why_nothing(frozen: Frozen, hours: Hours, now: Instant) -> str:
    """Why a calendar has no moment at all, "" where it may have some."""
    name = frozen.rules.name
    if not hours.intervals:
        return f"The calendar {name} has no opening hour at all. Ask whoever keeps it to give it some."
    if not hours.first <= now < hours.last:
        return f"The calendar {name} is published for {_known(frozen)} only. {_AGAIN}"
    return ""


_AGAIN = "Ask whoever keeps it to publish it again."


def _known(frozen: Frozen) -> str:
    return f"{_day_words(frozen.first)} to {_day_words(frozen.last)}"


def _day_words(day: date) -> str:
    return f"{day.day} {day:%b %Y}"


def _after_lunch(hours: Hours, now: Instant, begin: Instant) -> Moment:
    """The end of today's break where there is one; else half past one, if it is open then."""
    today = hours.local.local(now) // DAY
    spans = [span for span in hours.intervals if hours.local.local(span[0]) // DAY == today]
    breaks = [opens for (_, closes), (opens, _) in pairwise(spans) if _is_lunch(hours, closes)]
    at = breaks[0] if breaks else _on_wall(hours, now, AFTER_LUNCH)
    return _open_then(LUNCH_OVER, hours, at, now, begin)


def _is_lunch(hours: Hours, closes: Instant) -> bool:
    return LUNCH[0] <= hours.local.local(closes) % DAY < LUNCH[1]


def _this_afternoon(hours: Hours, now: Instant, begin: Instant) -> Moment:
    return _open_then(THIS_AFTERNOON, hours, _on_wall(hours, now, AFTERNOON), now, begin)


def _open_then(name: str, hours: Hours, at: Instant, now: Instant, begin: Instant) -> Moment:
    """A moment of today, if it lies ahead and is open."""
    if at <= now:
        return Moment(name, None, f"It is past that today. {_OTHER}")
    if at < begin or not _is_open(hours, at):
        return Moment(name, None, f"It is closed then today. {_OTHER}")
    return Moment(name, at)


_OTHER = "Choose another time."


def _next_opening(frozen: Frozen, hours: Hours, now: Instant, begin: Instant) -> Moment:
    """The opening after the hours that run now; where it is closed, the next one."""
    try:
        return Moment(NEXT_OPENING, hours.next_open(_closes(hours, now) if begin == now else begin))
    except NeverOpen:
        unbroken = hours.is_open(now) and _closes(hours, now) == hours.last
        what = "is open without a break" if unbroken else "does not open again"
        why = f"The calendar {frozen.rules.name} {what}, as published until {_day_words(frozen.last)}."
        return Moment(NEXT_OPENING, None, why if unbroken else f"{why} {_AGAIN}")


def _closes(hours: Hours, now: Instant) -> Instant:
    """The end of the hours that run now, ``now`` where none do."""
    intervals = hours.intervals
    at = bisect_right(intervals, now, key=lambda span: span[0])
    return max(now, intervals[at - 1][1]) if at else now


def _next_week(frozen: Frozen, hours: Hours, now: Instant, begin: Instant) -> Moment:
    today = day_of(now, hours.local)
    monday = today + timedelta(days=7 - today.weekday())
    found = _first_within(hours, monday, monday + timedelta(days=6), begin)
    why = "" if found else f"The calendar {frozen.rules.name} has no hours next week, or is not published for it."
    return Moment(NEXT_WEEK, found, why)


def _next_term(frozen: Frozen, hours: Hours, now: Instant, begin: Instant) -> Moment:
    today = day_of(now, hours.local)
    for period in sorted(frozen.rules.periods, key=lambda period: period.first):
        if period.first > today and is_term(period.name):
            found = _first_within(hours, period.first, period.last, begin)
            if found is not None:
                return Moment(NEXT_TERM, found)
    after = f"No term begins after today in the calendar {frozen.rules.name}, as published until"
    why = f"{after} {_day_words(frozen.last)}. {_TERMS}"
    return Moment(NEXT_TERM, None, why)


_TERMS = "Terms are its periods with “term” or “semester” in their names."


def is_term(name: str) -> bool:
    """Whether a period is a term by its name: "Autumn term", "Semester 2"; not "Out of term", "Half term"."""
    return bool(_TERM.search(name)) and not _NO_TERM.search(name)


def _first_within(hours: Hours, first: date, last: date, begin: Instant) -> Instant | None:
    """Nine on the first day if it is open then, else the next opening by the last day; else the first of them all."""
    start, end = hours.local.midnight(day_number(first)), hours.local.midnight(day_number(last) + 1)
    for at in (hours.local.at(day_number(first) * DAY + MORNING), start):
        try:
            found = hours.next_open(max(at, begin))
        except NeverOpen:
            continue
        if found < end:
            return found
    return None


def _on_wall(hours: Hours, now: Instant, time: int) -> Instant:
    """A time of day of today."""
    return hours.local.at(hours.local.local(now) // DAY * DAY + time)


def _is_open(hours: Hours, when: Instant) -> bool:
    return hours.first <= when < hours.last and hours.is_open(when)


def _spans(
    calendars: tuple[Frozen, ...], now: Instant, shut: Instant | None
) -> tuple[tuple[tuple[Instant, Instant], ...], Instant]:
    """When it is open in the time to come, and until when that is known."""
    for hours in map(compile_hours, calendars):
        if hours.first <= now < hours.last:
            begin, known = max(now, shut or now), Instant(min(now + SHOWN, hours.last))
            ahead = ((max(opens, begin), min(closes, known)) for opens, closes in hours.intervals)
            return tuple((opens, closes) for opens, closes in ahead if opens < closes), known
    return (), now
