"""The reader of mails: a process of its own, because no parser is safe from every mail.

The process is spawned, never forked, so it holds nothing of ours: no store, no key, no socket, an almost empty
environment. It may use so much memory and no file, and each mail so many seconds. If a mail kills it, that mail is
tried once more in a new process and is then Unparseable; no other mail notices.

Both sides speak frames over pipes: the lengths of a JSON object and of the bytes that follow it, then both. The
process greets with an empty object when it is ready.
"""

from __future__ import annotations

import asyncio
import json
import os
import resource
import signal
import struct
import sys
from asyncio.subprocess import DEVNULL, PIPE, Process
from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import asdict
from types import FrameType, TracebackType
from typing import Any, BinaryIO, NoReturn, Self

from channels import mime, mime_quote
from helpdesk.clock import Instant
from helpdesk.config import LineSettings, MailSettings
from helpdesk.errors import TryLater, Unparseable
from helpdesk.message import (
    Address,
    Attachment,
    Channel,
    Delivery,
    DeliveryReport,
    Envelope,
    Inbound,
    LineId,
    OutboxId,
    Reading,
)

Fields = dict[str, Any]
"""A frame's JSON object."""

_LENGTHS = struct.Struct("!II")
_START_SECONDS = 30
_QUOTE_SECONDS = 1.0
_RECIPE = ("-P", "-X", "utf8", "-m", "channels.mime_worker")


class MailReader:
    """Reads mails in ``count`` guarded processes; further mails wait for their turn.

    ::

        async with MailReader(settings.mail, settings.lines_of(Channel.MAIL)) as reader:
            reading = await reader.read(envelope)
    """

    def __init__(self, settings: MailSettings, lines: Mapping[str, LineSettings], *, count: int = 1) -> None:
        mailboxes = sorted({line.address.lower() for line in lines.values()})
        self._seconds = settings.parser_seconds
        self._workers = [_Worker(settings, mailboxes) for _ in range(count)]
        self._idle: asyncio.LifoQueue[_Worker] = asyncio.LifoQueue()

    async def __aenter__(self) -> Self:
        for worker in self._workers:
            self._idle.put_nowait(worker)
        return self

    async def __aexit__(self, kind: type[BaseException] | None, error: object, trace: TracebackType | None) -> None:
        for worker in self._workers:
            await worker.stop()

    async def read(self, envelope: Envelope) -> Reading:
        """What the mail says. Unparseable, in words, where two processes failed at it or it can't be read at all."""
        worker = await self._idle.get()
        try:
            for _ in range(2):
                if (reading := await worker.read(envelope, self._seconds)) is not None:
                    return reading
        finally:
            self._idle.put_nowait(worker)
        raise Unparseable(f"The mail could not be read: two tries took over {self._seconds:g} s or too much memory.")


class _Worker:
    """One process and its pipes. It starts when it is first needed, and again after it died."""

    def __init__(self, settings: MailSettings, mailboxes: Collection[str]) -> None:
        self._greeting = json.dumps(
            {
                "mailboxes": list(mailboxes),
                "megabytes": settings.parser_megabytes,
                "seconds": settings.parser_seconds,
            }
        )
        self._process: Process | None = None

    async def read(self, envelope: Envelope, seconds: float) -> Reading | None:
        """What the mail says, None if the process died or was stopped over it."""
        process = await self._running()
        try:
            async with asyncio.timeout(seconds):
                fields, blob = await _ask(process, _envelope_fields(envelope), envelope.content)
        except (TimeoutError, OSError, EOFError):
            await self.stop()
            return None
        except asyncio.CancelledError:
            _kill(process)
            raise
        if fields.get("died"):
            await self.stop()
            return None
        if why := fields.get("unparseable"):
            raise Unparseable(str(why))
        return _reading(fields, blob)

    async def _running(self) -> Process:
        if self._process is not None and self._process.returncode is None and not _given_up(self._process):
            return self._process
        await self.stop()
        self._process = await asyncio.create_subprocess_exec(
            sys.executable, *_RECIPE, self._greeting, stdin=PIPE, stdout=PIPE, stderr=DEVNULL, env=_environment()
        )
        try:
            async with asyncio.timeout(_START_SECONDS):
                await _answer(self._process)
        except (TimeoutError, OSError, EOFError) as error:
            await self.stop()
            raise TryLater("The reader of mails does not start; the mail is kept and read later.") from error
        except asyncio.CancelledError:
            _kill(self._process)
            raise
        return self._process

    async def stop(self) -> None:
        """End the process, if there is one, and wait until it is gone."""
        process, self._process = self._process, None
        if process is not None:
            _kill(process)
            await process.communicate()


def _environment() -> dict[str, str]:
    """What the process sees of ours: where the code is."""
    return {"PYTHONPATH": os.pathsep.join(path for path in sys.path if path), "PYTHONDONTWRITEBYTECODE": "1"}


