"""A member of staff at a desk of their own, attached to one of several servers, and to the next when that is gone."""

from __future__ import annotations

import asyncio
from contextlib import suppress

from helpdesk.api.remote import RemoteDesk, connect_to
from helpdesk.clock import SECOND, Clock, plus
from helpdesk.errors import Stale, TryLater
from helpdesk.events import Kind, Seq
from helpdesk.message import StaffId, TicketId
from helpdesk.worklist import Row, View
from tests.chaos.members import Ledger

RIVALS = 5
"""Of each ticket that comes in, every fifth desk hears by its number, and they are rivals for it."""

PAUSE = SECOND // 4
"""How long a desk waits before it connects again, in milliseconds."""

MANY = 500


class Seat:
    """One desk. It follows what happens, claims what comes in, and answers.

    ``seen``  the number of each change it was told of, in the order in which it was told; it begins after ``began``
    ``lost``  how often its server was gone, or could not go on
    """

    def __init__(self, number: int, url: str, token: str, ledger: Ledger, clock: Clock) -> None:
        self.name = StaffId(f"staff{number:02d}")
        self.began = Seq(0)
        self.seen: list[Seq] = []
        self.lost = 0
        self._number = number
        self._url = url
        self._token = token
        self._ledger = ledger
        self._clock = clock
        self._written = 0
        self._open: tuple[TicketId, str] | None = None
        """A reply of which nobody said yet whether it was stored, and its ticket."""
        self._held: set[TicketId] = set()
        self._news: asyncio.Queue[TicketId | None] = asyncio.Queue()
        self._told = asyncio.Event()

    @property
    def last(self) -> Seq:
        """The last change that it heard of."""
        return self.seen[-1] if self.seen else self.began

    async def works(self) -> None:
        """For ever: at a server, and at the next one after that."""
        while True:
            with suppress(TryLater):
                await self._attached()
            self.lost += 1
            await self._clock.until(plus(self._clock.now(), PAUSE))

    async def _attached(self) -> None:
        """Until the server can't go on: TryLater."""
        try:
            async with connect_to(self._url, self._token) as desk, asyncio.TaskGroup() as tasks:
                if not self.began:
                    self.began = (await desk.hello()).seq
                tasks.create_task(self._follows(desk))
                tasks.create_task(self._answers(desk))
        except* TryLater:
            raise TryLater("gone") from None

    def looks(self) -> None:
        """Have a look at what waits, soon."""
        self._news.put_nowait(None)

    async def hears(self, seq: Seq) -> None:
        """Wait until it has heard of a change."""
        while self.last < seq:
            self._told.clear()
            await self._told.wait()

    async def _follows(self, desk: RemoteDesk) -> None:
        async for told in desk.changes(self.last):
            self.seen.append(told.seq)
            self._told.set()
            if told.kind is Kind.RECEIVED and told.ticket and self._minds(told.ticket, told.seq):
                self._news.put_nowait(told.ticket)

    def _minds(self, ticket: TicketId, seq: Seq) -> bool:
        """Whether this desk answers what came in: it holds the ticket, or it is one of the rivals for it."""
        return ticket in self._held or seq % RIVALS == self._number % RIVALS

    async def _answers(self, desk: RemoteDesk) -> None:
        if self._open is not None:
            await self._reply(desk, *self._open)
        await self._clears(desk)
        while True:
            ticket = await self._news.get()
            if ticket is None:
                await self._clears(desk)
            else:
                await self._competes(desk, ticket)

    async def _clears(self, desk: RemoteDesk) -> None:
        """Answer all there is: what is mine, then what is next."""
        for row in await self._mine(desk):
            if row.unanswered is not None:
                await self._writes(desk, row.id)
        while (await desk.counts(self.name))[View.UNANSWERED]:
            if (ticket := await desk.take_next(self.name)) is None:
                return
            await self._writes(desk, ticket.id)

    async def _mine(self, desk: RemoteDesk) -> tuple[Row, ...]:
        return (await desk.worklist(self.name, View.MINE, count=MANY)).rows

    async def _competes(self, desk: RemoteDesk, ticket: TicketId) -> None:
        """Claim it, if nobody was faster, and answer."""
        try:
            held = await desk.claim(self.name, ticket)
        except Stale:
            return
        if held.unanswered is not None:
            await self._writes(desk, ticket)

    async def _writes(self, desk: RemoteDesk, ticket: TicketId) -> None:
        self._held.add(ticket)
        self._written += 1
        await self._reply(desk, ticket, f"answer-{self.name}-{self._written:05d}")

    async def _reply(self, desk: RemoteDesk, ticket: TicketId, text: str) -> None:
        """Send it, looking again while the patron writes in between; its key makes it one reply however often sent."""
        self._open = (ticket, text)
        while True:
            version = (await desk.thread(self.name, ticket)).ticket.version
            with suppress(Stale):
                await desk.reply(self.name, ticket, version, text, key=text)
                break
        self._ledger.answered(text)
        self._open = None

    async def sees(self, *views: View) -> dict[View, tuple[Row, ...]]:
        """All rows of some views, as this desk sees them now."""
        async with connect_to(self._url, self._token) as desk:
            return {view: await self._rows(desk, view) for view in views}

    async def _rows(self, desk: RemoteDesk, view: View) -> tuple[Row, ...]:
        rows: list[Row] = []
        while True:
            page = await desk.worklist(self.name, view, start=len(rows), count=MANY)
            rows += page.rows
            if not page.rows or len(rows) >= page.total:
                return tuple(rows)
