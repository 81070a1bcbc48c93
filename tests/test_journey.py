"""Journeys that read like the desk, over loopback channels and a clock that is told to move."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from helpdesk.errors import Refused, Undeliverable
from helpdesk.events import Kind
from helpdesk.message import Channel, Delivery, OutboxId
from helpdesk.standards import Outcome
from helpdesk.ticket import Flag, State
from helpdesk.worklist import View
from tests.conversation import Town, library
from tests.engines import ON_SQLITE
from tests.passing import rarely_swept

pytestmark = pytest.mark.usefixtures("engine")


@pytest.fixture
async def town() -> AsyncIterator[Town]:
    """An empty library, always open."""
    async with library() as opened:
        yield opened


async def test_a_noise_text_is_answered_within_the_promise(town: Town) -> None:
    """Ana texts, Mia replies, Ana hears it; the clock stops at the reply and nobody ever sees a number."""
    ana, mia = town.texter("ana"), await town.staff("mia")
    await ana.texts("loud on level 3")
    await town.time.passes(minutes=4)
    await mia.replies("On our way")
    await ana.hears("On our way")
    thread = await mia.opens(ana.ticket)
    assert thread.clocks[0].outcome is Outcome.MET
    assert thread.clocks[0].spent == 4 * 60_000
    assert ana.number not in repr(thread) + repr(await town.log())


async def test_a_texter_goes_on_with_the_same_ticket(town: Town) -> None:
    """Within a day it is the same ticket; after a week it is a stranger under another name."""
    ana, mia = town.texter("ana"), await town.staff("mia")
    first = await ana.texts("loud on level 3")
    await mia.replies("On our way")
    second = await ana.texts("thanks, quiet now")
    assert second.ticket == first.ticket
    assert (await mia.opens(ana.ticket)).ticket.unanswered is not None
    name = mia.before.name
    await town.time.passes(days=8)
    third = await ana.texts("loud again")
    assert third.ticket != first.ticket
    thread = await mia.opens(ana.ticket)
    assert thread.linked == ()
    assert thread.ticket.name != name


async def test_a_mail_goes_back_and_forth(town: Town) -> None:
    """Asked, answered, solved, asked again: one ticket, which comes back to the queue."""
    ben, mia = town.mailer("ben"), await town.staff("mia")
    await ben.mails("Can I renew my loan?", subject="Loan")
    await mia.replies("Yes, until June.", then="solved")
    answer = await ben.hears("Yes, until June.")
    assert answer.subject == "Re: Loan"
    assert answer.references[-1] == "<1@example.org>"
    await town.time.passes(days=13)
    await ben.mails("And the other one?", to=ben.ticket)
    thread = await mia.opens(ben.ticket)
    assert thread.ticket.state is State.OPEN
    assert Kind.REOPENED in [moment.kind for moment in thread.history]


async def test_after_the_window_a_linked_ticket_opens(town: Town) -> None:
    """A mail to a ticket that was closed follows on from it."""
    ben, mia = town.mailer("ben"), await town.staff("mia")
    first = (await ben.mails("Can I renew my loan?")).ticket
    await mia.replies("Yes.", then="solved")
    assert first is not None
    await town.time.passes(days=15)
    assert (await mia.opens(first)).ticket.state is State.CLOSED
    await ben.mails("And the other one?", to=first)
    assert ben.ticket != first
    assert (await mia.opens(ben.ticket)).linked == (1,)


async def test_a_chat_is_claimed_in_time_and_ends(town: Town) -> None:
    """The visitor writes, staff take it within the minute; once the visitor has left, nothing can be sent."""
    cai, mia = town.visitor("cai"), await town.staff("mia")
    assert await cai.chats("Is anybody there?") == 1
    await town.time.passes(seconds=40)
    await mia.takes_next()
    await mia.replies("Yes, here.")
    await cai.hears("Yes, here.")
    await cai.leaves()
    thread = await mia.opens(mia.before.id)
    assert Flag.LEFT in thread.ticket.flags
    assert [row.outcome for row in thread.clocks] == [Outcome.MET]
    with pytest.raises(Refused, match="left"):
        await mia.replies("Anything else?")


async def test_nobody_answers(town: Town) -> None:
    """The desk is told once, exactly when the promise breaks, and the ticket stands among those in breach."""
    ana, mia = town.texter("ana"), await town.staff("mia")
    await ana.texts("loud on level 3")
    came = town.time.now
    await town.time.passes(hours=2)
    noticed = [event for event in await town.log(ana.ticket) if event.kind is Kind.BREACH_NOTICED]
    assert [event.when - came for event in noticed] == [15 * 60_000 + 1]
    page = await town.house.desk.worklist(mia.id, View.BREACHING)
    assert [row.id for row in page.rows] == [ana.ticket]


async def test_a_snoozed_ticket_comes_back_by_itself_or_with_the_patron(town: Town) -> None:
    """Out of sight until its time, or until the patron writes."""
    ben, mia = town.mailer("ben"), await town.staff("mia")
    await ben.mails("When does the new book come?")
    await mia.takes_next()
    await mia.snoozes(minutes=30)
    await town.time.passes(minutes=29)
    assert (await mia.opens(ben.ticket)).ticket.state is State.SNOOZED
    await town.time.passes(minutes=1)
    assert (await mia.opens(ben.ticket)).ticket.state is State.OPEN
    await mia.snoozes(minutes=30)
    await ben.mails("Never mind.", to=ben.ticket)
    assert (await mia.opens(ben.ticket)).ticket.state is State.OPEN


async def test_a_reply_that_never_arrived_brings_the_ticket_back(town: Town) -> None:
    """Solved with a reply that bounced: it is open again, the reason stands on the entry, the clock runs on."""
    ben, mia = town.mailer("ben"), await town.staff("mia")
    await ben.mails("Can I renew my loan?")
    town.wires[Channel.MAIL].fails(Undeliverable("There is no such mailbox.", code="550"))
    await mia.replies("Yes.", then="solved")
    await ben.hears_nothing()
    thread = await mia.opens(ben.ticket)
    assert (thread.ticket.state, thread.ticket.flags) == (State.OPEN, frozenset({Flag.UNDELIVERABLE}))
    assert thread.entries[-1].delivery is Delivery.FAILED
    assert thread.entries[-1].trouble == "There is no such mailbox."
    assert [row.outcome for row in thread.clocks] == [Outcome.PENDING]


async def test_delivery_shows_on_the_entry(town: Town) -> None:
    """Waiting, sent, delivered: as far as the carrier says."""
    ana, mia = town.texter("ana", line="text"), await town.staff("mia")
    await ana.texts("Are you open?")
    await mia.replies("Until nine.")
    assert [entry.delivery for entry in (await mia.opens(ana.ticket)).entries] == [None, Delivery.WAITING]
    outbox = OutboxId((await ana.hears("Until nine.")).id)
    assert (await mia.opens(ana.ticket)).entries[-1].delivery is Delivery.SENT
    await town.wires[Channel.SMS].reports(outbox, Delivery.DELIVERED)
    assert (await mia.opens(ana.ticket)).entries[-1].delivery is Delivery.DELIVERED


@ON_SQLITE
async def test_the_same_seed_gives_the_same_log() -> None:
    """Byte for byte: ids, times, facts and digests."""
    logs = []
    for _ in range(2):
        async with library(seed=7) as town:
            ana, ben, mia = town.texter("ana"), town.mailer("ben"), await town.staff("mia")
            await ana.texts("loud on level 3")
            await ben.mails("Can I renew?")
            await mia.replies("On our way")
            with rarely_swept():
                await town.time.passes(days=20)
            logs.append(await town.log())
    assert logs[0] == logs[1]
    assert len(logs[0]) > 10


async def test_a_solved_chat_goes_on_while_its_visitor_is_there(town: Town) -> None:
    """Thanks after the answer is no new contact; the ticket closes when the visitor goes."""
    cai, mia = town.visitor("cai"), await town.staff("mia")
    await cai.chats("Is the scanner free?")
    ticket = await mia.takes_next()
    assert ticket is not None
    await mia.replies("Yes, on level 1.", then="solved")
    await cai.hears("Yes, on level 1.")
    await cai.chats("And is it warm up there?")
    again = await mia.takes_next()
    assert again is not None
    assert again.id == ticket.id
    await mia.replies("It is.", then="solved")
    await cai.hears("It is.")
    assert cai.opened is not None
    await town.house.chats.seen(cai.conversation, cai.opened.token, 4)
    await cai.leaves()
    await town.settles()
    assert (await mia.opens(ticket.id)).ticket.state is State.CLOSED
