"""What visitors of chats are told in between: somebody is with them in a moment, a colleague has taken over."""

from __future__ import annotations

from dataclasses import dataclass

from helpdesk.clock import Instant
from helpdesk.errors import Refused
from helpdesk.events import Fact, Kind, NewEvent
from helpdesk.message import Channel, EntryId, OutboxId, StaffId, TicketId
from helpdesk.ports import Sql
from helpdesk.standards import Published
from helpdesk.store.verbs import duty, outgoing, tickets
from helpdesk.ticket import Change, Flag, Ticket


@dataclass(frozen=True, slots=True, kw_only=True)
class Moment:
    """Who tells whom to wait a moment, in which words. ``minted``: ids for each message that may be written."""

    actor: StaffId
    ticket: TicketId | None
    text: str
    minted: tuple[tuple[EntryId, OutboxId], ...]


def in_a_moment(sql: Sql, moment: Moment, now: Instant, published: Published) -> tuple[TicketId, ...]:
    """Tell the visitor of one chat, or of all that the actor has and that wait. Refused of one where it is no use."""
    if moment.ticket is not None:
        found = [tickets.get(sql, moment.ticket)]
        if why := _why_not(sql, found[0]):
            raise Refused(why)
    else:
        own = (tickets.get(sql, each.ticket) for each in duty.chats_of(sql, moment.actor, now))
        found = [each for each in own if not _why_not(sql, each)]
    for ticket, (entry, row) in zip(found, moment.minted, strict=False):
        _tell(sql, ticket, moment, entry, row, now, published)
    return tuple(ticket.id for ticket, _ in zip(found, moment.minted, strict=False))


def _tell(
    sql: Sql, ticket: Ticket, moment: Moment, entry: EntryId, row: OutboxId, now: Instant, published: Published
) -> None:
    """An automatic message: *acknowledged* hears of it where its standard counts those, and nothing else does."""
    outgoing.put_out(sql, ticket, entry=entry, outbox_id=row, text=moment.text, author="", now=now, automatic=True)
    told: dict[str, Fact] = {"entry": entry, "outbox": row, "automatic": True, "moment": True}
    fact = NewEvent(kind=Kind.ACKNOWLEDGED, ticket=ticket.id, when=now, actor=moment.actor, data=told)
    tickets.apply(sql, ticket, Change(ticket, (fact,)), now, published)


def _why_not(sql: Sql, ticket: Ticket) -> str:
    """Why nobody is told to wait, "" if they are."""
    if not hears(ticket):
        return f"Ticket {ticket.number} is no chat with a visitor who is there."
    if ticket.unanswered is None:
        return f"Nobody waits in ticket {ticket.number}."
    if _last_is_ours(sql, ticket):
        return f"The visitor of ticket {ticket.number} was told so already."
    return ""


def hears(ticket: Ticket) -> bool:
    """Whether it is a chat whose visitor may read what is said there."""
    return ticket.live and ticket.goes_by is Channel.CHAT and Flag.LEFT not in ticket.flags


def _last_is_ours(sql: Sql, ticket: Ticket) -> bool:
    """Whether the visitor has said nothing since an automatic message."""
    rows = sql(
        "SELECT kind FROM entries WHERE library = :library AND ticket = :ticket AND kind IN ('in', 'out', 'auto')"
        " ORDER BY row DESC LIMIT 1",
        ticket=ticket.id,
    )
    return bool(rows) and rows[0]["kind"] == "auto"
