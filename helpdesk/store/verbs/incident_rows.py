"""Incidents as rows: read, add, save; and what an incident owes to its tickets' own lives."""

from __future__ import annotations

from collections.abc import Iterable

from helpdesk.clock import Instant
from helpdesk.errors import NotFound
from helpdesk.events import Event, Kind, NewEvent, Seq
from helpdesk.message import IncidentId, LineId
from helpdesk.noise import life
from helpdesk.noise.concerns import Concern
from helpdesk.noise.incidents import Incident, IncidentState, NoiseOutcome
from helpdesk.noise.kinds import NoiseKind
from helpdesk.ports import Record, Sql
from helpdesk.store.verbs import days, events
from helpdesk.ticket import Change, Ticket

_COLUMNS = (
    "number line site zone noise state began latest reporters staffed concern goes dispatched attended outcome ended"
    " version decided touched_by"
).split()
_INSERT = (
    f"INSERT INTO incidents (library, id, {', '.join(_COLUMNS)})"
    f" VALUES (:library, :id, {', '.join(':' + name for name in _COLUMNS)})"
)
_UPDATE = (
    f"UPDATE incidents SET {', '.join(f'{name} = :{name}' for name in _COLUMNS)} WHERE library = :library AND id = :id"
)
_DUE = (
    "(SELECT min(t.due) FROM tickets t WHERE t.library = i.library AND t.incident = i.id"
    " AND t.state IN ('new', 'open', 'waiting', 'snoozed'))"
)
SELECT = f"SELECT i.*, {_DUE} AS due FROM incidents i WHERE i.library = :library"
"""Incidents with their earliest deadline; to be followed by " AND ..."."""


def read(row: Record) -> Incident:
    """An incident from its row."""
    values = {name: row[name] for name in _COLUMNS}
    values |= {
        "line": LineId(row["line"]),
        "noise": NoiseKind(row["noise"]),
        "state": IncidentState(row["state"]),
        "staffed": bool(row["staffed"]),
        "concern": Concern(row["concern"]) if row["concern"] else None,
        "outcome": NoiseOutcome(row["outcome"]) if row["outcome"] else None,
    }
    return Incident(id=IncidentId(row["id"]), due=row["due"], **values)


def _plain(incident: Incident) -> dict[str, object]:
    values = {name: getattr(incident, name) for name in _COLUMNS}
    return {
        **values,
        "id": incident.id,
        "noise": str(incident.noise),
        "state": str(incident.state),
        "staffed": int(incident.staffed),
        "concern": str(incident.concern or ""),
        "outcome": str(incident.outcome or ""),
    }


def get(sql: Sql, incident: IncidentId) -> Incident:
    """One incident; NotFound if there is none of that id."""
    rows = sql(f"{SELECT} AND i.id = :id", id=incident)
    if not rows:
        raise NotFound("There is no such incident.")
    return read(rows[0])


_NO_NUMBER = 2**62


def by_number(sql: Sql, number: int) -> Incident:
    """One incident by what staff call it; NotFound if there is none."""
    rows = sql(f"{SELECT} AND i.number = :number", number=max(0, min(number, _NO_NUMBER)))
    if not rows:
        raise NotFound(f"There is no incident {number}.")
    return read(rows[0])


def next_number(sql: Sql) -> int:
    """The next incident's number."""
    rows = sql(
        "INSERT INTO counters (library, name, value) VALUES (:library, 'incident', 1)"
        " ON CONFLICT (library, name) DO UPDATE SET value = counters.value + 1 RETURNING value"
    )
    return int(rows[0]["value"])


def add(sql: Sql, incident: Incident) -> None:
    """Store an incident that was not there before."""
    days.touched(sql, (incident.began,))
    sql(_INSERT, **_plain(incident))


def save(sql: Sql, incident: Incident) -> None:
    """Store what became of an incident; the days on which it began, then and now, are summed up anew."""
    days.touched(sql, (incident.began, *begins(sql, (incident.id,))))
    sql(_UPDATE, **_plain(incident))


def drop(sql: Sql, incident: IncidentId) -> None:
    """Take away the row of an incident that no fact tells of."""
    days.touched(sql, begins(sql, (incident,)))
    sql("DELETE FROM incidents WHERE library = :library AND id = :id", id=incident)


