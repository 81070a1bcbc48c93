"""When patrons come: a table of demand by weekday and hour, and arrival times drawn from it.

Arrivals are independent of each other and follow the table (an inhomogeneous Poisson process): each gap is a drawn
amount of demand, and the next arrival is when that much of it has passed.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from helpdesk.clock import HOUR, MINUTE, SECOND, Instant, moment, plus

_WEEKDAY = (1, 1, 1, 1, 1, 1, 2, 4, 10, 22, 28, 27, 24, 26, 29, 28, 25, 20, 14, 11, 9, 7, 4, 2)
_FRIDAY = (1, 1, 1, 1, 1, 1, 2, 4, 9, 20, 25, 24, 21, 22, 23, 20, 16, 11, 7, 5, 4, 3, 2, 1)
_SATURDAY = (1, 1, 1, 1, 1, 1, 1, 2, 3, 6, 10, 12, 12, 12, 12, 11, 9, 7, 5, 4, 3, 3, 2, 1)
_SUNDAY = (1, 1, 1, 1, 1, 1, 1, 1, 2, 4, 8, 10, 11, 13, 15, 15, 14, 12, 11, 11, 10, 8, 5, 2)


@dataclass(frozen=True, slots=True, kw_only=True)
class Demand:
    """Relative demand: seven rows, Monday first, of 24 hours each; ``zone`` is the library's.

    ValueError for a table of another shape, or with an hour at or below 0.
    """

    table: tuple[tuple[float, ...], ...] = (_WEEKDAY,) * 4 + (_FRIDAY, _SATURDAY, _SUNDAY)
    zone: str = "Europe/London"

    def __post_init__(self) -> None:
        if len(self.table) != 7 or any(len(row) != 24 for row in self.table):
            raise ValueError("a table of demand has seven rows of 24 hours")
        if min(min(row) for row in self.table) <= 0:
            raise ValueError("every hour's demand must be above 0")

    def of(self, when: Instant) -> float:
        """The demand at an instant, relative to the mean of the week, which is 1."""
        local = self._local(when)
        return self.table[local.weekday()][local.hour] * 168 / sum(map(sum, self.table))

    def until_next_hour(self, when: Instant) -> int:
        """Milliseconds until the demand may change: until the local clock shows a full hour."""
        local = self._local(when)
        gone = local.minute * MINUTE + local.second * SECOND + local.microsecond // 1000
        return HOUR - gone

    def _local(self, when: Instant) -> datetime:
        return moment(when).astimezone(ZoneInfo(self.zone))


def arrivals(chance: random.Random, demand: Demand, start: Instant, rate: float) -> Iterator[Instant]:
    """Arrival times after ``start``, in order and without end; ``rate`` is their mean number per hour over a week."""
    if rate <= 0:
        raise ValueError("the rate of arrivals must be above 0")
    when = start
    while True:
        when = _after(demand, when, chance.expovariate(1.0) / rate)
        yield when


def _after(demand: Demand, when: Instant, hours: float) -> Instant:
    """When so many mean hours' worth of demand have passed since ``when``."""
    while (fits := demand.until_next_hour(when) * demand.of(when) / HOUR) <= hours:
        hours -= fits
        when = plus(when, demand.until_next_hour(when))
    return plus(when, round(hours * HOUR / demand.of(when)))
