"""What the carrier says of a text in the end: every code it may give, callbacks late, double and out of order, none."""

from __future__ import annotations

import pytest

from channels.sms_codes import MEANINGS
from helpdesk.errors import LinePaused, TryLater
from helpdesk.message import Delivery, Matter, OutboxId
from helpdesk.ports import Tracer
from helpdesk.simulator.carrier_faults import Fault
from tests.channels.texting import PATRON, texting

ABOUT_THE_PATRON = {"21610", "21211", "21614", "30004", "30005", "30006"}
OURS = {"20003", "21408", "21606", "21612", "30007", "30032", "30034"}
PASSING = {"20429", "30001", "21611", "30003", "30008", "30036"}


def test_every_code_has_its_class() -> None:
    """Whose matter each is decides what happens next."""
    for matter, codes in ((Matter.PATRON, ABOUT_THE_PATRON), (Matter.OURS, OURS), (Matter.PASSING, PASSING)):
        assert {code for code in codes if MEANINGS[code].matter is not matter} == set()


@pytest.mark.parametrize("code", sorted(MEANINGS))
async def test_a_code_that_comes_by_callback(code: str) -> None:
    """The carrier took the text, then could not deliver it: the report has code, class and our words."""
    async with texting() as wire, wire.sender() as sender:
        wire.carrier.faults.delivers.append(int(code))
        await sender.send(wire.reply())
        await wire.door.hears(2)
        failed = wire.door.reports[-1]
    known = MEANINGS[code]
    assert (failed.status, failed.code, failed.matter, failed.reason) == (
        Delivery.FAILED,
        code,
        known.matter,
        known.words,
    )


async def test_callbacks_twice_and_backwards() -> None:
    """All reach the door, whose business it is to rank them."""
    async with texting() as wire, wire.sender() as sender:
        wire.carrier.faults.copies = 2
        wire.carrier.faults.backwards = True
        await sender.send(wire.reply())
        await wire.door.hears(4)
        states = [report.status for report in wire.door.reports]
    assert states == [Delivery.DELIVERED, Delivery.DELIVERED, Delivery.SENT, Delivery.SENT]


async def test_callbacks_that_come_late() -> None:
    """An hour after the text, by the carrier's clock."""
    async with texting() as wire, wire.sender() as sender:
        wire.carrier.faults.delay = 3600
        await sender.send(wire.reply())
        assert wire.door.reports == []
        wire.clock.passes(seconds=3600)
        await wire.door.hears(1)
        wire.clock.passes(seconds=3600)
        await wire.door.hears(2)
        assert [report.status for report in wire.door.reports] == [Delivery.SENT, Delivery.DELIVERED]


@pytest.mark.parametrize(("code", "status"), [(None, Delivery.DELIVERED), (30005, Delivery.FAILED)])
async def test_callbacks_that_never_come(code: int | None, status: Delivery) -> None:
    """The carrier is asked, and says the same as its callback would have."""
    async with texting() as wire, wire.sender() as sender:
        assert isinstance(sender, Tracer)
        wire.carrier.faults.muted = True
        wire.carrier.faults.delivers.append(code)
        sid = (await sender.send(wire.reply())).provider_id
        await wire.carrier.settled(sid)
        report = await sender.trace(OutboxId("ob1"), sid)
    assert report is not None
    assert (report.outbox, report.status, report.provider_id) == ("ob1", status, sid)
    assert report.code == (str(code) if code else "")


async def test_a_text_that_the_carrier_knows_no_more() -> None:
    """None; and its trouble is trouble."""
    async with texting() as wire, wire.sender() as sender:
        assert await sender.trace(OutboxId("ob1"), "SM" + "0" * 32) is None
        wire.carrier.faults.fetches.extend([Fault(status=503), Fault(status=401, code=20003)])
        with pytest.raises(TryLater):
            await sender.trace(OutboxId("ob1"), "SM" + "0" * 32)
        with pytest.raises(LinePaused):
            await sender.trace(OutboxId("ob1"), "SM" + "0" * 32)


async def test_an_id_that_is_none_is_not_kept() -> None:
    """What the carrier calls a text may be shown nowhere: only its own shape is taken."""
    async with texting() as wire, wire.sender() as sender:
        wire.carrier.texts.new_sid = lambda prefix="SM": f"{prefix}{PATRON}"  # type: ignore[method-assign]
        assert (await sender.send(wire.reply())).provider_id == ""
