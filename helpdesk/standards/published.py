"""Which standards and calendars are in force, and since when.

Every version that was ever published is kept: a clock goes on under the one it started with.
"""

from __future__ import annotations

import json
from bisect import bisect_right
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time
from types import MappingProxyType

from helpdesk.clock import DAY, Instant, instant
from helpdesk.hours import Hours, hours_from_text
from helpdesk.hours.calendars import digest_of
from helpdesk.standards.closings import Closings
from helpdesk.standards.promises import Measure, Standard, standard_from_text


@dataclass(frozen=True, slots=True)
class Version:
    """A published standard. It is in force from ``begins`` until one of its name that was published later has begun.

    ``begins`` is its from-date, but never before it was published: publishing rewrites no past.
    """

    standard: Standard
    digest: str
    published: Instant
    begins: Instant
    ends: Instant | None


@dataclass(frozen=True, slots=True)
class Calendar:
    """A published calendar. ``text`` is its frozen form, compiled when first needed.

    ``begins``  from when it counts, None: from when it was published. Earlier than that only where publishing was
                asked to restate the past
    """

    name: str
    digest: str
    published: Instant
    text: str = field(repr=False)
    begins: Instant | None = None

    @property
    def hours(self) -> Hours:
        """Its opening hours."""
        return hours_from_text(self.text)

    @property
    def since(self) -> Instant:
        """From when it counts."""
        return self.published if self.begins is None else self.begins

    @property
    def restates(self) -> bool:
        """Whether it was published to count for a time before it was published."""
        return self.since < self.published


NO_CLOSINGS = Closings()


def _calendar(text: str, when: Instant, restated: Mapping[tuple[str, Instant], Instant]) -> Calendar:
    """A calendar that was published at ``when``: its from-date, but never before that unless it restates."""
    plain, digest = json.loads(text), digest_of(text)
    begins = restated.get((digest, when))
    if begins is None and "from" in plain:
        utc = Instant(instant(datetime.combine(date.fromisoformat(plain["from"]), time(), UTC)))
        begins = max(when, hours_from_text(text).local_midnight(utc))
    return Calendar(plain["name"], digest, when, text, begins)


def _in_force(versions: list[Calendar]) -> list[tuple[Instant, int]]:
    """From when each version holds, and its place among ``versions`` (in the order of publishing).

    A version published later replaces an earlier one as soon as it has begun; one that begins after a later one has
    begun never holds.
    """
    held: list[tuple[Instant, int]] = []
    for place in sorted(range(len(versions)), key=lambda place: (versions[place].since, place)):
        if not held or place > held[-1][1]:
            held.append((versions[place].since, place))
    return held


def _by_name_and_begin(version: Version) -> tuple[str, Instant, Instant]:
    return version.standard.name, version.begins, version.published


