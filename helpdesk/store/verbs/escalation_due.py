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

_HELD = (
    "(t.owner IS NOT NULL AND (coalesce(t.held_until, 0) > :now OR (t.held_until IS NULL AND EXISTS"
    " (SELECT 1 FROM events w WHERE w.library = t.library AND w.ticket = t.id AND w.actor NOT IN ('patron', 'system')"
    " AND w.noted >= coalesce(t.unanswered, 0) AND w.noted >= coalesce((SELECT max(c.noted) FROM tickets d"
    " JOIN events c ON c.library = d.library AND c.ticket = d.id"
    " WHERE d.library = t.library AND d.incident = t.incident AND c.kind = 'concern'), 0)))))"
)
"""A member has the ticket for some minutes; or for good, and did something on it since the patron wrote and since
danger was heard: whoever answered an earlier text may have gone home.
"""

_OPEN = "t.state IN ('new', 'open', 'waiting', 'snoozed')"

_SINCE_SENT = "v.noted > coalesce(i.dispatched, 0) AND v.noted > coalesce(i.attended, 0)"

_FACTS = (
    "FROM tickets t JOIN events v ON v.library = t.library AND v.ticket = t.id"
    f" WHERE t.library = i.library AND t.incident = i.id AND {_SINCE_SENT}"
)

_NOBODYS = (
    "(i.state = 'open' OR (i.state IN ('dispatched', 'attended') AND i.concern <> ''"
    f" AND EXISTS (SELECT 1 {_FACTS} AND v.kind = 'concern')))"
)
"""Nobody was sent, or danger was heard after somebody was: they may be on the way to it, and know nothing of it."""

_LATEST = "coalesce((SELECT max(e.told) FROM escalations e WHERE e.library = i.library AND e.subject = i.id), 0)"
_TOLD = "EXISTS (SELECT 1 FROM escalations e WHERE e.library = i.library AND e.subject = i.id)"
_RUNNING = "EXISTS (SELECT 1 FROM escalations e WHERE e.library = i.library AND e.subject = i.id AND e.ended IS NULL)"

_INCIDENTS_ANEW = (
    f"SELECT i.*, (SELECT min(v.noted) {_FACTS} AND (v.kind IN ('concern', 'incident_reopened')"
    """ OR (v.kind = 'undone' AND instr(v.data, '"dispatched":') > 0))"""
    f" AND v.noted > {_LATEST}) AS heard FROM incidents i"
    f" WHERE i.library = :library AND i.state <> 'over' AND {_NOBODYS} AND (i.state <> 'open' OR {_TOLD})"
    f" AND NOT {_RUNNING} AND (i.staffed = 1 OR i.concern <> '' OR :unstaffed = 1)"
)
"""Incidents of which the list was told, or somebody sent, and then danger was heard, the noise went on, or sending was
taken back."""

_TICKETS_ANEW = (
    "SELECT i.*, (SELECT min(v.noted) FROM events v WHERE v.library = i.library AND v.ticket = i.id"
    f" AND v.kind = 'concern' AND v.noted > {_LATEST}) AS heard FROM tickets i"
    " WHERE i.library = :library AND i.concern <> '' AND i.unanswered IS NOT NULL AND i.incident IS NULL"
    f" AND i.state IN ('new', 'open', 'waiting', 'snoozed') AND {_TOLD} AND NOT {_RUNNING}"
)
"""Contacts that are no noise of which the list was told, and then danger was heard again."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Due:
    """What is to be told now, and to which place of the duty list (1 is the first). ``zone``: the place's id."""

    subject: str
    alarm: Alarm
    zone: str
    step: int
    ticket: TicketId


def due(sql: Sql, rules: EscalationSettings, now: Instant, limit: int = 20) -> list[Due]:
    """What nobody took in time and was told to nobody yet, what began anew since, then what was told and not
    answered in time.
    """
    return [
        *_fresh_incidents(sql, rules, now, limit),
        *_fresh_tickets(sql, rules, now, limit),
        *_incidents_anew(sql, rules, now, limit),
        *_tickets_anew(sql, rules, now, limit),
        *_again(sql, now, limit),
    ]


