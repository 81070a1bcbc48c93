"""A library, and another system that listens to it as the hook "wall"."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

from helpdesk.hook_delivery import HookDelivery
from helpdesk.hooks import LocalHooks
from helpdesk.ports.hooks import Hook, HookTry
from tests.conversation import Town, library
from tests.hooks.receiver import Receiver, receiver
from tests.staff import SAM


@dataclass
class Scene:
    """A library and its listener."""

    town: Town
    wall: Receiver

    @property
    def hooks(self) -> LocalHooks:
        """The library's hooks."""
        return self.town.house.hooks.local

    @property
    def delivery(self) -> HookDelivery:
        """What sends."""
        return self.town.house.hooks.delivery

    async def listens(self, *events: str) -> None:
        """The hook is added; its receiver knows the secret."""
        added = await self.hooks.add(SAM, "wall", url=self.wall.url, events=events)
        self.wall.secrets.append(added.secret)

    async def delivers(self) -> int | None:
        """One pass; in how many milliseconds the next try falls due."""
        due = await self.delivery.deliver_due("wall")
        return None if due is None else due - self.town.time.now

    async def hook(self) -> Hook:
        """How the hook stands."""
        [hook] = await self.hooks.overview(SAM)
        return hook

    async def log(self) -> list[HookTry]:
        """The hook's log, the oldest first."""
        return list(reversed(await self.hooks.log(SAM, "wall", count=1000)))

    async def notices(self) -> list[str]:
        """What the desk is told."""
        return [notice.text for notice in await self.town.house.desk.notices()]


@asynccontextmanager
async def scene(**sections: Any) -> AsyncIterator[Scene]:
    """The library is open and the other system listens; the hook is still to be added."""
    async with library(**sections) as town, receiver() as wall:
        yield Scene(town, wall)
