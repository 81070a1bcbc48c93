"""What staff have begun to write: a row for each writer, ticket or incident, and kind. Nothing of it is in the log."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass

from helpdesk.clock import DAY, Instant
from helpdesk.drafts import DraftKind, KeptDraft, Tried, Written
from helpdesk.errors import NotFound
from helpdesk.message import Address, Channel, ConversationId, StaffId
from helpdesk.noise.incidents import NoiseOutcome
from helpdesk.ports import Record, Sql

FOR = 30 * DAY
"""How long a draft is kept that nobody touches, in milliseconds."""


@dataclass(frozen=True, slots=True)
class Slot:
    """Where a draft belongs: the id of a ticket or an incident, and what it is to be there."""

    on: str
    kind: DraftKind

    @property
    def of_noise(self) -> bool:
        """Whether it is written on an incident."""
        return self.kind in {"all", "outcome"}


def keep(sql: Sql, writer: StaffId, slot: Slot, written: Written, now: Instant) -> bool:
    """Keep a draft; False where it was sent already under its key, or what was written there is forgotten."""
    if not _takes(sql, slot) or _is_sent(sql, writer, written.key):
        drop(sql, writer, slot)
        return False
    tried = written.tried
    sql(
        "INSERT INTO drafts (library, writer, place, kind, text, becomes, takes_in, leaves_out, outcome, key, kept,"
        " tried, tried_version, tried_entries) VALUES (:library, :writer, :place, :kind, :text, :becomes, :takes_in,"
        " :leaves_out, :outcome, :key, :now, :tried, :version, :entries)"
        " ON CONFLICT (library, writer, place, kind) DO UPDATE SET text = excluded.text, becomes = excluded.becomes,"
        " takes_in = excluded.takes_in, leaves_out = excluded.leaves_out, outcome = excluded.outcome,"
        " key = excluded.key, kept = excluded.kept, tried = excluded.tried, tried_version = excluded.tried_version,"
        " tried_entries = excluded.tried_entries",
        writer=writer,
        place=slot.on,
        kind=slot.kind,
        text=written.text,
        becomes=written.then,
        takes_in=_packed(written.include),
        leaves_out=_packed(written.exclude),
        outcome=str(written.outcome or ""),
        key=written.key,
        now=now,
        tried=tried.when if tried else None,
        version=tried.version if tried else None,
        entries=tried.entries if tried else None,
    )
    return True


def _takes(sql: Sql, slot: Slot) -> bool:
    """Whether a draft may be kept there. NotFound where there is no such ticket or incident."""
    if slot.of_noise:
        rows = sql("SELECT NULL AS gone FROM incidents WHERE library = :library AND id = :id", id=slot.on)
    else:
        rows = sql(
            "SELECT COALESCE(t.forgotten, t.anonymous, c.shredded) AS gone FROM tickets t LEFT JOIN conversations c"
            " ON c.library = t.library AND c.id = t.conversation WHERE t.library = :library AND t.id = :id",
            id=slot.on,
        )
    if not rows:
        raise NotFound(f"There is no {'incident' if slot.of_noise else 'ticket'} of this id to write on.")
    return rows[0]["gone"] is None


def _is_sent(sql: Sql, writer: StaffId, key: str) -> bool:
    if not key:
        return False
    return bool(
        sql("SELECT 1 FROM done WHERE library = :library AND actor = :writer AND key = :key", writer=writer, key=key)
    )


def mine(sql: Sql, writer: StaffId) -> tuple[KeptDraft, ...]:
    """All that a member has begun, the earliest kept first."""
    rows = sql(
        "SELECT d.*, COALESCE(t.number, i.number) AS number FROM drafts d"
        " LEFT JOIN tickets t ON t.library = d.library AND t.id = d.place"
        " LEFT JOIN incidents i ON i.library = d.library AND i.id = d.place"
        " WHERE d.library = :library AND d.writer = :writer ORDER BY d.kept, d.place, d.kind",
        writer=writer,
    )
    return tuple(
        KeptDraft(on=row["place"], kind=row["kind"], number=row["number"], kept=row["kept"], written=_written(row))
        for row in rows
    )


def drop(sql: Sql, writer: StaffId, slot: Slot) -> None:
    """Let a draft go."""
    sql(
        "DELETE FROM drafts WHERE library = :library AND writer = :writer AND place = :place AND kind = :kind",
        writer=writer,
        place=slot.on,
        kind=slot.kind,
    )


def sent(sql: Sql, writer: str, key: str) -> None:
    """What was written under a key is sent: its draft goes in the same commit."""
    sql("DELETE FROM drafts WHERE library = :library AND writer = :writer AND key = :key", writer=writer, key=key)


def forget_on(sql: Sql, places: str, params: dict[str, str | None]) -> None:
    """Forget what anybody has begun on some tickets: their ids, as :func:`erasing.among` writes them."""
    sql(f"DELETE FROM drafts WHERE library = :library AND place IN ({places})", **params)


def forget_talk(sql: Sql, conversation: ConversationId) -> None:
    """Forget what was begun on the tickets of a sealed conversation, and on the noise that they tell of."""
    for column in ("id", "incident"):
        sql(
            f"DELETE FROM drafts WHERE library = :library AND place IN (SELECT {column} FROM tickets"
            " WHERE library = :library AND conversation = :conversation)",
            conversation=conversation,
        )


def forget_old(sql: Sql, now: Instant) -> None:
    """Forget drafts that nobody has touched for long."""
    sql("DELETE FROM drafts WHERE library = :library AND kept < :before", before=now - FOR)


def _written(row: Record) -> Written:
    tried = None
    if row["tried"] is not None:
        tried = Tried(when=row["tried"], version=row["tried_version"], entries=row["tried_entries"])
    return Written(
        text=row["text"],
        then=row["becomes"],
        include=_unpacked(row["takes_in"]),
        exclude=_unpacked(row["leaves_out"]),
        outcome=NoiseOutcome(row["outcome"]) if row["outcome"] else None,
        key=row["key"],
        tried=tried,
    )


def _packed(addresses: Sequence[Address]) -> str:
    return json.dumps([[each.channel, each.value, each.name] for each in addresses])


def _unpacked(text: str) -> tuple[Address, ...]:
    return tuple(Address(channel=Channel(channel), value=value, name=name) for channel, value, name in json.loads(text))
