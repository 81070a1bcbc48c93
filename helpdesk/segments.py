"""How many parts a text message takes. Pure.

A text goes out in the phone networks' own alphabet (GSM 03.38) if every character is in it: 160 units in one part,
else 153 in each of several. One character outside it (a curly quote, an emoji) turns the whole text into UCS-2:
70 units in one part, else 67. A character of two units is never split between parts.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from gsm0338 import Codec

Encoding = Literal["GSM-7", "UCS-2"]

_LIMITS: dict[Encoding, tuple[int, int]] = {"GSM-7": (160, 153), "UCS-2": (70, 67)}
_ESCAPE = 0x1B
_BASIC = frozenset(Codec().decode(bytes(code for code in range(128) if code != _ESCAPE))[0])
_EXTENSION = frozenset(Codec().decode(b"".join(bytes((_ESCAPE, code)) for code in b"\x0a\x14()/<=>@e"))[0])


@dataclass(frozen=True, slots=True, kw_only=True)
class Segments:
    """The size of a text.

    ``parts`` what the carrier charges for, at least 1; ``used`` and ``left`` in units of the encoding, ``left`` in
    the last part; ``odd`` the characters that force UCS-2, each once, in order of appearance.
    """

    encoding: Encoding
    parts: int
    used: int
    left: int
    odd: tuple[str, ...] = ()


def segments(text: str) -> Segments:
    """Measure ``text`` as a carrier does."""
    odd = tuple(dict.fromkeys(mark for mark in text if mark not in _BASIC and mark not in _EXTENSION))
    encoding: Encoding = "UCS-2" if odd else "GSM-7"
    widths = list(_widths(text, encoding))
    single, several = _LIMITS[encoding]
    used = sum(widths)
    if used <= single:
        return Segments(encoding=encoding, parts=1, used=used, left=single - used, odd=odd)
    parts, filled = _packed(widths, several)
    return Segments(encoding=encoding, parts=parts, used=used, left=several - filled, odd=odd)


def _widths(text: str, encoding: Encoding) -> Iterator[int]:
    if encoding == "UCS-2":
        return (2 if ord(mark) > 0xFFFF else 1 for mark in text)
    return (2 if mark in _EXTENSION else 1 for mark in text)


def _packed(widths: list[int], size: int) -> tuple[int, int]:
    """How many parts of ``size`` units hold the characters in order, and how full the last one is."""
    parts, filled = 1, 0
    for width in widths:
        if filled + width > size:
            parts, filled = parts + 1, 0
        filled += width
    return parts, filled
