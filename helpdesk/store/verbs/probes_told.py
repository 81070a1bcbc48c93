"""Telling somebody on the duty list that a line failed its probe."""

from __future__ import annotations

from dataclasses import dataclass

from helpdesk.clock import DAY, Instant, plus
from helpdesk.events import SYSTEM, Fact, Kind, NewEvent
from helpdesk.message import EntryId, OutboxId, PersonId, TicketId
from helpdesk.ports import Sql
from helpdesk.standards import Published
from helpdesk.store.verbs import escalating, people, tickets
from helpdesk.store.verbs.escalating import KIND, Duty
from helpdesk.ticket import Change, Flag, State, Ticket


@dataclass(frozen=True, slots=True, kw_only=True)
class Minted:
    """Ids for what is written."""

    ticket: TicketId
    person: PersonId
    entry: EntryId
    outbox: OutboxId


def tell(sql: Sql, duty: Duty, text: str, ids: Minted, now: Instant, published: Published) -> bool:
    """Write to them, in a ticket that is solved from its beginning; False where they were told of too much already."""
    if escalating.held_back(sql, duty, now):
        return False
    opened = Ticket(
        id=ids.ticket,
        number=tickets.next_number(sql),
        channel=duty.address.channel,
        line=duty.line,
        kind=KIND,
        subject="A line failed its probe",
        preview=text[:120],
        name=duty.name,
        person=people.remember(sql, duty.address, ids.person, now),
        state=State.SOLVED,
        opened=now,
        updated=now,
        closes=plus(now, DAY),
        flags=frozenset({Flag.AUTOMATIC}),
        touched_by=SYSTEM,
    )
    data: dict[str, Fact] = {
        "channel": str(opened.channel),
        "line": opened.line,
        "automatic": True,
        "rule": "escalated",
    }
    fact = NewEvent(kind=Kind.OPENED, ticket=opened.id, when=now, actor=SYSTEM, data=data)
    opened = tickets.open_new(sql, Change(opened, (fact,)), now, published)
    people.participate(sql, opened.id, duty.address, verified=True)
    escalating.put_out(sql, opened, ids.entry, ids.outbox, text, now, published)
    return True
