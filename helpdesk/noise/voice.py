"""How a line answers by itself: which of its texts, filled with what is known. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from helpdesk.clock import Instant
from helpdesk.hours import Hours
from helpdesk.noise.concerns import Concern
from helpdesk.noise.openings import said_hours, said_opening
from helpdesk.noise.texts import Texts
from helpdesk.zones.plan import Zone


@dataclass(frozen=True, slots=True, kw_only=True)
class Voice:
    """The texts of a line. ``hours``: of its calendar, None where it is always open."""

    texts: Texts
    hours: Hours | None
    places: Mapping[str, Zone]

    def says(self, name: str) -> bool:
        """Whether there is such a text to send."""
        return self.texts.sends(name)

    def approved(self, concern: Concern | None) -> bool:
        """Whether the crisis text for a concern may be sent."""
        return concern is not None and self.texts.approved(concern)

    def say(self, name: str, zone: str, now: Instant) -> str:
        """A text as it goes out ``now`` about a zone, "" for one that nobody knows."""
        place = self.places.get(zone)
        return self.texts.say(
            name,
            zone=place.name if place else "",
            hours=said_hours(self.hours, now),
            opens=said_opening(self.hours, now),
        )
