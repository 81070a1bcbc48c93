"""Mail in: SMTP or LMTP from a trusted relay, on loopback or a Unix socket.

The reply after DATA is the receipt: 250 once the bytes are stored, 451 for whatever went wrong, never a permanent no.
Only our mailboxes are taken, with or without ``+token``; nothing is relayed. A mail over the limit is refused as soon
as it passes it, and nothing of it is held. Reading the mail is another step (:mod:`channels.mime_worker`).
The conversation itself is in :mod:`channels.mail_wire`.
"""

from __future__ import annotations

import asyncio
import hashlib
import ipaddress
import logging
import os
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass

import structlog

from channels.mail_wire import LATER, OK, TAKEN, TOO_MANY, UNKNOWN, Conversation, conversation
from channels.received import received_at
from helpdesk.clock import DAY, Clock, Instant, plus
from helpdesk.config import LineSettings, MailSettings
from helpdesk.errors import BadConfig
from helpdesk.message import Channel, Envelope, LineId
from helpdesk.ports import Door

LAST_SECONDS = 3.0
"""How long a stop waits for mails that are being stored, in seconds."""

_RECIPIENTS = 100
_BACKLOG = 256
_OLDEST = 7 * DAY
"""A relay gives up after five days: an older Received line is not the relay's."""

_log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Bound:
    """Where the listener can be reached: ``host`` and ``port``, or the ``path`` of a Unix socket."""

    host: str = ""
    port: int = 0
    path: str = ""

    def __str__(self) -> str:
        return self.path or f"{self.host}:{self.port}"


