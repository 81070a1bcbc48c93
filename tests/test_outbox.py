"""What goes out: never lost, never sent twice in silence, in the order it was written."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest

from helpdesk.clock import HOUR, MINUTE, SECOND, Instant, plus
from helpdesk.errors import HelpdeskError, LinePaused, TryLater, Unclear, Undeliverable
from helpdesk.events import Kind
from helpdesk.message import Channel, Delivery, DeliveryReport, Outbound, OutboxId, Sent, TicketId
from helpdesk.outbox import BACKOFF, LEASE, PAUSE
from helpdesk.ports import Sql
from helpdesk.standards import Outcome
from helpdesk.store.verbs import outbox
from helpdesk.ticket import Flag, State
from tests.conversation import Staff, Texter, Town, library


@pytest.fixture
async def town() -> AsyncIterator[Town]:
    """An empty library, always open."""
    async with library() as opened:
        yield opened


@pytest.fixture
async def mia(town: Town) -> Staff:
    """Who answers."""
    return await town.staff("mia")


@pytest.fixture
async def ana(town: Town, mia: Staff) -> Texter:
    """Somebody whose text is answered; the reply waits in the outbox."""
    ana = town.texter("ana", line="text")
    await ana.texts("Are you open?")
    await mia.replies("Until nine.")
    return ana


def state_of(sql: Sql, ticket: TicketId) -> list[str]:
    """The states of a ticket's outgoing messages, oldest first."""
    rows = sql("SELECT state FROM outbox WHERE library = :library AND ticket = :ticket ORDER BY id", ticket=ticket)
    return [row["state"] for row in rows]


async def states(town: Town, ticket: TicketId) -> list[str]:
    """As :func:`state_of`."""
    return await town.house.store.read(state_of, ticket)


async def row(town: Town, column: str) -> object:
    """One column of the only row there is."""
    [found] = await town.house.store.read(lambda sql: sql(f"SELECT {column} AS c FROM outbox"))
    return found["c"]


async def pass_(town: Town, channel: Channel = Channel.SMS) -> Instant | None:
    """One pass of delivery."""
    return await town.house.outbox.deliver_due(channel)


# As it should be


async def test_a_reply_waits_in_the_store_until_it_is_sent(town: Town, ana: Texter) -> None:
    """Entry, row and event are one commit; the pass sends it, and says so."""
    assert await states(town, ana.ticket) == ["waiting"]
    assert await pass_(town) is None
    assert [each.text for each in ana.heard] == ["Until nine."]
    assert await states(town, ana.ticket) == ["sent"]
    assert (await town.kinds(ana.ticket))[-2:] == ["replied", "sent"]
    assert await pass_(town) is None
    assert len(ana.heard) == 1


async def test_replies_arrive_in_the_order_they_were_written(town: Town, mia: Staff, ana: Texter) -> None:
    """One at a time per ticket; the second waits while the first is tried again. Others' tickets don't wait."""
    ben = town.texter("ben", line="text")
    await ben.texts("Hello?")
    await mia.replies("And from eight.")
    await mia.opens(ben.ticket)
    await mia.replies("Hello!")
    town.wires[Channel.SMS].fails(TryLater("busy"))
    due = await pass_(town)
    assert [each.text for each in ana.heard + ben.heard] == ["Hello!"]
    assert due == plus(town.time.now, BACKOFF[0])
    await town.time.passes(minutes=1)
    assert [each.text for each in ana.heard] == ["Until nine.", "And from eight."]


async def test_two_passes_at_once_send_once(town: Town, ana: Texter) -> None:
    """A row is leased by one of them."""
    async with asyncio.TaskGroup() as tasks:
        for _ in range(5):
            tasks.create_task(pass_(town))
    assert len(ana.heard) == 1


