"""The patrons' mail system: an SMTP server on loopback that stands for the relay and for everybody's mailbox."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage

from aiosmtpd.smtp import SMTP, Envelope, Session


@dataclass(frozen=True, slots=True)
class Bound:
    """Where the server listens."""

    host: str
    port: int


@dataclass(frozen=True, slots=True)
class Delivered:
    """A mail that reached a mailbox."""

    message: EmailMessage = field(repr=False)

    @property
    def text(self) -> str:
        """Its words."""
        body = self.message.get_body(("plain",))
        return str(body.get_content()) if body is not None else ""

    @property
    def automatic(self) -> bool:
        """Whether a machine wrote it."""
        return str(self.message.get("Auto-Submitted", "no")).lower() != "no"


class Mailbox:
    """One patron's mail. ``refuses``: the SMTP reply that every mail to it gets, "" to take them."""

    def __init__(self) -> None:
        self.mails: list[Delivered] = []
        self.refuses = ""
        self._unread: asyncio.Queue[Delivered] = asyncio.Queue()

    async def next(self) -> Delivered:
        """The next mail that was not read yet, waiting for it if need be."""
        return await self._unread.get()

    def takes(self, mail: Delivered) -> None:
        """Put a mail in."""
        self.mails.append(mail)
        self._unread.put_nowait(mail)


class Postbox:
    """Collects mails by recipient. A mailbox exists from its first mail, or the first look into it."""

    def __init__(self) -> None:
        self._mailboxes: dict[str, Mailbox] = {}
        self._open: set[asyncio.Transport] = set()

    def mailbox(self, address: str) -> Mailbox:
        """The mailbox of an address, whatever the case of its letters."""
        return self._mailboxes.setdefault(address.lower(), Mailbox())

    def __len__(self) -> int:
        return sum(len(mailbox.mails) for mailbox in self._mailboxes.values())

    @asynccontextmanager
    async def listening(self, host: str = "127.0.0.1", port: int = 0) -> AsyncIterator[Bound]:
        """Take mails until the block ends; port 0 lets the system choose. OSError where the port is taken."""
        logging.getLogger("mail.log").setLevel(logging.WARNING)  # below that it prints addresses and texts
        server = await asyncio.get_running_loop().create_server(lambda: _Connection(self), host, port)
        try:
            yield Bound(*server.sockets[0].getsockname()[:2])
        finally:
            server.close()
            for transport in list(self._open):
                transport.close()
            await server.wait_closed()

    async def handle_RCPT(  # noqa: N802 -- aiosmtpd's name
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        """Take a recipient, unless their mailbox refuses."""
        if refusal := self.mailbox(address).refuses:
            return refusal
        envelope.rcpt_tos.append(address)
        return "250 2.1.5 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        """Put the mail into every recipient's mailbox."""
        content = envelope.content or b""
        mail = Delivered(_parsed(content if isinstance(content, bytes) else content.encode()))
        for address in envelope.rcpt_tos:
            self.mailbox(address).takes(mail)
        return "250 2.0.0 Delivered"

    def connected(self, transport: asyncio.Transport) -> None:
        """A sender connected."""
        self._open.add(transport)

    def parted(self, transport: asyncio.Transport | None) -> None:
        """A sender is gone."""
        if transport is not None:
            self._open.discard(transport)


class _Connection(SMTP):
    """One sender's connection."""

    def __init__(self, postbox: Postbox) -> None:
        super().__init__(postbox, enable_SMTPUTF8=True, hostname="mail.example", ident="postbox")
        self._postbox = postbox
        self._mine: asyncio.Transport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._mine = transport
        self._postbox.connected(transport)
        super().connection_made(transport)

    def connection_lost(self, error: Exception | None) -> None:
        self._postbox.parted(self._mine)
        super().connection_lost(error)


def _parsed(content: bytes) -> EmailMessage:
    message = message_from_bytes(content, policy=policy.default)
    assert isinstance(message, EmailMessage)
    return message
