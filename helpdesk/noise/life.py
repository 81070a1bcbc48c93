"""An incident's life, as pure transitions.

Each function takes an incident as it was read and returns a :class:`Turn`: the incident as it shall be, and the fact
that its tickets get. Nothing here reads time or the store. What the life forbids is Refused, in words.

A fact holds the incident's id, its new version and every field that changed: :func:`folded` makes the incident again
from its facts, and one fact on several tickets is one turn.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields, replace
from typing import Any

from helpdesk.clock import MINUTE, Instant
from helpdesk.errors import Refused, Stale
from helpdesk.events import PATRON, SYSTEM, Event, Fact, Kind
from helpdesk.message import IncidentId, LineId, StaffId
from helpdesk.noise.concerns import PRIORITY, Concern
from helpdesk.noise.incidents import Incident, IncidentState, NoiseOutcome
from helpdesk.noise.kinds import NoiseKind


@dataclass(frozen=True, slots=True)
class Turn:
    """An incident as it shall be, and the fact that says why. ``when``: the time at which it became true."""

    incident: Incident
    kind: Kind
    data: dict[str, Fact]
    when: Instant
    by: str


_NAMED = {"id", "version", "decided", "due", "touched_by"}
"""Fields that a fact does not hold: they stand in it otherwise, or follow from it."""

_READ: dict[str, Any] = {
    "line": LineId,
    "noise": NoiseKind,
    "state": IncidentState,
    "concern": lambda value: None if value is None else Concern(value),
    "outcome": lambda value: None if value is None else NoiseOutcome(value),
}


def _turn(before: Incident, after: Incident, kind: Kind, by: str, when: Instant, **more: Fact) -> Turn:
    """``after`` with its version raised, and the fact of the change."""
    version = before.version + 1
    decided = before.decided if by == PATRON else version
    after = replace(after, version=version, decided=decided, touched_by=by)
    return Turn(after, kind, {**_changed(before, after), "incident": before.id, "version": version, **more}, when, by)


def _changed(before: Incident, after: Incident) -> dict[str, Fact]:
    names = [field.name for field in fields(Incident) if field.name not in _NAMED]
    return {name: _plain(getattr(after, name)) for name in names if getattr(before, name) != getattr(after, name)}


def _plain(value: Any) -> Fact:
    if value is None or isinstance(value, bool):
        return value
    return int(value) if isinstance(value, int) else str(value)


def seen(incident: Incident, version: int, *, overruling: bool = True) -> None:
    """Stale, naming who, unless ``version`` is the incident's own.

    With ``overruling`` off, texts that came since are no conflict: only what other staff did.
    """
    if incident.version == version or (not overruling and incident.decided <= version <= incident.version):
        return
    who = {PATRON: "a reporter's text", SYSTEM: "the desk itself"}.get(incident.touched_by, incident.touched_by)
    raise Stale(
        f"Incident {incident.number} was changed by {who} meanwhile. Look again, then decide.", by=incident.touched_by
    )


def gravest(concerns: Iterable[Concern | None]) -> Concern | None:
    """The first in :data:`~helpdesk.noise.concerns.PRIORITY`; None where there is none."""
    found = set(concerns)
    return next((each for each in PRIORITY if each in found), None)


# Texts come in


def begin(incident: Incident, *, by: str = PATRON, **more: Fact) -> Turn:
    """A noise that nobody told of before: the first fact holds all of it. ``more``: what else the fact says."""
    names = [field.name for field in fields(Incident) if field.name not in _NAMED]
    data = {name: _plain(getattr(incident, name)) for name in names}
    whole = replace(incident, version=1, decided=1, touched_by=by)
    return Turn(whole, Kind.JOINED, {**data, "incident": incident.id, "version": 1, **more}, incident.began, by)


def join(
    incident: Incident, *, when: Instant, concern: Concern | None, now: Instant, by: str = PATRON, **more: Fact
) -> Turn:
    """One more reporter, who wrote at ``when``."""
    after = replace(
        incident,
        began=min(incident.began, when),
        latest=max(incident.latest, when),
        reporters=incident.reporters + 1,
        concern=gravest((incident.concern, concern)),
    )
    return _turn(incident, after, Kind.JOINED, by, min(when, now), **more)


def again(incident: Incident, *, when: Instant, concern: Concern | None) -> Turn:
    """One of its reporters wrote again: the fact is that of the text."""
    after = replace(incident, latest=max(incident.latest, when), concern=gravest((incident.concern, concern)))
    return _turn(incident, after, Kind.RECEIVED, PATRON, when)


# Staff act


def dispatch(incident: Incident, *, to: str, by: StaffId, now: Instant) -> Turn:
    """Somebody is sent; said again, somebody else goes."""
    goes_on(incident)
    after = replace(incident, state=IncidentState.DISPATCHED, goes=to, dispatched=now)
    return _turn(incident, after, Kind.DISPATCHED, by, now, to=to)


def attend(incident: Incident, *, when: Instant, by: StaffId, now: Instant) -> Turn:
    """Somebody was there at ``when``, as staff enter it: the minute of its beginning means its beginning."""
    goes_on(incident)
    if when > now:
        raise Refused("That time is still to come. Give the time at which it happened.")
    if when <= incident.began - MINUTE:
        raise Refused(f"Incident {incident.number} began later than that. Give a time since then.")
    when = max(when, incident.began)
    after = replace(incident, state=IncidentState.ATTENDED, attended=when)
    return _turn(incident, after, Kind.ATTENDED, by, when)


def conclude(incident: Incident, *, outcome: NoiseOutcome | None, by: str, now: Instant) -> Turn:
    """It is over. ``outcome`` is None where its last ticket was finished by itself."""
    goes_on(incident)
    after = replace(incident, state=IncidentState.OVER, outcome=outcome, ended=now)
    told: dict[str, Fact] = {} if outcome is not None else {"outcome": None}
    return _turn(incident, after, Kind.CONCLUDED, by, now, **told)


def reopen(incident: Incident, *, by: str, now: Instant) -> Turn:
    """It goes on after all: somebody has to go again."""
    if incident.live:
        raise Refused(f"Incident {incident.number} is not over.")
    if not incident.reporters:
        raise Refused(f"Incident {incident.number} has no reporters any more: they went on to another one.")
    after = replace(
        incident,
        state=IncidentState.OPEN,
        goes="",
        dispatched=None,
        attended=None,
        outcome=None,
        ended=None,
    )
    return _turn(incident, after, Kind.INCIDENT_REOPENED, by, now)


def write(incident: Incident, *, by: StaffId, now: Instant) -> Turn:
    """All its reporters are written to: the fact is that of each reply."""
    return _turn(incident, incident, Kind.REPLIED, by, now)


def remark(incident: Incident, *, by: StaffId, now: Instant, why: dict[str, Fact]) -> Turn:
    """A note for colleagues; an incident that is over takes one, too."""
    return _turn(incident, incident, Kind.INCIDENT_NOTED, by, now, **why)


def changed_between(before: Incident, after: Incident) -> dict[str, Fact]:
    """What of an incident is otherwise than it was, by the names of its fields."""
    return _changed(before, after)


def take_back(incident: Incident, was: Mapping[str, Fact], *, by: StaffId, now: Instant) -> Turn:
    """What staff did to it is taken back: ``was`` is what it was before, as a fact would tell it."""
    values = {name: _READ.get(name, _same)(value) for name, value in was.items()}
    return _turn(incident, replace(incident, **values), Kind.UNDONE, by, now)


# Where it is, and who tells of it


def move(incident: Incident, *, zone: str, when: Instant, concern: Concern | None, by: str, now: Instant) -> Turn:
    """All of it is somewhere else than was thought. The text of ``when`` that says so may tell of danger, too."""
    latest = max(incident.latest, when)
    after = replace(incident, zone=zone, latest=latest, concern=gravest((incident.concern, concern)))
    return _turn(incident, after, Kind.PLACED, by, now)


@dataclass(frozen=True, slots=True, kw_only=True)
class Members:
    """What the tickets of an incident come to: how many, the first and the latest text, the gravest concern.

    ``waiting``: whether any of them still needs somebody
    """

    reporters: int
    began: Instant
    latest: Instant
    concern: Concern | None
    waiting: bool = True


def change_members(incident: Incident, members: Members | None, *, kind: Kind, by: str, now: Instant) -> Turn:
    """Some of its tickets went, or came: ``members`` says what it has now.

    With None left, or none that still needs somebody, it is over.
    """
    if members is None:
        after = replace(incident, reporters=0, concern=None)
    else:
        after = replace(
            incident,
            reporters=members.reporters,
            began=members.began,
            latest=members.latest,
            concern=members.concern,
        )
    if members is None or not members.waiting:
        after = replace(after, state=IncidentState.OVER, ended=now)
    return _turn(incident, after, kind, by, now)


def goes_on(incident: Incident) -> None:
    """Refused where it is over."""
    if not incident.live:
        raise Refused(f"Incident {incident.number} is over. Reopen it first.")


def folded(history: Iterable[Event], before: Mapping[IncidentId, Incident] | None = None) -> dict[IncidentId, Incident]:
    """Every incident, made again from the facts of its tickets in the order of the log; ``due`` is not in them.

    ``before``: what came of the log up to ``history``.
    """
    found = dict(before or {})
    for event in history:
        named = event.data.get("incident")
        if not isinstance(named, str) or "version" not in event.data:
            continue
        incident, version = IncidentId(named), int(event.data["version"] or 0)
        known = found.get(incident)
        if known is None or version > known.version:
            found[incident] = _after(incident, known, event, version)
    return found


def _after(incident: IncidentId, before: Incident | None, event: Event, version: int) -> Incident:
    names = {field.name for field in fields(Incident)} - _NAMED
    values = {name: _READ.get(name, _same)(value) for name, value in event.data.items() if name in names}
    decided = version if before is None or event.actor != PATRON else before.decided
    more = {"version": version, "decided": decided, "touched_by": event.actor}
    if before is None:
        return Incident(id=incident, **{**values, **more})
    return replace(before, **{**values, **more})


def _same(value: Any) -> Any:
    return value
