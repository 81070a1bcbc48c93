"""What hooks are sent: signed, in order, at least once; and what becomes of receivers that are slow, wrong or gone."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass

import pytest

from helpdesk.clock import SECOND
from helpdesk.hooks import LocalHooks
from helpdesk.ports.hooks import HookState, HookTry
from tests.conversation import Town, library
from tests.hooks.receiver import Mood, Receiver, receiver
from tests.staff import SAM


@dataclass
class Scene:
    """A library and another system that listens to it as "wall"."""

    town: Town
    wall: Receiver

    @property
    def hooks(self) -> LocalHooks:
        """The library's hooks."""
        return self.town.house.hooks.local

    async def listens(self, *events: str) -> None:
        """The hook is added; its receiver knows the secret."""
        added = await self.hooks.add(SAM, "wall", url=self.wall.url, events=events)
        self.wall.secrets.append(added.secret)

    async def delivers(self) -> int | None:
        """One pass; in how many milliseconds the next try falls due."""
        due = await self.town.house.hooks.delivery.deliver_due("wall")
        return None if due is None else due - self.town.time.now

    async def log(self) -> list[HookTry]:
        """The hook's log, the oldest first."""
        return list(reversed(await self.hooks.log(SAM, "wall")))


@pytest.fixture
async def scene() -> AsyncIterator[Scene]:
    """A library with a hook to be added."""
    async with library() as town, receiver() as wall:
        yield Scene(town, wall)


async def test_what_happens_is_told_in_order_and_signed(scene: Scene) -> None:
    """A mail, its answer, its end: three messages, each signed, with ids and numbers and no words."""
    await scene.listens("ticket.opened", "ticket.replied", "ticket.solved")
    ben, mia = scene.town.mailer("ben"), await scene.town.staff("mia")
    await ben.mails("Can I renew?")
    await mia.replies("Yes, you can.", then="solved")
    await scene.delivers()
    opened, replied, solved = await scene.wall.hears(3)
    assert scene.wall.events == ["ticket.opened", "ticket.replied", "ticket.solved"]
    assert [each.signed for each in scene.wall.messages] == [1, 1, 1]
    assert len({opened.id, replied.id, solved.id}) == 3
    assert opened.body["id"] == opened.id
    assert opened.data["by"] == "patron"
    assert opened.data["ticket"]["number"] == 1
    assert replied.data["by"] == "staff"
    assert "renew" not in str(opened.body) + str(replied.body)


async def test_a_failing_receiver_is_tried_again_with_the_same_id(scene: Scene) -> None:
    """5 s, 30 s, 2 min; nothing behind it goes first; then all goes in order."""
    await scene.listens("ticket.opened", "ticket.solved")
    ben, mia = scene.town.mailer("ben"), await scene.town.staff("mia")
    await ben.mails("Can I renew?")
    await mia.replies("Yes.", then="solved")
    scene.wall.moods.extend([Mood(status=500), Mood(status=302, headers={"Location": "/elsewhere"})])
    assert await scene.delivers() == 5 * SECOND
    assert await scene.delivers() == 5 * SECOND
    scene.town.clock.passes(seconds=5)
    assert await scene.delivers() == 30 * SECOND
    scene.town.clock.passes(seconds=30)
    assert await scene.delivers() is None
    assert scene.wall.events == ["ticket.opened"] * 3 + ["ticket.solved"]
    assert len({each.id for each in scene.wall.messages}) == 2
    assert [(each.tries, each.taken) for each in await scene.log()] == [(3, True), (1, True)]


async def test_a_hook_that_is_gone_is_stopped_and_the_desk_is_told(scene: Scene) -> None:
    """410: nothing more is sent until staff enable it; then what waited goes."""
    await scene.listens("ticket.opened")
    ben = scene.town.mailer("ben")
    await ben.mails("Can I renew?")
    scene.wall.moods.append(Mood(status=410))
    assert await scene.delivers() is None
    [hook] = await scene.hooks.overview(SAM)
    assert (hook.state, hook.waiting) == (HookState.STOPPED, 1)
    [notice] = await scene.town.house.desk.notices()
    assert "Webhook wall is stopped" in notice.text
    await scene.hooks.enable(SAM, "wall")
    assert await scene.delivers() is None
    assert scene.wall.events == ["ticket.opened"] * 2
    assert await scene.town.house.desk.notices() == ()
