"""What texts told of noise: zone by zone, by weekday and hour, and what came of it (pure).

The time until somebody went runs from a noise's first text. For a noise that began in the line's hours it is the time
of the standard that covers noise: of *attended*, or of a first response that going there stops. Where that counts
opening hours, they are those of its calendar; without such a standard it is the clock on the wall, as it always is for
noises that began when nobody was there. Noises to which nobody went are in no median: they stand beside it.
"""

from __future__ import annotations

from array import array
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from helpdesk.clock import Instant
from helpdesk.counting import Spent
from helpdesk.daily import Day
from helpdesk.message import Channel
from helpdesk.noise.incidents import NoiseOutcome
from helpdesk.noise.kinds import NoiseKind
from helpdesk.noise_days import GOING_ON, LIMITED, MUTED, UNSAID, Attended, NoiseDay
from helpdesk.packing import Sum
from helpdesk.reports.contents import NOBODY, Noise, Week, Went, ZoneNoise
from helpdesk.reports.sums import Ground
from helpdesk.standards import Covers, Measure, Published
from helpdesk.zones import Zone

KINDS = tuple(map(str, NoiseKind))
OUTCOMES = (*map(str, NoiseOutcome), UNSAID, GOING_ON)


class Noises:
    """Adds the noise of days up, on a report's ``ground``."""

    def __init__(self, ground: Ground, zones: Sequence[Zone]) -> None:
        self._ground, self._plan = ground, {zone.id: zone for zone in zones}
        self._columns: defaultdict[tuple[str, ...], _Columns] = defaultdict(_Columns)
        self._there: _Times = defaultdict(list)
        self._away: _Times = defaultdict(list)
        self._apart: Counter[str] = Counter()

    def add(self, each: date, day: Day) -> None:
        """Add the noise of one day."""
        noise, spent = day.noise, self._ground.spent
        self._apart.update(noise.apart)
        if noise.zones:
            self._columns[noise.zones].add(noise, each.weekday())
            calendar = _calendar(self._ground.published, day.begins)
            _hand_out(noise.zones, noise.there, calendar, spent, self._there)
            _hand_out(noise.zones, noise.away, "", spent, self._away)

    def noise(self, *, asked: bool) -> Noise | None:
        """All of it; None where there was none and nobody ``asked``."""
        found: defaultdict[str, _Zone] = defaultdict(_Zone)
        for zones, columns in self._columns.items():
            columns.hand_out(zones, found)
        if not (asked or found or self._apart):
            return None
        for zone, sums in found.items():
            sums.there, sums.away = self._there[zone], self._away[zone]
        placed = [self._named(zone, sums) for zone, sums in found.items() if zone]
        return Noise(
            zones=tuple(sorted(placed, key=lambda each: (-each.told, -each.heard, each.zone))),
            unplaced=found.get("", _Zone()).zone(),
            total=_summed(found.values()).zone(),
            silent=tuple(zone.name for zone in self._plan.values() if zone.id not in found),
            muted=self._apart[MUTED],
            limited=self._apart[LIMITED],
            calendar=_hours(self._ground.published, self._ground.told),
        )

    def _named(self, zone: str, found: _Zone) -> ZoneNoise:
        known = self._plan.get(zone)
        return found.zone(zone, known.name if known else zone, known.site if known else "")


def _sums() -> list[Sum]:
    return [Sum() for _ in range(7)]


@dataclass(slots=True)
class _Columns:
    """The columns of days that tell of the same zones, added up; ``texts`` and ``noises`` by weekday."""

    texts: list[Sum] = field(default_factory=_sums)
    noises: list[Sum] = field(default_factory=_sums)
    answered: Sum = field(default_factory=Sum)
    concerns: Sum = field(default_factory=Sum)
    staffed: Sum = field(default_factory=Sum)
    kinds: defaultdict[str, Sum] = field(default_factory=lambda: defaultdict(Sum))
    outcomes: defaultdict[str, Sum] = field(default_factory=lambda: defaultdict(Sum))

    def add(self, noise: NoiseDay, weekday: int) -> None:
        self.texts[weekday].add(noise.texts)
        self.noises[weekday].add(noise.noises)
        self.answered.add(noise.answered)
        self.concerns.add(noise.concerns)
        self.staffed.add(noise.staffed)
        for mine, more in ((self.kinds, noise.kinds), (self.outcomes, noise.outcomes)):
            for name, column in more.items():
                mine[name].add(column)

    def hand_out(self, zones: Sequence[str], found: Mapping[str, _Zone]) -> None:
        """Give each zone what is its own."""
        texts, noises = ([each.column() for each in by_day] for by_day in (self.texts, self.noises))
        answered, concerns, staffed = (each.column() for each in (self.answered, self.concerns, self.staffed))
        kinds, outcomes = ([(k, v.column()) for k, v in each.items()] for each in (self.kinds, self.outcomes))
        for n, zone in enumerate(zones):
            mine, hours = found[zone], slice(24 * n, 24 * n + 24)
            mine.take_hours([column[hours] for column in texts], [column[hours] for column in noises])
            mine.take_sums(answered[n], concerns[n], staffed[n])
            mine.take_names({name: column[n] for name, column in kinds}, {name: column[n] for name, column in outcomes})


