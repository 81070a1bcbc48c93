"""The seams to the channels: what came in, and what goes out."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol, runtime_checkable

from helpdesk.clock import Instant
from helpdesk.message import (
    Channel,
    DeliveryReport,
    Envelope,
    Fetched,
    Inbound,
    LineId,
    Outbound,
    OutboxId,
    Reading,
    Receipt,
    Sent,
)


class Door(Protocol):
    """What a channel may do with what came in. A return is the receipt; anything raised means "not stored"."""

    async def receive(self, inbound: Inbound) -> Receipt:
        """Store a parsed message. TryLater where the store can't take it now."""
        ...

    async def keep(self, envelope: Envelope) -> Receipt:
        """Store a mail's bytes before they are parsed (its first commit)."""
        ...

    async def report(self, report: DeliveryReport) -> None:
        """Note what the provider says of a message it took from us. Late, double and unordered reports are fine."""
        ...

    async def turned_away(self, channel: Channel, line: LineId | None, reason: str) -> None:
        """Count what was refused at the door (a forged signature); no body is kept, and the desk is told."""
        ...

    async def quarantine(
        self, channel: Channel, line: LineId, external_id: str, digest: str, size: int, reason: str
    ) -> Receipt:
        """Keep a visible trace of what can't be read or has no line, without its content."""
        ...

    async def cursor(self, name: str) -> Instant | None:
        """How far a line's catching up has come, None if it never ran."""
        ...

    async def move_cursor(self, name: str, when: Instant) -> None:
        """Remember how far catching up has come."""
        ...


class Reader(Protocol):
    """Reads mails that were kept."""

    async def read(self, envelope: Envelope) -> Reading:
        """What the mail says. Unparseable where it can't be read, also at the second try: quarantine it."""
        ...


class Sender(Protocol):
    """Hands messages to patrons."""

    channel: Channel

    async def send(self, message: Outbound) -> Sent:
        """Hand one message over.

        Raises Undeliverable (never possible), TryLater (with the provider's Retry-After), LinePaused (our account is
        at fault) or Unclear (a time-out after the request was written).
        """
        ...

    async def find(self, message: Outbound) -> tuple[Sent, ...]:
        """What the provider holds that could be ``message``, after Unclear.

        One: it was sent. None: send again. More than one: a person decides. A channel that can't look
        (mail) raises Unclear: the message goes again under the same id, flagged.
        """
        ...


@runtime_checkable
class Link(Protocol):
    """A sender that stays connected: messages come in by the connection that others go out by."""

    async def listen(self, door: Door, tell: Callable[[str], None]) -> None:
        """Stay connected and take what comes in, for good. ``tell`` hears what is wrong, "" when it is over."""
        ...


@runtime_checkable
class Tracer(Protocol):
    """A sender whose provider can be asked what became of a message."""

    async def trace(self, outbox: OutboxId, provider_id: str) -> DeliveryReport | None:
        """How far it has come; None where the provider does not know it (any more). TryLater and LinePaused as ever."""
        ...


@runtime_checkable
class Fetcher(Protocol):
    """A sender whose provider holds the files that came with a message."""

    async def fetch(self, provider_id: str, account: str, *, sealed: bool) -> Fetched:
        """The files of one message. ``sealed``: of pictures the picture alone, of other files nothing.

        TryLater (with the provider's Retry-After) and LinePaused where they can't be had just now.
        """
        ...


@runtime_checkable
class Eraser(Protocol):
    """A sender whose provider keeps copies that it can be told to delete."""

    async def erase(self, provider_id: str, account: str) -> bool:
        """Delete a text there, with its media. True: it is gone, also where it was before. False: not final yet.

        ``account``: where it lies, "" where nobody knows. Refused where this one can't be deleted by us; TryLater
        (with the provider's Retry-After) and LinePaused as in sending: asking for others would not help just now.
        """
        ...
