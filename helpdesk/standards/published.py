"""Which standards and calendars are in force, and since when.

Every version that was ever published is kept: a clock goes on under the one it started with.
"""

from __future__ import annotations

import json
from bisect import bisect_right
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time

from helpdesk.clock import DAY, Instant, instant
from helpdesk.hours import Hours, hours_from_text
from helpdesk.hours.calendars import digest_of
from helpdesk.standards.promises import Standard, standard_from_text


@dataclass(frozen=True, slots=True)
class Version:
    """A published standard. It is in force from ``begins`` until the next version of its name begins.

    ``begins`` is its from-date, but never before it was published: publishing rewrites no past.
    """

    standard: Standard
    digest: str
    published: Instant
    begins: Instant
    ends: Instant | None


@dataclass(frozen=True, slots=True)
class Calendar:
    """A published calendar. ``text`` is its frozen form, compiled when first needed."""

    name: str
    digest: str
    published: Instant
    text: str = field(repr=False)

    @property
    def hours(self) -> Hours:
        """Its opening hours."""
        return hours_from_text(self.text)


def _by_name_and_begin(version: Version) -> tuple[str, Instant, Instant]:
    return version.standard.name, version.begins, version.published


class Published:
    """Every version of the standards and calendars that was ever published; it does not change.

    ``texts`` come as (frozen text, when it was published). A later publish makes a new object.
    """

    def __init__(
        self,
        standards: Iterable[tuple[str, Instant]] = (),
        calendars: Iterable[tuple[str, Instant]] = (),
    ) -> None:
        self._calendars: dict[str, list[Calendar]] = {}
        for text, when in sorted(calendars, key=lambda item: item[1]):
            name = json.loads(text)["name"]
            self._calendars.setdefault(name, []).append(Calendar(name, digest_of(text), when, text))
        self._hours = {calendar.digest: calendar for every in self._calendars.values() for calendar in every}
        self._versions: dict[str, list[Version]] = {}
        for version in sorted(self._read(standards), key=_by_name_and_begin):
            self._versions.setdefault(version.standard.name, []).append(version)
        self._by_digest = {version.digest: version for every in self._versions.values() for version in every}

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

    def versions_at(self, when: Instant) -> tuple[Version, ...]:
        """The standards in force at ``when``, by name: of each, the version that began last."""
        found = (self._at(versions, when) for versions in self._versions.values())
        return tuple(version for version in found if version and (version.ends is None or when < version.ends))

    @staticmethod
    def _at(versions: list[Version], when: Instant) -> Version | None:
        at = bisect_right(versions, when, key=lambda version: version.begins)
        return versions[at - 1] if at else None

    def version(self, digest: str) -> Version | None:
        """The published standard of this digest."""
        return self._by_digest.get(digest)

    def hours(self, digest: str) -> Hours | None:
        """The opening hours of the published calendar of this digest."""
        calendar = self._hours.get(digest)
        return calendar.hours if calendar else None

    def calendars_for(self, name: str, when: Instant) -> tuple[Calendar, ...]:
        """The calendars of a name that may time a clock started at ``when``, best first.

        The one in force, then those published later, oldest first: they answer only where the first one's
        horizon is too short.
        """
        versions = self._calendars.get(name, [])
        at = bisect_right(versions, when, key=lambda calendar: calendar.published)
        return tuple(versions[max(at - 1, 0) :])
