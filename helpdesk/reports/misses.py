"""Misses one by one, the latest first, with the reason that staff gave.

A miss in a suspended period is listed too, and marked: what went wrong is told, also where no promise held.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from helpdesk import counting
from helpdesk.clock import Instant
from helpdesk.counting import Spent
from helpdesk.message import TicketId
from helpdesk.reports.contents import Miss
from helpdesk.reports.sums import Ground
from helpdesk.standards import ClockRow
from helpdesk.store.verbs.figures import Explained
from helpdesk.store.verbs.misses import Missed


def misses(found: Iterable[Missed], reasons: Mapping[TicketId, Explained], ground: Ground) -> tuple[Miss, ...]:
    """The misses of a report, told and counted on its ``ground``."""
    return tuple(_miss(each, reasons.get(each.row.ticket), ground) for each in found)


def _miss(found: Missed, said: Explained | None, ground: Ground) -> Miss:
    row = found.row
    return Miss(
        number=found.number,
        standard=row.standard,
        promised=ground.promise(row.standard, row.version)[1],
        channel=found.channel,
        site=found.site,
        started=row.started,
        due=row.started if row.due is None else row.due,
        answered=row.stopped if counting.answered(row) else None,
        spent=_so_far(row, ground.spent, ground.told) if row.stopped is None else row.spent,
        reason=said.reason if said else "",
        suspended=row.closed or ground.suspended(row.standard, row.started),
        corrected=bool(row.corrections),
    )


def _so_far(row: ClockRow, spent: Spent, told: Instant) -> int | None:
    """How long a clock has run that nobody stopped, what it stood still left out; None where it can't be known."""
    run = spent(row.calendar, row.started, told)
    pauses = (spent(row.calendar, each.begin, told if each.end is None else min(each.end, told)) for each in row.pauses)
    return None if run is None else run - sum(each or 0 for each in pauses)
