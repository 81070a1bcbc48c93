"""What staff can do about noise, from another process: the desk's calls to the owner of the store."""

from __future__ import annotations

from typing import Any, TypeVar

import httpx
from pydantic import TypeAdapter

from helpdesk.api.asking import asked, read
from helpdesk.api.codec import NOISE
from helpdesk.clock import Instant
from helpdesk.message import IncidentId, StaffId, TicketId
from helpdesk.noise.incidents import Choices, Incident, IncidentSight, NoiseMap, NoiseOutcome
from helpdesk.ticket import Ticket

T = TypeVar("T")

_CHOICES: TypeAdapter[Choices] = TypeAdapter(Choices)
_INCIDENT: TypeAdapter[Incident] = TypeAdapter(Incident)
_INCIDENTS: TypeAdapter[tuple[Incident, ...]] = TypeAdapter(tuple[Incident, ...])
_SIGHT: TypeAdapter[IncidentSight] = TypeAdapter(IncidentSight)
_TICKET: TypeAdapter[Ticket] = TypeAdapter(Ticket)
_MAP: TypeAdapter[NoiseMap] = TypeAdapter(NoiseMap)


class RemoteNoise:
    """Satisfies the NoiseDesk protocol by asking the owner."""

    def __init__(self, client: httpx.AsyncClient) -> None:
        self._client = client

    async def choices(self, actor: StaffId) -> Choices:
        """What can be picked."""
        return await self._ask("choices", _CHOICES, actor=actor)

    async def incidents(
        self, actor: StaffId, *, over: bool = False, start: int = 0, count: int = 50
    ) -> tuple[Incident, ...]:
        """Incidents that go on, or that ended."""
        return await self._ask("incidents", _INCIDENTS, actor=actor, over=over, start=start, count=count)

    async def incident(self, actor: StaffId, incident: IncidentId) -> IncidentSight:
        """One incident with its reporters and its trail."""
        return await self._ask("incident", _SIGHT, actor=actor, incident=incident)

    async def dispatch(self, actor: StaffId, incident: IncidentId, version: int, to: str) -> Incident:
        """Say who goes."""
        return await self._ask("dispatch", _INCIDENT, actor=actor, incident=incident, version=version, to=to)

    async def attend(self, actor: StaffId, incident: IncidentId, version: int, when: Instant) -> Incident:
        """Somebody was there at ``when``."""
        return await self._ask("attend", _INCIDENT, actor=actor, incident=incident, version=version, when=when)

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
        """What came of it."""
        return await self._ask(
            "conclude", _INCIDENT, actor=actor, incident=incident, version=version, outcome=outcome, text=text, key=key
        )

    async def reply_all(
        self, actor: StaffId, incident: IncidentId, version: int, text: str, *, key: str = ""
    ) -> Incident:
        """One text to each reporter."""
        return await self._ask(
            "reply_all", _INCIDENT, actor=actor, incident=incident, version=version, text=text, key=key
        )

    async def remark(self, actor: StaffId, incident: IncidentId, text: str, *, key: str = "") -> Incident:
        """A note for colleagues."""
        return await self._ask("remark", _INCIDENT, actor=actor, incident=incident, text=text, key=key)

    async def reopen(self, actor: StaffId, incident: IncidentId, version: int) -> Incident:
        """It goes on after all."""
        return await self._ask("reopen", _INCIDENT, actor=actor, incident=incident, version=version)

    async def part(self, actor: StaffId, incident: IncidentId, version: int, tickets: tuple[TicketId, ...]) -> Incident:
        """Some of its tickets are another noise."""
        return await self._ask("part", _INCIDENT, actor=actor, incident=incident, version=version, tickets=tickets)

    async def unite(self, actor: StaffId, incident: IncidentId, version: int, into: int) -> Incident:
        """Its tickets belong to another incident."""
        return await self._ask("unite", _INCIDENT, actor=actor, incident=incident, version=version, into=into)

    async def place(self, actor: StaffId, ticket: TicketId, version: int, zone: str) -> Ticket:
        """Staff know where it is."""
        return await self._ask("place", _TICKET, actor=actor, ticket=ticket, version=version, zone=zone)

    async def mute(self, actor: StaffId, ticket: TicketId, version: int, hours: int) -> Ticket:
        """The sender's texts go to the muted folder for a while."""
        return await self._ask("mute", _TICKET, actor=actor, ticket=ticket, version=version, hours=hours)

    async def noise_map(self, actor: StaffId, weeks: int = 4) -> NoiseMap:
        """Texts by zone, weekday and hour."""
        return await self._ask("noise_map", _MAP, actor=actor, weeks=weeks)

    async def _ask(self, method: str, result: TypeAdapter[T], **arguments: Any) -> T:
        return read(result, await asked(self._client, f"{NOISE}/{method}", arguments))
