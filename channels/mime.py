"""A mail's bytes into a message: pure, and written for the worst mail there is.

It runs in a worker with limits (:mod:`channels.mime_worker`), yet raises only Unparseable, and that only where there is
nothing to read at all. Whatever is odd about a mail becomes a remark on its ticket.

=============  ============================================
charsets       bytes into clean text
mime_headers   headers, addresses, Message-IDs
mime_parts     which parts are text, which are files
mime_text      flowed text and HTML as words
mime_quote     where the quote starts
mime_bounce    what a bounce says of a mail of ours
=============  ============================================
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterator
from email import message_from_bytes
from email.message import Message
from email.parser import BytesParser

from channels import mime_quote
from channels.charsets import clean, decode, plain
from channels.mime_bounce import reports
from channels.mime_headers import (
    Headers,
    addresses,
    answered,
    first,
    headers_of,
    is_automatic,
    keeps_quiet,
    mailbox,
    message_ids,
    words,
)
from channels.mime_parts import TEXT_LIMIT, Body, body_of
from channels.mime_text import tidy
from helpdesk.errors import Unparseable
from helpdesk.message import Channel, Envelope, Inbound, Reading

FindQuote = Callable[[str], int | None]
"""The offset where quoted text starts, None where there is none (or it takes too long to find)."""

_TOKENS = 10
_RECIPIENTS = 100
_TOKEN = re.compile(r"[0-9a-z]{8,64}")


def read(envelope: Envelope, mailboxes: Collection[str], find_quote: FindQuote = mime_quote.find) -> Reading:
    """What a mail says. ``mailboxes``: all of ours, in lower case; the envelope's line is one of them."""
    if not envelope.content.strip():
        raise Unparseable("The mail is empty.")
    message, remarks = _parsed(envelope.content)
    headers = headers_of(message)
    body = body_of(message) if not remarks else _as_it_came(envelope.content, remarks)
    senders = addresses(headers.get("from", ()))
    remarks = (*body.remarks, *_remarks(headers, bool(senders)))
    recipients = _recipients(headers, envelope)
    inbound = Inbound(
        channel=Channel.MAIL,
        line=envelope.line,
        external_id=next(iter(message_ids(first(headers, "message-id"))), f"digest:{envelope.digest}"),
        digest=envelope.digest,
        sender=senders[0] if senders else None,
        text=body.text,
        account=next((box for box in (_base(to) for to in recipients) if box in mailboxes), ""),
        subject=words(first(headers, "subject")),
        sent_at=envelope.relayed_at,
        tokens=_tokens(recipients, mailboxes),
        references=answered(headers),
        recipients=recipients,
        quote_from=find_quote(body.text),
        automatic=is_automatic(headers, envelope.sender, message.get_content_type()),
        keep_quiet=keeps_quiet(headers),
        attachments=body.files,
        remarks=tuple(dict.fromkeys(plain(remark, 300) for remark in remarks)),
    )
    return Reading(inbound=inbound, reports=reports(message, {box.rpartition("@")[2] for box in mailboxes}))


def _parsed(content: bytes) -> tuple[Message, tuple[str, ...]]:
    """The mail as parts; where it is nested too deep for that, its headers alone, and a remark."""
    try:
        return message_from_bytes(content), ()
    except (RecursionError, ValueError, TypeError, LookupError, AttributeError, AssertionError):
        return BytesParser().parsebytes(content, headersonly=True), (
            "the mail's parts can't be read: it is shown as it came",
        )


def _as_it_came(content: bytes, remarks: tuple[str, ...]) -> Body:
    _, _, rest = content.partition(b"\n\r\n" if b"\n\r\n" in content else b"\n\n")
    return Body(text=tidy(clean(decode(rest[:TEXT_LIMIT], "").text)), files=(), remarks=remarks)


def _remarks(headers: Headers, has_sender: bool) -> Iterator[str]:
    if not has_sender:
        yield "the mail names no address to reply to"
    if not message_ids(first(headers, "message-id")):
        yield "the mail has no Message-ID"
    if len(headers.get("from", ())) > 1:
        yield "the mail has more than one From line; the first is used"


def _recipients(headers: Headers, envelope: Envelope) -> tuple[str, ...]:
    """Whom it was sent to, as far as anybody says: the envelope, To, Cc, and what relays note. At most 100."""
    names = ("to", "cc", "delivered-to", "x-original-to", "envelope-to")
    written = [address.value for name in names for address in addresses(headers.get(name, ()))]
    kept = [box for to in envelope.recipients if (box := mailbox(to))]
    return tuple(dict.fromkeys((*kept, *written)))[:_RECIPIENTS]


def _base(address: str) -> str:
    """A plus-address without its plus."""
    local, _, domain = address.rpartition("@")
    return f"{local.partition('+')[0]}@{domain}"


def _tokens(recipients: tuple[str, ...], mailboxes: Collection[str]) -> tuple[str, ...]:
    found = (to.rpartition("@")[0].partition("+")[2] for to in recipients if _base(to) in mailboxes)
    return tuple(dict.fromkeys(token for token in found if _TOKEN.fullmatch(token)))[:_TOKENS]
