"""What staff can do about noise, on the store of this process. See :class:`helpdesk.ports.NoiseDesk`."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from types import MappingProxyType

from helpdesk.clock import HOUR, Clock, Instant, plus
from helpdesk.errors import NotFound, Refused
from helpdesk.ids import Entropy, Ids
from helpdesk.limits import Limits
from helpdesk.local_days import local_day
from helpdesk.message import IncidentId, LineId, StaffId, TicketId
from helpdesk.noise.incidents import Choices, Incident, IncidentSight, NoiseMap, NoiseOutcome
from helpdesk.noise.rules import NoiseRules
from helpdesk.ports import Store
from helpdesk.sending import LocalSending
from helpdesk.standards import Published
from helpdesk.store.verbs import (
    belonging,
    incident_rows,
    incident_sight,
    incidents,
    muting,
    noise_map,
    staff,
    stating,
    tickets,
    undoing,
)
from helpdesk.store.verbs.incidents import Message, On
from helpdesk.store.verbs.remarks import SALT_BYTES, Remark
from helpdesk.store.verbs.undoable import as_one
from helpdesk.ticket import Ticket
from helpdesk.wording import plain, reason, written

LONGEST_MUTE = 168
"""For how many hours a texter can be muted: a week, as long as a handle lasts."""

MOST_WEEKS = 52
"""Of how many weeks the noise map can be."""

MOST_ROWS = 500
"""How many incidents one call shows."""


def _always(line: LineId) -> bool:
    return True


class LocalNoise:
    """What staff can do about noise on this process's own store.

    ``is_open``: whether a line is staffed now; ``limits``: what each line may text; ``sending``: how long it can be
    taken back
    """

    def __init__(
        self,
        *,
        store: Store,
        clock: Clock,
        ids: Ids,
        published: Callable[[], Published],
        rules: NoiseRules | None = None,
        is_open: Callable[[LineId], bool] = _always,
        entropy: Entropy = os.urandom,
        limits: Mapping[LineId, Limits] = MappingProxyType({}),
        sending: LocalSending | None = None,
    ) -> None:
        self._store = store
        self._clock = clock
        self._ids = ids
        self._published = published
        self._rules = rules or NoiseRules()
        self._is_open = is_open
        self._entropy = entropy
        self._limits = limits
        self.sending = sending or LocalSending(store=store, clock=clock, published=published)

    def refit(self, rules: NoiseRules, is_open: Callable[[LineId], bool], limits: Mapping[LineId, Limits]) -> None:
        """Go by other settings from now on."""
        self._rules, self._is_open, self._limits = rules, is_open, limits

    async def choices(self, actor: StaffId) -> Choices:
        """What can be picked."""
        return self._rules.choices

    async def incidents(
        self, actor: StaffId, *, over: bool = False, start: int = 0, count: int = 50
    ) -> tuple[Incident, ...]:
        """Incidents that go on, the most urgent first; with ``over`` those that ended, the latest first."""
        rows = incident_rows.over if over else incident_rows.live
        return await self._store.read(rows, max(0, start), max(0, min(count, MOST_ROWS)))

    async def incident(self, actor: StaffId, incident: IncidentId) -> IncidentSight:
        """One incident with its reporters and its trail."""
        return await self._store.read(incident_sight.sight, incident, self._rules)

    async def dispatch(self, actor: StaffId, incident: IncidentId, version: int, to: str) -> Incident:
        """Say who goes."""
        on = On(incident=incident, version=version, actor=actor)
        goers = self._rules.goers
        return await self._store.write(as_one, incidents.dispatch, on, to, goers, self._clock.now(), self._published())

    async def attend(self, actor: StaffId, incident: IncidentId, version: int, when: Instant) -> Incident:
        """Somebody was there at ``when``."""
        on = On(incident=incident, version=version, actor=actor)
        return await self._store.write(as_one, incidents.attend, on, when, self._clock.now(), self._published())

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
        on = On(incident=incident, version=version, actor=actor)
        message = await self._message(actor, written(text) if plain(text).strip() else "", key)
        return await self._store.write(
            as_one, incidents.conclude, on, outcome, message, self._clock.now(), self._published()
        )

    async def reply_all(
        self, actor: StaffId, incident: IncidentId, version: int, text: str, *, key: str = ""
    ) -> Incident:
        """One text to each reporter."""
        on = On(incident=incident, version=version, actor=actor)
        message = await self._message(actor, written(text), key)
        return await self._store.write(incidents.reply_all, on, message, self._clock.now(), self._published())

    async def remark(self, actor: StaffId, incident: IncidentId, text: str, *, key: str = "") -> Incident:
        """A note for colleagues."""
        said = reason(text, ask="There is nothing to note yet. Write something first.")
        kept = Remark(id=self._ids.new(), text=said, salt=self._entropy(SALT_BYTES))
        await self._name(actor)
        return await self._store.write(incidents.remark, incident, actor, kept, key, self._clock.now())

    async def reopen(self, actor: StaffId, incident: IncidentId, version: int) -> Incident:
        """It goes on after all."""
        on = On(incident=incident, version=version, actor=actor)
        return await self._store.write(as_one, incidents.reopen, on, self._clock.now(), self._published())

    async def part(self, actor: StaffId, incident: IncidentId, version: int, tickets: tuple[TicketId, ...]) -> Incident:
        """Some of its tickets are another noise."""
        on = On(incident=incident, version=version, actor=actor)
        fresh = IncidentId(self._ids.new())
        return await self._store.write(as_one, belonging.part, on, tickets, fresh, self._clock.now(), self._published())

    async def unite(self, actor: StaffId, incident: IncidentId, version: int, into: int) -> Incident:
        """Its tickets belong to another incident."""
        on = On(incident=incident, version=version, actor=actor)
        return await self._store.write(as_one, belonging.unite, on, into, self._clock.now(), self._published())

    async def place(self, actor: StaffId, ticket: TicketId, version: int, zone: str) -> Ticket:
        """Staff know where it is."""
        if zone and zone not in self._rules.places:
            raise NotFound(f"There is no zone {zone[:40]!r} in the plan of the library.")
        line = (await self._store.read(tickets.get, ticket)).line
        on = belonging.Place(
            ticket=ticket,
            version=version,
            actor=actor,
            zone=zone,
            fresh=IncidentId(self._ids.new()),
            staffed=self._is_open(line),
            window=self._rules.window,
        )
        return await self._store.write(as_one, belonging.place, on, self._clock.now(), self._published())

    async def mute(self, actor: StaffId, ticket: TicketId, version: int, hours: int) -> Ticket:
        """The sender's texts go to the muted folder for a while."""
        if not 0 <= hours <= LONGEST_MUTE:
            raise Refused(f"Mute for 1 to {LONGEST_MUTE} hours; 0 lifts it.")
        now = self._clock.now()
        until = plus(now, hours * HOUR) if hours else None
        on = stating.Seen(ticket=ticket, version=version, actor=actor)
        return await self._store.write(muting.mute, on, until, now, self._published())

    async def undo(self, actor: StaffId, incident: IncidentId, version: int) -> Incident:
        """Take back one's own deed."""
        await self._store.write(undoing.undo, incident, version, actor, self._clock.now(), self._published())
        return await self._store.read(incident_rows.get, incident)

    async def noise_map(self, actor: StaffId, weeks: int = 4) -> NoiseMap:
        """Texts by zone, weekday and hour."""
        if not 1 <= weeks <= MOST_WEEKS:
            raise Refused(f"A map of the noise is of 1 to {MOST_WEEKS} weeks.")
        local = self._rules.local
        return await self._store.read(noise_map.noise_map, local_day(self._clock.now(), local), weeks, local)

    async def _message(self, actor: StaffId, text: str, key: str) -> Message:
        return Message(
            text=text,
            name=await self._name(actor),
            key=key,
            mint=self._ids.new,
            limits=self._limits,
            windows=self.sending.windows,
        )

    async def _name(self, actor: StaffId) -> str:
        found = await self._store.read(staff.member, actor)
        if found is None or found.disabled:
            raise Refused("Sign in first: the desk does not know who is writing.")
        return found.name
