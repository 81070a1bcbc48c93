"""How a library kept its promises: one standard's figure within one group.

Every clock is counted once: met, missed, pending, left early, left out or undetermined. The share is met of met and
missed; a contact that was never answered and fell due is missed, so silence can't improve it. In median and P90 what
is still unanswered counts as longer than it has waited.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum

from helpdesk.standards import Bar

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
