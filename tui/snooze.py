"""When a ticket may come back: choices in words, as instants of the library's own clock. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo

from helpdesk.clock import HOUR, MINUTE, Instant, instant, plus
from tui.words import DAYS, LONG_DAYS, MONTHS, full_time, local, on_day


@dataclass(frozen=True, slots=True)
class Choice:
    """One line of the menu: what it says, the time beside it, and the instant."""

    words: str
    shown: str
    until: Instant


def choices(now: Instant, zone: tzinfo) -> tuple[Choice, ...]:
    """The menu at ``now``; only times that are still to come, earliest first."""
    today = local(now, zone)
    monday = today.date() + timedelta(days=7 - today.weekday())
    tomorrow, in_two = today.date() + timedelta(days=1), today.date() + timedelta(days=2)
    found = [
        ("in 1 hour", plus(now, HOUR)),
        ("in 3 hours", plus(now, 3 * HOUR)),
        ("this afternoon", _wall(today.date(), time(14), zone)),
        ("this evening", _wall(today.date(), time(18), zone)),
        ("tomorrow 9:00", _wall(tomorrow, time(9), zone)),
        ("tomorrow afternoon", _wall(tomorrow, time(14), zone)),
        (f"in 2 days, {LONG_DAYS[(today.weekday() + 2) % 7]} 9:00", _wall(in_two, time(9), zone)),
        ("next Monday 9:00", _wall(monday, time(9), zone)),
        ("in 2 weeks, Monday 9:00", _wall(monday + timedelta(days=7), time(9), zone)),
    ]
    first: dict[Instant, str] = {}
    for words, until in found:
        if until > now:
            first.setdefault(until, words)
    return tuple(Choice(first[until], _day_and_time(until, now, zone), until) for until in sorted(first))


HOW = 'Write a time to come as "14:00", "tomorrow 9", "Mon 9:15", "2 Dec 10:00", "in 2 hours" or "in 3 days".'

_IN = re.compile(r"(?:in )?(\d{1,3}) ?(min|minutes?|h|hours?|d|days?|w|weeks?)")
_AT = re.compile(r"(?:(?!at )(.+?)(?: at|,)? )?(?:at )?(\d{1,2})(?:[:.](\d{2}))? ?(am|pm)?")
_DATE = re.compile(r"(\d{1,2}) ([a-z]{3})[a-z]*(?: (\d{4}))?")
_UNITS = {"m": MINUTE, "h": HOUR}


def time_to_come(typed: str, now: Instant, zone: tzinfo) -> Instant:
    """A time that somebody typed, or a line of the menu or its beginning; ValueError says how to write one.

    A time of day without a day is the next such one; a day without a time is its opening, at nine.
    """
    said = " ".join(typed.casefold().split())
    for choice in choices(now, zone):
        if said and choice.words.casefold().startswith(said):
            return choice.until
    if found := _IN.fullmatch(said):
        return _from_now(int(found[1]), found[2][0], now, zone)
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
    until = _wall(day, clock, zone)
    if until <= now:
        raise ValueError("That time has passed. " + HOW)
    return until


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


def _day_and_time(until: Instant, now: Instant, zone: tzinfo) -> str:
    """ "14:00" today, "Mon 09:00" this week, "Mon 7 Dec 09:00" later."""
    apart = (local(until, zone).date() - local(now, zone).date()).days
    return on_day(until, now, zone) if apart < 7 else full_time(until, now, zone)


def _wall(day: date, clock: time, zone: tzinfo) -> Instant:
    """A time on the wall clock of the zone; in a gap the clock has moved on, in a fold the first one."""
    return instant(datetime.combine(day, clock, tzinfo=zone).astimezone(UTC))
