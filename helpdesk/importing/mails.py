"""A thread of an archive as a contact: its mails are read by the guarded reader, as live ones are."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from typing import BinaryIO

from helpdesk.bygone import Bygone, Spoken
from helpdesk.config import LineSettings
from helpdesk.errors import Refused, Unparseable
from helpdesk.importing.mbox import content, opened
from helpdesk.importing.threads import Archive, Place
from helpdesk.message import Address, Envelope, Inbound, LineId
from helpdesk.ports import Reader
from helpdesk.thread import EntryKind

AHEAD_MAILS, AHEAD_BYTES = 16, 32 << 20
"""About so many mails, and bytes of them, are in the reader's hands at a time."""


@dataclass(slots=True)
class Post:
    """How the mails of an archive become contacts.

    ``lines``       our mailboxes by their line; ``line``: of mails that name none of them
    ``measured``    their times are whole: what a patron began is judged by the promises of its time
    ``leave_open``  what nobody has answered goes on at the desk
    ``unreadable``  how many mails could not be read; ``wrong``: the first of them, file and number, and why
    """

    archive: Archive
    reader: Reader
    lines: Mapping[LineId, LineSettings]
    line: LineId
    source: str
    measured: bool = False
    leave_open: bool = False
    unreadable: int = 0
    wrong: list[tuple[str, int, str]] = field(default_factory=list)

    async def contacts(self) -> AsyncIterator[Bygone]:
        """The contacts of all threads, by their first mail's time."""
        with ExitStack() as stack:
            files = [stack.enter_context(opened(file)) for file in self.archive.files]
            for together in _together(self.archive.threads()):
                for bygone in await self._read_all(files, together):
                    if bygone is not None:
                        yield bygone

    async def _read_all(self, files: Sequence[BinaryIO], threads: Sequence[tuple[Place, ...]]) -> list[Bygone | None]:
        raw = [[content(files[each.file], each.begin, each.size) for each in thread] for thread in threads]
        async with asyncio.TaskGroup() as group:
            tasks = [
                [group.create_task(self._read(place, mail)) for place, mail in zip(thread, mails, strict=True)]
                for thread, mails in zip(threads, raw, strict=True)
            ]
        return [
            self._contact([(place, task.result()) for place, task in zip(thread, done, strict=True)])
            for thread, done in zip(threads, tasks, strict=True)
        ]

    async def _read(self, place: Place, mail: bytes) -> Inbound | None:
        """What a mail says; None where it can't be read: it is counted, and stays where it is."""
        envelope = Envelope(
            line=self.line,
            sender="archive",  # an empty one would say that a program wrote it
            recipients=(),
            content=mail,
            digest=hashlib.sha256(mail).hexdigest(),
        )
        try:
            return (await self.reader.read(envelope)).inbound
        except Unparseable as error:
            self.unreadable += 1
            if len(self.wrong) < 50:
                self.wrong.append((str(self.archive.files[place.file]), place.n, str(error)))
            return None

    def _contact(self, read: Sequence[tuple[Place, Inbound | None]]) -> Bygone | None:
        found = [(place, inbound) for place, inbound in read if inbound is not None]
        if not found:
            return None
        line = self._line(found)
        spoken = tuple(self._spoken(place, inbound, line) for place, inbound in found)
        first, last = spoken[0], spoken[-1]
        waits = self.leave_open and last.kind is EntryKind.IN and not last.automatic
        said = {each.external_id for each in spoken}
        settings = self.lines[line]
        return Bygone(
            key="",
            digest="",
            source=self.source,
            channel=settings.channel,
            line=line,
            kind=settings.kind,
            site=settings.site,
            subject=found[0][1].subject,
            tags=(),
            spoken=spoken,
            closed=None if waits else last.when,
            measured=self.measured and first.kind is EntryKind.IN,
            references=tuple(
                dict.fromkeys(each for _, inbound in found for each in inbound.references if each not in said)
            )[:50],
        )

    def _line(self, found: Sequence[tuple[Place, Inbound]]) -> LineId:
        """The line of the first mail that names one of our mailboxes, as its sender or among its recipients."""
        boxes = {line.address.lower(): name for name, line in self.lines.items()}
        for place, inbound in found:
            sender = inbound.sender.value if isinstance(inbound.sender, Address) else ""
            for each in (sender,) if place.ours else inbound.recipients:
                if (name := boxes.get(_plain(each))) is not None:
                    return name
        return self.line

    def _spoken(self, place: Place, inbound: Inbound, line: LineId) -> Spoken:
        sender = inbound.sender if isinstance(inbound.sender, Address) else None
        shown = sender.name or sender.value if sender is not None else "unknown sender"
        return Spoken(
            kind=EntryKind.OUT if place.ours else EntryKind.IN,
            when=place.when,
            text=inbound.text,
            author=shown,
            address="" if place.ours or sender is None else sender.value,
            external_id=inbound.external_id,
            digest=inbound.digest,
            account=inbound.account or self.lines[line].address.lower(),
            quote_from=inbound.quote_from,
            automatic=inbound.automatic,
            files=inbound.attachments,
        )


def _plain(address: str) -> str:
    """An address without its plus."""
    local, _, domain = address.rpartition("@")
    return f"{local.partition('+')[0]}@{domain}"


def _together(threads: Iterator[tuple[Place, ...]]) -> Iterator[list[tuple[Place, ...]]]:
    """Threads by the handful: as many as are read ahead."""
    handful, mails, size = list[tuple[Place, ...]](), 0, 0
    for thread in threads:
        handful.append(thread)
        mails += len(thread)
        size += sum(each.size for each in thread)
        if mails >= AHEAD_MAILS or size >= AHEAD_BYTES:
            yield handful
            handful, mails, size = [], 0, 0
    if handful:
        yield handful


def line_for(lines: Mapping[LineId, LineSettings], named: str | None) -> LineId:
    """The line of mails that name none of our mailboxes. Refused, with what to do, where nobody can tell."""
    if not lines:
        raise Refused("There is no line for mail in the settings. Write one, [lines.NAME] with channel mail, first.")
    if named is not None:
        if LineId(named) not in lines:
            raise Refused(f"There is no mail line {named!r}: --line takes {', '.join(sorted(lines))}.")
        return LineId(named)
    if len(lines) > 1:
        raise Refused(f"Say with --line where mail goes that names no mailbox of ours: {', '.join(sorted(lines))}.")
    return next(iter(lines))
