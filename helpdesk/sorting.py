"""How staff sort their work, on the store of this process. See :class:`helpdesk.ports.sorting.SortingDesk`."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from helpdesk import sorts as _sorts
from helpdesk import statements
from helpdesk.clock import Clock, Instant
from helpdesk.errors import Refused
from helpdesk.ids import Ids
from helpdesk.message import EntryId, OutboxId, StaffId, TicketId
from helpdesk.ports import Sql, Store
from helpdesk.sorts import Sorts
from helpdesk.standards import Published
from helpdesk.store.verbs import owning, staff, stating, tickets
from helpdesk.ticket import Change, Ticket, seen
from helpdesk.wording import plain, written


class LocalSorting:
    """What staff say of contacts, on this process's own store."""

    def __init__(
        self,
        *,
        store: Store,
        clock: Clock,
        ids: Ids,
        published: Callable[[], Published],
        sorts: Sorts | None = None,
    ) -> None:
        self._store = store
        self._clock = clock
        self._ids = ids
        self._published = published
        self._sorts = sorts or Sorts()
        self._handed_over = ""

    def refit(self, sorts: Sorts, handed_over: str = "") -> None:
        """Go by other settings from now on. ``handed_over``: what the visitor of a chat is told then."""
        self._sorts, self._handed_over = sorts, handed_over

    async def sorts(self, actor: StaffId) -> Sorts:
        """What can be picked."""
        promised = self._published().versions_at(self._clock.now())
        return self._sorts.more(version.standard.covers for version in promised)

    async def sort(
        self, actor: StaffId, ticket: TicketId, version: int, *, kind: str | None = None, site: str | None = None
    ) -> Ticket:
        """Its kind and its site."""
        now, on = self._clock.now(), stating.Seen(ticket=ticket, version=version, actor=actor)
        known = await self.sorts(actor)
        return await self._store.write(_sort, on, kind, site, known, now, self._published())

    async def grade(
        self, actor: StaffId, ticket: TicketId, version: int, *, effort: int | None, first_contact: bool | None
    ) -> Ticket:
        """Its READ level, and whether one contact was enough."""
        now = self._clock.now()
        said = partial(_sorts.grade, effort=effort, first_contact=first_contact, by=actor, now=now)
        return await self._store.write(
            tickets.change, ticket, said, now=now, published=self._published(), version=version
        )

    async def hand_over(
        self, actor: StaffId, ticket: TicketId, version: int, to: StaffId, text: str, *, key: str = ""
    ) -> Ticket:
        """Give it to a colleague, with a note for them."""
        on = stating.Seen(ticket=ticket, version=version, actor=actor)
        what = owning.HandingOver(
            to=to,
            entry=EntryId(self._ids.new()),
            text=written(text),
            name=await self._name(actor),
            key=key,
            told=self._handed_over,
            telling=(EntryId(self._ids.new()), OutboxId(self._ids.new())),
        )
        return await self._store.write(owning.hand_over, on, what, self._clock.now(), self._published())

    async def log(self, actor: StaffId, preset: int, *, text: str = "", key: str = "") -> Ticket:
        """A contact as a preset describes it."""
        wanted = self._sorts.preset(preset)
        contact = stating.Contact(
            ticket=TicketId(self._ids.new()),
            entry=EntryId(self._ids.new()),
            actor=actor,
            name=await self._name(actor),
            channel=statements.contact_channel(wanted.channel),
            text=written(text) if plain(text).strip() else "",
            kind=wanted.kind,
            site=wanted.site,
            waited=None,
            key=key,
            title=wanted.title,
            tags=wanted.tags,
            effort=wanted.effort,
            first_contact=wanted.first_contact,
        )
        return await self._store.write(stating.log_contact, contact, self._clock.now(), self._published())

    async def strike(self, actor: StaffId, ticket: TicketId, version: int) -> Ticket:
        """A contact that was logged by mistake."""
        now, said = self._clock.now(), partial(_sorts.strike, by=actor, now=self._clock.now())
        return await self._store.write(
            tickets.change, ticket, said, now=now, published=self._published(), version=version
        )

    async def _name(self, actor: StaffId) -> str:
        found = await self._store.read(staff.member, actor)
        if found is None or found.disabled:
            raise Refused("Sign in first: the desk does not know who is writing.")
        return found.name


def _sort(
    sql: Sql, on: stating.Seen, kind: str | None, site: str | None, sorts: Sorts, now: Instant, published: Published
) -> Ticket:
    """Read, compare with what the library knows, change."""

    def change(ticket: Ticket) -> Change:
        seen(ticket, on.version)
        wanted = ticket.kind if kind is None else kind, ticket.site if site is None else site
        sorts.known(ticket, *wanted)
        return _sorts.sort(ticket, kind=wanted[0], site=wanted[1], by=on.actor, now=now)

    return tickets.change(sql, on.ticket, change, now=now, published=published)
