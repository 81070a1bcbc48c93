"""Adds the clocks and contacts of one day up, see :mod:`helpdesk.daily`."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import chain
from typing import NamedTuple

from helpdesk.clock import Instant
from helpdesk.daily import Contacts, Day, Line, Running, Standing, Times, Under
from helpdesk.local_days import SLOT, local_hours
from helpdesk.message import Channel
from helpdesk.standards import Bar


class Fold:
    """Counts the clocks and contacts of one day, in any order, into a :class:`Day`.

    ``hours``  the local hour of each half hour of the day
    """

    def __init__(self, zone: str, begins: Instant, ends: Instant) -> None:
        self.hours = local_hours(zone, begins, ends)
        self._zone, self._begins, self._ends = zone, begins, ends
        self._bins: dict[tuple[Under, Standing], Bin] = {}
        self._contacts: dict[tuple[Channel, str], _Contacts] = {}

    def hour(self, when: Instant) -> int:
        """The local hour of a moment of the day."""
        return self.hours[(when - self._begins) // SLOT]

    def bin(self, under: Under, standing: Standing) -> Bin:
        """Where clocks are counted that are counted together and stand alike."""
        return self._bins.setdefault((under, standing), Bin())

    def clock(
        self,
        under: Under,
        standing: Standing,
        started: Instant,
        lapses: Instant | None,
        spent: int | None,
        since: int = 0,
    ) -> None:
        """Count one clock; ``spent`` in whole seconds until it stopped, None where it runs or that can't be known.

        ``since``: of one that runs, see :class:`~helpdesk.daily.Running`.
        """
        found = self.bin(under, standing)
        if lapses is not None and standing.runs:
            found.run(self.hour(started), lapses, since, spent)
        else:
            found.count(self.hour(started), spent)

    def contacts(self, channel: Channel, site: str, hour: int, apart: Bar | None, *, answered: int, n: int = 1) -> None:
        """Count ``n`` contacts of one hour; ``apart``: why they don't count, None where they do."""
        found = self._contacts.get((channel, site))
        if found is None:
            found = self._contacts[channel, site] = _Contacts([0] * 24, [0] * 24, {})
        if apart is not None:
            found.apart.setdefault(apart, [0] * 24)[hour] += n
            return
        found.received[hour] += n
        found.answered[hour] += answered

    def day(self) -> Day:
        """All that was counted, in one order whatever the order of counting."""
        bins: dict[Under, list[tuple[Standing, Bin]]] = {}
        for (under, standing), each in self._bins.items():
            bins.setdefault(under, []).append((standing, each))
        return Day(
            zone=self._zone,
            begins=self._begins,
            ends=self._ends,
            lines=tuple(_in_order(under, sorted(found, key=_by_words)) for under, found in sorted(bins.items())),
            contacts=tuple(
                Contacts(channel, site, each.received, each.answered, dict(sorted(each.apart.items())))
                for (channel, site), each in sorted(self._contacts.items())
            ),
        )


class Bin:
    """Clocks that are counted together and stand alike: by local hour how many, and their times."""

    __slots__ = ("hourly", "running", "times")

    def __init__(self) -> None:
        self.hourly = [0] * 24
        self.times: list[list[int]] = [[] for _ in range(24)]
        self.running: list[tuple[int, Instant, int]] = []

    def count(self, hour: int, spent: int | None) -> None:
        """One that time can't change any more."""
        self.hourly[hour] += 1
        if spent is not None:
            self.times[hour].append(spent)

    def run(self, hour: int, lapses: Instant, since: int, spent: int | None) -> None:
        """One that time may change. ``spent``: it was answered, but would be running if nothing had been corrected."""
        self.running.append((hour, lapses, since))
        if spent is not None:
            self.times[hour].append(spent)


class _Contacts(NamedTuple):
    received: list[int]
    answered: list[int]
    apart: dict[Bar, list[int]]


def _in_order(under: Under, bins: Sequence[tuple[Standing, Bin]]) -> Line:
    timed = [(standing.answered, each) for standing, each in bins if standing.reason is None]
    return Line(
        under,
        {standing: each.hourly for standing, each in bins if any(each.hourly)},
        _times([each for answered, each in timed if answered]),
        _times([each for answered, each in timed if not answered]),
        {standing: _running(sorted(each.running)) for standing, each in bins if each.running},
    )


def _times(bins: Sequence[Bin]) -> Times:
    """All times of some bins, hour by hour, each hour's in order."""
    hours = [sorted(chain.from_iterable(each.times[hour] for each in bins)) for hour in range(24)]
    times = list(chain.from_iterable(hours))
    return Times([len(each) for each in hours] if times else [], times)


def _running(found: Sequence[tuple[int, Instant, int]]) -> Running:
    hourly = [0] * 24
    for hour, _, _ in found:
        hourly[hour] += 1
    return Running(hourly, [lapses for _, lapses, _ in found], [since for _, _, since in found])


def _by_words(item: tuple[Standing, object]) -> str:
    return item[0].to_text()
