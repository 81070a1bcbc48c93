"""Replies that wait before they go out: kept with how their ticket stood, so that they can be taken back whole."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import asdict

from helpdesk.clock import Instant
from helpdesk.errors import Refused
from helpdesk.message import Address, Channel, EntryId, IncidentId, OutboxId, StaffId, TicketId
from helpdesk.ports import Record, Sql
from helpdesk.ports.sending import Held, TakenBack
from helpdesk.standards import Published
from helpdesk.store.verbs import erasing, events, people, tickets
from helpdesk.taking_back import Standing, Undone, standing, take_back
from helpdesk.ticket import Flag, State, Ticket

TOO_LATE = "This reply has gone out already, so it can't be taken back. Write to the patron again if need be."
"""What is said of a reply that nobody can take back any more."""


def keep(
    sql: Sql,
    *,
    outbox: OutboxId,
    entry: EntryId,
    act: OutboxId,
    incident: IncidentId | None,
    actor: StaffId,
    then: str,
    before: Ticket,
    after: Ticket,
    strangers: tuple[list[Address], list[Address]],
) -> None:
    """A reply waits. ``strangers``: who had written unasked and was included with it, and who was left out."""
    told = sql(
        "SELECT max(seq) AS first FROM events WHERE library = :library AND ticket = :ticket AND kind = 'replied'",
        ticket=before.id,
    )
    included, excluded = ([[str(each.channel), each.value, each.name] for each in side] for side in strangers)
    sql(
        "INSERT INTO held_replies (library, outbox, act, ticket, entry, incident, actor, after_send, before, after,"
        " first, last, included, excluded) VALUES (:library, :outbox, :act, :ticket, :entry, :incident, :actor, :then,"
        " :before, :after, :first, :last, :included, :excluded)",
        outbox=outbox,
        act=act,
        ticket=before.id,
        entry=entry,
        incident=incident,
        actor=actor,
        then=then,
        before=_text(standing(before)),
        after=_text(standing(after)),
        first=told[0]["first"],
        last=events.last(sql),
        included=json.dumps(included),
        excluded=json.dumps(excluded),
    )


def _text(stood: Standing) -> str:
    return json.dumps({**asdict(stood), "flags": sorted(stood.flags)})


def _standing(text: str) -> Standing:
    found = json.loads(text)
    flags = frozenset(Flag(flag) for flag in found.pop("flags"))
    return Standing(**{**found, "state": State(found["state"]), "flags": flags})


def let_go(sql: Sql, row: Record) -> None:
    """A row of the outbox goes out: from now on nobody can take it back, nor the others that were written with it."""
    if not row["held"]:
        return
    found = sql("SELECT act FROM held_replies WHERE library = :library AND outbox = :id", id=row["id"])
    of_act = "SELECT outbox FROM held_replies WHERE library = :library AND act = :act"
    act = found[0]["act"] if found else ""
    sql(
        f"UPDATE outbox SET held = 0 WHERE library = :library AND (id = :id OR id IN ({of_act}))",
        id=row["id"],
        act=act,
    )
    sql("DELETE FROM held_replies WHERE library = :library AND act = :act", act=act)


def waiting(sql: Sql) -> tuple[Held, ...]:
    """What waits, the soonest first: each text to many once."""
    rows = sql(
        "SELECT h.act AS act, h.actor AS actor, h.incident AS incident, min(h.ticket) AS ticket,"
        " min(o.not_before) AS goes, count(*) AS texts FROM held_replies h"
        " JOIN outbox o ON o.library = h.library AND o.id = h.outbox WHERE h.library = :library"
        " GROUP BY h.act, h.actor, h.incident ORDER BY min(o.not_before), h.act"
    )
    numbers = tickets.numbers(sql, (TicketId(row["ticket"]) for row in rows))
    return tuple(
        Held(
            act=OutboxId(row["act"]),
            actor=StaffId(row["actor"]),
            ticket=TicketId(row["ticket"]),
            number=numbers.get(TicketId(row["ticket"]), 0),
            incident=None if row["incident"] is None else IncidentId(row["incident"]),
            goes=row["goes"],
            texts=int(row["texts"]),
        )
        for row in rows
    )


def of_act(sql: Sql, actor: StaffId, act: OutboxId) -> list[Record]:
    """The replies of one act, in order. Refused once the first goes out, and where somebody else wrote them."""
    rows = sql("SELECT * FROM held_replies WHERE library = :library AND act = :act ORDER BY first", act=act)
    if not rows:
        raise Refused(TOO_LATE)
    if rows[0]["actor"] != actor:
        raise Refused(f"{rows[0]['actor']} wrote this. Only who wrote a reply takes it back.")
    return rows


def undo(sql: Sql, row: Record, now: Instant, published: Published) -> Ticket:
    """Take one reply back: entry and outbox row go, ticket and clocks are as if it had not been."""
    undone = Undone(
        entry=EntryId(row["entry"]),
        outbox=OutboxId(row["outbox"]),
        before=_standing(row["before"]),
        after=_standing(row["after"]),
        first=row["first"],
        last=row["last"],
    )
    ticket = TicketId(row["ticket"])
    for address in addresses(row["included"]):
        people.drop(sql, ticket, address, verified=True)
    for address in (*addresses(row["included"]), *addresses(row["excluded"])):
        people.participate(sql, ticket, address, verified=False)
    before = tickets.get(sql, ticket)
    change = take_back(before, undone, by=StaffId(row["actor"]), now=now)
    _drop(sql, undone)
    return tickets.apply(sql, before, change, now, published)


def _drop(sql: Sql, undone: Undone) -> None:
    """Its words go from the word index too."""
    ids = {"entry": undone.entry}
    erasing.wipe_entries(sql, sql("SELECT id, row, text FROM entries WHERE library = :library AND id = :entry", **ids))
    sql("DELETE FROM entries WHERE library = :library AND id = :entry", **ids)
    sql("DELETE FROM outbox WHERE library = :library AND id = :outbox", outbox=undone.outbox)
    sql("DELETE FROM held_replies WHERE library = :library AND outbox = :outbox", outbox=undone.outbox)


def addresses(text: str) -> tuple[Address, ...]:
    """The addresses that a row keeps."""
    found: Iterable[list[str]] = json.loads(text)
    return tuple(Address(channel=Channel(channel), value=value, name=name) for channel, value, name in found)


def text_of(sql: Sql, outbox: OutboxId) -> str:
    """What its writer wrote of a reply that still waits."""
    rows = sql(
        "SELECT e.text AS text, e.quote_from AS own FROM outbox o JOIN entries e ON e.library = o.library"
        " AND e.id = o.entry WHERE o.library = :library AND o.id = :id",
        id=outbox,
    )
    return str(rows[0]["text"])[: rows[0]["own"]].rstrip() if rows else ""


def taken(row: Record, text: str, number: int) -> TakenBack:
    """What its writer gets back."""
    return TakenBack(
        act=OutboxId(row["act"]),
        ticket=TicketId(row["ticket"]),
        number=number,
        incident=None if row["incident"] is None else IncidentId(row["incident"]),
        text=text,
        then=row["after_send"],
        include=addresses(row["included"]),
        exclude=addresses(row["excluded"]),
    )
