"""How many texts a reply makes, in words, while it is being written. Pure."""

from __future__ import annotations

from helpdesk.segments import Segments, segments
from tui.plain import one_line
from tui.words import Span, Tone, plural


def segment_words(text: str) -> Span:
    """ "1 text, 43 of 160", "3 texts, 12 left; the ’ makes it 70 a text"."""
    found = segments(text)
    room = f"{found.used} of {found.used + found.left}" if found.parts == 1 else f"{found.left} left"
    words = f"{plural(found.parts, 'text')}, {room}"
    if found.odd:
        words += f"; {_odd(found)} it {70 if found.parts == 1 else 67} a text"
    return (words, Tone.SOON if found.parts > 3 or found.odd else Tone.DIM)


def _odd(found: Segments) -> str:
    """Which characters make a text short."""
    marks = " ".join(one_line(mark) or "an invisible sign" for mark in found.odd[:3])
    more = " and others make" if len(found.odd) > 3 else " makes" if len(found.odd) == 1 else " make"
    return f"the {marks}{more}"
