"""One incident as lines of text: what it is, what to do first, who told of it, what was done. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from helpdesk.events import PATRON, SYSTEM, Kind
from helpdesk.message import StaffId, TicketId
from helpdesk.noise.concerns import SCREEN, Concern
from helpdesk.noise.incidents import IncidentSight, IncidentState, Remarked, Reporter, Step
from helpdesk.ticket import Ticket
from tui.noise import (
    NOISES,
    clock,
    goer,
    place,
    place_in_full,
    state_words,
)
from tui.plain import cut, many_lines, one_line, width, wrap
from tui.prose import MEASURE
from tui.render import Eye
from tui.words import CONCERNS, OUTCOMES, UNKNOWN, Line, Span, Tone, danger, full_time, on_day, outcome_words, plural

NOTES = 3
"""How many notes stand on top; the trail has them all."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Choosing:
    """What the reader does with the reporters: who is under the cursor (None for nobody), and who is chosen."""

    at: TicketId | None = None
    chosen: frozenset[TicketId] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """The lines below the head, and of which lines (from, to) each reporter takes hold."""

    lines: tuple[Line, ...]
    where: Mapping[TicketId, tuple[int, int]]


def above_lines(sight: IncidentSight, eye: Eye, cells: int, *, sites: bool = False, brief: bool = False) -> list[Line]:
    """All that stands above the page: the danger, what it is and where it stands, what colleagues must know."""
    banner = concern_lines(sight.incident.concern, cells, brief=brief) if sight.incident.live else []
    banner += [()] if banner else []
    return [*banner, *incident_head(sight, eye, cells, sites=sites), *note_lines(sight.notes, eye, cells)]


def incident_head(sight: IncidentSight, eye: Eye, cells: int, *, sites: bool = False) -> list[Line]:
    """Number, place and deadline; what it is and where it stands; then the notes, the latest first."""
    incident = sight.incident
    due, tone = clock(incident, eye)
    number = f" Incident {incident.number}  "
    where = one_line(sight.place.name) if sight.place is not None else one_line(incident.zone) or UNKNOWN
    title = cut(where, cells - width(number) - len(due) - 3)
    space = " " * max(cells - width(number + title) - len(due) - 1, 1)
    first: Line = ((number, Tone.ACCENT), (title, Tone.STRONG), (space + due, tone))
    return [first, *_status(sight, eye, cells, sites)]


def _status(sight: IncidentSight, eye: Eye, cells: int, sites: bool) -> list[Line]:
    """Where it stands in its colour, and the rest dim, on as many lines as that takes."""
    incident = sight.incident
    state, tone = state_words(incident, eye)
    if incident.outcome is not None and not incident.live:
        state = f"over: {OUTCOMES[incident.outcome]}"
    parts = _times(sight, eye)
    parts += [place_in_full(sight.place, sites=sites)] if sight.place is not None else []
    parts += [NOISES[incident.noise]] if incident.noise != "other" else []
    parts += [plural(incident.reporters, "reporter"), f"began {on_day(incident.began, eye.now, eye.zone)}"]
    parts += [] if incident.staffed else ["outside staffed hours"]
    rest = [line.strip("· ") for line in wrap(" · ".join(parts), max(cells - len(state) - 5, 20))]
    below: list[Line] = [((" " * (len(state) + 4) + line, Tone.DIM),) for line in rest[1:]]
    return [((f" {state}", tone), (f" · {rest[0]}", Tone.DIM)), *below]


def _times(sight: IncidentSight, eye: Eye) -> list[str]:
    """Since when somebody is on the way; of what is over, when somebody was there."""
    incident = sight.incident
    if incident.state is IncidentState.DISPATCHED and incident.dispatched is not None:
        return [f"since {on_day(incident.dispatched, eye.now, eye.zone)}"]
    if incident.state is IncidentState.OVER and incident.attended is not None:
        return [f"attended {on_day(incident.attended, eye.now, eye.zone)}"]
    return []


