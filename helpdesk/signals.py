"""What passes by in a conversation and is not stored: somebody is writing, a member of staff is here.

A signal also wakes the open pages when there is something new to read. They read it from the store, in order, so a
signal that is lost or doubled changes nothing.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from enum import StrEnum

from helpdesk.message import ConversationId, TicketId


class Signal(StrEnum):
    """Something passes by in a conversation."""

    MESSAGE = "message"
    STAFF_HERE = "staff_here"
    STAFF_TYPING = "staff_typing"
    VISITOR_TYPING = "visitor_typing"
    OVER = "over"
    DOORS = "doors"


def aside(signal: Signal, ticket: TicketId) -> str:
    """A signal as one server tells it to the others: no more than its name and the ticket's id."""
    return f"{signal} {ticket}"


class Listener:
    """One listener's signals. Those that come while nobody looks are kept once each."""

    def __init__(self) -> None:
        self._pending: set[Signal] = set()
        self._woken = asyncio.Event()

    def hear(self, signal: Signal) -> None:
        """Keep a signal for :meth:`next`."""
        self._pending.add(signal)
        self._woken.set()

    async def next(self) -> frozenset[Signal]:
        """Wait for signals; all that came since the last call."""
        await self._woken.wait()
        self._woken.clear()
        heard = frozenset(self._pending)
        self._pending.clear()
        return heard


class Broadcast:
    """Who listens to which conversation now. Nothing is stored; a conversation nobody listens to takes no memory."""

    def __init__(self) -> None:
        self._rooms: dict[ConversationId, set[Listener]] = {}
        self._tickets: dict[ConversationId, TicketId] = {}

    @contextmanager
    def listening(self, conversation: ConversationId) -> Iterator[Listener]:
        """Hear a conversation's signals for as long as the block lasts."""
        listener = Listener()
        self._rooms.setdefault(conversation, set()).add(listener)
        try:
            yield listener
        finally:
            room = self._rooms[conversation]
            room.discard(listener)
            if not room:
                del self._rooms[conversation]
                self._tickets.pop(conversation, None)

    def concerns(self, conversation: ConversationId, ticket: TicketId | None) -> None:
        """Remember the ticket of a conversation that somebody listens to."""
        if ticket is not None and conversation in self._rooms:
            self._tickets[conversation] = ticket

    def tell(self, conversation: ConversationId, signal: Signal) -> None:
        """Let all listeners of a conversation know."""
        for listener in self._rooms.get(conversation, ()):
            listener.hear(signal)

    def tell_ticket(self, ticket: TicketId, signal: Signal) -> None:
        """Let all listeners of a ticket's conversation know; nothing happens where nobody listens."""
        for conversation, theirs in self._tickets.items():
            if theirs == ticket:
                self.tell(conversation, signal)

    def overhear(self, words: str) -> None:
        """Take a signal from another server (:func:`aside`); what a newer program says is let be."""
        name, _, ticket = words.partition(" ")
        with suppress(ValueError):
            self.tell_ticket(TicketId(ticket), Signal(name))

    def knows(self, ticket: TicketId) -> bool:
        """Whether anybody listens to a ticket's conversation."""
        return ticket in self._tickets.values()

    def ticket_of(self, conversation: ConversationId) -> TicketId | None:
        """The ticket of a conversation that somebody listens to."""
        return self._tickets.get(conversation)

    def tell_all(self, signal: Signal) -> None:
        """Let everybody know who listens to anything."""
        for conversation in self._rooms:
            self.tell(conversation, signal)

    def conversations(self) -> tuple[ConversationId, ...]:
        """All conversations that somebody listens to."""
        return tuple(self._rooms)
