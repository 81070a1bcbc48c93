"""What hooks are sent: signed, in order, at least once; and what becomes of receivers that are slow, wrong or gone."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest

from helpdesk.clock import DAY, HOUR, MINUTE, SECOND, plus
from helpdesk.config import HookSettings
from helpdesk.hook_delivery import BACKOFF, HookDelivery
from helpdesk.ids import Ids
from helpdesk.ports.hooks import HookState
from tests.hooks.receiver import HANGS, Mood
from tests.hooks.scene import Scene, scene
from tests.staff import SAM

pytestmark = pytest.mark.usefixtures("engine")


@pytest.fixture
async def here() -> AsyncIterator[Scene]:
    """A library with a hook to be added."""
    async with scene() as opened:
        yield opened


async def test_what_happens_is_told_in_order_and_signed(here: Scene) -> None:
    """A mail, its answer, its end: three messages, each signed, with ids and numbers and no words."""
    await here.listens("ticket.opened", "ticket.replied", "ticket.solved")
    ben, mia = here.town.mailer("ben"), await here.town.staff("mia")
    await ben.mails("Can I renew?")
    await mia.replies("Yes, you can.", then="solved")
    await here.delivers()
    opened, replied, solved = await here.wall.hears(3)
    assert here.wall.events == ["ticket.opened", "ticket.replied", "ticket.solved"]
    assert [each.signed for each in here.wall.messages] == [1, 1, 1]
    assert len({opened.id, replied.id, solved.id}) == 3
    assert opened.timestamp == here.town.time.now // SECOND
    assert opened.body["id"] == opened.id
    assert opened.data["by"] == "patron"
    assert opened.data["ticket"]["number"] == 1
    assert replied.data["by"] == "staff"


async def test_only_what_it_asked_for_and_only_since_it_did(here: Scene) -> None:
    """What happened before the hook was added, and other events, are not told."""
    ben, mia = here.town.mailer("ben"), await here.town.staff("mia")
    await ben.mails("Can I renew?")
    await here.listens("ticket.opened", "ticket.solved")
    await mia.replies("Yes.")
    await mia.solves()
    await here.delivers()
    assert here.wall.events == ["ticket.solved"]


async def test_a_failing_receiver_is_tried_again_with_the_same_id(here: Scene) -> None:
    """5 s, 30 s, 2 min; nothing behind it goes first; then all goes in order."""
    await here.listens("ticket.opened", "ticket.solved")
    ben, mia = here.town.mailer("ben"), await here.town.staff("mia")
    await ben.mails("Can I renew?")
    await mia.replies("Yes.", then="solved")
    here.wall.moods.extend([Mood(status=500), Mood(status=302, headers={"Location": "/elsewhere"})])
    assert await here.delivers() == 5 * SECOND
    assert await here.delivers() == 5 * SECOND
    here.town.clock.passes(seconds=5)
    assert await here.delivers() == 30 * SECOND
    here.town.clock.passes(seconds=30)
    assert await here.delivers() is None
    assert here.wall.events == ["ticket.opened"] * 3 + ["ticket.solved"]
    assert len({each.id for each in here.wall.messages}) == 2
    assert [(each.tries, each.taken) for each in await here.log()] == [(3, True), (1, True)]


@pytest.mark.parametrize(
    ("status", "asked", "waits"), [(429, "90", 90), (503, "90", 90), (500, "90", 5), (429, "x", 5)]
)
async def test_a_receiver_that_asks_for_time_gets_it(here: Scene, status: int, asked: str, waits: int) -> None:
    """Retry-After of 429 and 503; of nothing else, and nothing that can't be read."""
    await here.listens("ticket.opened")
    await here.town.mailer("ben").mails("Can I renew?")
    here.wall.moods.append(Mood(status=status, headers={"Retry-After": asked}))
    assert await here.delivers() == waits * SECOND


async def test_no_receiver_can_ask_for_more_than_a_day(here: Scene) -> None:
    """However long it says."""
    await here.listens("ticket.opened")
    await here.town.mailer("ben").mails("Can I renew?")
    here.wall.moods.append(Mood(status=503, headers={"Retry-After": "999999999999"}))
    assert await here.delivers() == DAY


async def test_a_hook_that_is_gone_is_stopped_and_the_desk_is_told(here: Scene) -> None:
    """410: nothing more is sent until staff enable it; then what waited goes."""
    await here.listens("ticket.opened")
    await here.town.mailer("ben").mails("Can I renew?")
    here.wall.moods.append(Mood(status=410))
    assert await here.delivers() is None
    hook = await here.hook()
    assert (hook.state, hook.waiting) == (HookState.STOPPED, 1)
    [notice] = await here.notices()
    assert "Webhook wall is stopped: its receiver says that it is gone (410)" in notice
    await here.hooks.enable(SAM, "wall")
    assert await here.delivers() is None
    assert here.wall.events == ["ticket.opened"] * 2
    assert await here.notices() == []


async def test_a_hook_that_fails_for_days_is_stopped(here: Scene) -> None:
    """The desk is told from the third try on; after three days nothing is tried; once enabled, all that waited goes."""
    await here.listens("ticket.opened")
    await here.town.mailer("ben").mails("Can I renew?")
    here.wall.moods.extend([Mood(status=500)] * 40)
    began = here.town.time.now
    while (wait := await here.delivers()) is not None:
        here.town.clock.move_to(plus(here.town.time.now, wait))
        if len(here.wall.messages) == 3:
            assert "takes nothing and is tried again: The receiver answered 500" in (await here.notices())[0]
    assert 3 * DAY <= here.town.time.now - began < 3 * DAY + 4 * HOUR
    assert (await here.hook()).state is HookState.STOPPED
    assert "it has taken nothing for days" in (await here.notices())[0]
    here.town.clock.passes(days=1)
    here.wall.moods.clear()
    await here.town.mailer("kit").mails("Meanwhile")
    await here.hooks.enable(SAM, "wall")
    assert await here.delivers() is None
    assert [each.data["ticket"]["number"] for each in here.wall.messages[-2:]] == [1, 2]
    assert (await here.hook()).failing is None


