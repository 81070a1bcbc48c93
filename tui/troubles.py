"""Trouble that is not over: the few lines above the footer, and the page that has it all. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from helpdesk.clock import MINUTE
from helpdesk.sight import Notice
from tui.plain import cut, many_lines, one_line, wrap
from tui.prose import MEASURE
from tui.render import Eye
from tui.words import Line, Tone, full_time, plural

MOST = 3
"""How many lines trouble takes above the footer."""

LEVELS = {"error": "Error", "warning": "Warning"}


def notice_lines(notices: Sequence[Notice], cells: int, key: str, most: int = MOST) -> list[Line]:
    """Trouble in at most ``most`` lines, errors first. What does not fit is cut, and ``key`` is named that shows it."""
    ranked = _ranked(notices)
    whole = [line for notice in ranked for line in _marked(wrap(one_line(notice.text), cells - 4), notice)]
    if len(whole) <= most:
        return whole
    if len(ranked) == 1:
        first, *rest = wrap(one_line(ranked[0].text), cells - 4)
        shown = _marked([first, cut(" ".join(rest), cells - 4)], ranked[0])
        told = f"{key} shows it whole"
    else:
        shown = [_marked([cut(one_line(notice.text), cells - 4)], notice)[0] for notice in ranked[: most - 1]]
        told = f"{plural(len(ranked), 'trouble')}: {key} shows them whole"
    return [*shown, ((f"   {told}", Tone.DIM),)]


def _ranked(notices: Sequence[Notice]) -> list[Notice]:
    """Errors first, the oldest first."""
    return sorted(notices, key=lambda notice: (notice.level != "error", notice.since))


def _marked(pieces: Sequence[str], notice: Notice) -> list[Line]:
    """The lines of one, the first with its mark."""
    return [((f" {'!' if at == 0 else ' '} {piece}", _tone(notice)),) for at, piece in enumerate(pieces)]


def _tone(notice: Notice) -> Tone:
    return Tone.LATE if notice.level == "error" else Tone.SOON


def troubles_heading(notices: Sequence[Notice]) -> Line:
    """The page's first line."""
    many = f"   {plural(len(notices), 'trouble')}" if notices else ""
    return ((" What is not right", Tone.STRONG), (many, Tone.DIM))


def troubles_lines(notices: Sequence[Notice], broken: str, eye: Eye, cells: int) -> list[Line]:
    """Every trouble whole: since when, what it is and what to do. ``broken``: why the server does not answer, or ""."""
    lines: list[Line] = []
    if broken:
        lines += [*_text(broken, cells, Tone.LATE), ((" What was known before:", Tone.DIM),), ()]
    for notice in _ranked(notices):
        lines += [((f" {LEVELS.get(notice.level, notice.level)}{_since(notice, eye)}", _tone(notice)),)]
        lines += [*_text(notice.text, cells), ()]
    return lines if notices else [*lines, ((" Nothing. Trouble would stand here until it is over.", Tone.DIM),)]


def _since(notice: Notice, eye: Eye) -> str:
    """Since when; of what has only begun, nothing."""
    return "" if eye.now - notice.since < MINUTE else f", since {full_time(notice.since, eye.now, eye.zone)}"


def _text(text: str, cells: int, tone: Tone = Tone.PLAIN) -> Iterator[Line]:
    for line in many_lines(text):
        for piece in wrap(line, min(cells - 4, MEASURE)):
            yield ((f"   {piece}", tone),)
