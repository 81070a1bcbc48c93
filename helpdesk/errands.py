"""Work on the whole store, asked for from the command line.

It goes through the store's owner where one is running, and else owns the store for as long as it takes.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from helpdesk import rulebook, upkeep
from helpdesk.api.auth import answers
from helpdesk.api.keeper import Keeper
from helpdesk.api.remote import connect_keeper
from helpdesk.clock import Clock
from helpdesk.config import Settings
from helpdesk.ports import Store
from helpdesk.rulebook import Rulebook
from helpdesk.store.sqlite import open_store


@asynccontextmanager
async def keeper(settings: Settings, clock: Clock) -> AsyncIterator[Keeper]:
    """Whoever may work on the store now: its owner, by the socket, or this process."""
    path = settings.store.socket_path
    if answers(path):
        async with connect_keeper(path) as remote:
            yield remote
        return
    async with open_store(settings.store.path, library=settings.library.id) as store:
        rules = Rulebook(store, clock)
        await rules.load()
        yield LocalKeeper(settings, clock, store, rules)


class LocalKeeper:
    """Satisfies the Keeper protocol on the store of this process."""

    def __init__(self, settings: Settings, clock: Clock, store: Store, rules: Rulebook) -> None:
        self._settings = settings
        self._clock = clock
        self._store = store
        self._rules = rules

    async def publish(self) -> tuple[str, ...]:
        """Publish the calendars and standards as their files stand now."""
        settings = self._settings
        found = rulebook.drafts(
            settings.calendars, settings.standards, now=self._clock.now(), zone=settings.library.zone
        )
        fresh = await self._rules.publish(found)
        await upkeep.settle_undetermined(self._store, self._rules.published())
        return fresh

    async def rebuild(self) -> tuple[str, ...]:
        """Make every projection again from the event log."""
        return await upkeep.rebuild(self._store, self._rules.published())
