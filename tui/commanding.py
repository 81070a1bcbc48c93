"""The commands of the whole desk, which work wherever somebody is."""

from __future__ import annotations

from functools import partial

from helpdesk.clock import HOUR, plus
from helpdesk.message import IncidentId
from tui import asking, asking_closed
from tui.background import in_background
from tui.colon import one_of
from tui.command import Command
from tui.editor import shown_round
from tui.hanging_up import STATUS
from tui.newcomers import HOW
from tui.screens.acting import Acting
from tui.screens.keys import KeysScreen
from tui.sitting import Sitting
from tui.snooze import time_to_come
from tui.themes import THEMES, short
from tui.watching import Watching
from tui.words import on_day


class Commanding(Watching, inherit_bindings=False):
    """An app that does what no screen does for itself: ``action_<id>`` for each such command of the table.

    ``commands``  the table with the keys of the settings
    ``is_owner``  this process runs the channels too, so leaving stops them
    """

    commands: tuple[Command, ...]
    is_owner: bool

    def action_presence(self, rest: str = "") -> None:
        """Available or away."""
        wanted = {"available": True, "away": False}
        self._presence.wanted = one_of(rest, wanted, "choice") if rest else not self._presence.wanted
        self._tick()

    def action_channels(self, rest: str = "") -> None:
        """Take chats or not, texts or not, mail or not."""
        asking.own_channels(self, self._presence, self._beat, rest)

    def action_close(self, rest: str = "") -> None:
        """Closed for a while."""
        asking_closed.close(self, self.sitting, rest)

    def action_open_again(self, rest: str = "") -> None:
        """Open before its time."""
        asking_closed.open_again(self, self.sitting, rest)

    def action_at_once(self, rest: str = "") -> None:
        """How many chats at once."""
        asking_closed.at_once(self, self.sitting, rest)

    def action_next_chat(self) -> None:
        """The next of one's own chats."""
        asking_closed.go_to_chat(self, self.sitting)

    def action_on_duty(self) -> None:
        """Who is on."""
        asking_closed.on_duty(self, self.sitting)

    def action_colours(self, rest: str = "") -> None:
        """The next theme, or the one that is named."""
        names = [theme.name for theme in THEMES]
        after = names[(names.index(self.theme) + 1) % len(names)]
        chosen = one_of(rest, {short(name): name for name in names}, "theme") if rest else after
        if self.no_color:
            self.notify("NO_COLOR is set in your terminal, so there are no colours.", timeout=6, markup=False)
            return
        self.theme = chosen
        self.notify(f"Colours: {short(chosen)}.", timeout=3, markup=False)

    def action_redraw(self) -> None:
        """All of the screen, whatever stands there."""
        self.draw_anew()

    def action_quiet(self, rest: str = "") -> None:
        """Call nobody here until a time, for an hour where none is given; or call again."""
        if (sitting := self.sitting) is None:
            return
        now = sitting.clock.now()
        if rest.strip().casefold() == "off" or (not rest and sitting.quiet_till is not None):
            sitting.be_called()
            words = "You are called again."
        else:
            until = time_to_come(rest, now, sitting.zone) if rest else plus(now, HOUR)
            sitting.be_quiet(until)
            words = f"Nobody is called here until {on_day(until, now, sitting.zone)}, but for danger."
        self.notify(words, timeout=3, markup=False)
        self._tick()

    def action_tour(self) -> None:
        """On the tour the next step; else the tour, where it can be given on this terminal."""
        if (sitting := self.sitting) is None:
            return
        if sitting.guide is None:
            in_background(self, partial(self._show_round, sitting), "tour", exclusive=True)
        else:
            sitting.guide.skip()
            self._tick()

    async def _show_round(self, sitting: Sitting) -> None:
        if (why := await shown_round(self, sitting.newcomers.tour)) is not None:
            self.notify(f"{why}{HOW}", timeout=8, markup=False)

    def action_keys(self) -> None:
        """All keys."""
        below = self.screen
        self.push_screen(KeysScreen(self.commands, below.why if isinstance(below, Acting) else lambda _: ""))

    def action_palette(self) -> None:
        """Find a command by its name."""
        asking.palette(self, self.sitting)

    def action_search(self, rest: str = "") -> None:
        """Find words, and open a ticket."""
        asking.search(self, self.sitting, rest)

    def action_unsent(self) -> None:
        """What could not be sent."""
        asking.unsent(self, self.sitting)

    def action_again(self) -> None:
        """What was taken back."""
        asking.again(self, self.sitting)

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

    def hang_up(self, status: int = STATUS) -> None:
        """The terminal is gone, or the program was told to end: with that exit status."""
        asking.hang_up(self, self.sitting, self._presence, status)

    async def action_quit(self) -> None:
        """Leave; asks first where something would be lost or stopped."""
        asking.leave(self, self.sitting, self._presence, owner=self.is_owner)
