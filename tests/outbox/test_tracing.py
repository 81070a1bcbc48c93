"""Callbacks that never come: after a day the carrier is asked once what became of a text."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

import pytest

from channels.loopback import Loopback
from helpdesk.clock import DAY, HOUR, plus
from helpdesk.errors import TryLater
from helpdesk.message import Channel, Delivery, DeliveryReport, Outbound, OutboxId, Sent
from helpdesk.outbox import Outbox
from helpdesk.store.verbs.delivery import NEVER_TOLD
from helpdesk.thread import Entry
from helpdesk.ticket import Flag
from tests.conversation import Staff, Texter, Town, library

pytestmark = pytest.mark.usefixtures("engine")

Answers = Callable[[OutboxId], DeliveryReport | None]


@dataclass
class Tracing:
    """A sender that can be asked; ``answers`` says what it says, ``asked`` what it was asked."""

    wire: Loopback
    answers: Answers = lambda _: None
    trouble: list[TryLater] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)
    channel = Channel.SMS

    async def send(self, message: Outbound) -> Sent:
        """As the wire."""
        return await self.wire.send(message)

    async def find(self, message: Outbound) -> tuple[Sent, ...]:
        """As the wire."""
        return await self.wire.find(message)

    async def trace(self, outbox: OutboxId, provider_id: str) -> DeliveryReport | None:
        """What it is told to answer."""
        self.asked.append(provider_id)
        if self.trouble:
            raise self.trouble.pop()
        return self.answers(outbox)


@dataclass
class Scene:
    """Somebody's reply went out, and nothing was heard of it."""

    town: Town
    mia: Staff
    ana: Texter
    carrier: Tracing
    outbox: Outbox

    async def reply(self) -> Entry:
        """The reply as the desk shows it."""
        return (await self.mia.opens(self.ana.ticket)).entries[-1]


@asynccontextmanager
async def silence(line: str = "text") -> AsyncIterator[Scene]:
    """With an outbox of its own over the town's store."""
    async with library() as town:
        mia, ana = await town.staff("mia"), town.texter("ana", line=line)
        await ana.texts("Are you open?")
        await mia.opens(ana.ticket)
        await mia.replies("Until nine.")
        carrier = Tracing(town.wires[Channel.SMS])
        outbox = Outbox(
            store=town.house.store,
            clock=town.clock,
            senders={Channel.SMS: carrier},
            policies=town.house.outbox._policies,
            published=town.house.rules.published,
            reply_key=b"r" * 32,
        )
        await outbox.deliver_due(Channel.SMS)
        yield Scene(town, mia, ana, carrier, outbox)


async def test_it_is_asked_after_a_day_and_not_before() -> None:
    """The pass says when; a text that was delivered is never asked for."""
    async with silence() as here:
        sent = here.town.time.now
        assert await here.outbox.trace_due() == plus(sent, DAY)
        assert here.carrier.asked == []
        await here.town.wires[Channel.SMS].reports(here.ana.heard[0].id)
        assert await here.outbox.trace_due() is None


@pytest.mark.parametrize("line", ["text", "noise"])
async def test_what_it_says_settles_it(line: str) -> None:
    """As a callback would have: here it arrived."""
    async with silence(line) as here:
        here.carrier.answers = lambda outbox: DeliveryReport(outbox=outbox, status=Delivery.DELIVERED)
        here.town.clock.move_to(plus(here.town.time.now, DAY))
        assert await here.outbox.trace_due() is None
        assert (await here.reply()).delivery is Delivery.DELIVERED
        assert here.carrier.asked == ["loopback-1"]


async def test_a_failure_brings_the_ticket_back() -> None:
    """With the reason."""
    async with silence() as here:
        here.carrier.answers = lambda outbox: DeliveryReport(
            outbox=outbox, status=Delivery.FAILED, code="30005", reason="The number is not in use any more."
        )
        here.town.clock.move_to(plus(here.town.time.now, DAY))
        await here.outbox.trace_due()
        assert (await here.reply()).trouble == "The number is not in use any more."
        assert Flag.UNDELIVERABLE in (await here.mia.opens(here.ana.ticket)).ticket.flags


@pytest.mark.parametrize(
    "answers",
    [lambda _: None, lambda outbox: DeliveryReport(outbox=outbox, status=Delivery.SENT)],
    ids=["it knows nothing of it", "it is still sent"],
)
async def test_what_nobody_knows_is_said_once(answers: Answers) -> None:
    """The reply stands as sent, and says so; a callback that comes after all still counts."""
    async with silence() as here:
        here.carrier.answers = answers
        here.town.clock.move_to(plus(here.town.time.now, DAY))
        for _ in range(2):
            assert await here.outbox.trace_due() is None
        reply = await here.reply()
        assert (reply.delivery, reply.trouble) == (Delivery.SENT, NEVER_TOLD)
        assert len(here.carrier.asked) == 1
        assert (await here.town.kinds(here.ana.ticket)).count("not_told") == 1
        await here.town.wires[Channel.SMS].reports(here.ana.heard[0].id)
        reply = await here.reply()
        assert (reply.delivery, reply.trouble) == (Delivery.DELIVERED, "")


async def test_a_carrier_in_trouble_is_asked_again_after_an_hour() -> None:
    """It counts as not asked."""
    async with silence() as here:
        here.carrier.trouble.append(TryLater("The carrier is busy."))
        here.town.clock.move_to(plus(here.town.time.now, DAY))
        again = plus(here.town.time.now, HOUR)
        for _ in range(2):
            assert await here.outbox.trace_due() == again
        assert len(here.carrier.asked) == 1
        here.town.clock.move_to(again)
        assert await here.outbox.trace_due() is None
        assert len(here.carrier.asked) == 2


async def test_a_carrier_that_can_not_be_asked(town: Town) -> None:
    """Nothing is done."""
    assert await town.house.outbox.trace_due() is None
