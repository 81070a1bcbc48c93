"""A desk on the store that is configured here: at its owner's, where one runs.

Nothing that an owner needs is imported unless this process becomes it: a desk that attaches opens in half the time,
and takes half the memory.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from helpdesk.api.auth import answers
from helpdesk.clock import Clock
from helpdesk.config import Settings
from helpdesk.ports import Desk


@asynccontextmanager
async def open_desk(settings: Settings, *, clock: Clock | None = None) -> AsyncIterator[tuple[Desk, bool]]:
    """A desk on the configured store, and whether this process owns it.

    Where an owner answers on the socket the desk attaches to it; otherwise this process becomes the owner and runs
    everything.
    """
    path = settings.store.socket_path
    if answers(path):
        from helpdesk.api.remote import connect

        async with connect(path) as remote:
            yield remote, False
        return
    from helpdesk.app import own_desk

    async with own_desk(settings, clock=clock) as desk:
        yield desk, True
