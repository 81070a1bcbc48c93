"""Which incident a ticket belongs to: it joins, begins one, moves to another; incidents are parted and united.

A ticket is in one incident at most. An incident whose tickets all went on to another one is over and has no reporters.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from helpdesk.clock import Instant
from helpdesk.errors import Refused
from helpdesk.events import Fact, Kind, NewEvent
from helpdesk.message import IncidentId, StaffId, TicketId
from helpdesk.noise import life
from helpdesk.noise.concerns import Concern
from helpdesk.noise.incidents import Incident, IncidentState
from helpdesk.noise.kinds import NoiseKind, noise_kind
from helpdesk.noise.life import Members, Turn
from helpdesk.ports import Sql
from helpdesk.standards import Published
from helpdesk.store.verbs import events, incident_rows, tickets
from helpdesk.store.verbs.incidents import On, of_incident, tell
from helpdesk.ticket import Change, Ticket, change_of, seen, workable


@dataclass(frozen=True, slots=True, kw_only=True)
class Telling:
    """What a text, or a member of staff, says of a noise.

    ``fresh``   the id of the incident that it may begin
    ``window``  see :class:`helpdesk.noise.rules.NoiseRules`
    """

    fresh: IncidentId
    zone: str
    noise: NoiseKind
    concern: Concern | None
    when: Instant
    staffed: bool
    window: int
    by: str


@dataclass(frozen=True, slots=True)
class Filed:
    """Where a ticket belongs now, and the facts that say so. ``joined``: the incident was there before it."""

    incident: IncidentId
    facts: tuple[NewEvent, ...]
    joined: bool


def file(sql: Sql, ticket: Ticket, told: Telling, now: Instant) -> Filed:
    """The ticket goes to the incident of its zone that goes on, or begins one; the one it was in is left."""
    old = _old(sql, ticket)
    known = incident_rows.of_zone(sql, ticket.line, told.zone, told.when, told.window) if told.zone else None
    if old is not None and (known is None or known.id == old.id):
        if old.zone == told.zone:
            return Filed(old.id, (), True)
        if old.reporters == 1:
            turn = life.move(old, zone=told.zone, when=told.when, concern=told.concern, by=told.by, now=now)
            incident_rows.save(sql, turn.incident)
            return Filed(old.id, (incident_rows.fact(turn, ticket),), False)
    facts = [] if old is None else [incident_rows.fact(_leave(sql, old, ticket, told.by, now), ticket)]
    origin: dict[str, Fact] = {} if old is None else {"from": old.id}
    if known is None or (old is not None and known.id == old.id):
        turn = life.begin(_new(sql, ticket, told, old), by=told.by, **origin)
        incident_rows.add(sql, turn.incident)
    else:
        turn = life.join(known, when=told.when, concern=told.concern, now=now, by=told.by, **origin)
        incident_rows.save(sql, turn.incident)
    return Filed(turn.incident.id, (*facts, incident_rows.fact(turn, ticket)), known is not None)


def _old(sql: Sql, ticket: Ticket) -> Incident | None:
    """The incident that the ticket is in and that goes on: what is over is left alone."""
    found = None if ticket.incident is None else incident_rows.get(sql, ticket.incident)
    return found if found is not None and found.live else None


def _new(sql: Sql, ticket: Ticket, told: Telling, old: Incident | None) -> Incident:
    return Incident(
        id=told.fresh,
        number=incident_rows.next_number(sql),
        line=ticket.line,
        site=ticket.site,
        zone=told.zone,
        noise=told.noise if old is None else old.noise,
        began=told.when,
        latest=told.when,
        staffed=told.staffed if old is None else old.staffed,
        concern=told.concern,
    )


def _leave(sql: Sql, old: Incident, ticket: Ticket, by: str, now: Instant) -> Turn:
    """A ticket goes: what the others come to, or, with none left, the end of it."""
    rest = [each for each in of_incident(sql, old.id) if each.id != ticket.id]
    turn = life.change_members(old, _members(sql, rest, old), kind=Kind.PARTED, by=by, now=now)
    incident_rows.save(sql, turn.incident)
    return turn


def _members(sql: Sql, some: list[Ticket], since: Incident) -> Members | None:
    """What some tickets come to as tellers of a noise that began when ``since`` did; None for none."""
    if not some:
        return None
    times = [when for ticket in some for when in _times(sql, ticket, since.began)]
    concerns = [Concern(ticket.concern) if ticket.concern else None for ticket in some]
    return Members(
        reporters=len(some),
        began=min(times, default=since.began),
        latest=max(times, default=since.latest),
        concern=life.gravest(concerns),
        waiting=any(ticket.live for ticket in some),
    )


def _times(sql: Sql, ticket: Ticket, since: Instant) -> list[Instant]:
    """When the patron wrote, as far as it concerns a noise that began at ``since``."""
    told = (event.when for event in events.of_ticket(sql, ticket.id) if event.kind is Kind.RECEIVED)
    return [when for when in told if when >= since]


# Staff say where it is


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where a ticket is, as a member says, and what goes with it. ``zone``: "" takes the place away."""

    ticket: TicketId
    version: int
    actor: StaffId
    zone: str
    fresh: IncidentId
    staffed: bool
    window: int


