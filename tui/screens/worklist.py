"""The queue: views, rows, and the selected ticket beside them where there is room."""

from __future__ import annotations

from functools import lru_cache, partial
from typing import ClassVar

from textual import events, on
from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.timer import Timer

from helpdesk.message import TicketId
from helpdesk.ports.views import SavedView
from helpdesk.thread import Thread
from helpdesk.worklist import View
from tui.allowed import Target, target
from tui.background import in_background
from tui.commands import Where, command
from tui.incident import ticket_above
from tui.keymap import shown
from tui.prose import Unfolded, head_lines, thread_lines, waits
from tui.roles import reads
from tui.screens.acting import Outcome
from tui.screens.chatting import Chatting
from tui.screens.narrowing import Narrowing
from tui.screens.ticket import TicketScreen
from tui.sitting import Sitting
from tui.tabs import Going, Shown, tabs
from tui.widgets.lines import Lines
from tui.widgets.thread import ThreadView
from tui.widgets.tickets import TicketList

ROOMY = 132
"""From this width on the selected ticket is shown beside the list."""


_target = lru_cache(1)(target)
"""What commands must know of the selected row: the footer asks for each of them, and asks with every key."""


class WorklistScreen(Narrowing, Chatting):
    """The screen that the desk opens with."""

    place: ClassVar[Where] = Where.WORKLIST

    def __init__(self, sitting: Sitting, view: Shown = View.UNANSWERED) -> None:
        super().__init__(sitting, view)
        self._missed = False
        self._rest: Timer | None = None
        self._beside_thread: Thread | None = None

    def compose(self) -> ComposeResult:
        """From top to bottom."""
        yield Lines(id="masthead")
        yield Lines(id="tabs")
        yield Lines(id="narrowed")
        with Horizontal(id="work"):
            with Vertical(id="queue"):
                yield Lines(id="heads")
                yield TicketList(self._read, self.eye, id="tickets")
            with Vertical(id="beside") as beside:
                beside.display = self.app.size.width >= ROOMY
                yield Lines(id="beside-head")
                yield ThreadView(id="beside-thread")
        yield Lines(id="notices")
        yield Lines(id="footer")

    @property
    def target(self) -> Target | None:
        """The selected ticket."""
        row = self.tickets.current if self.standing else None
        return _target(row) if row is not None else None

    def on_mount(self) -> None:
        """Read the first screen."""
        self.query_one("#beside-thread").can_focus = False
        self.tickets.focus()
        self.draw()
        self._before_keys(self.begin, "view", exclusive=True)

    async def begin(self) -> None:
        """Read the list from its top, the counts and the notices."""
        if self.standing:
            await self.tickets.begin()
        await self._count()
        if not reads(self.sitting.role) and self.is_active:
            self.do_standing()

    async def _count(self) -> None:
        """Read the counts and the notices."""
        desk, sitting = self.sitting.desk, self.sitting
        if sitting.trouble:
            return
        actor = sitting.actor
        counts = await self.look(desk.counts(actor)) if reads(sitting.role) else {}
        saved = await self.look(desk.views.saved(actor)) if reads(sitting.role) else ()
        notices = await self.look(desk.notices())
        if actor != sitting.actor:  # a colleague sat down meanwhile
            return
        sitting.counts = sitting.counts if counts is None else counts
        self.settle(sitting.saved if saved is None else saved)
        sitting.notices = sitting.notices if notices is None else notices
        if sitting.choices.says:  # a library without a noise line has none that goes on
            going = await self.look(desk.noise.incidents(sitting.actor))
            sitting.going = sitting.going if going is None else going
        self.draw()

    # Drawing

    def draw(self) -> None:
        """All lines around the list."""
        if not self.standing:
            return
        self.draw_frame()
        cells = self.size.width
        sitting = self.sitting
        self.query_one("#tabs", Lines).show(tabs(sitting.counts, self.view, cells, self._going, sitting.saved))
        self.query_one("#narrowed", Lines).show(self.filter_lines())
        self.draw_notices()
        self.draw_heads()
        self.tickets.say_nothing(self.nothing())

    @property
    def _going(self) -> Going:
        going = self.sitting.going
        key = shown(command(self.sitting.commands, "incidents"))
        return Going(len(going), any(each.concern is not None for each in going), key)

    def tick(self) -> None:
        """Time went by."""
        super().tick()
        if self.standing:
            self._tick_rows()

    def _tick_rows(self) -> None:
        self.tickets.tick()
        if self._beside_thread is not None:
            self._draw_beside_head(self._beside_thread)
            if waits(self._beside_thread, self.sitting.clock.now()):
                self._draw_beside_thread(self._beside_thread)

    def on_resize(self, event: events.Resize) -> None:
        """Show the ticket beside the list where there is room."""
        self.query_one("#beside").display = event.size.width >= ROOMY
        self.call_after_refresh(self.draw)
        self._look()

    @on(TicketList.Moved)
    def _look(self) -> None:
        """Show the selected ticket beside the list once the cursor rests."""
        if not self.standing:
            return
        self.draw_frame()
        gone = self.tickets.window.gone
        if gone and self.is_active:
            self.say(f"Ticket {gone} has left this view. Move to choose another one.", warn=True)
        if self.size.width < ROOMY:
            return
        if self._rest is not None:
            self._rest.stop()
        self._rest = self.set_timer(0.1, self._look_closer)

    def _look_closer(self) -> None:
        in_background(self, self._beside, "beside", exclusive=True)

    async def _beside(self) -> None:
        if not self.standing:
            return
        row, sitting = self.tickets.current, self.sitting
        head, view = self.query_one("#beside-head", Lines), self.query_one("#beside-thread", ThreadView)
        self._beside_thread = None
        if row is None:
            head.show([])
            view.show([])
            return
        thread = await self.look(sitting.desk.thread(sitting.actor, row.id))
        if thread is not None and self.standing:
            self._beside_thread = thread
            self._draw_beside_head(thread)
            self._draw_beside_thread(thread)

    def _draw_beside_head(self, thread: Thread) -> None:
        sitting, cells = self.sitting, self.query_one("#beside-thread", ThreadView).cells
        title = sitting.hello.lines.get(thread.ticket.line, thread.ticket.line)
        above, below = ticket_above(thread.ticket, None, sitting.eye, cells)
        head = [*above, *head_lines(thread, sitting.eye, title, sitting.name, cells), *below, ()]
        self.query_one("#beside-head", Lines).show(head)

    def _draw_beside_thread(self, thread: Thread) -> None:
        view, sitting = self.query_one("#beside-thread", ThreadView), self.sitting
        view.show(thread_lines(thread, sitting.eye, sitting.name, view.cells, Unfolded()), end=True)

    # Changes

    async def heard(self, tickets: frozenset[TicketId]) -> None:
        """Somebody changed something."""
        if not self.is_current:
            self._missed = True
        elif tickets or self.view is View.BREACHING or self.typed or isinstance(self.view, SavedView):
            await self._refresh()
        else:
            await self._count()

    async def _refresh(self, *, follow: bool = False) -> None:
        if self.standing:
            await self.tickets.reload(follow=follow or self.acting)
            self.see()
        await self._count()
        if self.size.width >= ROOMY and self.standing:
            await self._beside()

    async def reread(self) -> None:
        """As the owner has it now; later, if another screen lies over it."""
        if self.is_current:
            await self._refresh()
        else:
            self._missed = True

    async def changed(self, *, left: bool = False) -> None:
        """The reader changed the selected ticket."""
        await self._refresh(follow=True)

    def on_screen_resume(self) -> None:
        """Catch up with what was missed under another screen."""
        self.sitting.beside.hurry()
        self.draw()
        if self.standing:
            self._tick_rows()
        if self._missed:
            self._missed = False
            in_background(self, partial(self._refresh, follow=True), "refresh")

    # Commands of this screen

    def do_down(self) -> None:
        """The next row."""
        self.tickets.move(1)

    def do_up(self) -> None:
        """The row before."""
        self.tickets.move(-1)

    def do_page_down(self) -> None:
        """A screen on."""
        self.tickets.page(1)

    def do_page_up(self) -> None:
        """A screen back."""
        self.tickets.page(-1)

    def do_first(self) -> None:
        """The first row."""
        self.tickets.go(0)

    def do_last(self) -> None:
        """The last row."""
        self.tickets.go(self.tickets.window.total - 1)

    def do_open(self) -> None:
        """Open the selected ticket."""
        if (target := self.target) is not None:
            self.open_ticket(target.id)

    @on(TicketList.Opened)
    def _opened(self) -> None:
        self.do_open()

    def open_ticket(self, ticket: TicketId) -> None:
        """Show a ticket; what it says when it is left decides what is next."""
        self._push(TicketScreen(self.sitting, ticket))

    def compose_on(self, ticket: TicketId, kind: str) -> None:
        """Open the ticket with the composer."""
        self._push(TicketScreen(self.sitting, ticket, kind=kind))

    def _push(self, screen: TicketScreen) -> None:
        self.app.push_screen(screen, lambda outcome: self.left(screen.ticket, outcome))

    def left(self, ticket: TicketId, outcome: Outcome | None) -> None:
        """A ticket was left: the bar goes to its place, or to the most urgent one where the list does not hold it."""
        if self.standing:
            self.tickets.point(ticket)
        self._before_keys(partial(self._after_ticket, outcome or ""), "refresh")

    async def _after_ticket(self, outcome: Outcome) -> None:
        await self._refresh(follow=True)
        if outcome in {"next", "previous"}:
            row = await self.seek(1 if outcome == "next" else -1)
            if row is not None:
                self.open_ticket(row.id)
