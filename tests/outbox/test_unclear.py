"""Never sent twice in silence: a try whose end nobody knows is looked up before it goes again."""

from __future__ import annotations

import pytest

from helpdesk.clock import plus
from helpdesk.errors import HelpdeskError, LinePaused, TryLater, Unclear
from helpdesk.message import Channel, Delivery, DeliveryReport, Outbound, Sent
from helpdesk.outbox import BACKOFF, LEASE
from helpdesk.store.verbs import leasing
from tests.conversation import Staff, Texter, Town
from tests.outbox.rows import pass_, row, states

pytestmark = pytest.mark.usefixtures("engine")


@pytest.mark.parametrize("taken", [True, False])
async def test_an_unclear_try_is_looked_up(town: Town, ana: Texter, taken: bool) -> None:
    """What the provider holds was sent; what it doesn't hold goes (again). Either way the patron gets it once."""
    town.wires[Channel.SMS].fails(Unclear("no answer"), taken=taken)
    await pass_(town)
    assert await states(town, ana.ticket) == ["unclear"]
    await town.time.passes(minutes=1)
    assert len(ana.heard) == 1
    assert await states(town, ana.ticket) == ["sent"]
    assert ana.heard[0].again is not taken


async def test_an_unclear_mail_goes_again_flagged(town: Town, mia: Staff) -> None:
    """A relay can't be asked: the same id, and the ticket's history says that the patron may have it twice."""
    ben = town.mailer("ben")
    await ben.mails("Can I renew?")
    town.wires[Channel.MAIL].fails(Unclear("no answer"), taken=True)
    await mia.replies("Yes.")
    await town.time.passes(minutes=1)
    first, second = ben.heard
    assert first.id == second.id
    assert (first.again, second.again) == (False, True)
    assert (await town.kinds(ben.ticket))[-2:] == ["resent_unclear", "sent"]


async def test_a_crash_in_the_middle_of_a_try_is_unclear(town: Town, ana: Texter) -> None:
    """Whoever comes after waits for the lease to end, then looks before sending."""
    leased = await town.house.store.write(leasing.lease, Channel.SMS, town.time.now, plus(town.time.now, LEASE))
    assert [parcel.unclear for parcel in leased] == [False]
    assert await pass_(town) == plus(town.time.now, LEASE)
    assert ana.heard == []
    await town.time.passes(minutes=2)
    assert len(ana.heard) == 1
    assert ana.heard[0].again


class Doubting:
    """A provider that holds ``held`` messages which could be ours; ``trouble`` is what looking fails with, in order."""

    channel = Channel.SMS

    def __init__(self, held: int = 0, *trouble: HelpdeskError) -> None:
        self.held = held
        self.trouble = list(trouble)
        self.sent: list[Outbound] = []
        self.looked = 0

    async def send(self, message: Outbound) -> Sent:
        """Unclear at first, then taken."""
        self.sent.append(message)
        if len(self.sent) == 1:
            raise Unclear("no answer")
        return Sent(provider_id="SM2")

    async def find(self, message: Outbound) -> tuple[Sent, ...]:
        """What it holds, or trouble."""
        self.looked += 1
        if self.trouble:
            raise self.trouble.pop(0)
        return tuple(Sent(provider_id=f"SM{n}") for n in range(self.held))


async def _doubts(town: Town, wire: Doubting) -> None:
    town.house.outbox._senders[Channel.SMS] = wire  # type: ignore[index]
    await pass_(town)


async def test_more_than_one_candidate_is_a_person_s_to_decide(town: Town, mia: Staff, ana: Texter) -> None:
    """Nothing goes out again; the desk is told which ticket, until staff write again."""
    wire = Doubting(2)
    await _doubts(town, wire)
    await town.time.passes(minutes=10)
    assert len(wire.sent) == 1
    assert await states(town, ana.ticket) == ["person"]
    [notice] = await town.house.desk.notices()
    assert "ticket 1 may have been sent twice" in notice.text
    assert "2 messages" in (await mia.opens(ana.ticket)).entries[-1].trouble
    await mia.replies("Did you get that?")
    await town.settles()
    assert await states(town, ana.ticket) == ["person", "sent"]
    assert await town.house.desk.notices() == ()


async def test_a_late_report_answers_the_question(town: Town, ana: Texter) -> None:
    """The provider says by itself that it was delivered: nobody needs to decide."""
    wire = Doubting(2)
    await _doubts(town, wire)
    await town.time.passes(minutes=1)
    await town.house.intake.report(DeliveryReport(outbox=wire.sent[0].id, status=Delivery.DELIVERED))
    assert await states(town, ana.ticket) == ["delivered"]
    assert await town.house.desk.notices() == ()


@pytest.mark.parametrize("trouble", [TryLater("busy"), LinePaused("The account is suspended.", code="20003")])
async def test_what_can_t_be_looked_up_stays_unclear(town: Town, ana: Texter, trouble: HelpdeskError) -> None:
    """Looking fails for a while: nothing goes again before it was looked up."""
    wire = Doubting(1, trouble)
    await _doubts(town, wire)
    await town.time.passes(minutes=20)
    assert wire.looked == 2
    assert len(wire.sent) == 1
    assert await states(town, ana.ticket) == ["sent"]


class Broken:
    """A sender with a fault."""

    channel = Channel.SMS

    async def send(self, message: Outbound) -> Sent:
        """Fails as only a program does."""
        raise ZeroDivisionError(message.text)

    async def find(self, message: Outbound) -> tuple[Sent, ...]:
        """As :meth:`send`."""
        raise ZeroDivisionError(message.text)


async def test_a_fault_of_a_sender_is_unclear(town: Town, mia: Staff, ana: Texter) -> None:
    """Nobody knows whether it went out: kept, tried again, and nothing of the message in the reason."""
    town.house.outbox._senders[Channel.SMS] = Broken()  # type: ignore[index]
    assert await pass_(town) == plus(town.time.now, BACKOFF[0])
    assert await states(town, ana.ticket) == ["unclear"]
    assert await row(town, "reason") == "The sender failed (ZeroDivisionError)."
