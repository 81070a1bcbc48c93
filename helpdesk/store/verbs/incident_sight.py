"""An incident as its screen shows it: reporters, trail, notes."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from helpdesk.clock import Instant
from helpdesk.events import Event, Kind, standing
from helpdesk.message import IncidentId
from helpdesk.noise.incidents import Incident, IncidentSight, Remarked, Reporter, Step
from helpdesk.noise.rules import NoiseRules
from helpdesk.ports import Sql
from helpdesk.store.verbs import events, incident_rows, remarks
from helpdesk.store.verbs.incidents import of_incident, reaches
from helpdesk.ticket import Ticket

_TRAIL = frozenset(
    {
        Kind.RECEIVED,
        Kind.JOINED,
        Kind.PARTED,
        Kind.PLACED,
        Kind.CONCERN,
        Kind.DISPATCHED,
        Kind.ATTENDED,
        Kind.REPLIED,
        Kind.UNDELIVERABLE,
        Kind.CONCLUDED,
        Kind.INCIDENT_REOPENED,
        Kind.INCIDENT_NOTED,
        Kind.ESCALATED,
        Kind.ESCALATION_TAKEN,
    }
)
"""What an incident's trail tells of; a ticket's own history tells the rest."""

_TO_WHAT_END = ("to", "outcome", "zone", "concern", "code")


def sight(sql: Sql, incident: IncidentId, rules: NoiseRules) -> IncidentSight:
    """One incident with its reporters and its trail. NotFound where there is none."""
    found = incident_rows.get(sql, incident)
    about = of_incident(sql, incident)
    told = {ticket.id: standing(events.of_ticket(sql, ticket.id)) for ticket in about}
    facts = sorted((event for history in told.values() for event in history), key=lambda event: event.seq)
    own = _own(found, facts)
    return IncidentSight(
        incident=found,
        place=rules.places.get(found.zone),
        reporters=tuple(_reporter(sql, found, ticket, told[ticket.id]) for ticket in about),
        trail=tuple(_step(event) for event in own),
        notes=_notes(sql, own),
    )


def _own(incident: Incident, facts: Iterable[Event]) -> list[Event]:
    """What concerns this incident, each turn of it once though several tickets tell of it; in order of time."""
    found: list[Event] = []
    turns: set[tuple[Kind, object]] = set()
    for event in facts:
        named = event.data.get("incident")
        if event.kind not in _TRAIL or event.when < incident.began or named not in {None, incident.id}:
            continue
        turn = (event.kind, event.data.get("version")) if named and event.kind is not Kind.RECEIVED else None
        if turn is None or turn not in turns:
            found.append(event)
            turns.update(() if turn is None else (turn,))
    return sorted(found, key=lambda event: event.when)


def _step(event: Event) -> Step:
    ends = (event.data.get(name) for name in _TO_WHAT_END)
    return Step(
        what=event.kind,
        when=event.when,
        by=event.actor,
        ticket=event.ticket,
        told=next((end for end in ends if isinstance(end, str) and end), ""),
    )


def _reporter(sql: Sql, incident: Incident, ticket: Ticket, history: Sequence[Event]) -> Reporter:
    wrote = [event.when for event in history if event.kind is Kind.RECEIVED]
    return Reporter(
        ticket=ticket.id,
        number=ticket.number,
        version=ticket.version,
        name=ticket.name,
        text=_text(sql, ticket),
        wrote=max(wrote, default=ticket.opened),
        told=_told(history, incident.began),
        reachable=reaches(sql, ticket),
    )


def _told(history: Sequence[Event], since: Instant) -> Instant | None:
    """When a person last wrote to them about this noise; what proved undeliverable was not heard."""
    lost = {event.data.get("entry") for event in history if event.kind is Kind.UNDELIVERABLE}
    told = (e.when for e in history if e.kind is Kind.REPLIED and e.when >= since and e.data.get("entry") not in lost)
    return max(told, default=None)


def _text(sql: Sql, ticket: Ticket) -> str:
    """What they wrote last."""
    rows = sql(
        "SELECT text FROM entries WHERE library = :library AND ticket = :ticket AND kind = 'in'"
        " ORDER BY row DESC LIMIT 1",
        ticket=ticket.id,
    )
    return str(rows[0]["text"]) if rows else ""


def _notes(sql: Sql, own: Iterable[Event]) -> tuple[Remarked, ...]:
    """The notes that were not erased, the latest first."""
    noted = [event for event in own if event.kind is Kind.INCIDENT_NOTED]
    said = remarks.texts(sql, (str(event.data.get("remark", "")) for event in noted))
    found = [
        Remarked(by=event.actor, text=said[remark], written=event.when)
        for event in noted
        if (remark := str(event.data.get("remark", ""))) in said
    ]
    return tuple(reversed(found))
