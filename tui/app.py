"""The desk opens here: connection, sign-in, and the worklist.

What else an app does is told apart: keys (``taking``), what goes on all the time (``watching``), the commands of the
whole desk (``commanding``).
"""

from __future__ import annotations

import asyncio
import signal
from collections.abc import Callable
from functools import partial
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import BindingType
from textual.widgets import Static

from helpdesk.clock import Clock, SystemClock
from helpdesk.errors import HelpdeskError
from helpdesk.message import StaffId
from helpdesk.ports import Desk
from tui import asking
from tui.background import in_background
from tui.commanding import Commanding
from tui.keeping import ONLY_HERE
from tui.keymap import keymap
from tui.likes import Likes
from tui.live import greeted
from tui.newcomers import Newcomers, is_new
from tui.presence import Presence
from tui.screens.worklist import WorklistScreen
from tui.sitting import MakeClock, Sitting, paced
from tui.themes import ANSI, THEMES
from tui.tour import Guide
from tui.viewing import Viewing
from tui.watching import never
from tui.widgets.lines import TONES, Toned

LOOKS = 2.0
"""Every so many seconds the desk looks whether its terminal is there still."""

ENDED = 143
"""The exit status of a program that was told to end (128 + SIGTERM)."""


class DeskApp(Commanding, inherit_bindings=False):
    """A member's desk.

    ``actor``       who sits here, by their system user; with ``shared_login`` they are picked on opening
    ``alone``       the desk was opened with a token: nobody but its member sits down
    ``owner``       this process runs the channels too, so leaving stops them
    ``likes``       keys, colours and alerts, as the settings have them
    ``renewed``     gives something else once there may be another token than the one that is shown
    ``make_clock``  how to come by the clock that countdowns follow
    ``guide``       the tour, where one is given
    ``newcomers``   who is told of the tour, and how it is given on this terminal
    ``wall``        the clock of idle time and of new tries
    ``opened``      is called once the worklist stands
    """

    CSS_PATH = "desk.tcss"
    TITLE = "helpdesk"
    SUSPENDED_SCREEN_CLASS = "-behind"
    ENABLE_COMMAND_PALETTE = False
    BINDINGS: ClassVar[list[BindingType]] = []
    COMPONENT_CLASSES: ClassVar[set[str]] = TONES

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
        likes: Likes | None = None,
        renewed: Callable[[], object] = never,
        make_clock: MakeClock = paced,
        wall: Clock | None = None,
        guide: Guide | None = None,
        newcomers: Newcomers | None = None,
        opened: Callable[[], object] = never,
    ) -> None:
        wall, likes = wall or SystemClock(), likes or Likes()
        presence = Presence(wall, away=away_minutes, lock=lock_minutes)
        super().__init__(desk, presence, wall, likes=likes, make_clock=make_clock, renewed=renewed)
        self._quiet_spans = likes.quiet
        self._viewing = Viewing(likes.viewer, here=likes.viewer_in_terminal)
        self._guide, self._newcomers = guide, newcomers or Newcomers()
        self.commands = keymap(likes.keys, likes.keymap)
        self.is_owner = owner
        self._actor, self._full_name = actor, name
        self._shared, self._alone = shared_login, alone
        self._opened = opened
        for each in THEMES:
            self.register_theme(each)
        self.theme = ANSI.name if self.no_color else likes.theme
        self.animation_level = "none"

    def refresh_css(self, animate: bool = True) -> None:
        """The theme changed: what is drawn in tones is drawn anew."""
        super().refresh_css(animate)
        for screen in self.screen_stack:
            for each in screen.walk_children(Toned):
                each.refresh()

    def compose(self) -> ComposeResult:
        """What is seen until the owner has answered."""
        yield Static("Opening the desk …", id="opening")

    def on_mount(self) -> None:
        """Connect; all else follows. Told to end, as by a machine that goes down, it keeps what is half written."""
        asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, self.hang_up, ENDED)
        self.set_interval(LOOKS, self.leave_what_is_gone)
        in_background(self, self._open, "open")

    def on_unmount(self) -> None:
        """Nobody listens here any more, nor looks at what was opened."""
        self._viewing.remove()
        asyncio.get_running_loop().remove_signal_handler(signal.SIGTERM)

    async def _open(self) -> None:
        await asyncio.to_thread(self._viewing.sweep)
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
            quiet_spans=self._quiet_spans,
            viewing=self._viewing,
            guide=self._guide,
            newcomers=self._newcomers,
        )
        sitting.keeping.begins(self.set_timer, lambda: in_background(self, partial(self._bring, sitting), "drafts"))
        await asking.meet(sitting, self._make_clock)
        self.sitting = sitting
        new = await is_new(sitting)
        await self.is_here(sitting)
        await self.push_screen(WorklistScreen(sitting))
        self._opened()
        self.watch_over(sitting)
        if new:
            asking.offer_tour(self, sitting)

    async def _bring(self, sitting: Sitting) -> None:
        """Bring the drafts to the store; where it begins to take none, whoever writes is told."""
        before = sitting.keeping.unkept
        await sitting.keeping.bring()
        if sitting.keeping.unkept and not before and not sitting.trouble:
            self.notify(ONLY_HERE.format(sitting.keeping.unkept), severity="warning", timeout=12, markup=False)

    def _say_opening(self, words: str) -> None:
        self.query_one("#opening", Static).update(f"{words}; trying again.")
