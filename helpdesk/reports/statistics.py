"""The statistics behind the figures: pure, whole numbers in and out, the same on every machine.

Shares are hundredths of a percent (9312 is 93.12 %); times are in the unit they come in. Nothing here is a float:
all is reckoned in integers and fractions, so no machine's rounding decides a digit.

================  ========================================================================  ========================
:func:`wilson`    how far a share may be from the truth: its 95 % score interval            Wilson 1927
:func:`quantile`  median and P90; what is still open counts as longer than it has waited    Kaplan and Meier 1958
:func:`xmr`       individuals and moving range: what is noise, and what is none             Shewhart 1931, Wheeler
:func:`funnel`    how far a share of ``n`` may lie from a centre by chance alone            Spiegelhalter 2005
:func:`amber`     not met, but near the promise                                             the library's setting
================  ========================================================================  ========================
"""

from __future__ import annotations

from array import array
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction
from itertools import accumulate, pairwise
from math import ceil, floor, isqrt
from typing import NamedTuple

WHOLE = 10_000
"""100 % in hundredths of a percent."""

_Z95 = Fraction("1.959963984540054")
"""2.5 % of the normal curve lie above it."""


# How sure a share is


def wilson(met: int, judged: int) -> tuple[int, int] | None:
    """Wilson's 95 % score interval of ``met`` of ``judged``; None where nothing was judged.

    The lower end is cut and the upper one rounded up: it is never narrower than it should be. It holds for few
    contacts and for shares near 100 %, where the textbook's p ± 1.96 s reaches past what is possible. ValueError
    where ``met`` is no part of ``judged``.
    """
    _check(met, judged)
    if not judged:
        return None
    square = _Z95 * _Z95
    middle = 2 * met + square
    spread = _Z95 * _root(square + Fraction(4 * met * (judged - met), judged))
    below, above = (WHOLE * end / (2 * (judged + square)) for end in (middle - spread, middle + spread))
    return max(floor(below), 0), min(ceil(above), WHOLE)


def _root(number: Fraction) -> Fraction:
    """The square root, rounded up at the 30th place; exact where it is that short."""
    scaled = ceil(number * 10**60)
    root = isqrt(scaled)
    return Fraction(root + (root * root < scaled), 10**30)


@dataclass(frozen=True, slots=True, kw_only=True)
class Funnel:
    """Between which shares ``n`` contacts lie in 95 % and in 99.8 % of all cases, if there is nothing but chance."""

    lower95: int
    upper95: int
    lower998: int
    upper998: int


