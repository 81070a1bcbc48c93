"""The first line of every screen: the library, what its clock is, who sits here, and the time. Pure."""

from __future__ import annotations

from tui.plain import cut, one_line, width, wrap
from tui.render import Eye
from tui.words import DAYS, Line, Span, Tone, local


def masthead(library: str, said: str, who: Span, eye: Eye, trouble: str, cells: int) -> list[Line]:
    """Library on the left, the member and the time on the right; what the clock is, or the trouble, between.

    What does not fit between goes on a line of its own: it is never cut for the sake of the rest.
    """
    now = local(eye.now, eye.zone)
    right: tuple[Span, ...] = (who, ("  ", Tone.PLAIN), (f"{DAYS[now.weekday()]} {now:%H:%M} ", Tone.PLAIN))
    middle: Span = (one_line(trouble), Tone.LATE) if trouble else (one_line(said), Tone.SOON)
    room = cells - sum(width(text) for text, _ in right)
    between = room - width(one_line(library)) - width(middle[0]) - 7 >= 0
    first = _first(one_line(library), middle if between else ("", Tone.PLAIN), room)
    below: list[Line] = [((f" {piece}", middle[1]),) for piece in wrap(middle[0], cells - 2)] if middle[0] else []
    return [(*first, *right)] if between else [(*first, *right), *below]


def _first(library: str, middle: Span, room: int) -> Line:
    """The library and what stands between, spread over ``room`` cells."""
    left = cut(f" {library}", max(room - width(middle[0]) - 2, 4))
    gap = max(room - width(left) - width(middle[0]), 2)
    return (
        (left, Tone.STRONG),
        (" " * (gap // 2), Tone.PLAIN),
        middle,
        (" " * (gap - gap // 2), Tone.PLAIN),
    )


def who_span(name: str, available: bool) -> Span:
    """The member, and whether contacts come to them."""
    return (f"{cut(one_line(name), 20)} · {'available' if available else 'away'}", Tone.DIM if available else Tone.SOON)
