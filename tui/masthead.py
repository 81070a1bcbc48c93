"""The first line of every screen: the library, what its clock is, who sits here, and the time. Pure."""

from __future__ import annotations

from collections.abc import Sequence

from helpdesk.ports import Notice
from tui.plain import cut, one_line, width, wrap
from tui.render import Eye
from tui.words import DAYS, Line, Span, Tone, local


def masthead(library: str, said: str, who: Span, eye: Eye, trouble: str, cells: int) -> Line:
    """Library on the left, the member and the time on the right; what the clock is, or the trouble, between."""
    now = local(eye.now, eye.zone)
    time = f"{DAYS[now.weekday()]} {now:%H:%M} "
    right: list[Span] = [who, ("  ", Tone.PLAIN), (time, Tone.PLAIN)]
    room = cells - sum(width(text) for text, _ in right)
    middle: Span = (one_line(trouble), Tone.LATE) if trouble else (one_line(said), Tone.SOON)
    need = width(middle[0]) + 4 if middle[0] else 2
    left = cut(f" {one_line(library)}", max(room - need, 4))
    between = cut(middle[0], max(room - width(left) - 3, 0))
    gap = room - width(left) - width(between)
    return (
        (left, Tone.STRONG),
        (" " * max(gap // 2, 1), Tone.PLAIN),
        (between, middle[1]),
        (" " * max(gap - gap // 2, 1), Tone.PLAIN),
        *right,
    )


def who_span(name: str, available: bool) -> Span:
    """The member, and whether contacts come to them."""
    return (f"{cut(one_line(name), 20)} · {'available' if available else 'away'}", Tone.DIM if available else Tone.SOON)


def notice_lines(notices: Sequence[Notice], cells: int, most: int = 3) -> list[Line]:
    """Trouble that is not over: errors first, each on one or two lines."""
    ranked = sorted(notices, key=lambda notice: (notice.level != "error", notice.since))
    lines: list[Line] = []
    for notice in ranked:
        tone = Tone.LATE if notice.level == "error" else Tone.SOON
        pieces = wrap(one_line(notice.text), cells - 4)[:2]
        lines += [((f" {'!' if at == 0 else ' '} {piece}", tone),) for at, piece in enumerate(pieces)]
    if len(lines) > most:
        hidden = len(lines) - most + 1
        lines = [*lines[: most - 1], ((f"   and {hidden} more lines of trouble", Tone.DIM),)]
    return lines
