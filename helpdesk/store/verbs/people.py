"""Who writes: persons on open lines, conversations on sealed ones, participants of a ticket."""

from __future__ import annotations

from helpdesk.clock import Instant
from helpdesk.message import Address, Channel, ConversationId, LineId, PersonId, TicketId
from helpdesk.ports import Record, Sql
from helpdesk.privacy import SealedAddress, SealedConversation
from helpdesk.thread import Contact
from helpdesk.ticket import State


def known(sql: Sql, address: Address) -> PersonId | None:
    """The person who has this address, None if nobody does."""
    rows = sql(
        "SELECT person FROM addresses WHERE library = :library AND channel = :channel AND value = :value",
        channel=str(address.channel),
        value=address.value,
    )
    return PersonId(rows[0]["person"]) if rows else None


def remember(sql: Sql, address: Address, fresh: PersonId, now: Instant) -> PersonId:
    """The person who has this address; a new one with id ``fresh`` if nobody does."""
    if (person := known(sql, address)) is not None:
        return person
    sql(
        "INSERT INTO people (library, id, name, created) VALUES (:library, :id, :name, :now)",
        id=fresh,
        name=address.name,
        now=now,
    )
    sql(
        "INSERT INTO addresses (library, channel, value, person, name)"
        " VALUES (:library, :channel, :value, :person, :name)",
        channel=str(address.channel),
        value=address.value,
        person=fresh,
        name=address.name,
    )
    return fresh


def address_of(sql: Sql, person: PersonId, channel: Channel) -> Address | None:
    """Where a person can be reached on a channel."""
    rows = sql(
        "SELECT * FROM addresses WHERE library = :library AND person = :person AND channel = :channel"
        " ORDER BY value LIMIT 1",
        person=person,
        channel=str(channel),
    )
    return _address(rows[0]) if rows else None


def participate(sql: Sql, ticket: TicketId, address: Address, *, verified: bool) -> None:
    """Put somebody on a ticket. Who is verified once stays so."""
    sql(
        "INSERT INTO participants (library, ticket, channel, value, name, verified)"
        " VALUES (:library, :ticket, :channel, :value, :name, :verified)"
        " ON CONFLICT (library, ticket, channel, value) DO UPDATE"
        " SET verified = CASE WHEN participants.verified = 1 THEN 1 ELSE excluded.verified END",
        ticket=ticket,
        channel=str(address.channel),
        value=address.value,
        name=address.name,
        verified=int(verified),
    )


def drop(sql: Sql, ticket: TicketId, address: Address, *, verified: bool = False) -> None:
    """Take an unverified writer off a ticket, or one who was verified meanwhile."""
    sql(
        "DELETE FROM participants WHERE library = :library AND ticket = :ticket AND channel = :channel"
        " AND value = :value AND verified <= :verified",
        ticket=ticket,
        channel=str(address.channel),
        value=address.value,
        verified=int(verified),
    )


def participants(sql: Sql, ticket: TicketId) -> tuple[tuple[Address, ...], tuple[Address, ...]]:
    """Who is on a ticket: (verified, unverified), by address."""
    rows = sql("SELECT * FROM participants WHERE library = :library AND ticket = :ticket ORDER BY value", ticket=ticket)
    return (
        tuple(_address(row) for row in rows if row["verified"]),
        tuple(_address(row) for row in rows if not row["verified"]),
    )


def is_on(sql: Sql, ticket: TicketId, address: Address) -> bool:
    """Whether somebody is a verified participant of a ticket."""
    return bool(
        sql(
            "SELECT 1 FROM participants WHERE library = :library AND ticket = :ticket AND channel = :channel"
            " AND value = :value AND verified = 1",
            ticket=ticket,
            channel=str(address.channel),
            value=address.value,
        )
    )


def _address(row: Record) -> Address:
    return Address(channel=Channel(row["channel"]), value=row["value"], name=row["name"])


