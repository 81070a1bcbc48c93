"""What lies ahead by the published calendars. See :class:`helpdesk.ports.openings.Openings`."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from types import MappingProxyType

from helpdesk.clock import Clock, Instant, moment
from helpdesk.hours.ahead import ToCome, ahead
from helpdesk.hours.almanac import freeze
from helpdesk.hours.calendars import Frozen, always_open, frozen_from_text
from helpdesk.message import Channel, LineId, StaffId
from helpdesk.standards import Published

NO_LINE = ""
"""What contacts came by that came by no line: a telephone, the desk."""


@dataclass(frozen=True, slots=True)
class Kept:
    """By which calendar a line goes, "" for always open. ``channel``: None for what came by no line."""

    calendar: str
    channel: Channel | None = None


class LocalOpenings:
    """Looks ahead by what is published.

    ``zone``   the library's own, for lines that are always open
    ``lines``  the calendar of each line
    ``named``  the calendar of contacts that came by no line, "" for the first
    """

    def __init__(
        self,
        clock: Clock,
        published: Callable[[], Published],
        zone: str,
        lines: Mapping[str, Kept] = MappingProxyType({}),
    ) -> None:
        self._clock = clock
        self._published = published
        self._zone = zone
        self._lines, self._named = lines, ""

    def refit(self, lines: Mapping[str, Kept], named: str) -> None:
        """Go by other settings from now on."""
        self._lines, self._named = lines, named

    async def ahead(self, actor: StaffId) -> tuple[ToCome, ...]:
        """What lies ahead, by calendar."""
        now, together = self._clock.now(), dict[tuple[str, Instant | None], list[str]]()
        library = Kept(self._published().first_calendar(self._named))
        for line, kept in {NO_LINE: library, **self._lines}.items():
            together.setdefault((kept.calendar, self._shut(line, kept, now)), []).append(line)
        return tuple(
            replace(ahead(self._frozen(calendar, now), now, shut=shut), lines=tuple(lines))
            for (calendar, shut), lines in together.items()
        )

    def _shut(self, line: str, kept: Kept, now: Instant) -> Instant | None:
        """Until when a line is closed by hand."""
        if kept.channel is None:
            return None
        closing = self._published().closings.closed(kept.channel, LineId(line), now)
        return closing.ends if closing is not None else None

    def _frozen(self, calendar: str, now: Instant) -> tuple[Frozen, ...]:
        """The calendar's versions that may answer, best first."""
        found = tuple(frozen_from_text(each.text) for each in self._published().calendars_for(calendar, now))
        return found or (_always(self._zone, moment(now).year),)


def _always(zone: str, year: int) -> Frozen:
    """For who keeps no hours: open from before this year until after the next."""
    return freeze(always_open(zone=zone), date(year - 1, 12, 1), date(year + 2, 1, 31))
