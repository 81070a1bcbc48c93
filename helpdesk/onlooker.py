"""What a desk hears unasked: all that happens, and what is not right. A store that hangs keeps nobody waiting."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import TypeVar

from helpdesk.beside import beside
from helpdesk.clock import Clock, Instant
from helpdesk.errors import TryLater
from helpdesk.events import Seq
from helpdesk.loops import Troubles
from helpdesk.ports import Sql, Store
from helpdesk.sight import Notice, Told
from helpdesk.store.verbs import events, notices

T = TypeVar("T")

Also = Callable[[Sql, Instant], tuple[Notice, ...]]
"""Further notices, read from the store: what holds at a moment."""

TROUBLED_SECONDS = 3.0
"""How long the store may take to answer who watches it, once it is in trouble."""


class Onlooker:
    """Looks on at a store; ``troubles`` is what fails in this process's loops; ``also`` says what else is told."""

    def __init__(self, store: Store, clock: Clock, troubles: Troubles, also: Also | None = None) -> None:
        self._store = store
        self._clock = clock
        self._troubles = troubles
        self._also = also

    async def notices(self) -> tuple[Notice, ...]:
        """Trouble that is not over yet."""
        now = self._clock.now()
        try:
            kept, why = await self._answered(self._store.read(self._kept, now)), ""
        except TryLater as error:  # what this process knows by itself is said all the same
            kept, why = (), str(error)
        why = self._store.trouble or why
        known = [("store", why)] if why else []
        known += [(f"loop:{name}", text) for name, text in self._troubles.now.items()]
        return (*(Notice(key=key, level="error", text=text, since=now) for key, text in known), *kept)

    def _kept(self, sql: Sql, now: Instant) -> tuple[Notice, ...]:
        return (*notices.notices(sql), *(self._also(sql, now) if self._also is not None else ()))

    async def changes(self, after: Seq) -> AsyncIterator[Told]:
        """All that happens after ``after``, as it happens, without gaps. TryLater once the store can't be read."""
        while True:
            falls = self._store.falls
            for event in await self._answered(self._store.read(events.after, after)):
                after = event.seq
                yield Told(seq=event.seq, kind=event.kind, ticket=event.ticket, actor=event.actor)
            await self._store.changed_or_fell(after, falls)

    async def _answered(self, reading: Awaitable[T]) -> T:
        """What is read. A store that hangs ends nothing by itself: TryLater soon after its trouble is known."""
        try:
            async with asyncio.timeout(None) as limit, beside(self._hurry(limit)):
                return await reading
        except TimeoutError:
            raise TryLater(self._store.trouble or "The store can't be read just now: it has not answered.") from None

    async def _hurry(self, limit: asyncio.Timeout) -> None:
        if not self._store.trouble:
            await self._store.changed_or_fell(None, self._store.falls)
        limit.reschedule(asyncio.get_running_loop().time() + TROUBLED_SECONDS)