async def test_a_mail_goes_out_whole(town: Town, mia: Staff) -> None:
    """With the thread's ids, the signed address, the subject and who wrote it."""
    ben = town.mailer("ben")
    await ben.mails("Can I renew?", subject="Loan", named="<b1@example.org>")
    await ben.mails("Hello?", named="<b2@example.org>", to=ben.ticket)
    await mia.opens(ben.ticket)
    await mia.replies("Yes.")
    sent = await ben.hears("Yes.")
    assert (sent.subject, sent.author, sent.references) == ("Re: Loan", "Mia", ("<b1@example.org>", "<b2@example.org>"))
    assert len(sent.token) == 40
    assert not sent.automatic
    assert not sent.again


# Later


async def test_backing_off(town: Town, ana: Texter) -> None:
    """Each wait is as it stands in the table; after the last the message counts as undeliverable."""
    town.wires[Channel.SMS].fails(*[TryLater("busy")] * 10)
    for wait in BACKOFF:
        due = await pass_(town)
        assert due == plus(town.time.now, wait)
        assert await pass_(town) == due
        town.clock.move_to(due)
    assert await pass_(town) is None
    assert await states(town, ana.ticket) == ["failed"]
    assert ana.heard == []
    assert "10 tries" in str(await row(town, "reason"))


async def test_the_desk_says_why_a_reply_waits(town: Town, mia: Staff, ana: Texter) -> None:
    """The entry shows it from the first failure, the line's trouble from the second; both end with the sending."""
    town.wires[Channel.SMS].fails(TryLater("The carrier is busy."), TryLater("The carrier is busy."))
    await pass_(town)
    [_, reply] = (await mia.opens(ana.ticket)).entries
    assert (reply.delivery, reply.trouble) == (Delivery.WAITING, "The carrier is busy.")
    assert (await town.kinds(ana.ticket))[-1] == "deferred"
    assert await town.house.desk.notices() == ()
    await town.time.passes(seconds=30)
    [notice] = await town.house.desk.notices()
    assert notice.text == "Replies on line text wait to be sent. The carrier is busy."
    await town.time.passes(minutes=2)
    [_, reply] = (await mia.opens(ana.ticket)).entries
    assert (reply.delivery, reply.trouble) == (Delivery.SENT, "")
    assert await town.house.desk.notices() == ()


async def test_retry_after_is_kept(town: Town, ana: Texter) -> None:
    """Where the provider says how long to wait, that is how long it is; a short one doesn't undo backing off."""
    town.wires[Channel.SMS].fails(TryLater("busy", retry_after=7), TryLater("busy", retry_after=1))
    due = await pass_(town)
    assert due == plus(town.time.now, 7 * SECOND)
    town.clock.move_to(due)
    assert await pass_(town) == plus(town.time.now, BACKOFF[1])
    await town.time.passes(minutes=2)
    assert len(ana.heard) == 1


# Undeliverable


async def test_what_can_never_arrive_brings_the_ticket_back(town: Town, mia: Staff, ana: Texter) -> None:
    """Flagged, unanswered again, the clock runs on from its start; the next reply clears the flag."""
    town.wires[Channel.SMS].fails(Undeliverable("The number has opted out.", code="21610"))
    await pass_(town)
    thread = await mia.opens(ana.ticket)
    assert thread.ticket.flags == {Flag.UNDELIVERABLE}
    assert thread.ticket.unanswered is not None
    assert (thread.entries[-1].delivery, thread.entries[-1].trouble) == (Delivery.FAILED, "The number has opted out.")
    assert thread.history[-1].data["code"] == "21610"
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


# Unclear


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
    leased = await town.house.store.write(outbox.lease, Channel.SMS, town.time.now, plus(town.time.now, LEASE))
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


# Paused lines


