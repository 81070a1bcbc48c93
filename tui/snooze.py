"""When a ticket may come back: choices in words, as instants of the library's own clock. Pure.

What depends on a calendar (after lunch, the next opening, next week, next term) is the desk's to say: it comes as
:class:`~helpdesk.hours.ahead.ToCome`. The rest is by the clock on the wall.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo

from helpdesk.clock import HOUR, MINUTE, Instant, instant, plus
from helpdesk.hours.ahead import NAMES, THIS_AFTERNOON, ToCome
from tui.words import DAYS, LONG_DAYS, MONTHS, full_time, local

CLOSED_THEN = ", closed then"
"""Behind a time at which the line is closed."""

LIBRARY = ""
"""The line of contacts that came by none: it goes by the library's own calendar."""

SHOWN_NAMES = 2
"""How many of a moment's names a menu shows: it is found by any of them."""


@dataclass(frozen=True, slots=True)
class Choice:
    """One line of the menu: what it says, the time beside it, the instant, and all that it is called."""

    words: str
    shown: str
    until: Instant
    names: tuple[str, ...] = ()


def choices(now: Instant, zone: tzinfo, to_come: ToCome | None = None) -> tuple[Choice, ...]:
    """The menu at ``now``; only times that are still to come, earliest first, each once.

    ``to_come``: what the calendar says, None where none has a say; what there is none of is not offered.
    """
    named: dict[Instant, list[str]] = {}
    for words, until in (*_by_the_wall(now, zone, to_come), *_by_the_calendar(to_come)):
        if until > now and words not in named.setdefault(until, []):
            named[until].append(words)
    return tuple(_choice(until, named[until], now, zone, to_come) for until in sorted(named) if named[until])


def _choice(until: Instant, names: list[str], now: Instant, zone: tzinfo, to_come: ToCome | None) -> Choice:
    shut = to_come is not None and to_come.shut(until)
    shown = full_time(until, now, zone) + (CLOSED_THEN if shut else "")
    return Choice(", ".join(names[:SHOWN_NAMES]), shown, until, tuple(names))


def _by_the_wall(now: Instant, zone: tzinfo, to_come: ToCome | None) -> list[tuple[str, Instant]]:
    today = local(now, zone)
    monday = today.date() + timedelta(days=7 - today.weekday())
    tomorrow, in_two = today.date() + timedelta(days=1), today.date() + timedelta(days=2)
    afternoon = [(THIS_AFTERNOON, _wall(today.date(), time(15), zone))] if to_come is None else []
    return [
        ("in 1 hour", plus(now, HOUR)),
        ("in 2 hours", plus(now, 2 * HOUR)),
        *afternoon,
        ("this evening", _wall(today.date(), time(18), zone)),
        ("tomorrow 9:00", _wall(tomorrow, time(9), zone)),
        ("tomorrow afternoon", _wall(tomorrow, time(15), zone)),
        (f"in 2 days, {LONG_DAYS[(today.weekday() + 2) % 7]} 9:00", _wall(in_two, time(9), zone)),
        ("next Monday 9:00", _wall(monday, time(9), zone)),
        ("in 2 weeks, Monday 9:00", _wall(monday + timedelta(days=7), time(9), zone)),
    ]


def _by_the_calendar(to_come: ToCome | None) -> list[tuple[str, Instant]]:
    moments = () if to_come is None else to_come.moments
    return [(each.name, each.until) for each in moments if each.until is not None]


def of_lines(every: Iterable[ToCome], lines: Iterable[str]) -> ToCome | None:
    """What lies ahead of tickets of these lines; None where they keep different hours, or nothing is known."""
    wanted = frozenset(lines)
    return next((each for each in every if wanted and wanted <= frozenset(each.lines)), None)


HOW = 'Write a time to come as "14:00", "tomorrow 9", "Mon 9:15", "2 Dec 10:00", "in 2 hours", "next week".'

_TELLING = 6
"""So many letters of a moment's name say that it is meant: "next t", "after l"."""

