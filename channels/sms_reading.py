"""From the carrier's fields to a message: one reading for the webhook and for catching up.

Both must come to the same ``external_id`` and ``digest``, or a text that came in by both would count twice. So the
digest covers what both hold (the SID, the number texted, the words, how many files), and never the sender.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field

from channels.sms_codes import sid_of
from channels.sms_form import Form
from helpdesk.clock import Instant
from helpdesk.config import LineSettings
from helpdesk.message import Channel, Inbound, LineId, Receipt
from helpdesk.phone import PhoneNumber
from helpdesk.ports import Door

STOP_WORDS = frozenset({"STOP", "STOPALL", "UNSUBSCRIBE", "CANCEL", "END", "QUIT", "REVOKE", "OPTOUT"})
"""A text that is one of these alone makes the carrier refuse our texts to the patron."""

UNKNOWN_LINE = LineId("unknown")
"""Where a text is quarantined that was sent to no configured line."""

MOST_COUNTED = 100
"""No text has more parts or files than this, whatever a form says."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Received:
    """A text as the carrier tells of it. ``sender`` is None where it is no number that could be answered."""

    sid: str
    account: str
    sender: PhoneNumber | None
    recipient: str
    body: str = field(repr=False)
    service: str = ""
    segments: int = 1
    files: int = 0
    broken: bool = False
    sent_at: Instant | None = None
    caught_up: bool = False

    @property
    def digest(self) -> str:
        """SHA-256 over the SID, the number texted, the words and the count of files; never over the sender."""
        parts = (self.sid, self.recipient, self.body, str(self.files))
        return hashlib.sha256("\x00".join(parts).encode()).hexdigest()


class Lines:
    """The configured SMS lines, found by what a text was sent to."""

    def __init__(self, lines: Mapping[str, LineSettings]) -> None:
        self._lines = {LineId(name): line for name, line in lines.items() if line.channel is Channel.SMS}

    def items(self) -> list[tuple[LineId, LineSettings]]:
        """All lines by name."""
        return list(self._lines.items())

    def get(self, name: str) -> LineSettings | None:
        """The line of that name."""
        return self._lines.get(LineId(name))

    def find(self, recipient: str, service: str) -> LineId | None:
        """The line with that number, else the one with that messaging service."""
        for name, line in self._lines.items():
            if recipient and line.address == recipient:
                return name
        return next((name for name, line in self._lines.items() if service and line.messaging_service == service), None)


def read_form(form: Form) -> Received:
    """The text in a webhook's form."""
    return Received(
        sid=sid_of(form.get("MessageSid") or form.get("SmsMessageSid") or form.get("SmsSid")),
        account=form.get("AccountSid"),
        sender=number_of(form.get("From")),
        recipient=form.get("To"),
        service=form.get("MessagingServiceSid"),
        body=clean(form.get("Body")),
        segments=count_of(form.get("NumSegments"), least=1),
        files=count_of(form.get("NumMedia"), least=0),
        broken=form.broken("Body"),
    )


def number_of(value: str | None) -> PhoneNumber | None:
    """The sender's number; None for a name ("PARCELCO"), another network's address or nothing."""
    try:
        return PhoneNumber((value or "").strip())
    except ValueError:
        return None


def clean(text: str) -> str:
    """``text`` as every store can keep it: halves of characters and NUL become U+FFFD."""
    whole = text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
    return whole.replace("\x00", "\ufffd")


async def hand_over(received: Received, line: LineId | None, door: Door) -> Receipt:
    """Through the door: received, or kept in quarantine without its content where it can't be a ticket."""
    if line is None:
        return await quarantine(
            received, UNKNOWN_LINE, door, "it was sent to a number that is no line here (add the line)"
        )
    if not received.sid:
        return await quarantine(received, line, door, "the carrier gave it no id of its own kind")
    if received.sender is None:
        return await quarantine(received, line, door, "its sender is no telephone number, so nobody could be answered")
    return await door.receive(
        Inbound(
            channel=Channel.SMS,
            line=line,
            external_id=received.sid,
            digest=received.digest,
            sender=received.sender,
            text=received.body,
            account=received.account,
            sent_at=received.sent_at,
            caught_up=received.caught_up,
            segments=received.segments,
            remarks=tuple(_remarks(received)),
        )
    )


async def quarantine(received: Received, line: LineId, door: Door, reason: str) -> Receipt:
    """Keep a trace of a text without its content; ``reason`` goes on after "it could not be taken:"."""
    size = len(received.body.encode())
    return await door.quarantine(Channel.SMS, line, received.sid, received.digest, size, reason)


def _remarks(received: Received) -> list[str]:
    """What the history should say about the text."""
    said = []
    if received.broken:
        said.append("Some of its characters could not be read and were replaced.")
    if received.files:
        what = "a file, which was" if received.files == 1 else f"{received.files} files, which were"
        said.append(f"The text came with {what} left at the carrier.")
    if received.body.strip().upper() in STOP_WORDS:
        said.append("The carrier takes this for STOP: it refuses our texts until the patron texts START.")
    return said


def count_of(value: object, *, least: int) -> int:
    """A count as the carrier writes it, held between ``least`` and a sane most; ``least`` for what is no number."""
    text = str(value or "")
    return max(least, min(int(text), MOST_COUNTED)) if text.isascii() and text.isdigit() else least
