"""The reference adapter."""

from __future__ import annotations

import asyncio

import pytest

from channels.loopback import Loopback
from helpdesk.clock import ManualClock
from helpdesk.errors import TryLater, Unclear
from helpdesk.message import Address, Channel, Delivery, Inbound, LineId, Outbound, OutboxId
from helpdesk.ports import Sender
from tests.channels.doorway import Doorway

ANA = Address(channel=Channel.CHAT, value="ana")


def _says(text: str, name: str = "m1") -> Inbound:
    return Inbound(channel=Channel.CHAT, line=LineId("chat"), external_id=name, digest=text, sender=ANA, text=text)


def _reply(name: str = "ob1") -> Outbound:
    return Outbound(
        id=OutboxId(name),
        channel=Channel.CHAT,
        line=LineId("chat"),
        to=ANA,
        text="hello",
        created=ManualClock().now(),
    )


def _loopback(door: Doorway, channel: Channel = Channel.CHAT) -> Loopback:
    return Loopback(channel, door, ManualClock())


async def test_what_arrives_is_received_once() -> None:
    """The receipt says whether it was new; a shut door raises and nothing is acknowledged."""
    door = Doorway()
    loopback = _loopback(door)
    assert not (await loopback.arrives(_says("hello"))).duplicate
    assert (await loopback.arrives(_says("hello"))).duplicate
    door.shut = True
    with pytest.raises(TryLater):
        await loopback.arrives(_says("again", "m2"))
    assert door.texts == ["hello"]


async def test_what_is_sent_is_there_to_see() -> None:
    """Each message stands in ``sent`` and can be found by its id."""
    loopback: Sender = _loopback(Doorway())
    sent = await loopback.send(_reply())
    assert await loopback.find(_reply()) == (sent,)
    assert await loopback.find(_reply("another")) == ()


async def test_failures_are_played_in_order() -> None:
    """One error a hand-over; then all is well again."""
    loopback = _loopback(Doorway())
    loopback.fails(TryLater("busy", retry_after=3), TryLater("still busy"))
    for words in ("busy", "still busy"):
        with pytest.raises(TryLater, match=words):
            await loopback.send(_reply())
    assert loopback.sent == []
    await loopback.send(_reply())
    assert [message.id for message in loopback.sent] == ["ob1"]


async def test_unclear_may_have_been_sent_or_not() -> None:
    """find() tells the two apart; a mail channel cannot tell."""
    loopback = _loopback(Doorway())
    loopback.fails(Unclear("no answer"))
    loopback.fails(Unclear("no answer"), taken=True)
    with pytest.raises(Unclear):
        await loopback.send(_reply("lost"))
    with pytest.raises(Unclear):
        await loopback.send(_reply("taken"))
    assert await loopback.find(_reply("lost")) == ()
    assert len(await loopback.find(_reply("taken"))) == 1
    with pytest.raises(Unclear):
        await _loopback(Doorway(), Channel.MAIL).find(_reply())


async def test_the_other_side_reports() -> None:
    """Delivery reports reach the door as they come."""
    door = Doorway()
    await _loopback(door).reports(OutboxId("ob1"), Delivery.FAILED, code="30005", reason="gone")
    assert [(report.outbox, report.status, report.code) for report in door.reports] == [
        ("ob1", Delivery.FAILED, "30005")
    ]


async def test_a_slow_hand_over_takes_its_time_on_the_clock() -> None:
    """Nothing is sent before the clock says so."""
    clock = ManualClock()
    loopback = Loopback(Channel.CHAT, Doorway(), clock, seconds=5)
    async with asyncio.TaskGroup() as group:
        sending = group.create_task(loopback.send(_reply()))
        await _started(clock)
        assert loopback.sent == []
        clock.passes(seconds=5)
    assert sending.result().provider_id == "loopback-1"


async def _started(clock: ManualClock) -> None:
    """Let the other tasks run until one waits for the clock."""
    async with asyncio.timeout(30):
        while clock.next_wake is None:
            turned = asyncio.Event()
            asyncio.get_running_loop().call_soon(turned.set)
            await turned.wait()
