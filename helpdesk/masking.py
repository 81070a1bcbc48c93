"""Telephone numbers and e-mail addresses that somebody typed into a text, masked before it is stored.

Places and times look like numbers ("2.59.114", "L3-0042", "10.30 11.45") and are spared. Not found: numbers in
words or with letters for digits ("O77OO"), and the names of people.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import lru_cache
from unicodedata import normalize

from phonenumbers import Leniency, PhoneNumberMatcher

Span = tuple[int, int]
"""Offsets into a text: from, and up to but not including."""

NUMBER = "[number]"
EMAIL = "[e-mail]"

SPARED_DIGITS = 8
"""A place or a time has no more digits than this; what has more is masked whatever it is said to be."""

LEAST_DIGITS = 6
"""Fewer digits reach nobody: a year, a room, a count."""

LONGEST = 4000
"""Characters that the thorough search reads; the plain one reads on. A text has at most 1,600."""

_BLOT = "\u00a4"
_GAP = r"[ \t.()/\u00a0\u2010-\u2015-]{0,3}"
_WIDE_GAP = r"[\s.,:;_*|()<>\[\]{}~'\"/\u00ad\u00b7\u2000-\u2015\u202f\u2060\ufe0f\ufeff\u20e3-]{0,3}"
"""What may stand between the digits of a number that starts as one: keycaps and letters of no width too."""

_EMAIL = re.compile(r"[^\s@<>()\[\],;:\"]{1,64}@(?:[\w\u00ad\u200b-\u200d\u2060\ufeff-]{1,63}\.){1,8}[^\W\d_]{2,24}")
_DIALLED = re.compile(rf"(?:\+|(?<!\d)0){_WIDE_GAP}\d(?:{_WIDE_GAP}\d){{7,}}")
_LONG = re.compile(rf"\d(?:{_GAP}\d){{8,}}")
_PLACE_OR_TIME = re.compile(
    r"""
      (?<![\w.]) [A-NP-Z]{1,2} \d{1,2} - \d{1,4} \b                       # L3-0042
    | (?<![\w.:]) (?: 1?\d ) \. \d{2,3} (?: \.\d{1,4} )? (?! [.:]?\d )    # 2.59, 2.59.114
    | (?<![\w.:]) (?: [01]?\d | 2[0-3] ) [.:] [0-5]\d (?! [.:]?\d )       # 10.30, 09:05
    | (?<![\w./-]) \d{1,2} ([./-]) \d{1,2} \1 (?:19|20)\d{2} (?! \d )     # 21/11/2026
    | (?<![\w./-]) (?:19|20)\d{2} - \d{2} - \d{2} (?! \d )                # 2026-11-21
    """,
    re.VERBOSE | re.IGNORECASE,
)


def mask(text: str, *, keep: Iterable[Span] = ()) -> str:
    """``text`` with ``[number]`` and ``[e-mail]`` for what could reach somebody.

    ``keep``: spans that a reader of places and times has understood; one with more than eight digits is not believed.
    """
    read = _as_read(text)
    emails = [match.span() for match in _EMAIL.finditer(read)]
    rest = _without(read, emails)
    rest = _without(rest, _spared(rest, keep))
    numbers: list[Span] = []
    for search in (_dialled, _long, _possible):
        found = list(search(rest))
        rest = _without(rest, found)
        numbers += found
    return _replaced(text, sorted([*((span, EMAIL) for span in emails), *((span, NUMBER) for span in numbers)]))


def _as_read(text: str) -> str:
    """Letter for letter what people read: ``＠`` is an at sign, ``①`` and ``１`` are ones."""
    return text if text.isascii() else "".join(map(_letter, text))


@lru_cache(maxsize=4096)
def _letter(character: str) -> str:
    plain = normalize("NFKC", character)
    return plain if len(plain) == 1 else character


def _spared(text: str, keep: Iterable[Span]) -> Iterator[Span]:
    yield from ((start, end) for start, end in keep if _how_many_digits(text[start:end]) <= SPARED_DIGITS)
    yield from (match.span() for match in _PLACE_OR_TIME.finditer(text))


def _dialled(text: str) -> Iterator[Span]:
    yield from (match.span() for match in _DIALLED.finditer(text))


def _long(text: str) -> Iterator[Span]:
    yield from (match.span() for match in _LONG.finditer(text))


def _possible(text: str) -> Iterator[Span]:
    for found in PhoneNumberMatcher(text[:LONGEST], "GB", leniency=Leniency.POSSIBLE):
        if _how_many_digits(found.raw_string) >= LEAST_DIGITS:
            yield found.start, found.end


def _without(text: str, spans: Iterable[Span]) -> str:
    """The text with each span blotted out, as long as before: what is blotted joins nothing to its left and right."""
    characters = list(text)
    for start, end in spans:
        characters[start:end] = _BLOT * (end - start)
    return "".join(characters)


def _replaced(text: str, found: list[tuple[Span, str]]) -> str:
    parts, at = [], 0
    for (start, end), word in found:
        parts += [text[at:start], word]
        at = end
    return "".join([*parts, text[at:]])


def _how_many_digits(text: str) -> int:
    return sum(character.isdigit() for character in text)