def place(sql: Sql, on: Place, now: Instant, published: Published) -> Ticket:
    """The ticket joins the zone's incident, or begins one. What is finished only gets its place."""
    before = tickets.get(sql, on.ticket)
    seen(before, on.version)
    workable(before)
    if not before.live:
        after = replace(before, zone=on.zone)
        change = change_of(before, after, now, on.actor, (Kind.PLACED, {"zone": on.zone}))
        return tickets.apply(sql, before, change, now, published)
    wrote = max(_times(sql, before, before.opened), default=before.opened)
    told = Telling(
        fresh=on.fresh,
        zone=on.zone,
        noise=noise_kind(before.preview),
        concern=Concern(before.concern) if before.concern else None,
        when=wrote,
        staffed=on.staffed,
        window=on.window,
        by=on.actor,
    )
    filed = file(sql, before, told, now)
    return tickets.apply(sql, before, filing(before, on.zone, filed, on.actor, now), now, published)


def filing(before: Ticket, zone: str, filed: Filed, by: str, now: Instant) -> Change:
    """The ticket in its place and in its incident. Where the incident moved as a whole, its fact says the place."""
    after = replace(before, zone=zone, incident=filed.incident)
    told = any(fact.kind is Kind.PLACED for fact in filed.facts)
    change = change_of(before, after, now, by, *(() if told else ((Kind.PLACED, {"zone": zone}),)))
    return Change(change.ticket, (*change.events, *filed.facts))


# Two noises, or one


def part(
    sql: Sql, on: On, leaving: tuple[TicketId, ...], fresh: IncidentId, now: Instant, published: Published
) -> Incident:
    """Some of its tickets are another noise."""
    before = _going(sql, on)
    everybody = of_incident(sql, before.id)
    gone = [ticket for ticket in everybody if ticket.id in set(leaving)]
    if len(gone) != len(set(leaving)) or not gone:
        raise Refused(f"Pick tickets of incident {before.number}.")
    if len(gone) == len(everybody):
        raise Refused("These are all of its tickets. Leave one, or say where it is instead.")
    if not any(ticket.live for ticket in gone):
        raise Refused("Nobody who waits is among these. Pick a ticket that still needs somebody.")
    members = _members(sql, gone, before)
    assert members is not None
    new = replace(
        before,
        id=fresh,
        number=incident_rows.next_number(sql),
        state=IncidentState.OPEN,
        goes="",
        dispatched=None,
        attended=None,
        began=members.began,
        latest=members.latest,
        reporters=members.reporters,
        concern=members.concern,
        due=None,
    )
    rest = [ticket for ticket in everybody if ticket not in gone]
    left = life.change_members(before, _members(sql, rest, before), kind=Kind.PARTED, by=on.actor, now=now)
    begun = replace(life.begin(new, by=on.actor, **{"from": before.id}), kind=Kind.PARTED, when=now)
    tell(sql, left, rest, now, published)
    incident_rows.add(sql, begun.incident)
    _move(sql, gone, begun, (), now, published)
    return incident_rows.get(sql, fresh)


def unite(sql: Sql, on: On, into: int, now: Instant, published: Published) -> Incident:
    """Its tickets belong to the incident of number ``into``, and are where that is."""
    before, other = _going(sql, on), incident_rows.by_number(sql, into)
    if before.id == other.id:
        raise Refused(f"This is incident {other.number} itself. Name another one.")
    life.goes_on(other)
    if before.line != other.line:
        raise Refused(f"Incident {other.number} is of another line: its reporters are answered from there.")
    moving = of_incident(sql, before.id)
    members = _members(sql, [*of_incident(sql, other.id), *moving], _earlier(before, other))
    ended = life.change_members(before, None, kind=Kind.PARTED, by=on.actor, now=now)
    joined = life.change_members(other, members, kind=Kind.JOINED, by=on.actor, now=now)
    joined = replace(joined, data={**joined.data, "from": before.id})
    incident_rows.save(sql, ended.incident)
    incident_rows.save(sql, joined.incident)
    _move(sql, moving, joined, (ended,), now, published)
    return incident_rows.get(sql, other.id)


def _earlier(one: Incident, other: Incident) -> Incident:
    return min(one, other, key=lambda each: each.began)


def _move(
    sql: Sql, moving: list[Ticket], turn: Turn, first: tuple[Turn, ...], now: Instant, published: Published
) -> None:
    """Some tickets go to another incident, and are where it is."""
    for ticket in moving:
        facts = [incident_rows.fact(each, ticket) for each in (*first, turn)]
        zone = turn.incident.zone or ticket.zone
        if zone != ticket.zone:
            placed: dict[str, Fact] = {"zone": zone}
            facts.insert(0, NewEvent(kind=Kind.PLACED, ticket=ticket.id, when=now, actor=turn.by, data=placed))
        after = replace(ticket, incident=turn.incident.id, zone=zone)
        tickets.apply(sql, ticket, Change(after, tuple(facts)), now, published)


def _going(sql: Sql, on: On) -> Incident:
    found = incident_rows.get(sql, on.incident)
    life.seen(found, on.version)
    life.goes_on(found)
    return found