def concern_lines(concern: str | None, cells: int, *, brief: bool = False) -> list[Line]:
    """The banner: what the danger is, and under it what to do first and whom to call.

    Unless it shall be ``brief``, for a low screen, with what holds for every such text.
    """
    if not concern:
        return []
    lines: list[Line] = [((f" ! {danger(concern)}", Tone.LATE),)]
    screen = SCREEN.get(Concern(concern)) if concern in set(Concern) else None
    if screen is not None:
        lines += _banner((screen.first, screen.call), Tone.STRONG, cells)
        lines += [] if brief else _banner((screen.remember,), Tone.PLAIN, cells)
    return lines


def _banner(said: Sequence[str], tone: Tone, cells: int) -> list[Line]:
    pieces = [piece for words in said for piece in wrap(one_line(words), min(cells - 4, MEASURE))]
    return [((f"   {piece}", tone),) for piece in pieces]


def ticket_above(
    ticket: Ticket, sight: IncidentSight | None, eye: Eye, cells: int, *, brief: bool = False
) -> tuple[list[Line], list[Line]]:
    """What stands above and below the head of a ticket that tells of noise: the danger; the place and its incident."""
    banner = concern_lines(ticket.concern, cells, brief=brief) if ticket.live else []
    banner += [()] if banner else []
    if ticket.incident is None and not ticket.zone:
        return banner, []
    spans: list[Span] = [(f" {place(ticket.zone, eye)}", Tone.PLAIN)]
    if sight is not None:
        state, tone = state_words(sight.incident, eye)
        others = len(sight.reporters) - 1
        said = f"with {plural(others, 'other')}" if others > 0 else "nobody else told of it"
        spans += [(f" · incident {sight.incident.number}, ", Tone.DIM), (state, tone), (f" · {said}", Tone.DIM)]
    return banner, [tuple(spans)]


def note_lines(notes: Sequence[Remarked], eye: Eye, cells: int, most: int = NOTES) -> list[Line]:
    """What colleagues must know before they go, the latest first."""
    lines: list[Line] = []
    for each in notes[:most]:
        who = eye.name(StaffId(each.by))
        words = f"{full_time(each.written, eye.now, eye.zone)} {who}: {one_line(each.text)}"
        pieces = wrap(words, min(cells - 4, MEASURE))
        lines += [((" │ ", Tone.SOON), (piece, Tone.SOON)) for piece in pieces]
    if len(notes) > most:
        lines.append(((" │ ", Tone.SOON), (f"and {plural(len(notes) - most, 'older note')}, below", Tone.DIM)))
    return lines


def incident_page(sight: IncidentSight, eye: Eye, cells: int, choosing: Choosing) -> Page:
    """Reporters with what they wrote, then the trail."""
    lines: list[Line] = [((" Who told of it", Tone.DIM),)]
    where: dict[TicketId, tuple[int, int]] = {}
    for each in sight.reporters:
        begin = len(lines)
        lines += _reporter(each, eye, cells, choosing)
        where[each.ticket] = (begin, len(lines))
        lines.append(())
    if not sight.reporters:
        lines += [(("   Nobody any more: its reporters went on to another noise.", Tone.DIM),), ()]
    lines.append(((" What was done", Tone.DIM),))
    names = {each.ticket: one_line(each.name) for each in sight.reporters}
    for step in filter(tells, sight.trail):
        lines += _step(step, names, eye, cells)
    older = note_lines(sight.notes[NOTES:], eye, cells, most=len(sight.notes))
    lines += [(), ((" Older notes", Tone.DIM),), *older] if older else []
    return Page(lines=tuple(lines), where=where)


def _reporter(reporter: Reporter, eye: Eye, cells: int, choosing: Choosing) -> list[Line]:
    here = reporter.ticket == choosing.at
    bar: Span = ("▌" if here else " ", Tone.ACCENT)
    chosen = reporter.ticket in choosing.chosen
    told, tone = _told(reporter, eye)
    tail = f"  ticket {reporter.number} · wrote {full_time(reporter.wrote, eye.now, eye.zone)} · "
    name = cut(one_line(reporter.name) or "unknown", max(cells - width(tail + told) - 6, 10))
    head: Line = (
        bar,
        ("+ " if chosen else "  ", Tone.ACCENT),
        (name, Tone.STRONG),
        (tail, Tone.DIM),
        (told, tone),
    )
    text = [piece for line in many_lines(reporter.text) for piece in wrap(line, min(cells - 4, MEASURE))]
    return [head, *((bar, ("  ", Tone.PLAIN), (piece, Tone.PLAIN)) for piece in text or ["(no text)"])]