_IN = re.compile(r"(?:in )?(\d{1,3}) ?(min|minutes?|h|hours?|d|days?|w|weeks?)")
_AT = re.compile(r"(?:(?!at )(.+?)(?: at|,)? )?(?:at )?(\d{1,2})(?:[:.](\d{2}))? ?(am|pm)?")
_DATE = re.compile(r"(\d{1,2}) ([a-z]{3})[a-z]*(?: (\d{4}))?")
_UNITS = {"m": MINUTE, "h": HOUR}


def time_to_come(typed: str, now: Instant, zone: tzinfo, to_come: ToCome | None = None) -> Instant:
    """A time that somebody typed, or a line of the menu or its beginning; ValueError says how to write one.

    A time of day without a day is the next such one; a day without a time is nine o'clock. What the calendar knows no
    moment for is a ValueError, too, that says why.
    """
    said = " ".join(typed.casefold().split())
    for choice in choices(now, zone, to_come):
        if said and any(name.casefold().startswith(said) for name in (choice.words, *choice.names)):
            return choice.until
    if len(said) >= _TELLING and (name := next((name for name in NAMES if name.startswith(said)), "")):
        raise ValueError(_why_none(name, to_come))
    until = _from_now(int(found[1]), found[2][0], now, zone) if (found := _IN.fullmatch(said)) else _at(said, now, zone)
    if until <= now:
        raise ValueError("That time has passed. " + HOW)
    return until


def _at(said: str, now: Instant, zone: tzinfo) -> Instant:
    """A day, a time of day, or both, as a member wrote it; it may have passed."""
    today = local(now, zone).date()
    day, clock = _day_of(said, today), time(9)
    if day is None:
        found = _AT.fullmatch(said)
        if found is None:
            raise ValueError(HOW)
        clock, day = _clock(found), _day_of(found[1], today) if found[1] else today
        if day is None:
            raise ValueError(HOW)
        if not found[1] and _wall(day, clock, zone) <= now:
            day += timedelta(days=1)
    return _wall(day, clock, zone)


def _why_none(name: str, to_come: ToCome | None) -> str:
    """Why there is no moment of this name."""
    if to_come is None:
        return f"No one calendar says when “{name}” is here. Write the time itself. {HOW}"
    return next((each.why for each in to_come.moments if each.name == name and each.why), f"“{name}” has passed. {HOW}")


def _from_now(many: int, unit: str, now: Instant, zone: tzinfo) -> Instant:
    if unit in _UNITS:
        return plus(now, many * _UNITS[unit])
    return _wall(local(now, zone).date() + timedelta(days=many * (7 if unit == "w" else 1)), time(9), zone)


def _clock(found: re.Match[str]) -> time:
    hour = int(found[2]) % 12 + 12 * (found[4] == "pm") if found[4] else int(found[2])
    try:
        return time(hour, int(found[3] or 0))
    except ValueError:
        raise ValueError(HOW) from None


def _day_of(said: str, today: date) -> date | None:
    """The day of "today", "tomorrow", "Mon", "next Monday" or "2 Dec"; None where it is none."""
    name = said.removeprefix("next ")
    if name in {"today", "tomorrow"}:
        return today + timedelta(days=name == "tomorrow")
    for names in (DAYS, LONG_DAYS):
        folded = [each.casefold() for each in names]
        if name in folded:
            return today + timedelta(days=(folded.index(name) - today.weekday() - 1) % 7 + 1)
    months = [each.casefold() for each in MONTHS]
    if (found := _DATE.fullmatch(name)) and found[2] in months:
        try:
            day = date(int(found[3] or today.year), months.index(found[2]) + 1, int(found[1]))
            return day if found[3] or day >= today else day.replace(year=today.year + 1)
        except ValueError:
            raise ValueError(HOW) from None
    return None


def _wall(day: date, clock: time, zone: tzinfo) -> Instant:
    """A time on the wall clock of the zone; in a gap the clock has moved on, in a fold the first one."""
    return instant(datetime.combine(day, clock, tzinfo=zone).astimezone(UTC))