async def test_a_paused_line_rests(town: Town, mia: Staff, ana: Texter) -> None:
    """Its messages wait, other lines go on, the desk is told; after a quarter of an hour it is tried again."""
    noise = town.texter("cai", line="noise")
    await noise.texts("loud")
    town.wires[Channel.SMS].fails(LinePaused("The account is suspended.", code="20003"))
    assert await pass_(town) is None
    assert await states(town, ana.ticket) == ["waiting"]
    [notice] = await town.house.desk.notices()
    assert (notice.level, "line text" in notice.text) == ("error", True)
    await mia.opens(noise.ticket)
    await mia.replies("On our way")
    await noise.hears("On our way")
    assert ana.heard == []
    await town.time.passes(minutes=PAUSE / MINUTE)
    assert len(ana.heard) == 1
    assert await town.house.desk.notices() == ()
    assert [event.kind for event in await town.log() if event.kind is Kind.LINE_PAUSED] == [Kind.LINE_PAUSED]


async def test_a_pause_is_no_try(town: Town, ana: Texter) -> None:
    """A line that was down for days has used up none of a message's tries."""
    town.wires[Channel.SMS].fails(*[LinePaused("The account is suspended.")] * 40, TryLater("busy"))
    await town.time.passes(hours=11)
    assert await states(town, ana.ticket) == ["sent"]


async def test_a_line_that_left_the_settings(town: Town, ana: Texter) -> None:
    """Its messages wait until it is back."""
    del town.house.outbox._policies["text"]  # type: ignore[attr-defined]
    await pass_(town)
    assert await states(town, ana.ticket) == ["waiting"]
    assert "Put it back" in (await town.house.desk.notices())[0].text


# Sealed lines


async def test_a_sealed_address_is_opened_for_sending_alone(town: Town, mia: Staff) -> None:
    """The row has no address; once the conversation is shredded nobody can be reached."""
    ana = town.texter("ana")
    await ana.texts("loud")
    await mia.replies("On our way")
    assert await row(town, "address") == ""
    await ana.hears("On our way")
    await town.time.passes(days=8)
    thread = await mia.opens(ana.ticket)
    await town.house.desk.reopen(mia.id, ana.ticket, thread.ticket.version) if not thread.ticket.live else None
    await mia.opens(ana.ticket)
    await mia.replies("Better now?")
    await ana.hears_nothing()
    assert (await states(town, ana.ticket))[-1] == "failed"
    assert Flag.UNDELIVERABLE in (await mia.opens(ana.ticket)).ticket.flags


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
    [parcel] = await town.house.store.write(outbox.lease, Channel.SMS, town.time.now, plus(town.time.now, LEASE))
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


# When the store fails


async def test_one_that_can_t_be_noted_cancels_no_other(town: Town, mia: Staff, ana: Texter) -> None:
    """The store fails after a hand-over: the others' hand-overs end well, and the pass says that it failed."""
    ben = town.texter("ben", line="text")
    await ben.texts("Hello?")
    await mia.opens(ben.ticket)
    await mia.replies("Hello!")
    store = town.house.store
    failed: list[object] = []
    write = store.write

    async def failing(verb: object, *args: object, **kwargs: object) -> object:
        if getattr(verb, "__name__", "") == "_sent" and not failed:
            failed.append(verb)
            raise TryLater("The store is full.")
        return await write(verb, *args, **kwargs)  # type: ignore[arg-type]

    store.write = failing  # type: ignore[method-assign, assignment]
    with pytest.raises(TryLater, match="full"):
        await pass_(town)
    store.write = write  # type: ignore[method-assign]
    assert len(ana.heard) + len(ben.heard) == 2
    assert sorted(await states(town, ana.ticket) + await states(town, ben.ticket)) == ["leased", "sent"]
    await town.time.passes(minutes=3)
    assert len(ana.heard) + len(ben.heard) == 2
    assert await states(town, ana.ticket) + await states(town, ben.ticket) == ["sent", "sent"]


def test_the_table_of_waits() -> None:
    """They rise, and together they last about a day."""
    assert list(BACKOFF) == sorted(BACKOFF)
    assert 20 * HOUR < sum(BACKOFF) < 30 * HOUR
