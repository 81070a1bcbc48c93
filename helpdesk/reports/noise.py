"""What texts told of noise: zone by zone, by weekday and hour, and what came of it (pure).

The time until somebody went runs from a noise's first text. For a noise that began in the line's hours it is the time
of the standard that covers noise: of *attended*, or of a first response that going there stops. Where that counts
opening hours, they are those of its calendar; without such a standard it is the clock on the wall, as it always is for
noises that began when nobody was there. Noises to which nobody went are in no median: they stand beside it.
"""

from __future__ import annotations

from array import array
from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import date

from helpdesk.clock import Instant
from helpdesk.counting import Spent
from helpdesk.daily import Day
from helpdesk.local_days import Hourly
from helpdesk.message import Channel
from helpdesk.noise.incidents import NoiseOutcome
from helpdesk.noise.kinds import NoiseKind
from helpdesk.noise_days import GOING_ON, LIMITED, MUTED, UNSAID, ZoneDay
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
        self._found: dict[str, _Zone] = {}
        self._apart: Counter[str] = Counter()

    def add(self, each: date, day: Day) -> None:
        """Add the noise of one day."""
        noise = day.noise
        self._apart.update(noise.apart)
        if not noise.zones:
            return
        calendar = _calendar(self._ground.published, day.begins)
        for found in noise.zones:
            self._found.setdefault(found.zone, _Zone()).add(found, each.weekday(), calendar, self._ground.spent)

    def noise(self, *, asked: bool) -> Noise | None:
        """All of it; None where there was none and nobody ``asked``."""
        if not (asked or self._found or self._apart):
            return None
        placed = [self._named(zone, found) for zone, found in self._found.items() if zone]
        return Noise(
            zones=tuple(sorted(placed, key=lambda each: (-each.told, -each.heard, each.zone))),
            unplaced=self._found.get("", _Zone()).zone(),
            total=_summed(self._found.values()).zone(),
            silent=tuple(zone.name for zone in self._plan.values() if zone.id not in self._found),
            muted=self._apart[MUTED],
            limited=self._apart[LIMITED],
            calendar=_hours(self._ground.published, self._ground.told),
        )

    def _named(self, zone: str, found: _Zone) -> ZoneNoise:
        known = self._plan.get(zone)
        return found.zone(zone, known.name if known else zone, known.site if known else "")


class _Zone:
    """Sums of one zone. ``texts`` and ``noises`` are rows of 24 counts by weekday, still to be added up."""

    def __init__(self) -> None:
        self.texts: list[list[Hourly]] = [[] for _ in range(7)]
        self.noises: list[list[Hourly]] = [[] for _ in range(7)]
        self.answered = self.concerns = self.staffed = 0
        self.kinds = dict.fromkeys(KINDS, 0)
        self.outcomes = dict.fromkeys(OUTCOMES, 0)
        self.there: list[int] = []
        self.away: list[int] = []

    def add(self, found: ZoneDay, weekday: int, calendar: str, spent: Spent) -> None:
        self.texts[weekday].append(found.texts)
        self.noises[weekday].append(found.noises)
        self._count(found)
        self.there += _times(found.there, calendar, spent)
        self.away += _times(found.away, "", spent)

    def take(self, other: _Zone) -> None:
        """Take in the sums of another one."""
        for mine, more in ((self.texts, other.texts), (self.noises, other.noises)):
            for rows, others in zip(mine, more, strict=True):
                rows += others
        self._count(other)
        self.there += other.there
        self.away += other.away

    def _count(self, found: ZoneDay | _Zone) -> None:
        self.answered += found.answered
        self.concerns += found.concerns
        self.staffed += found.staffed
        for mine, more in ((self.kinds, found.kinds), (self.outcomes, found.outcomes)):
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
        total.take(each)
    return total


def _week(rows: Sequence[Sequence[Hourly]]) -> Week:
    """Rows of 24 counts, added up for each weekday."""
    return tuple(tuple(map(sum, zip(*of_day, strict=True))) if of_day else (0,) * 24 for of_day in rows)


def _times(moments: array[int], calendar: str, spent: Spent) -> list[int]:
    """How long it took, in milliseconds; what can't be known is left out.

    Where the doors were open from the first moment to the last the calendar is asked once, else for each half.
    """
    began, attended = moments[::2], moments[1::2]
    if not began or not calendar or _open(calendar, min(began), max(attended), spent):
        return [b - a for a, b in zip(began, attended, strict=True)]
    if len(began) > _FEW:
        middle = len(began) // 2 * 2
        return _times(moments[:middle], calendar, spent) + _times(moments[middle:], calendar, spent)
    found = (spent(calendar, Instant(a), Instant(b)) for a, b in zip(began, attended, strict=True))
    return [each for each in found if each is not None]


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
