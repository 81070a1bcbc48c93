"""Texts by SMPP, against a message centre on a real socket: acknowledged means stored, and twice is once."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable
from contextlib import suppress
from dataclasses import replace

import pytest
import smpp34
from gsm0338 import Codec

from channels.smpp_inbox import Inbox
from channels.smpp_texts import joined
from channels.smpp_wire import DELIVER, Frame
from channels.sms_reading import Lines
from helpdesk.clock import ManualClock
from helpdesk.message import Inbound, OutboxId, Receipt
from helpdesk.phone import PhoneNumber
from tests.channels.doorway import Doorway
from tests.channels.smsc import AGAIN, PATIENCE, Centre, centre, reply, says_something_else
from tests.channels.texting import ENQUIRIES, LINES, NOISE, PATRON

TOO_LONG, SYSTEM, NO_SENDER, NO_SUCH_NUMBER, WHATEVER = 0x01, 0x08, 0x0A, 0x0B, 0x0C
QUEUE_FULL, THROTTLED = 0x14, 0x58
"""SMPP's statuses."""
LONG = "The group by the windows on level 3 has been loud for an hour now, and nobody has come. " * 4


def parts(text: str, *, size: int = 60, reference: int = 7, wide: bool = False) -> list[bytes]:
    """``text`` as a handset cuts it: a header, and some octets."""
    whole = text.encode("utf-16-be") if wide else Codec().encode(text)[0]
    cut = [whole[start : start + size] for start in range(0, len(whole), size)]
    return [bytes((5, 0, 3, reference, len(cut), place)) + piece for place, piece in enumerate(cut, 1)]


class Gate(Doorway):
    """A door whose receipts wait until it is opened."""

    def __init__(self) -> None:
        super().__init__()
        self.entered = asyncio.Event()
        self.open = asyncio.Event()

    async def receive(self, inbound: Inbound) -> Receipt:
        """Store at once, return later."""
        receipt = await super().receive(inbound)
        self.entered.set()
        await self.open.wait()
        return receipt


async def test_a_text_comes_in_by_the_number_it_was_sent_to() -> None:
    """With its words and its sender, as a number that shows itself to nobody."""
    door = Doorway()
    async with centre() as smsc, smsc.carrier(door):
        assert await smsc.delivers("loud on level 3", to=NOISE) == 0
        assert await smsc.delivers("When do you open?") == 0
    assert [(text.line, text.text) for text in door.received] == [
        ("noise", "loud on level 3"),
        ("enquiries", "When do you open?"),
    ]
    assert all(isinstance(text.sender, PhoneNumber) for text in door.received)
    assert len({text.external_id for text in door.received}) == 2


async def test_nothing_is_acknowledged_before_its_commit() -> None:
    """While the door works the message centre hears nothing of it, though it is answered on other things."""
    door = Gate()
    async with centre() as smsc, smsc.carrier(door) as ours, asyncio.TaskGroup() as group:
        handing = group.create_task(smsc.delivers("Is it stored?"))
        await door.entered.wait()
        await ours.send(reply())
        assert not handing.done()
        door.open.set()
    assert handing.result() == 0


async def test_what_cant_be_stored_is_to_come_again() -> None:
    """The message centre is told so (ESME_RX_T_APPN), and the text is taken later."""
    door = Doorway(shut=True, refuses={"broken": ZeroDivisionError("a secret of the house")})
    async with centre() as smsc, smsc.carrier(door):
        assert await smsc.delivers("Is it stored?") == AGAIN
        door.shut = False
        assert await smsc.delivers("broken") == AGAIN
        assert await smsc.delivers("Is it stored?") == 0
    assert door.texts == ["Is it stored?"]


@pytest.mark.parametrize(
    ("content", "coding", "said"),
    [
        (b"It costs \x01 2 or \x1b\x65 3", 0x00, "It costs £ 2 or € 3"),
        (b"plain", 0x01, "plain"),
        ("café".encode("latin-1"), 0x03, "café"),
        ("loud \N{LOUDLY CRYING FACE}".encode("utf-16-be"), 0x08, "loud \N{LOUDLY CRYING FACE}"),
        ("тихо".encode("iso8859-5"), 0x06, "тихо"),
        ("for your eyes".encode("utf-16-be"), 0x18, "for your eyes"),
        (b"at once", 0xF0, "at once"),
    ],
)
async def test_every_coding_is_read(content: bytes, coding: int, said: str) -> None:
    """The network's alphabet, Latin, UCS-2 (with what lies beyond it), and those of other scripts."""
    door = Doorway()
    async with centre() as smsc, smsc.carrier(door):
        assert await smsc.delivers(content, coding=coding) == 0
    assert door.texts == [said]
    assert door.received[0].remarks == ()


async def test_what_cant_be_read_is_replaced_and_said() -> None:
    """Half a character, or a coding that nobody knows: the text comes in, and its history says so."""
    door = Doorway()
    async with centre() as smsc, smsc.carrier(door):
        assert await smsc.delivers(b"\x00l\x00o\xd8", coding=0x08) == 0
        assert await smsc.delivers(b"loud", coding=0x0B) == 0
    assert door.texts[1] == "loud"
    assert all("could not be read" in text.remarks[0] for text in door.received)


