"""A line's limits: told at the desk, or kept by the outbox; nothing is lost, and a crisis text goes first."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from functools import partial

import pytest

from helpdesk.clock import SECOND, Instant, instant, plus
from helpdesk.errors import Refused, TryLater
from helpdesk.events import Kind
from helpdesk.limits import Limits
from helpdesk.message import Channel, Delivery, EntryId, LineId, OutboxId, TicketId
from helpdesk.ports import Sql
from helpdesk.store.verbs import outgoing, spending, tickets
from tests.conversation import LINES, Staff, Texter, Town, library
from tests.outbox.rows import pass_, states

pytestmark = pytest.mark.usefixtures("engine")


@asynccontextmanager
async def limited(**limits: object) -> AsyncIterator[Town]:
    """A town whose open SMS line has these limits."""
    lines = LINES | {name: LINES[name].model_copy(update=limits) for name in ("text", "noise")}
    async with library(lines=lines) as town:
        yield town


async def answered(town: Town, mia: Staff, count: int, *, line: str = "text", text: str = "Yes.") -> list[Texter]:
    """So many people have texted, and each reply waits."""
    found = []
    for n in range(count):
        patron = town.texter(f"p{n}", line=line)
        await patron.texts(f"Question {n}?")
        await mia.opens(patron.ticket)
        await mia.replies(text)
        found.append(patron)
    return found


def sent(town: Town) -> int:
    """How many texts have gone out."""
    return len(town.wires[Channel.SMS].sent)


# Told at the desk


async def test_a_reply_that_is_too_long_is_refused_before_it_is_written() -> None:
    """Nothing of it is kept."""
    async with limited(most_segments=1) as town:
        mia, ana = await town.staff("mia"), town.texter("ana", line="text")
        await ana.texts("Are you open?")
        await mia.opens(ana.ticket)
        with pytest.raises(Refused, match="takes 2 segments; 1 is the most"):
            await mia.replies("x" * 161)
        assert len((await mia.opens(ana.ticket)).entries) == 1
        await mia.replies("x" * 160)
        await ana.hears("xxx")


async def test_a_country_that_is_not_allowed_is_told_before_a_word_goes() -> None:
    """On an open line the desk knows the number."""
    async with limited(countries=("353",)) as town:
        mia, ana = await town.staff("mia"), town.texter("ana", line="text")
        await ana.texts("Are you open?")
        await mia.opens(ana.ticket)
        with pytest.raises(Refused, match="may not text the patron's country"):
            await mia.replies("Yes.")


async def test_mail_has_no_segments(town: Town) -> None:
    """Only lines of texts have these limits."""
    mia, ben = await town.staff("mia"), town.mailer("ben")
    await ben.mails("May I?")
    await mia.opens(ben.ticket)
    await mia.replies("x" * 5000)
    await ben.hears("xxx")


# Order


async def test_order_is_kept_over_all_tickets_of_a_texter(town: Town) -> None:
    """What was written first goes first, also where the later reply stands in another ticket."""
    mia = await town.staff("mia")
    for line in ("text", "noise"):
        ana = town.texter("ana", line=line)
        await ana.texts("First?")
        first = ana.ticket
        await town.time.passes(hours=25)
        await ana.texts("Second?")
        assert ana.ticket != first
        for ticket, words in ((first, "One."), (ana.ticket, "Two.")):
            await mia.opens(ticket)
            await mia.replies(words)
        town.wires[Channel.SMS].fails(TryLater("busy"))
        await pass_(town)
        assert ana.heard == []
        await town.time.passes(minutes=1)
        assert [each.text for each in ana.heard] == ["One.", "Two."]


async def test_mails_to_one_patron_do_not_wait_for_each_other(town: Town) -> None:
    """Two enquiries by mail are two matters."""
    mia, ben = await town.staff("mia"), town.mailer("ben")
    for n in range(2):
        await ben.mails(f"Question {n}?", subject=f"Question {n}")
        await mia.opens(ben.ticket)
        await mia.replies(f"Answer {n}.")
    town.wires[Channel.MAIL].fails(TryLater("busy"))
    await pass_(town, Channel.MAIL)
    assert [each.text for each in ben.heard] == ["Answer 1."]


# The rate


async def test_no_more_go_in_a_second_than_the_line_may() -> None:
    """The pass says when the next may go; other lines don't wait."""
    async with limited(texts_per_second=2) as town:
        mia = await town.staff("mia")
        await answered(town, mia, 5)
        await answered(town, mia, 1, line="noise")
        gone = []
        for _ in range(3):
            due = await pass_(town)
            while due is not None and due <= town.time.now:
                due = await pass_(town)
            gone.append(sent(town))
            if due is not None:
                assert due == plus(town.time.now, SECOND // 2)
                town.clock.move_to(plus(town.time.now, SECOND))
        assert gone == [3, 5, 6]


# A day's limit


async def test_at_the_limit_the_line_rests_until_local_midnight() -> None:
    """Nothing is lost and no try is counted; the desk is told, and the ticket says why it waits."""
    async with limited(texts_per_day=2) as town:
        town.clock.move_to(instant(datetime(2026, 7, 1, 12, tzinfo=UTC)))
        mia = await town.staff("mia")
        patrons = await answered(town, mia, 4)
        await answered(town, mia, 1, line="noise")
        due = await town.settles()
        assert sent(town) == 3
        [notice] = [each for each in await town.house.desk.notices() if each.key == "spent:text"]
        assert notice.text.startswith("Line text has used 2 of 2 texts, £0.08 today. What waits goes after midnight")
        reply = (await mia.opens(patrons[3].ticket)).entries[-1]
        assert (reply.delivery, reply.trouble) == (
            Delivery.WAITING,
            "The line has sent as much today as it may. It goes after midnight.",
        )
        assert due is not None
        await town.time.comes(instant(datetime(2026, 7, 1, 22, 59, tzinfo=UTC)))
        assert sent(town) == 3
        await town.time.comes(instant(datetime(2026, 7, 1, 23, 0, 1, tzinfo=UTC)))
        assert sent(town) == 5
        assert [each.text for each in patrons[3].heard] == ["Yes."]
        assert Kind.LINE_CAPPED in {event.kind for event in await town.log()}


async def test_the_desk_is_told_at_four_fifths() -> None:
    """Once, and again at the limit; the next day begins anew."""
    async with limited(texts_per_day=5) as town:
        mia = await town.staff("mia")
        await answered(town, mia, 3)
        await town.settles()
        assert await town.house.desk.notices() == ()
        await answered(town, mia, 1)
        await town.settles()
        [notice] = await town.house.desk.notices()
        assert (notice.level, notice.text) == ("warning", "Line text has used 4 of 5 texts, £0.16 today.")
        await town.time.passes(days=1)
        await answered(town, mia, 1)
        await town.settles()
        assert await town.house.desk.notices() == ()


async def test_a_day_costs_no_more_than_it_may() -> None:
    """Counted in segments; one that would go beyond waits, a shorter one still goes."""
    async with limited(pence_per_day=20, pence_per_segment=5) as town:
        mia = await town.staff("mia")
        await answered(town, mia, 1, text="x" * 400)
        await answered(town, mia, 1, text="x" * 200)
        await answered(town, mia, 1, text="x")
        await town.settles()
        assert sorted(len(each.text) for each in town.wires[Channel.SMS].sent) == [1, 400]
        used = await town.house.store.read(
            spending.spent, LineId("text"), Limits(zone="Europe/London").day(town.time.now)
        )
        assert (used.texts, used.segments, used.told) == (2, 4, 100)


async def test_a_higher_limit_counts_at_once() -> None:
    """What waits for midnight goes when the help desk starts with another limit."""
    async with limited(texts_per_day=1) as town:
        mia = await town.staff("mia")
        await answered(town, mia, 2)
        await town.settles()
        assert sent(town) == 1
        town.house.outbox._limits = {}
        await town.house.outbox.take_over()
        await town.settles()
        assert sent(town) == 2


async def test_a_crisis_text_goes_beyond_the_limit_and_before_all_that_waits() -> None:
    """Also to a patron for whom something waits; it is counted."""
    async with limited(texts_per_day=1) as town:
        mia = await town.staff("mia")
        [ana, ben] = await answered(town, mia, 2)
        await town.settles()
        await town.house.store.write(partial(_crisis, ticket=ben.ticket, now=town.time.now))
        await town.settles()
        assert [each.text for each in ben.heard] == ["Call 999 now."]
        assert [each.text for each in ana.heard] == ["Yes."]
        assert await states(town, ben.ticket) == ["waiting", "sent"]


def _crisis(sql: Sql, ticket: TicketId, now: Instant) -> None:
    outgoing.put_out(
        sql,
        tickets.get(sql, ticket),
        entry=EntryId("E-crisis"),
        outbox_id=OutboxId("Z-crisis"),
        text="Call 999 now.",
        author="",
        now=now,
        automatic=True,
        crisis=True,
    )


async def test_a_try_that_failed_counts_for_nothing() -> None:
    """Only what the carrier took."""
    async with limited(texts_per_day=1) as town:
        mia = await town.staff("mia")
        town.wires[Channel.SMS].fails(TryLater("busy"), TryLater("busy"))
        [ana] = await answered(town, mia, 1)
        await town.time.passes(hours=1)
        assert [each.text for each in ana.heard] == ["Yes."]
