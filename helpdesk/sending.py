"""Replies on their way out, on the store of this process. See :class:`helpdesk.ports.sending.Sending`."""

from __future__ import annotations

from collections.abc import Callable

from helpdesk.clock import Clock
from helpdesk.message import OutboxId, StaffId
from helpdesk.ports import Store
from helpdesk.ports.sending import Held, TakenBack
from helpdesk.standards import Published
from helpdesk.store.verbs import holding, unsending
from helpdesk.taking_back import AT_ONCE, Windows


class LocalSending:
    """What waits to go out. ``windows``: how long it does, from now on; what waits already keeps its time."""

    def __init__(
        self, *, store: Store, clock: Clock, published: Callable[[], Published], windows: Windows = AT_ONCE
    ) -> None:
        self._store = store
        self._clock = clock
        self._published = published
        self.windows = windows

    async def held(self, actor: StaffId) -> tuple[Held, ...]:
        """What waits, of all members, the soonest first."""
        return await self._store.read(holding.waiting)

    async def take_back(self, actor: StaffId, act: OutboxId) -> TakenBack:
        """It was never sent."""
        return await self._store.write(unsending.take_back, actor, act, self._clock.now(), self._published())
