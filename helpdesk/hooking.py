"""Composes webhooks: whoever looks after them and whoever delivers share store, sender and secrets."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from functools import partial
from typing import Any

from helpdesk.api.hook_sender import hook_sender
from helpdesk.clock import Clock
from helpdesk.config import HookSettings
from helpdesk.hook_delivery import HookDelivery
from helpdesk.hook_secrets import Secrets
from helpdesk.hooks import LocalHooks
from helpdesk.ids import Entropy, Ids
from helpdesk.loops import Troubles, on_change
from helpdesk.ports import Store


@dataclass(frozen=True, slots=True, kw_only=True)
class Hooking:
    """Webhooks: ``local`` looks after them, ``delivery`` sends."""

    local: LocalHooks
    delivery: HookDelivery

    def loop(self, store: Store, clock: Clock, troubles: Troubles) -> Coroutine[Any, Any, None]:
        """Delivery for good, a loop for each hook."""

        def lane(name: str) -> Coroutine[Any, Any, None]:
            return on_change(f"webhook {name}", partial(self.delivery.deliver_due, name), store, clock, troubles)

        def repeated(look: Callable[[], Awaitable[None]]) -> Awaitable[None]:
            return on_change("list of webhooks", look, store, clock, troubles)

        return self.delivery.run(lane, repeated)


@asynccontextmanager
async def hooking(
    *,
    store: Store,
    clock: Clock,
    settings: HookSettings,
    reply_key: bytes,
    earlier: Sequence[bytes] = (),
    entropy: Entropy = os.urandom,
) -> AsyncIterator[Hooking]:
    """Webhooks over ``store``, for as long as the block lasts.

    ``reply_key`` and ``earlier``: what the present and earlier master keys sign reply addresses with. Secrets that an
    earlier one sealed are sealed anew.
    """
    secrets = Secrets(reply_key, earlier, entropy=entropy)
    await secrets.reseal(store)
    async with hook_sender(clock, allow_private=settings.allow_private) as poster:
        ids = Ids(clock, entropy)
        yield Hooking(
            local=LocalHooks(store=store, clock=clock, ids=ids, settings=settings, poster=poster, secrets=secrets),
            delivery=HookDelivery(store=store, clock=clock, ids=ids, settings=settings, poster=poster, secrets=secrets),
        )
