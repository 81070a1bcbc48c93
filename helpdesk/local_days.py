"""Local days and hours of a time zone: when a day begins, and which hour it is there.

A day begins at its own midnight, so one has 23, 24 or 25 hours. Where the clock skips midnight it begins with the
first moment after the gap; where midnight comes twice, with the first.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from functools import lru_cache
from typing import NamedTuple
from zoneinfo import ZoneInfo

from helpdesk.clock import HOUR, Instant, instant, moment, plus

SLOT = HOUR // 2
"""Into stretches of so many milliseconds a day is cut to find local hours: zones change by half an hour at least."""

Hourly = Sequence[int]
"""24 numbers, one for each local hour."""


class Span(NamedTuple):
    """When a day begins, and when the next one does."""

    begins: Instant
    ends: Instant


def midnight(day: date, zone: str) -> Instant:
    """When a day begins."""
    return instant(datetime.combine(day, time(), _zone(zone)))


def span_of(day: date, zone: str) -> Span:
    """When a day begins and ends."""
    return Span(midnight(day, zone), midnight(day + timedelta(days=1), zone))


def local_day(when: Instant, zone: str) -> date:
    """The calendar day on which an instant falls."""
    return _local(zone, when).date()


def local_hours(zone: str, begins: Instant, ends: Instant) -> list[int]:
    """The local hour of each :data:`SLOT` of a day."""
    slots = -(-(ends - begins) // SLOT)
    if slots == 48 and _local(zone, begins).utcoffset() == _local(zone, ends).utcoffset():
        return _PLAIN
    return [_local(zone, plus(begins, n * SLOT)).hour for n in range(slots)]


_PLAIN = [n // 2 for n in range(48)]


@lru_cache(maxsize=64)
def _zone(name: str) -> ZoneInfo:
    return ZoneInfo(name)


def _local(zone: str, when: Instant) -> datetime:
    return moment(when).astimezone(_zone(zone))
