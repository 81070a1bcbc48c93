"""A message goes out: its entry in the thread and its row of the outbox, in one commit."""

from __future__ import annotations

from collections.abc import Mapping

from helpdesk.clock import Instant
from helpdesk.errors import Refused
from helpdesk.limits import ABROAD, Limits
from helpdesk.message import Channel, Delivery, EntryId, LineId, OutboxId, TicketId
from helpdesk.ports import Sql
from helpdesk.store.verbs import by_mail, entries, outbox, people
from helpdesk.thread import EntryKind
from helpdesk.ticket import Ticket


def fits(sql: Sql, ticket: TicketId, text: str, limits: Mapping[LineId, Limits]) -> None:
    """Refused, in words, where a reply is longer than its line allows, or goes to a country that it may not text.

    A sealed line knows the country in the sending step alone: there such a reply is undeliverable.
    """
    rows = sql("SELECT line, person, channel FROM tickets WHERE library = :library AND id = :id", id=ticket)
    if not rows or (line := limits.get(LineId(rows[0]["line"]))) is None:
        return
    line.fits(text)
    channel = Channel(rows[0]["channel"])
    address = people.address_of(sql, rows[0]["person"], channel) if rows[0]["person"] is not None else None
    if address is not None and not line.reaches(address.value):
        raise Refused(ABROAD)


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
    crisis: bool = False,
    wait: int = 0,
) -> None:
    """Write an outgoing entry and its row of the outbox: to the ticket's patron, with verified copies by mail.

    ``crisis``: an approved crisis text, which goes before all else that waits and beyond a day's limit.
    ``wait``: for how many milliseconds it can be taken back.
    """
    way = by_mail.way_of(sql, ticket)
    address = people.address_of(sql, ticket.person, way.channel) if ticket.person is not None else None
    copies = () if automatic else copies_of(sql, ticket)
    whole = f"{text}\n\n{way.tail}" if way.tail else text
    entries.add(
        sql,
        id=entry,
        ticket=ticket.id,
        kind=EntryKind.AUTO if automatic else EntryKind.OUT,
        author=author,
        text=whole,
        quote_from=len(text) + 2 if way.tail else None,
        now=now,
        delivery=Delivery.WAITING,
        chat=ticket.conversation if way.channel is Channel.CHAT else None,
    )
    outbox.add(
        sql,
        id=outbox_id,
        ticket=ticket.id,
        entry=entry,
        channel=way.channel,
        line=way.line,
        address=address,
        conversation=way.conversation,
        copies=copies,
        subject=_answering(ticket.subject) if way.channel is Channel.MAIL else "",
        text=whole,
        references=_references(sql, ticket) if way.channel is Channel.MAIL else (),
        author=author,
        now=now,
        automatic=automatic,
        crisis=crisis,
        wait=wait,
    )


def copies_of(sql: Sql, ticket: Ticket) -> tuple[str, ...]:
    """Who else gets a reply by mail: whoever is on the ticket, but its patron."""
    if ticket.goes_by is not Channel.MAIL or ticket.person is None:
        return ()
    address = people.address_of(sql, ticket.person, Channel.MAIL)
    verified = [each for each in people.participants(sql, ticket.id)[0] if each.channel is Channel.MAIL]
    return tuple(each.value for each in verified if address is not None and each.value != address.value)


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
