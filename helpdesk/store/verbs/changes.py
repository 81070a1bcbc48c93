"""What has become of the clocks of a month since an earlier event: each as it stood then beside what it is now."""

from __future__ import annotations

from dataclasses import dataclass

from helpdesk.clock import Instant
from helpdesk.events import Event, Kind, Seq
from helpdesk.message import TicketId
from helpdesk.ports import Sql
from helpdesk.standards import ClockRow, Published
from helpdesk.store.verbs import clocks, events, hindsight

_TELLING = (Kind.BREACH_NOTICED, Kind.NOTED, Kind.SENT, Kind.DELIVERED, Kind.DEFERRED, Kind.FORGOTTEN, Kind.SHREDDED)
"""Events that tell a clock nothing: a ticket of which the log tells only these since is what it was."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Life:
    """A clock then and now, None where it did not run then, or does not any more.

    ``since``: what the log tells of its ticket in between, in order; () where that is nothing for clocks
    """

    then: ClockRow | None
    now: ClockRow | None
    since: tuple[Event, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Between:
    """From an earlier event of the log to a later one, and what was published by each."""

    first: Seq
    last: Seq
    then: Published
    now: Published


def lives(sql: Sql, standard: str, begin: Instant, end: Instant, between: Between) -> list[Life]:
    """The clocks of a standard that started in [begin, end), by the log of either event."""
    rows = sql(
        "SELECT * FROM clocks WHERE library = :library AND started >= :begin AND started < :end"
        " AND standard = :standard",
        begin=begin,
        end=end,
        standard=standard,
    )
    recent = _calendars_since(between)
    found = [clocks.read(row) for row in rows]
    touched = _told_since(sql, begin, end, between.first) | {row.ticket for row in found if row.calendar in recent}
    same = [Life(then=row, now=row) for row in found if row.ticket not in touched]
    changed = (life for ticket in sorted(touched) for life in _of_ticket(sql, ticket, between))
    return same + [life for life in changed if _started(life, standard, begin, end)]


def _told_since(sql: Sql, begin: Instant, end: Instant, first: Seq) -> set[TicketId]:
    """The tickets that came in, or had a clock start, in [begin, end) and of which the log tells clocks more."""
    rows = sql(
        "SELECT DISTINCT ticket FROM events WHERE library = :library AND ticket IN ("
        "SELECT ticket FROM clocks WHERE library = :library AND started >= :begin AND started < :end"
        " UNION SELECT ticket FROM events WHERE library = :library AND kind = 'opened'"
        " AND occurred >= :begin AND occurred < :end)"
        f" AND seq > :first AND kind NOT IN ({', '.join(repr(str(kind)) for kind in _TELLING)})",
        begin=begin,
        end=end,
        first=first,
    )
    return {TicketId(row["ticket"]) for row in rows}


def _calendars_since(between: Between) -> set[str]:
    """The calendars that were not published then: what they count was counted otherwise, or could not be."""
    return {each.digest for each in between.now.calendars()} - {each.digest for each in between.then.calendars()}


def _of_ticket(sql: Sql, ticket: TicketId, between: Between) -> list[Life]:
    told = events.of_ticket(sql, ticket)
    then = {_key(row): row for row in hindsight.clocks_at(sql, ticket, told, between.first, between.then)}
    now = {_key(row): row for row in hindsight.clocks_at(sql, ticket, told, between.last, between.now)}
    since = tuple(event for event in told if between.first < event.seq <= between.last)
    return [Life(then=then.get(key), now=now.get(key), since=since) for key in sorted(then.keys() | now.keys())]


def _key(row: ClockRow) -> tuple[str, int]:
    return row.standard, row.exchange


def _started(life: Life, standard: str, begin: Instant, end: Instant) -> bool:
    rows = (row for row in (life.then, life.now) if row is not None)
    return any(row.standard == standard and begin <= row.started < end for row in rows)
