"""Who is on, on the store of this process. See :class:`helpdesk.ports.duty.Duty`."""

from __future__ import annotations

from helpdesk.attendance import SIGN_OF_LIFE
from helpdesk.clock import Clock, plus
from helpdesk.errors import Refused
from helpdesk.message import StaffId
from helpdesk.ports import Store
from helpdesk.sight import OnDuty
from helpdesk.store.verbs import duty as verbs

MOST = 12
"""How many chats anybody may say that they take at once."""


class LocalDuty:
    """Knows who is there. ``most``: how many chats a member takes at once who said nothing else."""

    def __init__(self, store: Store, clock: Clock, most: int = 3) -> None:
        self._store = store
        self._clock = clock
        self.most = most

    async def now(self, actor: StaffId) -> tuple[OnDuty, ...]:
        """Who is on."""
        now = self._clock.now()
        return await self._store.read(verbs.on_duty, plus(now, -SIGN_OF_LIFE), now, self.most)

    async def take_at_once(self, actor: StaffId, chats: int) -> int:
        """How many chats a member takes at once."""
        if not 0 <= chats <= MOST:
            raise Refused(f"Take 1 to {MOST} chats at once; 0 is as many as everybody takes.")
        await self._store.write(verbs.take_so_many, actor, chats or None, self._clock.now())
        return chats or self.most
