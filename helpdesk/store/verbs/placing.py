"""Which tickets a message may belong to: what the matching rules choose from."""

from __future__ import annotations

from helpdesk.matching import Candidate, Via
from helpdesk.message import Address, Channel, ConversationId, Inbound, LineId, OutboxId, PersonId, TicketId
from helpdesk.ports import Sql
from helpdesk.store.verbs import outbox, people, tickets


def candidates(
    sql: Sql,
    inbound: Inbound,
    sender: Address | None,
    conversation: ConversationId | None,
    tokens: tuple[TicketId, ...],
    ours: tuple[OutboxId, ...],
    *,
    apart: bool = False,
) -> tuple[Candidate, ...]:
    """Every ticket that the message may belong to, best first within each way of finding it.

    ``apart``: the text is set apart, so it belongs to what was set apart before, and to nothing else.

    A signed address may name a ticket that is not here: forgotten, or lost with a store that was restored. What
    belongs to a ticket that was merged into another belongs to that one.
    """
    found: list[tuple[Via, TicketId]] = []
    if inbound.conversation is not None:
        found += [(Via.CHAT, each) for each in _of_conversation(sql, inbound.conversation)]
    found += [(Via.TOKEN, each) for each in tokens if tickets.is_there(sql, each)]
    found += [(Via.OUR_MESSAGE, each) for name in ours if (each := outbox.ticket_of(sql, name)) is not None]
    found += [(Via.THEIR_MESSAGE, each) for each in _naming(sql, inbound)]
    if inbound.channel is Channel.SMS and conversation is not None:
        found += [(Via.SENDER, each) for each in _of_texter(sql, conversation, apart)]
    elif inbound.channel is Channel.SMS and sender is not None:
        found += [(Via.SENDER, each) for each in _of_person(sql, people.known(sql, sender), inbound.line, apart)]
    lasting = [(via, tickets.lasting(sql, ticket)) for via, ticket in found]
    return tuple(Candidate(ticket=each, via=via, on_it=_is_on(sql, each.id, sender)) for via, each in lasting)


def _of_conversation(sql: Sql, conversation: ConversationId) -> list[TicketId]:
    rows = sql(
        "SELECT id FROM tickets WHERE library = :library AND conversation = :conversation"
        " ORDER BY updated DESC, id DESC LIMIT 1",
        conversation=conversation,
    )
    return [TicketId(row["id"]) for row in rows]


def _of_texter(sql: Sql, conversation: ConversationId, apart: bool) -> list[TicketId]:
    rows = sql(
        "SELECT id FROM tickets WHERE library = :library AND conversation = :conversation"
        " AND CASE WHEN state = 'muted' THEN 1 ELSE 0 END = :apart ORDER BY updated DESC, id DESC LIMIT 1",
        conversation=conversation,
        apart=int(apart),
    )
    return [TicketId(row["id"]) for row in rows]


def _of_person(sql: Sql, person: PersonId | None, line: LineId, apart: bool) -> list[TicketId]:
    if person is None:
        return []
    rows = sql(
        "SELECT id FROM tickets WHERE library = :library AND person = :person AND line = :line"
        " AND CASE WHEN state = 'muted' THEN 1 ELSE 0 END = :apart ORDER BY updated DESC, id DESC LIMIT 1",
        person=person,
        line=line,
        apart=int(apart),
    )
    return [TicketId(row["id"]) for row in rows]


def _naming(sql: Sql, inbound: Inbound) -> list[TicketId]:
    """Tickets of the messages that a mail names, nearest first."""
    found: list[TicketId] = []
    for reference in inbound.references:
        rows = sql(
            "SELECT ticket FROM received WHERE library = :library AND channel = :channel AND account = :account"
            " AND external_id = :reference AND ticket IS NOT NULL ORDER BY noted",
            channel=str(inbound.channel),
            account=inbound.account,
            reference=reference,
        )
        found += [TicketId(row["ticket"]) for row in rows]
    return found


def _is_on(sql: Sql, ticket: TicketId, address: Address | None) -> bool:
    return address is not None and people.is_on(sql, ticket, address)