async def test_enabled_with_skip_it_hears_only_what_comes(here: Scene) -> None:
    """What waits and what happened meanwhile is dropped."""
    await here.listens("ticket.opened")
    await here.hooks.disable(SAM, "wall")
    await here.town.mailer("ben").mails("While it is off")
    assert await here.delivers() is None
    await here.hooks.enable(SAM, "wall", skip=True)
    await here.town.mailer("kit").mails("Now")
    await here.delivers()
    assert [each.data["ticket"]["number"] for each in here.wall.messages] == [2]


async def test_a_pause_is_made_up_for(here: Scene) -> None:
    """Without skip, what happened while it was disabled is told."""
    await here.listens("ticket.opened")
    await here.hooks.disable(SAM, "wall")
    await here.town.mailer("ben").mails("While it is off")
    await here.hooks.enable(SAM, "wall")
    await here.delivers()
    assert here.wall.events == ["ticket.opened"]


async def test_two_servers_send_each_message_once(here: Scene) -> None:
    """Both read the log and both want to send, over and over; the lease in the shared commit says who does."""
    await here.listens("ticket.opened")
    local = here.hooks
    other = HookDelivery(
        store=here.town.house.store,
        clock=here.town.clock,
        ids=Ids(here.town.clock),
        settings=HookSettings(),
        poster=local._poster,
        secrets=local._secrets,
    )
    for n in range(10):
        await here.town.mailer(f"ben{n}").mails("Can I renew?")
        async with asyncio.TaskGroup() as tasks:
            for delivery in (here.delivery, other, here.delivery, other):
                tasks.create_task(delivery.deliver_due("wall"))
    assert [each.data["ticket"]["number"] for each in here.wall.messages] == list(range(1, 11))


async def test_a_try_that_nobody_heard_the_end_of_is_repeated(here: Scene) -> None:
    """Cancelled between the send and the commit: after the lease the same message goes again, under its id."""
    await here.listens("ticket.opened")
    await here.town.mailer("ben").mails("Can I renew?")
    here.wall.moods.append(HANGS)
    async with asyncio.TaskGroup() as tasks:
        sending = tasks.create_task(here.delivers())
        await here.wall.hears(1)
        sending.cancel()
    assert await here.delivers() == 30 * SECOND
    here.town.clock.passes(seconds=30)
    assert await here.delivers() is None
    assert len({each.id for each in here.wall.messages}) == 1
    assert len(here.wall.messages) == 2


async def test_the_log_keeps_the_latest(here: Scene) -> None:
    """Of what was taken, as many as the setting says; what waits is not counted."""
    async with scene(hooks=HookSettings(keep=3)) as small:
        await small.listens("ticket.opened")
        for n in range(6):
            await small.town.mailer(f"ben{n}").mails("Can I renew?")
            await small.delivers()
            small.town.clock.passes(seconds=1)
        log = await small.log()
        assert [each.message for each in log] == [each.id for each in small.wall.messages[-3:]]
        assert {(each.status, each.tries, each.trouble) for each in log} == {(204, 1, "")}


async def test_the_log_forgets_after_thirty_days(here: Scene) -> None:
    """What was never taken, too; a hook that is enabled after a long time hears nothing that is older."""
    await here.listens("ticket.opened")
    await here.town.mailer("ben").mails("Can I renew?")
    here.wall.moods.append(Mood(status=410))
    await here.delivers()
    here.town.clock.passes(days=31)
    await here.town.house.watch.check_due()
    assert await here.log() == []
    await here.hooks.disable(SAM, "wall")
    await here.town.mailer("kit").mails("Still here?")
    here.town.clock.passes(days=31)
    await here.hooks.enable(SAM, "wall")
    await here.delivers()
    assert len(here.wall.messages) == 1


async def test_a_clock_set_back_does_not_hold_messages_for_ever(here: Scene) -> None:
    """What was put off by a clock that was ahead is due at once by one that is right."""
    await here.listens("ticket.opened")
    await here.town.mailer("ben").mails("Can I renew?")
    here.wall.moods.append(Mood(status=500))
    right = here.town.clock._now
    here.town.clock.passes(days=20)
    await here.delivers()
    here.town.clock._now = right
    assert await here.delivers() is None
    assert len(here.wall.messages) == 2


async def test_a_quiet_log_is_read_once(here: Scene) -> None:
    """Thousands of events of which the hook wants none move its place on without a commit for each."""
    await here.listens("line.paused")
    before = await here.town.house.store.read(lambda sql: sql("SELECT upto FROM hooks")[0]["upto"])
    for n in range(250):
        await here.town.mailer(f"ben{n}").mails("Can I renew?")
    await here.delivers()
    assert await here.town.house.store.read(lambda sql: sql("SELECT upto FROM hooks")[0]["upto"]) > before


def test_waits_grow() -> None:
    """Seconds first, hours later."""
    assert list(BACKOFF) == sorted(BACKOFF)
    assert BACKOFF[0] < MINUTE < HOUR <= BACKOFF[-1]
