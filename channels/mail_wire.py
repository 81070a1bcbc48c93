"""One SMTP or LMTP conversation.

aiosmtpd speaks the protocol. Taken over here are three things that it does otherwise: lines of a mail may be as long as
they like, over LMTP every recipient gets a reply of its own, and what goes wrong is never told in the error's words.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from contextlib import suppress
from typing import Any, Literal, Protocol

import structlog
from aiosmtpd.lmtp import LMTP
from aiosmtpd.smtp import SMTP, Session
from aiosmtpd.smtp import Envelope as Handed

OK = "250 2.1.5 OK"
TAKEN = "250 2.6.0 Kept"
LATER = "451 4.3.0 The help desk can't store mail now: try again"
CLOSING = "421 4.3.2 The help desk is stopping: try again"
TOO_LARGE = "552 5.3.4 The mail is larger than the help desk takes"
TOO_MANY = "452 4.5.3 Too many recipients: send the mail to the others apart"
UNKNOWN = "550 5.1.1 No such mailbox here"
STRANGER = "554 5.7.1 Mail is taken from trusted relays only"

_PIECE_BYTES = 65_536
"""A line is read in pieces of this size, in bytes; a command that long is refused."""

_log = structlog.get_logger()


class Postroom(Protocol):
    """What stands behind a conversation."""

    def opened(self, conversation: Conversation) -> None:
        """A relay connected."""
        ...

    def closed(self, conversation: Conversation) -> None:
        """It is gone."""
        ...

    def trusts(self, peer: object) -> bool:
        """Whether mail is taken from this peer (a socket's address; "" or None on a Unix socket)."""
        ...

    async def turn_away(self, peer: object) -> None:
        """Note a peer that is not trusted."""
        ...

    def accepts(self, recipient: str, already: int) -> str:
        """The reply to one recipient, after ``already`` others."""
        ...

    async def take(self, sender: str, recipients: Sequence[str], content: bytes) -> list[str]:
        """Store a mail; a reply for each recipient, in their order."""
        ...


def conversation(room: Postroom, *, protocol: Literal["smtp", "lmtp"], max_bytes: int, hostname: str) -> Conversation:
    """A conversation that waits for its connection."""
    kind = _LmtpConversation if protocol == "lmtp" else Conversation
    return kind(room, data_size_limit=max_bytes, enable_SMTPUTF8=True, hostname=hostname, ident="help desk")


class _Hooks:
    """What aiosmtpd calls by name."""

    def __init__(self, room: Postroom) -> None:
        self._room = room

    async def handle_RCPT(  # noqa: N802 -- aiosmtpd's name
        self, server: SMTP, session: Session, mail: Handed, address: str, options: list[str]
    ) -> str:
        """Take a recipient, or say why not."""
        reply = self._room.accepts(address, len(mail.rcpt_tos))
        if reply == OK:
            mail.rcpt_tos.append(address)
        return reply

    async def handle_exception(self, error: Exception) -> str:
        """Never the error's own words, and never a permanent no."""
        _log.error("mail_conversation_failed", error=type(error).__name__)
        return LATER


class Conversation(SMTP):
    """One SMTP connection. It answers DATA with a reply that stands for a stored mail."""

    line_length_limit = _PIECE_BYTES

    def __init__(self, room: Postroom, *, data_size_limit: int, **settings: Any) -> None:
        super().__init__(_Hooks(room), data_size_limit=data_size_limit, **settings)
        self._room = room
        self._limit = data_size_limit
        self._storing = False
        self._ending = False

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """A relay connected: the listener counts it in."""
        super().connection_made(transport)
        self._room.opened(self)

    def connection_lost(self, error: Exception | None) -> None:
        """The relay is gone: the listener counts it out."""
        self._room.closed(self)
        super().connection_lost(error)

    def end(self) -> asyncio.Task[None]:
        """Close the connection, at once or when the mail in hand is stored; the task that then ends."""
        self._ending = True
        if not self._storing:
            if self._writer is not None:
                self._writer.write(CLOSING.encode() + b"\r\n")
            self._close()
        assert self._handler_coroutine is not None
        return self._handler_coroutine

    def _close(self) -> None:
        if self.transport is not None:
            self.transport.close()

    async def _handle_client(self) -> None:
        assert self.session is not None
        with suppress(ConnectionError):  # the peer hung up: what was not answered with 250 they hand in again
            if self._room.trusts(self.session.peer):
                await super()._handle_client()
                return
            await self.push(STRANGER)
            await self._room.turn_away(self.session.peer)
            self._close()

    async def smtp_DATA(self, arg: str) -> None:  # noqa: N802 -- aiosmtpd's name
        """Read a mail, have it stored, answer."""
        if await self.check_helo_needed():
            return
        assert self.envelope is not None
        recipients = tuple(self.envelope.rcpt_tos)
        if arg or not recipients:
            await self.push("501 5.5.4 Syntax: DATA" if arg else "503 5.5.1 No recipient was taken yet")
            return
        sender = "" if self.envelope.mail_from in {None, "<>"} else str(self.envelope.mail_from)
        await self.push("354 End data with <CR><LF>.<CR><LF>")
        content = await self._content(len(recipients))
        if content is not None:
            await self._store(sender, recipients, content)
        self.envelope = self._create_envelope()

    async def _store(self, sender: str, recipients: Sequence[str], content: bytes) -> None:
        self._storing = True
        try:
            replies = await self._room.take(sender, recipients, content)
        finally:
            self._storing = False
        await self.push("\r\n".join(self._answers(replies)))
        if self._ending:
            self._close()

    def _answers(self, replies: list[str]) -> list[str]:
        """Over SMTP one reply for all: if one line could not keep it, the mail comes again for all of them."""
        return [next((reply for reply in replies if reply != TAKEN), TAKEN)]

    async def _content(self, recipients: int) -> bytes | None:
        """The mail up to its lone dot, None if it was too large: that is said as soon as it is, and nothing kept."""
        content = bytearray()
        size, fresh = 0, True
        while True:
            piece, whole = await self._piece()
            if fresh and piece.startswith(b"."):
                if piece == b".\r\n":
                    return bytes(content) if size <= self._limit else None
                piece = piece[1:]
            fresh = whole
            passes = size <= self._limit < size + len(piece)
            size += len(piece)
            if passes:
                content.clear()
                await self.push("\r\n".join(self._answers([TOO_LARGE] * recipients)))
            if size <= self._limit:
                content += piece

    async def _piece(self) -> tuple[bytes, bool]:
        """A line, or as much of it as is read at a time; and whether that is its end."""
        try:
            return await self._reader.readuntil(b"\r\n"), True
        except asyncio.LimitOverrunError as long:
            return await self._reader.read(long.consumed), False


class _LmtpConversation(Conversation, LMTP):
    """One LMTP connection (RFC 2033): after DATA a reply for each recipient."""

    def _answers(self, replies: list[str]) -> list[str]:
        return replies