async def test_the_default_alphabet_can_be_latin() -> None:
    """Some carriers mean Latin-1 by it, in both directions."""
    door = Doorway()
    async with centre() as smsc, smsc.carrier(door, alphabet="latin-1") as ours:
        assert await smsc.delivers("à 5 £".encode("latin-1")) == 0
        await ours.send(reply("5 £"))
        assert bytes(smsc.texts[0].event.short_message) == "5 £".encode("latin-1")
    assert door.texts == ["à 5 £"]


@pytest.mark.parametrize(("source", "kind"), [("447700900123", 1), ("07700900123", 2), ("07700900123", 0)])
async def test_a_number_is_made_whole(source: str, kind: int) -> None:
    """However the network writes it: the answer goes to the whole number."""
    door = Doorway()
    async with centre() as smsc, smsc.carrier(door) as ours:
        assert await smsc.delivers("hello", sender=source, source_kind=kind) == 0
        [text] = door.received
        assert isinstance(text.sender, PhoneNumber)
        await ours.send(replace(reply(), to=text.sender))
        assert smsc.texts[0].event.destination_addr == PATRON.removeprefix("+")


async def test_what_is_for_nobody_here_is_kept_in_sight() -> None:
    """An unknown line, a name for a sender, data for a program, bytes that are no text: quarantine, not a loss."""
    door = Doorway()
    async with centre() as smsc, smsc.carrier(door):
        assert await smsc.delivers("hello", to="+447700900999") == 0
        assert await smsc.delivers("Your parcel", sender="PARCELCO", source_kind=5) == 0
        assert await smsc.delivers(b"\x01\x02", coding=0x04) == 0
        assert await smsc.delivers(b"\x99short", kind=0x40) == 0
    assert door.received == []
    assert [line for line, *_ in door.quarantined] == ["unknown", "enquiries", "enquiries", "unknown"]


async def test_a_text_may_come_as_a_payload() -> None:
    """Longer ones come in an optional field."""
    door = Doorway()
    async with centre() as smsc, smsc.carrier(door):
        payload = smpp34.Tlv(0x0424, LONG.encode())
        assert await smsc.delivers(b"", tlvs=[payload]) == 0
    assert door.texts == [LONG]


# Parts.


@pytest.mark.parametrize("wide", [False, True])
async def test_parts_are_joined_in_whatever_order_they_come(wide: bool) -> None:
    """One text, also where a character begins in one part and ends in the next; all parts are acknowledged then."""
    door = Doorway()
    said = "lo\N{LOUDLY CRYING FACE}ud " * 20 if wide else "5 € each " * 20
    async with centre() as smsc, smsc.carrier(door):
        pieces = parts(said, wide=wide, size=63 if not wide else 62)
        async with asyncio.TaskGroup() as group:
            answers = [
                group.create_task(smsc.delivers(piece, kind=0x40, coding=8 if wide else 0))
                for piece in reversed(pieces)
            ]
    assert [answer.result() for answer in answers] == [0] * len(pieces)
    assert door.texts == [said]
    assert door.received[0].segments == len(pieces)


async def test_parts_by_optional_fields_are_joined() -> None:
    """Some carriers say the place of a part outside of it."""
    door = Doorway()
    async with centre() as smsc, smsc.carrier(door), asyncio.TaskGroup() as group:
        for place, piece in enumerate(("loud on ", "level 3"), 1):
            tlvs = [
                smpp34.Tlv(tag, value)
                for tag, value in ((0x020C, b"\x00\x09"), (0x020E, b"\x02"), (0x020F, bytes((place,))))
            ]
            group.create_task(smsc.delivers(piece, tlvs=tlvs))
    assert door.texts == ["loud on level 3"]


async def test_parts_of_several_people_are_kept_apart() -> None:
    """Two patrons whose handsets chose the same reference."""
    door = Doorway()
    async with centre() as smsc, smsc.carrier(door), asyncio.TaskGroup() as group:
        for pair in zip(parts("a" * 100), parts("b" * 100), strict=True):
            for piece, sender in zip(pair, (PATRON, "+447700900124"), strict=True):
                group.create_task(smsc.delivers(piece, kind=0x40, sender=sender))
    assert sorted(door.texts) == ["a" * 100, "b" * 100]


async def test_another_text_by_the_same_reference_takes_no_place() -> None:
    """The first one's second part is missing: both are stored, nothing of either is lost."""
    door, clock = Doorway(), ManualClock()
    inbox = Inbox(Centre(0).settings(), Lines(LINES), clock, door, ours=lambda name: (OutboxId(""), name))
    async with asyncio.TaskGroup() as group:
        lone = group.create_task(inbox.take(_frame(parts("a" * 100)[0])))
        for piece in parts("b" * 100):
            last = group.create_task(inbox.take(_frame(piece)))
        assert await last == 0
        assert door.texts == ["b" * 100]
        clock.passes(seconds=5)
        assert await lone == 0
    assert door.texts == ["b" * 100, "a" * 60 + " […]"]


