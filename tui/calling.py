"""Calling whoever looks elsewhere: which changes, by which signal, and when not."""

from __future__ import annotations

import os
from collections.abc import Sequence

from textual.app import App

from helpdesk.clock import Clock
from helpdesk.errors import HelpdeskError
from helpdesk.events import Kind
from helpdesk.sight import Told
from helpdesk.worklist import Row, View
from tui.alerts import Bell, told_of_followed
from tui.likes import Likes
from tui.roles import reads
from tui.signals import BELL, called
from tui.sitting import Sitting

NEAR = 20
"""How many tickets close to their deadline are looked at."""

OWN = 100
"""How many of one's own tickets are known."""

MINE_BY = frozenset({Kind.CLAIMED, Kind.ASSIGNED, Kind.FOLLOWED, Kind.UNFOLLOWED})
"""By these acts of theirs a ticket is a member's own, or one that they follow."""

WAITS_ANEW = frozenset({Kind.OPENED, Kind.RECEIVED})
"""After these somebody may wait whose deadline is closer than all others."""


def timed(rows: Sequence[Row]) -> tuple[Row, ...]:
    """The one with the earliest deadline; () where none has one."""
    due = [(row.due, row) for row in rows if row.due is not None]
    return (min(due, key=lambda each: each[0])[1],) if due else ()


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
        """Something changed; with no changes, what came too soon after a call is said now."""
        mine = sitting.own if sitting is not None else frozenset()
        rest = told_of_followed(told, sitting.followed, sitting.actor) if sitting is not None else frozenset()
        self._call(self.bell.rings(told, self._wall.now(), mine, quiet=self.quiet(sitting), followed=rest))

    def tell(self, words: str, sitting: Sitting | None) -> None:
        """Something that is for whoever sits here alone."""
        if not self.quiet(sitting):
            self._call(words)

    async def look_ahead(self, sitting: Sitting) -> None:
        """Read what comes close to its deadline, what is one's own and what one follows; call for what comes close.

        Where nothing is close the first of those who wait are read, a page of the list, and of them the next one is
        kept: nobody is called for it.
        """
        if not reads(sitting.role):
            return
        desk, actor = sitting.desk, sitting.actor
        try:
            near = (await desk.worklist(actor, View.BREACHING, count=NEAR)).rows
            soonest = near or timed((await desk.worklist(actor, View.UNANSWERED, count=NEAR)).rows)
            followed = await desk.ties.followed(actor)
            own = await desk.worklist(actor, View.MINE, count=OWN)
        except (HelpdeskError, OSError):  # the first line says that the connection broke
            return
        if actor != sitting.actor:  # a colleague sat down meanwhile
            return
        sitting.soon = soonest
        sitting.followed = frozenset(followed)
        sitting.own = frozenset(row.id for row in own.rows)
        if not self.quiet(sitting):
            self._call(self.bell.soon(near, actor, self._wall.now(), sitting.clock.now()))

    def is_otherwise(self, told: Sequence[Told], sitting: Sitting) -> bool:
        """Whether what :meth:`look_ahead` read may be otherwise after these facts."""
        near = sitting.own.union(row.id for row in sitting.soon)
        return any(each.ticket in near or (each.actor == sitting.actor and each.kind in MINE_BY) for each in told)

    def quiet(self, sitting: Sitting | None) -> bool:
        """Whether nobody is to be called now."""
        return sitting is not None and sitting.quiet_till is not None

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
