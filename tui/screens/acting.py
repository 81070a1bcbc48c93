"""What all screens on which staff act on a ticket have in common: keys, verbs, and how errors are told."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from functools import partial
from typing import Any, ClassVar, TypeVar

from textual import events
from textual.binding import Binding, BindingType
from textual.screen import Screen

from helpdesk.errors import HelpdeskError, SignedOut, Stale, TryLater
from helpdesk.message import TicketId
from helpdesk.sight import Notice
from tui.allowed import OPENING, Target, why_not
from tui.background import in_background
from tui.colon import nothing_more
from tui.commands import Command, Where, command
from tui.company import NOWHERE, Here
from tui.footer import footer
from tui.keymap import lookup, shown
from tui.masthead import masthead, who_span
from tui.roles import why_not_by_role
from tui.screens.palette import Palette
from tui.screens.pick import Pick
from tui.screens.refusal import Refusal
from tui.screens.troubles import TroublesScreen
from tui.second_thoughts import going_words
from tui.sitting import Sitting
from tui.status import pieces
from tui.troubles import notice_lines
from tui.unsent import reminder
from tui.widgets.lines import Lines
from tui.words import Line, Tone

T = TypeVar("T")

HELD = 3.0
"""How long keys wait for a screen that is being read, in seconds; esc must help where it never comes."""

TALL = 30
"""From this height on a warning may take all the lines it has."""

KEYS_OF_A_QUESTION: Line = (
    (" ↑ ↓ ", Tone.ACCENT),
    ("choose   ", Tone.DIM),
    ("enter ", Tone.ACCENT),
    ("take it   ", Tone.DIM),
    ("esc ", Tone.ACCENT),
    ("back", Tone.DIM),
)

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
        self._meant: object = None
        self._shown = asyncio.Event()
        self._shown.set()

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
        return self.is_attached and self.display and bool(self.query("#footer"))

    async def ready(self) -> None:
        """Return once keys have something to act on; until then they are held, in their order."""
        with suppress(TimeoutError):
            async with asyncio.timeout(HELD):
                await self.sitting.seated.wait()
                await self._shown.wait()

    def _before_keys(self, work: Callable[[], Awaitable[object]], group: str, *, exclusive: bool = False) -> None:
        """Work in the background; keys that come meanwhile mean what it will show, and wait for it."""
        self._meant = meant = object()
        self._shown.clear()

        async def shown() -> None:
            try:
                await work()
            finally:
                if self._meant is meant:  # else something newer is on its way
                    self._shown.set()

        in_background(self, shown, group, exclusive=exclusive)

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
        here = getattr(self, f"do_{command.id}", None)
        given = (rest,) if rest else ()
        if here is None:
            await self.app.run_action(("app", command.id, given))
        elif command.id == "view":
            here(int(key or "1")) if not rest else here(0, rest)
        else:
            here(*given)

    def why(self, command: Command) -> str:
        """Why a command can't be done: their role does not reach so far, or what it would act on forbids it."""
        if command.id in {"undo", "redo"}:
            return self._nothing_to(command.id)
        return why_not_by_role(command.id, self.sitting.role) or self.why_not(command)

    def _nothing_to(self, command: str) -> str:
        deeds = self.sitting.deeds
        if command == "undo":
            return "" if deeds.last else "There is nothing to undo."
        return "" if deeds.next else "There is nothing to do again."

    def why_not(self, command: Command) -> str:
        """Why a command can't be done now, "" if it can."""
        sitting = self.sitting
        return why_not(command.id, self.target, sitting.actor, sitting.clock.now(), role=sitting.role)

    # Taking back

    def do_undo(self) -> None:
        """Take back what was done last."""
        self._after_others(self._undo)

    async def _undo(self) -> None:
        deed = await self.attempt(self.sitting.deeds.undo())
        if deed is not None:
            self.say(f"Taken back: {deed.words}.")
            await self.changed()
            if self.sitting.again is not None:
                await self.app.run_action("app.again")

    def do_redo(self) -> None:
        """Do again what was taken back."""
        self._after_others(self._redo)

    async def _redo(self) -> None:
        deed = await self.attempt(self.sitting.deeds.redo())
        if deed is not None:
            self.say(f"Done again: {deed.words}.")
            await self.changed()

    # Telling

    def say(self, words: str, *, warn: bool = False, long: bool = False) -> None:
        """A toast. It says what to do, and goes by itself; later, if it warns or takes ``long`` to read."""
        timeout = 6 if warn or long else 3
        saying = self.sitting.saying
        if words in saying:
            return
        saying.add(words)
        self.app.set_timer(timeout, lambda: saying.discard(words))
        self.app.notify(words, severity="warning" if warn else "information", timeout=timeout, markup=False)

    def refuse(self, words: str) -> None:
        """Say it in a card that must be dismissed; one at a time."""
        if self._top is not None and not isinstance(self._top, Refusal):
            self.app.push_screen(Refusal(words))

    async def attempt(
        self,
        doing: Awaitable[T],
        *,
        unanswered: Callable[[], str] | None = None,
        stale: Callable[[str], object] | None = None,
    ) -> T | None:
        """What a verb returns; None where it failed, and the reader is told what to do.

        ``unanswered`` is called where nobody answered, and says what has become of what was to be done. ``stale``
        hears who changed it first, where somebody did, in the place of the reader.
        """
        try:
            return await doing
        except SignedOut as error:
            self.sitting.signed_out(str(error))
        except Stale as error:
            if stale is not None:
                stale(str(error))
            else:
                self.say(str(error), warn=True)
                await self.changed()
        except (TryLater, OSError) as error:
            words = str(error) if isinstance(error, TryLater) else UNREACHABLE
            self.refuse(f"{words} {unanswered()}" if unanswered is not None else words)
        except HelpdeskError as error:
            self.say(str(error), warn=True)
        return None

    async def look(self, doing: Awaitable[T]) -> T | None:
        """What is read without having been asked for; None where that failed.

        A broken connection stands in the first line already. Anything else is told, once while it shows.
        """
        try:
            return await doing
        except SignedOut as error:
            self.sitting.signed_out(str(error))
            return None
        except HelpdeskError as error:
            words = str(error)
        except OSError:
            words = UNREACHABLE
        if not self.sitting.trouble:
            self.say(words, warn=True)
        return None

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
        self.query_one("#masthead", Lines).show(lines)
        self.query_one("#footer", Lines).show([self._footer(cells)])

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

    def _key_of(self, name: str) -> str:
        """The keys of a command, as they are shown."""
        return shown(command(self.sitting.commands, name))

    def _footer(self, cells: int) -> Line:
        """The keys that work now: this screen's, or those of the question that lies over it."""
        if self.is_active:
            return footer(self.offered, self.place, self.why, cells, loud=self.loud)
        return KEYS_OF_A_QUESTION if isinstance(self._top, Pick | Palette) else ()

    @property
    def _top(self) -> Screen[Any] | None:
        """What lies over everything; None while the desk closes."""
        stack = self.app.screen_stack
        return stack[-1] if stack else None

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
