"""What became of it: delivered, or never to arrive, and what that does to the ticket."""

from __future__ import annotations

import pytest

from helpdesk.clock import plus
from helpdesk.errors import Undeliverable
from helpdesk.events import Kind
from helpdesk.message import Channel, Delivery, OutboxId
from helpdesk.outbox import LEASE
from helpdesk.standards import Outcome
from helpdesk.store.verbs import leasing, outbox
from helpdesk.ticket import Flag, State
from tests.conversation import Staff, Texter, Town
from tests.outbox.rows import pass_, states

pytestmark = pytest.mark.usefixtures("engine")

# Undeliverable


async def test_what_can_never_arrive_brings_the_ticket_back(town: Town, mia: Staff, ana: Texter) -> None:
    """Flagged, unanswered again, the clock runs on from its start; the next reply clears the flag."""
    town.wires[Channel.SMS].fails(Undeliverable("The number is out of use.", code="30005"))
    await pass_(town)
    thread = await mia.opens(ana.ticket)
    assert thread.ticket.flags == {Flag.UNDELIVERABLE}
    assert thread.ticket.unanswered is not None
    assert (thread.entries[-1].delivery, thread.entries[-1].trouble) == (Delivery.FAILED, "The number is out of use.")
    assert thread.history[-1].data["code"] == "30005"
    assert (await mia.replies("Once more.")).flags == frozenset()
    await ana.hears("Once more.")


async def test_an_answer_that_bounced_answered_nothing(town: Town, mia: Staff) -> None:
    """The promise is judged by the reply that arrived."""
    ben = town.mailer("ben")
    await ben.mails("Can I renew?")
    town.wires[Channel.MAIL].fails(Undeliverable("No such mailbox."))
    await mia.replies("Yes.")
    await town.settles()
    assert (await town.clocks(ben.ticket))["mail-answered"].outcome is Outcome.PENDING
    await mia.opens(ben.ticket)
    await mia.replies("Yes, again.")
    row = (await town.clocks(ben.ticket))["mail-answered"]
    assert (row.outcome, len(row.answers)) == (Outcome.MET, 1)


async def test_a_greeting_that_bounced_disturbs_nobody(town: Town, mia: Staff) -> None:
    """It is noted; the ticket stays as it is."""
    ben = town.mailer("ben", line="greeted")
    await ben.mails("Can I renew?")
    town.wires[Channel.MAIL].fails(Undeliverable("No such mailbox."))
    await town.settles()
    thread = await mia.opens(ben.ticket)
    assert (thread.ticket.state, thread.ticket.flags, thread.ticket.version) == (State.NEW, frozenset(), 1)
    assert thread.history[-1].kind is Kind.UNDELIVERABLE


# Reports


@pytest.mark.parametrize(
    ("said", "shown"),
    [
        ([Delivery.DELIVERED], Delivery.DELIVERED),
        ([Delivery.DELIVERED, Delivery.SENT], Delivery.DELIVERED),
        ([Delivery.SENT, Delivery.SENT, Delivery.DELIVERED, Delivery.DELIVERED], Delivery.DELIVERED),
        ([Delivery.FAILED, Delivery.DELIVERED], Delivery.FAILED),
        ([Delivery.DELIVERED, Delivery.FAILED, Delivery.FAILED], Delivery.FAILED),
    ],
)
async def test_reports_come_twice_and_out_of_order(
    town: Town, mia: Staff, ana: Texter, said: list[Delivery], shown: Delivery
) -> None:
    """Only a higher rank replaces a lower one, and each is told once."""
    await pass_(town)
    for status in said:
        await town.wires[Channel.SMS].reports(ana.heard[0].id, status, code="30003", reason="Unreachable.")
    assert (await mia.opens(ana.ticket)).entries[-1].delivery is shown
    kinds = await town.kinds(ana.ticket)
    assert all(kinds.count(kind) <= 1 for kind in ("sent", "delivered", "undeliverable"))


async def test_a_report_that_comes_before_the_receipt(town: Town, ana: Texter) -> None:
    """The callback was faster than the answer to our request: it is not set back."""
    [parcel] = await town.house.store.write(leasing.lease, Channel.SMS, town.time.now, plus(town.time.now, LEASE))
    await town.wires[Channel.SMS].reports(parcel.id, Delivery.DELIVERED)
    published = town.house.rules.published()
    await town.house.store.write(outbox.sent, parcel, "SM1", town.time.now, published)
    assert await states(town, ana.ticket) == ["delivered"]


async def test_a_fact_about_a_message_makes_nobody_s_work_stale(town: Town, mia: Staff, ana: Texter) -> None:
    """Sent and delivered raise no version."""
    version = mia.before.version
    await pass_(town)
    await town.wires[Channel.SMS].reports(OutboxId(ana.heard[0].id))
    assert (await mia.opens(ana.ticket)).ticket.version == version
