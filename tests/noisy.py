"""A library with zones and its own texts, and staff who deal with its noise: beside :mod:`tests.conversation`.

::

    async with noisy() as town:
        ana, mia = town.texter("ana"), await walker(town, "mia")
        await ana.texts("so loud, L3A")
        await mia.dispatches("security")
        await mia.attends()
        await mia.concludes(NoiseOutcome.SPOKEN_TO, "We asked them to be quiet.")
        await ana.hears("We asked them to be quiet.")
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from helpdesk.clock import MINUTE, Instant, plus
from helpdesk.events import Seq
from helpdesk.message import IncidentId, StaffId, TicketId
from helpdesk.noise.incidents import Incident, IncidentSight, NoiseOutcome
from helpdesk.noise.life import folded
from helpdesk.ports import Desk
from helpdesk.store.verbs import events, incident_rows, tickets
from helpdesk.ticket import Ticket
from tests.conversation import Staff, Texter, Town, library

ZONES = Path(__file__).with_name("zones.toml")


@dataclass(eq=False)
class Walker(Staff):
    """A member who deals with noise. ``incident``: the one before them, else the most urgent."""

    incident: Incident | None = None

    async def looks(self, incident: IncidentId | None = None) -> IncidentSight:
        """Open an incident; None for the one in hand, or the most urgent one."""
        if incident is None:
            incident = self.incident.id if self.incident is not None else (await self.list())[0].id
        sight = await self.desk.noise.incident(self.id, incident)
        self.incident = sight.incident
        return sight

    async def list(self, *, over: bool = False) -> tuple[Incident, ...]:
        """The incidents' own view."""
        return await self.desk.noise.incidents(self.id, over=over)

    async def dispatches(self, to: str) -> Incident:
        """Press d."""
        before = (await self.looks()).incident
        return self._has(await self.desk.noise.dispatch(self.id, before.id, before.version, to))

    async def attends(self, *, minutes_ago: float = 0) -> Incident:
        """Press v on an incident."""
        before, when = (await self.looks()).incident, plus(self.town.time.now, -round(minutes_ago * MINUTE))
        return self._has(await self.desk.noise.attend(self.id, before.id, before.version, when))

    async def concludes(self, outcome: NoiseOutcome, text: str = "", *, key: str = "") -> Incident:
        """Press o."""
        before, noise = (await self.looks()).incident, self.desk.noise
        return self._has(await noise.conclude(self.id, before.id, before.version, outcome, text=text, key=key))

    async def tells_all(self, text: str) -> Incident:
        """One text to each reporter."""
        before = (await self.looks()).incident
        return self._has(await self.desk.noise.reply_all(self.id, before.id, before.version, text))

    async def remarks(self, text: str) -> Incident:
        """A note on the incident."""
        before = (await self.looks()).incident
        return self._has(await self.desk.noise.remark(self.id, before.id, text))

    async def reopens(self) -> Incident:
        """Press X on an incident."""
        before = (await self.looks()).incident
        return self._has(await self.desk.noise.reopen(self.id, before.id, before.version))

    async def parts(self, *texters: Texter) -> Incident:
        """What these told of is another noise."""
        before = (await self.looks()).incident
        leaving = tuple(each.ticket for each in texters)
        return self._has(await self.desk.noise.part(self.id, before.id, before.version, leaving))

    async def unites(self, into: int) -> Incident:
        """The incident in hand belongs to the one of this number."""
        before = (await self.looks()).incident
        return self._has(await self.desk.noise.unite(self.id, before.id, before.version, into))

    async def places(self, texter: Texter, zone: str) -> Ticket:
        """Say where a ticket is."""
        before = (await self.opens(texter.ticket)).ticket
        self.ticket = await self.desk.noise.place(self.id, before.id, before.version, zone)
        return self.ticket

    async def mutes(self, texter: Texter, *, hours: int) -> Ticket:
        """Whoever wrote this is a nuisance; 0 hours: no longer."""
        before = (await self.opens(texter.ticket)).ticket
        self.ticket = await self.desk.noise.mute(self.id, before.id, before.version, hours)
        return self.ticket

    async def attended(self, when: Instant) -> Ticket:
        """Press v on the ticket in hand."""
        before = self.before
        self.ticket = await self.desk.attended(self.id, before.id, before.version, when)
        return self.ticket

    def _has(self, incident: Incident) -> Incident:
        self.incident = incident
        return incident


async def walker(town: Town, name: str, at: Desk | None = None) -> Walker:
    """A member signs in, at the house's own desk or another."""
    member = await (at or town.house.desk).sign_in(StaffId(name), name=name.title())
    return Walker(town, member.id, at=at)


async def incident_of(town: Town, ticket: TicketId) -> Incident | None:
    """The incident that a ticket is in."""
    found = await town.house.store.read(tickets.get, ticket)
    return None if found.incident is None else await town.house.store.read(incident_rows.get, found.incident)


async def folds_back(town: Town) -> None:
    """The rows of all incidents are what the log gives."""
    log = await town.house.store.read(events.after, Seq(0), 100_000)
    assert folded(log) == await town.house.store.read(incident_rows.kept)


@asynccontextmanager
async def noisy(**sections: Any) -> AsyncIterator[Town]:
    """A library with zones that texts by itself, in the program's own wording. ``sections``: further settings."""
    async with library(**{"texts": None, "zones": ZONES, **sections}) as town:
        yield town
        await folds_back(town)
