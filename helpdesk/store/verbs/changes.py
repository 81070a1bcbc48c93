"""What has become of the clocks of a month since an earlier event: those that may count otherwise now.

A clock counts otherwise because the log tells more of its ticket, because time has gone by while nobody answered,
because a calendar was published that it counts by, or because its promise was suspended or holds again.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from helpdesk.clock import Instant
from helpdesk.events import Event, Kind, Seq
from helpdesk.message import TicketId
from helpdesk.ports import Sql
from helpdesk.standards import ClockRow, Published
from helpdesk.store.verbs import clocks, closings, events, hindsight

_SILENT = (Kind.BREACH_NOTICED, Kind.NOTED, Kind.SENT, Kind.DELIVERED, Kind.DEFERRED, Kind.FORGOTTEN, Kind.SHREDDED)
"""Events that tell no clock anything."""


class Span(NamedTuple):
    """From a moment up to, not including, another."""

    begin: Instant
    end: Instant


@dataclass(frozen=True, slots=True, kw_only=True)
class Life:
    """A clock then and now, None where it did not run then, or does not any more.

    ``since``: what the log tells of its ticket in between, in order
    """

    then: ClockRow | None
    now: ClockRow | None
    since: tuple[Event, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Between:
    """From an earlier event of the log to a later one.

    ``told``        at which moments clocks were judged, and are
    ``then, now``   what was published by each
    ``suspended``   when promises hold that were suspended then, or the other way round
    """

    first: Seq
    last: Seq
    told: Span
    then: Published
    now: Published
    suspended: Sequence[Span] = ()


def lives(sql: Sql, month: Span, between: Between) -> tuple[Life, ...]:
    """The clocks that started in ``month``, then or now, and may count otherwise; the others count as they did."""
    touched = _told_since(sql, month, between.first) | _recounted(sql, month, between.first)
    touched |= closings.touched_since(sql, between.first, month)
    rows = [*_fallen_due(sql, month, between.told), *_suspended(sql, month, between.suspended)]
    same = {(row.ticket, *_key(row)): row for row in rows if row.ticket not in touched}
    changed = (life for ticket in sorted(touched) for life in _of_ticket(sql, ticket, between))
    return (
        *(Life(then=row, now=row) for row in same.values()),
        *(life for life in changed if _started(life, month)),
    )


def _told_since(sql: Sql, month: Span, first: Seq) -> set[TicketId]:
    """The tickets that came in, or had a clock start, in a month and of which the log tells clocks more."""
    rows = sql(
        "SELECT DISTINCT ticket FROM events WHERE library = :library AND ticket IN ("
        "SELECT ticket FROM clocks WHERE library = :library AND started >= :begin AND started < :end"
        " UNION SELECT id FROM tickets WHERE library = :library AND opened >= :begin AND opened < :end)"
        f" AND seq > :first AND kind NOT IN ({', '.join(repr(str(kind)) for kind in _SILENT)})",
        begin=month.begin,
        end=month.end,
        first=first,
    )
    return {TicketId(row["ticket"]) for row in rows}


def _recounted(sql: Sql, month: Span, first: Seq) -> set[TicketId]:
    """The tickets with a clock that counts by a calendar which was published, or restated the past, since."""
    told = sql("SELECT * FROM events WHERE library = :library AND kind = 'published' AND seq > :first", first=first)
    facts = (events.read(row).data for row in told)
    found: set[TicketId] = set()
    for digest in {fact["digest"] for fact in facts if fact["kind"] == "calendar"}:
        rows = sql(
            "SELECT DISTINCT ticket FROM clocks WHERE library = :library AND started >= :begin AND started < :end"
            " AND calendar = :digest",
            begin=month.begin,
            end=month.end,
            digest=digest,
        )
        found |= {TicketId(row["ticket"]) for row in rows}
    return found


def _fallen_due(sql: Sql, month: Span, told: Span) -> Iterator[ClockRow]:
    """The clocks that nobody has answered and whose last moment has gone by since."""
    rows = sql(
        "SELECT * FROM clocks WHERE library = :library AND outcome IN ('missed', 'pending') AND outcome = 'pending'"
        " AND started >= :begin AND started < :end AND lapses >= :then AND lapses < :now",
        begin=month.begin,
        end=month.end,
        then=told.begin,
        now=told.end,
    )
    return map(clocks.read, rows)


def _suspended(sql: Sql, month: Span, spans: Iterable[Span]) -> Iterator[ClockRow]:
    """The clocks that started while promises were suspended then and hold now, or the other way round."""
    for span in spans:
        rows = sql(
            "SELECT * FROM clocks WHERE library = :library AND started >= :begin AND started < :end",
            begin=max(month.begin, span.begin),
            end=min(month.end, span.end),
        )
        yield from map(clocks.read, rows)


def _of_ticket(sql: Sql, ticket: TicketId, between: Between) -> list[Life]:
    told = events.of_ticket(sql, ticket)
    then = {_key(row): row for row in hindsight.clocks_at(sql, ticket, told, between.first, between.then)}
    now = {_key(row): row for row in hindsight.clocks_at(sql, ticket, told, between.last, between.now)}
    since = tuple(event for event in told if between.first < event.seq <= between.last)
    return [Life(then=then.get(key), now=now.get(key), since=since) for key in sorted(then.keys() | now.keys())]


def _key(row: ClockRow) -> tuple[str, int]:
    return row.standard, row.exchange


def _started(life: Life, month: Span) -> bool:
    return any(month.begin <= row.started < month.end for row in (life.then, life.now) if row is not None)
