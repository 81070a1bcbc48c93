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
from helpdesk.message import Channel, Inbound, Keyword, LineId, Receipt
from helpdesk.phone import PhoneNumber
from helpdesk.ports import Door

KEYWORDS: Mapping[str, Keyword] = {
    **dict.fromkeys(("STOP", "STOPALL", "UNSUBSCRIBE", "END", "QUIT", "REVOKE", "OPTOUT"), Keyword.STOP),
    **dict.fromkeys(("START", "YES", "UNSTOP"), Keyword.START),
    **dict.fromkeys(("HELP", "INFO"), Keyword.HELP),
}
"""What a text that is one of these alone asks of whoever texts it. The carrier heeds the same words."""

CANCEL = "CANCEL"
"""The carrier takes this for STOP, too. A patron of a library may mean a loan or a booking: a person looks."""

QUIET_WORDS = frozenset({*(word for word, asks in KEYWORDS.items() if asks is Keyword.STOP), "START", "UNSTOP"})
"""These are for the carrier alone and wake nobody. YES may answer a question, and HELP may mean it."""

UNKNOWN_LINE = LineId("unknown")
"""Where a text is quarantined that was sent to no configured line."""

MOST_COUNTED = 100
"""No text has more parts or files than this, whatever a form says."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Received:
    """A text as the carrier tells of it.

    ``sender``   None where it is no number that could be answered
    ``short``    it comes from a short code, so from a machine
    ``opt_out``  what the carrier itself did about it: STOP, START or HELP, "" where it does not say
    """

    sid: str
    account: str
    sender: PhoneNumber | None
    recipient: str
    body: str = field(repr=False)
    service: str = ""
    segments: int = 1
    files: int = 0
    broken: bool = False
    short: bool = False
    opt_out: str = ""
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
        short=is_short(form.get("From")),
        opt_out=form.get("OptOutType").upper(),
    )


def number_of(value: str | None) -> PhoneNumber | None:
    """The sender's number; None for a name ("PARCELCO"), another network's address or nothing."""
    try:
        return PhoneNumber((value or "").strip())
    except ValueError:
        return None


def is_short(value: str | None) -> bool:
    """Whether a sender is a short code: digits without a country."""
    return (value or "").strip().isdigit()


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
            files=received.files,
            automatic=_is_quiet(received),
            keep_quiet=received.short,
            keyword=keyword_of(received),
            remarks=tuple(_remarks(received)),
        )
    )


async def quarantine(received: Received, line: LineId, door: Door, reason: str) -> Receipt:
    """Keep a trace of a text without its content; ``reason`` goes on after "it could not be taken:"."""
    size = len(received.body.encode())
    return await door.quarantine(Channel.SMS, line, received.sid, received.digest, size, reason)


def keyword_of(received: Received) -> Keyword | None:
    """What the text asks for: as the carrier took it where it says so, else by the bare word.

    Where the carrier has answered HELP itself, nothing is left to do.
    """
    if received.opt_out in {"STOP", "START"}:
        return Keyword(received.opt_out.lower())
    return None if received.opt_out else KEYWORDS.get(_word(received))


def _is_quiet(received: Received) -> bool:
    """Whether it is nothing but a word for the carrier, which waits for nobody's answer."""
    return not received.files and _word(received) in QUIET_WORDS


def _word(received: Received) -> str:
    return received.body.strip().upper()


def _remarks(received: Received) -> list[str]:
    """What the history should say about the text."""
    said = []
    if received.broken:
        said.append("Some of its characters could not be read and were replaced.")
    if received.files:
        said.append("It came with a file." if received.files == 1 else f"It came with {received.files} files.")
    if received.short:
        said.append("It came from a short code, so from a machine: nothing answers it by itself.")
    if _word(received) == CANCEL:
        blocked = "takes" if received.opt_out == "STOP" else "may take"
        said.append(
            f"Perhaps a loan or a booking is meant. The carrier {blocked} it for STOP and refuses our texts then."
        )
    return said


def count_of(value: object, *, least: int) -> int:
    """A count as the carrier writes it, held between ``least`` and a sane most; ``least`` for what is no number."""
    text = str(value or "")
    return max(least, min(int(text), MOST_COUNTED)) if text.isascii() and text.isdigit() else least
