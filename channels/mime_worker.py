"""The reader of mails: a process of its own, because no parser is safe from every mail.

The process is spawned, never forked, so it holds nothing of ours: no store, no key, no socket, an almost empty
environment. It may use so much memory and no file, and each mail so many seconds. If a mail kills it, that mail is
tried once more in a new process and is then Unparseable; no other mail notices.
"""

from __future__ import annotations

import asyncio
import json
import os
import sys
from asyncio.subprocess import DEVNULL, PIPE, Process
from collections.abc import Collection, Mapping
from contextlib import suppress
from types import TracebackType
from typing import Self

from channels.mime_frames import LENGTHS, Fields, envelope_fields, frame_head, reading_of
from helpdesk.config import LineSettings, MailSettings
from helpdesk.errors import TryLater, Unparseable
from helpdesk.message import Channel, Envelope, LineId, Reading
from helpdesk.turns import Turns

_START_SECONDS = 30
_ANSWER_BYTES = 1 << 30
_RECIPE = ("-P", "-X", "utf8", "-m", "channels.mime_process")


class MailReader:
    """Reads mails in ``count`` guarded processes; further mails wait for their turn.

    ::

        async with MailReader(settings.mail, lines) as reader:
            reading = await reader.read(envelope)

    A second process starts only while the first is busy, so that one slow mail does not hold up the rest.
    """

    def __init__(self, settings: MailSettings, lines: Mapping[LineId, LineSettings], *, count: int = 2) -> None:
        mailboxes = sorted({line.address.lower() for line in lines.values() if line.channel is Channel.MAIL})
        self._seconds = settings.parser_seconds
        self._workers = [_Worker(settings, mailboxes) for _ in range(count)]
        self._idle = Turns(self._workers)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, kind: type[BaseException] | None, error: object, trace: TracebackType | None) -> None:
        for worker in self._workers:
            await worker.stop()

    async def read(self, envelope: Envelope) -> Reading:
        """What the mail says. Unparseable, in words, where two processes failed at it or it can't be read at all."""
        async with self._idle.one() as worker:
            for _ in range(2):
                if (reading := await worker.read(envelope, self._seconds)) is not None:
                    return reading
        raise Unparseable(f"The mail could not be read: two tries took over {self._seconds:g} s or too much memory.")


class _Worker:
    """One process and its pipes. It starts when it is first needed, and again after it died."""

    def __init__(self, settings: MailSettings, mailboxes: Collection[str]) -> None:
        self._terms = json.dumps(
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
                fields, blob = await _ask(process, envelope_fields(envelope), envelope.content)
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
        return reading_of(fields, blob)

    async def _running(self) -> Process:
        if self._process is not None and self._process.returncode is None and not _given_up(self._process):
            return self._process
        await self.stop()
        self._process = await asyncio.create_subprocess_exec(
            sys.executable,
            *_RECIPE,
            self._terms,
            stdin=PIPE,
            stdout=PIPE,
            stderr=DEVNULL,  # a traceback could quote the mail
            env=_environment(),
            start_new_session=True,  # a key that ends the desk must not end the mail in hand
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
    return {"PYTHONPATH": os.pathsep.join(path or os.getcwd() for path in sys.path), "PYTHONDONTWRITEBYTECODE": "1"}


def _given_up(process: Process) -> bool:
    """Whether the process was killed while somebody waited for it, and is not reaped yet."""
    return process.stdin is None or process.stdin.is_closing()


def _kill(process: Process) -> None:
    if process.stdin is not None:
        process.stdin.close()
    with suppress(ProcessLookupError):  # it ended by itself
        process.kill()


async def _ask(process: Process, fields: Fields, blob: bytes) -> tuple[Fields, bytes]:
    assert process.stdin is not None
    process.stdin.write(frame_head(fields, blob))
    process.stdin.write(blob)
    await process.stdin.drain()
    return await _answer(process)


async def _answer(process: Process) -> tuple[Fields, bytes]:
    assert process.stdout is not None
    head, size = LENGTHS.unpack(await process.stdout.readexactly(LENGTHS.size))
    if head + size > _ANSWER_BYTES:
        raise EOFError("the reader of mails answers at a length that no mail has")
    fields: Fields = json.loads(await process.stdout.readexactly(head))
    return fields, await process.stdout.readexactly(size)
