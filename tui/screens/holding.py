"""Who has a ticket while somebody writes on it: it is held as they begin, and free again where nothing was written."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace
from functools import partial

from helpdesk.errors import HelpdeskError
from helpdesk.message import StaffId, TicketId
from helpdesk.thread import Thread
from helpdesk.ticket import Ticket, holder
from tui.allowed import Target, target
from tui.history import held_more
from tui.plain import one_line
from tui.screens.pick import Option, Pick
from tui.screens.sending import Sending
from tui.sitting import Sitting

BESIDE = "If you both answer, the patron gets two answers."


class Holding(Sending[Ticket]):
    """A ticket that is held by whoever answers it."""

    def __init__(self, sitting: Sitting, ticket: TicketId) -> None:
        super().__init__(sitting)
        self._ticket = ticket
        self._thread: Thread | None = None
        self._asked_about: set[StaffId] = set()
        self._held_to_write: TicketId | None = None

    @property
    def ticket(self) -> TicketId:
        """Which ticket is shown."""
        return self._ticket

    @property
    def target(self) -> Target | None:
        """This ticket, as it was last read."""
        thread = self._thread
        return target(thread.ticket, thread.clocks) if thread is not None else None

    async def _read(self, *, end: bool = False, asked: bool = True) -> None:
        """Read the ticket again; ``end``: show its last screen; ``asked``: by the reader, who is told if it fails."""
        raise NotImplementedError

    def draw(self, *, end: bool = False) -> None:
        """The whole screen."""
        raise NotImplementedError

    def _draw_head(self) -> None:
        raise NotImplementedError

    def _write(self, kind: str) -> None:
        """Open the composer."""
        raise NotImplementedError

    def do_keep(self) -> None:
        """Put the composer away; the draft stays."""
        raise NotImplementedError

    def _other(self, ticket: Target) -> StaffId | None:
        """A colleague who has the ticket, and of whom the writer was not told yet."""
        holder = ticket.holder(self.sitting.clock.now())
        if holder in {None, self.sitting.actor}:
            holder = self.sitting.beside.writers.get(ticket.id)
        return holder if holder not in {None, self.sitting.actor, *self._asked_about} else None

    def _ask_beside(self, ticket: Target, other: StaffId, kind: str) -> None:
        """Say that a colleague is on it before anything is written, and ask."""
        self._asked_about.add(other)
        self._outside_now = False

        def answered(chosen: str | None) -> None:
            if chosen == "write":
                self._write(kind)
                return
            if self._draft is not None:
                self.do_keep()
            if chosen == "note":
                self._write("note")
            else:
                self._asked_about.discard(other)

        more = held_more(ticket.held_until, self.sitting.clock.now())
        has = f"has ticket {ticket.number}{f', {more}' if more else ''}"
        if self.sitting.beside.writers.get(ticket.id) == other:
            has = f"is writing on ticket {ticket.number}"
        title = f"{one_line(self.sitting.name(other))} {has}."
        options = [Option("Back", "", ""), Option("Write a note", "", "note"), Option("Write an answer", "", "write")]
        self.app.push_screen(Pick(title, options, words=BESIDE), answered)

    async def _hold(self, ticket: Target) -> None:
        """Let colleagues see that somebody is on it. Whoever has it already is shown, not in the way."""
        if ticket.holder(self.sitting.clock.now()) is not None:
            return
        claimed = await self.attempt(self.sitting.desk.claim(self.sitting.actor, self._ticket))
        if claimed is not None:
            self._held_to_write = claimed.id
        if claimed is not None and self._thread is not None and claimed.id == self._thread.ticket.id:
            self._thread = replace(self._thread, ticket=claimed)
            self._draw_head()

    def keeps_hold(self) -> None:
        """It was answered: whoever did has it for now."""
        self._held_to_write = None

    def lets_go(self) -> None:
        """Nothing was written: what is held for that alone is free again, also where the ticket is left at once."""
        if self._draft is not None and self._draft.kind == "reply":
            self.after_others(partial(self._let_go, self._ticket))

    async def _let_go(self, ticket: TicketId) -> None:
        """Quietly: a claim that can't be given back runs out by itself."""
        thread, sitting = self._thread, self.sitting
        if ticket != self._held_to_write or thread is None or thread.ticket.id != ticket or self._draft is not None:
            return
        self._held_to_write = None
        mine = holder(thread.ticket, sitting.clock.now()) == sitting.actor and thread.ticket.held_until is not None
        if mine:
            with suppress(HelpdeskError, OSError):
                freed = await sitting.desk.release(sitting.actor, ticket, thread.ticket.version)
                self._thread = replace(thread, ticket=freed)
                self._draw_head()
