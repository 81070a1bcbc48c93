"""Which kind of noise a text tells of, from its words. Pure.

Words are read as they are texted: misspelt, cut short, with no capitals. Where two kinds are named, the one that a
person could do something about first wins: a phone that rings while people talk is a phone.
"""

from __future__ import annotations

import re
from enum import StrEnum


class NoiseKind(StrEnum):
    """What makes the noise."""

    TALKING = "talking"
    PHONE = "phone"
    MUSIC = "music"
    FOOD = "food"
    OTHER = "other"


_WORDS: tuple[tuple[NoiseKind, str], ...] = (
    (NoiseKind.PHONE, r"(?:tele)?phones?|fone|mobile|call|ringing|ringtone|facetime|whatsapp|zoom|teams"),
    (NoiseKind.MUSIC, r"music|musik|headphones?|earphones?|speaker|song|singing|guitar|bass"),
    (NoiseKind.FOOD, r"food|eating|crisps|munching|crunching|smells?|takeaway|pizza"),
    (NoiseKind.TALKING, r"talk(?:ing|in|ers?)?|tlking|chat(?:ting|tin|ty)?|laugh(?:ing|in)?|shouting|group|gossip"),
)
_PATTERNS = tuple((kind, re.compile(rf"\b(?:{words})\b")) for kind, words in _WORDS)


def noise_kind(text: str) -> NoiseKind:
    """The kind of noise; ``OTHER`` where no word says."""
    folded = text.casefold()
    return next((kind for kind, pattern in _PATTERNS if pattern.search(folded)), NoiseKind.OTHER)
