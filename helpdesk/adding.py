"""Adds the clocks and contacts of one day up, see :mod:`helpdesk.daily`."""

from __future__ import annotations

from array import array
from bisect import bisect_left
from collections.abc import Iterable, Sequence
from itertools import chain, pairwise
from typing import NamedTuple

from helpdesk.clock import HOUR, Instant
from helpdesk.daily import Contacts, Day, Graded, Line, Running, Standing, Times, Under
from helpdesk.local_days import SLOT, local_hours
from helpdesk.message import Channel
from helpdesk.noise_days import NoiseFold
from helpdesk.packing import TIMES, WHEN
from helpdesk.standards import Bar

BITS = 32
"""A *cell* is a clock in one number: when it started, and in its lower bits its time in whole seconds.

Of one whose time isn't known it is -1 less when it started.
"""

Told = tuple[Instant, Instant | None, int | None, int]
"""A clock that is counted by itself: when it started, its last moment, its time until it stopped in whole seconds (None
where it runs or that can't be known), and since when one runs, see :class:`~helpdesk.daily.Running`."""


class Fold:
    """Counts the clocks, contacts and noise of one day, in any order, into a :class:`Day`.

    ``slot``   the length in milliseconds of the stretches into which the day is cut; ``hours``: the local hour of each
    ``noise``  counts the day's noise
    """

    def __init__(self, zone: str, begins: Instant, ends: Instant) -> None:
        halves = local_hours(zone, begins, ends)
        whole = halves[::2] == halves[1::2]
        self.slot, self.hours = (HOUR, halves[::2]) if whole else (SLOT, halves)
        self.noise = NoiseFold()
        self._straight = self.hours == list(range(len(self.hours)))
        self._zone, self._begins, self._ends = zone, begins, ends
        self._bins: dict[tuple[Under, Standing], _Bin] = {}
        self._contacts: dict[tuple[Channel, str], _Contacts] = {}

    def hour(self, when: Instant) -> int:
        """The local hour of a moment of the day."""
        return self.hours[(when - self._begins) // self.slot]

    def cells(self, under: Under, standing: Standing, cells: Iterable[int]) -> None:
        """Count clocks that time can't change any more; a cell names the slot of the day in which one started."""
        found = self._bin(under, standing).cells
        found.extend(cells if self._straight else map(self._local, cells))

    def _local(self, cell: int) -> int:
        """A cell with the local hour in place of the slot."""
        if cell < 0:
            return -1 - self.hours[-1 - cell]
        slot = cell >> BITS
        return cell + ((self.hours[slot] - slot) << BITS)

    def clocks(self, under: Under, standing: Standing, told: Iterable[Told]) -> None:
        """Count clocks one by one."""
        found, runs = self._bin(under, standing), standing.runs
        for started, lapses, spent, since in told:
            hour = self.hour(started)
            if runs and lapses is not None:
                found.running.append((hour, lapses, since))
                if spent is not None:
                    found.extra.append(_cell(hour, spent))
            else:
                found.cells.append(_cell(hour, spent))

    def _bin(self, under: Under, standing: Standing) -> _Bin:
        found = self._bins.get((under, standing))
        if found is None:
            found = self._bins[under, standing] = _Bin([], [], [])
        return found

    def contacts(
        self,
        channel: Channel,
        site: str,
        hour: int,
        apart: Bar | None,
        *,
        answered: int,
        effort: int | None = None,
        first: bool | None = None,
        n: int = 1,
    ) -> None:
        """Count ``n`` contacts of one hour; ``apart``: why they don't count, None where they do.

        ``effort`` is their READ level, ``first`` whether one contact was enough; None where nobody said.
        """
        found = self._contacts.get((channel, site))
        if found is None:
            found = self._contacts[channel, site] = _Contacts([0] * 24, [0] * 24, {}, [0] * 6, [0, 0])
        if apart is not None:
            found.apart.setdefault(apart, [0] * 24)[hour] += n
            return
        found.received[hour] += n
        found.answered[hour] += answered
        if effort is not None:
            found.levels[effort - 1] += n
        if first is not None:
            found.first[first] += n

    def day(self) -> Day:
        """All that was counted, in one order whatever the order of counting."""
        bins: dict[Under, list[tuple[Standing, _Bin]]] = {}
        for (under, standing), each in self._bins.items():
            each.cells.sort()
            bins.setdefault(under, []).append((standing, each))
        return Day(
            zone=self._zone,
            begins=self._begins,
            ends=self._ends,
            lines=tuple(_in_order(under, sorted(found, key=_by_words)) for under, found in sorted(bins.items())),
            contacts=tuple(each.contacts(channel, site) for (channel, site), each in sorted(self._contacts.items())),
            noise=self.noise.day(),
        )


class _Bin(NamedTuple):
    """Clocks that are counted together and stand alike.

    ``cells``    those that time can't change any more, each under its local hour
    ``running``  those that it may change: local hour, last moment, since when
    ``extra``    cells of running ones that were answered, but would be running if nothing had been corrected
    """

    cells: list[int]
    running: list[tuple[int, Instant, int]]
    extra: list[int]


class _Contacts(NamedTuple):
    """Counts as in :class:`Contacts`. ``first``: how often one contact was not enough, and how often it was."""

    received: list[int]
    answered: list[int]
    apart: dict[Bar, list[int]]
    levels: list[int]
    first: list[int]

    def contacts(self, channel: Channel, site: str) -> Contacts:
        no, yes = self.first
        graded = Graded(tuple(self.levels), yes, no)
        return Contacts(channel, site, self.received, self.answered, dict(sorted(self.apart.items())), graded)


def _cell(hour: int, spent: int | None) -> int:
    return -1 - hour if spent is None else hour << BITS | spent


def _in_order(under: Under, bins: Sequence[tuple[Standing, _Bin]]) -> Line:
    timed = [(standing.answered, each) for standing, each in bins if standing.reason is None]
    return Line(
        under,
        {standing: _hourly(each.cells) for standing, each in bins if each.cells},
        _times([each for answered, each in timed if answered]),
        _times([each for answered, each in timed if not answered]),
        {standing: _running(sorted(each.running)) for standing, each in bins if each.running},
    )


def _hourly(cells: Sequence[int]) -> list[int]:
    """How many of some cells, in order, lie in each hour."""
    ends = [bisect_left(cells, hour << BITS) for hour in range(25)]
    hourly = [end - begin for begin, end in pairwise(ends)]
    for unknown in cells[: ends[0]]:
        hourly[-1 - unknown] += 1
    return hourly


def _times(bins: Sequence[_Bin]) -> Times:
    """All times of some bins, hour by hour, each hour's in order."""
    found = sorted(chain.from_iterable((*each.cells, *each.extra) for each in bins))
    known, mask = found[bisect_left(found, 0) :], (1 << BITS) - 1
    return Times(_hourly(known) if known else [], array(TIMES, [cell & mask for cell in known]))


def _running(found: Sequence[tuple[int, Instant, int]]) -> Running:
    hourly = [0] * 24
    for hour, _, _ in found:
        hourly[hour] += 1
    return Running(hourly, *(array(WHEN, [each[n] for each in found]) for n in (1, 2)))


def _by_words(item: tuple[Standing, object]) -> str:
    return item[0].to_text()
