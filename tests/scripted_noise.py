"""What a scripted desk says about noise, and a table of every call about it."""

from __future__ import annotations

from datetime import date
from typing import Any

from helpdesk.clock import Instant
from helpdesk.events import Kind
from helpdesk.message import IncidentId, LineId, StaffId, TicketId
from helpdesk.noise.concerns import Concern
from helpdesk.noise.incidents import (
    Choices,
    Incident,
    IncidentSight,
    IncidentState,
    NoiseMap,
    NoiseOutcome,
    Remarked,
    Reporter,
    Step,
)
from helpdesk.noise.kinds import NoiseKind
from helpdesk.ticket import Ticket
from helpdesk.zones.plan import Zone, ZoneKind

ANA = StaffId("ana")
NOON = Instant(1_780_000_000_000)
SILENT = Zone(
    id="l3-silent",
    site="Main",
    floor="3",
    name="Level 3 silent study",
    kind=ZoneKind.SILENT,
    code="L3A",
    aliases=("top floor",),
    rooms=("3.10-3.20",),
)
INCIDENT = Incident(
    id=IncidentId("I1"),
    number=4,
    line=LineId("noise"),
    site="Main",
    zone=SILENT.id,
    noise=NoiseKind.MUSIC,
    state=IncidentState.ATTENDED,
    began=NOON,
    latest=NOON,
    reporters=2,
    staffed=False,
    concern=Concern.VIOLENCE,
    goes="security",
    dispatched=NOON,
    attended=NOON,
    outcome=NoiseOutcome.MOVED,
    ended=NOON,
    due=NOON,
    version=9,
    decided=8,
    touched_by="ana",
)
SIGHT = IncidentSight(
    incident=INCIDENT,
    place=SILENT,
    reporters=(
        Reporter(ticket=TicketId("T1"), number=7, version=3, name="Quiet Heron", text="“loud”", wrote=NOON, told=NOON),
        Reporter(ticket=TicketId("T2"), number=8, version=1, name="Shy Wren", text="v loud", wrote=NOON),
    ),
    trail=(Step(what=Kind.DISPATCHED, when=NOON, by="ana", ticket=TicketId("T1"), told="security"),),
    notes=(Remarked(by="ana", text="Go in twos.", written=NOON),),
)
CHOICES = Choices(
    zones=(SILENT,),
    goers=("security",),
    says={"noise": {NoiseOutcome.MOVED: "They left {zone}."}},
    complaint={"noise": "Write to us."},
)
MAP = NoiseMap(
    begin=date(2026, 5, 1),
    end=date(2026, 5, 29),
    zones={SILENT.id: tuple(tuple(range(24)) for _ in range(7))},
    unplaced=tuple((0,) * 24 for _ in range(7)),
)


def noise_calls(ticket: Ticket) -> list[tuple[str, dict[str, Any], Any]]:
    """Every call about noise: its name, what is given, what comes back. ``ticket`` is the one that some return."""
    on = {"actor": ANA, "incident": INCIDENT.id, "version": 9}
    return [
        ("choices", {"actor": ANA}, CHOICES),
        ("incidents", {"actor": ANA, "over": True, "start": 2, "count": 3}, (INCIDENT, INCIDENT)),
        ("incident", {"actor": ANA, "incident": INCIDENT.id}, SIGHT),
        ("dispatch", {**on, "to": "security"}, INCIDENT),
        ("attend", {**on, "when": NOON}, INCIDENT),
        ("conclude", {**on, "outcome": NoiseOutcome.QUIET, "text": "It’s quiet.", "key": "k"}, INCIDENT),
        ("reply_all", {**on, "text": "On our way.", "key": "k"}, INCIDENT),
        ("remark", {"actor": ANA, "incident": INCIDENT.id, "text": "Go in twos.", "key": "k"}, INCIDENT),
        ("reopen", on, INCIDENT),
        ("part", {**on, "tickets": (ticket.id,)}, INCIDENT),
        ("unite", {**on, "into": 5}, INCIDENT),
        ("undo", on, INCIDENT),
        ("place", {"actor": ANA, "ticket": ticket.id, "version": 3, "zone": SILENT.id}, ticket),
        ("mute", {"actor": ANA, "ticket": ticket.id, "version": 3, "hours": 24}, ticket),
        ("noise_map", {"actor": ANA, "weeks": 8}, MAP),
    ]
