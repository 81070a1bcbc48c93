"""How scripted staff deal with noise: somebody is sent, goes there, looks, and tells the reporters what came of it."""

from __future__ import annotations

import random
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

from helpdesk.clock import Clock
from helpdesk.errors import Stale
from helpdesk.message import IncidentId, StaffId
from helpdesk.noise.incidents import Incident, IncidentSight, IncidentState, NoiseOutcome
from helpdesk.ports import NoiseDesk

ON_THE_WAY = "Thank you. A colleague is on the way there already."
"""What a reporter hears from a member whose colleague goes."""

SECURITY = "security"
"""Who goes where it may be dangerous, or where nobody of the staff can."""

STEPS = 12
"""How often an incident is looked at again in one round; texts and colleagues change it meanwhile."""

_DRAWN = {
    NoiseOutcome.SPOKEN_TO: 6,
    NoiseOutcome.QUIET: 3,
    NoiseOutcome.MOVED: 2,
    NoiseOutcome.NOT_FOUND: 1,
}
_SENDS_SECURITY = 0.15


@dataclass(slots=True, kw_only=True)
class Rounds:
    """One member's way with incidents.

    ``walks``, ``looks``  let the time pass that the way there takes, and the look round
    """

    noise: NoiseDesk
    actor: StaffId
    clock: Clock
    chance: random.Random
    walks: Callable[[], Awaitable[None]]
    looks: Callable[[], Awaitable[None]]
    mine: set[IncidentId] = field(default_factory=set)

    async def takes(self, incident: IncidentId) -> bool:
        """Whether this member is the one to see to it: nobody goes yet, or they do."""
        found = (await self.noise.incident(self.actor, incident)).incident
        return found.live and (found.state is IncidentState.OPEN or incident in self.mine)

    async def go(self, incident: IncidentId, outcome: NoiseOutcome | None = None) -> None:
        """See to an incident until it is over, or a colleague's. ``outcome``: what comes of it, None for drawn."""
        for _ in range(STEPS):
            sight = await self.noise.incident(self.actor, incident)
            if not sight.incident.live:
                return
            try:
                if not await self._step(sight, outcome):
                    return
            except Stale:
                continue  # somebody wrote, or a colleague acted: look again

    async def nowhere(self, incident: IncidentId) -> None:
        """Nobody said where it is: tell the reporter that nobody could go."""
        sight = await self.noise.incident(self.actor, incident)
        if sight.incident.zone:
            await self.go(incident)
        elif sight.incident.live:
            await self._conclude(sight, NoiseOutcome.NO_PLACE)

    async def _step(self, sight: IncidentSight, outcome: NoiseOutcome | None) -> bool:
        """The next thing to do; False where it is a colleague's."""
        incident = sight.incident
        if incident.state is IncidentState.OPEN:
            await self.noise.dispatch(self.actor, incident.id, incident.version, self._goer(incident))
            self.mine.add(incident.id)
            await self.walks()
            return True
        if incident.id not in self.mine:
            return False
        if incident.state is IncidentState.DISPATCHED:
            await self.noise.attend(self.actor, incident.id, incident.version, self.clock.now())
            await self.looks()
        else:
            await self._conclude(sight, outcome or self._drawn(incident))
        return True

    def _goer(self, incident: Incident) -> str:
        alone = incident.concern is None and self.chance.random() >= _SENDS_SECURITY
        return self.actor if alone else SECURITY

    def _drawn(self, incident: Incident) -> NoiseOutcome:
        if incident.goes == SECURITY:
            return NoiseOutcome.SECURITY
        return self.chance.choices(tuple(_DRAWN), tuple(_DRAWN.values()))[0]

    async def _conclude(self, sight: IncidentSight, outcome: NoiseOutcome) -> None:
        """It is over; each reporter hears the library's own words for it, with the place filled in."""
        incident = sight.incident
        says = (await self.noise.choices(self.actor)).says.get(incident.line, {}).get(outcome, "")
        text = says.replace("{zone}", sight.place.name if sight.place else "your area")
        await self.noise.conclude(self.actor, incident.id, incident.version, outcome, text=text)
        self.mine.discard(incident.id)
