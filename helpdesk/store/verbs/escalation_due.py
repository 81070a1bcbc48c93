"""What nobody took in time: fresh, or told to somebody on the duty list who did not answer."""

from __future__ import annotations

from dataclasses import dataclass

from helpdesk.clock import MINUTE, Instant
from helpdesk.config import EscalationSettings
from helpdesk.message import TicketId
from helpdesk.noise.concerns import Concern
from helpdesk.noise.escalation import Alarm, Subject
from helpdesk.ports import Record, Sql
from helpdesk.store.verbs import tickets
from helpdesk.ticket import Ticket

_HELD = "(t.owner IS NOT NULL AND (t.held_until IS NULL OR t.held_until > :now))"
_OPEN = "t.state IN ('new', 'open', 'waiting', 'snoozed')"


@dataclass(frozen=True, slots=True, kw_only=True)
class Due:
    """What is to be told now, and to which place of the duty list (1 is the first). ``zone``: the place's id."""

    subject: str
    alarm: Alarm
    zone: str
    step: int
    ticket: TicketId


def due(sql: Sql, rules: EscalationSettings, now: Instant, limit: int = 20) -> list[Due]:
    """What nobody took in time and was told to nobody yet, then what was told and not answered in time."""
    return [
        *_fresh_incidents(sql, rules, now, limit),
        *_fresh_tickets(sql, rules, now, limit),
        *_again(sql, now, limit),
    ]


def _fresh_incidents(sql: Sql, rules: EscalationSettings, now: Instant, limit: int) -> list[Due]:
    rows = sql(
        "SELECT i.* FROM incidents i WHERE i.library = :library AND i.state = 'open'"
        " AND i.began <= CASE WHEN i.concern <> '' THEN :urgent ELSE :late END"
        " AND (i.staffed = 1 OR i.concern <> '' OR :unstaffed = 1)"
        " AND NOT EXISTS (SELECT 1 FROM escalations e WHERE e.library = i.library AND e.subject = i.id)"
        f" AND NOT EXISTS (SELECT 1 FROM tickets t WHERE t.library = i.library AND t.incident = i.id AND {_HELD})"
        " ORDER BY i.began LIMIT :limit",
        now=now,
        late=now - rules.minutes * MINUTE,
        urgent=now - rules.urgent_minutes * MINUTE,
        unstaffed=int(rules.unstaffed),
        limit=limit,
    )
    found = (_incident_due(sql, row, 1) for row in rows)
    return [each for each in found if each is not None]


def _incident_due(sql: Sql, row: Record, step: int) -> Due | None:
    first = sql(
        f"SELECT t.id FROM tickets t WHERE t.library = :library AND t.incident = :id AND {_OPEN}"
        " ORDER BY t.opened, t.id",
        id=row["id"],
    )
    if not first:
        return None
    alarm = Alarm(
        what="incident",
        number=row["number"],
        place=row["zone"],
        site=row["site"],
        since=row["began"],
        texts=len(first),
        concern=Concern(row["concern"]) if row["concern"] else None,
    )
    return Due(subject=row["id"], alarm=alarm, zone=row["zone"], step=step, ticket=TicketId(first[0]["id"]))


def _fresh_tickets(sql: Sql, rules: EscalationSettings, now: Instant, limit: int) -> list[Due]:
    """Contacts that are no noise and raise a concern: unanswered, and nobody has them."""
    rows = sql(
        "SELECT t.* FROM tickets t WHERE t.library = :library AND t.concern <> '' AND t.unanswered IS NOT NULL"
        f" AND {_OPEN} AND t.incident IS NULL AND t.unanswered <= :urgent AND NOT {_HELD}"
        " AND NOT EXISTS (SELECT 1 FROM escalations e WHERE e.library = t.library AND e.subject = t.id)"
        " ORDER BY t.unanswered LIMIT :limit",
        now=now,
        urgent=now - rules.urgent_minutes * MINUTE,
        limit=limit,
    )
    return [_ticket_due(tickets.read(row), 1) for row in rows]


def _ticket_due(ticket: Ticket, step: int) -> Due:
    alarm = Alarm(
        what="ticket",
        number=ticket.number,
        place=ticket.zone,
        site=ticket.site,
        since=ticket.unanswered or ticket.opened,
        texts=1,
        concern=Concern(ticket.concern),
    )
    return Due(subject=ticket.id, alarm=alarm, zone=ticket.zone, step=step, ticket=ticket.id)


def _again(sql: Sql, now: Instant, limit: int) -> list[Due]:
    rows = sql(
        "SELECT * FROM escalations WHERE library = :library AND ended IS NULL AND again <= :now"
        " ORDER BY again LIMIT :limit",
        now=now,
        limit=limit,
    )
    found = (wanted(sql, row["what"], row["subject"], now, row["step"] + 1) for row in rows)
    return [each for each in found if each is not None]


def wanted(sql: Sql, what: Subject, subject: str, now: Instant, step: int) -> Due | None:
    """What would be told of it now as ``step``; None where somebody has it, or nobody has to go any more."""
    if what == "incident":
        rows = sql(
            "SELECT i.* FROM incidents i WHERE i.library = :library AND i.id = :id AND i.state = 'open'"
            f" AND NOT EXISTS (SELECT 1 FROM tickets t WHERE t.library = i.library AND t.incident = i.id AND {_HELD})",
            id=subject,
            now=now,
        )
        return _incident_due(sql, rows[0], step) if rows else None
    rows = sql(
        f"SELECT t.* FROM tickets t WHERE t.library = :library AND t.id = :id AND {_OPEN}"
        f" AND t.unanswered IS NOT NULL AND t.concern <> '' AND NOT {_HELD}",
        id=subject,
        now=now,
    )
    return _ticket_due(tickets.read(rows[0]), step) if rows else None


def next_due(sql: Sql, rules: EscalationSettings, now: Instant) -> Instant | None:
    """When something may have to be told next, after ``now``; None if only a change can bring something.

    What is late already and somebody's is not among it: that it becomes nobody's again is a change.
    """
    untold = "NOT EXISTS (SELECT 1 FROM escalations e WHERE e.library = i.library AND e.subject = i.id)"
    rows = sql(
        "SELECT min(t) AS t FROM ("
        " SELECT min(i.began) + :late AS t FROM incidents i WHERE i.library = :library AND i.state = 'open'"
        f"  AND i.began > :now - :late AND i.concern = '' AND (i.staffed = 1 OR :unstaffed = 1) AND {untold}"
        " UNION ALL SELECT min(i.began) + :urgent FROM incidents i WHERE i.library = :library AND i.state = 'open'"
        f"  AND i.began > :now - :urgent AND i.concern <> '' AND {untold}"
        " UNION ALL SELECT min(i.unanswered) + :urgent FROM tickets i WHERE i.library = :library AND i.concern <> ''"
        "  AND i.unanswered IS NOT NULL AND i.state IN ('new', 'open', 'waiting', 'snoozed')"
        f"  AND i.unanswered > :now - :urgent AND i.incident IS NULL AND {untold}"
        " UNION ALL SELECT min(again) FROM escalations WHERE library = :library AND ended IS NULL AND again > :now)",
        late=rules.minutes * MINUTE,
        urgent=rules.urgent_minutes * MINUTE,
        unstaffed=int(rules.unstaffed),
        now=now,
    )
    found: Instant | None = rows[0]["t"]
    return found
