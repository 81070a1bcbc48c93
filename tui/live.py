"""Following the desk's changes, and coming back when the connection breaks. No Textual."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager

from helpdesk.clock import SECOND, Clock, plus
from helpdesk.errors import HelpdeskError, SignedOut
from helpdesk.events import Seq
from helpdesk.ports import Desk
from helpdesk.sight import Hello, Told

FIRST_WAIT = 1 * SECOND
LONGEST_WAIT = 15 * SECOND
COOLING = 0.2
REASON_SECONDS = 3.0
"""How long a desk that was signed out waits for the reason."""

LOOK_SECONDS = 5.0
"""How often the desk asks whether all is well, when nothing happens."""

SILENT = "The help desk's server has not answered"


def why(error: Exception) -> str:
    """What is said of a break, before since when: what the server says of its store, else that it is silent."""
    words = str(error).partition(". ")[0].rstrip(".")
    return words if words.startswith("The store ") else SILENT


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
    """The owner's greeting, asked for until it comes; ``said`` hears why it does not. SignedOut where it never will."""
    wait = FIRST_WAIT
    while True:
        try:
            return await desk.hello()
        except SignedOut:
            raise
        except (HelpdeskError, OSError) as error:
            said(why(error))
        await wall.until(plus(wall.now(), wait))
        wait = min(wait * 2, LONGEST_WAIT)


async def follow(
    desk: Desk,
    after: Seq,
    wall: Clock,
    heard: Callable[[Told], None],
    said: Callable[[str], None],
    back: Callable[[Hello], None],
    out: Callable[[str], None],
    known: Callable[[], Awaitable[object]],
) -> None:
    """Hand every change to ``heard``, for ever. ``said``: the connection broke; ``back``: it is there again.

    ``out``: the desk does not know any more who asks, and why; it is asked nothing more before ``known`` returns,
    because somebody signed in or has a new token.
    """

    async def is_back() -> None:
        while True:
            try:
                back(await greeted(desk, wall, said))
            except SignedOut as error:
                out(str(error))
                await known()
            else:
                return

    while True:
        try:
            async with _closing(desk.changes(after)) as changes:
                async for told in changes:
                    after = told.seq
                    heard(told)
        except SignedOut as error:
            out(await _reason(desk, error))
            await known()
        except (HelpdeskError, OSError) as error:
            said(why(error))
            await wall.until(plus(wall.now(), FIRST_WAIT))
        else:
            await wall.until(plus(wall.now(), FIRST_WAIT))
        await is_back()


async def _reason(desk: Desk, ended: SignedOut) -> str:
    """Why nobody is known here: a line that ended says only that, and the next call says why."""
    try:
        async with asyncio.timeout(REASON_SECONDS):
            await desk.hello()
    except SignedOut as error:
        return str(error)
    except (HelpdeskError, OSError):
        pass
    return str(ended)


@asynccontextmanager
async def _closing(changes: AsyncIterator[Told]) -> AsyncIterator[AsyncIterator[Told]]:
    """Close a stream that is left, where it can be closed."""
    try:
        yield changes
    finally:
        close = getattr(changes, "aclose", None)
        if close is not None:
            await close()
