"""Who is on, on the store of this process. See :class:`helpdesk.ports.duty.Duty`."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from helpdesk.attendance import SIGN_OF_LIFE
from helpdesk.clock import Clock, plus
from helpdesk.errors import Refused
from helpdesk.message import StaffId, TicketId
from helpdesk.ports import Store
from helpdesk.sight import OnDuty, OwnChat
from helpdesk.store.verbs import duty as verbs

MOST = 12
"""How many chats anybody may say that they take at once."""


def _nobody_writes(ticket: TicketId) -> bool:
    return False


class LocalDuty:
    """Knows who is there.

    ``most``     how many chats a member takes at once who said nothing else
    ``writing``  whether a ticket's visitor is writing just now, on a page that this server serves
    """

    def __init__(
        self, store: Store, clock: Clock, most: int = 3, writing: Callable[[TicketId], bool] = _nobody_writes
    ) -> None:
        self._store = store
        self._clock = clock
        self.most = most
        self._writing = writing

    async def now(self, actor: StaffId) -> tuple[OnDuty, ...]:
        """Who is on."""
        now = self._clock.now()
        return await self._store.read(verbs.on_duty, plus(now, -SIGN_OF_LIFE), now, self.most)

    async def chats(self, actor: StaffId) -> tuple[OwnChat, ...]:
        """One's own open chats."""
        found = await self._store.read(verbs.chats_of, actor, self._clock.now())
        return tuple(replace(each, writing=self._writing(each.ticket)) for each in found)

    async def take_at_once(self, actor: StaffId, chats: int) -> int:
        """How many chats a member takes at once."""
        if not 0 <= chats <= MOST:
            raise Refused(f"Take 1 to {MOST} chats at once; 0 is as many as everybody takes.")
        await self._store.write(verbs.take_so_many, actor, chats or None, self._clock.now())
        return chats or self.most
