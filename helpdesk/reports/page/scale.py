"""Scales: from hundredths of a percent to places in a drawing."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

WIDTH = 420
"""Of every chart: two stand side by side on a wide screen and on paper, one fills a telephone."""

FULL = 10_000
"""The whole, in hundredths of a percent."""

_STEPS = (100, 200, 500, 1000, 2000, 2500)
_MOST_TICKS = 6


@dataclass(frozen=True, slots=True)
class Scale:
    """From ``low`` to 100 %, drawn from ``start`` to ``end``; ``end`` may lie before ``start`` (upward)."""

    low: int
    start: float
    end: float

    def at(self, hundredths: float) -> float:
        """Where a share lies; below the scale it lies at its foot."""
        held = min(max(hundredths, self.low), FULL)
        return self.start + (self.end - self.start) * (held - self.low) / (FULL - self.low)

    @property
    def ticks(self) -> tuple[int, ...]:
        """Round shares on the scale, at most seven, always with 100 %."""
        step = next((each for each in _STEPS if (FULL - self.low) / each <= _MOST_TICKS), _STEPS[-1])
        return tuple(reversed(range(FULL, self.low - 1, -step)))


def floor(shares: Iterable[float]) -> int:
    """Where a scale that holds all of ``shares`` may begin: a round ten percent below them, so that it is not all."""
    least = min(shares, default=FULL)
    return max(0, min(int(least) // 1000 * 1000, FULL - 1000))


def hundredths(promised: str) -> int:
    """A share as published ("97.5") in hundredths of a percent."""
    return int(Decimal(promised) * 100)
