"""Texts are deleted at the carrier, over real HTTP on loopback: both directions, with their media, and what refuses."""

from __future__ import annotations

import contextlib

import pytest
from pydantic import SecretStr

from channels.sms import SmsSender
from helpdesk.errors import HelpdeskError, LinePaused, Refused, TryLater
from helpdesk.ports import Eraser, Sender
from helpdesk.simulator.carrier_faults import Fault
from tests.channels.texting import ACCOUNT, LINES, NOISE, PATRON, Wire, texting

CAT, DOG = "http://media.example/cat.jpg", "http://media.example/dog.jpg"


async def came_in(wire: Wire, *media: str) -> str:
    """A patron's text; its id at the carrier."""
    return (await wire.carrier.handset(PATRON).texts("loud", to=NOISE, media=media)).sid


async def test_it_is_the_port() -> None:
    """The sender of texts is an eraser, too."""
    async with texting() as wire, wire.sender() as sender:
        ports: tuple[Sender, Eraser] = (sender, sender)
        assert all(isinstance(port, Eraser) for port in ports)


async def test_both_directions_go() -> None:
    """What came in and what went out are not at the carrier any more; asked again, that is no error."""
    async with texting() as wire, wire.sender() as sender:
        theirs = await came_in(wire)
        ours = (await sender.send(wire.reply(line="noise"))).provider_id
        await wire.door.hears(2)
        for sid in (theirs, ours, theirs):
            assert await sender.erase(sid, ACCOUNT)
        assert len(wire.carrier.texts) == 0


async def test_the_media_go_first() -> None:
    """Each file is deleted by itself: not every carrier of this kind takes it along with its text."""
    async with texting() as wire, wire.sender() as sender:
        sid = await came_in(wire, CAT, DOG)
        assert await sender.erase(sid, "")
        assert wire.carrier.transcript[-3:] == [
            "deleted a file, as it was told",
            "deleted a file, as it was told",
            "deleted a text, as it was told",
        ]


async def test_what_broke_off_after_a_file_is_finished_at_the_next_try() -> None:
    """The text is still known then, and the other file is found by it."""
    async with texting() as wire, wire.sender() as sender:
        sid = await came_in(wire, CAT, DOG)
        wire.carrier.faults.deletes.extend([None, Fault(status=503, retry_after=5)])
        with pytest.raises(TryLater) as caught:
            await sender.erase(sid, ACCOUNT)
        assert caught.value.retry_after == 5
        [left] = wire.carrier.texts
        assert left.media == (DOG,)
        assert await sender.erase(sid, ACCOUNT)
        assert len(wire.carrier.texts) == 0


async def test_a_text_under_way_is_asked_for_later() -> None:
    """20009 is no trouble: False, and the text is left as it was."""
    async with texting() as wire, wire.sender() as sender:
        wire.carrier.faults.delay = 60
        sid = (await sender.send(wire.reply(line="noise"))).provider_id
        assert not await sender.erase(sid, ACCOUNT)
        wire.carrier.texts.settle(sid, "delivered")
        assert await sender.erase(sid, ACCOUNT)


@pytest.mark.parametrize(
    ("fault", "error", "seconds"),
    [
        (Fault(status=429, code=20429, retry_after=7), TryLater, 7),
        (Fault(status=500), TryLater, None),
        (Fault(status=502), TryLater, None),
        (Fault(status=503, retry_after=120), TryLater, 120),
        (Fault(status=401, code=20003), LinePaused, None),
        (Fault(status=404), LinePaused, None),
        (Fault(status=400, code=29999), Refused, None),
    ],
)
async def test_what_refuses(fault: Fault, error: type[HelpdeskError], seconds: float | None) -> None:
    """A 404 counts as gone only where the carrier itself says so: anybody can answer 404 at a wrong address."""
    async with texting() as wire, wire.sender() as sender:
        sid = await came_in(wire)
        wire.carrier.faults.deletes.append(fault)
        with pytest.raises(error) as caught:
            await sender.erase(sid, ACCOUNT)
        assert getattr(caught.value, "retry_after", None) == seconds
        assert sid not in str(caught.value)
        assert len(wire.carrier.texts) == 1


async def test_no_answer_and_nobody_there_are_tried_again() -> None:
    """A time-out after the request was written is as harmless as a carrier that can't be reached."""
    async with texting() as wire, wire.sender(seconds=0.3) as sender:
        sid = await came_in(wire)
        wire.carrier.faults.deletes.append(Fault(silent=True))
        with pytest.raises(TryLater):
            await sender.erase(sid, ACCOUNT)
        cut_off = wire.sms.model_copy(update={"base_url": "http://127.0.0.1:1"})
        async with SmsSender(cut_off, wire.web, LINES, wire.clock) as nowhere:
            with pytest.raises(TryLater):
                await nowhere.erase(sid, ACCOUNT)


async def test_a_text_of_another_account_is_not_taken_for_gone() -> None:
    """The present account knows nothing of it, and its 404 would say nothing: whoever reads is told where it lies."""
    other = "AC" + "9" * 32
    async with texting() as wire, wire.sender() as sender:
        with pytest.raises(Refused, match=other):
            await sender.erase("SM" + "0" * 32, other)


async def test_a_wrong_token_deletes_nothing() -> None:
    """It is our matter, and the text stays."""
    async with texting() as wire:
        sid = await came_in(wire)
        wrong = wire.sms.model_copy(update={"tokens": (SecretStr("guess"),)})
        async with SmsSender(wrong, wire.web, LINES, wire.clock) as sender:
            with pytest.raises(LinePaused):
                await sender.erase(sid, ACCOUNT)
        assert len(wire.carrier.texts) == 1


async def test_an_id_can_not_lead_elsewhere() -> None:
    """Whatever it holds, it names one text and no other address of the carrier's API."""
    async with texting() as wire, wire.sender() as sender:
        sid = await came_in(wire)
        for odd in (f"x/../{sid}", f"{sid}?", f"../Messages/{sid}"):
            with contextlib.suppress(LinePaused):  # a 404 of the carrier's web server
                await sender.erase(odd, ACCOUNT)
        assert len(wire.carrier.texts) == 1
