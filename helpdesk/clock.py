"""The one place that reads time.

An :data:`Instant` is a whole number of milliseconds since 1970-01-01T00:00Z. It is what the store
keeps and what every rule reckons with: two instants can be compared and subtracted with no thought
of zones, which two local ``datetime`` values cannot (their difference is wall time). Zones appear
only at the edges: in calendars, on screens, in reports.
"""

from __future__ import annotations

import asyncio
import heapq
import itertools
import time
from collections.abc import Callable
from datetime import UTC, datetime
from typing import NewType, Protocol

Instant = NewType("Instant", int)
"""Milliseconds since 1970-01-01T00:00Z."""

SECOND = 1000
MINUTE = 60 * SECOND
HOUR = 60 * MINUTE
DAY = 24 * HOUR


def instant(moment: datetime) -> Instant:
    """The instant of an aware ``datetime``; ValueError for a naive one."""
    if moment.tzinfo is None:
        raise ValueError(f"{moment} has no time zone")
    delta = moment - datetime(1970, 1, 1, tzinfo=UTC)
    return Instant((delta.days * 86_400 + delta.seconds) * 1000 + delta.microseconds // 1000)


def moment(when: Instant) -> datetime:
    """The aware UTC ``datetime`` of an instant."""
    seconds, millis = divmod(when, 1000)
    return datetime.fromtimestamp(seconds, UTC).replace(microsecond=millis * 1000)


def plus(when: Instant, millis: int) -> Instant:
    """The instant ``millis`` milliseconds later (earlier, if negative)."""
    return Instant(when + millis)


class Clock(Protocol):
    """Tells the time and waits for it."""

    def now(self) -> Instant:
        """The present instant."""
        ...

    async def until(self, when: Instant) -> None:
        """Return at ``when``, at once if that is past."""
        ...


def stopwatch() -> Callable[[], float]:
    """Tells the seconds since it was started, by a clock that nobody sets: for how long something takes.

    What is measured so is shown to whoever runs the program; it decides nothing and is stored nowhere.
    """
    began = time.monotonic()
    return lambda: time.monotonic() - began


def uptime() -> float:
    """Seconds since the machine started, those it slept among them, by a clock that nobody sets."""
    return time.clock_gettime(time.CLOCK_BOOTTIME) if hasattr(time, "CLOCK_BOOTTIME") else time.monotonic()


def since_boot() -> int:
    """Microseconds since the machine started: how systemd tells one reload from another."""
    return time.monotonic_ns() // 1000


class SystemClock:
    """The machine's own clock."""

    def now(self) -> Instant:
        """The present instant."""
        return Instant(time.time_ns() // 1_000_000)

    async def until(self, when: Instant) -> None:
        """Sleep until ``when``; a clock set forward meanwhile is noticed within a minute.

        Where it is set back nobody waits longer than they would have: what repeats goes on, and looks again.
        """
        waited, most = stopwatch(), (when - self.now()) / 1000
        while (left := when - self.now()) > 0 and (rest := most - waited()) > 0:
            await asyncio.sleep(min(left / 1000, rest, MINUTE / 1000))


class PacedClock:
    """Runs ``pace`` times as fast as the machine's clock from the moment it is made: the demo's clock."""

    def __init__(self, *, pace: float, start: Instant | None = None) -> None:
        if pace <= 0:
            raise ValueError("a clock's pace must be above 0")
        self.pace = pace
        self._start = SystemClock().now() if start is None else start
        self._origin = time.monotonic()

    def now(self) -> Instant:
        """The start plus the time run since, times the pace."""
        return Instant(self._start + int((time.monotonic() - self._origin) * 1000 * self.pace))

    async def until(self, when: Instant) -> None:
        """Sleep until this clock shows ``when``."""
        while (left := when - self.now()) > 0:
            await asyncio.sleep(left / 1000 / self.pace)


class ManualClock:
    """Stands still until it is told to move: the clock of tests and of ``simulate``."""

    def __init__(self, start: Instant = Instant(1_780_000_000_000)) -> None:
        self._now = start
        self._order = itertools.count()
        self._waiting: list[tuple[Instant, int, asyncio.Future[None]]] = []

    def now(self) -> Instant:
        """The time it was last moved to."""
        return self._now

    async def until(self, when: Instant) -> None:
        """Wait until the clock has been moved to ``when``."""
        if when <= self._now:
            return
        woken: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        heapq.heappush(self._waiting, (when, next(self._order), woken))
        await woken

    def passes(self, *, days: float = 0, hours: float = 0, minutes: float = 0, seconds: float = 0) -> None:
        """Move forward, waking in order all who wait for a time on the way."""
        span = days * DAY + hours * HOUR + minutes * MINUTE + seconds * SECOND
        self.move_to(Instant(self._now + round(span)))

    def move_to(self, when: Instant) -> None:
        """Move to ``when``; ValueError if that lies in the past."""
        if when < self._now:
            raise ValueError("a clock does not run backwards")
        while self._waiting and self._waiting[0][0] <= when:
            self._now, _, woken = heapq.heappop(self._waiting)
            if not woken.done():
                woken.set_result(None)
        self._now = when

    @property
    def next_wake(self) -> Instant | None:
        """The earliest time that anybody waits for, None if nobody does."""
        return min((when for when, _, woken in self._waiting if not woken.done()), default=None)