def live_conversation(sql: Sql, line: LineId, handles: tuple[bytes, ...], now: Instant) -> ConversationId | None:
    """The newest conversation on a sealed line under any of the handles that can still be answered."""
    for handle in handles:
        rows = sql(
            "SELECT id FROM conversations WHERE library = :library AND line = :line AND handle = :handle"
            " AND shredded IS NULL AND expires > :now ORDER BY opened DESC LIMIT 1",
            line=line,
            handle=handle,
            now=now,
        )
        if rows:
            return ConversationId(rows[0]["id"])
    return None


def begin_conversation(sql: Sql, line: LineId, fresh: SealedConversation, now: Instant, expires: Instant) -> None:
    """Store a sealed conversation, whose key exists already."""
    sql(
        "INSERT INTO conversations (library, id, line, handle, seal, name, opened, expires, shredded)"
        " VALUES (:library, :id, :line, :handle, :seal, :name, :now, :expires, NULL)",
        id=fresh.id,
        line=line,
        handle=fresh.handle,
        seal=fresh.seal,
        name=fresh.name,
        now=now,
        expires=expires,
    )


def reseal(sql: Sql, address: SealedAddress) -> None:
    """Replies of a conversation go by another seal from now on: the key of the old one was lost."""
    sql(
        "UPDATE conversations SET seal = :seal WHERE library = :library AND id = :id AND shredded IS NULL",
        id=address.conversation,
        seal=address.seal,
    )


def prolong(sql: Sql, conversation: ConversationId, expires: Instant) -> None:
    """A sealed conversation can be answered until ``expires``: a window after its last message."""
    sql(
        "UPDATE conversations SET expires = :expires WHERE library = :library AND id = :id AND shredded IS NULL",
        id=conversation,
        expires=expires,
    )


def conversation_name(sql: Sql, conversation: ConversationId) -> str:
    """What staff call the texter of a sealed conversation."""
    rows = sql("SELECT name FROM conversations WHERE library = :library AND id = :id", id=conversation)
    return str(rows[0]["name"]) if rows else ""


def sealed_address(sql: Sql, conversation: ConversationId) -> SealedAddress | None:
    """Where the replies of a sealed conversation go; None once it is shredded."""
    rows = sql(
        "SELECT seal FROM conversations WHERE library = :library AND id = :id AND seal IS NOT NULL", id=conversation
    )
    return SealedAddress(conversation=conversation, seal=rows[0]["seal"]) if rows else None


def sealed_conversations(sql: Sql) -> frozenset[ConversationId]:
    """All sealed conversations that are not shredded."""
    rows = sql("SELECT id FROM conversations WHERE library = :library AND shredded IS NULL")
    return frozenset(ConversationId(row["id"]) for row in rows)


def expired_conversations(sql: Sql, now: Instant, limit: int = 200) -> tuple[ConversationId, ...]:
    """Sealed conversations whose reply window is over and that are not shredded yet."""
    rows = sql(
        "SELECT id FROM conversations WHERE library = :library AND shredded IS NULL AND expires <= :now"
        " ORDER BY expires LIMIT :limit",
        now=now,
        limit=limit,
    )
    return tuple(ConversationId(row["id"]) for row in rows)


def next_expiry(sql: Sql) -> Instant | None:
    """When the next sealed conversation is to be shredded."""
    rows = sql("SELECT min(expires) AS t FROM conversations WHERE library = :library AND shredded IS NULL")
    found: Instant | None = rows[0]["t"]
    return found


def contacts(sql: Sql, ticket: TicketId, most: int = 8) -> tuple[Contact, ...]:
    """Other tickets of whoever wrote this one, the latest first; none on a sealed line, which knows no person."""
    rows = sql(
        "SELECT o.number, o.channel, o.subject, o.state, o.updated FROM tickets t JOIN tickets o"
        " ON o.library = t.library AND o.person = t.person AND o.id <> t.id"
        " WHERE t.library = :library AND t.id = :ticket AND t.person IS NOT NULL AND t.conversation IS NULL"
        " AND o.merged_into IS NULL AND o.state <> 'spam' ORDER BY o.updated DESC, o.id DESC LIMIT :most",
        ticket=ticket,
        most=most,
    )
    return tuple(
        Contact(
            number=row["number"],
            channel=Channel(row["channel"]),
            subject=row["subject"],
            state=State(row["state"]),
            updated=row["updated"],
        )
        for row in rows
    )
