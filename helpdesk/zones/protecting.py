"""Which stretches of a text may be spared by a mask, and what of them staff may be shown."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

Span = tuple[int, int]
"""Offsets into a text: from, and up to but not including."""

MOST_DIGITS = 8
"""A place or a time has no more; a telephone number has."""

FEW_DIGITS = 5
"""Fewer than reach anybody: a run of so many hides no number."""

FLOOR_DIGITS = 2
"""What of a place may be shown although it stands right before a number: "level 3 020 7946 0123"."""

LONGEST_WRITTEN = 80

_RUN = re.compile(r"\d(?:[\W_]{0,3}\d)*")
_JOINS = re.compile(r"[\s,.()\-/]{0,3}")


def protected(text: str, spans: Iterable[Span]) -> tuple[Span, ...]:
    """The spans that hide no telephone number nor a part of one, in order, each once.

    Digits that stand no further apart than those of a number are written make a run. In one of six to eight, a span
    is protected only if all of the run was understood; in a longer one nothing is.
    """
    ordered = sorted(set(spans))
    understood = {at for start, end in ordered for at in range(start, end)}
    unsafe = [run.span() for run in _RUN.finditer(text) if _unsafe(run, understood)]
    kept: list[Span] = []
    place = 0
    for span in ordered:
        while place < len(unsafe) and unsafe[place][1] <= span[0]:
            place += 1
        touches = place < len(unsafe) and unsafe[place][0] < span[1]
        if not touches and digits(text[slice(*span)]) <= MOST_DIGITS:
            kept.append(span)
    return tuple(kept)


def _unsafe(run: re.Match[str], understood: set[int]) -> bool:
    count = digits(run[0])
    if not FEW_DIGITS < count <= MOST_DIGITS:
        return count > MOST_DIGITS
    return any(letter.isdigit() and at not in understood for at, letter in enumerate(run[0], run.start()))


def digits(text: str) -> int:
    """How many digits there are."""
    return sum(letter.isdigit() for letter in text)


def spoken(text: str, places: Sequence[Span]) -> str:
    """The places as written, neighbours together; cut before it holds more digits than a place has."""
    parts: list[str] = []
    shown = set(protected(text, places)) | {span for span in places if digits(text[slice(*span)]) <= FLOOR_DIGITS}
    for start, end in _together(text, sorted(shown)):
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
