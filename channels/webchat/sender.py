"""Hands a reply to the visitor's pages.

The reply is in the conversation from its commit on, so there is nothing to carry: the pages that are open are woken,
and a page that is away reads it when it resumes. That makes the step safe to repeat.
"""

from __future__ import annotations

from helpdesk.chats import Chats
from helpdesk.errors import Undeliverable
from helpdesk.message import Channel, ConversationId, Outbound, Sent


class ChatSender:
    """See :class:`helpdesk.ports.Sender`."""

    channel = Channel.CHAT

    def __init__(self, chats: Chats) -> None:
        self._chats = chats

    async def send(self, message: Outbound) -> Sent:
        """Wake the visitor's pages. Undeliverable if the visitor has left."""
        if not isinstance(message.to, str):
            raise Undeliverable("This reply is not addressed to a chat.")
        seq = await self._chats.deliver(ConversationId(message.to), message.id)
        return Sent(provider_id=str(seq))

    async def find(self, message: Outbound) -> tuple[Sent, ...]:
        """The message's number, from the store: there is no provider who could hold another truth."""
        seq = await self._chats.proof(message.id)
        return () if seq is None else (Sent(provider_id=str(seq)),)
