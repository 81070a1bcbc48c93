"""A mail's headers, read with suspicion.

The library's own header parser takes minutes over some headers, so a header is cut before it is looked at, encoded
words are decoded here, and an address is taken from the raw header before any decoding: what an encoded word contains
is a name, never an address.
"""

from __future__ import annotations

import binascii
import re
from collections.abc import Iterable, Mapping
from email.message import Message
from email.utils import getaddresses

from channels.charsets import decode, plain
from helpdesk.message import Address, Channel

Headers = Mapping[str, tuple[str, ...]]
"""Raw values by lower-case name, in the mail's order; undecodable bytes as surrogates."""

_VALUE_LIMIT = 8_000
_VALUES_LIMIT = 20
_ADDRESSES_LIMIT = 100
_NEAREST_LAST = {"references"}
"""Headers whose end matters most: they are cut at their start."""

_WORD = re.compile(r"=\?([^?\s]{1,60})\?([bBqQ])\?([^?\s]{0,4000})\?=")
_GAP = re.compile(r"(\?=)\s+(?==\?)")
_HEX = re.compile(rb"=([0-9A-Fa-f]{2})")
_ID = re.compile(r"<([^<>\s]{1,250})>")
_ADDRESS = re.compile(r"[^\s@<>()\[\],;:\\\"\x00-\x20\x7f]{1,64}@[^\s@<>()\\,;:\"\x00-\x20\x7f]{1,190}")


def headers_of(part: Message) -> Headers:
    """The headers of a mail or part, each name at most 20 times, each value cut to 8,000 characters."""
    found: dict[str, list[str]] = {}
    for name, value in part.raw_items():
        values = found.setdefault(name.lower(), [])
        if len(values) < _VALUES_LIMIT:
            values.append(str(value)[-_VALUE_LIMIT:] if name.lower() in _NEAREST_LAST else str(value)[:_VALUE_LIMIT])
    return {name: tuple(values) for name, values in found.items()}


def first(headers: Headers, name: str) -> str:
    """The first value of a header, "" where there is none."""
    return headers.get(name, ("",))[0]


def words(value: str, limit: int = 500) -> str:
    """A header's value as people read it: one line, encoded words decoded, at most ``limit`` characters."""
    joined = _GAP.sub(r"\1", value)
    pieces: list[tuple[str, bytes]] = []
    end = 0
    for match in _WORD.finditer(joined):
        pieces.append(("", _raw(joined[end : match.start()])))
        pieces.append((match[1].partition("*")[0], _unwrapped(match[2], match[3])))
        end = match.end()
    pieces.append(("", _raw(joined[end:])))
    return plain("".join(_decoded(pieces)), limit)


def _decoded(pieces: Iterable[tuple[str, bytes]]) -> Iterable[str]:
    """Neighbours of one charset are decoded together: some senders split a letter between two words."""
    charset, raw = "", b""
    for next_charset, more in pieces:
        if not more:
            continue
        if next_charset.lower() != charset.lower():
            yield decode(raw, charset).text
            charset, raw = next_charset, b""
        raw += more
    yield decode(raw, charset).text


def _raw(value: str) -> bytes:
    return value.encode("utf-8", "surrogateescape")


def _unwrapped(encoding: str, text: str) -> bytes:
    raw = _raw(text)
    if encoding in "qQ":
        return _HEX.sub(lambda match: bytes([int(match[1], 16)]), raw.replace(b"_", b" "))
    try:
        return binascii.a2b_base64(raw + b"=" * (-len(raw) % 4)) or raw
    except binascii.Error:
        return raw


def addresses(values: Iterable[str]) -> tuple[Address, ...]:
    """Every address that could be written to, in order, once each, at most 100."""
    found: dict[str, Address] = {}
    for name, value in getaddresses([_whole_angles(value) for value in values]):
        if address := mailbox(value):
            found.setdefault(address, Address(channel=Channel.MAIL, value=address, name=words(name, 120)))
        if len(found) == _ADDRESSES_LIMIT:
            break
    return tuple(found.values())


def _whole_angles(value: str) -> str:
    """A header that was cut inside an address gives half a name: leave the last item out."""
    return value.rpartition(",")[0] if len(value) == _VALUE_LIMIT else value


def mailbox(value: str) -> str:
    """``value`` in lower case if it is one mail address, else ""."""
    text = value.strip().strip("<>")
    return text.lower() if _ADDRESS.fullmatch(text) and text.isprintable() else ""


def message_ids(value: str) -> tuple[str, ...]:
    """The Message-IDs in a header, with their angle brackets, in order, once each."""
    return tuple(dict.fromkeys(match[0] for match in _ID.finditer(value) if match[0].isascii()))


def answered(headers: Headers) -> tuple[str, ...]:
    """The Message-IDs that a mail answers, nearest first: In-Reply-To, then References from its end. At most 50."""
    nearest = message_ids(first(headers, "in-reply-to"))
    thread = message_ids(first(headers, "references"))
    return tuple(dict.fromkeys((*nearest, *reversed(thread))))[:50]


def is_automatic(headers: Headers, sender: str, content_type: str) -> bool:
    """Whether a program wrote it: an auto-reply, a bounce, bulk. ``sender``: the envelope's, "" where it is empty."""
    auto = first(headers, "auto-submitted").partition(";")[0].strip().lower()
    return (
        auto not in {"", "no"}
        or _precedence(headers) in {"bulk", "junk", "auto_reply"}
        or sender in {"", "<>"}
        or first(headers, "return-path").strip() == "<>"
        or content_type == "multipart/report"
    )


def keeps_quiet(headers: Headers) -> bool:
    """Whether nothing may answer it by itself, though a person may have written it: a list's, or as its sender asks."""
    return _precedence(headers) == "list" or "list-id" in headers or "x-auto-response-suppress" in headers


def _precedence(headers: Headers) -> str:
    return first(headers, "precedence").strip().lower()
