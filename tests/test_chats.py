"""What a visitor may do, on a real store: open, say, read on, end, and be forgotten."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from contextlib import aclosing
from pathlib import Path
from typing import cast

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from helpdesk.attendance import Availability
from helpdesk.chats import STAFF, Chats, Opened, Over, Question
from helpdesk.clock import ManualClock
from helpdesk.errors import NotFound, Refused, Undeliverable
from helpdesk.events import Kind, Seq
from helpdesk.message import Channel, ConversationId, Delivery, LineId, OutboxId
from helpdesk.sight import Told
from helpdesk.signals import Broadcast, Signal
from helpdesk.ticket import Flag
from helpdesk.worklist import View
from tests.channels.chat_house import BEA, LINE, House, chat_house, settings_for
from tests.engines import ON_SQLITE

pytestmark = pytest.mark.usefixtures("engine")


async def begun(chats: Chats, *texts: str) -> Opened:
    """A conversation in which the visitor has said ``texts``, under the client ids m0, m1 ..."""
    mine = await chats.open(LINE, "Ana")
    for n, text in enumerate(texts):
        await chats.say(mine.conversation, mine.token, f"m{n}", text)
    return mine


async def last_delivery(house: House) -> tuple[Delivery | None, str]:
    """How far the newest entry of the only ticket has come, and what stood in its way."""
    [ticket] = await house.tickets()
    entry = (await house.desk.thread(BEA, ticket.id)).entries[-1]
    return entry.delivery, entry.trouble


async def test_what_is_said_is_numbered_and_reaches_the_queue_as_one_ticket() -> None:
    """Two messages are 1 and 2, of one ticket, under the visitor's name."""
    async with chat_house() as house:
        mine = await begun(house.chats, "Hello", "Do you have Middlemarch?")
        said = await house.chats.history(mine.conversation, mine.token)
        assert [(each.seq, each.mine, each.text, each.client_id) for each in said] == [
            (1, True, "Hello", "m0"),
            (2, True, "Do you have Middlemarch?", "m1"),
        ]
        [ticket] = await house.tickets()
        assert (ticket.channel, ticket.name) == (Channel.CHAT, "Ana")


async def test_a_message_said_again_keeps_its_number() -> None:
    """After a lost acknowledgement the page sends the same id again: nothing is doubled."""
    async with chat_house() as house:
        mine = await begun(house.chats, "Hello", "Anybody there?")
        assert await house.chats.say(mine.conversation, mine.token, "m0", "Hello") == 1
        assert len(await house.chats.history(mine.conversation, mine.token)) == 2


@ON_SQLITE
@settings(max_examples=20, deadline=None)
@given(st.lists(st.lists(st.integers(0, 5), min_size=1, max_size=4), max_size=8))
def test_whatever_is_sent_again_in_whatever_order_is_there_once(batches: list[list[int]]) -> None:
    """A page sends its messages again and again, several at a time: each has one number, counted without a gap."""

    async def scenario() -> None:
        numbers: dict[int, set[int]] = {}
        async with chat_house() as house:
            mine = await house.chats.open(LINE)

            async def say(n: int) -> None:
                seq = await house.chats.say(mine.conversation, mine.token, f"m{n}", f"Message {n}")
                numbers.setdefault(n, set()).add(seq)

            for batch in batches:
                async with asyncio.TaskGroup() as page:
                    for n in batch:
                        page.create_task(say(n))
            said = await house.chats.history(mine.conversation, mine.token)
        assert [each.seq for each in said] == list(range(1, len(numbers) + 1))
        assert {n: {each.seq for each in said if each.client_id == f"m{n}"} for n in numbers} == numbers

    asyncio.run(scenario())


async def test_the_same_client_id_in_two_chats_is_two_messages() -> None:
    """Client ids belong to their conversation."""
    async with chat_house() as house:
        await begun(house.chats, "Hello")
        await begun(house.chats, "Hello")
        assert len(await house.tickets()) == 2


