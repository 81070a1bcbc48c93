"""What the commands call: run a house without a terminal, or sit at its desk.

:mod:`helpdesk.house` makes the parts, :mod:`helpdesk.doors` opens them to the world.
"""

from __future__ import annotations

import asyncio
import signal
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

from helpdesk.api.auth import answers
from helpdesk.api.remote import connect
from helpdesk.clock import Clock, SystemClock
from helpdesk.config import Settings
from helpdesk.doors import Doors, open_doors
from helpdesk.house import open_house
from helpdesk.offering import offering
from helpdesk.ports import Desk


async def serve(
    settings: Settings, *, clock: Clock | None = None, stop: asyncio.Event, ready: Callable[[Doors], None]
) -> None:
    """Own the store and run the configured channels until ``stop`` is set. ``ready`` hears where they listen."""
    async with (
        open_house(settings, clock or SystemClock(), owner="helpdesk serve") as house,
        offering(house),
        open_doors(house) as doors,
    ):
        ready(doors)
        await stop.wait()


@asynccontextmanager
async def stopping() -> AsyncIterator[asyncio.Event]:
    """An event that SIGTERM and SIGINT set."""
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for name in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(name, stop.set)
    try:
        yield stop
    finally:
        for name in (signal.SIGTERM, signal.SIGINT):
            loop.remove_signal_handler(name)


@asynccontextmanager
async def open_desk(settings: Settings, *, clock: Clock | None = None) -> AsyncIterator[tuple[Desk, bool]]:
    """A desk on the configured store, and whether this process owns it.

    Where an owner answers on the socket the desk attaches to it; otherwise this process becomes the owner and runs
    everything.
    """
    path = settings.store.socket_path
    if answers(path):
        async with connect(path) as remote:
            yield remote, False
        return
    async with (
        open_house(settings, clock or SystemClock(), owner="helpdesk desk") as house,
        offering(house),
        open_doors(house),
    ):
        yield house.desk, True
