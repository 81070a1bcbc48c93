"""Replies by SMPP: each goes out once, a refusal is told by what to do next, receipts say what became of it."""

from __future__ import annotations

import asyncio
from contextlib import suppress

import pytest
import smpp34
from gsm0338 import Codec

from channels.smpp import SmppCarrier
from helpdesk.errors import HelpdeskError, LinePaused, TryLater, Unclear, Undeliverable
from helpdesk.message import Delivery, Matter, Sent
from tests.channels.doorway import Doorway
from tests.channels.smsc import AGAIN, PATIENCE, Centre, centre, reply, says_something_else
from tests.channels.texting import NOISE, PATRON

TOO_LONG, SYSTEM, NO_SENDER, NO_SUCH_NUMBER, WHATEVER = 0x01, 0x08, 0x0A, 0x0B, 0x0C
QUEUE_FULL, THROTTLED = 0x14, 0x58
"""SMPP's statuses."""
LONG = "The group by the windows on level 3 has been loud for an hour now, and nobody has come. " * 4


async def test_a_reply_goes_out_and_is_named() -> None:
    """From the line's number to the patron's, with a reference of ours and a receipt asked for."""
    async with centre() as smsc, smsc.carrier(Doorway()) as ours:
        sent = await ours.send(reply(line="noise"))
        [text] = smsc.texts
    assert (text.event.source_addr, text.event.destination_addr) == (NOISE[1:], PATRON[1:])
    assert (text.event.source_addr_ton, text.event.dest_addr_ton) == (1, 1)
    assert bytes(text.event.short_message) == b"On our way"
    assert text.event.registered_delivery == 1
    assert sent.provider_id == smsc.name(text.id)
    assert sent.segments == 1


@pytest.mark.parametrize("said", [LONG, "It’s loud – " * 20, "€" * 100, "\N{LOUDLY CRYING FACE}" * 40])
async def test_a_long_reply_goes_out_in_parts(said: str) -> None:
    """As many as are counted before sending; put together they say the same."""
    async with centre() as smsc, smsc.carrier(Doorway()) as ours:
        sent = await ours.send(reply(said))
        contents = [bytes(text.event.short_message) for text in smsc.texts]
        assert all(text.event.esm_class == 0x40 for text in smsc.texts)
        assert len({text.reference for text in smsc.texts}) == 1
    assert [content[3:6] for content in contents] == [
        bytes((contents[0][3], len(contents), place)) for place in range(1, len(contents) + 1)
    ]
    whole = b"".join(content[6:] for content in contents)
    coding = smsc.texts[0].event.data_coding
    assert (whole.decode("utf-16-be") if coding == 8 else Codec().decode(whole)[0]) == said
    assert sent.segments == len(contents)
    assert max(map(len, contents)) <= (140 if coding == 8 else 159)


@pytest.mark.parametrize(
    ("status", "error"),
    [
        (THROTTLED, TryLater),
        (QUEUE_FULL, TryLater),
        (SYSTEM, TryLater),
        (NO_SUCH_NUMBER, Undeliverable),
        (NO_SENDER, LinePaused),
        (TOO_LONG, Undeliverable),
        (WHATEVER, Undeliverable),
    ],
)
async def test_a_refusal_is_told_by_what_to_do_next(status: int, error: type[HelpdeskError]) -> None:
    """In words, never with the number; the next text goes."""
    async with centre() as smsc, smsc.carrier(Doorway()) as ours:
        smsc.refuses = [status]
        with pytest.raises(error) as caught:
            await ours.send(reply())
        assert PATRON[1:] not in str(caught.value)
        await ours.send(reply(outbox="ob2"))


async def test_parts_that_were_taken_are_not_sent_again() -> None:
    """The third was refused for now: the next try begins with it."""
    async with centre() as smsc, smsc.carrier(Doorway()) as ours:
        smsc.refuses = [0, 0, THROTTLED]
        with pytest.raises(TryLater):
            await ours.send(reply(LONG))
        assert len(smsc.texts) == 2
        await ours.send(reply(LONG))
        assert [bytes(text.event.short_message)[5] for text in smsc.texts] == [1, 2, 3]


async def test_an_answer_that_never_comes_is_unclear() -> None:
    """Nobody can be asked: the text goes again, flagged."""
    async with centre() as smsc, smsc.carrier(Doorway(), timeout_seconds=0.05) as ours:
        smsc.silent = 1
        for attempt in (ours.send, ours.find):
            with pytest.raises(Unclear):
                await attempt(reply())


async def test_an_answer_that_comes_late_is_still_heard() -> None:
    """Then the text was sent, and does not go again."""
    async with centre() as smsc, smsc.carrier(Doorway(), timeout_seconds=0.05) as ours:
        smsc.silent = 1
        with pytest.raises(Unclear):
            await ours.send(reply())
        smsc.kept[0].accept("late")
        assert [sent.provider_id for sent in await _found(smsc, ours)] == [smsc.name("late")]


