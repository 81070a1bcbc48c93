"""What comes in and what goes out, whatever the channel.

An adapter turns what the wire brought into an :class:`Inbound` and awaits its receipt; the outbox
turns a stored reply into an :class:`Outbound` and hands it to the adapter. Nothing else passes
between channels and the rest of the house.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from enum import StrEnum
from typing import NewType

from helpdesk.clock import Instant
from helpdesk.phone import PhoneNumber

TicketId = NewType("TicketId", str)
EntryId = NewType("EntryId", str)
OutboxId = NewType("OutboxId", str)
RawId = NewType("RawId", str)
PersonId = NewType("PersonId", str)
ConversationId = NewType("ConversationId", str)
StaffId = NewType("StaffId", str)
LineId = NewType("LineId", str)
IncidentId = NewType("IncidentId", str)


class Channel(StrEnum):
    """How a contact reached the library."""

    SMS = "sms"
    MAIL = "mail"
    CHAT = "chat"
    PHONE = "phone"
    DESK = "desk"


@dataclass(frozen=True, slots=True, kw_only=True)
class Address:
    """Where an ordinary person can be reached on an open line.

    ``value``: a mail address in lower case, a number in E.164 form, or a chat visitor's id.
    ``name``: as the patron gave it, "" if they did not.
    """

    channel: Channel
    value: str
    name: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Attachment:
    """A file that came with a message. ``digest`` is the SHA-256 of ``content``, in hex."""

    name: str
    media_type: str
    content: bytes = field(repr=False)
    digest: str


class Keyword(StrEnum):
    """A text that is one word alone, by which a patron steers what we may text them."""

    STOP = "stop"
    START = "start"
    HELP = "help"


@dataclass(frozen=True, slots=True, kw_only=True)
class Inbound:
    """A message that a patron sent, as its channel read it.

    ``account``      the carrier's account or the mailbox it came through ("" where there is one only)
    ``external_id``  the sender's or carrier's name for it; with ``digest`` (SHA-256 hex of the content) it
                     says whether this very message came before
    ``sender``       an Address on an open line, a PhoneNumber where the line's policy is still to be applied,
                     None where the message does not say (a mail with no From)
    ``sent_at``      when a party that we trust took it (a relay's Received, the carrier's creation time);
                     None to count from our own commit
    ``caught_up``    fetched later because the webhook never reached us
    ``tokens``       signed reply tokens found in the recipient addresses, still unverified
    ``references``   the Message-IDs it answers, nearest first
    ``quote_from``   the offset in ``text`` where quoted text starts, None where there is none
    ``automatic``    a program wrote it (an auto-reply, a bounce): ticketed, wakes nobody, never auto-answered
    ``keep_quiet``   a person may have written it, yet nothing may answer it by itself (a list's mail)
    ``segments``     parts of a text message, 1 for all else
    ``files``        how many files lie at the carrier, to be fetched once the text itself is stored
    ``keyword``      it is nothing but a word for the carrier: no more texts, texts again, who are you
    ``remarks``      what the reader noticed, in words for the ticket's history ("charset guessed as cp1252")

    What somebody wrote is not in its repr: a traceback or a log that prints it must not print a number in it.
    """

    channel: Channel
    line: LineId
    external_id: str
    digest: str
    sender: Address | PhoneNumber | None
    text: str = field(repr=False)
    account: str = field(default="", repr=False)
    subject: str = field(default="", repr=False)
    sent_at: Instant | None = None
    caught_up: bool = False
    tokens: tuple[str, ...] = field(default=(), repr=False)
    references: tuple[str, ...] = field(default=(), repr=False)
    recipients: tuple[str, ...] = field(default=(), repr=False)
    quote_from: int | None = None
    automatic: bool = False
    keep_quiet: bool = False
    segments: int = 1
    files: int = 0
    keyword: Keyword | None = None
    attachments: tuple[Attachment, ...] = field(default=(), repr=False)
    remarks: tuple[str, ...] = field(default=(), repr=False)
    conversation: ConversationId | None = None
    """The chat it belongs to; None on all other channels."""


def digest_of_id(external_id: str) -> str:
    """The digest of a message whose content may leave no trace: there its id alone says whether it came before."""
    return hashlib.sha256(external_id.encode(errors="backslashreplace")).hexdigest()


@dataclass(frozen=True, slots=True, kw_only=True)
class Fetched:
    """The files of one message, fetched from its carrier. ``left``: of each that is not kept the reason, in words."""

    files: tuple[Attachment, ...] = ()
    left: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Envelope:
    """A mail as the relay handed it over: kept before it is parsed."""

    line: LineId
    sender: str
    recipients: tuple[str, ...]
    content: bytes = field(repr=False)
    digest: str
    relayed_at: Instant | None = None
    """The trusted relay's Received time, where that is earlier than ours."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Receipt:
    """Says that a message is stored. ``duplicate``: it was there already, nothing was written."""

    ticket: TicketId | None
    entry: EntryId | None
    duplicate: bool = False
    quarantined: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Outbound:
    """A message to a patron, ready for its channel.

    ``id``          random; it comes back in the status-callback URL or as the Message-ID, as proof
    ``to``          where it goes: opened from the seal only for this step on a sealed line
    ``token``       the signed reply token for the plus-address of a mail, "" elsewhere
    ``references``  the Message-IDs of the thread, oldest first; the last is what it answers
    ``automatic``   written by a rule, not by a person
    ``again``       an earlier try ended unclear: the recipient may get it twice
    ``created``     when the reply was written
    """

    id: OutboxId
    channel: Channel
    line: LineId
    to: Address | PhoneNumber | ConversationId
    text: str
    subject: str = ""
    token: str = ""
    references: tuple[str, ...] = ()
    copies: tuple[str, ...] = ()
    author: str = ""
    automatic: bool = False
    again: bool = False
    created: Instant


@dataclass(frozen=True, slots=True, kw_only=True)
class Sent:
    """The provider took it. ``provider_id`` is its own name for it."""

    provider_id: str
    segments: int = 1


class Delivery(StrEnum):
    """How far an outgoing message has come, in rising rank; the last two are ends."""

    WAITING = "waiting"
    SENT = "sent"
    DELIVERED = "delivered"
    FAILED = "failed"

    @property
    def rank(self) -> int:
        """Callbacks come twice and out of order: only a higher rank replaces a lower one."""
        return list(Delivery).index(self)


class Matter(StrEnum):
    """Whose matter a failed delivery is, and so what happens next.

    PATRON: it can never arrive, the ticket comes back. OURS: the line rests until our account is mended.
    PASSING: it is tried again.
    """

    PATRON = "patron"
    OURS = "ours"
    PASSING = "passing"


@dataclass(frozen=True, slots=True, kw_only=True)
class DeliveryReport:
    """What the provider says of a message it took from us.

    ``outbox``     "" where the provider names the message by ``provider_id`` alone
    ``recipient``  whom it speaks of, where it says: a mail may have gone to several
    """

    outbox: OutboxId
    status: Delivery
    provider_id: str = ""
    code: str = ""
    reason: str = ""
    matter: Matter = Matter.PATRON
    recipient: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """What a mail says once it is read. ``reports``: where it is a bounce, what became of mails of ours."""

    inbound: Inbound
    reports: tuple[DeliveryReport, ...] = ()
