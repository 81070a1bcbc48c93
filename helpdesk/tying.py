"""What ties tickets to each other and to members, on this process's store. See :class:`helpdesk.ports.ties.Ties`."""

from __future__ import annotations

from collections.abc import Callable

from helpdesk.clock import Clock
from helpdesk.ids import Ids
from helpdesk.message import EntryId, StaffId, TicketId
from helpdesk.ports import Store
from helpdesk.standards import Published
from helpdesk.store.verbs import splitting, ties
from helpdesk.store.verbs.undoable import as_one
from helpdesk.ticket import Ticket
from helpdesk.wording import reason

SUBJECT = "Give the new ticket a subject, in a few words."
LONGEST_SUBJECT = 200
"""How long the subject of what is split off may be, in letters."""


class LocalTies:
    """Following and linking, on this process's own store."""

    def __init__(self, *, store: Store, clock: Clock, ids: Ids, published: Callable[[], Published]) -> None:
        self._store = store
        self._clock = clock
        self._ids = ids
        self._published = published

    async def followed(self, actor: StaffId) -> tuple[TicketId, ...]:
        """The tickets that a member follows."""
        return await self._store.read(ties.followed, actor)

    async def follow(self, actor: StaffId, ticket: TicketId) -> Ticket:
        """The member hears what happens on it."""
        return await self._store.write(ties.follow, ticket, actor, self._clock.now())

    async def unfollow(self, actor: StaffId, ticket: TicketId) -> Ticket:
        """The member hears of it no longer."""
        return await self._store.write(ties.unfollow, ticket, actor, self._clock.now())

    async def link(self, actor: StaffId, ticket: TicketId, other: int) -> Ticket:
        """Related to another one."""
        return await self._store.write(ties.link, ticket, other, actor, self._clock.now())

    async def unlink(self, actor: StaffId, ticket: TicketId, other: int) -> Ticket:
        """Related no longer."""
        return await self._store.write(ties.unlink, ticket, other, actor, self._clock.now())

    async def split(
        self,
        actor: StaffId,
        ticket: TicketId,
        version: int,
        entries: tuple[EntryId, ...],
        subject: str,
        *,
        key: str = "",
    ) -> Ticket:
        """Some of its messages become a ticket of their own."""
        wanted = splitting.Split(
            ticket=ticket,
            version=version,
            actor=actor,
            entries=entries,
            subject=reason(subject, ask=SUBJECT, most=LONGEST_SUBJECT),
            key=key,
            into=TicketId(self._ids.new()),
            copy=EntryId(self._ids.new()),
        )
        return await self._store.write(as_one, splitting.split, wanted, self._clock.now(), self._published())