def _given_up(process: Process) -> bool:
    """Whether the process was killed while somebody waited for it, and is not reaped yet."""
    return process.stdin is None or process.stdin.is_closing()


def _kill(process: Process) -> None:
    if process.stdin is not None:
        process.stdin.close()
    with suppress(ProcessLookupError):
        process.kill()


async def _ask(process: Process, fields: Fields, blob: bytes) -> tuple[Fields, bytes]:
    assert process.stdin is not None
    head = json.dumps(fields).encode()
    process.stdin.write(_LENGTHS.pack(len(head), len(blob)) + head)
    process.stdin.write(blob)
    await process.stdin.drain()
    return await _answer(process)


async def _answer(process: Process) -> tuple[Fields, bytes]:
    assert process.stdout is not None
    head, size = _LENGTHS.unpack(await process.stdout.readexactly(_LENGTHS.size))
    fields: Fields = json.loads(await process.stdout.readexactly(head))
    return fields, await process.stdout.readexactly(size)


# What travels: an envelope there, a reading back.


def _envelope_fields(envelope: Envelope) -> Fields:
    return {
        "line": envelope.line,
        "sender": envelope.sender,
        "recipients": list(envelope.recipients),
        "digest": envelope.digest,
        "relayed_at": envelope.relayed_at,
    }


def _envelope(fields: Fields, content: bytes) -> Envelope:
    return Envelope(
        line=LineId(fields["line"]),
        sender=fields["sender"],
        recipients=tuple(fields["recipients"]),
        content=content,
        digest=fields["digest"],
        relayed_at=None if fields["relayed_at"] is None else Instant(fields["relayed_at"]),
    )


def _reading_fields(reading: Reading) -> tuple[Fields, bytes]:
    inbound = reading.inbound
    files = inbound.attachments
    skipped = {"attachments", "sender", "channel", "conversation"}
    fields = {name: getattr(inbound, name) for name in Inbound.__slots__ if name not in skipped}
    fields["sender"] = asdict(inbound.sender) if isinstance(inbound.sender, Address) else None
    fields["attachments"] = [(file.name, file.media_type, file.digest, len(file.content)) for file in files]
    reports = [asdict(report) for report in reading.reports]
    return {"inbound": fields, "reports": reports}, b"".join(file.content for file in files)


def _reading(fields: Fields, blob: bytes) -> Reading:
    given = fields["inbound"]
    sender = given["sender"]
    lists = {name: tuple(given[name]) for name in ("tokens", "references", "recipients", "remarks")}
    inbound = Inbound(
        **{
            **given,
            **lists,
            "channel": Channel.MAIL,
            "sender": sender and Address(channel=Channel.MAIL, value=sender["value"], name=sender["name"]),
            "attachments": tuple(_files(given["attachments"], blob)),
        }
    )
    reports = (
        DeliveryReport(
            outbox=OutboxId(report["outbox"]),
            status=Delivery(report["status"]),
            code=report["code"],
            reason=report["reason"],
        )
        for report in fields["reports"]
    )
    return Reading(inbound=inbound, reports=tuple(reports))


def _files(listed: list[tuple[str, str, str, int]], blob: bytes) -> Iterator[Attachment]:
    start = 0
    for name, media_type, digest, size in listed:
        yield Attachment(name=name, media_type=media_type, digest=digest, content=blob[start : start + size])
        start += size


# The process.


def main(greeting: str) -> None:
    """Read mails from standard input and answer on standard output until it is closed."""
    wires = sys.stdin.buffer, sys.stdout.buffer
    terms: Fields = json.loads(greeting)
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
        return _reading_fields(mime.read(_envelope(fields, content), mailboxes, _find_quote))
    except Unparseable as error:
        return {"unparseable": str(error)}, b""
    except MemoryError:
        return {"died": "memory"}, b""
    except Exception as error:  # noqa: BLE001 -- whatever a mail breaks must not end the process
        return {"unparseable": f"The mail could not be read ({type(error).__name__})."}, b""


def _limit(megabytes: int) -> None:
    """So much memory, no file written, no core dumped: for as long as the process lives."""
    resource.setrlimit(resource.RLIMIT_AS, (megabytes << 20, megabytes << 20))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


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
    lengths = wire.read(_LENGTHS.size)
    if len(lengths) < _LENGTHS.size:
        return None
    head, size = _LENGTHS.unpack(lengths)
    return json.loads(wire.read(head)), wire.read(size)


def _put(wire: BinaryIO, fields: Fields, blob: bytes) -> None:
    head = json.dumps(fields).encode()
    wire.write(_LENGTHS.pack(len(head), len(blob)) + head)
    wire.write(blob)
    wire.flush()


if __name__ == "__main__":
    main(sys.argv[1])
