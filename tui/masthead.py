"""The first line of every screen: the library, what its clock is, who sits here, and the time. Pure."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from tui.plain import cut, one_line, width, wrap
from tui.render import Eye
from tui.status import Piece, fitted
from tui.tour import Guide
from tui.words import DAYS, Line, Span, Tone, local

LIVE, OFFLINE = "live", "offline"
"""Whether changes arrive as they happen; since when not is said with the trouble."""


def masthead(
    library: str, said: str, who: Span, eye: Eye, trouble: str, cells: int, status: Sequence[Piece] = ()
) -> list[Line]:
    """Library on the left, the member, the line and the time on the right; what the clock is, or the trouble, between.

    What does not fit between goes on a line of its own: it is never cut for the sake of the rest. ``status``: what
    there is to tell at a glance; where not all of it fits on the first line it stands on a second one, as far as there
    is room.
    """
    now = local(eye.now, eye.zone)
    line: Span = (OFFLINE, Tone.LATE) if trouble else (LIVE, Tone.DIM)
    right: tuple[Span, ...] = (who, _GAP, line, _GAP, (f"{DAYS[now.weekday()]} {now:%H:%M} ", Tone.PLAIN))
    said_there: Span = (one_line(trouble), Tone.LATE) if trouble else (one_line(said), Tone.SOON)
    room = cells - _cells(right)
    free = room - width(one_line(library)) - 7
    between = free >= width(said_there[0])
    middle: Line = (said_there,) if said_there[0] and between else ()
    pieces = wrap(said_there[0], cells - 2) if said_there[0] and not between else []
    lines: list[Line] = [((f" {piece}", said_there[1]),) for piece in pieces]
    *before, last = lines or [_NOTHING]
    told = fitted(status, free - _cells(middle) - 3 * bool(middle))
    below = fitted(status, cells - _cells(last) - (3 if last else 2))
    if _many(told) == len(status) or len(below) <= len(told):
        below = _NOTHING
    else:
        told = _NOTHING
    first = (*_first(one_line(library), _side_by_side(middle, told), room), *right)
    return [first, *before, *([_side_by_side(last, below, " ")] if last or below else [])]


_GAP: Span = ("  ", Tone.PLAIN)
_NOTHING: Line = ()


def _many(told: Line) -> int:
    """How many pieces of the status stand in a line: all but what is between them."""
    return (len(told) + 1) // 2


def _side_by_side(one: Line, other: Line, edge: str = "") -> Line:
    """Two pieces of a line, with a gap between; where the first is empty, ``edge`` stands before the second."""
    gap = ("   " if one else edge) if other else ""
    return (*one, *(((gap, Tone.PLAIN),) if gap else ()), *other)


def _first(library: str, middle: Line, room: int) -> Line:
    """The library and what stands between, spread over ``room`` cells."""
    left = cut(f" {library}", max(room - _cells(middle) - 2, 4))
    gap = max(room - width(left) - _cells(middle), 2)
    return (
        (left, Tone.STRONG),
        (" " * (gap // 2), Tone.PLAIN),
        *middle,
        (" " * (gap - gap // 2), Tone.PLAIN),
    )


def _cells(line: Line) -> int:
    return sum(width(text) for text, _ in line)


def guide_lines(guide: Guide | None, key_of: Callable[[str], str], cells: int) -> list[Line]:
    """What the tour asks for, below all else of the first lines; () where none is given."""
    words = guide.words(key_of) if guide is not None else ""
    return [((f" {piece}", Tone.ACCENT),) for piece in wrap(words, cells - 2)] if words else []


def who_span(name: str, available: bool) -> Span:
    """The member, and whether contacts come to them."""
    return (f"{cut(one_line(name), 20)} · {'available' if available else 'away'}", Tone.DIM if available else Tone.SOON)
