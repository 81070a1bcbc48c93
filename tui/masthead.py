"""The first line of every screen: the library, what its clock is, who sits here, and the time. Pure."""

from __future__ import annotations

from collections.abc import Sequence

from tui.plain import cut, one_line, width, wrap
from tui.render import Eye
from tui.status import fitted
from tui.words import DAYS, Line, Span, Tone, local


def masthead(
    library: str, said: str, who: Span, eye: Eye, trouble: str, cells: int, status: Sequence[Span] = ()
) -> list[Line]:
    """Library on the left, the member and the time on the right; what the clock is, or the trouble, between.

    What does not fit between goes on a line of its own: it is never cut for the sake of the rest. ``status``: what
    there is to tell at a glance, as much of it as there is room for.
    """
    now = local(eye.now, eye.zone)
    right: tuple[Span, ...] = (who, ("  ", Tone.PLAIN), (f"{DAYS[now.weekday()]} {now:%H:%M} ", Tone.PLAIN))
    said_there: Span = (one_line(trouble), Tone.LATE) if trouble else (one_line(said), Tone.SOON)
    room = cells - _cells(right)
    free = room - width(one_line(library)) - 7
    between = free >= width(said_there[0])
    middle: Line = (said_there,) if said_there[0] and between else ()
    told = fitted(status, free - _cells(middle) - 3 * bool(middle))
    gap: Line = ((" " * 3, Tone.PLAIN),) if middle and told else ()
    first = (*_first(one_line(library), (*middle, *gap, *told), room), *right)
    pieces = wrap(said_there[0], cells - 2) if said_there[0] and not between else []
    return [first, *[((f" {piece}", said_there[1]),) for piece in pieces]]


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


def who_span(name: str, available: bool) -> Span:
    """The member, and whether contacts come to them."""
    return (f"{cut(one_line(name), 20)} · {'available' if available else 'away'}", Tone.DIM if available else Tone.SOON)