def _told(reporter: Reporter, eye: Eye) -> Span:
    """Whether they have heard back."""
    if not reporter.reachable:
        return ("can't be reached", Tone.SOON)
    if reporter.told is None:
        return ("not told yet", Tone.SOON)
    return (f"told {full_time(reporter.told, eye.now, eye.zone)}", Tone.DIM)


def _step(step: Step, names: Mapping[TicketId, str], eye: Eye, cells: int) -> list[Line]:
    words = f"{full_time(step.when, eye.now, eye.zone)}  {step_words(step, names, eye)}"
    return [((f" · {line}" if at == 0 else f"   {line}", Tone.DIM),) for at, line in enumerate(wrap(words, cells - 4))]


def tells(step: Step) -> bool:
    """Whether a step says more than that somebody texted: where a text names its place, it is filed at once."""
    return step.by != PATRON or step.what not in {Kind.JOINED, Kind.PLACED}


STEPS: Mapping[Kind, str] = {
    Kind.RECEIVED: "{texter} texted",
    Kind.JOINED: "{who} put {texter} here",
    Kind.PLACED: "{who} placed it: {zone}",
    Kind.DISPATCHED: "{sent}",
    Kind.ATTENDED: "{who} noted that somebody was there",
    Kind.REPLIED: "{who} told {texter}",
    Kind.UNDELIVERABLE: "a text could not be delivered to {texter}",
    Kind.CONCLUDED: "{who} ended it: {outcome}",
    Kind.INCIDENT_REOPENED: "{who} took it up again",
    Kind.INCIDENT_NOTED: "{who} wrote a note",
    Kind.PARTED: "{who} parted it",
    Kind.CONCERN: "words of danger: {concern}",
    Kind.ESCALATED: "nobody took it in time: the duty list was told",
    Kind.ESCALATION_TAKEN: "somebody of the duty list goes",
}
"""Each step of a trail in words; the braces are filled in by :func:`step_words`."""


def step_words(step: Step, names: Mapping[TicketId, str], eye: Eye) -> str:
    """One step as a sentence."""
    words = STEPS.get(step.what, str(step.what).replace("_", " "))
    texter = names.get(step.ticket, "a texter") if step.ticket is not None else "a texter"
    return words.format(
        texter=texter,
        who=_who(step.by, eye),
        zone=place(step.told, eye),
        sent=_sent(step, eye),
        outcome=outcome_words(step.told),
        concern=CONCERNS[Concern(step.told)] if step.told in set(Concern) else one_line(step.told),
    )


def _who(by: str, eye: Eye) -> str:
    return {PATRON: "the texter", SYSTEM: "the desk"}.get(by) or eye.name(StaffId(by))


def _sent(step: Step, eye: Eye) -> str:
    """ "you go", "Ben goes", "Ben sent security"."""
    if step.told == step.by:
        return "you go" if step.by == eye.me else f"{_who(step.by, eye)} goes"
    return f"{_who(step.by, eye)} sent {goer(step.told, eye) or 'somebody'}"


SINCE = 5
"""How many lines a card shows of what came in between; of more only the count."""


def came_since(seen: IncidentSight, now: IncidentSight, eye: Eye) -> str:
    """What others wrote and did about a noise since it was ``seen``, a line each, earliest first; "" for nothing."""
    before = {each.ticket: each.wrote for each in seen.reporters}
    told = [
        (each.wrote, f"{one_line(each.name)} wrote: {one_line(each.text)}")
        for each in now.reporters
        if before.get(each.ticket) != each.wrote
    ]
    names = {each.ticket: each.name for each in now.reporters}
    others = [step for step in now.trail if step.by not in {eye.me, PATRON} and tells(step)]
    fresh = [step for step in others if step not in seen.trail]
    told += [(step.when, step_words(step, names, eye)) for step in fresh]
    told.sort(key=lambda each: each[0])
    lines = [f"{on_day(when, eye.now, eye.zone)}  {cut(words, SAID)}" for when, words in told]
    more = [f"{len(lines) - SINCE} more before that."] if len(lines) > SINCE else []
    return "\n".join([*more, *lines[-SINCE:]])


SAID = 160
"""How much of each a line shows, in cells."""
