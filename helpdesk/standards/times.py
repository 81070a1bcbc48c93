"""Times and lengths as a telling shows them: exact, so that a sum can be checked by hand."""

from __future__ import annotations

from datetime import date
from zoneinfo import ZoneInfo

from helpdesk.clock import Instant, moment

_DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


class Times:
    """Says instants by the clocks of a zone."""

    def __init__(self, zone: str) -> None:
        self._zone = ZoneInfo(zone)

    def said(self, when: Instant) -> str:
        """ "Mon 16 Nov 2026 10:00"; seconds where there are some, the offset where a clock shows it twice."""
        local = moment(when).astimezone(self._zone)
        clock = f"{local:%H:%M}"
        if local.microsecond:
            clock = f"{local:%H:%M:%S}.{local.microsecond // 1000:03}"
        elif local.second:
            clock = f"{local:%H:%M:%S}"
        twice = local.replace(fold=0).utcoffset() != local.replace(fold=1).utcoffset()
        return f"{_day(local.date())} {clock}{f' (UTC{local:%z})' if twice else ''}"


def _day(day: date) -> str:
    return f"{_DAYS[day.weekday()]} {day.day} {_MONTHS[day.month - 1]} {day.year}"


def length(millis: int) -> str:
    """ "2 h 5 min", "15 min", "1 min 30 s", "60.001 s", "0 s": nothing is rounded away."""
    seconds, rest = divmod(abs(millis), 1000)
    hours, minutes = divmod(seconds // 60, 60)
    parts = [f"{hours:,} h"] if hours else []
    parts += [f"{minutes} min"] if minutes else []
    if seconds % 60 or rest or not parts:
        parts.append(f"{seconds % 60}.{rest:03} s" if rest else f"{seconds % 60} s")
    return ("-" if millis < 0 else "") + " ".join(parts)
