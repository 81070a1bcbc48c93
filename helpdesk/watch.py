"""What time brings: breaches, ends of snoozes, claims and windows, the shredding of sealed conversations, days' sums.

One pass is :meth:`Watch.check_due`; it returns when the next thing falls due, so that its loop wakes exactly then.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from functools import partial
from types import MappingProxyType

from helpdesk import ticket as life
from helpdesk.clock import HOUR, MINUTE, Clock, Instant, plus
from helpdesk.closing import settle
from helpdesk.events import SYSTEM, Kind, NewEvent
from helpdesk.lines import sweep
from helpdesk.message import ConversationId, LineId, TicketId
from helpdesk.pacing import Pacing
from helpdesk.ports import Keys, Sql, Store
from helpdesk.rolling import Rolling
from helpdesk.standards import Published
from helpdesk.store.verbs import clocks, deletions, events, forgetting, people, tickets
from helpdesk.ticket import Transition

AGAIN = MINUTE
"""How soon wiping is tried again where a reader held the log, in milliseconds."""

SWEEP = HOUR
"""How often absent members, old keys and orphans are swept, in milliseconds."""


class Watch:
    """Does what is due. ``keys`` is None where no line is sealed, ``rolling`` where no days are kept for reports,
    ``forget`` (a piece of :class:`helpdesk.forgetting.Forgetting`'s work) where nothing is forgotten by age.

    ``sealed``: each sealed line's reply window, in milliseconds.
    """

    def __init__(
        self,
        *,
        store: Store,
        clock: Clock,
        published: Callable[[], Published],
        keys: Keys | None = None,
        rolling: Rolling | None = None,
        pacing: Pacing | None = None,
        forget: Callable[[Instant], Awaitable[Instant | None]] | None = None,
        sealed: Mapping[LineId, int] = MappingProxyType({}),
    ) -> None:
        self._store = store
        self._clock = clock
        self._published = published
        self._keys = keys
        self._rolling = rolling
        self._pacing = pacing
        self._forget = forget
        self._sealed = sealed
        self._swept = Instant(0)
        self._rolled = Instant(0)
        self._traces = True  # those that a process left which ended between forgetting and wiping

    async def check_due(self) -> Instant:
        """Do all that is due now; returns when the next thing falls due."""
        now = self._clock.now()
        await settle(self._store)  # first: a clock that stands still is no breach
        due = await self._store.write(_notice_breaches, now)
        if due is not None and due <= now:
            await self._each(tickets.due_to_wake, partial(life.wake, now=now), now)
            await self._each(tickets.due_to_release, partial(life.expire, now=now), now)
            await self._each(tickets.due_to_close, partial(life.close, now=now), now)
            await self._shred(now)
        if self._traces:
            self._traces = not await self._store.purge(words=False)
        if not 0 <= now - self._swept < SWEEP:
            self._swept = now
            await self._sweep(now)
        again = [plus(now, AGAIN) if self._traces else plus(self._swept, SWEEP), *await self._roll(now)]
        if self._forget is not None and (later := await self._forget(now)) is not None:
            again.append(later)
        due = await self._store.read(_next_due)
        return min(again if due is None else [due, *again])

    async def _roll(self, now: Instant) -> list[Instant]:
        """Keep the sums of days that are over; returns when to go on with it."""
        if self._rolling is None:
            return []
        if not now < self._rolled <= plus(now, SWEEP):
            self._rolled = plus(now, AGAIN if await self._rolling.go_on(now) else SWEEP)
        return [self._rolled]

    async def _each(self, due: Callable[[Sql, Instant], list[TicketId]], transition: Transition, now: Instant) -> None:
        for ticket in await self._store.read(due, now):
            await self._store.write(tickets.change, ticket, transition, now=now, published=self._published())

    async def _shred(self, now: Instant) -> None:
        """Destroy the keys of sealed conversations that are over, then forget handle and seal."""
        over = await self._store.read(people.expired_conversations, now)
        if over and self._keys is not None:
            await self._keys.destroy(over)
            await self._store.write(_shredded, over, now)
            self._traces = True

    async def _sweep(self, now: Instant) -> None:
        await self._store.write(forgetting.past, now)
        if self._pacing is not None:
            await self._pacing.go_on(now)
        for line, window in self._sealed.items():
            if await self._store.write(deletions.owe_astray, line, plus(now, -window), now):
                self._traces = True
        if self._keys is not None:
            await sweep(self._keys, partial(self._store.read, people.sealed_conversations), now)


def _notice_breaches(sql: Sql, now: Instant) -> Instant | None:
    """Note what is breached; returns when the next thing falls due, which may be long past."""
    for row in clocks.breached(sql, now):
        data: dict[str, str | int | bool | None] = {"standard": row.standard, "exchange": row.exchange}
        fact = NewEvent(kind=Kind.BREACH_NOTICED, ticket=row.ticket, when=now, actor=SYSTEM, data=data)
        events.append(sql, [fact], now)
        clocks.notice(sql, row, now)
    return _next_due(sql)


def _shredded(sql: Sql, over: tuple[ConversationId, ...], now: Instant) -> None:
    for conversation in over:
        deletions.owe(sql, conversation, now)
        forgetting.shred(sql, conversation, now)
        data: dict[str, str | int | bool | None] = {"conversation": conversation}
        events.append(sql, [NewEvent(kind=Kind.SHREDDED, ticket=None, when=now, actor=SYSTEM, data=data)], now)


def _next_due(sql: Sql) -> Instant | None:
    lapse = clocks.next_lapse(sql)
    times = (None if lapse is None else plus(lapse, 1), tickets.next_wake(sql), people.next_expiry(sql))
    return min((when for when in times if when is not None), default=None)
