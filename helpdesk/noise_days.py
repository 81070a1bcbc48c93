"""What one day came to in noise: texts and noises of each zone, in counts; a part of :class:`helpdesk.daily.Day`.

A *text* is a contact that tells of a noise: one ticket, however often its texter wrote. It belongs to the day on which
it came in, and to the zone that it is known to be about. A *noise* is an incident: it belongs to the day on which it
began, and counts where any of its texts does. Hours are local ones, as everywhere in a day.

Counts stand in columns, and packed in the text of a day: reports of years add columns up, not objects.
"""

from __future__ import annotations

from array import array
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from helpdesk.clock import Instant
from helpdesk.packing import TIMES, WHEN, packed, unpacked

GOING_ON, UNSAID = "going_on", "unsaid"
"""What came of a noise that is not over, and of one that is, of which nobody said what came of it."""


MUTED, LIMITED = "muted", "limited"
"""Why texts are set apart: staff muted their sender, or it sent too many."""


class Attended(NamedTuple):
    """Noises to which somebody went, in columns, in the order in which they began.

    ``zones``  the place of each one's zone in the day's; ``began``: when it did; ``there``: when somebody was there
    """

    zones: array[int]
    began: array[int]
    there: array[int]


NOBODY = Attended(array(TIMES), array(WHEN), array(WHEN))


def _nothing() -> array[int]:
    return array(TIMES)


@dataclass(frozen=True, slots=True, kw_only=True)
class NoiseDay:
    """A day's noise. Its columns have a count for each zone, in order, or 24, one for each hour.

    ``zones``     ids, in order; "" for where nobody knows the place
    ``texts``     that came in, by the hour; ``noises`` that began, by the hour
    ``answered``  of the texts, the ones that a person answered, by a message or by going there
    ``concerns``  of the texts, the ones in which somebody may have been in danger
    ``staffed``   of the noises, the ones that began in the line's hours
    ``kinds``     noises by kind; ``outcomes`` by what came of them, :data:`GOING_ON` and :data:`UNSAID` included
    ``there``     of those that began in the line's hours the ones to which somebody went; ``away``: of the others
    ``apart``     texts that were set apart, by why (:data:`MUTED`, :data:`LIMITED`)
    """

    zones: tuple[str, ...] = ()
    texts: array[int] = field(default_factory=_nothing)
    noises: array[int] = field(default_factory=_nothing)
    answered: array[int] = field(default_factory=_nothing)
    concerns: array[int] = field(default_factory=_nothing)
    staffed: array[int] = field(default_factory=_nothing)
    kinds: Mapping[str, array[int]] = field(default_factory=dict)
    outcomes: Mapping[str, array[int]] = field(default_factory=dict)
    there: Attended = NOBODY
    away: Attended = NOBODY
    apart: Mapping[str, int] = field(default_factory=dict)


SILENCE = NoiseDay()


def plain(day: NoiseDay) -> list[object]:
    """As JSON holds it: equal days give equal values."""
    if not day.zones and not day.apart:
        return []
    columns = day.texts, day.noises, day.answered, day.concerns, day.staffed
    named = ({name: packed(column) for name, column in each.items()} for each in (day.kinds, day.outcomes))
    attended = (list(map(packed, each)) for each in (day.there, day.away))
    return [day.zones, *map(packed, columns), *named, *attended, day.apart]


def noise_day(plain: Sequence[Any]) -> NoiseDay:
    """What :func:`plain` made."""
    if not plain:
        return SILENCE
    zones, texts, noises, answered, concerns, staffed, kinds, outcomes, there, away, apart = plain
    return NoiseDay(
        zones=tuple(zones),
        texts=unpacked(TIMES, texts),
        noises=unpacked(TIMES, noises),
        answered=unpacked(TIMES, answered),
        concerns=unpacked(TIMES, concerns),
        staffed=unpacked(TIMES, staffed),
        kinds={name: unpacked(TIMES, column) for name, column in kinds.items()},
        outcomes={name: unpacked(TIMES, column) for name, column in outcomes.items()},
        there=_attended(*there),
        away=_attended(*away),
        apart=apart,
    )


def _attended(zones: str, began: str, there: str) -> Attended:
    return Attended(unpacked(TIMES, zones), unpacked(WHEN, began), unpacked(WHEN, there))


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
        self._texts: Counter[tuple[str, int]] = Counter()
        self._answered: Counter[str] = Counter()
        self._concerns: Counter[str] = Counter()
        self._noises: list[OneNoise] = []
        self._hours: list[int] = []
        self._apart: Counter[str] = Counter()

    def texts(self, zone: str, hour: int, *, answered: bool, concern: bool, n: int = 1) -> None:
        """Count ``n`` texts of one hour."""
        self._texts[zone, hour] += n
        self._answered[zone] += n * answered
        self._concerns[zone] += n * concern

    def noise(self, one: OneNoise, hour: int) -> None:
        """Count a noise that began in an hour."""
        self._noises.append(one)
        self._hours.append(hour)

    def apart(self, why: str, n: int = 1) -> None:
        """Count texts that were set apart."""
        self._apart[why] += n

    def day(self) -> NoiseDay:
        """All that was counted, in one order whatever the order of counting."""
        noises = self._noises
        zones = sorted({zone for zone, _ in self._texts}.union(one.zone for one in noises))
        place = {zone: n for n, zone in enumerate(zones)}
        began = Counter((one.zone, hour) for one, hour in zip(noises, self._hours, strict=True))
        return NoiseDay(
            zones=tuple(zones),
            texts=_by_hour(self._texts, place),
            noises=_by_hour(began, place),
            answered=_by_zone(self._answered, place),
            concerns=_by_zone(self._concerns, place),
            staffed=_by_zone(Counter(one.zone for one in noises if one.staffed), place),
            kinds=_by_name(Counter((one.kind, one.zone) for one in noises), place),
            outcomes=_by_name(Counter((one.outcome, one.zone) for one in noises), place),
            there=_those((one for one in noises if one.staffed), place),
            away=_those((one for one in noises if not one.staffed), place),
            apart=dict(sorted(self._apart.items())),
        )


def _by_hour(counted: Mapping[tuple[str, int], int], place: Mapping[str, int]) -> array[int]:
    column = [0] * (24 * len(place))
    for (zone, hour), n in counted.items():
        column[24 * place[zone] + hour] = n
    return array(TIMES, column)


def _by_zone(counted: Counter[str], place: Iterable[str]) -> array[int]:
    return array(TIMES, [counted[zone] for zone in place])


def _by_name(counted: Mapping[tuple[str, str], int], place: Mapping[str, int]) -> dict[str, array[int]]:
    columns: dict[str, list[int]] = {}
    for (name, zone), n in sorted(counted.items()):
        columns.setdefault(name, [0] * len(place))[place[zone]] = n
    return {name: array(TIMES, column) for name, column in columns.items()}


def _those(noises: Iterable[OneNoise], place: Mapping[str, int]) -> Attended:
    """Of some noises those to which somebody went."""
    went = sorted((one.began, one.attended, place[one.zone]) for one in noises if one.attended is not None)
    began, there, zones = ([each[n] for each in went] for n in range(3))
    return Attended(array(TIMES, zones), array(WHEN, began), array(WHEN, there))
