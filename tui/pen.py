"""How the terminal is told how cells look: what is set already is not said again, only what differs."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import NamedTuple

Look = tuple[str, str]
"""What comes before a text and after it, so that it looks as its style says."""

SET = re.compile(r"(?:\x1b\[([\d;]*)m)?")
LIFTED = "\x1b[0m"

OFF = {"1": "22", "2": "22", "3": "23", "4": "24", "5": "25", "7": "27", "8": "28", "9": "29", "21": "24"}
"""How a terminal is told to have a thing of a style no longer: bold, dim, italic, underlined, and so on."""

UNSEEN = frozenset("123")
"""What is not seen of a blank: bold, dim, italic. Its ink isn't, either."""


class Ink(NamedTuple):
    """What is set: the colour of signs and of their ground ("" for the terminal's own), and all else."""

    colour: str = ""
    ground: str = ""
    more: frozenset[str] = frozenset()


NONE = Ink()


class Pen:
    """Writes one update. At its beginning nothing is set on the terminal, and at its end once it was lifted."""

    __slots__ = ("_ink",)

    def __init__(self) -> None:
        self._ink = NONE

    def writes(self, text: str, look: Look) -> str:
        """The bytes of a text."""
        ink = ink_of(look)
        if ink is None:
            return f"{self.lifted()}{look[0]}{text}{look[1]}"
        if not (ink.colour or ink.more) and self._ink.more <= UNSEEN and text.isspace():
            ink = self._ink._replace(ground=ink.ground)
        before, self._ink = self._ink, ink
        return turned(before, ink) + text

    def lifted(self) -> str:
        """What leaves nothing set."""
        before, self._ink = self._ink, NONE
        return LIFTED if before != NONE else ""


@lru_cache(1024)
def ink_of(look: Look) -> Ink | None:
    """What a look sets; None for one that sets more than a terminal can be told to leave off by itself: a link."""
    found = SET.fullmatch(look[0])
    if found is None or look[1] not in ("", LIFTED):
        return None
    colour, ground, more = "", "", set[str]()
    for word in _words(iter((found[1] or "0").split(";"))):
        kind = word.split(";")[0]
        if word in ("0", "39", "49"):
            continue
        if word in OFF:
            more.add(word)
        elif kind == "38" or (len(kind) == 2 and kind[0] in "39"):
            colour = word
        elif kind == "48" or kind[0] == "4" or kind.startswith("10"):
            ground = word
        else:
            return None
    return Ink(colour, ground, frozenset(more))


def _words(numbers: Iterator[str]) -> Iterator[str]:
    """The numbers as they belong together: a colour of 256, or of 16 million, is several."""
    for number in numbers:
        if number not in ("38", "48"):
            yield number
            continue
        kind = next(numbers)
        yield ";".join([number, kind, *(next(numbers) for _ in range(3 if kind == "2" else 1))])


@lru_cache(4096)
def turned(was: Ink, ink: Ink) -> str:
    """What brings the terminal from one ink to another, in the fewest bytes."""
    off = sorted({OFF[each] for each in was.more - ink.more})
    on = sorted(each for each in ink.more if each not in was.more or OFF[each] in off)
    changed = [*off, *on]
    changed += [ink.colour or "39"] if ink.colour != was.colour else []
    changed += [ink.ground or "49"] if ink.ground != was.ground else []
    anew = ["0", *sorted(ink.more), *filter(None, (ink.colour, ink.ground))]
    return _said(min(changed, anew, key=lambda words: len(_said(words))))


def _said(words: list[str]) -> str:
    return f"\x1b[{';'.join(words)}m" if words else ""
