"""What other systems are told by webhooks, from the library's first event on."""

from __future__ import annotations

import json

from helpdesk.config import HookSettings
from helpdesk.hook_delivery import HookDelivery
from helpdesk.ids import Ids
from helpdesk.webhooks.vocabulary import EVENTS
from tests.hooks.receiver import receiver
from tests.staff import SAM
from tests.wire import Town


async def told_to_others(town: Town) -> bytes:
    """Every message that a hook gets which hears of everything, with its headers; and the hook's log."""
    house, hooks = town.house, town.house.hooks.local
    async with receiver() as wall:
        await hooks.add(SAM, "wall", url=wall.url, events=tuple(EVENTS))
        await house.store.write(lambda sql: sql("UPDATE hooks SET upto = 0 WHERE library = :library"))
        delivery = HookDelivery(
            store=house.store,
            clock=house.clock,
            ids=Ids(house.clock),
            settings=HookSettings(),
            poster=hooks._poster,
            secrets=hooks._secrets,
        )
        await delivery.deliver_due("wall")
        while (await hooks.overview(SAM))[0].waiting:  # the house's own loop may have one in hand
            await delivery.deliver_due("wall")
        log = await hooks.log(SAM, "wall", count=1000)
        await hooks.remove(SAM, "wall")
    assert wall.messages, "nothing was told: nothing was looked at"
    bodies = "\n".join(json.dumps([message.body, dict(message.headers)]) for message in wall.messages)
    return f"{bodies}\n{log}".encode()