class _Zone:
    """Sums of one zone; ``texts`` and ``noises`` by weekday and hour."""

    def __init__(self) -> None:
        self.texts, self.noises = _sums(), _sums()
        self.answered = self.concerns = self.staffed = 0
        self.kinds = dict.fromkeys(KINDS, 0)
        self.outcomes = dict.fromkeys(OUTCOMES, 0)
        self.there: list[int] = []
        self.away: list[int] = []

    def take_hours(self, texts: Iterable[array[int]], noises: Iterable[array[int]]) -> None:
        for mine, more in ((self.texts, texts), (self.noises, noises)):
            for hours, others in zip(mine, more, strict=True):
                hours.add(others)

    def take_sums(self, answered: int, concerns: int, staffed: int) -> None:
        self.answered += answered
        self.concerns += concerns
        self.staffed += staffed

    def take_names(self, kinds: Mapping[str, int], outcomes: Mapping[str, int]) -> None:
        for mine, more in ((self.kinds, kinds), (self.outcomes, outcomes)):
            for name, n in more.items():
                mine[name] += n

    def zone(self, zone: str = "", name: str = "", site: str = "") -> ZoneNoise:
        return ZoneNoise(
            zone=zone,
            name=name,
            site=site,
            texts=_week(self.texts),
            noises=_week(self.noises),
            answered=self.answered,
            concerns=self.concerns,
            staffed=self.staffed,
            kinds=self.kinds,
            outcomes=self.outcomes,
            went=_went(self.there),
            went_away=_went(self.away),
        )


def _summed(zones: Iterable[_Zone]) -> _Zone:
    total = _Zone()
    for each in zones:
        total.take_hours((day.column() for day in each.texts), (day.column() for day in each.noises))
        total.take_sums(each.answered, each.concerns, each.staffed)
        total.take_names(each.kinds, each.outcomes)
        total.there += each.there
        total.away += each.away
    return total


def _week(days: Iterable[Sum]) -> Week:
    return tuple(tuple(day.column()) or (0,) * 24 for day in days)


# The time until somebody went

_Times = defaultdict[str, list[int]]
"""In milliseconds, by zone."""


def _hand_out(zones: Sequence[str], attended: Attended, calendar: str, spent: Spent, found: _Times) -> None:
    """Give each zone the times of its noises; what can't be known is left out."""
    mine = [found[zone] for zone in zones]
    for zone, time in zip(attended.zones, _times(attended.began, attended.there, calendar, spent), strict=True):
        if time is not None:
            mine[zone].append(time)


def _times(began: array[int], there: array[int], calendar: str, spent: Spent) -> Sequence[int | None]:
    """How long it took, in milliseconds; None where that can't be known.

    Where the doors were open from the first moment to the last the calendar is asked once, else for each half.
    """
    if not began or not calendar or _open(calendar, began[0], max(there), spent):
        return [b - a for a, b in zip(began, there, strict=True)]
    if len(began) > _FEW:
        half = len(began) // 2
        first = _times(began[:half], there[:half], calendar, spent)
        return [*first, *_times(began[half:], there[half:], calendar, spent)]
    return [spent(calendar, Instant(a), Instant(b)) for a, b in zip(began, there, strict=True)]


_FEW = 3


def _open(calendar: str, begin: int, end: int, spent: Spent) -> bool:
    return spent(calendar, Instant(begin), Instant(end)) == end - begin


def _went(times: list[int]) -> Went:
    """How many, and the time within which half of them saw somebody."""
    return Went(len(times), sorted(times)[(len(times) - 1) // 2]) if times else NOBODY


# The standard's time


def _calendar(published: Published, when: Instant) -> str:
    """The digest of the calendar by which the time until somebody goes is counted at ``when``; "" for none."""
    calendars = published.calendars_for(named, when) if (named := _hours(published, when)) else ()
    return calendars[0].digest if calendars else ""


def _hours(published: Published, when: Instant) -> str:
    """The calendar of the standard that says how soon somebody goes, "" where there is none or it counts wall time.

    It is one of *attended*, or else of a first response that going there stops; of several the first by name.
    """
    attended = published.versions_of(Measure.ATTENDED, when)
    answered = (v for v in published.versions_of(Measure.FIRST_RESPONSE, when) if v.standard.attended_answers)
    found = next((each.standard for each in (*attended, *answered) if _covers_noise(each.standard.covers)), None)
    return found.calendar if found is not None and found.limit.working else ""


def _covers_noise(covers: Covers) -> bool:
    return "noise" in covers.kinds or (not covers.kinds and Channel.SMS in covers.channels)