def _fresh_incidents(sql: Sql, rules: EscalationSettings, now: Instant, limit: int) -> list[Due]:
    """``state <> 'over'`` beside ``state = 'open'`` names the index of those that go on; danger comes first."""
    rows = sql(
        "SELECT i.* FROM incidents i WHERE i.library = :library AND i.state <> 'over' AND i.state = 'open'"
        " AND i.began <= CASE WHEN i.concern <> '' THEN :urgent ELSE :late END"
        " AND (i.staffed = 1 OR i.concern <> '' OR :unstaffed = 1)"
        " AND NOT EXISTS (SELECT 1 FROM escalations e WHERE e.library = i.library AND e.subject = i.id)"
        f" AND NOT EXISTS (SELECT 1 FROM tickets t WHERE t.library = i.library AND t.incident = i.id AND {_HELD})"
        " ORDER BY i.concern = '', i.began LIMIT :limit",
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


def _incidents_anew(sql: Sql, rules: EscalationSettings, now: Instant, limit: int) -> list[Due]:
    rows = sql(
        f"SELECT n.* FROM ({_INCIDENTS_ANEW}) n"
        " WHERE n.heard <= CASE WHEN n.concern <> '' THEN :urgent ELSE :late END"
        f" AND NOT EXISTS (SELECT 1 FROM tickets t WHERE t.library = n.library AND t.incident = n.id AND {_HELD})"
        " ORDER BY n.heard LIMIT :limit",
        now=now,
        late=now - rules.minutes * MINUTE,
        urgent=now - rules.urgent_minutes * MINUTE,
        unstaffed=int(rules.unstaffed),
        limit=limit,
    )
    found = (_incident_due(sql, row, 1) for row in rows)
    return [each for each in found if each is not None]


def _tickets_anew(sql: Sql, rules: EscalationSettings, now: Instant, limit: int) -> list[Due]:
    rows = sql(
        f"SELECT t.* FROM ({_TICKETS_ANEW}) t WHERE t.heard <= :urgent AND NOT {_HELD} ORDER BY t.heard LIMIT :limit",
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
            f"SELECT i.* FROM incidents i WHERE i.library = :library AND i.id = :id AND {_NOBODYS}"
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
        " SELECT min(i.began) + :late AS t FROM incidents i WHERE i.library = :library"
        "  AND i.state <> 'over' AND i.state = 'open' AND i.began > :now - :late AND i.concern = ''"
        f"  AND (i.staffed = 1 OR :unstaffed = 1) AND {untold}"
        " UNION ALL SELECT min(i.began) + :urgent FROM incidents i WHERE i.library = :library"
        f"  AND i.state <> 'over' AND i.state = 'open' AND i.began > :now - :urgent AND i.concern <> '' AND {untold}"
        " UNION ALL SELECT min(i.unanswered) + :urgent FROM tickets i WHERE i.library = :library AND i.concern <> ''"
        "  AND i.unanswered IS NOT NULL AND i.state IN ('new', 'open', 'waiting', 'snoozed')"
        f"  AND i.unanswered > :now - :urgent AND i.incident IS NULL AND {untold}"
        f" UNION ALL SELECT min(CASE WHEN n.concern <> '' THEN n.heard + :urgent ELSE n.heard + :late END)"
        f"  FROM ({_INCIDENTS_ANEW}) n"
        f"  WHERE n.heard > CASE WHEN n.concern <> '' THEN :now - :urgent ELSE :now - :late END"
        f" UNION ALL SELECT min(n.heard) + :urgent FROM ({_TICKETS_ANEW}) n WHERE n.heard > :now - :urgent"
        " UNION ALL SELECT min(again) FROM escalations WHERE library = :library AND ended IS NULL AND again > :now)"
        " AS times",
        late=rules.minutes * MINUTE,
        urgent=rules.urgent_minutes * MINUTE,
        unstaffed=int(rules.unstaffed),
        now=now,
    )
    found: Instant | None = rows[0]["t"]
    return found
