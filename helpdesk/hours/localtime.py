"""Local time by a table of offset changes that was frozen when the calendar was published.

``zoneinfo`` is asked once, when a calendar is published (see :mod:`helpdesk.hours.almanac`). After that a
newer tzdata changes nothing: the table stands in the published text. Local times are whole
milliseconds, counted as if the wall clock were UTC, so that a day is ``local // DAY``.
"""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass
from datetime import date
from itertools import pairwise

from helpdesk.clock import DAY, Instant

_EPOCH = date(1970, 1, 1).toordinal()


def day_number(day: date) -> int:
    """Days since 1 January 1970."""
    return day.toordinal() - _EPOCH


@dataclass(frozen=True, slots=True)
class Shift:
    """From ``since`` on the wall clock is ``offset`` milliseconds ahead of UTC."""

    since: Instant
    offset: int


class LocalTime:
    """Turns wall time into instants and back. The first shift also holds for all time before it."""

    def __init__(self, shifts: tuple[Shift, ...]) -> None:
        self._offsets = [shift.offset for shift in shifts] or [0]
        self._since = [shift.since for shift in shifts[1:]]
        self._turns = [later.since + max(earlier.offset, later.offset) for earlier, later in pairwise(shifts)]

    def at(self, local: int) -> Instant:
        """The instant of a wall time.

        A time that the clock skips is shifted forward by the length of the gap; of one that comes
        twice, the first is meant. (Both follow from keeping the older offset until the wall clock has
        passed the change by either reckoning.)
        """
        return Instant(local - self._offsets[bisect_right(self._turns, local)])

    def readings(self, local: int) -> tuple[Instant, ...]:
        """Every instant at which the wall clock shows ``local``: none where it is skipped, two where it comes twice."""
        near = bisect_right(self._turns, local)
        offsets = {*self._offsets[max(near - 1, 0) : near + 2]}
        return tuple(sorted(Instant(local - each) for each in offsets if self.local(Instant(local - each)) == local))

    def local(self, when: Instant) -> int:
        """The wall time of an instant."""
        return when + self._offsets[bisect_right(self._since, when)]

    def turns(self, first: Instant, last: Instant) -> tuple[tuple[Instant, int], ...]:
        """The changes of the clock from ``first`` until before ``last``: when, and by how many milliseconds."""
        pairs = zip(self._since, pairwise(self._offsets), strict=True)
        return tuple((since, later - earlier) for since, (earlier, later) in pairs if first <= since < last)

    def midnight(self, number: int) -> Instant:
        """When the day of this number begins."""
        return self.at(number * DAY)
