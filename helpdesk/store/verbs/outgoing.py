"""A message goes out: its entry in the thread and its row of the outbox, in one commit."""

from __future__ import annotations

from helpdesk.clock import Instant
from helpdesk.message import Channel, Delivery, EntryId, OutboxId
from helpdesk.ports import Sql
from helpdesk.store.verbs import entries, outbox, people
from helpdesk.thread import EntryKind
from helpdesk.ticket import Ticket


def put_out(
    sql: Sql,
    ticket: Ticket,
    *,
    entry: EntryId,
    outbox_id: OutboxId,
    text: str,
    author: str,
    now: Instant,
    automatic: bool = False,
) -> None:
    """Write an outgoing entry and its row of the outbox: to the ticket's patron, with verified copies by mail."""
    address = people.address_of(sql, ticket.person, ticket.channel) if ticket.person is not None else None
    verified, _ = people.participants(sql, ticket.id)
    copies = tuple(each.value for each in verified if address is not None and each.value != address.value)
    entries.add(
        sql,
        id=entry,
        ticket=ticket.id,
        kind=EntryKind.AUTO if automatic else EntryKind.OUT,
        author=author,
        text=text,
        now=now,
        delivery=Delivery.WAITING,
        chat=ticket.conversation if ticket.channel is Channel.CHAT else None,
    )
    outbox.add(
        sql,
        id=outbox_id,
        ticket=ticket.id,
        entry=entry,
        channel=ticket.channel,
        line=ticket.line,
        address=address,
        conversation=ticket.conversation,
        copies=copies if ticket.channel is Channel.MAIL and not automatic else (),
        subject=_answering(ticket.subject) if ticket.channel is Channel.MAIL else "",
        text=text,
        references=_references(sql, ticket) if ticket.channel is Channel.MAIL else (),
        author=author,
        now=now,
        automatic=automatic,
    )


def _answering(subject: str) -> str:
    return subject if subject.lower().startswith("re:") or not subject else f"Re: {subject}"


REFERENCES = 20
"""The most Message-IDs that a reply names: the first and the latest."""


def _references(sql: Sql, ticket: Ticket) -> tuple[str, ...]:
    """The Message-IDs of the thread's inbound mails, oldest first, so that the last is what we answer."""
    rows = sql(
        "SELECT r.external_id FROM received r JOIN entries e ON e.library = r.library AND e.id = r.entry"
        " WHERE r.library = :library AND r.ticket = :ticket AND r.external_id LIKE '<%' ORDER BY e.row",
        ticket=ticket.id,
    )
    ids = [row["external_id"] for row in rows]
    return tuple(ids if len(ids) <= REFERENCES else ids[:1] + ids[-REFERENCES + 1 :])
