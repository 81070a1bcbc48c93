"""A text as words, numbers and marks, each with the place where it stands."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass

LONGEST = 4000
"""Characters that are read; a text has at most 1,600, and what follows is told, not where it is."""

_TOKEN = re.compile(r"[^\W\d_]+(?:'[^\W\d_]+)*|\d+|[^\w\s]|_")
_PLAIN = {"’": "'", "‘": "'", "`": "'", "–": "-", "—": "-", "‐": "-", "‑": "-", "−": "-"}


@dataclass(frozen=True, slots=True)
class Token:
    """A word, a number or a mark. ``word`` is in small letters without accents; ``spaced``: a gap stands before it."""

    start: int
    end: int
    word: str
    spaced: bool


def tokens_of(text: str) -> tuple[Token, ...]:
    """The tokens of a text; a word ends where letters meet digits, so that "lvl3" is two."""
    return tuple(_tokens(text[:LONGEST]))


def _tokens(text: str) -> Iterator[Token]:
    plain = "".join(_letter(letter) for letter in text)
    end = 0
    for found in _TOKEN.finditer(plain):
        start, word = found.start(), found[0]
        yield Token(start, found.end(), word, start > end or start == 0)
        end = found.end()


def _letter(letter: str) -> str:
    """One character as one plain small one: no accent, no full width; marks that look alike are one."""
    if letter.isascii():
        return letter.lower()
    plain = _PLAIN.get(letter) or unicodedata.normalize("NFKD", letter)[0].lower()
    return plain[0] if plain.isascii() or plain.isalnum() else " "
