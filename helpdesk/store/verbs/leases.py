"""Work that one server at a time does: who has it, and until when."""

from __future__ import annotations

from helpdesk.clock import Instant
from helpdesk.ports import Sql


def hold(sql: Sql, work: str, server: str, now: Instant, until: Instant) -> bool:
    """Take a piece of work, or keep it, until ``until``; False where another server has it."""
    rows = sql(
        "INSERT INTO leases (library, work, server, until) VALUES (:library, :work, :server, :until)"
        " ON CONFLICT (library, work) DO UPDATE SET server = excluded.server, until = excluded.until"
        " WHERE leases.server = excluded.server OR leases.until <= :now RETURNING server",
        work=work,
        server=server,
        now=now,
        until=until,
    )
    return bool(rows)


def hand_back(sql: Sql, work: str, server: str) -> None:
    """Let go of a piece of work, if it is this server's: whoever asks next has it."""
    sql(
        "DELETE FROM leases WHERE library = :library AND work = :work AND server = :server",
        work=work,
        server=server,
    )


def holder(sql: Sql, work: str) -> tuple[str, Instant] | None:
    """Which server has a piece of work, and until when; None where none ever took it, or it was handed back."""
    rows = sql("SELECT server, until FROM leases WHERE library = :library AND work = :work", work=work)
    return (rows[0]["server"], rows[0]["until"]) if rows else None
