"""What all screens on which staff act on a ticket have in common: keys, verbs, and how errors are told."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from functools import partial

from textual import events

from helpdesk.message import TicketId
from helpdesk.sight import Notice
from tui.allowed import OPENING, Target, why_not
from tui.background import holds, in_background
from tui.colon import nothing_more
from tui.commands import Command, Where
from tui.company import NOWHERE, Here
from tui.footer import footer
from tui.key_names import with_keys
from tui.keymap import lookup
from tui.masthead import guide_lines, masthead, who_span
from tui.progress import Meter, Stopped, progress_line
from tui.roles import why_not_by_role
from tui.screens.saying import Saying
from tui.screens.troubles import TroublesScreen
from tui.second_thoughts import going_words
from tui.sitting import Sitting
from tui.status import pieces
from tui.troubles import notice_lines
from tui.undoing import Deed
from tui.unsent import reminder
from tui.widgets.lines import Lines
from tui.words import Line

TALL = 30
"""From this height on a warning may take all the lines it has."""

NOISE_KIND = "noise"
"""What a ticket of the Noiseline is about."""

Outcome = str
"""What a ticket screen says when it is left: "", "next" or "previous"."""


class Acting(Saying, inherit_bindings=False):
    """Keys come in here, by the command table; what can't be done says why."""

    AUTO_FOCUS = None

    def __init__(self, sitting: Sitting) -> None:
        super().__init__(sitting)
        self._keys = {where: lookup(sitting.commands, where) for where in Where}
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

    @property
    def here(self) -> Here:
        """Which ticket is open, for colleagues to see."""
        return NOWHERE

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
        return self.is_attached and self.display and holds(self, "#footer")

    async def ready(self) -> None:
        """Return once keys have something to act on; until then they are held, in their order."""
        await self._until_shown(self.sitting.seated)

    @property
    def deaf(self) -> bool:
        """Whether keys go elsewhere now: to an editor that is being started."""
        return False

    # Keys

    async def press(self, key: str) -> None:
        """Do what a key means here; one that means nothing does nothing."""
        command = self._keys[self.place].get(key)
        if command is not None:
            await self.do(command, key)

    async def on_key(self, event: events.Key) -> None:
        """While somebody writes: what the text area did not take for itself."""
        if self.passes_on(event.key):
            return
        event.stop()
        event.prevent_default()
        await self.press(event.key)

    def passes_on(self, key: str) -> bool:
        """Whether a key is the widget's own, and goes the common way to what it is bound to there."""
        return False

    async def do(self, command: Command, key: str = "", rest: str = "") -> None:
        """Carry a command out, or say why not. ``rest``: what was typed after its name; ValueError says what is
        wrong with that, and then nothing was done.
        """
        if rest and command.takes is None:
            raise ValueError(nothing_more(command, rest))
        if reason := self.why(command):
            self.refuse(reason) if command.id in OPENING else self.say(reason, warn=True)
            return
        self._tell_guide(command.id)
        here = getattr(self, f"do_{command.id}", None)
        given = (rest,) if rest else ()
        if here is None:
            await self.app.run_action(("app", command.id, given))
        elif command.id == "view":
            here(int(key or "1")) if not rest else here(0, rest)
        else:
            here(*given)

    def _tell_guide(self, command: str) -> None:
        """The tour waits for what is done."""
        noise = command == "open" and self.target is not None and self.target.kind == NOISE_KIND
        self.sitting.did(command, *(["open noise"] if noise else []))

    def why(self, command: Command) -> str:
        """Why a command can't be done: their role does not reach so far, or what it would act on forbids it."""
        if command.id in {"undo", "redo"}:
            return self._nothing_to(command.id)
        reason = why_not_by_role(command.id, self.sitting.role) or self.why_not(command)
        return with_keys(reason, self._key_of)

    def _nothing_to(self, command: str) -> str:
        deeds = self.sitting.deeds
        if command == "undo":
            return "" if deeds.last else "There is nothing to undo."
        return "" if deeds.next else "There is nothing to do again."

    def why_not(self, command: Command) -> str:
        """Why a command can't be done now, "" if it can."""
        sitting = self.sitting
        now, role = sitting.clock.now(), sitting.role
        return why_not(command.id, self.target, sitting.actor, now, role=role, name=sitting.name)

    # Taking back

    def do_undo(self) -> None:
        """Take back what was done last."""
        deed = self.sitting.deeds.last
        many = deed is not None and deed.meter is not None
        self.after_others(self._undo) if many else self._act_before_keys(self._undo)

    async def _undo(self) -> None:
        deeds = self.sitting.deeds
        deed = await self._turned(deeds.undo(), deeds.last, "undo")
        if deed is not None:
            self.say(f"Taken back: {deed.words}.")
            await self.changed()
            await self._go_on()

    async def _go_on(self) -> None:
        """Go on with what was taken back, where one is still; who went on to something else has it as a draft."""
        if self.is_active:
            await self.app.run_action("app.again")
        else:
            self.sitting.again = None

    def do_redo(self) -> None:
        """Do again what was taken back."""
        self.after_others(self._redo)

    async def _redo(self) -> None:
        deeds = self.sitting.deeds
        deed = await self._turned(deeds.redo(), deeds.next, "redo")
        if deed is not None:
            self.say(f"Done again: {deed.words}.")
            await self.changed()

    async def _turned(self, doing: Awaitable[Deed | None], deed: Deed | None, way: str) -> Deed | None:
        """A deed was taken back, or done again; None where that failed or was stopped, and the reader was told."""
        meter = deed.meter if deed is not None and deed.meter is not None else Meter("", stops="")
        meter.doing, done = ("Taking back", "taken back") if way == "undo" else ("Doing again", "done again")
        try:
            with self.metering(meter):
                return await self.attempt(doing)
        except Stopped:
            words = f"Stopped: {meter.done} of {meter.total} are {done}; {self._key_of(way)} goes on with the rest."
            self.say(words, long=True)
            await self.changed()
            return None

    # Drawing

    def draw_frame(self) -> None:
        """The first and the last line of the screen."""
        if not self.standing:
            return
        sitting, cells = self.sitting, self.size.width
        hello = sitting.hello
        who = who_span(sitting.name(sitting.actor), sitting.available)
        waits = reminder([draft for _, draft in sitting.drafts.unsent(sitting.actor)], self._key_of("unsent"))
        going = going_words(sitting.outgoing, sitting.actor, sitting.clock.now(), self._key_of("undo"))
        said, status = going or waits or hello.said, pieces(sitting, self._key_of("undo"))
        lines = masthead(hello.library, said, who, sitting.eye, sitting.trouble, cells, status)
        top = self.query_one("#masthead", Lines)
        top.set_class(len(lines) > 1, "told")
        top.show([*lines, *guide_lines(sitting.guide, self._key_of, cells)])
        self.draw_progress()

    def draw_progress(self) -> None:
        """The last line: how far a long task has come, else the keys."""
        if self.standing:
            cells, meter = self.size.width, self.meter
            line = self._footer(cells) if meter is None or not self.is_active else progress_line(meter, "esc", cells)
            self.query_one("#footer", Lines).show([line])

    def draw_notices(self) -> None:
        """Trouble above the footer; toasts stand above it."""
        above = self.query_one("#notices", Lines)
        above.show(notice_lines(self.sitting.notices, self.size.width, self._key_of("troubles")))
        for rack in self.query("ToastRack"):
            rack.styles.margin = (0, 0, 1 + len(above.lines), 0)

    def do_troubles(self) -> None:
        """All that is not right, whole."""
        self.app.push_screen(TroublesScreen(self._troubles, self.sitting))

    async def _troubles(self) -> tuple[Notice, ...]:
        """What is not right now; while the server does not answer, what was known before."""
        sitting = self.sitting
        found = None if sitting.trouble else await self.look(sitting.desk.notices())
        sitting.notices = sitting.notices if found is None else found
        return sitting.notices

    def _footer(self, cells: int) -> Line:
        """The keys that work now; none while a question lies over this screen, which tells its own."""
        return footer(self.offered, self.place, self.why, cells, loud=self.loud) if self.is_active else ()

    def on_screen_suspend(self) -> None:
        """Another screen lies over this one: its keys are not these."""
        self.draw_frame()

    @property
    def loud(self) -> bool:
        """Whether what is read is about noise: then the keys for it come first."""
        return False

    @property
    def offered(self) -> tuple[Command, ...]:
        """The commands that the footer may name."""
        return self.sitting.commands

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

    # One after the other

    def act(self, work: Callable[[Target], Awaitable[None]]) -> None:
        """Run a verb on the ticket under the cursor, after the verbs before it; never on one that came there since."""
        if (target := self.target) is not None:
            self.after_others(partial(self._act, work, target))

    async def _act(self, work: Callable[[Target], Awaitable[None]], meant: Target) -> None:
        target = self.target
        if target is not None and target.id == meant.id:
            await work(target)
