"""Reads what days came to, one after the other: kept ones from the store, the others folded on the way."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from helpdesk.counting import Spent
from helpdesk.daily import Day
from helpdesk.local_days import span_of
from helpdesk.ports import Sql
from helpdesk.reports.period import Days
from helpdesk.store.verbs import days, folding
from helpdesk.store.verbs.hindsight import Past

AT_ONCE = 31
"""Of how many kept days the texts are held in memory at a time."""


def days_of(sql: Sql, span: Days, zone: str, spent: Spent, past: Past | None = None) -> Iterator[tuple[date, Day]]:
    """Each day of ``span`` and what it came to; with ``past`` as it stood then."""
    for piece in span.pieces(AT_ONCE):
        kept = days.kept(sql, zone, *piece.instants(zone))
        for each in piece.each():
            whole = span_of(each, zone)
            day = kept(whole)
            if day is None or (past is not None and past.differing(*whole)):
                day = folding.fold(sql, zone, whole, spent, past)
            yield each, day
