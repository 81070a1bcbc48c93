"""When a ticket may come back: choices in words, as instants of the library's own clock. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo

from helpdesk.clock import HOUR, Instant, instant, plus
from tui.words import LONG_DAYS, full_time, local, on_day


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
    tomorrow = today.date() + timedelta(days=1)
    found = [
        ("in 1 hour", plus(now, HOUR)),
        ("in 3 hours", plus(now, 3 * HOUR)),
        ("this afternoon", _wall(today.date(), 14, zone)),
        ("this evening", _wall(today.date(), 18, zone)),
        ("tomorrow 9:00", _wall(tomorrow, 9, zone)),
        ("tomorrow afternoon", _wall(tomorrow, 14, zone)),
        (f"in 2 days, {LONG_DAYS[(today.weekday() + 2) % 7]} 9:00", _wall(today.date() + timedelta(days=2), 9, zone)),
        ("next Monday 9:00", _wall(monday, 9, zone)),
        ("in 2 weeks, Monday 9:00", _wall(monday + timedelta(days=7), 9, zone)),
    ]
    first: dict[Instant, str] = {}
    for words, until in found:
        if until > now:
            first.setdefault(until, words)
    return tuple(Choice(first[until], _day_and_time(until, now, zone), until) for until in sorted(first))


def _day_and_time(until: Instant, now: Instant, zone: tzinfo) -> str:
    """ "14:00" today, "Mon 09:00" this week, "Mon 7 Dec 09:00" later."""
    apart = (local(until, zone).date() - local(now, zone).date()).days
    return on_day(until, now, zone) if apart < 7 else full_time(until, now, zone)


def _wall(day: date, hour: int, zone: tzinfo) -> Instant:
    """A full hour on the wall clock of the zone; in a gap the clock has moved on, in a fold the first one."""
    return instant(datetime.combine(day, time(hour), tzinfo=zone).astimezone(UTC))
