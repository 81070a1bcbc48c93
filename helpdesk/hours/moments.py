"""Times as people type and read them, on a calendar's own wall clock."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime

from helpdesk.clock import MINUTE, SECOND, Instant, instant, moment
from helpdesk.hours.localtime import LocalTime

HOW = "write a time as 2026-11-02 09:30, by the calendar's clock"


@dataclass(frozen=True, slots=True)
class Typed:
    """What a typed time means. ``said``: how it was understood, "" where the clock leaves no doubt."""

    when: Instant
    said: str = ""


def typed(text: str, local: LocalTime) -> Typed:
    """The instant of "2026-11-02 09:30", a date alone being its first moment; ValueError, with the remedy, for others.

    A time that the clock skips is moved forward over the gap; of one that comes twice the first is meant. A time with
    an offset of its own ("2026-10-25 01:30+00:00", or a Z) leaves no doubt.
    """
    try:
        wall = datetime.fromisoformat(text.strip())
    except ValueError:
        raise ValueError(f"{text!r} is no time: {HOW}") from None
    if wall.tzinfo is not None:
        return Typed(instant(wall))
    shown = instant(wall.replace(tzinfo=UTC))
    found = local.readings(shown)
    when = local.at(shown)
    if not found:
        return Typed(when, f"the clock skips {_wall(shown)}: {_wall(local.local(when))} is meant")
    if len(found) > 1:
        return Typed(when, f"{_wall(shown)} comes twice: the first is meant, {moment(when):%H:%M} UTC")
    return Typed(when)


def moment_text(when: Instant, local: LocalTime) -> str:
    """ "Mon 2 Nov 2026 09:30"; the time of day as :func:`clock_text` has it."""
    wall = moment(Instant(local.local(when)))
    return f"{wall:%a} {wall.day} {wall:%b %Y} {clock_text(when, local)}"


def clock_text(when: Instant, local: LocalTime) -> str:
    """ "09:30", with seconds where there are some, and with UTC beside it where the clock shows it twice."""
    shown = local.local(when)
    wall = moment(Instant(shown))
    twice = f" ({moment(when):%H:%M} UTC)" if len(local.readings(shown)) > 1 else ""
    return (f"{wall:%H:%M:%S}" if wall.second else f"{wall:%H:%M}") + twice


def day_of(when: Instant, local: LocalTime) -> date:
    """The calendar day of an instant."""
    return moment(Instant(local.local(when))).date()


def length_text(millis: int) -> str:
    """ "2 h 05 min", "15 min", "1 min 30 s", "0 min"."""
    minus, seconds = ("-" if millis < 0 else ""), abs(millis) // SECOND
    hours, minutes, rest = seconds // 3600, seconds // 60 % 60, seconds % 60
    parts = [f"{hours} h"] if hours else []
    if minutes or not (hours or rest):
        parts.append(f"{minutes:02} min" if hours else f"{minutes} min")
    if rest:
        parts.append(f"{rest} s")
    return minus + " ".join(parts)


def hours_text(millis: int) -> str:
    """ "10:00", "0:05": for columns; what is left of a minute is dropped."""
    minutes = millis // MINUTE
    return f"{minutes // 60}:{minutes % 60:02}"


def _wall(shown: int) -> str:
    return f"{moment(Instant(shown)):%Y-%m-%d %H:%M}"
