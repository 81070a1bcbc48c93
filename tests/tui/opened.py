"""The desk on this terminal, over a library in memory: what the pty test looks at. ``python -m tests.tui.opened``."""

from __future__ import annotations

import asyncio

from tests.tui.house import ANA, busy, house
from tui.app import DeskApp
from tui.likes import Likes


async def main() -> None:
    """Open the desk and wait until it is left."""
    async with house(said="a library in memory") as library:
        await busy(library)
        app = DeskApp(library.desk, ANA, likes=Likes(bell=False), owner=True)
        await app.run_async()


if __name__ == "__main__":
    asyncio.run(main())
