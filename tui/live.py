"""Following the desk's changes, and coming back when the connection breaks. No Textual."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from helpdesk.clock import SECOND, Clock, plus
from helpdesk.errors import HelpdeskError
from helpdesk.events import Seq
from helpdesk.ports import Desk
from helpdesk.sight import Hello, Told

FIRST_WAIT = 1 * SECOND
LONGEST_WAIT = 15 * SECOND
COOLING = 0.2
SILENT = "The help desk's server does not answer"


class Gathered:
    """Passes changes on: the first at once, those that pour in after it together, ``COOLING`` seconds later."""

    def __init__(
        self, later: Callable[[float, Callable[[], None]], object], pass_on: Callable[[Sequence[Told]], None]
    ) -> None:
        self._later = later
        self._pass_on = pass_on
        self._told: list[Told] = []
        self._cooling = False

    def add(self, told: Told) -> None:
        """One more change."""
        self._told.append(told)
        if not self._cooling:
            self._flush()

    def _flush(self) -> None:
        told, self._told = self._told, []
        self._cooling = bool(told)
        if told:
            self._pass_on(told)
            self._later(COOLING, self._flush)


async def greeted(desk: Desk, wall: Clock, said: Callable[[str], None]) -> Hello:
    """The owner's greeting, asked for until it comes; ``said`` hears why it does not."""
    wait = FIRST_WAIT
    while True:
        try:
            return await desk.hello()
        except (HelpdeskError, OSError):
            said(SILENT)
        await wall.until(plus(wall.now(), wait))
        wait = min(wait * 2, LONGEST_WAIT)


async def follow(
    desk: Desk,
    after: Seq,
    wall: Clock,
    heard: Callable[[Told], None],
    said: Callable[[str], None],
    back: Callable[[Hello], None],
) -> None:
    """Hand every change to ``heard``, for ever. ``said``: the connection broke; ``back``: it is there again."""
    while True:
        changes = desk.changes(after)
        try:
            async for told in changes:
                after = told.seq
                heard(told)
        except (HelpdeskError, OSError):
            said(SILENT)
        finally:
            close = getattr(changes, "aclose", None)
            if close is not None:
                await close()
        await wall.until(plus(wall.now(), FIRST_WAIT))
        back(await greeted(desk, wall, said))
