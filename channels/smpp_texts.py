"""Words and bytes: which coding a text goes out in, how it is cut into parts, and what came in says. Pure."""

from __future__ import annotations

import codecs
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from gsm0338 import Codec

from helpdesk.segments import segments

Alphabet = Literal["gsm", "latin-1"]
"""What a carrier means by coding 0, "the default alphabet": GSM 03.38 with one octet a character, or Latin-1."""

GAP = "[…]"
"""Stands where a part of a text is missing."""

_UCS2 = 0x08
_CODECS = {0x01: "ascii", 0x03: "latin-1", 0x05: "shift_jis", 0x06: "iso8859-5", 0x07: "iso8859-8"}
_CODECS |= {0x08: "utf-16-be", 0x0A: "iso2022_jp", 0x0E: "euc_kr"}
_BINARY = {0x02, 0x04}
_ROOM = {"GSM-7": (160, 153), "UCS-2": (140, 134)}
"""Octets in a text that goes whole, and in a part of a longer one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Outgoing:
    """A text as it goes out: its coding, and the content of each part, their headers included."""

    coding: int
    parts: tuple[bytes, ...] = field(repr=False)

    @property
    def has_headers(self) -> bool:
        """Whether each part begins with a header that gives it its place."""
        return len(self.parts) > 1


def outgoing(text: str, *, alphabet: Alphabet, reference: int) -> Outgoing:
    """``text`` in as many parts as :mod:`helpdesk.segments` counts. ``reference``: 8 bits that its parts share."""
    encoding = segments(text).encoding
    letters = [_letter(mark, encoding, alphabet) for mark in text]
    whole, part = _ROOM[encoding]
    contents = [b"".join(letters)] if sum(map(len, letters)) <= whole else _cut(letters, part)
    if len(contents) > 1:
        head = bytes((5, 0, 3, reference, len(contents) % 256))
        contents = [head + bytes((place % 256,)) + content for place, content in enumerate(contents, 1)]
    return Outgoing(coding=_UCS2 if encoding == "UCS-2" else 0, parts=tuple(contents))


def _letter(mark: str, encoding: str, alphabet: Alphabet) -> bytes:
    if encoding == "UCS-2":
        return mark.encode("utf-16-be", "replace")
    if alphabet == "latin-1":
        return mark.encode("latin-1", "replace")
    return bytes(Codec().encode(mark)[0])


def _cut(letters: list[bytes], room: int) -> list[bytes]:
    """The letters packed into parts; none is split between two."""
    parts = [b""]
    for letter in letters:
        if len(parts[-1]) + len(letter) > room:
            parts.append(b"")
        parts[-1] += letter
    return parts


def is_text(coding: int) -> bool:
    """Whether what has this coding is words, and not data for a program."""
    return coding not in _BINARY and coding & 0xF4 != 0xF4


def words(content: bytes, coding: int, alphabet: Alphabet) -> tuple[str, bool]:
    """What ``content`` says, and whether some of it could not be read and was replaced.

    A coding that nobody knows is read as the default alphabet, and said to be doubtful.
    """
    coding = _UCS2 if coding & 0xFC == 0x18 else coding  # the same, said in the networks' way
    name = _CODECS.get(coding)
    if name is None:
        text, broken = _default(content, alphabet)
        return text, broken or (coding != 0 and coding & 0xF0 != 0xF0)
    try:
        return content.decode(name), False
    except UnicodeDecodeError:
        return content.decode(name, "replace"), True


def _default(content: bytes, alphabet: Alphabet) -> tuple[str, bool]:
    codec: codecs.Codec = Codec() if alphabet == "gsm" else codecs.lookup("latin-1")  # type: ignore[assignment]
    try:
        return str(codec.decode(content, "strict")[0]), False
    except UnicodeError:
        return str(codec.decode(content, "replace")[0]), True


def joined(parts: Mapping[int, bytes], total: int, coding: int, alphabet: Alphabet) -> tuple[str, bool]:
    """The words of a text's parts, by their places from 1; :data:`GAP` stands for those that are missing.

    Neighbours are put together before they are read: a character may begin in one part and end in the next.
    """
    runs: list[list[int]] = []
    for place in sorted(parts):
        if runs and runs[-1][-1] == place - 1:
            runs[-1].append(place)
        else:
            runs.append([place])
    read = [words(b"".join(parts[place] for place in run), coding, alphabet) for run in runs]
    pieces = [text for text, _ in read]
    before = [] if runs[0][0] == 1 else [GAP]
    after = [] if runs[-1][-1] == total else [GAP]
    return f" {GAP} ".join([" ".join([*before, pieces[0]]), *pieces[1:]]) + "".join(f" {gap}" for gap in after), any(
        broken for _, broken in read
    )
