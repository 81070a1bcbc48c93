"""The words of a text as they were meant: capitals, accents and apostrophes away, text-speak and slips mended. Pure.

Only towards words that somebody looks for: what is mended becomes one of those, everything else stays as it is.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

Span = tuple[int, int]
"""Offsets into a text: from, and up to but not including."""

LONGEST = 24
"""Letters of a word that are read; a longer one is none that is looked for."""

STOP = "."
"""Stands for the end of a sentence or a line."""

_TOKEN = re.compile(r"[^\W_]+(?:['\u2018\u2019\u02bc`\u00b4][^\W_]+)*|[.!?;\n]+|[\U0001f300-\U0001faff]")
_APOSTROPHES = str.maketrans("", "", "'\u2018\u2019\u02bc`\u00b4")
_FIGURES = str.maketrans("013457", "oieast")
_AGAIN = re.compile(r"(\w)\1{2,}")
_TWICE = re.compile(r"(\w)\1+")
_SHORTEST = 5


@dataclass(frozen=True, slots=True)
class Word:
    """A word as it was meant, and where it stands in the text."""

    text: str
    span: Span


class Spelling:
    """Reads words.

    ``known``  words that are looked for, so none is mended into another
    ``spelt``  what stands for a word that is written so: one word or several
    ``near``   long words that are known by all but one letter too, the first letter right
    ``apart``  words that are near one of those and mean something else
    """

    def __init__(
        self, *, known: Iterable[str], spelt: Mapping[str, str], near: Iterable[str], apart: Iterable[str]
    ) -> None:
        self._known = frozenset(known)
        self._spelt = dict(spelt)
        self._apart = frozenset(apart)
        self._near: dict[str, list[str]] = {}
        for word in near:
            for form in {word, *_shorter(word)}:
                self._near.setdefault(form, []).append(word)

    def words(self, text: str) -> list[Word]:
        """The words of a text in order, and the ends of its sentences."""
        return [Word(part, match.span()) for match in _TOKEN.finditer(text) for part in self._meant(match[0]).split()]

    def _meant(self, written: str) -> str:
        if written[0] in ".!?;\n":
            return STOP
        word = _folded(written)
        return next((found for form in _forms(word) if (found := self._looked_up(form))), self._mended(word) or word)

    def _looked_up(self, word: str) -> str:
        return self._spelt.get(word) or (word if word in self._known else "")

    def _mended(self, word: str) -> str:
        """A word that is looked for and differs by one letter, "" if there is none."""
        if len(word) < _SHORTEST - 1 or word in self._apart:
            return ""
        candidates = (near for form in (word, *_shorter(word)) for near in self._near.get(form, ()))
        return next((near for near in candidates if near[0] == word[0] and _one_slip(word, near)), "")


def _folded(written: str) -> str:
    plain = unicodedata.normalize("NFKD", written[:LONGEST].translate(_APOSTROPHES).casefold())
    return "".join(letter for letter in plain if not unicodedata.combining(letter)) or written[:LONGEST]


def _forms(word: str) -> Iterator[str]:
    """The word, and what it may be short of drawn-out letters and figures that stand for letters."""
    yield word
    if _AGAIN.search(word):
        yield _AGAIN.sub(r"\1\1", word)
        yield _AGAIN.sub(r"\1", word)
        yield _TWICE.sub(r"\1", word)
    if not word.isalpha() and not word.isdigit():
        yield word.translate(_FIGURES)


def _shorter(word: str) -> Iterator[str]:
    return (word[:place] + word[place + 1 :] for place in range(len(word)))


def _one_slip(a: str, b: str) -> bool:
    """Whether one letter is wrong, missing or too many, or two neighbours are changed round."""
    if len(a) != len(b):
        longer, shorter = sorted((a, b), key=len, reverse=True)
        return len(longer) - len(shorter) == 1 and shorter in _shorter(longer)
    wrong = [place for place, (one, other) in enumerate(zip(a, b, strict=True)) if one != other]
    return len(wrong) == 1 or (
        len(wrong) == 2 and wrong[1] == wrong[0] + 1 and a[wrong[0]] == b[wrong[1]] and a[wrong[1]] == b[wrong[0]]
    )
