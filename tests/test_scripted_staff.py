"""Scripted staff answer through the desk as people would, and put up with what a desk says to people."""

from __future__ import annotations

import asyncio
import random
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any, cast

import pytest

from helpdesk.beside import beside
from helpdesk.clock import MINUTE, Instant
from helpdesk.errors import HelpdeskError, Refused, Stale, TryLater
from helpdesk.message import Channel, EntryId, LineId, StaffId, TicketId
from helpdesk.ports import Desk
from helpdesk.simulator.ledger import threads
from helpdesk.simulator.scenarios import texts
from helpdesk.simulator.staff import Answers, ScriptedStaff
from helpdesk.thread import Entry, EntryKind, Thread
from helpdesk.ticket import Flag, State, Ticket
from tests.people import ANA, BEN, QUICK, Backroom, Town, backroom, replies, town
from tests.staff import PATIENCE

WRITTEN = texts()
ERRAND = next(each for each in WRITTEN.scenarios if each.id == "mail-database")


@pytest.fixture
async def room() -> AsyncIterator[Backroom]:
    """A library without doors."""
    async with backroom() as opened:
        yield opened


def member(room: Backroom, name: StaffId = ANA, desk: Desk | None = None) -> ScriptedStaff:
    """A quick member of staff."""
    return ScriptedStaff(desk or room.house.desk, name, room.house.clock, 7, pace=QUICK)


# What they answer


def thread(text: str, *, channel: Channel = Channel.MAIL, flag: Flag | None = None, quote: int | None = None) -> Thread:
    """A ticket in which a patron wrote ``text``."""
    ticket = Ticket(
        id=TicketId("t"),
        number=1,
        channel=channel,
        line=LineId("x"),
        subject="",
        name="",
        opened=Instant(0),
        updated=Instant(0),
        flags=frozenset({flag} if flag else ()),
    )
    entry = Entry(id=EntryId("e"), kind=EntryKind.IN, author="", text=text, written=Instant(0), quote_from=quote)
    return Thread(ticket=ticket, entries=(entry,), history=(), clocks=())


def answer(found: Thread) -> str:
    """What staff would write."""
    return Answers(WRITTEN).to(found, random.Random(1)).text


def test_every_question_has_its_own_answer() -> None:
    """Each opening and each follow-up is found by its text, also when a name or a quote stands below it."""
    for scenario in WRITTEN.scenarios:
        for question in scenario.questions:
            own = f"{question.text}\n\nAda B.\n\n"
            assert answer(thread(f"{own}> an older text", quote=len(own))) == question.expects, question.text


def test_a_masked_text_is_understood() -> None:
    """The Noiseline hides numbers; the errand is known all the same."""
    masked = "Level 4 noisy AGAIN. ring me on [number] if you cant find it"
    assert "level 4" in answer(thread(masked, channel=Channel.SMS))


def test_what_nobody_knows_gets_a_general_answer() -> None:
    """Somebody who is no simulated patron is answered too."""
    assert answer(thread("Do you lend bicycles?")) in WRITTEN.general


def test_thanks_are_welcome_in_a_chat_and_need_no_answer_in_a_mail() -> None:
    """Nobody mails back and forth to say thank you."""
    assert answer(thread("Thank you!", channel=Channel.CHAT)) == WRITTEN.welcome
    assert answer(thread("Thank you!")) == ""


@pytest.mark.parametrize("flag", [Flag.LEFT, Flag.UNDELIVERABLE, Flag.QUARANTINED, Flag.AUTOMATIC])
def test_who_can_not_be_reached_is_not_written_to(flag: Flag) -> None:
    """A visitor who left, a patron who can't be reached, what can't be read, and machines."""
    assert answer(thread(ERRAND.opening.text, flag=flag)) == ""


# At the desk


async def test_a_question_is_answered_and_set_to_solved_or_waiting(room: Backroom) -> None:
    """The suggested answer goes out, in the member's name."""
    ticket = await room.mails(ERRAND.opening.text)
    async with beside(member(room).run()):
        done = await room.when(ticket, outs=1)
    assert replies(done) == [ERRAND.opening.expects]
    assert done.ticket.owner == ANA
    assert done.ticket.state in {State.SOLVED, State.WAITING}


async def test_thanks_are_solved_without_a_word(room: Backroom) -> None:
    """The ticket is done, and nothing is sent."""
    ticket = await room.mails("Thank you!")
    async with beside(member(room).run()):
        done = await room.when(ticket, solved=True)
    assert replies(done) == []


async def test_two_members_never_answer_the_same_question_twice(room: Backroom) -> None:
    """Side by side they share the queue: every ticket has one reply."""
    tickets = [await room.mails(f"{ERRAND.opening.text}\n{number}") for number in range(8)]
    async with beside(member(room).run(), member(room, BEN).run()):
        done = [await room.when(ticket, outs=1) for ticket in tickets]
    assert [len(replies(each)) for each in done] == [1] * 8
    assert {each.ticket.owner for each in done} == {ANA, BEN}


