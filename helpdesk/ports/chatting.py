"""The seam to what staff do with a chat besides writing in it."""

from __future__ import annotations

from typing import Protocol

from helpdesk.message import StaffId, TicketId
from helpdesk.ticket import Ticket


class Chatting(Protocol):
    """Chats: somebody is told to wait a moment, and a chat goes on by e-mail."""

    async def in_a_moment(self, actor: StaffId, ticket: TicketId | None = None) -> tuple[TicketId, ...]:
        """Tell the visitor of a chat that somebody is with them in a moment; None: of all one's own that wait.

        Returns who was told. It is an automatic message: it answers nobody. Refused for one chat where nobody waits,
        or was told so already; of one's own those are left out.
        """
        ...

    async def go_by_mail(
        self, actor: StaffId, ticket: TicketId, version: int, address: str, *, transcript: bool = False
    ) -> Ticket:
        """From now on replies go by mail to ``address``, the first one with what was said in the chat.

        The visitor's page says so once the first has gone out; what they answer comes to the same ticket. Until a reply
        went it can be undone. Refused for what is no address, and where the library has no mailbox for it.
        """
        ...
