"""Calling whoever looks elsewhere: which changes, by which signal, and when not."""

from __future__ import annotations

import os
from collections.abc import Sequence

from textual.app import App

from helpdesk.clock import Clock
from helpdesk.errors import HelpdeskError
from helpdesk.sight import Told
from helpdesk.worklist import View
from tui.alerts import Bell
from tui.likes import Likes
from tui.roles import reads
from tui.signals import BELL, called
from tui.sitting import Sitting
from tui.words import local

NEAR = 20
"""How many tickets close to their deadline are looked at."""

OWN = 100
"""How many of one's own tickets are known."""


class Caller:
    """Calls by the terminal's bell and by a notice, only while the terminal is not looked at.

    Of a terminal that never said whether it is looked at nothing is known: there the bell rings, and no notice comes.
    """

    def __init__(self, app: App[None], likes: Likes, wall: Clock) -> None:
        self.bell = Bell(on=likes.bell or likes.notices != "none", wanted=likes.wanted)
        self._app, self._likes, self._wall = app, likes, wall
        self._told_focus = False

    def looked(self) -> None:
        """The terminal said whether it is looked at; from now on it is believed."""
        self._told_focus = True

    def hear(self, told: Sequence[Told], sitting: Sitting | None) -> None:
        """Something changed."""
        mine = sitting.own if sitting is not None else frozenset()
        self._call(self.bell.rings(told, self._wall.now(), mine, quiet=self.quiet(sitting)))

    async def look_ahead(self, sitting: Sitting) -> None:
        """Read what comes close to its deadline and what is one's own, and call for what is new of the former."""
        if not reads(sitting.role):
            return
        desk, actor = sitting.desk, sitting.actor
        try:
            near = (
                await desk.worklist(actor, View.BREACHING, count=NEAR) if sitting.counts.get(View.BREACHING) else None
            )
            own = await desk.worklist(actor, View.MINE, count=OWN) if sitting.counts.get(View.MINE) else None
        except (HelpdeskError, OSError):  # the first line says that the connection broke
            return
        sitting.soon = near.rows if near is not None else ()
        sitting.own = frozenset(row.id for row in own.rows) if own is not None else frozenset()
        if not self.quiet(sitting):
            self._call(self.bell.soon(sitting.soon, actor, self._wall.now(), sitting.clock.now()))

    def quiet(self, sitting: Sitting | None) -> bool:
        """Whether nobody is to be called now."""
        if sitting is None:
            return False
        now = sitting.clock.now()
        return now < sitting.quiet_until or f"{local(now, sitting.zone):%H:%M}" < self._likes.quiet_until

    def _call(self, words: str) -> None:
        if not words or (self._told_focus and self._app.app_focus):
            return
        signal = BELL if self._likes.bell else ""
        if self._told_focus:
            signal += called(words, self._likes.notices, os.environ)
        self.signal(signal)

    def signal(self, signal: str) -> None:
        """Send it the way that all else goes to the terminal, so that it never lands in the midst of a frame."""
        driver = self._app._driver
        if signal and driver is not None and not self._app.is_headless:
            driver.write(signal)
