"""Chats that go on by e-mail: from which line, and whether the first mail carries what was said."""

from __future__ import annotations

from dataclasses import dataclass

from helpdesk import by_mail as life
from helpdesk.clock import Instant
from helpdesk.message import Address, Channel, ConversationId, LineId, PersonId, TicketId
from helpdesk.ports import Sql
from helpdesk.standards import Published
from helpdesk.store.verbs import entries, erasing, people, stating, tickets
from helpdesk.ticket import Flag, Ticket


@dataclass(frozen=True, slots=True, kw_only=True)
class Turning:
    """What a chat goes on by: the visitor's address, the mail line, the id of a person who is not known yet.

    ``carried``  how the library is called in the transcript that the first mail carries, "" for no transcript
    """

    address: Address
    line: LineId
    fresh: PersonId
    carried: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Way:
    """How a ticket's replies go out. ``tail``: what the next one carries besides its text."""

    channel: Channel
    line: LineId
    conversation: ConversationId | None
    tail: str = ""


def turn(sql: Sql, on: stating.Seen, to: Turning, now: Instant, published: Published) -> Ticket:
    """A chat goes on by mail from now on. Refused where it is none, is closed, or goes by mail already."""
    before = stating.seen_by(sql, on)
    change = life.turn(before, person=to.fresh, line=to.line, by=on.actor, now=now)
    person = people.remember(sql, to.address, to.fresh, now)
    change = life.turn(before, person=person, line=to.line, by=on.actor, now=now)
    people.participate(sql, before.id, to.address, verified=True)
    sql(
        "INSERT INTO by_mail (library, ticket, line, carried) VALUES (:library, :ticket, :line, :carried)",
        ticket=before.id,
        line=to.line,
        carried=to.carried,
    )
    return tickets.apply(sql, before, change, now, published)


def take_back(sql: Sql, ticket: Ticket) -> None:
    """It goes on as a chat: ``ticket`` as it stood while it went by mail. A person who wrote nothing is forgotten."""
    sql("DELETE FROM by_mail WHERE library = :library AND ticket = :ticket", ticket=ticket.id)
    if ticket.person is None:
        return
    if (address := people.address_of(sql, ticket.person, Channel.MAIL)) is not None:
        people.drop(sql, ticket.id, address, verified=True)
    if not erasing.is_known(sql, ticket.person):
        erasing.forget_person(sql, ticket.person)


def way_of(sql: Sql, ticket: Ticket) -> Way:
    """How a reply to a ticket goes out now."""
    usual = Way(channel=ticket.channel, line=ticket.line, conversation=ticket.conversation)
    if Flag.BY_MAIL not in ticket.flags:
        return usual
    rows = sql("SELECT line, carried FROM by_mail WHERE library = :library AND ticket = :ticket", ticket=ticket.id)
    if not rows:
        return usual
    carried = rows[0]["carried"]
    tail = life.transcript(entries.of_ticket(sql, ticket.id), carried) if carried and _is_first(sql, ticket.id) else ""
    return Way(channel=Channel.MAIL, line=LineId(rows[0]["line"]), conversation=None, tail=tail)


def _is_first(sql: Sql, ticket: TicketId) -> bool:
    return not sql(
        "SELECT 1 FROM outbox WHERE library = :library AND ticket = :ticket AND channel = 'mail' LIMIT 1", ticket=ticket
    )


def end_chat(sql: Sql, ticket: TicketId, now: Instant) -> None:
    """A mail has gone out: where that carries on a chat, the chat is over, and its visitor is forgotten there."""
    if sql("SELECT 1 FROM by_mail WHERE library = :library AND ticket = :ticket", ticket=ticket):
        sql(
            "UPDATE chats SET ended = :now, touched = :now, token = NULL, name = ''"
            " WHERE library = :library AND ticket = :ticket AND ended IS NULL",
            ticket=ticket,
            now=now,
        )


def carries_on(sql: Sql, chat: ConversationId) -> bool:
    """Whether a chat that is over goes on by mail."""
    return bool(
        sql(
            "SELECT 1 FROM chats c JOIN by_mail m ON m.library = c.library AND m.ticket = c.ticket"
            " WHERE c.library = :library AND c.id = :chat AND c.ended IS NOT NULL",
            chat=chat,
        )
    )
