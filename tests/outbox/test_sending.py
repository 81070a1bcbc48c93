"""Never lost: sent in the order it was written, tried again later, held while a line is paused."""

from __future__ import annotations

import asyncio

import pytest

from helpdesk.clock import HOUR, MINUTE, SECOND, plus
from helpdesk.errors import LinePaused, TryLater
from helpdesk.events import Kind
from helpdesk.message import Channel, Delivery
from helpdesk.outbox import BACKOFF, PAUSE
from helpdesk.ticket import Flag
from tests.conversation import Staff, Texter, Town
from tests.outbox.rows import pass_, row, states

pytestmark = pytest.mark.usefixtures("engine")

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
