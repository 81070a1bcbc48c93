"""Slips of spelling: the known word that somebody meant, if there is exactly one near enough.

Found through words with letters left out, in time that grows with the word only.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

SHORTEST = 5
"""Shorter words are too like others to be put right."""

LONGEST = 20
TWO_SLIPS = 9
"""From this length a word may have two slips."""

_DRAWN_OUT = re.compile(r"(.)\1{2,}")


@dataclass(frozen=True, slots=True)
class Speller:
    """Knows some words. ``itself``: words of everyday life, never put right; ``short``: short forms."""

    known: frozenset[str]
    itself: frozenset[str]
    short: Mapping[str, str]
    near: Mapping[str, tuple[str, ...]]

    def meant(self, word: str) -> str:
        """The known word that ``word`` stands for, or the word itself."""
        if word in self.short:
            return self.short[word]
        if word in self.known or word in self.itself or not word.isalpha():
            return word
        slip = self._slip(word) or next(filter(None, map(self._exactly, _drawn_in(word))), word)
        return self.short.get(slip, slip)

    def _exactly(self, word: str) -> str:
        return self.short.get(word, word if word in self.known else "")

    def _slip(self, word: str) -> str:
        if not SHORTEST <= len(word) <= LONGEST:
            return ""
        close = {known for part in _without(word) for known in self.near.get(part, ()) if _near_enough(word, known)}
        return close.pop() if len(close) == 1 else ""

    def halves(self, word: str) -> int:
        """Where two known words were written as one, 0 if they were not."""
        if word in self.known or word in self.itself or not 6 <= len(word) <= LONGEST:
            return 0
        cuts = (cut for cut in range(2, len(word) - 2) if self._half(word[:cut]) and self._half(word[cut:]))
        return next(cuts, 0)

    def _half(self, word: str) -> bool:
        return (word in self.known and len(word) > 2) or word in ("rm", "lvl", "flr", "pc")


def speller(known: Iterable[str], itself: frozenset[str], short: Mapping[str, str]) -> Speller:
    """One that knows these words."""
    words = frozenset(word for word in known if word.isalpha())
    near: dict[str, tuple[str, ...]] = {}
    for word in sorted(words):
        if len(word) >= SHORTEST:
            for part in _without(word):
                near[part] = (*near.get(part, ()), word)
    return Speller(words, itself, short, near)


def _without(word: str) -> frozenset[str]:
    """The word, and what is left of it without any one letter; without any two from TWO_SLIPS on."""
    once = {word[:at] + word[at + 1 :] for at in range(len(word))}
    if len(word) < TWO_SLIPS:
        return frozenset({word, *once})
    return frozenset({word, *once, *(one[:at] + one[at + 1 :] for one in once for at in range(len(one)))})


def _near_enough(word: str, known: str) -> bool:
    if word[0] != known[0] and word[:2] != known[1::-1]:
        return False
    return slips(word, known) <= (2 if min(len(word), len(known)) >= TWO_SLIPS else 1)


def slips(one: str, other: str) -> int:
    """How many letters are wrong, missing, too many, or swapped with their neighbour."""
    before: list[int] = []
    row = list(range(len(other) + 1))
    for at, letter in enumerate(one, 1):
        earlier, before, row = before, row, [at]
        for place, theirs in enumerate(other, 1):
            cost = min(before[place] + 1, row[-1] + 1, before[place - 1] + (letter != theirs))
            if at > 1 and place > 1 and letter == other[place - 2] and one[at - 2] == theirs:
                cost = min(cost, earlier[place - 2] + 1)
            row.append(cost)
    return row[-1]


def _drawn_in(word: str) -> Iterator[str]:
    """ "floooor" as "floor" and "flor"."""
    if _DRAWN_OUT.search(word) and len(word) <= 60:
        yield _DRAWN_OUT.sub(r"\1\1", word)
        yield _DRAWN_OUT.sub(r"\1", word)
