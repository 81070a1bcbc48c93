"""What the store still holds of sealed lines: counts and times, no id and no number."""

from __future__ import annotations

from dataclasses import dataclass

from helpdesk.clock import Instant
from helpdesk.message import ConversationId, LineId
from helpdesk.ports import Sql
from helpdesk.store.verbs import deletions
from helpdesk.store.verbs.deletions import Debt


@dataclass(frozen=True, slots=True, kw_only=True)
class Holding:
    """What is held of one sealed line.

    ``live``      conversations that can be answered, each with the time of its shredding, the earliest first
    ``shredded``  how many were shredded so far, and ``latest`` when the last one was
    ``astray``    texts that belong to no conversation, whose ids at the carrier are kept as long as one
    ``debt``      what the carrier still owes; ``deleted``: how many texts it has deleted so far
    """

    line: LineId
    live: tuple[tuple[Instant, ConversationId], ...] = ()
    shredded: int = 0
    latest: Instant | None = None
    astray: int = 0
    debt: Debt | None = None
    deleted: int = 0


def holdings(sql: Sql, configured: frozenset[LineId]) -> list[Holding]:
    """Of each sealed line, by name: those in the settings, and those that left them and still hold something."""
    debts = {debt.line: debt for debt in deletions.debts(sql)}
    used = sql("SELECT DISTINCT line FROM conversations WHERE library = :library")
    lines = configured | debts.keys() | {LineId(row["line"]) for row in used}
    return [_holding(sql, line, debts.get(line)) for line in sorted(lines)]


def _holding(sql: Sql, line: LineId, debt: Debt | None) -> Holding:
    live = sql(
        "SELECT expires, id FROM conversations WHERE library = :library AND line = :line AND shredded IS NULL"
        " ORDER BY expires, id",
        line=line,
    )
    over = sql(
        "SELECT count(*) AS n, max(shredded) AS latest FROM conversations"
        " WHERE library = :library AND line = :line AND shredded IS NOT NULL",
        line=line,
    )
    return Holding(
        line=line,
        live=tuple((row["expires"], ConversationId(row["id"])) for row in live),
        shredded=over[0]["n"],
        latest=over[0]["latest"],
        astray=deletions.astray(sql, line),
        debt=debt,
        deleted=deletions.deleted(sql, line),
    )
