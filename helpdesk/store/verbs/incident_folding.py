"""Incidents made again from the facts of their tickets."""

from __future__ import annotations

from collections.abc import Mapping

from helpdesk.events import Event, Seq
from helpdesk.message import IncidentId
from helpdesk.noise.incidents import Incident
from helpdesk.noise.life import folded
from helpdesk.ports import Sql
from helpdesk.store.verbs import events, incident_rows

Folded = Mapping[IncidentId, Incident]
"""Incidents as the log gives them, up to some event."""


def facts_after(sql: Sql, seq: Seq, limit: int = 2_000) -> list[Event]:
    """The next facts about incidents after ``seq``, in order."""
    rows = sql(
        "SELECT * FROM events WHERE library = :library AND seq > :seq AND ticket IS NOT NULL"
        """ AND instr(data, '"incident":') > 0 ORDER BY seq LIMIT :limit""",
        seq=seq,
        limit=limit,
    )
    return [events.read(row) for row in rows]


def wrong(sql: Sql, found: Folded, after: Seq) -> list[str]:
    """What is not as the log gives it, in words. ``found``: what it gives up to ``after``."""
    right, kept = _whole(sql, found, after), incident_rows.kept(sql)
    numbers = sorted(
        {**right, **kept}[each].number for each in right.keys() | kept.keys() if _differs(each, right, kept)
    )
    return [f"incident {number}: it is not what its history gives" for number in numbers]


def put_right(sql: Sql, found: Folded, after: Seq) -> int:
    """Store what differs; returns how many incidents that were."""
    right, kept = _whole(sql, found, after), incident_rows.kept(sql)
    changed = [each for each in right.keys() | kept.keys() if _differs(each, right, kept)]
    for each in sorted(changed):
        if each not in right:
            incident_rows.drop(sql, each)
        elif each in kept:
            incident_rows.save(sql, right[each])
        else:
            incident_rows.add(sql, right[each])
    return len(changed)


def _whole(sql: Sql, found: Folded, after: Seq) -> Folded:
    """With what was written since, in the same snapshot as the rows that it is set beside."""
    while facts := facts_after(sql, after):
        found, after = folded(facts, found), facts[-1].seq
    return found


def _differs(incident: IncidentId, right: Folded, kept: Folded) -> bool:
    return right.get(incident) != kept.get(incident)
