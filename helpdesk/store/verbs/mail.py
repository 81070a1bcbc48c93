"""Mail is kept before it is parsed: its bytes, and how far they have come."""

from __future__ import annotations

import json
from dataclasses import dataclass
from itertools import accumulate

from helpdesk.clock import Instant
from helpdesk.events import PATRON, Kind, NewEvent
from helpdesk.message import Channel, Envelope, LineId, RawId, TicketId
from helpdesk.ports import Record, Sql
from helpdesk.store.verbs import events


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """A mail that was kept. ``noted`` is when we took it."""

    id: RawId
    envelope: Envelope
    noted: Instant


def keep(sql: Sql, id: RawId, envelope: Envelope, now: Instant) -> bool:  # noqa: A002 - it is the row's id
    """Keep a mail's bytes; False if these very bytes came to this line before."""
    rows = sql(
        "INSERT INTO raw (library, id, channel, line, digest, sender, recipients, content, relayed, noted, state,"
        " ticket) VALUES (:library, :id, 'mail', :line, :digest, :sender, :recipients, :content, :relayed, :now,"
        " 'kept', NULL) ON CONFLICT (library, line, digest) DO NOTHING RETURNING id",
        id=id,
        line=envelope.line,
        digest=envelope.digest,
        sender=envelope.sender,
        recipients=json.dumps(envelope.recipients),
        content=envelope.content,
        relayed=envelope.relayed_at,
        now=now,
    )
    if rows:
        data: dict[str, str | int | bool | None] = {
            "channel": str(Channel.MAIL),
            "line": envelope.line,
            "raw": id,
            "bytes": len(envelope.content),
        }
        events.append(sql, [NewEvent(kind=Kind.KEPT, ticket=None, when=now, actor=PATRON, data=data)], now)
    return bool(rows)


AT_ONCE = 32_000_000
"""The most bytes of mails that are taken out to be read at a time; one mail may be larger."""


def to_parse(sql: Sql, limit: int = 32, most: int = AT_ONCE) -> list[Kept]:
    """Mails that wait to be read, oldest first: as many as fit into ``most`` bytes, and at least one."""
    sizes = sql(
        "SELECT id, length(content) AS bytes FROM raw WHERE library = :library AND state = 'kept'"
        " ORDER BY id LIMIT :limit",
        limit=limit,
    )
    upto = accumulate(row["bytes"] for row in sizes)
    fitting = [row["id"] for row, total in zip(sizes, upto, strict=True) if total <= most] or [
        row["id"] for row in sizes[:1]
    ]
    return [_kept(sql("SELECT * FROM raw WHERE library = :library AND id = :id", id=each)[0]) for each in fitting]


def _kept(row: Record) -> Kept:
    return Kept(
        id=RawId(row["id"]),
        envelope=Envelope(
            line=LineId(row["line"]),
            sender=row["sender"],
            recipients=tuple(json.loads(row["recipients"])),
            content=row["content"],
            digest=row["digest"],
            relayed_at=row["relayed"],
        ),
        noted=row["noted"],
    )


def finish(sql: Sql, raw: RawId, state: str, ticket: TicketId | None) -> None:
    """Say what became of a kept mail ("parsed", "quarantined")."""
    sql(
        "UPDATE raw SET state = :state, ticket = :ticket WHERE library = :library AND id = :id",
        id=raw,
        state=state,
        ticket=ticket,
    )


def drop(sql: Sql, raw: RawId) -> None:
    """Keep nothing of a mail that is nobody's: a probe of our own."""
    sql("DELETE FROM raw WHERE library = :library AND id = :id", id=raw)


def waits(sql: Sql, raw: RawId) -> bool:
    """Whether a kept mail is still to be dealt with."""
    return bool(sql("SELECT 1 FROM raw WHERE library = :library AND id = :id AND state = 'kept'", id=raw))
