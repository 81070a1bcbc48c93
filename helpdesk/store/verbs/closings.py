"""Lines closed by hand, and opened again: facts of the log that lie over the published calendars.

A closing is one event with its reason as a remark. Opening early is another, which says whether the closing ended
then or is taken back as if it had never been. How the clocks follow that it touches is
:mod:`~helpdesk.store.verbs.shutting`'s.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import NamedTuple

from helpdesk.clock import Instant
from helpdesk.errors import NotFound, Refused
from helpdesk.events import Event, Fact, Kind, NewEvent, Seq
from helpdesk.message import TicketId
from helpdesk.ports import Sql
from helpdesk.standards import Closing, Closings
from helpdesk.store.verbs import events, remarks
from helpdesk.store.verbs.remarks import Remark

_NO_END = 2**62


@dataclass(frozen=True, slots=True, kw_only=True)
class Shutting:
    """What shall be closed: a channel, a line of it, or (both "") everything, from now up to ``until``."""

    channel: str
    line: str
    until: Instant
    why: Remark
    actor: str


def closings(sql: Sql, until: Seq | None = None) -> Closings:
    """Every closing that counts, as the log has it up to an event: none that was taken back."""
    return Closings(_folded(sql, _told(sql, until)).values())


def _told(sql: Sql, until: Seq | None = None) -> list[Event]:
    """All facts of closing and opening, in order. They are few: an index holds them alone."""
    rows = sql(
        "SELECT * FROM events WHERE library = :library AND kind IN ('lines_closed', 'lines_opened')"
        " AND seq <= :until ORDER BY seq",
        until=_NO_END if until is None else until,
    )
    return [events.read(row) for row in rows]


def _folded(sql: Sql, told: list[Event]) -> dict[int, Closing]:
    reasons = remarks.texts(sql, (str(each.data["remark"]) for each in told if each.kind is Kind.LINES_CLOSED))
    found: dict[int, Closing] = {}
    for event in told:
        if event.kind is Kind.LINES_CLOSED:
            found[event.seq] = _closing(event, reasons)
            continue
        closing = int(event.data["closing"] or 0)
        if event.data["undone"]:
            found.pop(closing, None)
        elif closing in found:
            found[closing] = replace(found[closing], ends=min(found[closing].ends, event.when))
    return found


def _closing(event: Event, reasons: Mapping[str, str]) -> Closing:
    data, ends = event.data, Instant(int(event.data["ends"] or 0))
    return Closing(
        seq=event.seq,
        channel=str(data["channel"]),
        line=str(data["line"]),
        begins=event.when,
        ends=ends,
        planned=ends,
        reason=reasons.get(str(data["remark"]), ""),
        by=event.actor,
        noted=event.noted,
    )


def close(sql: Sql, said: Shutting, now: Instant) -> Closing:
    """Close it. Refused where the same is closed already: opening that first says what is meant."""
    for each in closings(sql).going_on(now):
        if (each.channel, each.line) == (said.channel, said.line):
            raise Refused(f"It is closed already ({each.reason}). Open it first, then close it until another time.")
    remarks.keep(sql, said.why, None)
    data: dict[str, Fact] = {"channel": said.channel, "line": said.line, "ends": said.until, **said.why.facts}
    event = _note(sql, Kind.LINES_CLOSED, data, said.actor, now)
    return _closing(event, {said.why.id: said.why.text})


def open_again(sql: Sql, closing: Seq, actor: str, now: Instant, *, undo: bool) -> Closing:
    """End a closing now, or (``undo``) take it back as if it had never been; returns it as it was.

    NotFound where there is none of this number, Refused where it is over; what is over can still be taken back.
    """
    found = _folded(sql, _told(sql)).get(closing)
    if found is None:
        raise NotFound("There is no such closing: perhaps a colleague has taken it back.")
    if not undo and not found.holds(now):
        raise Refused("It is open again already.")
    _note(sql, Kind.LINES_OPENED, {"closing": closing, "undone": undo}, actor, now)
    return found


def _note(sql: Sql, kind: Kind, data: dict[str, Fact], actor: str, now: Instant) -> Event:
    [event] = events.append(sql, [NewEvent(kind=kind, ticket=None, when=now, actor=actor, data=data)], now)
    return event


# Which tickets' clocks a closing touches


class Touched(NamedTuple):
    """A ticket whose clocks a closing may touch."""

    number: int
    ticket: TicketId


def told(sql: Sql, closing: Seq) -> Closing:
    """A closing as it was told, whatever became of it since; without its reason."""
    return next(_closing(event, {}) for event in _told(sql, closing) if event.seq == closing)


def running(sql: Sql, closing: Closing) -> set[Touched]:
    """Tickets of the closed lines whose clocks run, and could still be kept when the closing began."""
    rows = sql(
        "SELECT DISTINCT t.number, c.ticket FROM clocks c JOIN tickets t ON t.library = c.library AND t.id = c.ticket"
        " WHERE c.library = :library AND c.outcome IN ('missed', 'pending') AND c.outcome = 'pending'"
        " AND c.started < :ends AND (c.lapses IS NULL OR c.lapses >= :begins)"
        f" AND {_COVERED}",
        **_asked(closing),
    )
    return {Touched(row["number"], TicketId(row["ticket"])) for row in rows}


def told_since(sql: Sql, closing: Closing, since: Seq) -> set[Touched]:
    """Tickets of the closed lines of which the log tells anything since an event."""
    rows = sql(
        "SELECT t.number, t.id FROM tickets t WHERE t.library = :library AND t.id IN"
        " (SELECT ticket FROM events WHERE library = :library AND seq > :seq AND ticket IS NOT NULL)"
        f" AND {_COVERED}",
        seq=since,
        **_asked(closing),
    )
    return {Touched(row["number"], TicketId(row["id"])) for row in rows}


_COVERED = "(:channel = '' OR t.channel = :channel) AND (:line = '' OR t.line = :line)"


def _asked(closing: Closing) -> dict[str, Fact]:
    return {"channel": closing.channel, "line": closing.line, "begins": closing.begins, "ends": closing.ends}


def touched_since(sql: Sql, cut: Seq, within: tuple[Instant, Instant] | None = None) -> set[TicketId]:
    """Tickets with a clock that may count otherwise since an event, because a line was closed or opened after it.

    ``within``: only those with a clock that started from a moment up to another.
    """
    told = _told(sql)
    after = {event.seq for event in told if event.seq > cut and event.kind is Kind.LINES_CLOSED}
    after |= {Seq(int(event.data["closing"] or 0)) for event in told if event.seq > cut and "closing" in event.data}
    begin, end = within or (Instant(0), Instant(_NO_END))
    found: set[TicketId] = set()
    for event in told:
        if event.seq in after:
            rows = sql(_OVERLAPPING, begin=begin, end=end, **_asked(_closing(event, {})))
            found |= {TicketId(row["ticket"]) for row in rows}
    return found


_OVERLAPPING = (
    "SELECT DISTINCT c.ticket FROM clocks c JOIN tickets t ON t.library = c.library AND t.id = c.ticket"
    " WHERE c.library = :library AND c.started < :ends AND c.started >= :begin AND c.started < :end"
    " AND (c.stopped IS NULL OR c.stopped >= :begins OR c.pauses <> '') AND (c.lapses IS NULL OR c.lapses >= :begins)"
    f" AND {_COVERED}"
)
