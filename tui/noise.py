"""What the desk says of noise: places, concerns, outcomes, who goes and where an incident stands. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import tzinfo

from helpdesk.clock import HOUR, Instant, plus
from helpdesk.message import StaffId
from helpdesk.noise.incidents import Choices, Incident, IncidentState, NoiseOutcome
from helpdesk.noise.kinds import NoiseKind
from helpdesk.noise.texts import STAND_INS
from helpdesk.sight import Member
from helpdesk.zones.plan import Zone
from tui.columns import CLOCK
from tui.plain import cut, one_line
from tui.render import Eye
from tui.words import OUTCOMES, UNKNOWN, Span, Tone, countdown, on_day, plural

NOISES = {
    NoiseKind.TALKING: "talking",
    NoiseKind.PHONE: "phone",
    NoiseKind.MUSIC: "music",
    NoiseKind.FOOD: "food",
    NoiseKind.OTHER: "other",
}
"""What staff call a kind of noise, short enough for a column."""


def place(zone: str, eye: Eye) -> str:
    """A zone's name, or "place unknown"."""
    return eye.place(zone) or UNKNOWN


def place_in_full(zone: Zone, *, sites: bool = False) -> str:
    """ "silent, floor 3", with the site where the library has several."""
    site = f", {one_line(zone.site)}" if sites and zone.site else ""
    return f"{zone.kind}, floor {one_line(zone.floor)}{site}"


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


def state_in_short(incident: Incident, eye: Eye, cells: int) -> str:
    """The same in so many cells, where the words of :func:`state_words` do not fit: "Ben goes", "there Mon 12:05"."""
    if incident.state is IncidentState.DISPATCHED:
        who = goer(incident.goes, eye)
        return "you go" if who == "you" else f"{cut(who, cells - len(' goes'))} goes"
    if incident.state is IncidentState.ATTENDED and incident.attended is not None:
        return f"there {on_day(incident.attended, eye.now, eye.zone)}"
    return state_words(incident, eye)[0]


def clock(incident: Incident, eye: Eye) -> Span:
    """How long there is, "no clock" where none runs for a noise that nobody saw to; of one that is over, its end."""
    if not incident.live:
        return (on_day(incident.ended, eye.now, eye.zone) if incident.ended is not None else "", Tone.DIM)
    if incident.due is None and incident.state is IncidentState.ATTENDED:
        return ("", Tone.DIM)
    words, tone = countdown(incident.due, eye.now, eye.zone)
    return (cut(words, CLOCK), tone)


def who_can_go(
    members: Mapping[StaffId, Member], here: frozenset[StaffId], goers: Sequence[str], me: StaffId
) -> list[tuple[str, str, str]]:
    """Whom to send (id, words, hint): oneself first, then colleagues who are on, then those who are no members."""
    others = [each for each in members.values() if each.id in here and each.id != me and not each.disabled]
    colleagues = [(str(each.id), each.name or each.id, "is on") for each in others]
    return [(str(me), "I go", ""), *colleagues, *((each, each, "") for each in goers)]


def offered_outcomes(incident: Incident) -> list[tuple[NoiseOutcome, str]]:
    """The outcomes, the likeliest first: where no place is known, that none was given."""
    offered = list(OUTCOMES.items())
    return offered if incident.zone else [offered[-1], *offered[:-1]]


def said_back(choices: Choices, incident: Incident, outcome: NoiseOutcome, eye: Eye) -> str:
    """The text for an outcome with the place filled in; "" where the line has none."""
    template = choices.says.get(incident.line, {}).get(outcome, "")
    return template.replace("{zone}", eye.place(incident.zone) or STAND_INS["zone"])


def mutes(now: Instant, zone: tzinfo, usual: int) -> list[tuple[str, str, int]]:
    """For how long somebody can be muted (words, until when, hours): the library's usual hours first, no more last."""
    offered = [
        (f"for {_SPANS.get(hours) or plural(hours, 'hour')}", plus(now, hours * HOUR), hours)
        for hours in dict.fromkeys((usual, 1, 4, 24, 168))
    ]
    shown = [(words, f"until {on_day(until, now, zone)}", hours) for words, until, hours in offered]
    return [*shown, ("no more", "their texts come in again", 0)]


def hours_of(typed: str) -> int:
    """How many hours "4", "4 hours", "for a day" or "a week" are, 0 for "no more"; ValueError says how to write it."""
    said = " ".join(typed.casefold().split()).removeprefix("for ")
    spans = {words: hours for hours, words in _SPANS.items()} | {"no more": 0}
    if said in spans:
        return spans[said]
    number, _, unit = said.partition(" ")
    if number.isascii() and number.isdigit() and len(number) < 4 and int(number) and unit in {"", "h", "hour", "hours"}:
        return int(number)
    raise ValueError('Say for how many hours: "4", "a day", "a week"; or "no more".')


_SPANS = {1: "an hour", 24: "a day", 168: "a week"}
