"""Members, what they may do, their presence, and their idempotency keys."""

from __future__ import annotations

from helpdesk.clock import Instant
from helpdesk.errors import KeyUsed, NotFound, Refused
from helpdesk.events import PATRON, SYSTEM, Fact, Kind, NewEvent
from helpdesk.message import Channel, StaffId, TicketId
from helpdesk.permissions import OF_ROLE, Permission, Role
from helpdesk.ports import Record, Sql
from helpdesk.sight import Member, Presence
from helpdesk.store.verbs import drafts, events, tokens


def member(sql: Sql, staff: StaffId) -> Member | None:
    """A member of staff, None if there is none of that id."""
    rows = sql("SELECT * FROM staff WHERE library = :library AND id = :id", id=staff)
    return _member(rows[0]) if rows else None


def members(sql: Sql) -> tuple[Member, ...]:
    """All members who are not disabled, by name."""
    rows = sql("SELECT * FROM staff WHERE library = :library AND disabled = 0 ORDER BY name, id")
    return tuple(_member(row) for row in rows)


def fit_id(staff: str) -> None:
    """Refused where an id can't be a member's."""
    if not staff or len(staff) > 64 or not staff.isprintable():
        raise Refused("Give a name of 1 to 64 letters.")
    if staff in {PATRON, SYSTEM}:
        raise Refused(f"{staff} is what the history calls others. Sign in under another name.")


def fit_name(name: str) -> None:
    """Refused where a name can't be shown to others."""
    if len(name) > 64 or not name.isprintable():
        raise Refused("Give a name of at most 64 letters for others to see.")


def everyone(sql: Sql) -> tuple[Member, ...]:
    """All members, those who are disabled, too, by name."""
    rows = sql("SELECT * FROM staff WHERE library = :library ORDER BY name, id")
    return tuple(_member(row) for row in rows)


def may(sql: Sql, staff: StaffId, permission: Permission) -> bool:
    """Whether a member may, as they stand now."""
    found = member(sql, staff)
    return found is not None and not found.disabled and permission in OF_ROLE[found.role]


def add(sql: Sql, staff: StaffId, name: str, role: Role, by: str, now: Instant) -> Member | None:
    """Add a member; None where somebody of that id is there already."""
    rows = sql(
        "INSERT INTO staff (library, id, name, pin, disabled, created, role)"
        " VALUES (:library, :id, :name, '', 0, :now, :role) ON CONFLICT (library, id) DO NOTHING RETURNING *",
        id=staff,
        name=name or staff,
        now=now,
        role=str(role),
    )
    if not rows:
        return None
    _tell(sql, Kind.STAFF_ADDED, by, now, {"member": staff, "role": str(role)})
    return _member(rows[0])


def sign_in(sql: Sql, staff: StaffId, name: str, new: Role | None, now: Instant) -> Member:
    """The member; ``new`` is the role of somebody who was never here, None where nobody is added by signing in."""
    found = member(sql, staff)
    if found is None and new is not None:
        found = add(sql, staff, name, new, staff, now)
    if found is None:
        raise NotFound(f"{staff} is not on the list of staff. Ask an admin to add you: `helpdesk staff add {staff}`.")
    return found


def of_subject(sql: Sql, subject: str) -> Member | None:
    """Who signs in as this account of the provider's, None where nobody has yet."""
    rows = sql("SELECT * FROM staff WHERE library = :library AND subject = :subject", subject=subject)
    return _member(rows[0]) if rows else None


def is_bound(sql: Sql, staff: StaffId) -> bool:
    """Whether an account of the provider's is a member's already."""
    rows = sql("SELECT subject FROM staff WHERE library = :library AND id = :id", id=staff)
    return bool(rows) and rows[0]["subject"] is not None


def bind(sql: Sql, staff: StaffId, subject: str) -> None:
    """From now on this account is theirs, by whatever name it comes."""
    _set(sql, staff, "subject", subject)


def take_role(sql: Sql, staff: StaffId, role: Role, by: str, now: Instant) -> None:
    """What the provider says that a member may do: it holds, though it leave nobody who administers."""
    if known(sql, staff).role is not role:
        _set(sql, staff, "role", str(role))
        _tell(sql, Kind.STAFF_ROLE, by, now, {"member": staff, "role": str(role)})


def set_role(sql: Sql, staff: StaffId, role: Role, by: str, now: Instant) -> Member:
    """Change what a member may do. Refused where no admin would be left."""
    before = known(sql, staff)
    if before.role is role:
        return before
    if before.role is Role.ADMIN:
        _another_admin(sql, before)
    _set(sql, staff, "role", str(role))
    _tell(sql, Kind.STAFF_ROLE, by, now, {"member": staff, "role": str(role)})
    return known(sql, staff)


def disable(sql: Sql, staff: StaffId, by: str, now: Instant) -> Member:
    """End a member's access: their tokens open nothing any more, and no contact comes to them."""
    before = known(sql, staff)
    if before.disabled:
        return before
    if before.role is Role.ADMIN:
        _another_admin(sql, before)
    _set(sql, staff, "disabled", 1)
    revoked = tokens.revoke_all(sql, staff, now)
    sql("DELETE FROM presence WHERE library = :library AND staff = :staff", staff=staff)
    _tell(sql, Kind.STAFF_DISABLED, by, now, {"member": staff, "tokens": revoked})
    return known(sql, staff)


def enable(sql: Sql, staff: StaffId, by: str, now: Instant) -> Member:
    """Let a disabled member back in."""
    if known(sql, staff).disabled:
        _set(sql, staff, "disabled", 0)
        _tell(sql, Kind.STAFF_ENABLED, by, now, {"member": staff})
    return known(sql, staff)


def drop_pin(sql: Sql, staff: StaffId) -> Member:
    """Take away a member's PIN."""
    set_pin(sql, known(sql, staff).id, "")
    return known(sql, staff)


def known(sql: Sql, staff: StaffId) -> Member:
    """A member; NotFound where there is none of that id."""
    found = member(sql, staff)
    if found is None:
        raise NotFound(f"There is no member of staff {staff}. `helpdesk staff list` names them.")
    return found


def _another_admin(sql: Sql, without: Member) -> None:
    rows = sql(
        "SELECT id FROM staff WHERE library = :library AND role = 'admin' AND disabled = 0 AND id <> :id LIMIT 1",
        id=without.id,
    )
    if not rows and not without.disabled:
        raise Refused(f"{without.name} is the last admin. Make somebody else an admin first.")


def _set(sql: Sql, staff: StaffId, column: str, value: object) -> None:
    sql(f"UPDATE staff SET {column} = :value WHERE library = :library AND id = :id", id=staff, value=value)


def _tell(sql: Sql, kind: Kind, by: str, now: Instant, data: dict[str, Fact]) -> None:
    events.append(sql, [NewEvent(kind=kind, ticket=None, when=now, actor=by, data=data)], now)


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
    """The ticket of a write that ``key`` named before; KeyUsed if its content was another."""
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
        raise KeyUsed("This key was used for another message. Use a new key for a new message.")
    return TicketId(rows[0]["ticket"])


def mark_done(sql: Sql, actor: str, key: str, digest: str, ticket: TicketId, now: Instant) -> None:
    """Remember that a keyed write is done; the draft that it was goes with it."""
    if key:
        drafts.sent(sql, actor, key)
        sql(
            "INSERT INTO done (library, actor, key, digest, ticket, noted)"
            " VALUES (:library, :actor, :key, :digest, :ticket, :now)",
            actor=actor,
            key=key,
            digest=digest,
            ticket=ticket,
            now=now,
        )
