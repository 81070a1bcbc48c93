"""A desk as a process of its own, that claims the tickets it is told to: ``python -m tests.chaos.rival SETTINGS NAME``.

It opens the desk as `helpdesk desk` does (attached where the store has an owner, else as the owner), says ``owner`` or
``attached``, and then for each line "TICKET READS" on standard input one line of JSON: ``{"won": true}``, or who was
faster. READS is its handicap: how often it first looks at the ticket.
"""

from __future__ import annotations

import asyncio
import json
import sys
from pathlib import Path
from typing import Any

from helpdesk.app import stopping
from helpdesk.attaching import open_desk
from helpdesk.errors import Stale
from helpdesk.journal import quiet
from helpdesk.message import StaffId, TicketId
from helpdesk.ports import Desk
from helpdesk.settings.file import load


async def claims(settings: Path, name: str) -> None:
    """Claim whatever standard input names, until it ends."""
    async with stopping(), open_desk(load(settings)) as (desk, owner):
        actor = StaffId(name)
        await desk.sign_in(actor, name=name.title())
        tell("owner" if owner else "attached")
        reader = asyncio.StreamReader()
        pipe: Any = sys.stdin
        await asyncio.get_running_loop().connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), pipe)
        while line := await reader.readline():
            ticket, reads = line.decode().split()
            for _ in range(int(reads)):
                await desk.thread(actor, TicketId(ticket))
            tell(json.dumps(await claimed(desk, actor, TicketId(ticket))))


async def claimed(desk: Desk, actor: StaffId, ticket: TicketId) -> dict[str, object]:
    """Try once; what came of it."""
    try:
        await desk.claim(actor, ticket)
    except Stale as stale:
        return {"won": False, "by": stale.by, "text": str(stale)}
    return {"won": True}


def tell(line: str) -> None:
    """One line for whoever started us."""
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    with quiet():
        asyncio.run(claims(Path(sys.argv[1]), sys.argv[2]))