def _frame(content: bytes) -> Frame:
    pdu = smpp34.DeliverSm(PATRON[1:], ENQUIRIES[1:], content, source_addr_ton=1, dest_addr_ton=1, esm_class=0x40)
    return Frame(command=DELIVER, sequence=1, body=pdu.encode()[16:])


async def test_a_part_that_does_not_come_keeps_the_others_from_nobody() -> None:
    """After some seconds what is there is stored, with a mark where the rest is missing; the rest is a text then."""
    door = Doorway()
    said = "One two three. " * 6
    first, last = parts(said, size=50)
    async with centre() as smsc, smsc.carrier(door):
        for piece in (first, last):
            async with asyncio.TaskGroup() as group:
                held = group.create_task(smsc.delivers(piece, kind=0x40))
                await _waits_for_parts(smsc)
                assert not held.done()
                smsc.clock.passes(seconds=5)
            assert held.result() == 0
    assert door.texts == [f"{said[:50]} […]", f"[…] {said[50:]}"]


def test_a_gap_is_marked_where_it_is() -> None:
    """Neighbours are read together, also where a letter begins in one part and ends in the next."""
    loud = "\N{LOUDLY CRYING FACE}".encode("utf-16-be")
    pieces = {1: b"\x00a" + loud[:3], 2: loud[3:], 4: b"\x00d"}
    assert joined(pieces, 5, 8, "gsm") == ("a\N{LOUDLY CRYING FACE} […] d […]", False)


async def _waits_for_parts(smsc: Centre) -> None:
    """Until our side waits for parts: that wakes it before it is to ask for a sign of life."""
    async with asyncio.timeout(PATIENCE):
        while smsc.clock.next_wake != smsc.clock.now() + 5000:
            await says_something_else(smsc)


async def test_parts_that_cant_be_stored_come_again() -> None:
    """All of them are refused for now, and all are taken later."""
    door = Doorway(shut=True)
    async with centre() as smsc, smsc.carrier(door):
        for expected in (AGAIN, 0):
            async with asyncio.TaskGroup() as group:
                answers = [group.create_task(smsc.delivers(piece, kind=0x40)) for piece in parts("x" * 100)]
            assert {answer.result() for answer in answers} == {expected}
            door.shut = False
    assert door.texts == ["x" * 100]


# Once.


async def test_the_same_words_again_are_another_text() -> None:
    """A patron may say it twice: only what may be a repetition of the carrier's counts as one."""
    door = Doorway()
    async with centre() as smsc, smsc.carrier(door):
        assert [await smsc.delivers("Still loud") for _ in range(2)] == [0, 0]
    assert door.texts == ["Still loud"] * 2


async def test_what_the_carrier_hands_in_again_is_stored_once() -> None:
    """The connection broke before it had our answer: after the next one it says the same again."""
    door = Gate()
    async with centre() as smsc, smsc.carrier(door):
        async with asyncio.TaskGroup() as group:
            handing = group.create_task(_ends(smsc.delivers("Hello?")))
            await door.entered.wait()
            await smsc.reconnects()
        assert handing.done()
        door.open.set()
        assert await smsc.delivers("Hello?") == 0
        assert await smsc.delivers("Hello?", sender="+447700900124") == 0
    assert door.texts == ["Hello?"] * 2
    assert door.duplicates == 1


async def test_a_part_whose_answer_was_lost_is_no_text_of_its_own() -> None:
    """All was stored; the carrier did not hear it of one part."""
    door = Doorway()
    pieces = parts("x" * 100)
    async with centre() as smsc, smsc.carrier(door):
        async with asyncio.TaskGroup() as group:
            for piece in pieces:
                group.create_task(smsc.delivers(piece, kind=0x40))
        await smsc.reconnects()
        assert await smsc.delivers(pieces[1], kind=0x40) == 0
    assert door.texts == ["x" * 100]


async def test_a_carriers_own_id_is_kept_as_a_digest() -> None:
    """It says that it is the same text; and it leads nobody back to the sender."""
    door = Doorway()
    async with centre() as smsc, smsc.carrier(door):
        assert [await smsc.delivers("Hello?", given="447700900123-1") for _ in range(2)] == [0, 0]
    [text] = door.received
    assert text.external_id == smsc.name("447700900123-1")
    assert "447700900123" not in text.external_id


async def _ends(handing: Awaitable[int]) -> None:
    with suppress(smpp34.SmppError):
        await handing


async def test_nothing_logged_shows_a_number_or_words(capsys: pytest.CaptureFixture[str]) -> None:
    """Whatever breaks on the way: its kind alone."""
    door = Doorway(refuses={"loud": ZeroDivisionError(PATRON)})
    async with centre() as smsc, smsc.carrier(door):
        assert await smsc.delivers("loud", to=ENQUIRIES) == AGAIN
    shown = "".join(capsys.readouterr())
    assert "ZeroDivisionError" in shown
    assert PATRON[1:] not in shown
    assert "loud" not in shown
