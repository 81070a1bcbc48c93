"""What a bounce says of a mail that we sent.

A delivery status report (RFC 3464) names a status code and carries the headers of what it could not deliver. Our
Message-IDs are ``<OUTBOXID@domain>``: that is the way back. The report's own words may hold an address, so they are
not passed on; the code is put into words here.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from email.message import Message

from channels.mime_headers import Headers, answered, first, headers_of, mailbox, message_ids
from helpdesk.message import Delivery, DeliveryReport, OutboxId

_OURS = re.compile(r"<([0-9A-Za-z_-]{8,64})@([^<>@\s]{1,190})>")
_STATUS = re.compile(r"([245])\.(\d{1,3})\.(\d{1,3})")
_HEADER_BYTES = 64_000
_PARTS = 20

_MEANING = {
    "1.1": "The mailbox does not exist.",
    "1.2": "The recipient's mail domain does not exist.",
    "1.10": "The recipient's domain takes no mail.",
    "2.1": "The mailbox is switched off.",
    "2.2": "The mailbox is full.",
    "2.3": "The mail is larger than the recipient's mail system takes.",
    "3.4": "The mail is larger than the recipient's mail system takes.",
    "4.1": "The recipient's mail system did not answer.",
    "4.4": "The recipient's mail system could not be found.",
    "4.7": "The mail waited too long and was given up.",
    "7.1": "The recipient's mail system refused the mail by its rules.",
}


def reports(message: Message, domains: Collection[str]) -> tuple[DeliveryReport, ...]:
    """What a bounce says of mails from ``domains`` (lower case); empty for all other mail, and for "delayed"."""
    if message.get_content_type() != "multipart/report" or not message.is_multipart():
        return ()
    parts = [part for part in message.get_payload() if isinstance(part, Message)][:_PARTS]
    outbox = next((found for found in _originals(message, parts, domains)), None)
    status = next((part for part in parts if part.get_content_type() == "message/delivery-status"), None)
    if outbox is None or status is None:
        return ()
    inside = status.get_payload()
    blocks = [block for block in inside if isinstance(block, Message)] if isinstance(inside, list) else []
    return tuple(report for block in blocks[:_PARTS] if (report := _report(block, outbox)))


def _report(block: Message, outbox: OutboxId) -> DeliveryReport | None:
    headers = headers_of(block)
    action = first(headers, "action").partition(";")[0].strip().lower()
    code = match[0] if (match := _STATUS.search(first(headers, "status"))) else ""
    if action == "failed":
        return DeliveryReport(
            outbox=outbox, status=Delivery.FAILED, code=code, reason=in_words(code), recipient=_recipient(headers)
        )
    if action in {"delivered", "relayed"}:
        return DeliveryReport(outbox=outbox, status=Delivery.DELIVERED, code=code, recipient=_recipient(headers))
    return None


def _recipient(headers: Headers) -> str:
    """Whom the block speaks of, as we wrote to them where it says so: in lower case, "" if it is no mail address."""
    told = first(headers, "original-recipient") or first(headers, "final-recipient")
    return mailbox(told.partition(";")[2])


def in_words(code: str) -> str:
    """What an enhanced status code (RFC 3463) means to staff."""
    return _MEANING.get(code.partition(".")[2], "The recipient's mail system did not take the mail.")


def _originals(message: Message, parts: list[Message], domains: Collection[str]) -> Iterator[OutboxId]:
    """Our ids in what came back: the returned mail's own Message-ID, then what the bounce says it answers."""
    for part in parts:
        yield from _ours(message_ids(_returned(part)), domains)
    yield from _ours(answered(headers_of(message)), domains)


def _returned(part: Message) -> str:
    inside = part.get_payload()
    if part.get_content_type() == "message/rfc822" and isinstance(inside, list) and inside:
        return first(headers_of(inside[0]), "message-id") if isinstance(inside[0], Message) else ""
    if part.get_content_type() == "text/rfc822-headers":
        raw = part.get_payload(decode=True)
        text = raw[:_HEADER_BYTES].decode("ascii", "replace") if isinstance(raw, bytes) else ""
        found = re.search(r"^message-id:\s*(<[^<>\s]{1,250}>)", text, re.IGNORECASE | re.MULTILINE)
        return found[1] if found else ""
    return ""


def _ours(ids: tuple[str, ...], domains: Collection[str]) -> Iterator[OutboxId]:
    for name in ids:
        if (match := _OURS.fullmatch(name)) and match[2].lower() in domains:
            yield OutboxId(match[1])
