"""Whether two stores hold the same: schema, rows, where the log ends, and what a report makes of them."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from helpdesk.clock import Instant
from helpdesk.config import Settings
from helpdesk.local_days import local_day
from helpdesk.ports import Sql
from helpdesk.reports.export import as_json
from helpdesk.reports.making import answer
from helpdesk.reports.question import Question, question_for
from helpdesk.store.moving import MADE_ANEW, TABLES, count
from helpdesk.store.verbs.reporting import LogEnd, log_end

NOT_COUNTED = frozenset(MADE_ANEW)


@dataclass(frozen=True, slots=True, kw_only=True)
class Proof:
    """What two stores that hold the same have in common.

    ``counts``  rows of the library by table
    ``report``  the digest of the report that was asked for, "" where none was
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
            yield "the report of the last month differs"


def prove(sql: Sql, schema: int, question: Question | None) -> Proof:
    """What a store holds, in one snapshot."""
    return Proof(
        schema=schema,
        end=log_end(sql),
        counts={table.name: count(sql, table) for table in TABLES},
        report="" if question is None else digest_of_report(sql, question),
    )


def digest_of_report(sql: Sql, question: Question) -> str:
    """SHA-256, in hex, of a report as JSON: equal logs give equal digests."""
    return hashlib.sha256(as_json(answer(sql, question)).encode()).hexdigest()


def last_month(settings: Settings, now: Instant) -> Question:
    """The last month that is over and this one up to now: what a report of every copy is compared by."""
    today = local_day(now, settings.library.zone)
    return question_for(settings, now, begin=_month_before(today), end=today + timedelta(days=1))


def _month_before(day: date) -> date:
    return (day.replace(day=1) - timedelta(days=1)).replace(day=1)