async def test_a_reply_is_signed_by_the_library_and_notes_stay_inside() -> None:
    """The visitor reads the reply, not who wrote it, and never a note."""
    async with chat_house() as house:
        await house.on_duty()
        mine = await begun(house.chats, "Hello")
        [ticket] = await house.tickets()
        await house.desk.note(BEA, ticket.id, "Has asked this three times.")
        [ticket] = await house.tickets()
        await house.replies("Good morning.")
        [answer] = await house.chats.history(mine.conversation, mine.token, after=1)
        assert (answer.mine, answer.text, answer.author) == (False, "Good morning.", STAFF)


async def test_history_goes_on_after_the_last_number_read() -> None:
    """Whoever has read up to 2 is given 3 and what follows."""
    async with chat_house() as house:
        mine = await begun(house.chats, "one", "two", "three", "four")
        said = await house.chats.history(mine.conversation, mine.token, after=2)
        assert [each.seq for each in said] == [3, 4]


async def test_a_token_opens_its_own_conversation_only() -> None:
    """Neither a guessed token nor another visitor's opens a conversation."""
    async with chat_house() as house:
        mine, other = await begun(house.chats, "My secret"), await begun(house.chats, "Hello")
        for token in ("", "0" * 64, other.token):
            with pytest.raises(Over):
                await house.chats.history(mine.conversation, token)


async def test_what_the_page_holds_is_delivered() -> None:
    """A reply is sent when the outbox hands it over and delivered when the page says that it has it."""
    async with chat_house() as house:
        await house.on_duty()
        mine = await begun(house.chats, "Hello")
        await house.replies("Good morning.")
        assert await last_delivery(house) == (Delivery.SENT, "")
        await house.chats.seen(mine.conversation, mine.token, 2)
        assert await last_delivery(house) == (Delivery.DELIVERED, "")


async def test_a_page_can_not_claim_what_is_still_to_come() -> None:
    """Seen up to a million marks nothing that was not there yet."""
    async with chat_house() as house:
        await house.on_duty()
        mine = await begun(house.chats, "Hello")
        await house.chats.seen(mine.conversation, mine.token, 1_000_000)
        await house.replies("Good morning.")
        assert await last_delivery(house) == (Delivery.SENT, "")


async def test_ending_a_chat_forgets_the_visitor_and_tells_staff() -> None:
    """The token is dead, the ticket says that the visitor left, and nothing can be sent any more."""
    async with chat_house() as house:
        await house.on_duty()
        mine = await begun(house.chats, "Hello")
        await house.chats.end(mine.conversation, mine.token)
        with pytest.raises(Over):
            await house.chats.say(mine.conversation, mine.token, "m9", "Still here")
        [ticket] = await house.tickets()
        assert Flag.LEFT in ticket.flags
        with pytest.raises(Refused, match="has left"):
            await house.desk.reply(BEA, ticket.id, ticket.version, "Good morning.")


async def test_a_reply_that_the_visitor_never_had_comes_back_to_staff() -> None:
    """The visitor ends the chat before the reply reaches their page: the answer is void, and staff see why."""
    async with chat_house() as house:
        await house.on_duty()
        mine = await begun(house.chats, "Hello")
        await house.replies("Good morning.")
        await house.chats.end(mine.conversation, mine.token)
        delivery, trouble = await last_delivery(house)
        assert delivery is Delivery.FAILED
        assert "left" in trouble
        [ticket] = await house.tickets()
        assert ticket.unanswered is not None


async def test_a_reply_to_a_chat_that_has_ended_is_undeliverable() -> None:
    """Whatever still waits in the outbox when the visitor leaves is never sent."""
    async with chat_house() as house:
        mine = await begun(house.chats, "Hello")
        await house.chats.end(mine.conversation, mine.token)
        with pytest.raises(Undeliverable, match="left"):
            await house.chats.deliver(mine.conversation, OutboxId("x"))


