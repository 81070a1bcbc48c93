"""Whether two stores hold the same: schema, rows, where the log ends, and what a report makes of them."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from helpdesk.clock import Instant
from helpdesk.local_days import local_day
from helpdesk.ports import Sql
from helpdesk.reports.export import as_json
from helpdesk.reports.making import answer
from helpdesk.reports.question import Question
from helpdesk.store.moving import TABLES, count
from helpdesk.store.verbs.reporting import LogEnd, log_end


@dataclass(frozen=True, slots=True, kw_only=True)
class Proof:
    """What two stores that hold the same have in common.

    ``counts``  rows of the library by table
    ``report``  the digest of the report of the log's last month, see :func:`digest_of_report`
    """

    schema: int
    end: LogEnd
    counts: Mapping[str, int]
    report: str

    def differences(self, other: Proof) -> Iterator[str]:
        """In what ``other`` differs from this one, in words."""
        if other.schema != self.schema:
            yield f"it has schema {other.schema}, not {self.schema}"
        for name, n in self.counts.items():
            if other.counts.get(name) != n:
                yield f"it has {other.counts.get(name, 0)} rows of {name}, not {n}"
        if other.end != self.end:
            yield f"its log ends at event {other.end.seq}, or by another digest than event {self.end.seq} has"
        if other.report != self.report:
            yield "the report of its last month differs"


def prove(sql: Sql, schema: int, zone: str) -> Proof:
    """What a store holds, in one snapshot. ``zone``: by whose days the report counts."""
    return Proof(
        schema=schema,
        end=log_end(sql),
        counts={table.name: count(sql, table) for table in TABLES},
        report=digest_of_report(sql, zone),
    )


def digest_of_report(sql: Sql, zone: str) -> str:
    """SHA-256, in hex, of the report of the log's last month and the one before, as JSON; "" of an empty log.

    It is made as of the log's last event and by no library's settings, so that the same log gives the same digest
    whenever, and by whomever, it is asked.
    """
    last = sql("SELECT noted FROM events WHERE library = :library ORDER BY seq DESC LIMIT 1")
    if not last:
        return ""
    return hashlib.sha256(as_json(answer(sql, _last_month(last[0]["noted"], zone))).encode()).hexdigest()


def _last_month(now: Instant, zone: str) -> Question:
    today = local_day(now, zone)
    return Question(zone=zone, library="", now=now, begin=_month_before(today), end=today + timedelta(days=1))


def _month_before(day: date) -> date:
    return (day.replace(day=1) - timedelta(days=1)).replace(day=1)
