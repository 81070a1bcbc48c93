"""Members, their presence, and their idempotency keys."""

from __future__ import annotations

from helpdesk.clock import Instant
from helpdesk.errors import Refused
from helpdesk.message import Channel, StaffId, TicketId
from helpdesk.permissions import Role
from helpdesk.ports import Record, Sql
from helpdesk.sight import Member, Presence


def member(sql: Sql, staff: StaffId) -> Member | None:
    """A member of staff, None if there is none of that id."""
    rows = sql("SELECT * FROM staff WHERE library = :library AND id = :id", id=staff)
    return _member(rows[0]) if rows else None


def members(sql: Sql) -> tuple[Member, ...]:
    """All members who are not disabled, by name."""
    rows = sql("SELECT * FROM staff WHERE library = :library AND disabled = 0 ORDER BY name, id")
    return tuple(_member(row) for row in rows)


def add(sql: Sql, staff: StaffId, name: str, now: Instant) -> Member:
    """Add a member, or return who is there already."""
    sql(
        "INSERT INTO staff (library, id, name, pin, disabled, created) VALUES (:library, :id, :name, '', 0, :now)"
        " ON CONFLICT (library, id) DO NOTHING",
        id=staff,
        name=name or staff,
        now=now,
    )
    found = member(sql, staff)
    if found is None:
        raise Refused(f"{staff} could not be added.")
    return found


def pin_of(sql: Sql, staff: StaffId) -> str:
    """The salted hash of a member's PIN, "" for none."""
    rows = sql("SELECT pin FROM staff WHERE library = :library AND id = :id", id=staff)
    return str(rows[0]["pin"]) if rows else ""


def set_pin(sql: Sql, staff: StaffId, pin: str) -> None:
    """Keep a PIN's salted hash, "" to take it away."""
    sql("UPDATE staff SET pin = :pin WHERE library = :library AND id = :id", id=staff, pin=pin)


def _member(row: Record) -> Member:
    return Member(
        id=StaffId(row["id"]),
        name=row["name"],
        role=Role(row["role"]),
        has_pin=bool(row["pin"]),
        disabled=bool(row["disabled"]),
    )


def set_presence(sql: Sql, staff: StaffId, channel: Channel, available: bool, now: Instant) -> bool:
    """A sign of life; True if the availability changed by it."""
    before = sql(
        "SELECT available FROM presence WHERE library = :library AND staff = :staff AND channel = :channel",
        staff=staff,
        channel=str(channel),
    )
    sql(
        "INSERT INTO presence (library, staff, channel, available, seen)"
        " VALUES (:library, :staff, :channel, :available, :now)"
        " ON CONFLICT (library, staff, channel) DO UPDATE SET available = :available, seen = :now",
        staff=staff,
        channel=str(channel),
        available=int(available),
        now=now,
    )
    return not before or bool(before[0]["available"]) != available


def presence(sql: Sql) -> tuple[Presence, ...]:
    """Who is on, on which channel."""
    rows = sql("SELECT * FROM presence WHERE library = :library ORDER BY staff, channel")
    return tuple(
        Presence(
            staff=StaffId(row["staff"]),
            channel=Channel(row["channel"]),
            available=bool(row["available"]),
            seen=row["seen"],
        )
        for row in rows
    )


def done_before(sql: Sql, actor: str, key: str, digest: str) -> TicketId | None:
    """The ticket of a write that ``key`` named before; Refused if its content was another."""
    if not key:
        return None
    rows = sql(
        "SELECT digest, ticket FROM done WHERE library = :library AND actor = :actor AND key = :key",
        actor=actor,
        key=key,
    )
    if not rows:
        return None
    if rows[0]["digest"] != digest:
        raise Refused("This key was used for another message. Use a new key for a new message.")
    return TicketId(rows[0]["ticket"])


def mark_done(sql: Sql, actor: str, key: str, digest: str, ticket: TicketId, now: Instant) -> None:
    """Remember that a keyed write is done."""
    if key:
        sql(
            "INSERT INTO done (library, actor, key, digest, ticket, noted)"
            " VALUES (:library, :actor, :key, :digest, :ticket, :now)",
            actor=actor,
            key=key,
            digest=digest,
            ticket=ticket,
            now=now,
        )