async def test_a_visitor_gone_for_too_long_has_left() -> None:
    """After fifteen minutes without a page and without a word the chat is over."""
    async with chat_house() as house:
        mine = await begun(house.chats, "Hello")
        house.clock.passes(minutes=14)
        assert await house.chats.sweep(house.clock.now()) == 0
        house.clock.passes(minutes=1)
        assert await house.chats.sweep(house.clock.now()) == 1
        [ticket] = await house.tickets()
        assert Flag.LEFT in ticket.flags
        with pytest.raises(Over):
            await house.chats.history(mine.conversation, mine.token)


async def test_a_fresh_reply_gives_the_visitor_time_to_come_back() -> None:
    """A reply written a moment ago is not thrown after a visitor who may be on the train."""
    async with chat_house() as house:
        await house.on_duty()
        await begun(house.chats, "Hello")
        house.clock.passes(minutes=14)
        await house.replies("Good morning.")
        house.clock.passes(minutes=2)
        assert await house.chats.sweep(house.clock.now()) == 0


async def test_a_visitor_with_an_open_page_may_wait_for_hours() -> None:
    """Waiting is not leaving; the time of absence counts from the moment the page goes."""
    async with chat_house() as house:
        mine = await begun(house.chats, "Hello")
        async with house.chats.present(mine.conversation):
            house.clock.passes(hours=3)
            assert await house.chats.sweep(house.clock.now()) == 0
        house.clock.passes(minutes=14)
        assert await house.chats.sweep(house.clock.now()) == 0
        house.clock.passes(minutes=1)
        assert await house.chats.sweep(house.clock.now()) == 1


async def test_a_chat_without_a_word_leaves_nothing() -> None:
    """Opened and abandoned: no ticket, and after the sweep no row."""
    async with chat_house() as house:
        await house.chats.open(LINE)
        house.clock.passes(minutes=16)
        assert await house.chats.sweep(house.clock.now()) == 1
        assert await house.tickets() == []
        assert await house.chats.sweep(house.clock.now()) == 0


async def test_the_chat_is_open_while_a_member_gives_signs_of_life() -> None:
    """Closed by the calendar; nobody without a member; open with one, until three minutes after their last sign."""
    async with chat_house() as house:
        house.hours["open"] = False
        assert await house.chats.availability(LINE) is Availability.CLOSED
        house.hours["open"] = True
        assert await house.chats.availability(LINE) is Availability.NOBODY
        await house.on_duty()
        assert await house.chats.availability(LINE) is Availability.OPEN
        house.clock.passes(minutes=3)
        assert await house.chats.availability(LINE) is Availability.NOBODY


async def test_a_line_that_is_no_chat_has_none() -> None:
    """A mail line and an unknown one are refused."""
    async with chat_house() as house:
        for line in ("desk", "nowhere"):
            with pytest.raises(NotFound):
                await house.chats.open(LineId(line))


@pytest.mark.parametrize("text", ["", "  \n", "\x00\x07", "x" * 4001])
async def test_what_can_not_be_a_message_is_refused(text: str) -> None:
    """Empty or too long: nothing is stored, and the words say what to do."""
    async with chat_house() as house:
        mine = await begun(house.chats)
        with pytest.raises(Refused, match=r"Write something|in parts"):
            await house.chats.say(mine.conversation, mine.token, "m0", text)
        assert await house.tickets() == []


async def test_half_characters_and_control_characters_do_no_harm() -> None:
    """A lone surrogate, a bell and an escape sequence are taken out or replaced; the rest is kept as it is."""
    async with chat_house() as house:
        mine = await begun(house.chats, "caf\u00e9 \ud83d \x1b[31m<b>&amp;</b>\x07\r\nbye")
        [said] = await house.chats.history(mine.conversation, mine.token)
        assert said.text == "caf\u00e9 ? [31m<b>&amp;</b>\nbye"


async def test_a_question_from_the_form_becomes_a_mail_ticket_once() -> None:
    """It can be answered by mail, and sent twice under one id it is one ticket."""
    async with chat_house() as house:
        await house.on_duty()
        question = Question(client_id="q1", name="Ana", address="Ana@Example.org", text="When do you open?")
        await house.chats.ask(question)
        await house.chats.ask(question)
        [ticket] = await house.tickets()
        assert (ticket.channel, ticket.line, ticket.name) == (Channel.MAIL, "desk", "Ana")
        await house.desk.reply(BEA, ticket.id, ticket.version, "At nine.")


