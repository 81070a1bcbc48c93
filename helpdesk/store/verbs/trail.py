"""Who looked at what: append-only, each row chained to all before it, apart from the event log.

Where the trail ends is kept in the row that says where the log ends: rows that are cut off its end are missed, and
whoever writes to both waits in one place only.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from helpdesk.clock import MINUTE, Instant, plus
from helpdesk.events import PATRON, SYSTEM, Event, Fact, Seq
from helpdesk.message import StaffId, TicketId
from helpdesk.ports import Look, Record, Sql
from helpdesk.store.verbs import events, tickets
from helpdesk.store.verbs.events import GENESIS

AGAIN = 10 * MINUTE
"""A look that is repeated within so long leaves no further row, in milliseconds."""

DONE, REFUSED = "done", "refused"
"""How a call came out."""

_row = json.JSONEncoder(separators=(",", ":")).encode
_COLUMNS = ("seq", "noted", "actor", "token", "act", "ticket", "about", "outcome", "n")
_MOST = 5_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """A call about to be noted. ``file``: the digest of the attachment that was looked at, "" for none."""

    actor: str
    token: str
    act: str
    ticket: TicketId | None = None
    about: str = ""
    file: str = ""
    outcome: str = DONE
    n: int = 1


def note(sql: Sql, seen: Seen, now: Instant, *, once: bool = False) -> None:
    """Add a row; with ``once`` only if there is none such of the last ten minutes."""
    ticket = _ticket_of(sql, seen.file) if seen.file else seen.ticket
    if once and _is_noted(sql, seen, ticket, now):
        return
    seq, digest = _end(sql)
    row = {
        "seq": seq + 1,
        "noted": now,
        "actor": seen.actor,
        "token": seen.token,
        "act": seen.act,
        "ticket": ticket,
        "about": seen.about,
        "outcome": seen.outcome,
        "n": seen.n,
    }
    hashed = _digest(digest, row)
    sql(
        f"INSERT INTO trail (library, {', '.join(_COLUMNS)}, hash)"
        f" VALUES (:library, {', '.join(':' + name for name in _COLUMNS)}, :hash)",
        **row,
        hash=hashed,
    )
    sql("UPDATE chain SET trail = :seq, trail_hash = :hash WHERE library = :library", seq=seq + 1, hash=hashed)


def is_noted(sql: Sql, seen: Seen, now: Instant) -> bool:
    """Whether the same call of the same member has left a row within the last ten minutes."""
    return _is_noted(sql, seen, _ticket_of(sql, seen.file) if seen.file else seen.ticket, now)


def _is_noted(sql: Sql, seen: Seen, ticket: TicketId | None, now: Instant) -> bool:
    rows = sql(
        "SELECT ticket FROM trail WHERE library = :library AND actor = :actor AND noted > :since AND noted <= :now"
        " AND act = :act AND about = :about AND outcome = :outcome AND token = :token",
        actor=seen.actor,
        since=plus(now, -AGAIN),
        now=now,
        act=seen.act,
        about=seen.about,
        outcome=seen.outcome,
        token=seen.token,
    )
    return any(row["ticket"] == ticket for row in rows)


def _ticket_of(sql: Sql, digest: str) -> TicketId | None:
    """The first ticket that a file came with: what the trail says of it, rather than what the file was."""
    rows = sql(
        "SELECT min(e.ticket) AS ticket FROM files f JOIN entries e ON e.library = f.library AND e.id = f.entry"
        " WHERE f.library = :library AND f.digest = :digest",
        digest=digest,
    )
    return TicketId(rows[0]["ticket"]) if rows and rows[0]["ticket"] is not None else None


def _end(sql: Sql) -> tuple[int, bytes]:
    rows = sql("SELECT trail, trail_hash FROM chain WHERE library = :library")
    if rows:
        return int(rows[0]["trail"]), bytes(rows[0]["trail_hash"] or GENESIS)
    sql(
        "INSERT INTO chain (library, seq, hash) VALUES (:library, 0, :hash) ON CONFLICT (library) DO NOTHING",
        hash=GENESIS,
    )
    return 0, GENESIS


def _digest(before: bytes, row: Record | dict[str, object]) -> bytes:
    return hashlib.sha256(before + _row([row[name] for name in _COLUMNS]).encode()).digest()


# Whether it is whole


@dataclass(frozen=True, slots=True)
class Walked:
    """How far the trail was walked, the digest there, and what is wrong with the next row; "" where nothing is."""

    seq: int = 0
    digest: bytes = GENESIS
    fault: str = ""
    end: bool = False


def walk(sql: Sql, start: Walked, most: int = _MOST) -> Walked:
    """Walk on by ``most`` rows: the digests must hold, none may be missing, and the last is the one written last."""
    rows = sql(
        "SELECT * FROM trail WHERE library = :library AND seq > :after ORDER BY seq LIMIT :most",
        after=start.seq,
        most=most,
    )
    seq, digest = start.seq, start.digest
    for row in rows:
        if row["seq"] != seq + 1:
            return Walked(seq, digest, f"row {seq + 1} is missing from the audit trail")
        right = _digest(digest, row)
        if right != bytes(row["hash"]):
            return Walked(seq, digest, f"row {seq + 1} of the audit trail was changed after it was written")
        seq, digest = seq + 1, right
    if len(rows) == most:
        return Walked(seq, digest)
    return Walked(seq, digest, _at_the_end(sql, seq, digest), end=True)


def _at_the_end(sql: Sql, seq: int, digest: bytes) -> str:
    last, known = _kept_end(sql)
    if last > seq:
        return f"the audit trail ends at row {seq}, but {last} were written"
    if last < seq:
        return f"row {last + 1} was put in behind the end of the audit trail"
    return "" if digest == known else f"row {seq} of the audit trail is not the one that was written last"


def fault_at_the_end(sql: Sql) -> str:
    """What is wrong with the last row, "" if it is the one that was written last."""
    rows = sql("SELECT seq, hash FROM trail WHERE library = :library ORDER BY seq DESC LIMIT 1")
    return _at_the_end(sql, rows[0]["seq"], bytes(rows[0]["hash"])) if rows else _at_the_end(sql, 0, GENESIS)


def _kept_end(sql: Sql) -> tuple[int, bytes]:
    rows = sql("SELECT trail, trail_hash FROM chain WHERE library = :library")
    return (int(rows[0]["trail"]), bytes(rows[0]["trail_hash"] or GENESIS)) if rows else (0, GENESIS)


def first_break(sql: Sql) -> str:
    """Walk all of it; what is wrong with the first row that breaks it, "" if it is whole."""
    reached = Walked()
    while not reached.end and not reached.fault:
        reached = walk(sql, reached)
    return reached.fault


# Reading it


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """Which rows are asked for: between two times, of a member, about a ticket; from behind ``after`` on."""

    begin: Instant | None = None
    end: Instant | None = None
    of: StaffId | None = None
    ticket: int | None = None
    after: int = 0
    count: int = 500


def looks(sql: Sql, asked: Question) -> tuple[Look, ...]:
    """Rows of the trail, in order. NotFound where there is no such ticket."""
    which, bound = _which(sql, asked)
    rows = sql(
        f"SELECT * FROM trail WHERE library = :library AND seq > :after {which} ORDER BY seq LIMIT :count", **bound
    )
    numbers = tickets.numbers(sql, [row["ticket"] for row in rows])
    return tuple(
        Look(
            seq=row["seq"],
            noted=row["noted"],
            actor=row["actor"],
            token=row["token"],
            act=row["act"],
            ticket=None if row["ticket"] is None else TicketId(row["ticket"]),
            number=numbers.get(row["ticket"]),
            about=row["about"],
            outcome=row["outcome"],
            n=row["n"],
        )
        for row in rows
    )


def _which(sql: Sql, asked: Question) -> tuple[str, dict[str, object]]:
    which, bound = _times(asked)
    if asked.ticket is not None:
        ticket = tickets.by_number(sql, asked.ticket)
        which += " AND (ticket = :ticket OR (about <> '' AND about = :incident))"
        bound |= {"ticket": ticket.id, "incident": ticket.incident or ticket.id}
    return which, bound


def _times(asked: Question) -> tuple[str, dict[str, object]]:
    which, bound = "", dict[str, object](after=asked.after, count=max(0, min(asked.count, 5_000)))
    for name, test in (("begin", "noted >= :begin"), ("end", "noted < :end"), ("of", "actor = :of")):
        if (value := getattr(asked, name)) is not None:
            which += f" AND {test}"
            bound[name] = value
    return which, bound


def deeds(sql: Sql, asked: Question) -> tuple[Look, ...]:
    """What members did by the event log, in the same form. NotFound where there is no such ticket."""
    which, bound = _times(asked)
    if asked.ticket is not None:
        which += " AND ticket = :ticket"
        bound["ticket"] = tickets.by_number(sql, asked.ticket).id
    bound["after"] = max(asked.after, _before(sql, asked.begin))
    rows = sql(
        "SELECT seq, kind, ticket, occurred, noted, actor, data FROM events WHERE library = :library AND seq > :after"
        f" AND actor NOT IN ('{PATRON}', '{SYSTEM}') {which} ORDER BY seq LIMIT :count",
        **bound,
    )
    numbers = tickets.numbers(sql, [row["ticket"] for row in rows])
    return tuple(_deed(events.read(row), numbers) for row in rows)


def _deed(event: Event, numbers: Mapping[TicketId | None, int]) -> Look:
    return Look(
        seq=event.seq,
        noted=event.noted,
        actor=event.actor,
        token="",
        act=str(event.kind),
        ticket=event.ticket,
        number=numbers.get(event.ticket),
        about=_about(event.data.get(name) for name in ("token", "member", "incident")),
    )


def _about(values: Iterable[Fact]) -> str:
    return next((value for value in values if isinstance(value, str)), "")


def _before(sql: Sql, begin: Instant | None) -> Seq:
    """The last event that was written before ``begin``: times rise with the log, so that halving finds it."""
    low, high = Seq(0), events.last(sql)
    if begin is None:
        return low
    while low < high:
        middle = Seq((low + high + 1) // 2)
        rows = sql("SELECT noted FROM events WHERE library = :library AND seq = :seq", seq=middle)
        if rows and rows[0]["noted"] < begin:
            low = middle
        else:
            high = Seq(middle - 1)
    return low
