"""What the desk says of noise: places, concerns, outcomes, who goes and where an incident stands. Pure."""

from __future__ import annotations

from collections.abc import Mapping

from helpdesk.message import StaffId
from helpdesk.noise.concerns import Concern
from helpdesk.noise.incidents import Choices, Incident, IncidentState, NoiseOutcome
from helpdesk.noise.kinds import NoiseKind
from helpdesk.zones.plan import Zone
from tui.plain import cut, one_line
from tui.render import CLOCK, Eye
from tui.words import Span, Tone, countdown, on_day

UNKNOWN = "place unknown"

CONCERNS = {
    Concern.FIRE: "fire",
    Concern.VIOLENCE: "violence",
    Concern.MEDICAL: "medical",
    Concern.SELF_HARM: "self-harm",
    Concern.HARASSMENT: "harassment",
}
"""What staff call a concern."""

NOISES = {
    NoiseKind.TALKING: "talking",
    NoiseKind.PHONE: "phone",
    NoiseKind.MUSIC: "music",
    NoiseKind.FOOD: "food",
    NoiseKind.OTHER: "other",
}
"""What staff call a kind of noise, short enough for a column."""

OUTCOMES = {
    NoiseOutcome.QUIET: "quiet on arrival",
    NoiseOutcome.SPOKEN_TO: "spoken to",
    NoiseOutcome.MOVED: "moved elsewhere",
    NoiseOutcome.SECURITY: "security dealt with it",
    NoiseOutcome.NOT_FOUND: "not found",
    NoiseOutcome.NO_PLACE: "no place given",
}
"""What staff call an outcome, the likeliest first."""

Zones = Mapping[str, Zone]
"""The library's zones by id."""


def zones_of(choices: Choices) -> dict[str, Zone]:
    """The zones that there are, by id."""
    return {zone.id: zone for zone in choices.zones}


def place(zone: str, zones: Zones) -> str:
    """A zone's name; its id where the plan no longer has it."""
    if not zone:
        return UNKNOWN
    found = zones.get(zone)
    return one_line(found.name if found is not None else zone)


def place_in_full(zone: Zone, *, sites: bool = False) -> str:
    """ "silent, floor 3", with the site where the library has several."""
    site = f", {one_line(zone.site)}" if sites and zone.site else ""
    return f"{zone.kind}, floor {one_line(zone.floor)}{site}"


def danger(concern: str) -> str:
    """ "DANGER: medical"; "" where there is none."""
    if not concern:
        return ""
    known = concern in {str(each) for each in CONCERNS}
    return f"DANGER: {CONCERNS[Concern(concern)] if known else one_line(concern)}"


def goer(goes: str, eye: Eye) -> str:
    """Who was sent: "you", a colleague's short name, or "security"."""
    return "you" if goes == eye.me else one_line(eye.names.get(StaffId(goes), goes)) if goes else ""


def state_words(incident: Incident, eye: Eye) -> Span:
    """ "open", "on the way: Ben", "attended 14:12", "over"."""
    if incident.state is IncidentState.OVER:
        return ("over", Tone.DIM)
    if incident.state is IncidentState.ATTENDED and incident.attended is not None:
        return (f"attended {on_day(incident.attended, eye.now, eye.zone)}", Tone.GOOD)
    if incident.state is IncidentState.DISPATCHED:
        who = goer(incident.goes, eye)
        return (f"on the way: {who}", Tone.ACCENT if who == "you" else Tone.PLAIN)
    return ("open", Tone.STRONG)


def clock(incident: Incident, eye: Eye) -> Span:
    """How long there is, "no clock" where none runs for a noise that nobody saw to; of one that is over, its end."""
    if not incident.live:
        return (on_day(incident.ended, eye.now, eye.zone) if incident.ended is not None else "", Tone.DIM)
    if incident.due is None and incident.state is IncidentState.ATTENDED:
        return ("", Tone.DIM)
    words, tone = countdown(incident.due, eye.now, eye.zone)
    return (cut(words, CLOCK), tone)
