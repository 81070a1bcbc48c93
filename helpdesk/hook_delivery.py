"""Sends hooks their messages: in order, at least once, signed.

One pass over a hook is :meth:`HookDelivery.deliver_due`.

A message is made when the log is read on for its hook, and kept before it is sent; a try that was not heard the end of
is repeated under the same webhook-id. Every hook has a loop of its own, so that a slow receiver keeps nobody waiting.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Coroutine, Iterator
from typing import Any

from helpdesk.clock import DAY, HOUR, MINUTE, SECOND, Clock, Instant, plus
from helpdesk.config import HookSettings
from helpdesk.errors import Refused
from helpdesk.events import Event, Seq
from helpdesk.hook_secrets import Secrets
from helpdesk.ids import Ids
from helpdesk.ports import Store
from helpdesk.ports.hooks import Answer, Poster
from helpdesk.store.verbs import hook_messages
from helpdesk.store.verbs import hooks as verbs
from helpdesk.store.verbs.hook_messages import FORGOTTEN, Fresh, Leased, Look
from helpdesk.store.verbs.hooks import Kept
from helpdesk.webhooks import signature, vocabulary
from helpdesk.webhooks.vocabulary import Subject

LEASE = 30 * SECOND
"""How long a try may take before another server may try, in milliseconds: well above the sender's limit."""

BACKOFF = (5 * SECOND, 30 * SECOND, 2 * MINUTE, 10 * MINUTE, 30 * MINUTE, HOUR, 2 * HOUR, 4 * HOUR)
"""How long to wait after each failed try; after the last as long again, until the hook is stopped."""

LONGEST = DAY
"""The longest wait, whatever a receiver asks for, in milliseconds."""

AT_A_TIME = 100
"""So many facts are read from the log in one go."""

BEHIND = 500
"""From so many events without a message on it is kept how far the log was read."""

Lane = Callable[[str], Coroutine[Any, Any, None]]
"""Makes one hook's loop, for good."""

Repeated = Callable[[Callable[[], Awaitable[None]]], Awaitable[None]]
"""Repeats a step after each change in the store, for good; what it fails with ends nothing."""


class HookDelivery:
    """Sends what hooks are to hear."""

    def __init__(
        self, *, store: Store, clock: Clock, ids: Ids, settings: HookSettings, poster: Poster, secrets: Secrets
    ) -> None:
        self._store = store
        self._clock = clock
        self._ids = ids
        self._keep = settings.keep
        self._stops = settings.give_up_days * DAY
        self._poster = poster
        self._secrets = secrets
        self._read: dict[str, Seq] = {}
        """Up to where the log holds nothing for a hook: what is not worth a commit."""

    async def deliver_due(self, name: str) -> Instant | None:
        """Read the log on for a hook and send what is due; returns when its next message falls due."""
        while look := await self._look(name):
            now = self._clock.now()
            more = await self._read_on(look)
            if look.due is not None and look.due <= now:
                await self._try(look.kept)
            elif not more:
                return look.due
        return None

    async def _look(self, name: str) -> Look | None:
        after = self._read.get(name, Seq(0))
        return await self._store.read(hook_messages.look, name, after, self._clock.now(), AT_A_TIME)

    async def _read_on(self, look: Look) -> bool:
        """Keep messages of what happened since; whether to look again."""
        kept = look.kept
        if kept.hook.waiting >= AT_A_TIME:
            return False
        fresh = tuple(self._fresh(kept, look.told))
        if fresh or look.upto - kept.upto >= BEHIND:
            await self._store.write(hook_messages.keep, kept.hook.name, fresh, kept.upto, look.upto, self._clock.now())
            self._read.pop(kept.hook.name, None)
            return True
        self._read[kept.hook.name] = look.upto
        return len(look.told) == AT_A_TIME

    def _fresh(self, kept: Kept, told: tuple[tuple[Event, Subject], ...]) -> Iterator[Fresh]:
        """The messages of some facts; of what is long past none."""
        oldest = plus(self._clock.now(), -FORGOTTEN)
        for event, subject in told:
            said = vocabulary.announced(event, subject)
            if said is not None and said.event in kept.hook.events and event.noted >= oldest:
                id_ = f"msg_{self._ids.new()}"
                text = vocabulary.body(id_, said, library=self._store.library)
                yield Fresh(id=id_, seq=event.seq, once=said.once, event=said.event, body=text)

    async def _try(self, kept: Kept) -> None:
        """The hook's oldest message, unless another server has it in hand."""
        now = self._clock.now()
        message = await self._store.write(hook_messages.lease, kept.hook.name, now, plus(now, LEASE))
        if message is not None:
            await self._send(kept, message)

    async def _send(self, kept: Kept, message: Leased) -> None:
        """One try, and what it came to."""
        now = self._clock.now()
        try:
            secrets = self._secrets.opened(kept, now)
        except Refused as error:
            await self._store.write(verbs.stop, kept.hook.name, str(error), now)
            return
        body = message.body.encode()
        answer = await self._poster.post(kept.hook.url, body, signature.headers(message.id, body, secrets, now))
        await self._note(kept, message, answer)

    async def _note(self, kept: Kept, message: Leased, answer: Answer) -> None:
        now, name = self._clock.now(), kept.hook.name
        if answer.taken:
            await self._store.write(hook_messages.taken, name, message, answer, now, keep=self._keep)
            return
        again = plus(now, _wait(message.tries, answer.retry_after))
        await self._store.write(hook_messages.put_off, name, message, answer, again, now, stops=self._stops)

    async def run(self, lane: Lane, repeated: Repeated) -> None:
        """Keep a loop for every hook that is sent anything, for good. ``lane`` makes one, ``repeated`` looks again."""
        running: dict[str, asyncio.Task[None]] = {}

        async def look() -> None:
            wanted = set(await self._store.read(verbs.names))
            for name in running.keys() - wanted:
                running.pop(name).cancel()
            for name in wanted - running.keys():
                running[name] = lanes.create_task(lane(name))

        async with asyncio.TaskGroup() as lanes:
            await repeated(look)


def _wait(tries: int, retry_after: float | None) -> int:
    """How long until the next try, in milliseconds."""
    wait = BACKOFF[min(tries, len(BACKOFF)) - 1]
    return wait if retry_after is None else min(LONGEST, max(wait, round(retry_after * SECOND)))
