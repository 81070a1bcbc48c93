"""Opening hours for programs of others: rules in, compiled hours out, with aware datetimes and timedeltas.

::

    hours = opening_hours(toml_text, first=date(2026, 1, 1), last=date(2027, 12, 31))["main"]
    hours.due(start, timedelta(minutes=15))

Inside, and in the help desk itself, times are whole milliseconds (:class:`~helpdesk.hours.Hours`); this is the same
arithmetic at the edge, where a length can't be taken for another unit. Microseconds are dropped.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from helpdesk.clock import Instant, instant, moment
from helpdesk.errors import BadConfig
from helpdesk.hours.almanac import freeze
from helpdesk.hours.calendars import frozen_from_text
from helpdesk.hours.reckoning import WorkingDay, compile_hours
from helpdesk.hours.timetable import calendars_from_toml

_MILLISECOND = timedelta(milliseconds=1)


class OpeningHours:
    """The opening hours of one calendar from its first day to its last, both included.

    Every ``datetime`` given must be aware (ValueError); those returned are in the calendar's zone. An opening is half
    open: the moment of closing is closed. A question that leaves the days, or that no opening can answer, is
    :class:`~helpdesk.errors.NeverOpen` at once. Each answer is a bisect: it takes microseconds, however far it reaches.
    """

    def __init__(self, text: str) -> None:
        frozen = frozen_from_text(text)
        self._hours = compile_hours(frozen)
        self.text = text
        self.name = frozen.rules.name
        self.zone = ZoneInfo(frozen.rules.zone)
        self.first = frozen.first
        self.last = frozen.last

    def __repr__(self) -> str:
        return f"OpeningHours({self.name!r}, {self.first} to {self.last})"

    def spent(self, a: datetime, b: datetime) -> timedelta:
        """Open time from ``a`` to ``b``; below 0 where ``b`` is the earlier."""
        return self._hours.spent(instant(a), instant(b)) * _MILLISECOND

    def due(self, start: datetime, limit: timedelta) -> datetime:
        """The earliest moment by which ``limit`` of open time has run since ``start``: at closing, closing time."""
        return self._local(self._hours.due(instant(start), limit // _MILLISECOND))

    def before(self, end: datetime, limit: timedelta) -> datetime:
        """The latest moment from which ``limit`` of open time runs until ``end``."""
        return self._local(self._hours.before(instant(end), limit // _MILLISECOND))

    def is_open(self, when: datetime) -> bool:
        """Whether it is open at ``when``."""
        return self._hours.is_open(instant(when))

    def next_open(self, when: datetime) -> datetime:
        """``when`` where it is open then, else the next opening."""
        return self._local(self._hours.next_open(instant(when)))

    def days_due(self, start: datetime, days: int, *, same_time: bool = False) -> datetime:
        """The end of the ``days``-th working day after that of ``start``, or (``same_time``) its time of day on it.

        A working day is one on which something opens; it ends with its last closing.
        """
        by = WorkingDay.SAME_TIME if same_time else WorkingDay.END
        return self._local(self._hours.days_due(instant(start), days, by))

    def openings(self) -> tuple[tuple[datetime, datetime], ...]:
        """Every stretch of open time, in order, none touching the next."""
        return tuple((self._local(opens), self._local(closes)) for opens, closes in self._hours.intervals)

    def _local(self, when: Instant) -> datetime:
        return moment(when).astimezone(self.zone)


def opening_hours(toml: str, *, first: date, last: date) -> Mapping[str, OpeningHours]:
    """Every ``[calendars.NAME]`` table of a TOML text, compiled for the days from ``first`` to ``last``, by name.

    Bank holidays and changes of the clock are looked up now and never again: ``OpeningHours.text`` holds them, and
    ``OpeningHours(text)`` gives the same hours on any machine, later too. BadConfig names the key that is wrong and
    what to write instead.
    """
    try:
        tables = tomllib.loads(toml).get("calendars", {})
    except tomllib.TOMLDecodeError as error:
        raise BadConfig(f"this is not TOML: {error}") from None
    return {rules.name: OpeningHours(freeze(rules, first, last).to_text()) for rules in calendars_from_toml(tables)}
