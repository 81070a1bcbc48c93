"""Gathers the lines of many days: what is counted together is put together first, and counted at one go (pure)."""

from __future__ import annotations

from array import array
from collections.abc import Iterator

from helpdesk.daily import Line, Part, Running, Standing, Times, Under
from helpdesk.local_days import Hourly
from helpdesk.packing import TIMES, WHEN


class Hours:
    """Adds counts of the 24 local hours up, many rows at a time, which is far quicker."""

    __slots__ = ("_rows",)

    def __init__(self) -> None:
        self._rows: list[Hourly] = []

    def add(self, hourly: Hourly) -> None:
        """Add one more row."""
        self._rows.append(hourly)
        if len(self._rows) > _MANY:
            self._rows = [self.row()]

    def row(self) -> Hourly:
        """The sums."""
        return tuple(map(sum, zip(*self._rows, strict=True))) if self._rows else (0,) * 24


_MANY = 500


class Together:
    """Lines of several days under the same, as if they were one."""

    __slots__ = ("_answered", "_counts", "_running", "_unanswered")

    def __init__(self) -> None:
        self._counts: dict[Standing, int] = {}
        self._answered, self._unanswered = array(TIMES), array(TIMES)
        self._running: dict[Standing, Running] = {}

    def add(self, line: Line) -> None:
        """Take one more line in."""
        counts = self._counts
        for standing, hourly in line.counts.items():
            counts[standing] = counts.get(standing, 0) + sum(hourly)
        self._answered += line.answered.times
        self._unanswered += line.unanswered.times
        for standing, running in line.running.items():
            _extend(self._running, standing, running)

    def part(self, under: Under) -> Part:
        """All of them; ``under`` is what they have in common."""
        return Part(under, self._counts, self._answered, self._unanswered, self._running)


class ByHour:
    """Lines of several days under the same, parted into the local hours in which their clocks started."""

    __slots__ = ("_answered", "_counts", "_running", "_unanswered")

    def __init__(self) -> None:
        self._counts: dict[Standing, Hours] = {}
        self._answered = [array(TIMES) for _ in range(24)]
        self._unanswered = [array(TIMES) for _ in range(24)]
        self._running: list[dict[Standing, Running]] = [{} for _ in range(24)]

    def add(self, line: Line) -> None:
        """Take one more line in."""
        for standing, hourly in line.counts.items():
            if standing not in self._counts:
                self._counts[standing] = Hours()
            self._counts[standing].add(hourly)
        _part(line.answered, self._answered)
        _part(line.unanswered, self._unanswered)
        for standing, running in line.running.items():
            for hour, part in running.by_hour().items():
                _extend(self._running[hour], standing, part)

    def parts(self, under: Under) -> Iterator[tuple[int, Part]]:
        """Each hour in which any started, and what did; ``under`` is what all of them have in common."""
        rows = [(standing, hours.row()) for standing, hours in self._counts.items()]
        for hour in range(24):
            counts = {standing: row[hour] for standing, row in rows if row[hour]}
            running = self._running[hour]
            if counts or running:
                yield hour, Part(under, counts, self._answered[hour], self._unanswered[hour], running)


def _part(times: Times, found: list[array[int]]) -> None:
    """Give each hour its times."""
    begin = 0
    for n, mine in zip(times.hourly, found, strict=False):
        if n:
            mine += times.times[begin : begin + n]
            begin += n


def _extend(found: dict[Standing, Running], standing: Standing, more: Running) -> None:
    mine = found.get(standing)
    if mine is None:
        mine = found[standing] = Running((), array(WHEN), array(WHEN))
    mine.lapses.extend(more.lapses)
    mine.since.extend(more.since)
