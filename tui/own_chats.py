"""One's own open chats: the strip below the thread, and which one is next. Pure."""

from __future__ import annotations

from collections.abc import Sequence

from helpdesk.message import TicketId
from helpdesk.sight import OwnChat
from tui.plain import cut, one_line, width
from tui.words import Line, Tone

NAME = 12
"""Cells for a visitor's name."""


def chats_line(chats: Sequence[OwnChat], here: TicketId, cells: int) -> list[Line]:
    """ "Chats  14 Omar: 2 new  12 Mina (here)  15 Jo, writes …  16 Lu, left".

    None where the only chat is the one that is read.
    """
    if not [each for each in chats if each.ticket != here] and not any(each.writing for each in chats):
        return []
    spans: list[tuple[str, Tone]] = [(" Chats ", Tone.DIM)]
    left = cells - width(" Chats ")
    for each in sorted(chats, key=_foremost):
        words = f" {_words(each, here)} "
        if width(words) > left:
            return [(*spans, ("…", Tone.DIM))]
        spans.append((words, _tone(each, here)))
        left -= width(words)
    return [tuple(spans)]


def _foremost(each: OwnChat) -> tuple[bool, bool, int]:
    """Who waits for words before the others, who has left after them."""
    return (each.left, each.fresh == 0, each.number)


def _words(each: OwnChat, here: TicketId) -> str:
    name = f"{each.number} {cut(one_line(each.name) or 'Visitor', NAME)}"
    new = f": {each.fresh} new" if each.fresh else ""
    does = ", left" if each.left else ", writes …" if each.writing else ""
    return f"{name}{new}{does}{' (here)' if each.ticket == here else ''}"


def _tone(each: OwnChat, here: TicketId) -> Tone:
    if each.ticket == here or each.left:
        return Tone.DIM
    return Tone.STRONG if each.fresh else Tone.PLAIN


def next_chat(chats: Sequence[OwnChat], here: TicketId | None) -> OwnChat | None:
    """The chat to go to: with something new before the others, in turn after the one that is read; who left last."""
    others = [each for each in chats if each.ticket != here]
    number = next((each.number for each in chats if each.ticket == here), 0)
    in_turn = sorted(others, key=lambda each: (each.left, each.fresh == 0, each.number <= number, each.number))
    return in_turn[0] if in_turn else None
