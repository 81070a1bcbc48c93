"""Texts that the webhook missed: fetched from the carrier's listing, once each, over real HTTP on loopback."""

from __future__ import annotations

import pytest

from helpdesk.clock import plus
from helpdesk.errors import LinePaused, Refused, TryLater
from helpdesk.serving import listening
from helpdesk.simulator.carrier_faults import Fault
from tests.channels.texting import ENQUIRIES, NOISE, PATRON, POOLED, SERVICE, texting


async def test_fifty_texts_missed_while_the_door_was_down_come_in_once_each() -> None:
    """25 met a dead server and 25 a 503; one pass fetches all with the carrier's times, a second finds nothing new."""
    async with texting() as wire, wire.catching_up() as catching:
        handset = wire.carrier.handset(PATRON)
        with listening() as unused:
            dead = f"http://127.0.0.1:{unused.getsockname()[1]}/sms/inbound"
        began = wire.clock.now()
        wire.carrier.rents(NOISE, webhook=dead)
        wire.door.shut = True
        for number in range(50):
            if number == 25:
                wire.carrier.rents(NOISE, webhook=wire.local + "/sms/inbound")
            await handset.texts(f"text {number}", to=NOISE)
            wire.clock.passes(seconds=10)
        wire.door.shut = False
        first, second = await catching.catch_up(), await catching.catch_up()
    assert wire.door.texts == [f"text {number}" for number in range(50)]
    assert (first.received, first.listed, second.received, second.listed) == (50, 50, 0, 50)
    assert all(inbound.caught_up and inbound.line == "noise" for inbound in wire.door.received)
    assert wire.door.received[7].sent_at == plus(began, 70_000)
    assert wire.door.cursors["sms:noise"] == wire.clock.now()


async def test_what_the_webhook_brought_is_the_same_text_when_listed() -> None:
    """Id and digest agree whichever way a text comes, for odd words and files as well."""
    async with texting() as wire, wire.catching_up() as catching:
        handset = wire.carrier.handset(PATRON)
        await handset.texts("a  b\r\n £ 😴\x00", to=ENQUIRIES)
        await handset.texts("", to=ENQUIRIES, media=("https://media.example/1",))
        found = await catching.catch_up()
    assert (found.listed, found.received, wire.door.duplicates) == (2, 0, 2)


async def test_pages_are_followed_and_the_oldest_comes_first(monkeypatch: pytest.MonkeyPatch) -> None:
    """More texts than fit a page all come in, in the order in which they were sent."""
    monkeypatch.setattr("channels.sms_carrier.PAGE", 3)
    async with texting() as wire, wire.catching_up() as catching:
        wire.door.shut = True
        for number in range(8):
            await wire.carrier.handset(PATRON).texts(str(number), to=NOISE)
            wire.clock.passes(seconds=1)
        wire.door.shut = False
        await catching.catch_up()
    assert wire.door.texts == [str(number) for number in range(8)]


async def test_one_bad_text_is_not_in_the_way_of_the_next() -> None:
    """A text that the desk can't take, whatever the reason, is quarantined; the rest come in; the cursor moves."""
    async with texting() as wire, wire.catching_up() as catching:
        wire.door.refuses.update({"bad": Refused("it can't be read."), "worse": ZeroDivisionError()})
        for words in ("one", "bad", "worse", "two"):
            await wire.carrier.handset(PATRON).texts(words, to=NOISE)
            wire.clock.passes(seconds=1)
        found = await catching.catch_up()
    assert wire.door.texts == ["one", "two"]
    assert [reason for *_, reason in wire.door.quarantined] == ["it can't be read", "the desk could not read it"]
    assert found.quarantined == 2
    assert "sms:noise" in wire.door.cursors


async def test_a_door_that_shuts_midway_leaves_the_cursor() -> None:
    """TryLater ends the pass, the cursor stays, and the next pass brings what is missing."""
    async with texting() as wire, wire.catching_up() as catching:
        wire.door.shut = True
        await wire.carrier.handset(PATRON).texts("one", to=NOISE)
        with pytest.raises(TryLater):
            await catching.catch_up()
        assert wire.door.cursors == {}
        wire.door.shut = False
        await catching.catch_up()
    assert wire.door.texts == ["one"]


async def test_the_overlap_reaches_behind_the_cursor() -> None:
    """A text from before the cursor that was never stored is still found within 24 hours, and not after."""
    async with texting() as wire, wire.catching_up() as catching:
        wire.door.shut = True
        await wire.carrier.handset(PATRON).texts("too old", to=NOISE)
        wire.clock.passes(hours=2)
        await wire.carrier.handset(PATRON).texts("in time", to=NOISE)
        wire.clock.passes(hours=23)
        wire.door.shut = False
        wire.door.cursors["sms:noise"] = wire.clock.now()
        await catching.catch_up()
    assert wire.door.texts == ["in time"]


async def test_a_service_line_reads_its_other_numbers() -> None:
    """A text to a number of the pool that is no line's own address is fetched for the service's line, once."""
    async with texting() as wire, wire.catching_up() as catching:
        wire.carrier.rents("+447700900555", webhook=wire.local + "/nowhere", service=SERVICE)
        await wire.carrier.handset(PATRON).texts("to the pool", to="+447700900555")
        await wire.carrier.handset(PATRON).texts("elsewhere", to=NOISE)
        await wire.carrier.handset(PATRON).texts("its own", to=POOLED)
        await catching.catch_up()
    assert [(inbound.text, inbound.line) for inbound in wire.door.received] == [
        ("elsewhere", "noise"),
        ("its own", "pool"),
        ("to the pool", "pool"),
    ]


async def test_our_own_replies_are_never_taken_for_texts() -> None:
    """A service's listing holds what we sent as well: it is left out."""
    async with texting() as wire, wire.catching_up() as catching, wire.sender() as sender:
        await sender.send(wire.reply(line="pool"))
        assert (await catching.catch_up()).listed == 0
    assert wire.door.received == []


async def test_erased_texts_are_not_fetched_again() -> None:
    """A text that the carrier was told to redact is not taken for another one."""
    async with texting() as wire, wire.catching_up() as catching:
        posted = await wire.carrier.handset(PATRON).texts("hello", to=NOISE)
        wire.carrier.texts.redact(posted.sid)
        assert (await catching.catch_up()).listed == 0
    assert wire.door.texts == ["hello"]


async def test_a_carrier_in_trouble_is_said_after_the_other_lines_had_their_turn() -> None:
    """One line's listing fails: the others are caught up first, then TryLater with the carrier's Retry-After."""
    async with texting() as wire, wire.catching_up() as catching:
        wire.carrier.faults.lists.append(Fault(status=429, code=20429, retry_after=9))
        wire.carrier.rents(ENQUIRIES, webhook=wire.local + "/nowhere")
        await wire.carrier.handset(PATRON).texts("hello", to=ENQUIRIES)
        with pytest.raises(TryLater) as caught:
            await catching.catch_up()
        assert caught.value.retry_after == 9
        assert wire.door.texts == ["hello"]
        wire.carrier.faults.lists.append(Fault(garbled=True))
        with pytest.raises(TryLater):
            await catching.catch_up()
        wire.carrier.tokens = ("changed",)
        with pytest.raises(LinePaused, match="token"):
            await catching.catch_up()
