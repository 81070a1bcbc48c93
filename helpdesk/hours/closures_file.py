"""Closures from an iCalendar file (.ics): its events, each of which closes one day or several.

An event of whole days closes them. One with times closes the days that it covers from midnight to midnight in the
library's zone; what closes a part of a day is no closure but a one-off day, which nobody can guess the hours of: it
is told with its line, and left out only where that is asked for. Events that come again come again until the horizon.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from dateutil.rrule import rruleset, rrulestr
from icalendar import Calendar

from helpdesk.errors import BadConfig
from helpdesk.hours.calendars import Closure

MOST = 100_000
"""How many times an event may come again: what comes oftener is no closure."""

_DAY = timedelta(days=1)
_CANCELLED = "CANCELLED"


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """The closures of a file, in order, and what was left out of it, in words."""

    closures: tuple[Closure, ...]
    left_out: tuple[str, ...]


def read_closures(text: str, name: str, *, zone: ZoneInfo, first: date, last: date, whole_days: bool) -> Found:
    """The closures from ``first`` to ``last``; BadConfig, a line for each event that can't be one.

    ``name``        the file's
    ``whole_days``  leave out what closes a part of a day, rather than refuse the file
    """
    wrong: list[str] = []
    left_out: list[str] = []
    closures: set[tuple[date, date, str]] = set()
    events = _events(text, name)
    moved = {_identity(event, event["RECURRENCE-ID"].dt, zone) for _, event in events if "RECURRENCE-ID" in event}
    for line, event in events:
        if str(event.get("STATUS", "")).upper() == _CANCELLED:
            continue
        reason = " ".join(str(event.get("SUMMARY", "")).split()) or "Closed"
        try:
            for begin, end in _occurrences(event, moved, zone, first, last):
                days = _whole_days(begin, end)
                if days != (begin.date(), (end - timedelta(microseconds=1)).date()):
                    told = f"{name}:{line}: {reason!r} closes a part of a day ({begin:%Y-%m-%d %H:%M} to {end:%H:%M})"
                    if not whole_days:
                        raise ValueError(told.partition(": ")[2] + _PART)
                    left_out.append(f"left out: {told}")
                if days and days[0] <= last and days[1] >= first:
                    closures.add((*days, reason))
        except (ValueError, OverflowError, ArithmeticError) as error:
            wrong.append(f"{name}:{line}: {error}")
    if not (wrong or closures or left_out):
        wrong.append(f"{name}: has no event from {first} to {last} that closes a day.")
    if wrong:
        raise BadConfig("\n".join(wrong))
    ordered = (Closure(first=begin, last=end, reason=reason) for begin, end, reason in sorted(closures))
    return Found(closures=tuple(ordered), left_out=tuple(left_out))


_PART = ": write that day under [[calendars.NAME.days]] with its hours, or leave such events out with --whole-days"


def _events(text: str, name: str) -> list[tuple[int, Any]]:
    """Each event and the line on which it begins."""
    try:
        parsed = Calendar.from_ical(text)
    except ValueError as error:
        raise BadConfig(f"{name}: is no iCalendar file ({_brief(error)}). Export it again as .ics.") from None
    if not isinstance(parsed, Calendar):
        raise BadConfig(f"{name}: is no iCalendar file. Export it again as .ics.")
    begins = [number for number, line in enumerate(text.splitlines(), 1) if line.strip().upper() == "BEGIN:VEVENT"]
    return list(zip(begins, parsed.walk("VEVENT"), strict=True))


def _brief(error: ValueError) -> str:
    return " ".join(str(error).split())[:80]


def _occurrences(
    event: Any, moved: set[tuple[str, datetime]], zone: ZoneInfo, first: date, last: date
) -> Iterator[tuple[datetime, datetime]]:
    """Beginning and end of each time that an event takes place, on the library's wall clock, without a zone."""
    if "DTSTART" not in event or event.errors:
        raise ValueError("an event whose times can't be read: export it again")
    start = event["DTSTART"].dt
    begin = _wall(start, zone)
    length = _end(event, start, begin, zone) - begin
    if length <= timedelta():
        raise ValueError("an event that ends before it starts: mend it where it was made")
    if not _recurs(event):
        yield begin, begin + length
        return
    native = start.tzinfo if isinstance(start, datetime) and start.tzinfo else zone
    until = datetime.combine(last + _DAY, time())
    for place, each in enumerate(_rules(event, start, native)):
        if place > MOST:
            raise ValueError("comes again too often for a closure: take it out")
        at = _wall(each.replace(tzinfo=native) if isinstance(start, datetime) else each.date(), zone)
        if at >= until:
            return
        if at + length > datetime.combine(first, time()) and (
            "RECURRENCE-ID" in event or _identity(event, at, zone) not in moved
        ):
            yield at, at + length


def _recurs(event: Any) -> bool:
    return "RECURRENCE-ID" not in event and ("RRULE" in event or "RDATE" in event)


def _rules(event: Any, start: Any, native: Any) -> rruleset:
    """The beginnings of an event that comes again, on its own wall clock."""
    rules = rruleset()
    begin = _wall(start, native)
    rules.rdate(begin)
    for rule in _list(event.get("RRULE")):
        until = [_wall(each, native) for each in rule.get("UNTIL", [])]
        parts = {key: value for key, value in rule.items() if key != "UNTIL"}
        written = type(rule)(parts).to_ical().decode()
        if until:
            end = datetime.combine(until[0], time.max) if not isinstance(rule["UNTIL"][0], datetime) else until[0]
            written += f";UNTIL={end:%Y%m%dT%H%M%S}"
        rules.rrule(rrulestr(written, dtstart=begin))
    for each in _dates(event.get("RDATE")):
        rules.rdate(_wall(each, native))
    for each in _dates(event.get("EXDATE")):
        rules.exdate(_wall(each, native))
    return rules


def _dates(value: Any) -> Iterator[Any]:
    for several in _list(value):
        for one in several.dts:
            yield one.dt[0] if isinstance(one.dt, tuple) else one.dt


def _list(value: Any) -> list[Any]:
    return [] if value is None else value if isinstance(value, list) else [value]


def _end(event: Any, start: Any, begin: datetime, zone: ZoneInfo) -> datetime:
    if "DTEND" in event:
        return _wall(event["DTEND"].dt, zone)
    if "DURATION" in event:
        length: timedelta = event["DURATION"].dt
        return begin + length
    return begin if isinstance(start, datetime) else begin + _DAY


def _wall(when: date, zone: Any) -> datetime:
    """A date or time on a zone's wall clock; a time without a zone is on the library's already."""
    if not isinstance(when, datetime):
        return datetime.combine(when, time())
    return when.astimezone(zone).replace(tzinfo=None) if when.tzinfo else when


def _identity(event: Any, when: date, zone: ZoneInfo) -> tuple[str, datetime]:
    """Which event, and which time of it: what an exception to a recurring event names."""
    return str(event.get("UID", "")), _wall(when, zone)


def _whole_days(begin: datetime, end: datetime) -> tuple[date, date] | None:
    """The days that lie wholly between two moments of the wall clock, first and last; None if there is none."""
    first = begin.date() if begin.time() == time() else begin.date() + _DAY
    last = end.date() - _DAY if end.time() < time(23, 59) else end.date()
    return (first, last) if first <= last else None
