"""Of several servers on one store, the one that does what must be done once: it *leads* the loops.

Every server opens doors and desks. Sending, the watch, catching up and the like run on one of them, for as long as it
keeps a lease in the store. A server that stops hands the lease back, and another one goes on at once; after one that
died, when the lease has run out. A leader that can't renew it in time lays the work down first.

Leases are by the servers' own clocks: they must agree to a second or two.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Coroutine, Sequence
from contextlib import suppress
from typing import Any

import structlog

from helpdesk.beside import beside
from helpdesk.clock import SECOND, Clock, Instant, plus
from helpdesk.errors import TryLater
from helpdesk.ports import Store
from helpdesk.store.verbs import leases

LOOPS = "loops"
"""The name of the lease."""

LEASE = 15 * SECOND
"""How long it holds, in milliseconds."""

RENEW = 4 * SECOND
"""How often it is renewed, and asked for by those who wait."""

MARGIN = 4 * SECOND
"""So long before its end the work is laid down."""

_log = structlog.get_logger()

Work = Callable[[], Awaitable[Sequence[Coroutine[Any, Any, None]]]]
"""Makes the loops anew, each time this server begins to lead."""


class Leading:
    """One server's part in it. ``server`` names it among the others."""

    def __init__(self, store: Store, clock: Clock, server: str) -> None:
        self._store = store
        self._clock = clock
        self._server = server
        self.leads = False

    async def run(self, work: Work, laid_down: Callable[[], Awaitable[None]]) -> None:
        """Do the work while this server leads, and wait for its turn again; for ever.

        ``laid_down`` is called each time the work has ended, before the lease is handed back.
        """
        while True:
            until = await self._won()
            _log.info("leads")
            self.leads = True
            try:
                with suppress(TryLater):  # the store broke off before the work began
                    async with beside(*await work()):
                        await self._keep(until)
            finally:
                self.leads = False
                await laid_down()
                with suppress(TryLater):  # it runs out by itself
                    await self._store.write(leases.hand_back, LOOPS, self._server)
            _log.warning("leads no more")

    async def _won(self) -> Instant:
        """Wait until this server leads; until when it does, unless it renews."""
        while not (until := await self._asked()):
            await self._clock.until(plus(self._clock.now(), RENEW))
        return until

    async def _keep(self, until: Instant) -> None:
        """Renew the lease; returns when it is another server's, or would run out before the store answers."""
        while (left := until - MARGIN - self._clock.now()) > 0:
            await self._clock.until(plus(self._clock.now(), min(RENEW, left)))
            said = await self._asked()
            until = until if said is None else said

    async def _asked(self) -> Instant | None:
        """Until when this server leads, 0 where another one does; None where the store does not answer."""
        now = self._clock.now()
        until = plus(now, LEASE)
        try:
            async with asyncio.timeout(RENEW / SECOND):
                mine = await self._store.write(leases.hold, LOOPS, self._server, now, until)
        except (TryLater, TimeoutError):
            return None
        return until if mine else Instant(0)
