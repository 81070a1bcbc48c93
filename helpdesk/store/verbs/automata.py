"""Machines that text: an automatic text never answers one, or two machines would go on for ever."""

from __future__ import annotations

from helpdesk.clock import DAY, SECOND, Instant
from helpdesk.message import Channel
from helpdesk.ports import Sql
from helpdesk.ticket import Flag, Ticket

SECONDS = 5 * SECOND
"""Nobody reads and answers a text in so little time, in milliseconds."""

TIMES = 2
"""How often that makes a machine of the sender: once may be chance."""

WEEK = 7 * DAY
"""Within so long, in milliseconds."""


def is_one(sql: Sql, ticket: Ticket, now: Instant) -> bool:
    """Whether the ticket's sender answers our automatic texts as only a machine does: within seconds, repeatedly."""
    column, value = ("conversation", ticket.conversation) if ticket.conversation else ("person", ticket.person)
    if ticket.channel is not Channel.SMS or value is None:
        return False
    rows = sql(
        "SELECT count(*) AS n FROM outbox o JOIN tickets t ON t.library = o.library AND t.id = o.ticket"
        f" WHERE t.library = :library AND t.{column} = :value AND t.line = :line"
        " AND o.automatic = 1 AND o.done IS NOT NULL AND o.done > :since AND EXISTS"
        " (SELECT 1 FROM entries e JOIN tickets s ON s.library = e.library AND s.id = e.ticket"
        f"  WHERE s.library = :library AND s.{column} = :value AND s.line = :line AND e.kind = 'in'"
        "  AND e.written > o.done AND e.written <= o.done + :seconds)",
        value=value,
        line=ticket.line,
        since=now - WEEK,
        seconds=SECONDS,
    )
    return bool(rows[0]["n"] >= TIMES)


def stays_unanswered(sql: Sql, ticket: Ticket, now: Instant) -> bool:
    """Whether no automatic text may go to the ticket's sender: they want none, or are a machine.

    Short codes and names come marked ``keep_quiet`` from their channel. A crisis text asks for the flag alone.
    """
    return Flag.OPTED_OUT in ticket.flags or is_one(sql, ticket, now)
