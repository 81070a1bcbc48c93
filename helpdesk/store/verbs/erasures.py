"""Sealed conversations that were destroyed: when, and what should have been by now. Ids and times only."""

from __future__ import annotations

from helpdesk.clock import Instant
from helpdesk.ports import Sql


def destroyed(sql: Sql, begin: Instant, end: Instant) -> tuple[Instant, ...]:
    """When conversations on sealed lines were shredded, in [begin, end), the earliest first."""
    rows = sql(
        "SELECT shredded FROM conversations WHERE library = :library AND shredded >= :begin AND shredded < :end"
        " ORDER BY shredded",
        begin=begin,
        end=end,
    )
    return tuple(row["shredded"] for row in rows)


def overdue(sql: Sql, now: Instant) -> int:
    """How many sealed conversations were past their time at ``now`` and not destroyed by then."""
    rows = sql(
        "SELECT count(*) AS n FROM conversations WHERE library = :library AND expires < :now"
        " AND (shredded IS NULL OR shredded > :now)",
        now=now,
    )
    found: int = rows[0]["n"]
    return found
