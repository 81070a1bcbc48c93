"""What all screens on which staff act on a ticket have in common: keys, verbs, and how errors are told."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from functools import partial
from pathlib import Path
from typing import ClassVar, TypeVar

from textual import events
from textual.binding import Binding, BindingType
from textual.screen import Screen

from helpdesk.clock import Instant
from helpdesk.errors import HelpdeskError, Stale
from helpdesk.message import StaffId, TicketId
from helpdesk.thread import File
from helpdesk.ticket import Ticket
from tui.allowed import Target, why_not
from tui.background import in_background
from tui.commands import Command, Where
from tui.files import clean_name, default_folder, files_of, saved, short
from tui.footer import footer
from tui.keymap import lookup
from tui.masthead import masthead, who_span
from tui.screens.pick import Option, Pick
from tui.screens.save import SaveScreen
from tui.sitting import Sitting
from tui.snooze import choices
from tui.widgets.lines import Lines
from tui.words import on_day, plural

T = TypeVar("T")
Outcome = str
"""What a ticket screen says when it is left: "", "next" or "previous"."""

UNREACHABLE = "The desk's owner does not answer. Nothing was changed; try again in a moment."


class Acting(Screen[Outcome], inherit_bindings=False):
    """Keys come in here, by the command table; what can't be done says why."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("ctrl+c,super+c", "screen.copy_text", show=False)]
    AUTO_FOCUS = None

    def __init__(self, sitting: Sitting) -> None:
        super().__init__()
        self.sitting = sitting
        self._keys = {where: lookup(sitting.commands, where) for where in Where}
        self._turn = asyncio.Lock()
        self._hearing = False
        self._unheard: frozenset[TicketId] | None = None

    # What a screen says of itself

    @property
    def place(self) -> Where:
        """Where the reader is: it decides what a key means."""
        raise NotImplementedError

    @property
    def target(self) -> Target | None:
        """The ticket that a command would act on."""
        raise NotImplementedError

    async def changed(self, *, left: bool = False) -> None:
        """The reader changed the ticket; ``left``: it is out of the way now."""
        raise NotImplementedError

    async def reread(self) -> None:
        """The owner is back: what was asked for in vain is asked for again."""
        raise NotImplementedError

    def compose_on(self, ticket: TicketId, kind: str) -> None:
        """Begin to write on a ticket: "reply", "note" or "editor"."""
        raise NotImplementedError

    def open_ticket(self, ticket: TicketId) -> None:
        """Show a ticket."""
        raise NotImplementedError

    @property
    def standing(self) -> bool:
        """Whether the screen has its widgets: not before they are composed, nor any more when the desk closes."""
        return self.is_attached and bool(self.query("#footer"))

    # Keys

    async def press(self, key: str) -> None:
        """Do what a key means here; one that means nothing does nothing."""
        command = self._keys[self.place].get(key)
        if command is not None:
            await self.do(command, key)

    async def on_key(self, event: events.Key) -> None:
        """While somebody writes: what the text area did not take for itself."""
        event.stop()
        event.prevent_default()
        await self.press(event.key)

    async def do(self, command: Command, key: str = "") -> None:
        """Carry a command out, or say why not."""
        if reason := self.why_not(command):
            self.say(reason, warn=True)
            return
        here = getattr(self, f"do_{command.id}", None)
        if here is None:
            await self.app.run_action(f"app.{command.id}")
        elif command.id == "view":
            here(int(key or "1"))
        else:
            here()

    def why_not(self, command: Command) -> str:
        """Why a command can't be done now, "" if it can."""
        return why_not(command.id, self.target, self.sitting.actor, self.sitting.clock.now())

    # Telling

    def say(self, words: str, *, warn: bool = False, long: bool = False) -> None:
        """A toast. It says what to do, and goes by itself; later, if it warns or takes ``long`` to read."""
        timeout = 6 if warn or long else 3
        self.app.notify(words, severity="warning" if warn else "information", timeout=timeout, markup=False)

    async def attempt(self, doing: Awaitable[T]) -> T | None:
        """What a call to the desk returns; None where it failed, and the reader is told what to do."""
        try:
            return await doing
        except Stale as error:
            self.say(str(error), warn=True)
            await self.changed()
        except HelpdeskError as error:
            self.say(str(error), warn=True)
        except OSError:
            self.say(UNREACHABLE, warn=True)
        return None

    def draw_frame(self) -> None:
        """The first and the last line of the screen."""
        if not self.standing:
            return
        sitting, cells = self.sitting, self.size.width
        hello = sitting.hello
        who = who_span(sitting.name(sitting.actor), sitting.available)
        lines = masthead(hello.library, hello.said, who, sitting.eye, sitting.trouble, cells)
        self.query_one("#masthead", Lines).show(lines)
        self.query_one("#footer", Lines).show([footer(sitting.commands, self.place, self.why_not, cells)])

    def tick(self) -> None:
        """Time went by."""
        self.draw_frame()

    def hear(self, tickets: frozenset[TicketId]) -> None:
        """Something changed. While the screen is reading, changes gather; none is missed."""
        self._unheard = (self._unheard or frozenset()) | tickets
        if not self._hearing:
            self._hearing = True
            in_background(self, self._hear, "hear")

    async def _hear(self) -> None:
        try:
            while self._unheard is not None:
                tickets, self._unheard = self._unheard, None
                await self.heard(tickets)
        finally:
            self._hearing = False

    async def heard(self, tickets: frozenset[TicketId]) -> None:
        """Something changed: these tickets, and maybe the counts."""
        raise NotImplementedError

    # Verbs

    def act(self, work: Callable[[Target], Awaitable[None]]) -> None:
        """Run a verb on the ticket under the cursor, after the verbs before it; never on one that came there since."""
        if (target := self.target) is not None:
            self._after_others(partial(self._act, work, target))

    async def _act(self, work: Callable[[Target], Awaitable[None]], meant: Target) -> None:
        target = self.target
        if target is not None and target.id == meant.id:
            await work(target)

    def _after_others(self, work: Callable[[], Awaitable[None]]) -> None:
        in_background(self, partial(self._in_turn, work), "act")

    async def _in_turn(self, work: Callable[[], Awaitable[None]]) -> None:
        async with self._turn:
            await work()

    @property
    def acting(self) -> bool:
        """Whether a change that comes now may be the reader's own."""
        return self._turn.locked()

    async def _verb(self, doing: Awaitable[Ticket], words: str, *, left: bool = False) -> None:
        if await self.attempt(doing) is not None:
            self.say(words)
            await self.changed(left=left)

    def do_take(self) -> None:
        """Take the ticket that most needs somebody."""
        self._after_others(self._take)

    async def _take(self) -> None:
        nobody = object()
        ticket = await self.attempt(_or(self.sitting.desk.take_next(self.sitting.actor), nobody))
        if ticket is nobody:
            self.say("Nobody is waiting for an answer.")
        elif isinstance(ticket, Ticket):
            self.open_ticket(ticket.id)

    def do_claim(self) -> None:
        """Hold it for a while."""

        async def work(target: Target) -> None:
            doing = self.sitting.desk.claim(self.sitting.actor, target.id)
            await self._verb(doing, f"Ticket {target.number} is yours for now.")

        self.act(work)

    def do_release(self) -> None:
        """Put it back."""

        async def work(target: Target) -> None:
            doing = self.sitting.desk.release(self.sitting.actor, target.id, target.version)
            await self._verb(doing, f"Ticket {target.number} is free for whoever is next.", left=True)

        self.act(work)

    def do_mine(self) -> None:
        """Assign it to me."""
        self.act(lambda target: self._assign(target, self.sitting.actor))

    def do_assign(self) -> None:
        """Give it to a colleague."""

        sitting, target = self.sitting, self.target
        if target is None:
            return
        members = [member for member in sitting.members.values() if not member.disabled]

        def chosen(to: StaffId | None) -> None:
            if to is not None:
                self._after_others(partial(self._assign, target, to))

        options = [Option(member.name, member.id, member.id) for member in members]
        self.app.push_screen(Pick(f"Give ticket {target.number} to", options), chosen)

    async def _assign(self, target: Target, to: StaffId) -> None:
        doing = self.sitting.desk.assign(self.sitting.actor, target.id, target.version, to)
        whom = "you" if to == self.sitting.actor else self.sitting.name(to)
        await self._verb(doing, f"Ticket {target.number} is with {whom} now.")

    def do_wait(self) -> None:
        """Wait for the patron."""

        async def work(target: Target) -> None:
            doing = self.sitting.desk.wait(self.sitting.actor, target.id, target.version)
            await self._verb(doing, f"Ticket {target.number} waits for the patron.", left=True)

        self.act(work)

    def do_snooze(self) -> None:
        """Out of sight until a time."""

        sitting, target = self.sitting, self.target
        if target is None:
            return
        now = sitting.clock.now()

        def chosen(until: Instant | None) -> None:
            if until is not None:
                self._after_others(partial(self._snooze, target, until, on_day(until, now, sitting.zone)))

        options = [Option(each.words, each.shown, each.until) for each in choices(now, sitting.zone)]
        self.app.push_screen(Pick(f"Snooze ticket {target.number} until", options), chosen)

    async def _snooze(self, target: Target, until: Instant, words: str) -> None:
        doing = self.sitting.desk.snooze(self.sitting.actor, target.id, target.version, until)
        await self._verb(doing, f"Ticket {target.number} comes back {words}.", left=True)

    def do_solve(self) -> None:
        """It is done."""

        async def work(target: Target) -> None:
            doing = self.sitting.desk.solve(self.sitting.actor, target.id, target.version)
            await self._verb(doing, f"Ticket {target.number} is solved.", left=True)

        self.act(work)

    def do_reopen(self) -> None:
        """Take it up again."""

        async def work(target: Target) -> None:
            doing = self.sitting.desk.reopen(self.sitting.actor, target.id, target.version)
            await self._verb(doing, f"Ticket {target.number} is open again.")

        self.act(work)

    def do_spam(self) -> None:
        """Into spam, or out of it."""

        async def work(target: Target) -> None:
            back = target.state == "spam"
            doing = self.sitting.desk.spam(self.sitting.actor, target.id, target.version)
            words = "is out of spam" if back else "is in spam; ! takes it back"
            await self._verb(doing, f"Ticket {target.number} {words}.", left=not back)

        self.act(work)

    def do_save(self) -> None:
        """Save the files that came with the ticket."""
        self.act(self._save)

    async def _save(self, target: Target) -> None:
        thread = await self.attempt(self.sitting.desk.thread(self.sitting.actor, target.id))
        files = files_of(thread) if thread is not None else ()
        if thread is not None and not files:
            self.say(f"No file came with ticket {target.number}.")
        if files:
            in_background(self, partial(self._save_where, target, files), "save", exclusive=True)

    async def _save_where(self, target: Target, files: Sequence[File]) -> None:
        sitting, home = self.sitting, Path.home()
        folder = await self.app.push_screen_wait(
            SaveScreen(target.number, files, sitting.folder or default_folder(home))
        )
        if folder is None:
            return
        sitting.folder = folder
        names = [name for file in files if (name := await self._save_one(folder, file))]
        if names:
            what = names[0] if len(names) == 1 else plural(len(names), "file")
            self.say(f"Saved {what} in {short(folder, home)}.", long=True)

    async def _save_one(self, folder: Path, file: File) -> str:
        """Fetch and write one file; its name, "" where that failed and the reader was told."""
        content = await self.attempt(self.sitting.desk.attachment(self.sitting.actor, file.digest))
        if content is None:
            return ""
        try:
            return (await asyncio.to_thread(saved, folder, file.name, content)).name
        except OSError as error:
            words = (
                f"{clean_name(file.name)} could not be written: {error.strerror or error}. Choose another folder (S)."
            )
            self.say(words, warn=True)
            return ""

    def do_reply(self) -> None:
        """Answer the patron."""
        self._write("reply")

    def do_note(self) -> None:
        """Write for colleagues."""
        self._write("note")

    def do_editor(self) -> None:
        """Answer in $EDITOR."""
        self._write("editor")

    def _write(self, kind: str) -> None:
        if (target := self.target) is not None:
            self.compose_on(target.id, kind)


async def _or(doing: Awaitable[T | None], nothing: object) -> T | object:
    """What a call returns, ``nothing`` in the place of None."""
    found = await doing
    return nothing if found is None else found