async def test_a_late_answer_to_an_earlier_try_keeps_no_later_one_from_going(monkeypatch: pytest.MonkeyPatch) -> None:
    """It went again meanwhile, could not be delivered, and goes a third time."""
    async with centre() as smsc, smsc.carrier(Doorway()) as ours:
        assert ours._session is not None
        smsc.silent = 1
        monkeypatch.setattr(ours._session, "_seconds", 0.05)
        with pytest.raises(Unclear):
            await ours.send(reply())
        monkeypatch.setattr(ours._session, "_seconds", PATIENCE)
        await ours.send(reply())
        smsc.kept[0].accept("late")
        await smsc.until(lambda: len(smsc.texts) == 1)
        await says_something_else(smsc)
        await ours.send(reply())
        await smsc.until(lambda: len(smsc.texts) == 2)


async def _found(smsc: Centre, ours: SmppCarrier) -> tuple[Sent, ...]:
    async with asyncio.timeout(PATIENCE):
        while True:
            with suppress(Unclear):
                return await ours.find(reply())
            await says_something_else(smsc)


async def test_a_session_that_breaks_leaves_it_unclear() -> None:
    """The text was written and nobody said what became of it."""
    async with centre() as smsc, smsc.carrier(Doorway()) as ours:
        smsc.leaves = True
        with pytest.raises(Unclear):
            await ours.send(reply())
        await smsc.down.wait()
        with pytest.raises(TryLater):
            await ours.send(reply(outbox="ob2"))


async def test_a_text_that_is_too_long_is_not_begun() -> None:
    """More than ten parts."""
    async with centre() as smsc, smsc.carrier(Doorway()) as ours:
        with pytest.raises(Undeliverable):
            await ours.send(reply("x" * 1531))
        assert smsc.texts == []
        await ours.send(reply("x" * 1530))


async def test_a_line_that_is_gone_is_our_matter() -> None:
    """What waits on it is kept."""
    async with centre() as smsc, smsc.carrier(Doorway(), lines={}) as ours:
        with pytest.raises(LinePaused):
            await ours.send(reply())


# Receipts.


@pytest.mark.parametrize(
    ("stat", "status", "matter"),
    [
        ("DELIVRD", Delivery.DELIVERED, Matter.PATRON),
        ("ENROUTE", Delivery.SENT, Matter.PATRON),
        ("UNDELIV", Delivery.FAILED, Matter.PATRON),
        ("EXPIRED", Delivery.FAILED, Matter.PASSING),
        ("REJECTD", Delivery.FAILED, Matter.PATRON),
    ],
)
async def test_a_receipt_says_what_became_of_it(stat: str, status: Delivery, matter: Matter) -> None:
    """Under the id of our message, from the moment that the carrier took it."""
    door = Doorway()
    async with centre() as smsc, smsc.carrier(door) as ours:
        sent = await ours.send(reply())
        assert await smsc.reports(smsc.texts[0].id, stat) == 0
    [report] = door.reports
    assert (report.outbox, report.status, report.matter) == ("ob1", status, matter)
    assert report.provider_id == sent.provider_id
    assert bool(report.reason) == (status is Delivery.FAILED)


async def test_receipts_of_all_parts_speak_of_the_text() -> None:
    """Under its one name."""
    door = Doorway()
    async with centre() as smsc, smsc.carrier(door) as ours:
        sent = await ours.send(reply(LONG))
        for text in smsc.texts:
            assert await smsc.reports(text.id, "DELIVRD") == 0
    assert {(each.outbox, each.provider_id) for each in door.reports} == {("ob1", sent.provider_id)}
    assert len(door.reports) == 3


async def test_a_receipt_of_an_earlier_run_is_told_by_its_name() -> None:
    """The store knows which message it was."""
    door = Doorway()
    async with centre() as smsc, smsc.carrier(door):
        assert await smsc.reports("A1", "DELIVRD") == 0
        fields = [smpp34.Tlv(0x001E, b"A2\x00"), smpp34.Tlv(0x0427, b"\x05")]
        assert await smsc.delivers("", kind=0x04, tlvs=fields) == 0
        assert await smsc.delivers("what is this", kind=0x04) == 0
    assert [(each.outbox, each.provider_id, each.status) for each in door.reports] == [
        ("", smsc.name("A1"), Delivery.DELIVERED),
        ("", smsc.name("A2"), Delivery.FAILED),
    ]


async def test_a_receipt_that_cant_be_stored_comes_again() -> None:
    """As a text."""
    door = Doorway(shut=True)
    async with centre() as smsc, smsc.carrier(door):
        assert await smsc.reports("A1", "DELIVRD") == AGAIN
