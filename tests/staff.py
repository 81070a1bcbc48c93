"""Staff at a desk, local or attached, and how a test waits with them: by looking again after each change."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import aclosing
from typing import Any, TypeVar, cast

from helpdesk.clock import ManualClock
from helpdesk.message import Delivery, StaffId, TicketId
from helpdesk.ports import Desk
from helpdesk.sight import Told
from helpdesk.thread import Entry, EntryKind, Thread
from helpdesk.ticket import Then, Ticket
from helpdesk.worklist import Row, View

SAM = StaffId("sam")
PATIENCE = 30
"""How long a test waits for anything, in seconds."""

T = TypeVar("T")


async def eventually(desk: Desk, look: Callable[[], Awaitable[T | None]]) -> T:
    """What ``look`` finds, which is tried again after each change that the desk hears of."""
    async with asyncio.timeout(PATIENCE):
        seq = (await desk.hello()).seq
        async with aclosing(cast("AsyncGenerator[Told]", desk.changes(seq))) as changes:
            while (found := await look()) is None:
                await anext(changes)
            return found


async def in_time(clock: ManualClock, look: Callable[[], Awaitable[T | None]]) -> T:
    """What ``look`` finds, while the clock goes on by a second between looks: for what is tried again later."""
    async with asyncio.timeout(PATIENCE):
        while (found := await look()) is None:
            clock.passes(seconds=1)
        return found


class Staff:
    """A member of staff at a desk, local or attached."""

    def __init__(self, desk: Desk, name: StaffId = SAM) -> None:
        self.desk = desk
        self.name = name

    async def sees(self, words: str, view: View = View.OPEN) -> Ticket:
        """The ticket whose latest words, subject or number hold ``words``, as soon as it is on the worklist."""

        async def look() -> Ticket | None:
            found = [row for row in await self.rows(view) if words in f"{row.preview} {row.subject}"]
            return (await self.thread(found[0].id)).ticket if found else None

        return await eventually(self.desk, look)

    async def rows(self, view: View = View.OPEN) -> tuple[Row, ...]:
        """A view's rows, most urgent first."""
        return (await self.desk.worklist(self.name, view, count=500)).rows

    async def has(self, count: int, view: View = View.OPEN) -> tuple[Row, ...]:
        """A view's rows, as soon as there are ``count``; more than that fails."""

        async def look() -> tuple[Row, ...] | None:
            rows = await self.rows(view)
            return rows if len(rows) >= count else None

        rows = await eventually(self.desk, look)
        assert len(rows) == count
        return rows

    async def thread(self, ticket: TicketId) -> Thread:
        """The ticket with everything that was written in it."""
        return await self.desk.thread(self.name, ticket)

    async def reads(self, ticket: TicketId, count: int) -> tuple[str, ...]:
        """What patrons and staff wrote in a ticket, as soon as there are ``count`` messages."""

        async def look() -> tuple[str, ...] | None:
            said = [each.text for each in (await self.thread(ticket)).entries if each.kind is not EntryKind.AUTO]
            return tuple(said) if len(said) >= count else None

        return await eventually(self.desk, look)

    async def takes(self) -> Ticket:
        """Take the next ticket, as soon as somebody waits."""
        return await eventually(self.desk, lambda: self.desk.take_next(self.name))

    async def replies(self, text: str, *, to: TicketId | None = None, then: Then = "open", **more: Any) -> Ticket:
        """Answer a ticket, by default the next that needs it."""
        ticket = (await self.thread(to)).ticket if to else await self.takes()
        return await self.desk.reply(self.name, ticket.id, ticket.version, text, then=then, **more)

    async def learns(self, ticket: TicketId, delivery: Delivery, *, time: ManualClock | None = None) -> Entry:
        """The last message to the patron, as soon as it has come so far; ``time`` goes on meanwhile, where given."""

        async def look() -> Entry | None:
            out = [each for each in (await self.thread(ticket)).entries if each.delivery is not None]
            return out[-1] if out and out[-1].delivery is delivery else None

        return await (in_time(time, look) if time else eventually(self.desk, look))

    async def notices(self) -> str:
        """All trouble that the desk shows now, a line each."""
        return "\n".join(notice.text for notice in await self.desk.notices())
