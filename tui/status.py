"""What the first line tells at a glance: what is selected, what is due next, what is one's own. Pure."""

from __future__ import annotations

from collections.abc import Sequence

from helpdesk.worklist import View
from tui.on_duty import on_duty_words
from tui.plain import cut, one_line, width
from tui.sitting import Sitting
from tui.words import Line, Span, Tone, capped, countdown, on_day, plural

BETWEEN = " · "
ON = 40
"""Cells for who is on."""

UNDO = 28
"""Cells for what would be taken back."""


def pieces(sitting: Sitting, undo_key: str = "z") -> list[Span]:
    """What there is to tell, the most needed first; nothing is told of what there is none of."""
    now, found = sitting.clock.now(), list[Span]()
    if sitting.selected:
        found.append((f"{sitting.selected} selected", Tone.ACCENT))
    if sitting.soon:
        row = sitting.soon[0]
        words, tone = countdown(row.due, now, sitting.zone)
        found.append((f"{row.number}: {words}", tone))
    if now < sitting.quiet_until:
        found.append((f"quiet till {on_day(sitting.quiet_until, now, sitting.zone)}", Tone.DIM))
    if drafts := len(sitting.drafts.tickets(sitting.actor)):
        found.append((plural(drafts, "draft"), Tone.SOON))
    for view, word in ((View.MINE, "mine"), (View.UNANSWERED, "new"), (View.BREACHING, "close to late")):
        if count := sitting.counts.get(view, 0):
            found.append((f"{capped(count)} {word}", Tone.DIM))
    if words := undo_words(sitting):
        found.append((f"{undo_key} takes back {cut(one_line(words), UNDO)}", Tone.DIM))
    if on := on_duty_words(sitting.on_duty, sitting.names, ON):
        found.append((on, Tone.DIM))
    return found


def undo_words(sitting: Sitting) -> str:
    """What would be taken back, "" where there is nothing."""
    deed = sitting.deeds.last
    return deed.words if deed is not None else ""


def fitted(found: Sequence[Span], cells: int) -> Line:
    """As many as there is room for, with a point between; what is needed least goes first."""
    spans: list[Span] = []
    for words, tone in found:
        between = [(BETWEEN, Tone.FAINT)] if spans else []
        if sum(width(text) for text, _ in [*spans, *between]) + width(words) > cells:
            break
        spans += [*between, (words, tone)]
    return tuple(spans)
