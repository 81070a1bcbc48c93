"""A delivery that failed at the carrier: the patron's matter, ours, or a passing one."""

from __future__ import annotations

import pytest

from helpdesk.message import Channel, Delivery, DeliveryReport, Matter, OutboxId
from helpdesk.store.verbs.delivery import AGAIN
from helpdesk.ticket import Flag
from tests.conversation import Staff, Texter, Town

pytestmark = pytest.mark.usefixtures("engine")


async def says(town: Town, ana: Texter, code: str, matter: Matter) -> None:
    """The carrier's callback for the last text that went to ana."""
    last = ana.heard[-1]
    [row] = await town.house.store.read(
        lambda sql: sql("SELECT provider_id FROM outbox WHERE library = :library AND id = :id", id=last.id)
    )
    report = DeliveryReport(
        outbox=OutboxId(last.id),
        status=Delivery.FAILED,
        provider_id=row["provider_id"],
        code=code,
        reason="It did not arrive.",
        matter=matter,
    )
    await town.house.intake.report(report)


async def test_a_passing_failure_is_tried_again(town: Town, mia: Staff, ana: Texter) -> None:
    """The answer waits, says why, and goes again; a second word about the first try changes nothing."""
    await town.house.outbox.deliver_due(Channel.SMS)
    await says(town, ana, "30001", Matter.PASSING)
    await says(town, ana, "30001", Matter.PASSING)
    thread = await mia.opens(ana.ticket)
    assert Flag.UNDELIVERABLE not in thread.ticket.flags
    assert (thread.entries[-1].delivery, thread.entries[-1].trouble) == (Delivery.WAITING, "It did not arrive.")
    await town.time.passes(seconds=AGAIN / 1000)
    assert [each.text for each in ana.heard] == ["Until nine.", "Until nine."]
    assert (await mia.opens(ana.ticket)).entries[-1].delivery is Delivery.SENT


@pytest.mark.parametrize(("code", "tries"), [("30003", 2), ("30001", 4)])
async def test_it_is_not_tried_for_ever(town: Town, mia: Staff, ana: Texter, code: str, tries: int) -> None:
    """Then the ticket comes back; a handset out of reach gets one more try, no more."""
    await town.house.outbox.deliver_due(Channel.SMS)
    for _ in range(tries):
        await says(town, ana, code, Matter.PASSING)
        await town.time.passes(seconds=AGAIN / 1000)
    assert len(ana.heard) == tries
    assert Flag.UNDELIVERABLE in (await mia.opens(ana.ticket)).ticket.flags


async def test_what_is_our_matter_rests_the_line(town: Town, mia: Staff, ana: Texter) -> None:
    """The patron did nothing wrong: the answer waits, the desk is told, and it goes when the line is mended."""
    await town.house.outbox.deliver_due(Channel.SMS)
    await says(town, ana, "30007", Matter.OURS)
    [notice] = await town.house.desk.notices()
    assert notice.text.startswith("Nothing goes out on line text: It did not arrive.")
    assert Flag.UNDELIVERABLE not in (await mia.opens(ana.ticket)).ticket.flags
    assert len(ana.heard) == 1
    await town.time.passes(minutes=16)
    assert len(ana.heard) == 2
    assert await town.house.desk.notices() == ()


async def test_the_patrons_matter_brings_the_ticket_back(town: Town, mia: Staff, ana: Texter) -> None:
    """As before: nothing more is sent."""
    await town.house.outbox.deliver_due(Channel.SMS)
    await says(town, ana, "30005", Matter.PATRON)
    assert Flag.UNDELIVERABLE in (await mia.opens(ana.ticket)).ticket.flags
