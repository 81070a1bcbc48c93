"""Phrases that are looked for among words, in a small language of their own. Pure.

::

    a|b       one or the other                  word*    whatever it ends in
    word?     may be missing                    ~2       up to two words between, none of them the end of a sentence
    a+b       two words as one choice           !word    not followed by this one
    <them>    one of a group

Each phrase is tried only where its first word stands, so that a text is read in one walk, whatever its length.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Generic, TypeVar

Tag = TypeVar("Tag")
Place = tuple[int, int]
"""Which words of a line: from, and up to but not including."""

_STEM = 3
"""Letters of a first word with an ending left open by which its phrases are found."""


class Phrases(Generic[Tag]):
    """Finds phrases, each under the tag of its list. Of one list's that begin at one word, that of most parts is it."""

    def __init__(self, lists: Iterable[tuple[Tag, Iterable[str]]], groups: Mapping[str, str]) -> None:
        self._whole: dict[str, list[tuple[Tag, re.Pattern[str]]]] = {}
        self._stems: dict[str, list[tuple[Tag, re.Pattern[str]]]] = {}
        for tag, phrases in lists:
            for first, source in _by_first(phrases, groups).items():
                stem = first.endswith("*")
                begins, key = (self._stems, first[:_STEM]) if stem else (self._whole, first)
                begins.setdefault(key, []).append((tag, re.compile(source)))

    def find(self, words: Sequence[str]) -> Iterator[tuple[Tag, Place]]:
        """Where phrases stand, and in whose list, in the order of their first words."""
        line = "".join(f" {word}" for word in words)
        at = 0
        for place, word in enumerate(words):
            for tag, pattern in (*self._whole.get(word, ()), *self._stems.get(word[:_STEM], ())):
                if match := pattern.match(line, at):
                    yield tag, (place, place + match[0].count(" "))
            at += len(word) + 1


def literals(phrases: Iterable[str]) -> frozenset[str]:
    """The whole words that phrases are made of."""
    return frozenset(re.findall(r"(?<![\w<])[a-z]+(?![\w*>])", " ".join(phrases).replace("?", "")))


def _by_first(phrases: Iterable[str], groups: Mapping[str, str]) -> dict[str, str]:
    """The pattern of all phrases that can begin with a word, or with a stem, by that."""
    sources: dict[str, dict[str, None]] = {}
    for phrase in sorted(phrases, key=lambda each: -len(each.split())):
        for first in _firsts(phrase, groups):
            key = first[:_STEM] + "*" if first.endswith("*") else first
            sources.setdefault(key, {})[_phrase(phrase, groups)] = None
    return {key: "|".join(each) for key, each in sources.items()}


def _firsts(phrase: str, groups: Mapping[str, str]) -> set[str]:
    """The words, or stems with a star, that a phrase can begin with."""
    part = phrase.split()[0]
    return {word.split("+")[0] for word in _expanded(part, groups).split("|")}


def _phrase(phrase: str, groups: Mapping[str, str]) -> str:
    """A phrase as a pattern over words that each have a space before them."""
    return "".join(_part(part, groups) for part in phrase.split())


def _part(part: str, groups: Mapping[str, str]) -> str:
    if part.startswith("~"):
        return rf"(?: \w+){{0,{int(part[1:])}}}?"
    if part.startswith("!"):
        return rf"(?! (?:{_choice(part[1:], groups)})(?= |$))"
    optional = "?" if part.endswith("?") else ""
    return rf"(?: (?:{_choice(part.rstrip('?'), groups)})(?= |$)){optional}"


def _choice(part: str, groups: Mapping[str, str]) -> str:
    return _expanded(part, groups).replace("*", r"\w*").replace("+", " ")


def _expanded(part: str, groups: Mapping[str, str]) -> str:
    return re.sub(r"<(\w+)>", lambda group: groups[group[1]], part)