class Published:
    """Every version of the standards and calendars that was ever published; it does not change.

    ``standards`` come as (frozen text, when it was published); ``calendars`` likewise; ``restated`` says which of
    them count from an earlier time, by (digest, when it was published). A later publish makes a new object.

    ``closings``  which lines were closed by hand, and when: they lie over the calendars and change none
    ``measures``  all that was ever promised to be timed
    """

    def __init__(
        self,
        standards: Iterable[tuple[str, Instant]] = (),
        calendars: Iterable[tuple[str, Instant]] = (),
        restated: Mapping[tuple[str, Instant], Instant] = MappingProxyType({}),
        closings: Closings = NO_CLOSINGS,
    ) -> None:
        self.closings = closings
        self._calendars: dict[str, list[Calendar]] = {}
        for text, when in sorted(calendars, key=lambda item: item[1]):
            calendar = _calendar(text, when, restated)
            self._calendars.setdefault(calendar.name, []).append(calendar)
        self._in_force = {name: _in_force(every) for name, every in self._calendars.items()}
        self._hours = {calendar.digest: calendar for every in self._calendars.values() for calendar in every}
        self._versions: dict[str, list[Version]] = {}
        for version in sorted(self._read(standards), key=_by_name_and_begin):
            self._versions.setdefault(version.standard.name, []).append(version)
        self._by_digest = {version.digest: version for every in self._versions.values() for version in every}
        self._turns, self._stretches = self._in_turn()
        self._measured = {
            measure: [tuple(v for v in held if v.standard.measure is measure) for held in self._stretches]
            for measure in Measure
        }
        self.measures = frozenset(measure for measure, held in self._measured.items() if any(held))

    def _read(self, standards: Iterable[tuple[str, Instant]]) -> Iterable[Version]:
        for text, when in standards:
            standard = standard_from_text(text)
            begins = max(when, self._midnight(standard, when, standard.from_date, 0))
            ends = self._midnight(standard, when, standard.until, 1) if standard.until else None
            yield Version(standard, digest_of(text), when, begins, ends)

    def _midnight(self, standard: Standard, when: Instant, day: date, later: int) -> Instant:
        """The start of a day (or of the ``later``-th after it) where the standard's calendar is.

        The calendar is the one in force when the standard was published: a later one moves no begin.
        """
        utc = Instant(instant(datetime.combine(day, time(), UTC)) + later * DAY)
        calendars = self.calendars_for(standard.calendar, when)
        return calendars[0].hours.local_midnight(utc) if calendars else utc

    @property
    def empty(self) -> bool:
        """Whether nothing was ever published."""
        return not (self._calendars or self._versions)

    def _in_turn(self) -> tuple[list[Instant], list[tuple[Version, ...]]]:
        """When a standard begins or ends, and the versions in force before the first turn and after each."""
        every = [version for versions in self._versions.values() for version in versions]
        ends = [version.ends for version in every if version.ends is not None]
        turns = sorted({*(version.begins for version in every), *ends})
        stretches: list[tuple[Version, ...]] = [()]
        for turn in turns:
            found = (self._at(versions, turn) for versions in self._versions.values())
            stretches.append(tuple(v for v in found if v and (v.ends is None or turn < v.ends)))
        return turns, stretches

    def versions_at(self, when: Instant) -> tuple[Version, ...]:
        """The standards in force at ``when``, by name: of the versions that had begun, the one published last.

        Of two that were published together the one that began later.
        """
        return self._stretches[bisect_right(self._turns, when)]

    def versions_of(self, measure: Measure, when: Instant) -> tuple[Version, ...]:
        """Of those in force at ``when``, the standards of one measure."""
        return self._measured[measure][bisect_right(self._turns, when)]

    @staticmethod
    def _at(versions: list[Version], when: Instant) -> Version | None:
        begun = (version for version in versions if version.begins <= when)
        return max(begun, key=lambda version: (version.published, version.begins), default=None)

    def version(self, digest: str) -> Version | None:
        """The published standard of this digest."""
        return self._by_digest.get(digest)

    def hours(self, digest: str) -> Hours | None:
        """The opening hours of the published calendar of this digest."""
        calendar = self._hours.get(digest)
        return calendar.hours if calendar else None

    def calendars_for(self, name: str, when: Instant) -> tuple[Calendar, ...]:
        """The calendars of a name that may time a clock started at ``when``, best first.

        The one in force: of those that had begun, the one published last. Then those published after it, oldest
        first: they answer only where its horizon is too short. Before any has begun the first published is best.
        """
        versions = self._calendars.get(name, [])
        in_force = self._in_force.get(name, [])
        at = bisect_right(in_force, when, key=lambda held: held[0])
        return tuple(versions[in_force[at - 1][1] if at else 0 :])

    def in_force(self, name: str, begin: Instant, end: Instant) -> tuple[Calendar, ...]:
        """The calendars of a name that were in force at any moment from ``begin`` up to ``end``, in order."""
        later = [at for at, _ in self._in_force.get(name, []) if begin < at < end]
        return tuple(found[0] for at in (begin, *later) if (found := self.calendars_for(name, at)))

    def calendars(self, name: str = "") -> tuple[Calendar, ...]:
        """Every published version of the calendar of a name ("": of all, by name), in the order of publishing."""
        names = [name] if name else sorted(self._calendars)
        return tuple(calendar for each in names for calendar in self._calendars.get(each, []))

    def first_calendar(self, named: str = "") -> str:
        """The calendar that stands for the library: the one named, or the first by name; "" where there is none."""
        calendars = self.calendars(named)
        return calendars[0].name if calendars else ""

    def standards(self, name: str = "") -> tuple[Version, ...]:
        """Every published version of the standard of a name ("": of all, by name), in the order of publishing."""
        names = [name] if name else sorted(self._versions)
        return tuple(
            version for each in names for version in sorted(self._versions.get(each, []), key=lambda v: v.published)
        )
