"""A new contact is told that it has come in: by itself, within the caps. That answers nothing."""

from __future__ import annotations

from helpdesk.clock import Instant
from helpdesk.events import SYSTEM, Kind, NewEvent
from helpdesk.message import EntryId, Inbound, OutboxId
from helpdesk.ports import Sql
from helpdesk.standards import Published
from helpdesk.store.verbs import automata, outbox, outgoing, people, tickets
from helpdesk.ticket import Change, Ticket


def greet(
    sql: Sql,
    ticket: Ticket,
    text: str,
    inbound: Inbound,
    ids: tuple[EntryId, OutboxId],
    now: Instant,
    published: Published,
) -> Ticket:
    """Put the line's greeting out. ``ids``: of its entry and its row. Machines and those who want none get none."""
    if inbound.automatic or inbound.keep_quiet or not (ticket.person or ticket.conversation):
        return ticket
    if automata.stays_unanswered(sql, ticket, now):
        return ticket
    address = people.address_of(sql, ticket.person, ticket.channel) if ticket.person is not None else None
    if not outbox.may_answer_itself(sql, address, ticket.conversation, now):
        return ticket
    entry, row = ids
    outgoing.put_out(sql, ticket, entry=entry, outbox_id=row, text=text, author="", now=now, automatic=True)
    fact = NewEvent(
        kind=Kind.ACKNOWLEDGED,
        ticket=ticket.id,
        when=now,
        actor=SYSTEM,
        data={"entry": entry, "outbox": row, "automatic": True},
    )
    return tickets.apply(sql, ticket, Change(ticket, (fact,)), now, published)
