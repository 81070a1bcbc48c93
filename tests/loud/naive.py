"""The term's noise by another road: a walk over the plan with plain datetimes. Slow, and easy to believe."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from statistics import median_low

from tests.loud.term import LONDON, Noise, later


@dataclass
class Sums:
    """What one zone came to. ``texts`` and ``noises`` by (weekday, local hour); times in seconds."""

    texts: Counter[tuple[int, int]] = field(default_factory=Counter)
    noises: Counter[tuple[int, int]] = field(default_factory=Counter)
    kinds: Counter[str] = field(default_factory=Counter)
    outcomes: Counter[str] = field(default_factory=Counter)
    staffed: int = 0
    answered: int = 0
    went: list[int] = field(default_factory=list)
    went_away: list[int] = field(default_factory=list)


def is_open(when: datetime) -> bool:
    """Whether the doors are open: weekdays, with an hour for lunch."""
    local = when.astimezone(LONDON)
    return local.weekday() < 5 and (9 <= local.hour < 13 or 14 <= local.hour < 19)


def open_seconds(begin: datetime, minutes: int) -> int:
    """Of so many minutes from a moment those in which the doors are open, minute by minute, in seconds."""
    at = begin.astimezone(UTC)
    return 60 * sum(is_open(at + timedelta(minutes=n)) for n in range(minutes))


def fold(plan: list[Noise]) -> dict[str, Sums]:
    """Every zone's sums."""
    found: dict[str, Sums] = {}
    for noise in plan:
        if not noise.spam:
            _count(found.setdefault(noise.zone, Sums()), noise)
    return found


def _count(sums: Sums, noise: Noise) -> None:
    first = noise.texts[0].astimezone(LONDON)
    sums.texts.update((when.weekday(), when.hour) for when in noise.texts)
    sums.noises[first.weekday(), first.hour] += 1
    sums.kinds[noise.kind] += 1
    sums.outcomes[str(noise.outcome)] += 1
    sums.staffed += is_open(first)
    if noise.attended is None:
        return
    sums.answered += sum(when <= later(first, noise.attended) for when in noise.texts)
    if is_open(first):
        sums.went.append(open_seconds(first, noise.attended))
    else:
        sums.went_away.append(noise.attended * 60)


def half(times: list[int]) -> int | None:
    """The time within which half of them saw somebody."""
    return median_low(times) if times else None
