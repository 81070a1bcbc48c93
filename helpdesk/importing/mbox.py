"""Mails out of a mailbox file, one after the other, and what their headers say; nothing is parsed that could go wrong.

A mail begins at a line "From somebody date" at the start of the file or after a blank line, with a header behind it:
what a body says after "From " is none. Lines that were quoted for that ("> From ") are given back as they were written.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import BinaryIO

from helpdesk.clock import Instant, instant
from helpdesk.errors import Refused

HEAD_BYTES = 64 << 10
"""So much of a mail is looked at for its headers."""

VALUE_BYTES = 8_000
"""So much of one header: its end where the nearest stands last."""

_LINE = 1 << 20
_BEGINS = re.compile(
    rb"From \S{1,300} .{0,60}(Mon|Tue|Wed|Thu|Fri|Sat|Sun)[, ].{1,40}\d{1,2}:\d{2}(:\d{2})?.{0,20}[ ]\d{4}\b|"
    rb"From \S{1,300} .{0,60}(Mon|Tue|Wed|Thu|Fri|Sat|Sun)[, ].{1,40}\d{4} \d{1,2}:\d{2}"
)
_HEADER = re.compile(rb"[!-9;-~]{1,70}:|>?From ")
_QUOTED = re.compile(rb"^>(>*From )", re.MULTILINE)
_FIELD = re.compile(rb"^([!-9;-~]{1,70}):[ \t]*((?:[^\n]*\n[ \t]+)*[^\n]*)", re.MULTILINE)
_ID = re.compile(rb"<([^<>\s]{1,250})>")
_MAILBOX = re.compile(rb"[^\s@<>()\[\],;:\\\"]{1,64}@[^\s@<>()\\,;:\"]{1,190}")
_WANTED = frozenset({b"message-id", b"in-reply-to", b"references", b"date", b"from", b"to", b"received", b"sender"})


@dataclass(frozen=True, slots=True)
class Found:
    """A mail's place in its file, and its first bytes with all headers that are looked at."""

    begin: int
    size: int
    opening: bytes
    head: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Head:
    """What a mail's headers say.

    ``id``          its Message-ID with angle brackets, b"" where it has none
    ``references``  the ids that it answers, nearest first
    ``when``        when a relay took it last, else when its writer says, else when it was filed; None where nobody says
    ``sender``      its writer's address in lower case, "" where it names none; ``to``: whom it was written to
    """

    id: bytes
    references: tuple[bytes, ...]
    when: Instant | None
    sender: str
    to: tuple[str, ...]


def mails(file: BinaryIO) -> Iterator[Found]:
    """Every mail of a mailbox file, in its order; memory holds one mail's headers."""
    scan = _Scan(file)
    while (found := scan.next()) is not None:
        yield found


class _Scan:
    """Reads on through a file, one line ahead."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self._at = 0
        self._line = file.readline(_LINE)
        self._blank = True

    def next(self) -> Found | None:
        while self._line and not self._begins():
            self._go_on()
        if not self._line:
            return None
        opening = self._line
        self._go_on()
        begin, head = self._at, bytearray()
        while self._line and not self._begins():
            if len(head) < HEAD_BYTES:
                head += self._line
            self._go_on()
        return Found(begin, self._at - begin, opening, bytes(head))

    def _begins(self) -> bool:
        """Whether a mail begins in this line."""
        if not self._blank or not self._line.startswith(b"From ") or not _BEGINS.match(self._line):
            return False
        there = self._file.tell()
        following = self._file.readline(_LINE)
        self._file.seek(there)
        return not following.strip() or _HEADER.match(following) is not None

    def _go_on(self) -> None:
        self._at += len(self._line)
        self._blank = self._line in {b"\n", b"\r\n"}
        self._line = self._file.readline(_LINE)


def content(file: BinaryIO, begin: int, size: int) -> bytes:
    """A mail's bytes as they were before they were filed."""
    file.seek(begin)
    raw = file.read(size)
    end = 2 if raw.endswith(b"\r\n\r\n") else 1 if raw.endswith(b"\n\n") else 0
    return _QUOTED.sub(rb"\1", raw[: len(raw) - end] if end else raw)


def head_of(found: Found) -> Head:
    """What the headers of a mail say. Fast, whatever stands in them, and raises nothing."""
    fields: dict[bytes, bytes] = {}
    for match in _FIELD.finditer(found.head.replace(b"\r\n", b"\n").partition(b"\n\n")[0]):
        name = match[1].lower()
        if name in _WANTED and name not in fields:
            fields[name] = match[2][-VALUE_BYTES:] if name == b"references" else match[2][:VALUE_BYTES]
    nearest = _ID.findall(fields.get(b"in-reply-to", b""))
    thread = _ID.findall(fields.get(b"references", b""))
    own = _ID.search(fields.get(b"message-id", b""))
    return Head(
        id=own[0] if own else b"",
        references=tuple(dict.fromkeys(b"<%s>" % each for each in (*nearest, *reversed(thread))))[:20],
        when=_when(fields, found.opening),
        sender=next(iter(_mailboxes(fields.get(b"from", b"") or fields.get(b"sender", b""))), ""),
        to=_mailboxes(fields.get(b"to", b"")),
    )


def _mailboxes(value: bytes) -> tuple[str, ...]:
    """The addresses in a header: what stands between angle brackets, or where nothing does, what looks like one."""
    places = re.findall(rb"<([^<>\n]{3,256})>", value) or [value]
    found = (_MAILBOX.search(place) for place in places)
    return tuple(dict.fromkeys(match[0].decode("ascii", "replace").lower() for match in found if match))[:20]


def _when(fields: dict[bytes, bytes], opening: bytes) -> Instant | None:
    received = fields.get(b"received", b"").rpartition(b";")[2]
    filed = opening.partition(b" ")[2].partition(b" ")[2]
    return next((when for text in (received, fields.get(b"date", b""), filed) if (when := _moment(text))), None)


def _moment(text: bytes) -> Instant | None:
    words = " ".join(text.decode("ascii", "replace").split())[:100]
    try:
        moment = parsedate_to_datetime(words) if words else None
        return None if moment is None else instant(moment if moment.tzinfo else moment.replace(tzinfo=UTC))
    except (ValueError, TypeError, IndexError, OverflowError):
        return None


def opened(file: Path) -> BinaryIO:
    """A mailbox file. Refused, in words, where it is none."""
    try:
        raw = open(file, "rb")  # noqa: SIM115 - whoever asks closes it
    except OSError as error:
        raise Refused(f"{file} can't be read ({error.strerror}).") from None
    start = raw.read(6)
    raw.seek(0)
    if start.startswith(b"\x1f\x8b"):
        raw.close()
        raise Refused(f"{file} is packed: unpack it first (gunzip).")
    if not start.startswith(b"From "):
        raw.close()
        raise Refused(f'{file} is no mailbox file: its first line begins with "From " in one.')
    return raw
