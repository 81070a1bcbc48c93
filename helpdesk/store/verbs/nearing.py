"""Running clocks of work to be done: those that breach next, and those that have."""

from __future__ import annotations

from helpdesk.clock import Instant
from helpdesk.message import Channel, StaffId, TicketId
from helpdesk.ports import Record, Sql
from helpdesk.sight import Nearing
from helpdesk.standards import Measure

MOST = 20
"""How many of each are told."""

_COLUMNS = (
    "t.id AS id, t.number AS number, t.channel AS channel, c.standard AS standard, c.measure AS measure,"
    " c.due AS due, c.lapses AS lapses, t.owner AS owner, t.name AS name, t.subject AS subject"
)


def soonest(sql: Sql, now: Instant, most: int = MOST) -> tuple[Nearing, ...]:
    """The running clocks of live tickets whose last moment comes next, the earliest first."""
    rows = sql(
        f"SELECT {_COLUMNS} FROM clocks c JOIN tickets t ON t.library = c.library AND t.id = c.ticket"
        " WHERE c.library = :library AND c.outcome = 'pending' AND c.noticed IS NULL AND c.lapses >= :now"
        " AND c.due IS NOT NULL AND t.state IN ('new', 'open', 'waiting', 'snoozed')"
        " ORDER BY c.lapses, c.ticket, c.standard LIMIT :most",
        now=now,
        most=most,
    )
    return tuple(sorted(map(_nearing, rows), key=lambda each: (each.due, each.number, each.standard)))


def latest(sql: Sql, now: Instant, most: int = MOST) -> tuple[Nearing, ...]:
    """The running clocks of tickets to be worked on that are past their last moment, the latest first.

    Found by the tickets' earliest deadlines: a ticket of which two clocks are late is told with both.
    """
    rows = sql(
        f"SELECT {_COLUMNS} FROM (SELECT * FROM tickets WHERE library = :library"
        " AND state IN ('new', 'open', 'waiting') AND urgency < :now AND due IS NOT NULL"
        " ORDER BY urgency DESC, id DESC LIMIT :most) AS t"
        " JOIN clocks c ON c.library = t.library AND c.ticket = t.id"
        " WHERE c.outcome = 'pending' AND c.lapses < :now AND c.due IS NOT NULL",
        now=now,
        most=most,
    )
    found = sorted(map(_nearing, rows), key=lambda each: (-each.due, each.number, each.standard))
    return tuple(found[:most])


def _nearing(row: Record) -> Nearing:
    return Nearing(
        ticket=TicketId(row["id"]),
        number=row["number"],
        channel=Channel(row["channel"]),
        standard=row["standard"],
        measure=Measure(row["measure"]),
        due=row["due"],
        lapses=row["lapses"],
        owner=None if row["owner"] is None else StaffId(row["owner"]),
        name=row["name"],
        subject=row["subject"],
    )
