"""The desk on this terminal, over a library in memory: what the pty tests look at. ``python -m tests.tui.opened``.

With ``waits`` after it replies wait for second thoughts, long enough for a slow machine to have them; with ``tours``
there is a tour, which a line ends. The variable VIEWER names a program that opens attachments on this terminal.
"""

from __future__ import annotations

import asyncio
import os
import sys

from tests.tui.house import ANA, busy, house
from tui.app import DeskApp
from tui.likes import Likes
from tui.newcomers import Newcomers

TOUR = (sys.executable, "-c", "input('the tour has it')")


async def main() -> int:
    """Open the desk and wait until it is left; its exit status."""
    async with house(said="a library in memory") as library:
        await busy(library)
        if "waits" in sys.argv:
            library.waits(600)
        likes = Likes(bell=False, viewer=os.environ.get("VIEWER", ""), viewer_in_terminal=True)
        newcomers = Newcomers(tour=TOUR if "tours" in sys.argv else ())
        app = DeskApp(library.desk, ANA, likes=likes, owner=True, newcomers=newcomers)
        await app.run_async()
    return app.return_code or 0


if __name__ == "__main__":
    sys.exit(asyncio.run(main()))
