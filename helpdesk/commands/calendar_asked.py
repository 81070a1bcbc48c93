"""The calendar that a command asks: as it is published, or as its file has it now."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date

from helpdesk.clock import MINUTE, Instant
from helpdesk.config import Settings
from helpdesk.errors import NotFound, Refused
from helpdesk.hours import compile_hours
from helpdesk.hours.calendars import Frozen, frozen_from_text
from helpdesk.hours.localtime import LocalTime, day_number
from helpdesk.hours.moments import moment_text, typed
from helpdesk.rulebook import drafts
from helpdesk.standards import Calendar, Published
from helpdesk.store import opening
from helpdesk.store.verbs import rulebook as verbs
from helpdesk.tables import nearest_end


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A calendar ready to be asked.

    ``at``          the version that counts a clock which starts at a moment
    ``heading_at``  that version in words
    ``said``        how typed times were understood, where there was a doubt
    """

    now: Instant
    local: LocalTime
    at: Callable[[Instant], Frozen]
    heading_at: Callable[[Instant], str]
    said: list[str] = field(default_factory=list)

    def time(self, text: str) -> Instant:
        """The instant of a typed time; Refused, with how to write it, where it is none."""
        try:
            found = typed(text, self.local)
        except ValueError as error:
            raise Refused(f"{error}.") from None
        if found.said:
            self.said.append(f"{'note':>8}  {found.said}")
        return found.when

    def on(self, day: date) -> Frozen:
        """The version that holds on a day, as it begins."""
        return self.at(self.local.midnight(day_number(day)))

    def heading_on(self, day: date) -> str:
        """That version in words."""
        return self.heading_at(self.local.midnight(day_number(day)))


def drafted(settings: Settings, name: str, now: Instant) -> Asked:
    """The calendar as its file has it now."""
    found = dict(drafts(settings.calendars, settings.standards, now=now, zone=settings.library.zone).calendars)
    if name not in found:
        raise NotFound(f"There is no calendar {name!r} in the file; {nearest_end(name, found)}")
    frozen = frozen_from_text(found[name])
    heading = f"{name} ({frozen.rules.zone}), as its file has it now"
    return Asked(now=now, local=compile_hours(frozen).local, at=lambda _: frozen, heading_at=lambda _: heading)


def published(settings: Settings, name: str, now: Instant) -> Asked:
    """The calendar as it is published; Refused where nothing is yet."""
    if not opening.is_there(settings.store):
        raise Refused("Nothing is published yet. Ask the file with --draft, or run `helpdesk hours publish`.")
    opening.state(settings.store, settings.library.id)
    held = asyncio.run(_read(settings))
    versions = held.calendars(name)
    if not versions:
        known = {calendar.name for calendar in held.calendars()}
        hint = nearest_end(name, known) if known else "ask the file with --draft."
        raise NotFound(f"There is no published calendar {name!r}; {hint}")
    local = versions[-1].hours.local

    def at(when: Instant) -> Frozen:
        return frozen_from_text(held.calendars_for(name, when)[0].text)

    def heading_at(when: Instant) -> str:
        return version_text(held.calendars_for(name, when)[0], local)

    return Asked(now=now, local=local, at=at, heading_at=heading_at)


def version_text(calendar: Calendar, local: LocalTime) -> str:
    """A published version in words: its digest's beginning, when it was published, from when it counts."""
    zone = frozen_from_text(calendar.text).rules.zone
    published, since = (moment_text(Instant(at - at % MINUTE), local) for at in (calendar.published, calendar.since))
    begins = "" if calendar.since == calendar.published else f", counts from {since}"
    restates = " (restated)" if calendar.restates else ""
    return f"{calendar.name} ({zone}), version {calendar.digest[:8]}, published {published}{begins}{restates}"


async def _read(settings: Settings) -> Published:
    async with opening.open_reader(settings.store, library=settings.library.id) as store:
        return await store.read(verbs.published)