async def test_members_keep_the_chat_open(room: Backroom) -> None:
    """They are available for chats, and say so again."""
    desk = room.house.desk
    async with beside(member(room).run()):
        while not (first := await desk.presence()):
            await asyncio.wait_for(room.house.store.changed((await desk.hello()).seq), PATIENCE)
        await room.house.clock.until(Instant(first[0].seen + 2 * MINUTE))
        [later] = await desk.presence()
    assert later.available
    assert later.channel is Channel.CHAT
    assert later.seen > first[0].seen


@dataclass
class Bumpy:
    """A desk that says something else to the first replies."""

    desk: Desk
    troubles: list[HelpdeskError]
    heard: list[str] = field(default_factory=list)

    def __getattr__(self, name: str) -> Any:
        return getattr(self.desk, name)

    async def reply(self, actor: StaffId, *args: Any, **kwargs: Any) -> Ticket:
        """Refuse as scripted, then do it."""
        self.heard.append(actor)
        if self.troubles:
            raise self.troubles.pop(0)
        return await self.desk.reply(actor, *args, **kwargs)


async def test_a_ticket_that_changed_is_read_and_answered_again(room: Backroom) -> None:
    """Stale, then "later", then it goes out, once."""
    bumpy = Bumpy(room.house.desk, [Stale("It was changed.", by="patron"), TryLater("The store is full.")])
    ticket = await room.mails(ERRAND.opening.text)
    async with beside(member(room, desk=cast("Desk", bumpy)).run()):
        done = await room.when(ticket, outs=1)
    assert replies(done) == [ERRAND.opening.expects]
    assert len(bumpy.heard) == 3


async def test_what_is_refused_is_set_aside_with_the_reason(room: Backroom) -> None:
    """Repeating it would not help: colleagues read why, and the queue goes on."""
    bumpy = Bumpy(room.house.desk, [Refused("It has no address.")])
    ticket = await room.mails(ERRAND.opening.text)
    async with beside(member(room, desk=cast("Desk", bumpy)).run()):
        await room.when(ticket, solved=True)
        after = await room.mails(ERRAND.opening.text)
        await room.when(after, outs=1)
    notes = [each.text for each in (await room.house.desk.thread(ANA, ticket)).entries if each.kind is EntryKind.NOTE]
    assert notes == ["Could not be answered: It has no address."]


async def test_a_colleagues_ticket_is_left_to_them(room: Backroom) -> None:
    """Ben holds it: Ana answers the other one only."""
    bens, anas = await room.mails(ERRAND.opening.text), await room.mails(ERRAND.opening.text)
    await room.house.desk.sign_in(BEN)
    held = await room.house.desk.claim(BEN, bens)
    await room.house.desk.assign(BEN, bens, held.version, BEN)
    async with beside(member(room).run()):
        await room.when(anas, outs=1)
    assert replies(await room.house.desk.thread(ANA, bens)) == []


# With patrons, over the wire


@asynccontextmanager
async def staffed(count: int = 1, *, pace: float = 60) -> AsyncIterator[Town]:
    """A town whose library has ``count`` quick members of staff."""
    async with town(pace=pace) as opened:
        desk, clock = opened.house.desk, opened.house.clock
        staff = [ScriptedStaff(desk, StaffId(name), clock, 7, pace=QUICK) for name in ("ana", "ben", "cai")[:count]]
        async with beside(*(each.run() for each in staff)):
            yield opened


async def test_patrons_on_all_ways_are_answered() -> None:
    """A dozen contacts through the real doors: every channel answered, and who writes back stays in their ticket."""
    async with staffed(2) as opened:
        await opened.patrons(seed=3).run(12)
        found = await opened.balance()
        tickets = await threads(opened.house.desk, ANA)
    assert found.settled, found.text()
    assert found.doubled == 0
    assert [row.channel for row in found.figures] == [Channel.CHAT, Channel.MAIL, Channel.SMS]
    assert all(row.received == row.ticketed == row.sent for row in found.figures)
    assert all(row.answered == row.delivered > 0 for row in found.figures), found.text()
    assert "median first response" in found.text()
    assert len(tickets) == 12
    assert max(len(each.lines) for each in opened.ledger.accounts) > 1


async def test_patrons_stop_where_they_are_when_they_are_cancelled() -> None:
    """In the middle of it all the block ends at once, and what was taken is still in the store."""
    async with town() as opened:
        async with asyncio.timeout(6), beside(opened.patrons(rate=1200).run()):
            await opened.house.clock.until(Instant(opened.house.clock.now() + 2 * MINUTE))
        found = await opened.balance()
    assert sum(row.received for row in found.figures) > 0
    assert found.lost == 0, found.text()


@pytest.mark.full
async def test_a_busy_hour_loses_and_doubles_nothing() -> None:
    """A hundred contacts with three members of staff."""
    async with staffed(3) as opened:
        await opened.patrons(seed=11, rate=300).run(100)
        found = await opened.balance()
    assert found.settled, found.text()
    assert found.doubled == 0, found.text()
