"""The desk opens here: connection, sign-in, and what goes on all the time under the screens."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any, ClassVar

from rich.text import Text
from textual import events
from textual.app import App, ComposeResult
from textual.binding import BindingType
from textual.screen import Screen
from textual.widgets import Static

from helpdesk.clock import MINUTE, Clock, SystemClock
from helpdesk.errors import HelpdeskError, TryLater
from helpdesk.message import IncidentId, StaffId, TicketId
from helpdesk.ports import Desk
from helpdesk.sight import Hello, Told
from tui import asking, roll_call
from tui.ahead import Ahead
from tui.alerts import Bell
from tui.background import in_background
from tui.colon import one_of
from tui.commands import Where
from tui.crash import crash_lines, crash_words
from tui.keymap import keymap
from tui.live import LOOK_SECONDS, Gathered, follow, greeted, why
from tui.presence import Presence
from tui.screens.acting import Acting
from tui.screens.keys import KeysScreen
from tui.screens.sign_in import SignInScreen
from tui.screens.worklist import WorklistScreen
from tui.sitting import MakeClock, Sitting, paced
from tui.themes import THEMES
from tui.words import on_day

_log = logging.getLogger(__name__)


def _never() -> None:
    """Where there is no token, none is renewed."""


class DeskApp(App[None], inherit_bindings=False):
    """A member's desk.

    ``actor``       who sits here, by their system user; with ``shared_login`` they are picked on opening
    ``alone``       the desk was opened with a token: nobody but its member sits down
    ``owner``       this process runs the channels too, so leaving stops them
    ``keys``        keys from the settings, by command id
    ``renewed``     gives something else once there may be another token than the one that is shown
    ``make_clock``  how to come by the clock that countdowns follow
    ``wall``        the clock of idle time and of new tries
    """

    CSS_PATH = "desk.tcss"
    TITLE = "helpdesk"
    ENABLE_COMMAND_PALETTE = False
    BINDINGS: ClassVar[list[BindingType]] = []

    def __init__(
        self,
        desk: Desk,
        actor: StaffId,
        *,
        name: str = "",
        owner: bool = False,
        alone: bool = False,
        shared_login: bool = False,
        lock_minutes: int = 0,
        away_minutes: int = 10,
        keys: Mapping[str, str] | None = None,
        theme: str = THEMES[0].name,
        bell: bool = True,
        renewed: Callable[[], object] = _never,
        make_clock: MakeClock = paced,
        wall: Clock | None = None,
    ) -> None:
        super().__init__()
        self.desk = desk
        self.commands = keymap(keys)
        self.sitting: Sitting | None = None
        self._actor, self._full_name, self._is_owner, self._shared = actor, name, owner, shared_login
        self._alone = alone
        self._make_clock, self._wall = make_clock, wall or SystemClock()
        self._renewed, self._tokens, self._out = renewed, renewed(), ""
        self._presence = Presence(self._wall, away=away_minutes, lock=lock_minutes)
        self._bell = Bell(on=bell)
        self._gathered = Gathered(self.set_timer, self._pass_on)
        self._looking = self._unanswered = False
        self.ahead = Ahead(self, self._take, self._is_deaf)
        for each in THEMES:
            self.register_theme(each)
        self.theme = theme
        self.animation_level = "none"

    def compose(self) -> ComposeResult:
        """What is seen until the owner has answered."""
        yield Static("Opening the desk …", id="opening")

    def on_mount(self) -> None:
        """Connect; all else follows."""
        in_background(self, self._open, "open")

    async def _open(self) -> None:
        try:
            hello = await greeted(self.desk, self._wall, self._say_opening)
            who = None if self._shared and not self._alone else self._actor
            actor = await asking.first_here(self, self.desk, hello, who, self._full_name, alone=self._alone)
        except (HelpdeskError, OSError) as error:
            self.exit(return_code=1, message=f"The desk could not be opened: {error}")
            return
        clock = self._make_clock(hello)
        sitting = Sitting(
            desk=self.desk,
            actor=actor,
            hello=hello,
            clock=clock,
            commands=self.commands,
            alone=self._alone,
            signed_out=self._signed_out,
        )
        await asking.meet(sitting, self._make_clock)
        self.sitting = sitting
        await self._presence.tell(sitting)
        await self.push_screen(WorklistScreen(sitting))
        self.set_interval(1, self._tick)
        self.set_interval(max(2.0, MINUTE / 1000 / hello.pace), self._beat)
        self.set_interval(LOOK_SECONDS, self._look_for_trouble)
        heard = (self._gathered.add, self._lost, self._back, self._unknown, sitting.known.wait)
        in_background(self, partial(follow, self.desk, hello.seq, self._wall, *heard), "follow")

    def _say_opening(self, words: str) -> None:
        self.query_one("#opening", Static).update(f"{words}; trying again.")

    # All the time

    def _tick(self) -> None:
        below = next((screen for screen in reversed(self.screen_stack) if isinstance(screen, Acting)), None)
        if below is not None:
            below.tick()
        if self._presence.must_lock and not isinstance(self.screen, SignInScreen):
            self.action_lock()
        if self.sitting is not None and self._presence.available != self.sitting.available:
            self._beat()
        if self.sitting is not None and not self.sitting.known.is_set():
            self._still_unknown(self.sitting)

    def _beat(self) -> None:
        """A sign of life, and the counts that change as time goes by."""
        if self.sitting is not None and self.sitting.known.is_set():
            in_background(self, partial(self._presence.tell, self.sitting), "presence", exclusive=True)
            in_background(self, partial(asking.meet, self.sitting, self._make_clock), "meet", exclusive=True)
            self._spread(frozenset())

    def _look_for_trouble(self) -> None:
        """Trouble of the house comes and goes with no change in its log."""
        if self.sitting is None or not self.sitting.known.is_set():
            return
        if not self._looking and (not self.sitting.trouble or self._unanswered):
            self._looking = True
            in_background(self, partial(self._ask_for_trouble, self.sitting), "trouble")

    async def _ask_for_trouble(self, sitting: Sitting) -> None:
        """Show what is new of it; that nobody can say is trouble, too, until somebody can."""
        try:
            notices = await self.desk.notices()
            hello = await self.desk.hello() if self._unanswered else None
        except (TryLater, OSError) as error:
            if not sitting.trouble:
                self._lost(why(error))
                self._unanswered = True
        except HelpdeskError:
            return  # that somebody may not ask is said where they do something
        else:
            if hello is not None and self._unanswered:
                self._back(hello)
            elif {(each.key, each.text) for each in notices} != {(each.key, each.text) for each in sitting.notices}:
                sitting.notices = notices
                self._spread(frozenset())
        finally:
            self._looking = False

    def _pass_on(self, told: Sequence[Told]) -> None:
        if self._bell.rings(told, self._wall.now()):
            self.bell()
        if roll_call.is_due(told):
            in_background(self, partial(roll_call.call, self, self._presence), "roll call", exclusive=True)
        self._spread(frozenset(each.ticket for each in told if each.ticket is not None))

    def _signed_out(self, words: str) -> None:
        if self.sitting is not None:
            asking.sign_out(self, self.sitting, self._presence, words)

    def _unknown(self, words: str) -> None:
        """The server does not know who sits here: it is asked nothing more until somebody signs in."""
        if self.sitting is not None:
            self.sitting.known.clear()
            self._out = words
            self._signed_out(words)

    def _still_unknown(self, sitting: Sitting) -> None:
        """Nobody gets by without signing in; another token is tried once."""
        if (tokens := self._renewed()) != self._tokens:
            self._tokens = tokens
            sitting.known.set()
        else:
            self._signed_out(self._out)

    def _spread(self, tickets: frozenset[TicketId]) -> None:
        for screen in self.screen_stack:
            if isinstance(screen, Acting):
                screen.hear(tickets)

    def _lost(self, words: str) -> None:
        sitting, self._unanswered = self.sitting, False
        if sitting is not None and not sitting.trouble:
            now = sitting.clock.now()
            sitting.trouble = f"{words} since {on_day(now, now, sitting.zone)}; trying again. Your drafts are kept."
            self._tick()

    def _back(self, hello: Hello) -> None:
        self._unanswered = False
        if self.sitting is not None:
            self.sitting.hello, self.sitting.clock, self.sitting.trouble = hello, self._make_clock(hello), ""
            self._tick()
            self._beat()
            for screen in self.screen_stack:
                if isinstance(screen, Acting):
                    in_background(screen, screen.reread, "reread", exclusive=True)
                elif isinstance(screen, SignInScreen) and self._out:
                    screen.lets_in()
            self._out = ""

    async def on_event(self, event: events.Event) -> None:
        """Keys are taken in one at a time; one that comes back up from a widget goes the common way."""
        typed = isinstance(event, events.Key | events.Paste)
        if isinstance(event, events.InputEvent):
            self._presence.touched()
            if not self.screen_stack:  # the desk is closing: what is still typed is for nobody
                return
        if typed and not event.is_forwarded:
            await self.ahead.comes(event)
        elif not (isinstance(event, events.InputEvent) and self._is_deaf()):
            await super().on_event(event)

    async def _take(self, event: events.Event) -> bool:
        """Hand a key to the screen that has the keys; True if it went on to a widget.

        The reading screens take theirs in here, or a fast second key would overtake the screen that the first one
        opens; while a ticket is being read they wait for it. While somebody writes, keys go the common way: letters
        come first there.
        """
        screen = self._top
        while isinstance(screen, Acting):
            await screen.ready()
            if screen is self._top:
                break
            screen = self._top
        if screen is None or self._is_deaf():
            return False
        if isinstance(event, events.Key) and isinstance(screen, Acting) and screen.place is not Where.COMPOSER:
            await screen.press(event.key)
            return False
        await super().on_event(event)
        return True

    @property
    def _top(self) -> Screen[Any] | None:
        """The screen that has the keys; None while the desk closes."""
        return self.screen_stack[-1] if self.screen_stack else None

    def _is_deaf(self) -> bool:
        return isinstance(self._top, Acting) and self._top.deaf

    def _handle_exception(self, error: Exception) -> None:
        """The desk is broken: it ends with status 1. Textual's own report shows local variables, and with them what
        patrons wrote; this one says where it broke, and no more.
        """
        self._return_code = 1
        if self._exception is None:
            drafts = self.sitting.drafts.count if self.sitting is not None else 0
            self._exit_renderables.append(Text(crash_words(error, drafts)))
            _log.error("the desk broke\n%s", "\n".join(crash_lines(error)))
            self._exception = error
            self._exception_event.set()
        self._close_messages_no_wait()

    def panic(self, *renderables: object) -> None:
        """The terminal's input broke; what Textual would print of it may hold what was typed."""
        self._handle_exception(RuntimeError("the terminal's input broke"))

    # Commands of the whole desk

    def action_presence(self, rest: str = "") -> None:
        """Available or away."""
        wanted = {"available": True, "away": False}
        self._presence.wanted = one_of(rest, wanted, "choice") if rest else not self._presence.wanted
        self._tick()

    def action_channels(self, rest: str = "") -> None:
        """Take chats or not, texts or not, mail or not."""
        asking.own_channels(self, self._presence, self._beat, rest)

    def action_colours(self, rest: str = "") -> None:
        """Light or dark."""
        names = [theme.name for theme in THEMES]
        after = names[(names.index(self.theme) + 1) % len(names)]
        self.theme = one_of(rest, {name.removeprefix("desk-"): name for name in names}, "theme") if rest else after

    def action_keys(self) -> None:
        """All keys."""
        self.push_screen(KeysScreen(self.commands))

    def action_palette(self) -> None:
        """Find a command by its name."""
        asking.palette(self, self.sitting)

    def action_search(self, rest: str = "") -> None:
        """Find words, and open a ticket."""
        asking.search(self, self.sitting, rest)

    def action_unsent(self) -> None:
        """What could not be sent."""
        asking.unsent(self, self.sitting)

    def action_incidents(self) -> None:
        """Noise that goes on."""
        asking.incidents(self, self.sitting)

    def action_incident(self, which: str, outcome: str) -> None:
        """One noise."""
        asking.incident(self, self.sitting, IncidentId(which), outcome)

    def action_switch(self) -> None:
        """Somebody else sits down."""
        asking.who_is_here(self, self.sitting, self._presence, locked=False)

    def action_pin(self) -> None:
        """A PIN of one's own."""
        asking.own_pin(self, self.sitting)

    def action_lock(self) -> None:
        """Nobody gets by without signing in."""
        asking.who_is_here(self, self.sitting, self._presence, locked=True)

    async def action_quit(self) -> None:
        """Leave; asks first where something would be lost or stopped."""
        asking.leave(self, self.sitting, self._presence, owner=self._is_owner)
