"""How many texts a reply makes, in words, while it is being written; and what stands for dear characters. Pure."""

from __future__ import annotations

from helpdesk.segments import Offer, Segments, lookalikes, segments
from tui.plain import one_line
from tui.words import Span, Tone, plural

SHOWN = 3
"""How many of the characters that make a text dear are named."""


def segment_words(text: str, key: str = "") -> Span:
    """ "1 text, 43 of 160", "3 texts, 12 left; the ’ makes it 70 a text (F4: plain)"; ``key`` takes the look-alikes."""
    found = segments(text)
    room = f"{found.used} of {found.used + found.left}" if found.parts == 1 else f"{found.left} left"
    words = f"{plural(found.parts, 'text')}, {room}"
    if found.odd:
        words += f"; {_odd(found)} it {70 if found.parts == 1 else 67} a text"
        if key and any(offer.like is not None for offer in lookalikes(text)):
            words += f" ({key}: plain)"
    return (words, Tone.SOON if found.parts > 3 or found.odd else Tone.DIM)


def _odd(found: Segments) -> str:
    """Which characters make a text short."""
    marks = " ".join(_mark(mark) for mark in found.odd[:SHOWN])
    others = len(found.odd) - SHOWN
    more = f" and {plural(others, 'other')} make" if others > 0 else " makes" if len(found.odd) == 1 else " make"
    return f"the {marks}{more}"


def taken_words(offers: tuple[Offer, ...]) -> str:
    """What became of each character as its look-alike was taken, "" if nothing did."""
    told = [_taken(offer) for offer in offers if offer.like is not None]
    stuck = [_mark(offer.odd) for offer in offers if offer.like is None]
    if not told:
        return f"Nothing in the phones' own alphabet is like {' '.join(stuck[:SHOWN])}." if stuck else ""
    more = f", and {plural(len(told) - SHOWN, 'other')}" if len(told) > SHOWN else ""
    rest = f" Nothing is like {' '.join(stuck[:SHOWN])}." if stuck else ""
    return f"{', '.join(told[:SHOWN])}{more}.{rest}"


def _taken(offer: Offer) -> str:
    if not offer.like:
        return f"{_mark(offer.odd)} left out"
    return f"{_mark(offer.odd)} is {'a space' if offer.like == ' ' else one_line(offer.like) or 'a new line'} now"


def _mark(mark: str) -> str:
    return one_line(mark).strip() or "an invisible sign"
