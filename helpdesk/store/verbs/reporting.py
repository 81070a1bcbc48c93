"""What reports read of the log itself: where it begins and ends, and whether it is whole.

Nothing here reads a patron's words: no subject, preview, name, entry or remark. What its days came to is
:mod:`~helpdesk.store.verbs.days`', how it stood earlier :mod:`~helpdesk.store.verbs.hindsight`'s.
"""

from __future__ import annotations

from typing import NamedTuple

from helpdesk.clock import Instant
from helpdesk.events import Seq
from helpdesk.ports import Sql
from helpdesk.store.verbs.events import GENESIS


class LogEnd(NamedTuple):
    """Where the log ends: its last event's number and the digest that chains it to all before, in hex."""

    seq: Seq
    digest: str


def log_end(sql: Sql, cut: Seq | None = None) -> LogEnd:
    """Where the log ends now, or where it ended at ``cut``; 0 and the digest that a log begins with if it is empty."""
    if cut is None:
        rows = sql("SELECT seq, hash FROM chain WHERE library = :library")
    else:
        rows = sql("SELECT seq, hash FROM events WHERE library = :library AND seq = :cut", cut=cut)
    return LogEnd(Seq(rows[0]["seq"]), bytes(rows[0]["hash"]).hex()) if rows else LogEnd(Seq(0), GENESIS.hex())


def imported(sql: Sql, between: tuple[Instant, Instant], cut: Seq) -> int:
    """How many contacts that came in between two moments were taken in from another desk, by the log up to ``cut``."""
    rows = sql(
        "SELECT count(*) AS n FROM events WHERE library = :library AND kind = 'imported' AND occurred >= :begin"
        " AND occurred < :end AND seq <= :cut",
        begin=between[0],
        end=between[1],
        cut=cut,
    )
    return int(rows[0]["n"])


def first_contact(sql: Sql, cut: Seq | None = None) -> Instant | None:
    """When the earliest contact of the log (up to ``cut``) came in, None if none ever did."""
    rows = sql(
        "SELECT t.opened AS opened FROM tickets t WHERE t.library = :library AND EXISTS ("
        "SELECT 1 FROM events e WHERE e.library = t.library AND e.ticket = t.id AND e.seq <= :cut)"
        " ORDER BY t.opened LIMIT 1",
        cut=2**62 if cut is None else cut,
    )
    found: Instant | None = rows[0]["opened"] if rows else None
    return found
