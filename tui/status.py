"""What the first line tells at a glance: what is selected, what is due next, what is one's own. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from helpdesk.worklist import View
from tui.on_duty import on_duty_ways
from tui.plain import cut, one_line, width
from tui.sitting import Sitting
from tui.words import Line, Tone, capped, countdown, on_day, plural

BETWEEN = " · "

UNDO, UNDO_SHORT = 28, 14
"""Cells for what would be taken back, and the fewest that still say what."""

COUNTED = ((View.UNANSWERED, "new"), (View.BREACHING, "late or nearly"))
"""What is counted for everybody, last of all: the tabs count it, too."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Piece:
    """One thing to tell. ``ways``: how it can be put, the longest first; the shortest where there is no more room."""

    ways: tuple[str, ...]
    tone: Tone


def pieces(sitting: Sitting, undo_key: str = "z") -> list[Piece]:
    """What there is to tell, the most needed first; nothing is told of what there is none of."""
    now, found = sitting.clock.now(), list[Piece]()

    def tell(tone: Tone, *ways: str) -> None:
        found.append(Piece(ways=ways, tone=tone))

    if sitting.selected:
        tell(Tone.ACCENT, f"{sitting.selected} selected")
    if sitting.soon:
        row = sitting.soon[0]
        words, tone = countdown(row.due, now, sitting.zone)
        tell(Tone.DIM if tone is Tone.PLAIN else tone, f"#{row.number} {words}")
    if (till := sitting.quiet_till) is not None:
        tell(Tone.DIM, f"quiet till {on_day(till, now, sitting.zone)}")
    if drafts := len(sitting.drafts.tickets(sitting.actor)):
        unkept = bool(sitting.keeping.unkept) and not sitting.trouble
        words = plural(drafts, "draft")
        tell(Tone.LATE, f"{words}, not kept yet") if unkept else tell(Tone.SOON, words)
    if news := len(sitting.news):
        tell(Tone.SOON, f"news on {plural(news, 'ticket')}")
    if mine := sitting.counts.get(View.MINE, 0):
        tell(Tone.DIM, f"{capped(mine)} mine")
    if words := one_line(undo_words(sitting)):
        long, short = cut(words, UNDO), cut(words, UNDO_SHORT)
        tell(Tone.DIM, f"{undo_key} takes back {long}", f"{undo_key}: {long}", f"{undo_key}: {short}")
    if on := on_duty_ways(sitting.on_duty, sitting.names):
        tell(Tone.DIM, *on)
    for view, word in COUNTED:
        if count := sitting.counts.get(view, 0):
            tell(Tone.DIM, f"{capped(count)} {word}")
    return found


def undo_words(sitting: Sitting) -> str:
    """What would be taken back, "" where there is nothing."""
    deed = sitting.deeds.last
    return deed.words if deed is not None else ""


def fitted(found: Sequence[Piece], cells: int) -> Line:
    """As many as there is room for, with a point between; what is needed least goes first.

    Each is put as shortly as it must be for the others to stand, and as fully as they leave it room.
    """
    stand = list[Piece]()
    while len(stand) < len(found) and _cells([each.ways[-1] for each in (*stand, found[len(stand)])]) <= cells:
        stand.append(found[len(stand)])
    words = [each.ways[-1] for each in stand]
    for place, each in enumerate(stand):
        ways = ([*words[:place], way, *words[place + 1 :]] for way in each.ways)
        words = next((one for one in ways if _cells(one) <= cells), words)
    told = [(text, each.tone) for text, each in zip(words, stand, strict=True)]
    return tuple(span for each in told for span in ((BETWEEN, Tone.FAINT), each))[1:]


def _cells(words: Sequence[str]) -> int:
    """How wide they are with what stands between them."""
    return sum(width(each) for each in words) + len(BETWEEN) * (len(words) - 1)
