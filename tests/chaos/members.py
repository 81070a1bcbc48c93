"""Members of staff who answer all there is, and the ledger of what they and patrons were promised."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field

from helpdesk.api.remote import RemoteDesk
from helpdesk.errors import Stale
from helpdesk.message import Channel, StaffId, TicketId
from helpdesk.ticket import Ticket
from helpdesk.worklist import View

CHATS_AT_ONCE = 12
"""How many chats a member of staff says they take at once: more than the town has visitors, so that nobody is full."""


@dataclass
class Ledger:
    """Who was promised what. ``said``: questions asked; ``taken``: those acknowledged; ``answers``: replies that the
    desk acknowledged to staff.
    """

    said: list[str] = field(default_factory=list)
    taken: set[str] = field(default_factory=set)
    answers: list[str] = field(default_factory=list)
    _more: asyncio.Event = field(default_factory=asyncio.Event)

    def asks(self, channel: Channel) -> str:
        """The tag of the next question, by a channel."""
        self.said.append(f"question-{channel}-{len(self.said):05d}")
        return self.said[-1]

    def taken_by(self, channel: Channel) -> int:
        """How many questions were acknowledged on a channel."""
        return sum(f"-{channel}-" in tag for tag in self.taken)

    def took(self, tag: str) -> None:
        """A question was acknowledged."""
        self.taken.add(tag)
        self._more.set()

    def answered(self, answer: str) -> None:
        """A reply was acknowledged."""
        self.answers.append(answer)
        self._more.set()

    async def grows(self, *, questions: int = 0, answers: int = 0) -> None:
        """Wait until so many more questions and replies are acknowledged."""
        questions, answers = questions + len(self.taken), answers + len(self.answers)
        while len(self.taken) < questions or len(self.answers) < answers:
            self._more.clear()
            await self._more.wait()


class Member:
    """A member of staff who answers all there is. What the owner's death left open is taken up at the next one."""

    def __init__(self, name: StaffId, ledger: Ledger) -> None:
        self._name = name
        self._ledger = ledger
        self._written = 0
        self._open: tuple[TicketId, str] | None = None
        """A reply of which nobody said yet whether it was stored, and its ticket."""

    async def works(self, desk: RemoteDesk) -> None:
        """Answer what waits, then what comes, until the owner is gone (TryLater)."""
        await desk.sign_in(self._name, name=self._name.title())
        await desk.set_presence(self._name, Channel.CHAT, True)
        await desk.duty.take_at_once(self._name, CHATS_AT_ONCE)
        seq = (await desk.hello()).seq
        if self._open is not None:
            await self._reply(desk, *self._open)
        for row in (await desk.worklist(self._name, View.MINE, count=500)).rows:
            if row.unanswered is not None:
                await self._answers(desk, row.id)
        await self._clears(desk)
        async for _ in desk.changes(seq):
            await self._clears(desk)

    async def _clears(self, desk: RemoteDesk) -> None:
        while (ticket := await self._taken(desk)) is not None:
            await self._answers(desk, ticket.id)

    async def _taken(self, desk: RemoteDesk) -> Ticket | None:
        if not (await desk.counts(self._name))[View.UNANSWERED]:
            return None
        return await desk.take_next(self._name)

    async def _answers(self, desk: RemoteDesk, ticket: TicketId) -> None:
        self._written += 1
        await self._reply(desk, ticket, f"answer-{self._name}-{self._written:05d}")

    async def _reply(self, desk: RemoteDesk, ticket: TicketId, text: str) -> None:
        """Send it, looking again while the patron writes in between; its key makes it one reply however often sent."""
        self._open = (ticket, text)
        while True:
            version = (await desk.thread(self._name, ticket)).ticket.version
            try:
                await desk.reply(self._name, ticket, version, text, key=text)
            except Stale:
                continue
            break
        self._ledger.answered(text)
        self._open = None
