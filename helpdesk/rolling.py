"""Keeps what reports read at once: the sums of days that are over, and how far the log is known to be whole.

One pass is :meth:`Rolling.go_on`; the watch calls it. A pass does a bounded piece of work and holds up nobody: days
are folded on a reader, and written only if nothing of the day changed meanwhile.
"""

from __future__ import annotations

from datetime import timedelta

from helpdesk.clock import Instant
from helpdesk.counting import spent_by
from helpdesk.daily import Day
from helpdesk.local_days import Span, local_day, span_of
from helpdesk.ports import Sql, Store
from helpdesk.store.verbs import chain, days, folding, notices, reporting, rulebook

DAYS = 7
"""How many days one pass sums up."""

EVENTS = 20_000
"""How many events one pass walks that are new, and how many once more."""

BROKEN = "log:broken"
"""The key of the notice that the log is not whole."""


class Rolling:
    """Keeps the days of ``zone``, the library's. A log of up to ``short`` events is walked by whoever reads it."""

    def __init__(self, store: Store, zone: str, *, short: int = chain.SHORT) -> None:
        self._store = store
        self._zone = zone
        self._short = short

    async def go_on(self, now: Instant) -> bool:
        """One pass; True where there is more to do soon."""
        missing = await self._store.read(_missing, self._zone, now)
        for span in missing[:DAYS]:
            await self._keep(span)
        return len(missing) > DAYS or await self._walk(now)

    async def make_all(self, now: Instant) -> int:
        """Sum up every day that is over and not kept; returns how many were."""
        missing = await self._store.read(_missing, self._zone, now)
        for span in missing:
            await self._keep(span)
        return len(missing)

    async def _keep(self, span: Span) -> None:
        mark = await self._store.write(days.begin_keeping, span)
        day = await self._store.read(_fold, self._zone, span)
        await self._store.write(days.keep, day, mark)

    async def _walk(self, now: Instant) -> bool:
        """Walk the log on where it is long; True where much of it was never walked."""
        before, end = await self._store.read(_reached)
        if end <= self._short:
            return False
        mark = await self._store.read(chain.go_on, before, EVENTS)
        await self._store.write(_remember, before, mark, now)
        return not mark.again.fault and mark.first.seq + EVENTS < end


def _missing(sql: Sql, zone: str, now: Instant) -> list[Span]:
    """The days that are over, from the log's first on, and are not kept: the latest first."""
    first, today = reporting.first_contact(sql), local_day(now, zone)
    kept = days.keeping(sql)
    day, found = today - timedelta(days=1), []
    while first is not None and day >= local_day(first, zone):
        span = span_of(day, zone)
        if kept.get(span.begins) != span.ends and span.begins < span.ends:
            found.append(span)
        day -= timedelta(days=1)
    return found


def _reached(sql: Sql) -> tuple[chain.Mark, int]:
    """How far the log was walked, and where it ends."""
    return chain.mark(sql), reporting.log_end(sql).seq


def _fold(sql: Sql, zone: str, span: Span) -> Day:
    return folding.fold(sql, zone, span, spent_by(rulebook.published(sql)))


def _remember(sql: Sql, before: chain.Mark, mark: chain.Mark, now: Instant) -> None:
    chain.remember(sql, mark)
    if mark.again.fault and mark.again.fault != before.again.fault:
        text = f"The log is not whole: {mark.again.fault}. Run `helpdesk db check`, and keep this file."
        notices.raise_notice(sql, BROKEN, "error", text, now)
    if before.again.fault and not mark.again.fault:
        notices.clear_notice(sql, BROKEN)
