"""What travels between the desk and the reader of mails: an envelope there, a reading back.

A frame is the lengths of a JSON object and of the bytes that follow it, then both.
"""

from __future__ import annotations

import json
import struct
from collections.abc import Iterator
from dataclasses import asdict
from typing import Any

from helpdesk.clock import Instant
from helpdesk.message import (
    Address,
    Attachment,
    Channel,
    Delivery,
    DeliveryReport,
    Envelope,
    Inbound,
    LineId,
    OutboxId,
    Reading,
)

Fields = dict[str, Any]
"""A frame's JSON object."""

LENGTHS = struct.Struct("!II")
"""How a frame starts: the bytes of JSON, the bytes after it."""


def frame_head(fields: Fields, blob: bytes) -> bytes:
    """A frame up to its ``blob``."""
    head = json.dumps(fields).encode()
    return LENGTHS.pack(len(head), len(blob)) + head


def envelope_fields(envelope: Envelope) -> Fields:
    """An envelope without its content, which travels as the frame's bytes."""
    return {
        "line": envelope.line,
        "sender": envelope.sender,
        "recipients": list(envelope.recipients),
        "digest": envelope.digest,
        "relayed_at": envelope.relayed_at,
    }


def envelope_of(fields: Fields, content: bytes) -> Envelope:
    """The envelope that :func:`envelope_fields` took apart."""
    return Envelope(
        line=LineId(fields["line"]),
        sender=fields["sender"],
        recipients=tuple(fields["recipients"]),
        content=content,
        digest=fields["digest"],
        relayed_at=None if fields["relayed_at"] is None else Instant(fields["relayed_at"]),
    )


def reading_fields(reading: Reading) -> tuple[Fields, bytes]:
    """A reading, and its files' bytes one after the other."""
    inbound = reading.inbound
    files = inbound.attachments
    skipped = {"attachments", "sender", "channel", "conversation"}
    fields = {name: getattr(inbound, name) for name in Inbound.__slots__ if name not in skipped}
    fields["sender"] = asdict(inbound.sender) if isinstance(inbound.sender, Address) else None
    fields["attachments"] = [(file.name, file.media_type, file.digest, len(file.content)) for file in files]
    reports = [asdict(report) for report in reading.reports]
    return {"inbound": fields, "reports": reports}, b"".join(file.content for file in files)


def reading_of(fields: Fields, blob: bytes) -> Reading:
    """The reading that :func:`reading_fields` took apart."""
    given = fields["inbound"]
    sender = given["sender"]
    lists = {name: tuple(given[name]) for name in ("tokens", "references", "recipients", "remarks")}
    inbound = Inbound(
        **{
            **given,
            **lists,
            "channel": Channel.MAIL,
            "sender": sender and Address(channel=Channel.MAIL, value=sender["value"], name=sender["name"]),
            "attachments": tuple(_files(given["attachments"], blob)),
        }
    )
    reports = (
        DeliveryReport(
            outbox=OutboxId(report["outbox"]),
            status=Delivery(report["status"]),
            code=report["code"],
            reason=report["reason"],
            recipient=report["recipient"],
        )
        for report in fields["reports"]
    )
    return Reading(inbound=inbound, reports=tuple(reports))


def _files(listed: list[tuple[str, str, str, int]], blob: bytes) -> Iterator[Attachment]:
    start = 0
    for name, media_type, digest, size in listed:
        yield Attachment(name=name, media_type=media_type, digest=digest, content=blob[start : start + size])
        start += size
