"""Times as staff type them, in the library's zone: "10:05", "yesterday 16:30", "Mon 9:15", "2 Nov 10:05", "12 min ago".

Pure. What can't be read is a ValueError whose words say how to write it.
"""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, time, timedelta, tzinfo

from helpdesk.clock import HOUR, MINUTE, Instant, instant, plus
from tui.words import DAYS, LONG_DAYS, MONTHS, local

HOW = 'Write a time as "10:05", "yesterday 16:30", "Mon 9:15", "2 Nov 10:05" or "12 min ago".'

_AGO = re.compile(r"(\d{1,4})\s*(min|minutes?|m|h|hours?)?(\s+ago)?")
_CLOCK = re.compile(r"(?:(?!at\s)(.+?)[\s,]+)?(?:at\s+)?(\d{1,2})[:.](\d{2})")
_ISO = re.compile(r"(\d{4})-(\d{2})-(\d{2})")
_DATE = re.compile(r"(\d{1,2})\s+([a-z]{3})[a-z]*(?:\s+(\d{4}))?")


def typed_past(text: str, now: Instant, zone: tzinfo) -> Instant:
    """A time that has been; without a day the latest such time of day ("23:50" typed at 0:10 was yesterday).

    A bare number is minutes ago, nothing is now.
    """
    said = text.strip().casefold()
    if said in {"", "now", "just now"}:
        return now
    if found := _AGO.fullmatch(said):
        return plus(now, -int(found[1]) * (HOUR if (found[2] or "").startswith("h") else MINUTE))
    day, clock = _day_and_clock(said, now, zone)
    when = _wall(day or local(now, zone).date(), clock, zone)
    if day is None and when > now:
        when = _wall(local(now, zone).date() - timedelta(days=1), clock, zone)
    if when > now:
        raise ValueError("That time is still to come. " + HOW)
    return when


def _day_and_clock(said: str, now: Instant, zone: tzinfo) -> tuple[date | None, time]:
    found = _CLOCK.fullmatch(said)
    if found is None:
        raise ValueError(HOW)
    try:
        clock = time(int(found[2]), int(found[3]))
        return (None if found[1] is None else _day(found[1].strip(), local(now, zone).date())), clock
    except ValueError:
        raise ValueError(HOW) from None


def _day(said: str, today: date) -> date:
    if said in {"today", "yesterday"}:
        return today - timedelta(days=said == "yesterday")
    if found := _ISO.fullmatch(said):
        return date(int(found[1]), int(found[2]), int(found[3]))
    for names in (DAYS, LONG_DAYS):
        for number, name in enumerate(names):
            if said == name.casefold():
                return today - timedelta(days=(today.weekday() - number) % 7)
    if found := _DATE.fullmatch(said):
        month = [name.casefold() for name in MONTHS].index(found[2]) + 1
        day = date(int(found[3] or today.year), month, int(found[1]))
        return day if found[3] or day <= today else day.replace(year=today.year - 1)
    raise ValueError(HOW)


def _wall(day: date, clock: time, zone: tzinfo) -> Instant:
    """A wall time of the zone; in a gap the clock has moved on, in a fold the first one."""
    try:
        return instant(datetime.combine(day, clock, tzinfo=zone).astimezone(UTC))
    except OverflowError:  # the year 1, in a zone that was ahead
        raise ValueError(HOW) from None
