"""The append-only log: gapless, chained by digest, resumable by sequence number."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator
from itertools import groupby
from operator import itemgetter

from helpdesk.clock import Instant
from helpdesk.events import Event, Kind, NewEvent, Seq
from helpdesk.message import TicketId
from helpdesk.ports import Record, Sql

GENESIS = bytes(32)
"""What the first event's digest is chained to."""

_data = json.JSONEncoder(sort_keys=True, separators=(",", ":")).encode
_fact = json.JSONEncoder(separators=(",", ":")).encode
_parsed = json.JSONDecoder().raw_decode
_KINDS = {str(kind): kind for kind in Kind}


def append(sql: Sql, facts: Iterable[NewEvent], noted: Instant) -> list[Event]:
    """Write facts to the log and return them with their places in it."""
    facts = list(facts)
    if not facts:
        return []
    seq, digest = _end(sql)
    written = []
    for fact in facts:
        seq += 1
        event = Event(
            seq=Seq(seq),
            kind=fact.kind,
            ticket=fact.ticket,
            when=fact.when,
            noted=noted,
            actor=fact.actor,
            data=fact.data,
        )
        data = _data(event.data)
        digest = _digest(digest, event, data)
        sql(
            "INSERT INTO events (library, seq, kind, ticket, occurred, noted, actor, data, hash)"
            " VALUES (:library, :seq, :kind, :ticket, :occurred, :noted, :actor, :data, :hash)",
            seq=seq,
            kind=str(event.kind),
            ticket=event.ticket,
            occurred=event.when,
            noted=noted,
            actor=event.actor,
            data=data,
            hash=digest,
        )
        written.append(event)
    sql("UPDATE chain SET seq = :seq, hash = :hash WHERE library = :library", seq=seq, hash=digest)
    return written


def _end(sql: Sql) -> tuple[int, bytes]:
    rows = sql("SELECT seq, hash FROM chain WHERE library = :library")
    if rows:
        return rows[0]["seq"], rows[0]["hash"]
    sql("INSERT INTO chain (library, seq, hash) VALUES (:library, 0, :hash)", hash=GENESIS)
    return 0, GENESIS


def last(sql: Sql) -> Seq:
    """The newest event's place; 0 in an empty log."""
    rows = sql("SELECT seq FROM chain WHERE library = :library")
    return Seq(rows[0]["seq"] if rows else 0)


def chained(before: bytes, event: Event) -> bytes:
    """The digest that binds an event to all before it."""
    return _digest(before, event, _data(event.data))


def _digest(before: bytes, event: Event, data: str) -> bytes:
    fact = [event.seq, event.kind, event.ticket, event.when, event.noted, event.actor, data]
    return hashlib.sha256(before + _fact(fact).encode()).digest()


def read(row: Record) -> Event:
    """An event from its row."""
    return Event(
        seq=row["seq"],
        kind=_KINDS.get(row["kind"]) or Kind(row["kind"]),
        ticket=row["ticket"],
        when=row["occurred"],
        noted=row["noted"],
        actor=row["actor"],
        data=_parsed(row["data"])[0],
    )


def after(sql: Sql, seq: Seq, limit: int = 500) -> list[Event]:
    """The next ``limit`` events after ``seq``, in order."""
    rows = sql(
        "SELECT * FROM events WHERE library = :library AND seq > :seq ORDER BY seq LIMIT :limit", seq=seq, limit=limit
    )
    return [read(row) for row in rows]


def of_ticket(sql: Sql, ticket: TicketId) -> list[Event]:
    """A ticket's events, in order."""
    rows = sql("SELECT * FROM events WHERE library = :library AND ticket = :ticket ORDER BY seq", ticket=ticket)
    return [read(row) for row in rows]


def of_tickets(
    sql: Sql, first: TicketId, last: TicketId, kinds: frozenset[Kind]
) -> Iterator[tuple[TicketId, list[Event]]]:
    """The events of some kinds of the tickets from ``first`` to ``last`` by id: each ticket's own, in order.

    A ticket with none is passed over. A ticket's events are made when it is its turn, and so a long walk holds few.
    """
    named = ", ".join(f"'{kind}'" for kind in sorted(kinds))
    rows = sql(
        "SELECT e.seq, e.kind, e.ticket, e.occurred, e.noted, e.actor, e.data FROM events k"
        " JOIN events e ON e.library = k.library AND e.seq = k.seq WHERE k.library = :library"
        f" AND k.ticket >= :first AND k.ticket <= :last AND k.kind IN ({named}) ORDER BY k.ticket, k.seq",
        first=first,
        last=last,
    )
    return ((ticket, [read(row) for row in told]) for ticket, told in groupby(rows, key=itemgetter("ticket")))


def first_break(sql: Sql, begin: int = 1, digest: bytes = GENESIS, limit: int = 1_000_000) -> str | None:
    """Walk the chain; None if it is whole, else what is wrong with the first event that breaks it, in words."""
    expected = begin
    rows = sql(
        "SELECT * FROM events WHERE library = :library AND seq >= :begin ORDER BY seq LIMIT :limit",
        begin=begin,
        limit=limit,
    )
    for row in rows:
        if row["seq"] != expected:
            return f"event {expected} is missing from the log"
        digest = rechained(digest, row)
        if digest != row["hash"]:
            return f"event {expected} was changed after it was written"
        expected += 1
    end = last(sql)
    if len(rows) < limit and end != expected - 1:
        return f"the log ends at event {expected - 1}, but {end} were written"
    return None


def rechained(before: bytes, row: Record) -> bytes:
    """The digest that a stored event should have, its data taken as they are stored."""
    fact = [row[name] for name in ("seq", "kind", "ticket", "occurred", "noted", "actor", "data")]
    return hashlib.sha256(before + _fact(fact).encode()).digest()