def begins(sql: Sql, incidents: Iterable[IncidentId | None]) -> list[Instant]:
    """When some incidents began; None is none."""
    found = {each for each in incidents if each is not None}
    rows = [sql("SELECT began FROM incidents WHERE library = :library AND id = :id", id=each) for each in found]
    return [Instant(row["began"]) for of_one in rows for row in of_one]


def of_zone(sql: Sql, line: LineId, zone: str, when: Instant, window: int) -> Incident | None:
    """The incident of a zone that goes on and was told of within ``window`` of ``when``: the latest such one."""
    rows = sql(
        f"{SELECT} AND i.line = :line AND i.zone = :zone AND i.state <> 'over'"
        " AND i.latest >= :since AND i.began <= :until ORDER BY i.latest DESC, i.id DESC LIMIT 1",
        line=line,
        zone=zone,
        since=when - window,
        until=when + window,
    )
    return read(rows[0]) if rows else None


def live(sql: Sql, start: int, count: int) -> tuple[Incident, ...]:
    """Incidents that go on: danger first, then the earliest deadline, then the oldest."""
    rows = sql(
        f"SELECT * FROM ({SELECT} AND i.state <> 'over') AS live"
        " ORDER BY concern = '', due IS NULL, due, began, id LIMIT :count OFFSET :start",
        start=start,
        count=count,
    )
    return tuple(read(row) for row in rows)


def over(sql: Sql, start: int, count: int) -> tuple[Incident, ...]:
    """Incidents that ended, the latest first; those whose reporters all went on to another one are left out."""
    rows = sql(
        f"{SELECT} AND i.state = 'over' AND i.reporters > 0 ORDER BY i.ended DESC, i.id DESC"
        " LIMIT :count OFFSET :start",
        start=start,
        count=count,
    )
    return tuple(read(row) for row in rows)


def history(sql: Sql, incident: IncidentId, until: Seq) -> list[Event]:
    """The facts that say what became of an incident, up to an event of the log, in order."""
    rows = sql(
        "SELECT * FROM events WHERE library = :library AND json_extract(data, '$.incident') = :incident"
        """ AND seq <= :until AND ticket IS NOT NULL AND instr(data, '"incident":') > 0 ORDER BY seq""",
        incident=incident,
        until=until,
    )
    return [events.read(row) for row in rows]


def following(sql: Sql, before: Ticket, change: Change) -> Change:
    """The change, with what it means for the ticket's incident.

    An incident whose last unfinished ticket was finished is over; one whose ticket is taken up again goes on.
    """
    after = change.ticket
    if after.incident is None or not change.events or before.live == after.live:
        return change
    told = {event.kind for event in change.events}
    incident = get(sql, after.incident)
    now, by = change.events[-1].when, change.events[-1].actor
    if incident.live and not after.live and not _others_go_on(sql, after):
        turn = life.conclude(incident, outcome=None, by=by, now=now)
    elif not incident.live and told & {Kind.REOPENED, Kind.UNSENT} and after.live and incident.reporters:
        turn = life.reopen(incident, by=by, now=now)
    else:
        return change
    save(sql, turn.incident)
    return Change(after, (*change.events, fact(turn, after)))


def fact(turn: life.Turn, ticket: Ticket) -> NewEvent:
    """What a ticket's history says of a turn of its incident."""
    return NewEvent(kind=turn.kind, ticket=ticket.id, when=turn.when, actor=turn.by, data=turn.data)


def _others_go_on(sql: Sql, ticket: Ticket) -> bool:
    rows = sql(
        "SELECT 1 FROM tickets WHERE library = :library AND incident = :incident AND id <> :ticket"
        " AND state IN ('new', 'open', 'waiting', 'snoozed') LIMIT 1",
        incident=ticket.incident,
        ticket=ticket.id,
    )
    return bool(rows)


def kept(sql: Sql) -> dict[IncidentId, Incident]:
    """Every incident as it is kept; without deadlines, which are its tickets'."""
    rows = sql("SELECT i.*, NULL AS due FROM incidents i WHERE i.library = :library")
    return {IncidentId(row["id"]): read(row) for row in rows}
