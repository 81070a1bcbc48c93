"""One ticket: what it is, its thread, and the composer."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from dataclasses import replace

from textual import events
from textual.app import ComposeResult

from helpdesk.message import TicketId
from helpdesk.noise.incidents import IncidentSight
from helpdesk.ticket import Ticket
from tui.background import in_background
from tui.company import company_lines
from tui.incident import ticket_above
from tui.own_chats import chats_line
from tui.progress import Meter
from tui.prose import Unfolded, head_lines, thread_lines, waits, warnings
from tui.screens.acting import TALL
from tui.screens.verbs import Verbs
from tui.screens.working import HELD
from tui.screens.writing import Writing
from tui.sitting import Sitting
from tui.widgets.lines import Lines


class TicketScreen(Writing):
    """Shows one ticket until it is left. ``kind``: what to write at once ("reply", "note", "editor")."""

    def __init__(self, sitting: Sitting, ticket: TicketId, *, kind: str = "") -> None:
        super().__init__(sitting, ticket, kind)
        self._unfolded = Unfolded(key=self._key_of("quotes"))
        self._sight: IncidentSight | None = None
        self._settled = asyncio.Event()
        self._counted = False

    def compose(self) -> ComposeResult:
        """From top to bottom."""
        yield Lines(id="masthead")
        yield Lines(id="head")
        yield Lines(id="warnings")
        yield self.view
        yield Lines(id="chats")
        yield self.composer
        yield Lines(id="footer")

    def on_mount(self) -> None:
        """Read the ticket. The composer is open already where one came to write: no letter is lost meanwhile."""
        self.composer.display = False
        self.view.focus()
        if self._draft is not None:
            self.composer.begin(self._draft.text, note=self._draft.kind == "note")
        self._read_in_turn(self._begin)

    async def _begin(self) -> None:
        try:
            self.sitting.beside.hurry()
            with self.metering(Meter("Reading the ticket", stops="leaves it")) as meter:
                await meter.unless_stopped(self._read(end=True))
            if self._thread is not None and self._kind and self._draft is not None:  # else it was closed meanwhile
                self._write(self._kind)
        finally:
            self._settled.set()
        if self._thread is None:
            self._outside_now = False
            self._go_back()

    def _go_back(self) -> None:
        """The ticket could not be read: back, but not before what was said of it is dismissed."""
        if self.is_active:
            self._taken_in()
            self.dismiss("")

    async def ready(self) -> None:
        """The ticket is read, or the composer is open and takes letters already."""
        await super().ready()
        with suppress(TimeoutError):
            async with asyncio.timeout(HELD):
                while self._draft is None and not self._settled.is_set():
                    await self._settled.wait()

    async def _read(self, *, end: bool = False, asked: bool = True) -> None:
        tell = self.attempt if asked else self.look
        thread = await tell(self.sitting.desk.thread(self.sitting.actor, self._ticket))
        if thread is None or thread.ticket.id != self._ticket:
            return
        if self._thread is None or thread.ticket.version >= self._thread.ticket.version:
            self._thread = thread
            self.sitting.news -= {self._ticket}
            self._sight = await self._sight_of(thread.ticket)
            self.draw(end=end)
        if self.is_active:
            self.sitting.looked.at((self._ticket,))

    async def _sight_of(self, ticket: Ticket) -> IncidentSight | None:
        """The noise that it tells of, with who else tells of it."""
        if ticket.incident is None:
            return None
        return await self.look(self.sitting.desk.noise.incident(self.sitting.actor, ticket.incident))

    @property
    def loud(self) -> bool:
        """Whether it tells of noise."""
        return self._thread is not None and self._thread.ticket.incident is not None

    # Drawing

    def draw(self, *, end: bool = False) -> None:
        """The whole screen."""
        self.draw_frame()
        if self._thread is None or not self.standing:
            return
        self._draw_head()
        eye, view = self.sitting.eye, self.view
        view.show(thread_lines(self._thread, eye, self.sitting.name, view.cells, self._unfolded), end=end)
        self._draw_composing()

    def _draw_head(self) -> None:
        if self._thread is None or not self.standing:
            return
        sitting, ticket, cells = self.sitting, self._thread.ticket, self.size.width
        title = sitting.hello.lines.get(ticket.line, ticket.line)
        above, below = ticket_above(ticket, self._sight, sitting.eye, cells, brief=self.size.height < TALL)
        head = head_lines(self._thread, sitting.eye, title, sitting.name, cells)
        beside = company_lines(sitting.beside.on(ticket.id), sitting.name, cells)
        self.query_one("#head", Lines).show([*above, *head, *beside, *below])
        self.query_one("#chats", Lines).show(chats_line(sitting.chats, ticket.id, cells))
        self.query_one("#warnings", Lines).show(warnings(self._thread, sitting.eye, sitting.name, cells))

    def tick(self) -> None:
        """Time went by: only the head shows it, unless a reply waits to go out."""
        super().tick()
        waiting = self._thread is not None and waits(self._thread, self.sitting.clock.now())
        if waiting or self._counted:  # once more where its time is up, even if the clock was set past it
            self.draw()
        else:
            self._draw_head()
        self._counted = waiting

    def on_resize(self, event: events.Resize) -> None:
        """Break the lines anew."""
        self.call_after_refresh(self.draw)

    async def heard(self, tickets: frozenset[TicketId]) -> None:
        """Somebody changed something; read again if it was this ticket."""
        others = {each.ticket for each in self._sight.reporters} if self._sight is not None else set()
        if self._ticket in tickets or tickets & others:
            await self._read(asked=False)

    async def changed(self, *, left: bool = False) -> None:
        """The reader changed the ticket."""
        if left:
            self._leave("")
        else:
            await self._read()

    async def reread(self) -> None:
        """As the owner has it now."""
        await self._read(asked=False)

    def on_screen_resume(self) -> None:
        """Back from another screen."""
        self.draw_frame()
        if self._settled.is_set() and self._thread is None:
            self.call_later(self._go_back)

    def _leave(self, outcome: str) -> None:
        """Once: a second esc that was typed ahead finds it left already."""
        if self.is_active:
            self.dismiss(outcome)

    # Reading

    def do_back(self) -> None:
        """To the worklist."""
        self._leave("")

    def do_next(self) -> None:
        """To the next unanswered ticket."""
        self._leave("next")

    def do_previous(self) -> None:
        """To the unanswered ticket before."""
        self._leave("previous")

    def do_down(self) -> None:
        """Scroll down."""
        self.view.move(1)

    def do_up(self) -> None:
        """Scroll up."""
        self.view.move(-1)

    do_thread_down = do_down
    do_thread_up = do_up

    def do_page_down(self) -> None:
        """A screen on."""
        self.view.page(1)

    def do_page_up(self) -> None:
        """A screen back."""
        self.view.page(-1)

    def do_first(self) -> None:
        """The thread's first line."""
        self.view.move(-len(self.view.lines))

    def do_last(self) -> None:
        """The thread's last line."""
        self.view.move(len(self.view.lines))

    def do_history(self) -> None:
        """Show or hide what happened."""
        self._unfolded = replace(self._unfolded, history=not self._unfolded.history)
        self.draw()

    def do_quotes(self) -> None:
        """Show or hide what mails quote."""
        self._unfolded = replace(self._unfolded, quotes=not self._unfolded.quotes)
        self.draw()

    async def tells_from_where(self, ticket: Ticket) -> None:
        """The list from which one came here knows."""
        stack = self.app.screen_stack
        below = stack[stack.index(self) - 1] if self in stack[1:] else None
        if isinstance(below, Verbs):
            await below.tells_from_where(ticket)

    def open_ticket(self, ticket: TicketId) -> None:
        """Another ticket in the place of this one."""
        self._taken_in()
        self._draft, self._ticket, self._thread, self._sight = None, ticket, None, None
        self._looked = None
        self._asked_about.clear()
        self.composer.close()
        self.view.focus()
        self._kind = ""
        self._settled.clear()
        in_background(self, self._begin, "read", exclusive=True)
