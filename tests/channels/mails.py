"""Mails of our own writing, good and bad, and a door that keeps what it is handed."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field

from helpdesk.clock import Instant
from helpdesk.config import LineSettings
from helpdesk.errors import TryLater
from helpdesk.message import Channel, DeliveryReport, Envelope, Inbound, LineId, Receipt

MAILBOX = "enquiries@library.example"
ENQUIRIES = LineId("enquiries")
RECORDS = LineId("records")
LINES = {
    ENQUIRIES: LineSettings(channel=Channel.MAIL, title="Enquiries", address=MAILBOX),
    RECORDS: LineSettings(channel=Channel.MAIL, title="Records", address="records@library.example"),
}
MAILBOXES = frozenset(line.address for line in LINES.values())


def mail(*lines: str, body: str = "When do you open on Sunday?", **headers: str) -> bytes:
    """A mail from Ana; ``headers`` replace hers (underscores are hyphens), "" leaves one out."""
    written = {
        "From": "Ana Reader <Ana@patron.example>",
        "To": MAILBOX,
        "Subject": "Opening hours",
        "Message-ID": "<one@patron.example>",
    }
    written |= {name.replace("_", "-"): value for name, value in headers.items()}
    head = [f"{name}: {value}" for name, value in written.items() if value]
    return "\r\n".join([*head, *lines, "", body, ""]).encode("utf-8", "surrogateescape")


def multipart(*parts: str, kind: str = "mixed", **headers: str) -> bytes:
    """A mail of several parts; each is its headers, an empty line and its content."""
    inside = "".join(f"--cut\n{part}\n" for part in parts)
    return mail(
        "MIME-Version: 1.0",
        f'Content-Type: multipart/{kind}; boundary="cut"',
        body=f"{inside}--cut--".replace("\n", "\r\n"),
        **headers,
    )


def nested(depth: int) -> bytes:
    """A mail whose parts lie ``depth`` deep inside each other."""
    head = "".join(
        f'Content-Type: multipart/mixed; boundary="b{level}"\r\n\r\n--b{level}\r\n' for level in range(depth)
    )
    return f"From: ana@patron.example\r\n{head}Content-Type: text/plain\r\n\r\nAt the bottom.\r\n".encode()


def bounce(of: str, *, action: str = "failed", status: str = "5.1.1") -> bytes:
    """A delivery status report about the mail with Message-ID ``of``."""
    return multipart(
        "Content-Type: text/plain\n\nYour mail could not be delivered.",
        "Content-Type: message/delivery-status\n\nReporting-MTA: dns; mx.example\n\n"
        f"Final-Recipient: rfc822; ana@patron.example\nAction: {action}\nStatus: {status}\n"
        "Diagnostic-Code: smtp; 550 5.1.1 <ana@patron.example> unknown",
        f"Content-Type: message/rfc822\n\nMessage-ID: {of}\nSubject: Re: Opening hours\n\nWe open at nine.",
        kind="report; report-type=delivery-status",
        From="MAILER-DAEMON@mx.example",
    )


def envelope(
    content: bytes,
    *,
    sender: str = "ana@patron.example",
    recipients: tuple[str, ...] = (MAILBOX,),
    relayed_at: Instant | None = None,
) -> Envelope:
    """``content`` as the relay handed it over."""
    return Envelope(
        line=ENQUIRIES,
        sender=sender,
        recipients=recipients,
        content=content,
        digest=hashlib.sha256(content).hexdigest(),
        relayed_at=relayed_at,
    )


@dataclass
class KeepingDoor:
    """Keeps what comes in; refuses while ``closed`` says so, for some lines or (None among them) for all."""

    kept: list[Envelope] = field(default_factory=list)
    turned: list[str] = field(default_factory=list)
    failing: Exception | None = None
    failing_lines: frozenset[LineId] = frozenset(LINES)

    async def keep(self, envelope: Envelope) -> Receipt:
        """Store a mail, or raise what it was told to."""
        if self.failing is not None and envelope.line in self.failing_lines:
            raise self.failing
        self.kept.append(envelope)
        return Receipt(ticket=None, entry=None)

    async def turned_away(self, channel: Channel, line: LineId | None, reason: str) -> None:
        """Count a refusal."""
        self.turned.append(reason)

    async def receive(self, inbound: Inbound) -> Receipt:
        """Not a mail listener's business."""
        raise TryLater("this door takes envelopes")

    async def report(self, report: DeliveryReport) -> None:
        """Not a mail listener's business."""

    async def quarantine(
        self, channel: Channel, line: LineId, external_id: str, digest: str, size: int, reason: str
    ) -> Receipt:
        """Not a mail listener's business."""
        raise TryLater("this door takes envelopes")

    async def cursor(self, name: str) -> Instant | None:
        """Nothing is caught up here."""
        return None

    async def move_cursor(self, name: str, when: Instant) -> None:
        """Nothing is caught up here."""
