"""A reply as mail: plain text, in its thread, and with the way back in its Reply-To."""

from __future__ import annotations

import re
from email.headerregistry import Address as MailAddress
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime

from channels.charsets import clean, plain
from channels.mime_headers import mailbox, message_ids
from helpdesk.clock import moment
from helpdesk.config import LineSettings
from helpdesk.errors import Undeliverable
from helpdesk.message import Address, Outbound, OutboxId

_POLICY = SMTP.clone(max_line_length=900)  # the usual 78 would encode long Message-IDs and break threads
_SUBJECT = 250
_REFERENCES = 20
_RE = re.compile(r"(re|aw|sv|vs|antw)\s*:", re.IGNORECASE)
_TOKEN = re.compile(r"[0-9a-z]{0,64}")


def write(outbound: Outbound, line: LineSettings, library: str) -> EmailMessage:
    """The mail that carries ``outbound`` from ``line``. Undeliverable where an address can't be written to."""
    mail = EmailMessage(policy=_POLICY)
    mail["From"] = _header_address(line.address, library)
    mail["To"] = _header_address(recipient(outbound), _name(outbound))
    if others := copies(outbound):
        mail["Cc"] = [_header_address(copy, "") for copy in others]
    mail["Reply-To"] = _header_address(reply_to(line, outbound.token), library)
    mail["Subject"] = _subject(outbound, library)
    mail["Date"] = format_datetime(moment(outbound.created))
    mail["Message-ID"] = message_id(outbound.id, line)
    thread = [name for name in outbound.references if message_ids(name) == (name,) and _literal(name) == name]
    if thread:
        mail["In-Reply-To"] = thread[-1]
        mail["References"] = " ".join([*thread[:1], *thread[1:][-_REFERENCES:]])
    if outbound.automatic:
        mail["Auto-Submitted"] = "auto-replied"
        mail["X-Auto-Response-Suppress"] = "All"
    mail.set_content(clean(outbound.text).rstrip("\n") + "\n", charset="utf-8")
    return mail


def recipient(outbound: Outbound) -> str:
    """The mail address that ``outbound`` goes to; Undeliverable if it is none."""
    if isinstance(outbound.to, Address) and (address := _wire_address(outbound.to.value)):
        return address
    raise Undeliverable("This is no mail address. Correct it, or answer by another channel.", code="5.1.3")


def copies(outbound: Outbound) -> tuple[str, ...]:
    """The mail addresses that get a copy; what is none is left out."""
    return tuple(address for copy in outbound.copies if (address := _wire_address(copy)))


def _wire_address(value: str) -> str:
    """An address as any relay takes it, its domain in ASCII; "" where that can't be done."""
    local, _, domain = mailbox(value).rpartition("@")
    try:
        address = f"{local}@{domain.encode('idna').decode()}" if local.isascii() and local else ""
        return MailAddress(addr_spec=address).addr_spec if address else ""
    except (ValueError, IndexError, AttributeError):  # what the library raises for odd ones
        return ""


def message_id(outbox: OutboxId, line: LineSettings) -> str:
    """``<OUTBOXID@domain>``: how a bounce or an answer leads back to what we sent."""
    return f"<{outbox}@{line.address.rpartition('@')[2].lower()}>"


def reply_to(line: LineSettings, token: str) -> str:
    """The line's mailbox with the signed token after a plus; as it is without one."""
    if not token:
        return line.address
    if not _TOKEN.fullmatch(token):
        raise ValueError("a reply token is lower-case letters and digits")
    local, _, domain = line.address.rpartition("@")
    return f"{local}+{token}@{domain}"


def _name(outbound: Outbound) -> str:
    return outbound.to.name if isinstance(outbound.to, Address) else ""


def _subject(outbound: Outbound, library: str) -> str:
    subject = _literal(plain(outbound.subject, _SUBJECT))
    if not subject:
        return _literal(plain(f"Your message to {library}", _SUBJECT))
    return f"Re: {subject}" if outbound.references and not _RE.match(subject) else subject


def _header_address(address: str, name: str) -> MailAddress:
    return MailAddress(display_name=_literal(plain(name, 120)), addr_spec=address)


def _literal(text: str) -> str:
    """``text`` with no encoded word in it: the library decodes those again, and a line end inside adds a header."""
    return text.replace("=?", "= ?")
