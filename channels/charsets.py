"""Bytes into text, when the sender may be wrong about their charset.

First what was declared, then UTF-8, then a guess. A guess is said in words, because staff must know that a letter may
be wrong. All text leaves here clean: no NUL, no control characters that a terminal would obey, plain newlines.
"""

from __future__ import annotations

import codecs
import re
from dataclasses import dataclass

import chardet

_GUESS_BYTES = 20_000
_SUPERSETS = {
    "ascii": "utf-8",
    "us-ascii": "utf-8",
    "iso-8859-1": "cp1252",
    "iso8859-1": "cp1252",
    "latin-1": "cp1252",
    "latin1": "cp1252",
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "ks_c_5601-1987": "cp949",
    "euc-kr": "cp949",
    "iso-8859-9": "cp1254",
    "tis-620": "cp874",
}
"""What senders mean when they name the smaller charset."""

_NOT_CHARSETS = {"idna", "punycode", "unicode_escape", "raw_unicode_escape", "undefined"}
"""Codecs of Python that no mail is written in; some take minutes over hostile input."""

_CONTROLS = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\ufeff]")
_DIRECTIONS = re.compile(r"[\u200e\u200f\u202a-\u202e\u2066-\u2069]")
_BREAKS = re.compile(r"\r\n?|\x0b|\x0c|\x85|\u2028|\u2029")
_SPACES = re.compile(r"\s+")


@dataclass(frozen=True, slots=True)
class Decoded:
    """Text, and what had to be done to get it, in words ("" if nothing had)."""

    text: str
    remark: str = ""


def decode(raw: bytes, declared: str) -> Decoded:
    """Text of ``raw``; never raises. ``declared`` is the sender's charset, "" where they named none."""
    codec = _codec(declared)
    for attempt in (codec, "utf-8"):
        if attempt and (text := _strictly(raw, attempt)) is not None:
            said = (
                f"the charset is given as {plain(declared, 40)}, read as UTF-8" if attempt != codec and declared else ""
            )
            return Decoded(text, "" if raw.isascii() else said)
    guess = _guess(raw)
    if guess and (text := _strictly(raw, guess)) is not None:
        return Decoded(text, f"charset guessed as {guess}: letters may be wrong")
    text = raw.decode(codec or "cp1252", "replace")
    return Decoded(text, "some letters could not be read and are shown as �")


def clean(text: str) -> str:
    """``text`` with plain newlines, and without control characters or broken surrogates."""
    return _whole(_CONTROLS.sub("", _BREAKS.sub("\n", text)))


def plain(text: str, limit: int) -> str:
    """``text`` on one line, at most ``limit`` characters, without what turns the writing direction."""
    return _SPACES.sub(" ", _CONTROLS.sub(" ", _DIRECTIONS.sub("", _whole(text[: 4 * limit])))).strip()[:limit]


def _whole(text: str) -> str:
    return text if text.isascii() else text.encode("utf-8", "replace").decode("utf-8")


def _codec(declared: str) -> str:
    name = declared.strip().strip("\"'").lower()[:40]
    name = _SUPERSETS.get(name, name)
    try:
        found = codecs.lookup(name).name
    except (LookupError, ValueError):
        return ""
    return "" if found.replace("-", "_") in _NOT_CHARSETS else name


def _strictly(raw: bytes, codec: str) -> str | None:
    try:
        return raw.decode(codec)
    except (UnicodeError, LookupError, ValueError):
        return None


def _guess(raw: bytes) -> str:
    found = chardet.detect(raw[:_GUESS_BYTES])["encoding"]
    return (found or "").lower()
