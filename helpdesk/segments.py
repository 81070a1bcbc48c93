"""How many parts a text message takes. Pure.

A text goes out in the phone networks' own alphabet (GSM 03.38) if every character is in it: 160 units in one part,
else 153 in each of several. One character outside it (a curly quote, an emoji) turns the whole text into UCS-2:
70 units in one part, else 67. A character of two units is never split between parts.

:func:`lookalikes` says what the phones' alphabet has like each such character, :func:`plain_gsm` writes it so.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from gsm0338 import Codec

Encoding = Literal["GSM-7", "UCS-2"]

_LIMITS: dict[Encoding, tuple[int, int]] = {"GSM-7": (160, 153), "UCS-2": (70, 67)}
_ESCAPE = 0x1B
_BASIC = frozenset(Codec().decode(bytes(code for code in range(128) if code != _ESCAPE))[0])
_EXTENSION = frozenset(Codec().decode(b"".join(bytes((_ESCAPE, code)) for code in b"\x0a\x14()/<=>@e"))[0])
_ALPHABET = _BASIC | _EXTENSION


_LIKE = {
    **dict.fromkeys("\u2018\u2019\u201a\u201b\u2032\u02bc\u00b4`\u2039\u203a", "'"),
    **dict.fromkeys("\u201c\u201d\u201e\u201f\u2033\u00ab\u00bb", '"'),
    **dict.fromkeys("\u2010\u2011\u2012\u2013\u2014\u2015\u2212\u2022\u2023\u2043\u00b7", "-"),
    **dict.fromkeys("\u2028\u2029", "\n"),
    "\t": " ",
    "\u2044": "/",
    "\u2026": "...",
    "\u00d7": "x",
    "\u00f7": "/",
    "\u00b0": " deg",
    "\u00b1": "+/-",
    "\u2190": "<-",
    "\u2192": "->",
    "\u2264": "<=",
    "\u2265": ">=",
    "\u2260": "not =",
    "\u2248": "~",
    "\u00a9": "(c)",
    "\u00ae": "(R)",
    "\u00a2": "c",
    "\u00a6": "|",
    "\u00f0": "d",
    "\u00d0": "D",
    "\u00fe": "th",
    "\u00de": "Th",
    "\u0153": "oe",
    "\u0152": "OE",
    "\u0111": "d",
    "\u0110": "D",
    "\u0127": "h",
    "\u0126": "H",
    "\u0131": "i",
    "\u0142": "l",
    "\u0141": "L",
    "\u1e9e": "SS",
}
"""What stands for a character that does not come apart into plainer ones by itself."""

_DROPPED = frozenset({"So", "Sk", "Cf", "Cc", "Cs", "Cn", "Co", "Mn", "Me"})
"""Emoji and other pictures, signs of no width, marks that stand alone."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer:
    """A character (with its marks) that forces UCS-2, and what stands for it.

    ``like`` is "" where it is left out (emoji), and None where nothing is like it (a letter of another script);
    ``count`` how often it is there
    """

    odd: str
    like: str | None
    count: int


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
    odd = () if _ALPHABET.issuperset(text) else tuple(dict.fromkeys(mark for mark in text if mark not in _ALPHABET))
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


def lookalikes(text: str) -> tuple[Offer, ...]:
    """An offer for every character that forces UCS-2, each once, in order of appearance."""
    counts: dict[str, int] = {}
    for sign in _signs(text):
        if _is_odd(sign):
            counts[sign] = counts.get(sign, 0) + 1
    return tuple(Offer(odd=sign, like=_like(sign), count=count) for sign, count in counts.items())


def plain_gsm(text: str) -> str:
    """The text with every look-alike taken; what nothing is like stays, so that no word is lost."""
    return "".join(_plain(sign) for sign in _signs(text)) if _is_odd(text) else text


def _plain(sign: str) -> str:
    if not _is_odd(sign):
        return sign
    like = _like(sign)
    return sign if like is None else like


def _signs(text: str) -> Iterator[str]:
    """The characters, each with the combining marks that follow it."""
    sign = ""
    for mark in text:
        if sign and unicodedata.category(mark) in {"Mn", "Me"}:
            sign += mark
        else:
            if sign:
                yield sign
            sign = mark
    if sign:
        yield sign


def _is_odd(sign: str) -> bool:
    return not _ALPHABET.issuperset(sign)


def _like(sign: str) -> str | None:
    whole = unicodedata.normalize("NFC", sign)
    if not _is_odd(whole):
        return whole
    parts = [_like_mark(mark) for mark in unicodedata.normalize("NFD", sign) if unicodedata.category(mark) != "Mn"]
    return None if None in parts else "".join(part for part in parts if part is not None)


def _like_mark(mark: str) -> str | None:
    """What stands for one character without marks."""
    if mark in _LIKE:
        return _LIKE[mark]
    if not _is_odd(mark):
        return mark
    if unicodedata.category(mark) == "Zs":
        return " "
    plainer = unicodedata.normalize("NFKD", mark)
    if plainer != mark:
        parts = [_like_mark(part) for part in plainer if unicodedata.category(part) != "Mn"]
        return None if None in parts else "".join(part for part in parts if part is not None)
    return "" if unicodedata.category(mark) in _DROPPED else None