def funnel(centre: int, n: int) -> Funnel | None:
    """The control limits of a funnel plot around ``centre`` for ``n`` judged contacts; None where ``n`` is 0.

    By the exact binomial distribution: by chance a count falls below the lower 95 % limit in under 2.5 % of all
    cases, below the 99.8 % limit in under 0.1 %, and as seldom above the upper ones. The lower limits are cut, the
    upper ones rounded up. ValueError where ``centre`` is no share.
    """
    _check(centre, WHOLE)
    if not n:
        return None
    first, weights = _binomial(centre, n)
    total, sums = sum(weights), list(accumulate(weights))
    low998, low95, high95, high998 = (
        first + next(k for k, below in enumerate(sums) if 1000 * below >= part * total) for part in (1, 25, 975, 999)
    )
    return Funnel(
        lower95=low95 * WHOLE // n,
        upper95=-(-high95 * WHOLE // n),
        lower998=low998 * WHOLE // n,
        upper998=-(-high998 * WHOLE // n),
    )


def _binomial(centre: int, n: int) -> tuple[int, list[int]]:
    """How likely each count is, as a weight: from the first count that has any, 40 places below the likeliest."""
    rest, likeliest = WHOLE - centre, min((n + 1) * centre // WHOLE, n)
    below, above, weight = [], [10**40], 10**40
    for k in range(likeliest, 0, -1):
        weight = weight * k * rest // ((n - k + 1) * centre)
        if not weight:
            break
        below.append(weight)
    for k in range(likeliest, n):
        weight = above[-1] * (n - k) * centre // ((k + 1) * rest)
        if not weight:
            break
        above.append(weight)
    return likeliest - len(below), [*reversed(below), *above]


# How long it took


def quantile(answered: Mapping[int, int], censored: Mapping[int, int], percent: int) -> int | None:
    """The shortest time by which at least ``percent`` of all contacts are answered, by Kaplan and Meier's estimate.

    Both mappings go from a time to how many: ``answered`` took so long, ``censored`` had waited so long and were not
    answered yet. Who waits still counts as somebody who waits longer, never as absent, so the answer is None where
    too few were answered to know. With nobody waiting it is the nearest rank: a time that was really taken.
    """
    return quantiles(Answers.of(answered), censored, (percent,))[0]


class Answers:
    """How many were answered by when. Those of several months stand together as one without being added up."""

    __slots__ = ("_parts",)

    def __init__(self, parts: Iterable[tuple[array[int], array[int]]] = ()) -> None:
        self._parts = tuple(parts)

    @classmethod
    def of(cls, counted: Mapping[int, int]) -> Answers:
        """From how many took how long."""
        times = sorted(counted)
        return cls([(array("q", times), array("q", accumulate(map(counted.__getitem__, times))))] if times else [])

    def __add__(self, other: Answers) -> Answers:
        return Answers((*self._parts, *other._parts))

    @property
    def total(self) -> int:
        """How many there are."""
        return sum(done[-1] for _, done in self._parts)

    @property
    def latest(self) -> int:
        """The longest time; 0 where there is none."""
        return max((times[-1] for times, _ in self._parts), default=0)

    def by(self, time: int) -> int:
        """How many were answered by a time."""
        found = ((done, bisect_right(times, time)) for times, done in self._parts)
        return sum(done[at - 1] for done, at in found if at)

    def reached(self, count: int) -> int:
        """The shortest time by which ``count`` were answered; ValueError where they never were."""
        if count > self.total:
            raise ValueError("so many were not answered")
        if len(self._parts) == 1:
            times, done = self._parts[0]
            return times[bisect_left(done, count)]
        first, last = min(times[0] for times, _ in self._parts), max(times[-1] for times, _ in self._parts)
        return first + bisect_left(range(first, last), count, key=self.by)


def quantiles(answered: Answers, censored: Mapping[int, int], percents: Sequence[int]) -> tuple[int | None, ...]:
    """Several quantiles in one walk over the curve; see :func:`quantile`."""
    wanted, found = sorted(set(percents)), dict[int, int]()
    for piece in _pieces(answered, censored):
        while wanted and (count := piece.falls_to(100 - wanted[0])) is not None:
            found[wanted.pop(0)] = answered.reached(count)
        if not wanted:
            break
    return tuple(found.get(percent) for percent in percents)


_UNANSWERED = 10**60
"""All of them. The curve is cut to 60 places where somebody was last seen waiting; in between it is exact."""


class _Piece(NamedTuple):
    """A piece of the curve within which nobody was last seen waiting: each answer takes one of ``at_risk`` away.

    ``before``, ``by``  how many were answered before it and by its end; ``share``: unanswered before it
    """

    before: int
    by: int
    at_risk: int
    share: int

    def falls_to(self, percent: int) -> int | None:
        """With how many answers no more than ``percent`` are unanswered; None where the piece doesn't fall so far."""
        most = percent * _UNANSWERED * self.at_risk // (100 * self.share) if self.share else self.at_risk
        count = max(self.before + self.at_risk - most, self.before + 1)
        return count if count <= self.by else None


def _pieces(answered: Answers, censored: Mapping[int, int]) -> Iterator[_Piece]:
    """The curve from its beginning. Who was last seen waiting at the time of an answer still waited then."""
    share, before, gone = _UNANSWERED, 0, 0
    total, latest = answered.total, answered.latest
    everybody = total + sum(censored.values())
    for end in [*sorted(time for time in censored if time < latest), None]:
        by = total if end is None else answered.by(end)
        if by > before:
            piece = _Piece(before, by, everybody - before - gone, share)
            yield piece
            share = share * (everybody - by - gone) // piece.at_risk
            before = by
        gone += 0 if end is None else censored[end]


# What is noise


class Signal(StrEnum):
    """Why a point is no noise, strongest first: the words as a report says them."""

    ABOVE = "above the upper limit"
    BELOW = "below the lower limit"
    NEAR_UPPER = "3 of 4 nearer the upper limit than the centre"
    NEAR_LOWER = "3 of 4 nearer the lower limit than the centre"
    RUN_ABOVE = "8 in a row above the centre"
    RUN_BELOW = "8 in a row below the centre"


BASELINE = 12
"""From so many points, the first ones, the limits come; the later ones are held against them."""

LEAST = 8
"""Fewer points give no limits."""

RUN = 8
"""So many in a row on one side of the centre are no chance."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Chart:
    """An XmR chart: its limits, and for each point the signal that marks it (None for noise)."""

    centre: int
    lower: int
    upper: int
    signals: tuple[Signal | None, ...]


def xmr(values: Sequence[int]) -> Chart | None:
    """The process limits of shares that follow each other, and the signals among them.

    The centre is the mean of the first :data:`BASELINE` points, the limits lie 2.66 times their mean moving range from
    it, within 0 and 100 %. None under :data:`LEAST` points, and where the baseline does not vary at all: then nothing
    says how much is noise. Three rules mark a signal (Wheeler, "Understanding Variation"): a point beyond a limit;
    eight in a row on one side of the centre; of four in a row, three nearer a limit than the centre. Every point
    that belongs to a signal is marked, by the strongest one.
    """
    if len(values) < LEAST:
        return None
    base = values[:BASELINE]
    moves = [abs(later - earlier) for earlier, later in pairwise(base)]
    if not any(moves):
        return None
    mean, reach = Fraction(sum(base), len(base)), Fraction(266, 100) * Fraction(sum(moves), len(moves))
    lower, upper = ceil(mean - reach), floor(mean + reach)
    return Chart(
        centre=floor(mean + Fraction(1, 2)),
        lower=max(lower, 0),
        upper=min(upper, WHOLE),
        signals=_signals(values, mean, reach),
    )


def _signals(values: Sequence[int], mean: Fraction, reach: Fraction) -> tuple[Signal | None, ...]:
    """The strongest signal of each point."""
    away = [value - mean for value in values]
    near = [(distance > reach / 2) - (distance < -reach / 2) for distance in away]
    sides = [(distance > 0) - (distance < 0) for distance in away]
    found: list[Signal | None] = []
    for n, distance in enumerate(away):
        if abs(distance) > reach:
            found.append(Signal.ABOVE if distance > 0 else Signal.BELOW)
        elif near[n] and _three_of_four(near, n):
            found.append(Signal.NEAR_UPPER if near[n] > 0 else Signal.NEAR_LOWER)
        elif sides[n] and _in_a_row(sides, n) >= RUN:
            found.append(Signal.RUN_ABOVE if sides[n] > 0 else Signal.RUN_BELOW)
        else:
            found.append(None)
    return tuple(found)


def _three_of_four(near: Sequence[int], n: int) -> bool:
    """Whether some four in a row around ``n`` hold three that are near the limit that it is near."""
    return any(near[first : first + 4].count(near[n]) >= 3 for first in range(max(n - 3, 0), n + 1))


def _in_a_row(sides: Sequence[int], n: int) -> int:
    """How many in a row around ``n`` lie on its side."""
    first, last = n, n
    while first > 0 and sides[first - 1] == sides[n]:
        first -= 1
    while last + 1 < len(sides) and sides[last + 1] == sides[n]:
        last += 1
    return last - first + 1


# What is near enough to say so


def amber(met: int, judged: int, promised: str, points: float) -> bool:
    """Whether a share lies below its promise by at most ``points`` percentage points; never at or above it."""
    if not judged:
        return False
    promise, band = Fraction(promised), Fraction(str(points))
    return (promise - band) * judged <= 100 * met < promise * judged


def _check(part: int, whole: int) -> None:
    if not 0 <= part <= whole:
        raise ValueError(f"{part} of {whole} is no share")
