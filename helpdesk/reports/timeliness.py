"""How a library kept its promises: a pure fold over clocks that were judged at the time of the report.

Every clock is counted once: met, missed, pending, left early, left out or undetermined. The share is met of met and
missed; a contact that was never answered and fell due is missed, so silence can't improve it. Median and P90 are
times of answered contacts, by nearest rank: a time that was really taken, never one in between.

Figures add up: lots with ``n`` above 1 (a roll-up of a day) fold like single clocks.
"""

from __future__ import annotations

from array import array
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum
from itertools import repeat

from helpdesk.standards import Bar, Outcome, Published
from helpdesk.store.verbs.reporting import Lot

FEW = 20
"""Under so many judged contacts a share says too little to be called met or not met."""


class Result(StrEnum):
    """What a share says of its promise."""

    MET = "met"
    NOT_MET = "not met"
    TOO_FEW = "too few to tell"


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """One standard within one group. Times are milliseconds of the standard's time.

    ``promised``    the share promised, in percent, as published ("90", "97.5")
    ``answered``    of met and missed, those that a person answered; the other missed ones never were
    ``untimed``     of the answered, those whose time can't be known (past a calendar's horizon)
    ``left_out``    how many for each reason; a contact with two counts under the first of them
    ``median``      by Kaplan and Meier: what is still unanswered counts as longer than it has waited so far, never as
    ``p90``         absent; None where so few were answered that the curve does not come so far down
    ``interval``    Wilson's 95 % interval of the share, in hundredths of a percent; None if nothing was judged
    ``few``         under so many judged it is too few to tell
    ``amber``       not met, but by no more points than the library's band
    ``corrected``   how many clocks a late correction touched; ``recorded`` is (met, missed) without the corrections
    ``suspended``   how many began in a suspended period and are in none of the counts; ``whole`` is (met, missed) with
    ``versions``    digests of the published standards that were in force, sorted
    ``calendars``   digests of the calendars they were counted by, sorted
    """

    standard: str
    promised: str
    met: int = 0
    missed: int = 0
    pending: int = 0
    left_early: int = 0
    undetermined: int = 0
    left_out: Mapping[Bar, int] = field(default_factory=dict)
    answered: int = 0
    untimed: int = 0
    median: int | None = None
    p90: int | None = None
    interval: tuple[int, int] | None = None
    few: int = FEW
    amber: bool = False
    corrected: int = 0
    recorded: tuple[int, int] = (0, 0)
    suspended: int = 0
    whole: tuple[int, int] = (0, 0)
    versions: tuple[str, ...] = ()
    calendars: tuple[str, ...] = ()

    @property
    def received(self) -> int:
        """All that came in under the standard."""
        return self.met + self.missed + self.pending + self.left_early + self.set_apart + self.undetermined

    @property
    def judged(self) -> int:
        """What the share is of."""
        return self.met + self.missed

    @property
    def unanswered(self) -> int:
        """Of the missed, those that nobody answered."""
        return self.judged - self.answered

    @property
    def set_apart(self) -> int:
        """All that are left out, for whatever reason."""
        return sum(self.left_out.values())

    @property
    def share(self) -> int | None:
        """Met of judged in hundredths of a percent, cut and not rounded; None if nothing was judged."""
        return self.met * 10_000 // self.judged if self.judged else None

    @property
    def result(self) -> Result:
        """The point figure against the promise."""
        if self.judged < self.few:
            return Result.TOO_FEW
        kept = Decimal(100 * self.met) >= Decimal(self.promised) * self.judged
        return Result.MET if kept else Result.NOT_MET


Promise = tuple[str, str]
"""A standard's name and the share promised: a version that promises another share has figures of its own."""


def reason(barred: Iterable[Bar]) -> Bar:
    """The reason under which a contact that is left out is counted."""
    return min(barred, key=_REASONS.index)


_REASONS = (Bar.TEST, Bar.SPAM, Bar.MERGED, Bar.AUTOMATIC)


class Tally:
    """Counts the clocks of one group, by promise."""

    def __init__(self, published: Published) -> None:
        self._published = published
        self._sums: dict[Promise, _Sum] = {}
        self._promises: dict[str, Promise] = {}

    def add(self, lot: Lot) -> None:
        """Count one more lot."""
        promise = self._promises.get(lot.version) or self._promise(lot)
        self._sums[promise].add(lot)

    def merge(self, other: Tally) -> None:
        """Count all that another tally of other clocks counted."""
        for promise, more in other._sums.items():
            self._sums.setdefault(promise, _Sum()).merge(more)

    def _promise(self, lot: Lot) -> Promise:
        """What a version promises, seen for the first time."""
        found = self._published.version(lot.version)
        promise = lot.standard, f"{found.standard.share:g}" if found else "100"
        self._promises[lot.version] = promise
        self._sums.setdefault(promise, _Sum())
        return promise

    def figures(self) -> tuple[Figure, ...]:
        """What was counted, by standard and promised share."""
        return tuple(each.figure(*promise) for promise, each in sorted(self._sums.items(), key=_by_name_and_share))


def _by_name_and_share(item: tuple[Promise, _Sum]) -> tuple[str, Decimal]:
    (name, promised), _ = item
    return name, Decimal(promised)


@dataclass(slots=True)
class _Sum:
    standings: Counter[Outcome] = field(default_factory=Counter)
    left_out: Counter[Bar] = field(default_factory=Counter)
    answered: int = 0
    times: array[int] = field(default_factory=lambda: array("q"))
    versions: set[str] = field(default_factory=set)
    calendars: set[str] = field(default_factory=set)

    def add(self, lot: Lot) -> None:
        self.standings[lot.standing] += lot.n
        if lot.standing is Outcome.LEFT_OUT:
            self.left_out[reason(lot.barred)] += lot.n
        if lot.answered:
            self.answered += lot.n
            if lot.spent is not None:
                self.times.extend(repeat(lot.spent, lot.n))
        self.versions.add(lot.version)
        if lot.calendar:
            self.calendars.add(lot.calendar)

    def merge(self, other: _Sum) -> None:
        self.standings.update(other.standings)
        self.left_out.update(other.left_out)
        self.answered += other.answered
        self.times.extend(other.times)
        self.versions |= other.versions
        self.calendars |= other.calendars

    def figure(self, standard: str, promised: str) -> Figure:
        times = array("q", sorted(self.times))
        return Figure(
            standard=standard,
            promised=promised,
            met=self.standings[Outcome.MET],
            missed=self.standings[Outcome.MISSED],
            pending=self.standings[Outcome.PENDING],
            left_early=self.standings[Outcome.LEFT_EARLY],
            undetermined=self.standings[Outcome.UNDETERMINED],
            left_out=dict(sorted(self.left_out.items())),
            answered=self.answered,
            untimed=self.answered - len(times),
            median=quantile(times, 50),
            p90=quantile(times, 90),
            versions=tuple(sorted(self.versions)),
            calendars=tuple(sorted(self.calendars)),
        )


def quantile(ordered: array[int], percent: int) -> int | None:
    """The smallest of the ordered times within which at least ``percent`` of them lie; None of none."""
    if not ordered:
        return None
    rank = -(-percent * len(ordered) // 100)
    return ordered[max(rank, 1) - 1]
