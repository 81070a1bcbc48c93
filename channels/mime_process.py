"""The process that reads mails: limits first, then one mail after the other, until its input is closed.

It greets with an empty frame when it is ready. :mod:`channels.mime_worker` starts it; its terms are a JSON argument.
"""

from __future__ import annotations

import json
import resource
import signal
import sys
from collections.abc import Collection, Iterator
from contextlib import contextmanager, suppress
from types import FrameType
from typing import BinaryIO, NoReturn

from channels import mime, mime_quote
from channels.mime_frames import LENGTHS, Fields, envelope_of, frame_head, reading_fields
from helpdesk.errors import Unparseable

_QUOTE_SECONDS = 1.0


def main(argument: str) -> None:
    """Read mails from standard input and answer on standard output until it is closed."""
    wires = sys.stdin.buffer, sys.stdout.buffer
    terms: Fields = json.loads(argument)
    mailboxes = frozenset(terms["mailboxes"])
    _limit(terms["megabytes"])
    _put(wires[1], {}, b"")
    while (asked := _get(wires[0])) is not None:
        _allow(terms["seconds"])
        fields, blob = _read(*asked, mailboxes)
        _put(wires[1], fields, blob)


def _read(fields: Fields, content: bytes, mailboxes: Collection[str]) -> tuple[Fields, bytes]:
    """The answer to one mail. Which error it was is told; what it says might quote the mail, and is not."""
    try:
        return reading_fields(mime.read(envelope_of(fields, content), mailboxes, _find_quote))
    except Unparseable as error:
        return {"unparseable": str(error)}, b""
    except MemoryError:
        return {"died": "memory"}, b""
    except Exception as error:  # noqa: BLE001 -- whatever a mail breaks must not end the process
        return {"unparseable": f"The mail could not be read ({type(error).__name__})."}, b""


def _limit(megabytes: int) -> None:
    """So much memory, no file written, no core dumped: for as long as the process lives, where the system has it."""
    memory = megabytes << 20
    for kind, most in ((resource.RLIMIT_AS, memory), (resource.RLIMIT_FSIZE, 0), (resource.RLIMIT_CORE, 0)):
        with suppress(ValueError, OSError):
            resource.setrlimit(kind, (most, most))


def _allow(seconds: float) -> None:
    """So much processor time from now on: then the kernel ends the process."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    ceiling = resource.getrlimit(resource.RLIMIT_CPU)[1]
    resource.setrlimit(resource.RLIMIT_CPU, (int(used.ru_utime + used.ru_stime + seconds) + 2, ceiling))


def _find_quote(text: str) -> int | None:
    """Where the quote starts; None also where looking for it takes over a second: the text stays unfolded."""
    with suppress(TimeoutError), _alarm(_QUOTE_SECONDS):
        return mime_quote.find(text)
    return None


@contextmanager
def _alarm(seconds: float) -> Iterator[None]:
    """TimeoutError in the block after ``seconds``, also inside a regular expression."""

    def ring(number: int, frame: FrameType | None) -> NoReturn:
        raise TimeoutError

    before = signal.signal(signal.SIGALRM, ring)
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


def _get(wire: BinaryIO) -> tuple[Fields, bytes] | None:
    lengths = wire.read(LENGTHS.size)
    if len(lengths) < LENGTHS.size:
        return None
    head, size = LENGTHS.unpack(lengths)
    return json.loads(wire.read(head)), wire.read(size)


def _put(wire: BinaryIO, fields: Fields, blob: bytes) -> None:
    wire.write(frame_head(fields, blob))
    wire.write(blob)
    wire.flush()


if __name__ == "__main__":
    main(sys.argv[1])