class MailListener:
    """Takes mail for the configured mailboxes and hands it to the door.

    ::

        async with listener.listening() as bound:
            ...  # reachable at bound.host, bound.port
    """

    def __init__(self, settings: MailSettings, lines: Mapping[LineId, LineSettings], door: Door, clock: Clock) -> None:
        self.settings = settings
        self._mailboxes = {line.address.lower(): name for name, line in lines.items() if line.channel is Channel.MAIL}
        self._peers = tuple(_network(peer) for peer in settings.trusted_peers)
        self._door = door
        self._clock = clock
        self._open: set[Conversation] = set()

    @asynccontextmanager
    async def listening(self) -> AsyncIterator[Bound]:
        """Listen until the block ends; then let those finish whose mail is being stored. BadConfig if it can't."""
        logging.getLogger("mail.log").setLevel(logging.WARNING)  # below that it prints addresses and texts
        server, bound = await self._listen()
        try:
            yield bound
        finally:
            server.close()
            await self._say_goodbye()
            await server.wait_closed()
            if bound.path:
                with suppress(FileNotFoundError):
                    os.unlink(bound.path)

    async def _listen(self) -> tuple[asyncio.Server, Bound]:
        loop = asyncio.get_running_loop()
        where = self.settings.listen
        try:
            if "/" in where:
                server = await loop.create_unix_server(self._conversation, where, backlog=_BACKLOG)
                os.chmod(where, 0o660)
                return server, Bound(path=where)
            host, port = _host_and_port(where)
            server = await loop.create_server(self._conversation, host, port, backlog=_BACKLOG)
        except OSError as error:
            raise BadConfig(
                f"[mail] listen = {where!r}: {error.strerror}. Choose another address, or end what uses it."
            ) from error
        name = server.sockets[0].getsockname()
        return server, Bound(host=name[0], port=name[1])

    async def _say_goodbye(self) -> None:
        ends = [conversation.end() for conversation in self._open]
        if ends:
            _, late = await asyncio.wait(ends, timeout=LAST_SECONDS)
            for task in late:
                task.cancel()  # nobody was told 250: the relay hands it in again

    def _conversation(self) -> Conversation:
        host = next(iter(self._mailboxes), "@localhost").rpartition("@")[2]
        settings = self.settings
        return conversation(self, protocol=settings.protocol, max_bytes=settings.max_bytes, hostname=host)

    def opened(self, conversation: Conversation) -> None:
        """A relay connected."""
        self._open.add(conversation)

    def closed(self, conversation: Conversation) -> None:
        """It is gone."""
        self._open.discard(conversation)

    def trusts(self, peer: object) -> bool:
        """Whether mail is taken from this peer. Who reaches a Unix socket was let in by its file mode."""
        if not isinstance(peer, tuple):
            return True
        address = ipaddress.ip_address(str(peer[0]).partition("%")[0])
        if isinstance(address, ipaddress.IPv6Address) and address.ipv4_mapped is not None:
            address = address.ipv4_mapped
        return any(address in network for network in self._peers)

    async def turn_away(self, peer: object) -> None:
        """Note a peer that is not trusted."""
        _log.warning("mail_peer_not_trusted", peer=peer[0] if isinstance(peer, tuple) else "")
        try:
            await self._door.turned_away(Channel.MAIL, None, "a mail host that is not in mail.trusted_peers")
        except Exception as error:  # noqa: BLE001 -- the peer is refused whether or not it could be counted
            _log.error("mail_refusal_not_counted", error=type(error).__name__)

    def line_of(self, recipient: str) -> LineId | None:
        """The line whose mailbox this is, with or without a plus; None if it is nobody's."""
        local, _, domain = recipient.lower().rpartition("@")
        return self._mailboxes.get(f"{local}@{domain}") or self._mailboxes.get(f"{local.partition('+')[0]}@{domain}")

    def accepts(self, recipient: str, already: int) -> str:
        """The reply to one recipient, after ``already`` others."""
        if self.line_of(recipient) is None:
            return UNKNOWN
        return TOO_MANY if already >= _RECIPIENTS else OK

    async def take(self, sender: str, recipients: Sequence[str], content: bytes) -> list[str]:
        """Keep a mail, one envelope for each line that it is for; a reply for each recipient, in their order."""
        of = {recipient: self.line_of(recipient) for recipient in recipients}
        relayed_at = self._relayed_at(content)
        digest = hashlib.sha256(content).hexdigest()
        replies: dict[LineId | None, str] = {None: UNKNOWN}
        for line in dict.fromkeys(line for line in of.values() if line is not None):
            envelope = Envelope(
                line=line,
                sender=_readable(sender),
                recipients=tuple(_readable(to) for to in recipients if of[to] == line),
                content=content,
                digest=digest,
                relayed_at=relayed_at,
            )
            replies[line] = await self._keep(envelope)
        return [replies[of[recipient]] for recipient in recipients]

    async def _keep(self, envelope: Envelope) -> str:
        try:
            await self._door.keep(envelope)
        except Exception as error:  # noqa: BLE001 -- whatever went wrong, the relay keeps the mail and comes again
            _log.error("mail_not_kept", line=envelope.line, error=type(error).__name__)
            return LATER
        return TAKEN

    def _relayed_at(self, content: bytes) -> Instant | None:
        when, now = received_at(content), self._clock.now()
        return when if when is not None and plus(now, -_OLDEST) < when < now else None


def _readable(address: str) -> str:
    """An address as text that can be stored: what is not UTF-8 in it is replaced."""
    return address.encode("utf-8", "surrogateescape").decode("utf-8", "replace")


def _network(peer: str) -> ipaddress.IPv4Network | ipaddress.IPv6Network:
    try:
        return ipaddress.ip_network(peer, strict=False)
    except ValueError as error:
        raise BadConfig(f"[mail] trusted_peers: {peer!r} is no IP address or network, such as 127.0.0.1.") from error


def _host_and_port(where: str) -> tuple[str, int]:
    host, colon, port = where.rpartition(":")
    if not colon or not port.isdecimal() or int(port) > 65_535:
        raise BadConfig(f'[mail] listen = {where!r}: write "host:port", or the path of a Unix socket.')
    return host.strip("[]"), int(port)
