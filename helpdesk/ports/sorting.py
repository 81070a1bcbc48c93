"""The seam to how staff sort their work: what a contact was about, where, how it went, and who goes on with it."""

from __future__ import annotations

from typing import Protocol

from helpdesk.message import StaffId, TicketId
from helpdesk.sorts import Sorts
from helpdesk.ticket import Ticket


class SortingDesk(Protocol):
    """What a desk can say of a contact. Versions, Stale, Refused and ``key`` are as in :class:`helpdesk.ports.Desk`."""

    async def sorts(self, actor: StaffId) -> Sorts:
        """What can be picked: kinds, sites, presets of contacts."""
        ...

    async def sort(
        self, actor: StaffId, ticket: TicketId, version: int, *, kind: str | None = None, site: str | None = None
    ) -> Ticket:
        """Its kind and its site; None leaves one as it is, the site "" is none. NotFound for one not of the library's.

        Standards of a kind or a site cover it from its opening on, as if it had come in so.
        """
        ...

    async def grade(
        self, actor: StaffId, ticket: TicketId, version: int, *, effort: int | None, first_contact: bool | None
    ) -> Ticket:
        """Its READ level, 1 to 6, and whether one contact was enough; None where nothing is said of it (any more)."""
        ...

    async def hand_over(
        self, actor: StaffId, ticket: TicketId, version: int, to: StaffId, text: str, *, key: str = ""
    ) -> Ticket:
        """Give it to a colleague for good, with a note for them: both or neither."""
        ...

    async def log(self, actor: StaffId, preset: int, *, text: str = "", key: str = "") -> Ticket:
        """A contact as the library's preset of that number describes it: opened and solved at once."""
        ...

    async def strike(self, actor: StaffId, ticket: TicketId, version: int) -> Ticket:
        """A contact that the actor logged by mistake: it leaves the figures, as a test does. Done again, it is back."""
        ...
