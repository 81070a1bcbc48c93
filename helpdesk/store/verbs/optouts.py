"""Who wants no texts from a line: noted when they, or the carrier, say STOP; lifted when they text START.

On a sealed line it is noted by conversation, on an open one by number. Every ticket of theirs on that line shows it,
so that a reply is refused before it is written.
"""

from __future__ import annotations

from dataclasses import replace

from helpdesk.clock import Instant
from helpdesk.events import Fact, Kind, NewEvent
from helpdesk.message import Address, ConversationId, LineId, TicketId
from helpdesk.ports import Sql
from helpdesk.standards import Published
from helpdesk.store.verbs import tickets
from helpdesk.ticket import Change, Flag, Ticket


def who(address: Address | None, conversation: ConversationId | None) -> str:
    """What a texter is known by: the sealed conversation, else the number; "" for nobody who can be texted."""
    return conversation or (address.value if address else "")


def has(sql: Sql, line: LineId, texter: str) -> bool:
    """Whether they want no texts from this line."""
    rows = sql("SELECT 1 FROM optouts WHERE library = :library AND line = :line AND who = :who", line=line, who=texter)
    return bool(rows)


def stop(sql: Sql, line: LineId, texter: str, ticket: TicketId, actor: str, now: Instant, published: Published) -> bool:
    """They want no more texts, as ``actor`` says, who is the patron or (for the carrier) the system.

    False where that was known. ``ticket``: where it was said.
    """
    rows = sql(
        "INSERT INTO optouts (library, line, who, since) VALUES (:library, :line, :who, :now)"
        " ON CONFLICT (library, line, who) DO NOTHING RETURNING who",
        line=line,
        who=texter,
        now=now,
    )
    if rows:
        _flag(sql, tickets.get(sql, ticket), Kind.OPTED_OUT, actor, now, published)
    return bool(rows)


def lift(sql: Sql, line: LineId, texter: str, ticket: TicketId, actor: str, now: Instant, published: Published) -> bool:
    """They want texts again. False where they never said STOP."""
    rows = sql(
        "DELETE FROM optouts WHERE library = :library AND line = :line AND who = :who RETURNING who",
        line=line,
        who=texter,
    )
    if rows:
        _flag(sql, tickets.get(sql, ticket), Kind.OPTED_IN, actor, now, published)
    return bool(rows)


def forget(sql: Sql, conversation: ConversationId) -> None:
    """A sealed conversation is over: with us its STOP ends, at the carrier it holds."""
    sql("DELETE FROM optouts WHERE library = :library AND who = :who", who=conversation)


def _flag(sql: Sql, said: Ticket, kind: Kind, actor: str, now: Instant, published: Published) -> None:
    """Show it on all of their tickets of that line; those on which work may be needed get the fact, too."""
    for ticket in _theirs(sql, said):
        stopped = kind is Kind.OPTED_OUT
        flags = ticket.flags | {Flag.OPTED_OUT} if stopped else ticket.flags - {Flag.OPTED_OUT}
        data: dict[str, Fact] = {"line": ticket.line}
        fact = NewEvent(kind=kind, ticket=ticket.id, when=now, actor=actor, data=data)
        told = (fact,) if ticket.live or ticket.id == said.id else ()
        tickets.apply(sql, ticket, Change(replace(ticket, flags=flags), told), now, published)


def _theirs(sql: Sql, said: Ticket) -> list[Ticket]:
    column, value = ("conversation", said.conversation) if said.conversation else ("person", said.person)
    if value is None:
        return [said]
    rows = sql(
        f"SELECT * FROM tickets WHERE library = :library AND {column} = :value AND line = :line ORDER BY id",
        value=value,
        line=said.line,
    )
    return [tickets.read(row) for row in rows]
