"""What one day came to in noise: texts and noises of each zone, in counts; a part of :class:`helpdesk.daily.Day`.

A *text* is a contact that tells of a noise: one ticket, however often its texter wrote. It belongs to the day on which
it came in, and to the zone that it is known to be about. A *noise* is an incident: it belongs to the day on which it
began, and counts where any of its texts does. Hours are local ones, as everywhere in a day.
"""

from __future__ import annotations

from array import array
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import chain
from typing import Any, NamedTuple

from helpdesk.clock import Instant
from helpdesk.local_days import Hourly
from helpdesk.packing import WHEN, packed, unpacked

GOING_ON, UNSAID = "going_on", "unsaid"
"""What came of a noise that is not over, and of one that is, of which nobody said what came of it."""


MUTED, LIMITED = "muted", "limited"
"""Why texts are set apart: staff muted their sender, or it sent too many."""


def _nobody() -> array[int]:
    return array(WHEN)


@dataclass(frozen=True, slots=True, kw_only=True)
class ZoneDay:
    """A zone's texts and noises of one day; ``zone`` "" where nobody knows the place.

    ``texts``     that came in, by the hour
    ``answered``  of these, the ones that a person answered, by a message or by going there
    ``concerns``  of these, the ones in which somebody may have been in danger
    ``noises``    that began, by the hour
    ``staffed``   of these, the ones that began in the line's hours
    ``kinds``     noises by kind; ``outcomes`` by what came of them, :data:`GOING_ON` and :data:`UNSAID` included
    ``there``     of those that began in the line's hours and to which somebody went, in the order in which they began:
                  when it did, when somebody was there, and so on by turns; ``away``: of the others
    """

    zone: str
    texts: Hourly
    answered: int = 0
    concerns: int = 0
    noises: Hourly
    staffed: int = 0
    kinds: Mapping[str, int] = field(default_factory=dict)
    outcomes: Mapping[str, int] = field(default_factory=dict)
    there: array[int] = field(default_factory=_nobody)
    away: array[int] = field(default_factory=_nobody)


@dataclass(frozen=True, slots=True)
class NoiseDay:
    """A day's noise: its zones by id, and the texts that were set apart, by why (:data:`MUTED`, :data:`LIMITED`)."""

    zones: tuple[ZoneDay, ...] = ()
    apart: Mapping[str, int] = field(default_factory=dict)


SILENCE = NoiseDay()


def plain(day: NoiseDay) -> list[object]:
    """As JSON holds it: equal days give equal values."""
    return [[_plain_zone(each) for each in day.zones], day.apart] if day.zones or day.apart else []


def noise_day(plain: Sequence[Any]) -> NoiseDay:
    """What :func:`plain` made."""
    return NoiseDay(tuple(_zone(*each) for each in plain[0]), plain[1]) if plain else SILENCE


def _plain_zone(each: ZoneDay) -> list[object]:
    sums = each.answered, each.concerns, each.staffed, each.kinds, each.outcomes
    return [each.zone, each.texts, each.noises, *sums, packed(each.there), packed(each.away)]


_NOBODY = _nobody()


def _zone(
    zone: str,
    texts: list[int],
    noises: list[int],
    answered: int,
    concerns: int,
    staffed: int,
    kinds: dict[str, int],
    outcomes: dict[str, int],
    there: str,
    away: str,
) -> ZoneDay:
    return ZoneDay(
        zone=zone,
        texts=texts,
        answered=answered,
        concerns=concerns,
        noises=noises,
        staffed=staffed,
        kinds=kinds,
        outcomes=outcomes,
        there=unpacked(WHEN, there) if there else _NOBODY,
        away=unpacked(WHEN, away) if away else _NOBODY,
    )


class OneNoise(NamedTuple):
    """What is counted of an incident. ``attended``: when somebody was there, None while nobody was."""

    zone: str
    kind: str
    began: Instant
    staffed: bool
    attended: Instant | None
    outcome: str


class NoiseFold:
    """Counts the noise of one day, in any order, into a :class:`NoiseDay`."""

    def __init__(self) -> None:
        self._zones: dict[str, _Zone] = {}
        self._apart: Counter[str] = Counter()

    def texts(self, zone: str, hour: int, *, answered: bool, concern: bool, n: int = 1) -> None:
        """Count ``n`` texts of one hour."""
        found = self._zone(zone)
        found.texts[hour] += n
        found.sums["answered"] += n * answered
        found.sums["concerns"] += n * concern

    def noise(self, one: OneNoise, hour: int) -> None:
        """Count a noise that began in an hour."""
        found = self._zone(one.zone)
        found.noises[hour] += 1
        found.sums["staffed"] += one.staffed
        found.kinds[one.kind] += 1
        found.outcomes[one.outcome] += 1
        if one.attended is not None:
            (found.there if one.staffed else found.away).append((one.began, one.attended))

    def apart(self, why: str, n: int = 1) -> None:
        """Count texts that were set apart."""
        self._apart[why] += n

    def _zone(self, zone: str) -> _Zone:
        return self._zones.setdefault(zone, _Zone())

    def day(self) -> NoiseDay:
        """All that was counted, in one order whatever the order of counting."""
        zones = tuple(found.day(zone) for zone, found in sorted(self._zones.items()))
        return NoiseDay(zones, dict(sorted(self._apart.items())))


class _Zone:
    def __init__(self) -> None:
        self.texts, self.noises = [0] * 24, [0] * 24
        self.sums: Counter[str] = Counter()
        self.kinds: Counter[str] = Counter()
        self.outcomes: Counter[str] = Counter()
        self.there: list[tuple[Instant, Instant]] = []
        self.away: list[tuple[Instant, Instant]] = []

    def day(self, zone: str) -> ZoneDay:
        return ZoneDay(
            zone=zone,
            texts=self.texts,
            answered=self.sums["answered"],
            concerns=self.sums["concerns"],
            noises=self.noises,
            staffed=self.sums["staffed"],
            kinds=dict(sorted(self.kinds.items())),
            outcomes=dict(sorted(self.outcomes.items())),
            there=array(WHEN, chain.from_iterable(sorted(self.there))),
            away=array(WHEN, chain.from_iterable(sorted(self.away))),
        )
