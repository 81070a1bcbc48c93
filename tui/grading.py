"""How a contact went, as staff say it in a key or two: READ level, and whether one contact was enough. Pure."""

from __future__ import annotations

from typing import NamedTuple

from helpdesk.sorts import READ
from tui.words import Line, Tone, graded

YES, NO = "y", "n"

SAY = "Type a level from 1 to 6, yes or no for first contact, or both; none takes it back."
"""What is said of words that say neither."""

_YES, _NO = frozenset({"y", "yes"}), frozenset({"n", "no"})


class Said(NamedTuple):
    """A READ level, and whether one contact was enough; None where nothing was said of it."""

    effort: int | None
    first_contact: bool | None


def said_of(typed: str, before: Said) -> Said | None:
    """What "2", "yes" or "3 no" says, the rest as it was; "none" takes all back; None for anything else."""
    words = typed.casefold().split()
    if words == ["none"]:
        return Said(None, None)
    said = before
    for word in words:
        found = pressed(word[:1] if word in _YES | _NO else word, said)
        if found is None:
            return None
        said = found
    return said if words else None


def pressed(key: str, before: Said) -> Said | None:
    """What a key adds to what was said; None for a key that means nothing here."""
    if key.isascii() and key.isdecimal() and int(key) in READ:
        return before._replace(effort=int(key))
    if key in {YES, NO}:
        return before._replace(first_contact=key == YES)
    return None


def scale(said: Said) -> list[Line]:
    """The levels, a line each; what was said is marked."""
    return [
        ((f" {level} ", Tone.ACCENT), (words, Tone.STRONG if said.effort == level else Tone.PLAIN))
        for level, words in READ.items()
    ]


def so_far(said: Said) -> str:
    """What was said, in words."""
    return graded(said.effort, said.first_contact) or "nothing said yet"
