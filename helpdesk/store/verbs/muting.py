"""Texters who are a nuisance: muted for hours by staff, and how many texts of theirs came in.

Muting is kept with the conversation, beside the handle: it lasts the epoch at most, and goes when the conversation is
shredded.
"""

from __future__ import annotations

from helpdesk.clock import Instant
from helpdesk.errors import Refused
from helpdesk.events import Fact, Kind
from helpdesk.message import Channel, ConversationId, PersonId
from helpdesk.ports import Sql
from helpdesk.standards import Published
from helpdesk.store.verbs import stating, tickets
from helpdesk.ticket import Ticket, change_of


def mute(sql: Sql, on: stating.Seen, until: Instant | None, now: Instant, published: Published) -> Ticket:
    """What the ticket's sender texts until then is set apart; None lifts it. The ticket itself stays where it is."""
    ticket = stating.seen_by(sql, on)
    if ticket.conversation is None or ticket.channel is not Channel.SMS:
        raise Refused("Only who texts a sealed line can be muted. Put the ticket into spam instead.")
    before = muted_until(sql, ticket.conversation, now)
    if until is None and before is None:
        raise Refused(f"The sender of ticket {ticket.number} is not muted.")
    rows = sql(
        "UPDATE conversations SET muted_until = :until WHERE library = :library AND id = :id AND shredded IS NULL"
        " RETURNING id",
        id=ticket.conversation,
        until=until,
    )
    if not rows:
        raise Refused("This conversation is over: whoever wrote it can't be told from others any more.")
    told: tuple[Kind, dict[str, Fact]] = (Kind.UNMUTED, {}) if until is None else (Kind.MUTED, {"until": until})
    return tickets.apply(sql, ticket, change_of(ticket, ticket, now, on.actor, told), now, published)


def is_muted(sql: Sql, conversation: ConversationId | None, now: Instant) -> bool:
    """Whether staff have muted the texter of a sealed conversation, and the time is not over."""
    return muted_until(sql, conversation, now) is not None


def muted_until(sql: Sql, conversation: ConversationId | None, now: Instant) -> Instant | None:
    """Until when a texter is muted, None where they are not."""
    if conversation is None:
        return None
    rows = sql(
        "SELECT muted_until FROM conversations WHERE library = :library AND id = :id AND muted_until > :now",
        id=conversation,
        now=now,
    )
    return Instant(rows[0]["muted_until"]) if rows else None


def texts_since(sql: Sql, conversation: ConversationId | None, person: PersonId | None, since: Instant) -> int:
    """How many texts came from one sender after ``since``, those that were set apart among them."""
    column, value = ("conversation", conversation) if conversation else ("person", person)
    if value is None:
        return 0
    rows = sql(
        "SELECT count(*) AS n FROM tickets t JOIN entries e ON e.library = t.library AND e.ticket = t.id"
        f" WHERE t.library = :library AND t.{column} = :value AND t.channel = 'sms' AND e.kind = 'in'"
        " AND e.written > :since AND t.updated > :since",
        value=value,
        since=since,
    )
    return int(rows[0]["n"])
