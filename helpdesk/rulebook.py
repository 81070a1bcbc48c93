"""The calendars and standards in force: read from TOML, published into the store, kept ready in memory.

Published is frozen: editing a file, or a newer ``holidays`` or tzdata, changes nothing until the next publish.
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from helpdesk.clock import Clock, Instant, moment
from helpdesk.errors import BadConfig, NeverOpen
from helpdesk.events import SYSTEM
from helpdesk.hours.almanac import freeze
from helpdesk.hours.calendars import always_open
from helpdesk.hours.timetable import calendars_from_toml
from helpdesk.ports import Store
from helpdesk.standards import Published, presets_text, standards_from_toml
from helpdesk.standards.promise_file import check_calendars
from helpdesk.store.verbs import rulebook as verbs

YEARS_BACK, YEARS_AHEAD = 1, 3
"""The horizon of a published calendar: whole years around the day of publishing."""

DEFAULT_CALENDAR = "staffed"
"""The calendar that the preset standards count by."""


@dataclass(frozen=True, slots=True)
class Drafts:
    """Calendars and standards as the files have them now: (name, frozen text) pairs."""

    calendars: tuple[tuple[str, str], ...]
    standards: tuple[tuple[str, str], ...]


def drafts(calendars: Path | None, standards: Path | None, *, now: Instant, zone: str) -> Drafts:
    """What would be published now.

    Without a file of calendars the library is always open; without one of standards the presets hold. BadConfig
    names file, key and remedy.
    """
    today = moment(now).date()
    first, last = date(today.year - YEARS_BACK, 1, 1), date(today.year + YEARS_AHEAD, 12, 31)
    tables = _tables(calendars, "calendars") if calendars else {}
    rules = _told(calendars, calendars_from_toml, tables) if tables else (always_open(DEFAULT_CALENDAR, zone),)
    promised = _told(standards, standards_from_toml, _promises(standards))
    _told(standards, lambda found: check_calendars(found, [each.name for each in rules]), promised)
    return Drafts(
        calendars=tuple((each.name, freeze(each, first, last).to_text()) for each in rules),
        standards=tuple((each.name, each.to_text()) for each in promised),
    )


def _promises(path: Path | None) -> dict[str, Any]:
    if path is None:
        presets: dict[str, Any] = tomllib.loads(presets_text())["standards"]
        return presets
    return _tables(path, "standards")


def _tables(path: Path, key: str) -> dict[str, Any]:
    """The ``[key.NAME]`` tables of a file."""
    try:
        content = tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise BadConfig(f"{path}: can't be read ({error.strerror}). Name an existing file in helpdesk.toml.") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise BadConfig(f"{path}: {error}") from error
    if unknown := sorted(set(content) - {key}):
        raise BadConfig(f"{path}: {unknown[0]} is not known here; write [{key}.NAME] tables.")
    tables: dict[str, Any] = content.get(key, {})
    if not tables:
        raise BadConfig(f"{path}: has no [{key}.NAME] table.")
    return tables


def _told(path: Path | None, read: Any, values: Any) -> Any:
    """Call ``read``; what it says is wrong is said with the file's name."""
    try:
        return read(values)
    except BadConfig as error:
        raise BadConfig(f"{path or 'presets'}: {error}") from error


class Rulebook:
    """What is published, ready to use. One per process that writes; :meth:`load` reads what the store has."""

    def __init__(self, store: Store, clock: Clock) -> None:
        self._store = store
        self._clock = clock
        self._published = Published()

    def published(self) -> Published:
        """The published standards and calendars."""
        return self._published

    async def load(self) -> Published:
        """Read what the store has."""
        self._published = await self._store.read(verbs.published)
        return self._published

    async def publish(self, found: Drafts, *, actor: str = SYSTEM) -> tuple[str, ...]:
        """Publish what differs from the latest; returns what is new, in words."""
        now = self._clock.now()
        calendars = await self._store.write(verbs.publish, "calendar", found.calendars, now, actor)
        standards = await self._store.write(verbs.publish, "standard", found.standards, now, actor)
        await self.load()
        return tuple([f"calendar {name}" for name in calendars] + [f"standard {name}" for name in standards])

    async def differences(self, found: Drafts) -> tuple[str, ...]:
        """What publishing would change, in words."""
        calendars = await self._store.read(verbs.differing, "calendar", found.calendars)
        standards = await self._store.read(verbs.differing, "standard", found.standards)
        return tuple([f"calendar {name}" for name in calendars] + [f"standard {name}" for name in standards])

    def is_open(self, calendar: str) -> bool:
        """Whether a calendar is open now; no calendar is always open, one without an answer is closed."""
        if not calendar:
            return True
        now = self._clock.now()
        for each in self._published.calendars_for(calendar, now):
            try:
                return each.hours.is_open(now)
            except NeverOpen:
                continue
        return False
