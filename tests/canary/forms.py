"""Finds telephone numbers in bytes, in whatever form they lie there.

Two families. *Digits*: the data is read in several ways (as it is, percent-decoded, words for digits ...), and each
reading is searched for the digits in order, forwards and backwards, with up to three other bytes between two of them,
so that spaced, dashed and UTF-16 forms need no entry of their own. *Needles*: what a number becomes by a digest, by
base64, as a whole number; these stand in a table by their first bytes, so that data is walked through once, however
many there are.
"""

from __future__ import annotations

import base64
import hashlib
import html
import re
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from urllib.parse import unquote_to_bytes

ALGORITHMS = ("md5", "sha1", "sha256", "sha512", "blake2b")
CUT = 8
"""A digest that is cut to so many bytes, or to more, is found."""

WINDOW = 5
"""Needles are looked up by their first bytes, so many: a whole number is no longer."""

STRETCH = 1 << 18
"""So many bytes are looked at in one go."""

_WORDS = {
    word: digit
    for digit, words in enumerate(
        ["zero oh nought nil o", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine"]
    )
    for word in words.split()
}
_WORD = "|".join(_WORDS)
_SAID = re.compile(rf"\b(?:(double|triple)[\s-]+)?({_WORD})\b", re.IGNORECASE)
_GAP = rb"[^0-9]{0,3}"


def _as_it_is(data: bytes) -> bytes:
    return data


def _unescaped(data: bytes) -> bytes:
    """JSON's and Python's escapes of ASCII characters, undone."""
    return re.sub(rb"\\(?:u00|x)([0-9a-fA-F]{2})", lambda match: bytes.fromhex(match[1].decode()), data)


def _unmarked(data: bytes) -> bytes:
    return html.unescape(data.decode("latin-1")).encode("latin-1", "replace") if b"&#" in data else b""


def _printable(data: bytes) -> bytes:
    """Quoted-printable, undone."""
    return re.sub(rb"=([0-9A-F]{2})", lambda match: bytes.fromhex(match[1].decode()), data)


def _spoken(data: bytes) -> bytes:
    """Words for digits ("double seven, oh oh") become digits; all else is left out."""
    said = []
    for match in _SAID.finditer(data.replace(b"\x00", b"").decode("latin-1")):
        said.append(str(_WORDS[match[2].lower()]) * {"": 1, "double": 2, "triple": 3}[(match[1] or "").lower()])
    return "".join(said).encode()


READINGS: dict[str, Callable[[bytes], bytes]] = {
    "digits": _as_it_is,
    "percent-encoded": unquote_to_bytes,
    "escaped": _unescaped,
    "character references": _unmarked,
    "quoted-printable": _printable,
    "words": _spoken,
}


def spellings(number: str) -> tuple[str, ...]:
    """How people and programs write a UK mobile number that is given in E.164 form."""
    bare = number[3:]
    four, six = bare[:4], bare[4:]
    return (
        number,
        number[1:],
        f"0{bare}",
        bare,
        f"00{number[1:]}",
        f"0{four} {six}",
        f"+44 {four} {six}",
        f"0{four} {six[:3]} {six[3:]}",
        f"0{four}-{six}",
        f"+44 (0){four} {six}",
        f"tel:{number}",
        f"sms:{number}",
    )


class Canaries:
    """The numbers that were planted. ``planted``: a number in E.164 form for each place."""

    def __init__(self, planted: Mapping[str, str]) -> None:
        self._places = {number[3:]: place for place, number in planted.items()}
        shared = {bare[:7] for bare in self._places}
        self._digits = [re.compile(_in_order(each, backwards=back)) for each in shared for back in (False, True)]
        self._needles: dict[bytes, list[tuple[bytes, str, str]]] = defaultdict(list)
        for place, number in planted.items():
            for form, needle in _needles(number):
                assert len(needle) >= WINDOW, form
                self._needles[needle[:WINDOW]].append((needle, place, form))

    def found(self, data: bytes) -> set[tuple[str, str]]:
        """The place and the form of every number in ``data``."""
        return {*self._found_digits(data), *self._found_needles(data)}

    def _found_digits(self, data: bytes) -> Iterator[tuple[str, str]]:
        for form, read in READINGS.items():
            reading = read(data)
            for pattern in self._digits:
                for match in pattern.finditer(reading):
                    said = re.sub(rb"[^0-9]", b"", match[0]).decode()
                    for way, bare in (("", said), (", backwards", said[::-1])):
                        if (place := self._places.get(bare)) is not None:
                            yield place, form + way

    def _found_needles(self, data: bytes) -> Iterator[tuple[str, str]]:
        for first in range(0, len(data), STRETCH):
            windows = {data[start : start + WINDOW] for start in range(first, min(first + STRETCH, len(data)))}
            for begins in self._needles.keys() & windows:
                yield from ((place, form) for needle, place, form in self._needles[begins] if needle in data)


def _in_order(digits: str, *, backwards: bool) -> bytes:
    """A pattern for ``digits`` and the three that follow, or for all of it from the end on."""
    wanted = [*digits.encode().decode(), *["[0-9]"] * 3]
    return _GAP.join(each.encode() for each in (reversed(wanted) if backwards else wanted))


def _needles(number: str) -> Iterator[tuple[str, bytes]]:
    for spelling in spellings(number):
        for algorithm in ALGORITHMS:
            yield from _digest(algorithm, hashlib.new(algorithm, spelling.encode()).digest())
        for coded in (spelling.encode(), spelling.encode("utf-16-le")):
            yield "hex", coded.hex().encode()
            yield "hex", coded.hex().upper().encode()
            yield from (("base64", each) for each in _base64(coded))
    for whole in (int(number[1:]), int(number[3:])):
        length = (whole.bit_length() + 7) // 8
        yield "a whole number", whole.to_bytes(length, "big")
        yield "a whole number", whole.to_bytes(length, "little")
    yield "packed decimals", bytes.fromhex(number[1:])
    yield "packed decimals", bytes.fromhex("".join(b + a for a, b in zip(number[1::2], number[2::2], strict=True)))


def _digest(algorithm: str, digest: bytes) -> Iterator[tuple[str, bytes]]:
    """A digest in its usual forms, each cut short: whoever keeps only its beginning is found out, too."""
    yield algorithm, digest[:CUT]
    yield f"{algorithm} in hex", digest.hex()[: 2 * CUT].encode()
    yield f"{algorithm} in hex", digest.hex()[: 2 * CUT].upper().encode()
    yield f"{algorithm} in base64", base64.b64encode(digest)[:10]
    yield f"{algorithm} in base64", base64.urlsafe_b64encode(digest)[:10]


def _base64(coded: bytes) -> Iterator[bytes]:
    """The characters that ``coded`` alone decides, wherever among three bytes it begins."""
    for offset in range(3):
        whole = base64.b64encode(b"\0" * offset + coded + b"\0\0")
        needle = whole[-(-offset * 8 // 6) : (offset + len(coded)) * 8 // 6]
        yield needle
        yield needle.translate(bytes.maketrans(b"+/", b"-_"))
