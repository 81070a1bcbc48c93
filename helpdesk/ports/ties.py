"""The seam to what ties tickets to each other, and to members who follow them."""

from __future__ import annotations

from typing import Protocol

from helpdesk.message import EntryId, StaffId, TicketId
from helpdesk.ticket import Ticket


class Ties(Protocol):
    """What a desk can do with a ticket beside working on it. Errors are as in :class:`helpdesk.ports.Desk`.

    To follow and to link leave a ticket's version as it is: nobody who writes on it just then is held up. Done twice,
    each is as done once. What takes one back is its opposite.
    """

    async def followed(self, actor: StaffId) -> tuple[TicketId, ...]:
        """The tickets that a member follows, the latest 500 of them; of one that was merged, what goes on."""
        ...

    async def follow(self, actor: StaffId, ticket: TicketId) -> Ticket:
        """The member hears from now on what happens on it, whoever has it."""
        ...

    async def unfollow(self, actor: StaffId, ticket: TicketId) -> Ticket:
        """The member hears of it no longer."""
        ...

    async def link(self, actor: StaffId, ticket: TicketId, other: int) -> Ticket:
        """Related to the ticket of number ``other``: each stands beside the other, and both go on.

        Refused where that would say more of a texter than the desk may know: see :func:`helpdesk.ties.may_link`.
        """
        ...

    async def unlink(self, actor: StaffId, ticket: TicketId, other: int) -> Ticket:
        """Related no longer. What follows on from another one by itself stays so."""
        ...

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
        """Make a ticket of its own of some of the patron's messages; returns that, unanswered, with nobody on it.

        The message that opened the ticket stays, and a copy of it goes over; the others go over. The new ticket's
        clocks start when the earliest of them came in. Refused for replies and notes. ``desk.undo`` of what is
        returned brings all of it back.
        """
        ...
