"""Two desks take the same ticket at the same moment: one has it, the other is told who."""

from __future__ import annotations

import asyncio
import json
import os
import random
import sys
from asyncio.subprocess import PIPE, Process
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from helpdesk.api.remote import RemoteDesk, connect
from helpdesk.message import Channel, StaffId, TicketId
from helpdesk.worklist import View
from tests.chaos.owner import ROOT, START_SECONDS, STOP_SECONDS, TEXTS, Library
from tests.chaos.town import Town, town

TICKETS = 100


@dataclass(frozen=True)
class Rival:
    """A desk in a process of its own. ``place``: "owner" or "attached"."""

    name: str
    place: str
    process: Process

    async def claims(self, ticket: TicketId, reads: int) -> dict[str, Any]:
        """Have it look at a ticket so many times, then claim it; what came of it."""
        assert self.process.stdin is not None
        self.process.stdin.write(f"{ticket} {reads}\n".encode())
        found: dict[str, Any] = json.loads(await _line(self.process))
        return found


@pytest.mark.full
async def test_an_embedded_and_an_attached_desk(tmp_path: Path) -> None:
    """The owner's own desk is nearer to the store; it looks at some tickets first, so that both win some."""
    async with town(tmp_path) as place:
        async with rival(place.library, "ana") as ana, rival(place.library, "ben") as ben:
            assert (ana.place, ben.place) == ("owner", "attached")
            await race(place, ana, ben, handicap=12)
        assert not place.library.socket.exists()


@pytest.mark.full
async def test_two_attached_desks(tmp_path: Path) -> None:
    """Both over the socket of `helpdesk serve`."""
    async with (
        town(tmp_path) as place,
        place.owner.running(),
        rival(place.library, "ana") as ana,
        rival(place.library, "ben") as ben,
    ):
        assert (ana.place, ben.place) == ("attached", "attached")
        await race(place, ana, ben)


async def race(place: Town, ana: Rival, ben: Rival, *, handicap: int = 0) -> None:
    """One after the other, each ticket is claimed by both at once."""
    tickets = await opened(place)
    wins: Counter[str] = Counter()
    chance = random.Random(3)
    for ticket in tickets:
        first, second = await both(ana, ben, ticket, chance.randint(0, handicap))
        assert first["won"] != second["won"], "exactly one has it"
        winner, loser = ("ana", second) if first["won"] else ("ben", first)
        assert loser["by"] == winner
        assert winner in loser["text"]
        wins[winner] += 1
    assert wins.total() == TICKETS
    assert min(wins["ana"], wins["ben"]) > 0, "one was always first: that was no race"
    print(f"\n{dict(wins)}")


async def both(ana: Rival, ben: Rival, ticket: TicketId, reads: int) -> tuple[dict[str, Any], dict[str, Any]]:
    """Both at once."""
    async with asyncio.timeout(10), asyncio.TaskGroup() as tasks:
        first, second = tasks.create_task(ana.claims(ticket, reads)), tasks.create_task(ben.claims(ticket, 0))
    return first.result(), second.result()


async def opened(place: Town) -> list[TicketId]:
    """A hundred patrons text; their tickets."""

    async def texts(number: int) -> None:
        tag = place.ledger.asks(Channel.SMS)
        assert (await place.handset(number).texts(f"{tag} Too loud.", to=TEXTS)).status == 200

    async with asyncio.TaskGroup() as tasks:
        for number in range(TICKETS):
            tasks.create_task(texts(number))
    async with connect(place.library.socket) as desk:
        return await _unanswered(desk)


async def _unanswered(desk: RemoteDesk) -> list[TicketId]:
    page = await desk.worklist(StaffId("ana"), View.UNANSWERED, count=2 * TICKETS)
    return [row.id for row in page.rows]


@asynccontextmanager
async def rival(library: Library, name: str) -> AsyncIterator[Rival]:
    """A desk in a process of its own; it ends when nobody tells it anything any more."""
    environment = {key: value for key, value in os.environ.items() if not key.startswith("HELPDESK_")}
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "tests.chaos.rival", str(library.settings), name),
        stdin=PIPE,
        stdout=PIPE,
        cwd=library.folder,
        env=environment | {"PYTHONPATH": str(ROOT)},
    )
    try:
        async with asyncio.timeout(START_SECONDS):
            place = await _line(process)
        yield Rival(name, place, process)
        assert process.stdin is not None
        process.stdin.close()
        async with asyncio.timeout(STOP_SECONDS):
            assert await process.wait() == 0
    finally:
        if process.returncode is None:
            process.kill()
        await process.communicate()


async def _line(process: Process) -> str:
    assert process.stdout is not None
    line = (await process.stdout.readline()).decode().strip()
    assert line, "the desk has ended"
    return line
