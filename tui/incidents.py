"""Incidents as rows of text. Pure functions of what is known and the width."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from helpdesk.noise.incidents import Incident, IncidentState, NoiseOutcome
from helpdesk.worklist import Anchor
from tui.columns import CLOCK
from tui.noise import NOISES, clock, place, state_in_short, state_words
from tui.plain import cut, fit, width
from tui.render import GAP, Eye, bar
from tui.words import OUTCOMES, Line, Span, Tone, danger, span

IN_SHORT = {
    NoiseOutcome.QUIET: "quiet",
    NoiseOutcome.MOVED: "moved",
    NoiseOutcome.SECURITY: "by security",
}
"""Outcomes that a narrow column can't hold whole."""

GUTTER, AGE, NOISE, BY = 4, 6, 7, 3


@dataclass(frozen=True, slots=True)
class Columns:
    """The widths of the columns in cells; ``number`` and ``noise`` are 0 where there is no room for them."""

    total: int
    number: int
    place: int
    noise: int
    state: int

    @property
    def clock_at(self) -> int:
        """Where the clock column starts."""
        return GUTTER


def columns(total: int) -> Columns:
    """Columns for a list of ``total`` cells."""
    roomy = total >= 100
    number, noise, state = (5, NOISE, 26) if roomy else (0, NOISE, 16)
    if total < 72:
        noise, state = 0, 15
    fixed = GUTTER + CLOCK + 2 + AGE + 1 + (number + 1 if number else 0) + (noise + 2 if noise else 0) + BY + 2
    return Columns(total, number, max(total - fixed - 2 - state - 1, 6), noise, state)


@dataclass(frozen=True, slots=True, kw_only=True)
class IncidentPage:
    """Incidents ``start`` to ``start + len(rows)`` of at least ``total``."""

    start: int
    rows: tuple[Incident, ...]
    total: int
    anchors: tuple[Anchor, ...] = ()


def page_of(rows: Sequence[Incident], start: int, count: int) -> IncidentPage:
    """What was read from ``start``; a full page has more behind it."""
    return IncidentPage(start=start, rows=tuple(rows), total=start + len(rows) + (1 if len(rows) >= count else 0))


def incident_line(incident: Incident, eye: Eye, cells: Columns, *, selected: bool = False, armed: bool = True) -> Line:
    """An incident as one line of exactly ``cells.total`` cells; not ``armed``: the bar stands there, on none."""
    due, tone = clock(incident, eye)
    strong = Tone.STRONG if incident.state is IncidentState.OPEN else Tone.PLAIN
    number: Line = ((fit(str(incident.number), cells.number) + " ", Tone.DIM),) if cells.number else ()
    state, state_tone = _state(incident, eye, cells)
    return (
        bar(selected=selected, armed=armed),
        _mark(incident),
        (fit(due, CLOCK) + GAP, tone),
        (fit(age(incident, eye), AGE) + " ", Tone.DIM),
        *number,
        *_what(incident, cells, eye, strong),
        (f"{min(incident.reporters, 999):>{BY}}" + GAP, strong),
        (fit(state, cells.state) + " ", state_tone),
    )


def age(incident: Incident, eye: Eye) -> str:
    """How old it is; of one that is over, how long it took."""
    until = incident.ended if incident.ended is not None else eye.now
    return span(max(until - incident.began, 0))


def _mark(incident: Incident) -> Span:
    if incident.concern is not None and incident.live:
        return (" ! ", Tone.LATE)
    return (" ● " if incident.state is IncidentState.OPEN else "   ", Tone.ACCENT)


def _state(incident: Incident, eye: Eye, cells: Columns) -> Span:
    """Where it stands; with the outcome where there is room."""
    words, tone = state_words(incident, eye)
    if incident.outcome is not None and not incident.live:
        said = OUTCOMES[incident.outcome]
        ways = (f"{words}: {said}", said, IN_SHORT.get(incident.outcome, said))
        return (next((way for way in ways if width(way) <= cells.state), ways[-1]), tone)
    return (words if width(words) <= cells.state else state_in_short(incident, eye, cells.state), tone)


def _what(incident: Incident, cells: Columns, eye: Eye, tone: Tone) -> Line:
    """The place and the kind of noise; a concern stands before the place, and has the room of both."""
    where = place(incident.zone, eye)
    if incident.concern is not None:
        said = danger(incident.concern)
        room = cells.place + (cells.noise + 2 if cells.noise else 0)
        rest = room - width(said) - 2
        if rest < 6:
            return ((fit(said, room) + GAP, Tone.LATE),)
        return ((said + GAP, Tone.LATE), (fit(where, rest) + GAP, tone))
    marks = "" if incident.staffed or cells.place < 21 else " ·unstaffed"
    room = cells.place - len(marks)
    noise: Line = ((fit(NOISES[incident.noise], cells.noise) + GAP, Tone.DIM),) if cells.noise else ()
    return ((fit(where, room), tone), (marks + GAP, Tone.SOON), *noise)


def blank(cells: Columns, *, selected: bool = False) -> Line:
    """A row whose page is still being read."""
    return (("▌" if selected else " ", Tone.ACCENT), (fit("   ·", cells.total - 1), Tone.FAINT))


def incident_heads(cells: Columns, *, over: bool = False) -> Line:
    """The line above the rows."""
    words = " " * GUTTER + fit("ENDED" if over else "DUE", CLOCK) + GAP + fit("TOOK" if over else "AGE", AGE) + " "
    words += fit("NO.", cells.number) + " " if cells.number else ""
    words += fit("PLACE", cells.place) + GAP + (fit("NOISE", cells.noise) + GAP if cells.noise else "")
    words += f"{'BY':>{BY}}" + GAP + fit("OUTCOME" if over else "STATE", cells.state)
    return ((fit(words, cells.total), Tone.FAINT),)


def title_line(incidents: Sequence[Incident], *, over: bool, more: bool, cells: int, key: str = "O") -> Line:
    """What is shown: "Noise now  3 going on, 1 with danger". ``key`` leads from what is over to what goes on."""
    if over:
        return (
            (" Noise that is over", Tone.STRONG),
            (cut(f"   the latest first; {key} goes back", cells - 19), Tone.DIM),
        )
    count = f"{len(incidents)}{'+' if more else ''} going on" if incidents else "nothing is going on"
    grave = sum(each.concern is not None for each in incidents)
    shown: list[Span] = [(" Noise now", Tone.STRONG), (f"   {count}", Tone.DIM)]
    if grave:
        shown += [(", ", Tone.DIM), (f"{grave} with danger", Tone.LATE)]
    nobody = sum(each.state is IncidentState.OPEN for each in incidents)
    if nobody:
        shown += [(", ", Tone.DIM), (f"{nobody} nobody goes to yet", Tone.SOON)]
    return tuple(shown)
