"""Bringing drafts to the store and back: after a pause in the typing, in a few seconds at most. No Textual."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from helpdesk.errors import HelpdeskError, SignedOut, TryLater
from helpdesk.message import StaffId
from helpdesk.ports import Desk
from tui.drafts import Draft, Drafts, Slot, written

PAUSE = 1.0
"""For how long nothing is typed before what was typed goes to the store, in seconds."""

PAUSES = 3
"""How many such times somebody may type through before it goes all the same: few seconds of work are ever at stake."""

LAST_SECONDS = 3.0
"""How long a desk that is being left waits for the store."""

NO_ANSWER = "Nobody answers just now."

ONLY_HERE = "What you write is at this desk alone for now: leave it open. {0}"
"""What is told once, where the store takes no draft though the line holds."""

Later = Callable[[float, Callable[[], None]], object]


def _never(seconds: float, work: Callable[[], None]) -> None:
    """Before the desk is open nothing is brought anywhere."""


def _nothing() -> None:
    """So is nothing then."""


class Keeping:
    """Keeps the store's drafts as this terminal's are. While it can't be reached they wait here, and go later."""

    def __init__(self, desk: Desk, drafts: Drafts) -> None:
        self._desk = desk
        self._drafts = drafts
        self._later: Later = _never
        self._run: Callable[[], None] = _nothing
        self._turn = asyncio.Lock()
        self._waits = self._typed = False
        self._pauses = 0
        self.unkept = ""
        """Why the store takes no draft just now, "" while it does."""

    def begins(self, later: Later, run: Callable[[], None]) -> None:
        """From now on: ``later`` calls back after some seconds, ``run`` has :meth:`bring` done beside the screens."""
        self._later, self._run = later, run
        self._drafts.changed = self.stir

    def stir(self) -> None:
        """Something was typed."""
        self._typed = True
        if not self._waits:
            self._waits, self._typed, self._pauses = True, False, 0
            self._later(PAUSE, self._look)

    def _look(self) -> None:
        self._pauses += 1
        if self._typed and self._pauses < PAUSES:
            self._typed = False
            self._later(PAUSE, self._look)
        else:
            self._waits = False
            self.hurry()

    def hurry(self) -> None:
        """Bring what is not there yet, now."""
        if self._drafts.ahead():
            self._run()

    async def bring(self) -> None:
        """Bring what is not there yet, one after the other. What can't be reached now is tried again later, and so is
        what the store refuses: it may be too long.
        """
        async with self._turn:
            unkept = ""
            for slot, draft in self._drafts.ahead():
                try:
                    stored = await self._brought(slot, draft)
                except SignedOut:  # of one writer: another's may go
                    continue
                except (TryLater, OSError) as error:
                    self.unkept = str(error) if isinstance(error, TryLater) else NO_ANSWER
                    return
                except HelpdeskError as error:
                    unkept = str(error)
                    continue
                self._drafts.settled(slot, draft, stored=stored)
            self.unkept = unkept

    async def _brought(self, slot: Slot, draft: Draft | None) -> bool:
        """Whether the store has it now: not where it was sent already, or what was written on is forgotten."""
        writer, on, kind = slot
        drafts, as_kept = self._desk.drafts, written(draft)
        if as_kept is not None:
            return await drafts.keep(writer, on, kind, as_kept)
        await drafts.drop(writer, on, kind)
        return False

    async def last(self) -> None:
        """Bring what is not there yet before the desk is left, as far as that is possible soon."""
        try:
            async with asyncio.timeout(LAST_SECONDS):
                await self.bring()
        except TimeoutError:
            pass

    async def fetch(self, writer: StaffId) -> None:
        """Learn what a writer has begun, here or at another desk. A desk that can't be reached tries again later."""
        try:
            found = await self._desk.drafts.mine(writer)
        except (HelpdeskError, OSError):
            return
        self._drafts.take(writer, found)
