"""One ticket: what it is, its thread, and the composer."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from dataclasses import replace
from functools import partial

from textual import events, on
from textual.app import ComposeResult

from helpdesk.clock import SECOND, Instant
from helpdesk.message import Channel, TicketId
from helpdesk.thread import Thread
from helpdesk.ticket import Ticket
from tui.allowed import Target, target, why_not
from tui.background import in_background
from tui.commands import Command, Where
from tui.composing import composing_lines
from tui.drafts import Draft, Kind, next_then
from tui.editor import edited
from tui.prose import Unfolded, head_lines, thread_lines, warnings
from tui.screens.include import Include
from tui.screens.verbs import Verbs
from tui.sitting import Sitting
from tui.widgets.composer import Composer
from tui.widgets.lines import Lines
from tui.widgets.thread import ThreadView

HELD = 3.0
"""How long keys wait for a ticket that is being read, in seconds; esc must help where it never comes."""

TYPING = 3 * SECOND
"""How often a chat's visitor is told that somebody is writing, at most, by the desk's clock."""


class TicketScreen(Verbs):
    """Shows one ticket until it is left. ``kind``: what to write at once ("reply", "note", "editor")."""

    def __init__(self, sitting: Sitting, ticket: TicketId, *, kind: str = "") -> None:
        super().__init__(sitting)
        self._ticket = ticket
        self._kind = kind
        self._thread: Thread | None = None
        self._unfolded = Unfolded()
        self._draft = self._begun(kind) if kind else None
        self._told_typing = Instant(0)
        self._sending = False
        self._settled = asyncio.Event()
        self._outside_now = kind == "editor"

    def compose(self) -> ComposeResult:
        """From top to bottom."""
        yield Lines(id="masthead")
        yield Lines(id="head")
        yield Lines(id="warnings")
        yield ThreadView(id="thread")
        yield Composer(id="composer")
        yield Lines(id="footer")

    @property
    def place(self) -> Where:
        """The composer takes the keys while it is open."""
        return Where.TICKET if self._draft is None else Where.COMPOSER

    @property
    def target(self) -> Target | None:
        """This ticket, as it was last read."""
        return target(self._thread.ticket) if self._thread is not None else None

    @property
    def view(self) -> ThreadView:
        """The thread on the screen."""
        return self.query_one("#thread", ThreadView)

    @property
    def composer(self) -> Composer:
        """Where one writes."""
        return self.query_one("#composer", Composer)

    def on_mount(self) -> None:
        """Read the ticket. The composer is open already where one came to write: no letter is lost meanwhile."""
        self.composer.display = False
        self.view.focus()
        if self._draft is not None:
            self.composer.begin(self._draft.text, note=self._draft.kind == "note")
        self._after_others(self._begin)

    async def _begin(self) -> None:
        try:
            await self._read(end=True)
            if self._thread is not None and self._kind:
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
        with suppress(TimeoutError):
            async with asyncio.timeout(HELD):
                while self._draft is None and not self._settled.is_set():
                    await self._settled.wait()

    @property
    def deaf(self) -> bool:
        """While $EDITOR is started nothing that was typed for it is written, or sent, here."""
        return self._outside_now

    async def on_key(self, event: events.Key) -> None:
        """A letter that came before the composer had the focus goes into it; all else as ever."""
        if self._draft is not None and event.is_printable and event.character:
            self.composer.area.insert(event.character)
            event.stop()
        else:
            await super().on_key(event)

    async def _read(self, *, end: bool = False) -> None:
        thread = await self.attempt(self.sitting.desk.thread(self.sitting.actor, self._ticket))
        if thread is None or thread.ticket.id != self._ticket:
            return
        if self._thread is None or thread.ticket.version >= self._thread.ticket.version:
            self._thread = thread
            self.draw(end=end)

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
        self.query_one("#head", Lines).show(head_lines(self._thread, sitting.eye, title, sitting.name, cells))
        self.query_one("#warnings", Lines).show(warnings(self._thread, sitting.eye, sitting.name, cells))

    def _draw_composing(self) -> None:
        if self._draft is not None and self._thread is not None and self.standing:
            self.composer.say(composing_lines(self._draft, self._thread, self.size.width, self._sending))

    def tick(self) -> None:
        """Time went by: only the head shows it."""
        super().tick()
        self._draw_head()

    def on_resize(self, event: events.Resize) -> None:
        """Break the lines anew."""
        self.call_after_refresh(self.draw)

    async def heard(self, tickets: frozenset[TicketId]) -> None:
        """Somebody changed something; read again if it was this ticket."""
        if self._ticket in tickets:
            await self._read()

    async def changed(self, *, left: bool = False) -> None:
        """The reader changed the ticket."""
        if left:
            self.dismiss("")
        else:
            await self._read()

    async def reread(self) -> None:
        """As the owner has it now."""
        await self._read()

    def on_screen_resume(self) -> None:
        """Back from another screen."""
        self.draw_frame()
        if self._settled.is_set() and self._thread is None:
            self.call_later(self._go_back)

    # Reading

    def do_back(self) -> None:
        """To the worklist."""
        self.dismiss("")

    def do_next(self) -> None:
        """To the next unanswered ticket."""
        self.dismiss("next")

    def do_previous(self) -> None:
        """To the unanswered ticket before."""
        self.dismiss("previous")

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

    def open_ticket(self, ticket: TicketId) -> None:
        """Another ticket in the place of this one."""
        self._taken_in()
        self._draft, self._ticket, self._thread = None, ticket, None
        self.composer.close()
        self.view.focus()
        self._kind = ""
        self._settled.clear()
        in_background(self, self._begin, "read", exclusive=True)

    # Writing

    def compose_on(self, ticket: TicketId, kind: str) -> None:
        """Open the composer."""
        self._write(kind)

    def _write(self, kind: str) -> None:
        ticket = self.target
        if ticket is None:
            return
        if reason := why_not(
            "note" if kind == "note" else "reply", ticket, self.sitting.actor, self.sitting.clock.now()
        ):
            self._outside_now = False
            if self._draft is not None:
                self.do_keep()
            self.refuse(reason)
            return
        if self._draft is None:
            self._draft = self._begun(kind)
            self.composer.begin(self._draft.text, note=kind == "note")
        self.draw_frame()
        self._draw_composing()
        self.view.call_after_refresh(self.view.scroll_end, animate=False)
        if self._draft.kind == "reply":
            self._after_others(partial(self._hold, ticket))
        if kind == "editor":
            self.do_outside()

    def _begun(self, kind: str) -> Draft:
        """The draft to go on with, or a new one."""
        wanted: Kind = "note" if kind == "note" else "reply"
        return self.sitting.drafts.get(self.sitting.actor, self._ticket, wanted)

    def _taken_in(self) -> Draft | None:
        """The draft with all that was typed, also what was not told yet."""
        if self._draft is not None and self._draft.text != self.composer.text:
            self._draft = replace(self._draft, text=self.composer.text)
            self._keep()
        return self._draft

    async def _hold(self, ticket: Target) -> None:
        """Let colleagues see that somebody is on it. Whoever has it already is shown, not in the way."""
        if ticket.holder(self.sitting.clock.now()) is not None:
            return
        claimed = await self.attempt(self.sitting.desk.claim(self.sitting.actor, self._ticket))
        if claimed is not None and self._thread is not None and claimed.id == self._thread.ticket.id:
            self._thread = replace(self._thread, ticket=claimed)
            self._draw_head()

    @on(Composer.Typed)
    def _typed(self, event: Composer.Typed) -> None:
        if self._draft is None:
            return
        self._draft = replace(self._draft, text=event.text)
        self._keep()
        self._draw_composing()
        now = self.sitting.clock.now()
        chat = self._thread is not None and self._thread.ticket.channel is Channel.CHAT
        if chat and self._draft.kind == "reply" and event.text and now - self._told_typing >= TYPING:
            self._told_typing = now
            in_background(self, self._tell_typing, "typing", exclusive=True)

    async def _tell_typing(self) -> None:
        await self.look(self.sitting.desk.typing(self.sitting.actor, self._ticket))

    def _keep(self) -> None:
        if self._draft is not None:
            self.sitting.drafts.keep(self.sitting.actor, self._ticket, self._draft)

    def do_keep(self) -> None:
        """Put the composer away; the draft stays."""
        draft = self._taken_in()
        if draft is not None and not draft.empty:
            self.say(f"Draft kept. {'i' if draft.kind == 'note' else 'r'} goes on with it.")
        self._close()

    def _close(self) -> None:
        self._keep()
        self._draft = None
        self.composer.close()
        self.view.focus()
        self.draw()

    def do_then(self) -> None:
        """Another choice of what becomes of the ticket."""
        if self._draft is not None and self._draft.kind == "reply":
            self._draft = next_then(self._draft)
            self._keep()
            self._draw_composing()

    def do_outside(self) -> None:
        """Go on in $EDITOR."""
        self._outside_now = True
        in_background(self, self._outside, "outside", exclusive=True)

    async def _outside(self) -> None:
        try:
            draft = self._taken_in()
            if draft is None:
                return
            text, trouble = await edited(self.app, draft.text)
        finally:
            self._outside_now = False
        if trouble:
            self.say(trouble, warn=True)
        elif self._draft is draft:
            self.composer.begin(text, note=draft.kind == "note")

    def do_send(self) -> None:
        """Send it, once."""
        draft = self._taken_in()
        if draft is None or self._sending:
            return
        if draft.empty:
            self.say("There is nothing to send yet.", warn=True)
            return
        self._sending = True
        self._draw_composing()
        self._after_others(partial(self._send, draft))

    async def _send(self, draft: Draft) -> None:
        try:
            ready = await self._addressed(draft)
            sent = await self.attempt(self._deliver(ready)) if ready is not None else None
        finally:
            self._sending = False
        if not self.standing:
            return
        if sent is None:
            self._draw_composing()
            return
        self.sitting.drafts.drop(self.sitting.actor, self._ticket, draft.kind)
        self._draft = None
        self.composer.close()
        self.view.focus()
        self.say(f"Ticket {sent.number}: {_sent_words(draft)}")
        if draft.kind == "reply" and draft.then == "solved":
            self.dismiss("")
        else:
            await self._read(end=True)

    async def _addressed(self, draft: Draft) -> Draft | None:
        """The draft with a choice of whom it goes to where strangers wrote; None if the writer thinks again."""
        strangers = self._thread.unverified if self._thread is not None else ()
        if draft.kind == "note" or not strangers:
            return draft
        chosen = await self.app.push_screen_wait(Include(strangers))
        if chosen is None:
            return None
        left_out = tuple(address for address in strangers if address not in chosen)
        return replace(draft, include=chosen, exclude=left_out)

    async def _deliver(self, draft: Draft) -> Ticket:
        desk, actor = self.sitting.desk, self.sitting.actor
        if draft.kind == "note":
            return await desk.note(actor, self._ticket, draft.text, key=draft.key)
        version = self._thread.ticket.version if self._thread is not None else 0
        return await desk.reply(
            actor,
            self._ticket,
            version,
            draft.text,
            then=draft.then,
            include=draft.include,
            exclude=draft.exclude,
            key=draft.key,
        )

    def why_not(self, command: Command) -> str:
        """A note has no consequence to choose."""
        if command.id == "then" and self._draft is not None and self._draft.kind == "note":
            return "A note changes nothing about the ticket."
        return super().why_not(command)


def _sent_words(draft: Draft) -> str:
    if draft.kind == "note":
        return "your note is kept."
    return {"open": "your reply is on its way.", "waiting": "your reply is on its way; it waits for the patron now.",
            "solved": "your reply is on its way, and it is solved."}[draft.then]  # fmt: skip
