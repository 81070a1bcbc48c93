"""Following the desk's changes, and coming back when the connection breaks. No Textual."""

from __future__ import annotations

from collections.abc import Callable

from helpdesk.clock import SECOND, Clock, plus
from helpdesk.errors import HelpdeskError
from helpdesk.events import Seq
from helpdesk.ports import Desk, Hello, Told

FIRST_WAIT = 1 * SECOND
LONGEST_WAIT = 15 * SECOND


async def greeted(desk: Desk, wall: Clock, said: Callable[[str], None]) -> Hello:
    """The owner's greeting, asked for until it comes; ``said`` hears why it does not."""
    wait = FIRST_WAIT
    while True:
        try:
            return await desk.hello()
        except (HelpdeskError, OSError):
            said(f"no connection, trying again every {wait // SECOND} s")
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
            said("no connection, trying again")
        finally:
            close = getattr(changes, "aclose", None)
            if close is not None:
                await close()
        await wall.until(plus(wall.now(), FIRST_WAIT))
        back(await greeted(desk, wall, said))
