"""What follows from a text of one word alone: STOP ends our texts, START begins them again, HELP has one answer."""

from __future__ import annotations

from helpdesk.clock import Instant
from helpdesk.events import PATRON, SYSTEM, Kind, NewEvent
from helpdesk.message import Address, EntryId, Keyword, OutboxId
from helpdesk.ports import Sql
from helpdesk.standards import Published
from helpdesk.store.verbs import automata, optouts, outbox, outgoing, people, tickets
from helpdesk.ticket import OPTED_OUT, Change, Ticket


def heed(
    sql: Sql,
    ticket: Ticket,
    keyword: Keyword | None,
    *,
    address: Address | None,
    answer: str,
    ids: tuple[EntryId, OutboxId],
    now: Instant,
    published: Published,
) -> Ticket:
    """Do what the word asks. ``answer``: to HELP, "" for none; ``ids``: of the entry and the row of that answer."""
    texter = optouts.who(address, ticket.conversation)
    if keyword is None or not texter:
        return ticket
    if keyword is Keyword.HELP:
        return _help(sql, ticket, answer, ids, now, published)
    if keyword is Keyword.STOP:
        if optouts.stop(sql, ticket.line, texter, ticket.id, PATRON, now, published):
            _call_off(sql, ticket, now, published)
    else:
        optouts.lift(sql, ticket.line, texter, ticket.id, PATRON, now, published)
    return tickets.get(sql, ticket.id)


def _call_off(sql: Sql, ticket: Ticket, now: Instant, published: Published) -> None:
    """What still waits to be sent to them is not sent: staff see it come back, with the reason."""
    column, value = ("conversation", ticket.conversation) if ticket.conversation else ("person", ticket.person)
    rows = sql(
        "SELECT o.id FROM outbox o JOIN tickets t ON t.library = o.library AND t.id = o.ticket"
        f" WHERE o.library = :library AND t.{column} = :value AND o.line = :line AND o.state = 'waiting' ORDER BY o.id",
        value=value,
        line=ticket.line,
    )
    for row in rows:
        outbox.failed(sql, OutboxId(row["id"]), outbox.STOPPED, OPTED_OUT, now, published)


def _help(
    sql: Sql, ticket: Ticket, answer: str, ids: tuple[EntryId, OutboxId], now: Instant, published: Published
) -> Ticket:
    """The line's answer to HELP, once in a ticket. Staff see the text all the same: it may mean more than the word."""
    if not answer or _answered(sql, ticket, answer) or automata.stays_unanswered(sql, ticket, now):
        return ticket
    address = people.address_of(sql, ticket.person, ticket.channel) if ticket.person is not None else None
    if address is not None and not outbox.may_answer_itself(sql, address, None, now):
        return ticket
    entry, row = ids
    outgoing.put_out(sql, ticket, entry=entry, outbox_id=row, text=answer, author="", now=now, automatic=True)
    data: dict[str, str | int | bool | None] = {"entry": entry, "outbox": row, "automatic": True}
    fact = NewEvent(kind=Kind.ACKNOWLEDGED, ticket=ticket.id, when=now, actor=SYSTEM, data=data)
    return tickets.apply(sql, ticket, Change(ticket, (fact,)), now, published)


def _answered(sql: Sql, ticket: Ticket, answer: str) -> bool:
    rows = sql(
        "SELECT 1 FROM outbox WHERE library = :library AND ticket = :ticket AND automatic = 1 AND text = :text",
        ticket=ticket.id,
        text=answer,
    )
    return bool(rows)
