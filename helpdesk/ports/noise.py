"""The seam to what staff do about noise: incidents, the places of texts, and reporters who are a nuisance."""

from __future__ import annotations

from typing import Protocol

from helpdesk.clock import Instant
from helpdesk.message import IncidentId, StaffId, TicketId
from helpdesk.noise.incidents import Choices, Incident, IncidentSight, NoiseMap, NoiseOutcome
from helpdesk.ticket import Ticket


class NoiseDesk(Protocol):
    """What a desk can do about noise. Versions, Stale, Refused and ``key`` are as in :class:`helpdesk.ports.Desk`."""

    async def choices(self, actor: StaffId) -> Choices:
        """What can be picked: zones, who can be sent, outcomes and what each says back."""
        ...

    async def incidents(
        self, actor: StaffId, *, over: bool = False, start: int = 0, count: int = 50
    ) -> tuple[Incident, ...]:
        """Incidents that go on, the most urgent first; with ``over`` those that ended, the latest first."""
        ...

    async def incident(self, actor: StaffId, incident: IncidentId) -> IncidentSight:
        """One incident with its reporters and its trail. NotFound where there is none."""
        ...

    async def dispatch(self, actor: StaffId, incident: IncidentId, version: int, to: str) -> Incident:
        """Say who goes: a member's id, or one of ``Choices.goers``. Said again, somebody else goes."""
        ...

    async def attend(self, actor: StaffId, incident: IncidentId, version: int, when: Instant) -> Incident:
        """Somebody was there at ``when``: for every reporter who wrote before it, that is the answer.

        Not before the incident began, nor still to come.
        """
        ...

    async def conclude(
        self,
        actor: StaffId,
        incident: IncidentId,
        version: int,
        outcome: NoiseOutcome,
        *,
        text: str = "",
        key: str = "",
    ) -> Incident:
        """What came of it. ``text`` goes to each reporter who can be reached, as a reply of the actor; "" tells nobody.

        The incident is over and its tickets are solved. Where nobody attended, it says nothing about when.
        """
        ...

    async def reply_all(
        self, actor: StaffId, incident: IncidentId, version: int, text: str, *, key: str = ""
    ) -> Incident:
        """One text to each reporter, each in their own ticket: none learns of the others."""
        ...

    async def remark(self, actor: StaffId, incident: IncidentId, text: str, *, key: str = "") -> Incident:
        """A note for colleagues (staff safety first), shown on top of the incident."""
        ...

    async def reopen(self, actor: StaffId, incident: IncidentId, version: int) -> Incident:
        """It goes on after all."""
        ...

    async def part(self, actor: StaffId, incident: IncidentId, version: int, tickets: tuple[TicketId, ...]) -> Incident:
        """Some of its tickets are another noise: they get an incident of their own, which is returned."""
        ...

    async def unite(self, actor: StaffId, incident: IncidentId, version: int, into: int) -> Incident:
        """Its tickets belong to the incident of number ``into``: the way back from :meth:`part`. Returns that one."""
        ...

    async def place(self, actor: StaffId, ticket: TicketId, version: int, zone: str) -> Ticket:
        """Staff know where it is ("" takes the place away): the ticket joins that zone's incident, or begins one."""
        ...

    async def mute(self, actor: StaffId, ticket: TicketId, version: int, hours: int) -> Ticket:
        """The sender's texts go to the muted folder for 1 to 168 hours; 0 lifts it. What is dangerous gets through."""
        ...

    async def undo(self, actor: StaffId, incident: IncidentId, version: int) -> Incident:
        """Take back one's own deed that made this version of an incident, as :meth:`Desk.undo` does."""
        ...

    async def noise_map(self, actor: StaffId, weeks: int = 4) -> NoiseMap:
        """Texts by zone, weekday and hour of the last ``weeks`` (1 to 52): what is small is shown, for staff only."""
        ...
