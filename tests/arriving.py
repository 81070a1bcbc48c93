"""Messages and files as a channel hands them in."""

from __future__ import annotations

import hashlib

from helpdesk.message import Address, Attachment, Channel, Inbound, LineId
from helpdesk.phone import PhoneNumber


def inbound(
    channel: Channel, line: str, sender: Address | PhoneNumber | None, text: str, named: str, **more: object
) -> Inbound:
    """A message as a channel hands it in; its digest covers its text."""
    fields = {
        "channel": channel,
        "line": LineId(line),
        "external_id": named,
        "digest": hashlib.sha256(f"{named}\n{text}".encode("utf-8", "replace")).hexdigest(),
        "sender": sender,
        "text": text,
        **more,
    }
    return Inbound(**fields)  # type: ignore[arg-type]


def attachment(name: str, content: bytes) -> Attachment:
    """A file that comes with a message."""
    return Attachment(
        name=name, media_type="application/pdf", content=content, digest=hashlib.sha256(content).hexdigest()
    )
