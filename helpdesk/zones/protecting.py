"""Which stretches of a text may be spared by a mask, and what of them staff may be shown."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

Span = tuple[int, int]
"""Offsets into a text: from, and up to but not including."""

MOST_DIGITS = 8
"""A place or a time has no more; a telephone number has."""

SAFE_DIGITS = 2
"""What a span may hold that lies in a longer run of digits: "level 3 020 7946 0123" has a floor in front."""

LONGEST_WRITTEN = 80

_RUN = re.compile(r"\d(?:[^\w\n]{0,3}\d|_\d)*")
_JOINS = re.compile(r"[\s,.()\-/]{0,3}")


def protected(text: str, spans: Iterable[Span]) -> tuple[Span, ...]:
    """The spans that hide no telephone number, in order, each once.

    A run of digits is all that stand no further apart than those of a number are written.
    """
    kept: list[Span] = []
    runs = [match.span() for match in _RUN.finditer(text) if digits(match[0]) > MOST_DIGITS]
    used: set[Span] = set()
    place = 0
    for span in sorted(set(spans)):
        while place < len(runs) and runs[place][1] <= span[0]:
            place += 1
        run = runs[place] if place < len(runs) and runs[place][0] < span[1] else None
        if run and (run in used or digits(text[slice(*span)]) > SAFE_DIGITS):
            continue
        if digits(text[slice(*span)]) <= MOST_DIGITS:
            kept.append(span)
            used |= {run} if run else set()
    return tuple(kept)


def digits(text: str) -> int:
    """How many digits there are."""
    return sum(letter.isdigit() for letter in text)


def spoken(text: str, places: Sequence[Span]) -> str:
    """The places as written, neighbours together; cut before it holds more digits than a place has."""
    parts: list[str] = []
    for start, end in _together(text, protected(text, places)):
        candidate = ", ".join([*parts, " ".join(text[start:end].split())])
        if digits(candidate) > MOST_DIGITS or len(candidate) > LONGEST_WRITTEN:
            break
        parts.append(" ".join(text[start:end].split()))
    return ", ".join(parts)


def _together(text: str, spans: Sequence[Span]) -> list[Span]:
    """Spans with only a gap or a mark between them as one."""
    joined: list[Span] = []
    for start, end in spans:
        if joined and (start <= joined[-1][1] or _JOINS.fullmatch(text, joined[-1][1], start)):
            joined[-1] = (joined[-1][0], max(end, joined[-1][1]))
        else:
            joined.append((start, end))
    return joined