async def test_without_a_mail_line_no_question_can_be_left() -> None:
    """The refusal says which other way there is."""
    async with chat_house(settings_for(form_line="")) as house:
        assert not house.chats.takes_questions
        with pytest.raises(Refused, match="by e-mail"):
            await house.chats.ask(Question(client_id="q1", name="", address="a@example.org", text="When?"))


async def test_signals_reach_only_who_listens_and_are_kept_once_each() -> None:
    """A listener that looks late hears each kind once; nothing stays behind when it goes."""
    broadcast = Broadcast()
    mine, other = ConversationId("mine"), ConversationId("other")
    with broadcast.listening(mine) as listener:
        for _ in range(1000):
            broadcast.tell(mine, Signal.MESSAGE)
        broadcast.tell(mine, Signal.STAFF_TYPING)
        broadcast.tell(other, Signal.OVER)
        assert await listener.next() == {Signal.MESSAGE, Signal.STAFF_TYPING}
    assert broadcast.conversations() == ()


async def test_a_sweep_right_after_a_start_waits_for_visitors_to_come_back(tmp_path: Path) -> None:
    """A restarted server knows no open page yet: it ends no chat before everybody had the time to return."""
    clock = ManualClock()
    async with chat_house(path=tmp_path / "desk.sqlite", clock=clock) as house:
        await begun(house.chats, "Hello")
    clock.passes(minutes=60)
    async with chat_house(path=tmp_path / "desk.sqlite", clock=clock) as house:
        assert await house.chats.sweep(clock.now()) == 0
        clock.passes(minutes=15)
        assert await house.chats.sweep(clock.now()) == 1


async def pass_on(house: House, after: Seq, last: Kind) -> None:
    """Let the pages hear what happened after ``after``, up to a fact of the kind ``last``: what every server does."""
    async with aclosing(cast("AsyncGenerator[Told]", house.desk.changes(after))) as changes:
        async for told in changes:
            house.chats.heard(told)
            if told.kind is last:
                return


async def test_what_another_server_wrote_wakes_the_page_here() -> None:
    """Its sender knows no page of ours: the log tells that there is something to read, or that the chat is over."""
    async with chat_house() as house:
        await house.on_duty()
        mine = await begun(house.chats, "Hello")
        [ticket] = await house.tickets()
        async with house.chats.present(mine.conversation) as listener:
            before = (await house.desk.hello()).seq
            await house.desk.reply(BEA, ticket.id, ticket.version, "Good morning.")
            await pass_on(house, before, Kind.REPLIED)
            assert Signal.MESSAGE in await listener.next()
            assert [each.text for each in await house.chats.history(mine.conversation, mine.token, 1)] == [
                "Good morning."
            ]
            before = (await house.desk.hello()).seq
            await house.chats.end(mine.conversation, mine.token)
            await listener.next()  # what was told here
            await pass_on(house, before, Kind.LEFT)
            assert Signal.OVER in await listener.next()


async def test_presence_of_staff_is_told_to_the_open_page() -> None:
    """Claiming a ticket tells the visitor's page that somebody is here; typing passes by."""
    async with chat_house() as house:
        await house.on_duty()
        mine = await begun(house.chats, "Hello")
        [ticket] = await house.tickets()
        async with house.chats.present(mine.conversation) as listener:
            before = (await house.desk.hello()).seq
            await house.desk.claim(BEA, ticket.id)
            await pass_on(house, before, Kind.CLAIMED)
            await house.desk.typing(BEA, ticket.id)
            assert await listener.next() == {Signal.DOORS, Signal.STAFF_HERE, Signal.STAFF_TYPING}
        assert (await house.chats.standing(mine.conversation, mine.token)).staff_here
        assert [row.id for row in (await house.desk.worklist(BEA, View.MINE)).rows] == [ticket.id]
