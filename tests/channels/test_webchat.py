"""Web chat over the wire: real sockets on loopback, a real store behind them."""

from __future__ import annotations

import asyncio
import contextlib
from contextlib import AsyncExitStack
from dataclasses import dataclass
from typing import Any

import httpx
import pytest
from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.typing import Origin

from channels.webchat import ChatSender
from channels.webchat.frames import BadFrame, read
from helpdesk.errors import TryLater
from helpdesk.message import Channel, Inbound, LineId, Outbound, OutboxId, Receipt
from helpdesk.ports import Door
from helpdesk.ticket import Flag
from tests.channels.chat_house import BEA, served_house, visitor


async def test_a_chat_from_hello_to_goodbye() -> None:
    """The visitor asks, a member answers, the page says that it has it, the visitor leaves."""
    async with served_house() as house, visitor(house) as ana:
        await house.on_duty()
        welcome = await ana.begins()
        assert (welcome["seq"], welcome["availability"], welcome["staff"]) == (0, "open", False)
        assert await ana.says("Do you have <b>Middlemarch</b>?", "a1") == 1
        await house.replies("Yes, on level 2.")
        assert (await ana.hears("message"))["id"] == "a1"
        answer = await ana.hears("message")
        assert (answer["seq"], answer["author"], answer["text"]) == (2, "Library staff", "Yes, on level 2.")
        await ana.sends("seen", seq=2)
        await ana.sends("end")
        await ana.hears("closed")
        assert await ana.closed() == 1000
        [ticket] = await house.tickets()
        assert ticket.flags == {Flag.LEFT}
        assert [entry.delivery for entry in (await house.desk.thread(BEA, ticket.id)).entries] == [None, "delivered"]


async def test_after_a_lost_connection_nothing_is_lost_or_doubled() -> None:
    """An acknowledgement is lost, a reply comes meanwhile; after resuming each message is there once."""
    async with served_house() as house:
        await house.on_duty()
        async with visitor(house) as ana:
            await ana.begins()
            await ana.says("One", "a1")
            await ana.sends("say", id="a2", text="Two")
            await ana.reads(1)
            ana.socket.transport.abort()
        async with visitor(house) as back:
            await back.resumes(ana, after=1)
            assert await back.says("Two", "a2") == 2
            await house.replies("Three")
            await back.sends("typing")
        async with visitor(house) as again:
            welcome = await again.resumes(ana)
            assert welcome["seq"] == 3
            assert "token" not in welcome
            assert await again.reads(3) == [(1, "One"), (2, "Two"), (3, "Three")]


async def test_a_long_conversation_is_resumed_whole() -> None:
    """More messages than one read brings come one after the other, in order."""
    async with served_house(messages_per_minute=1000) as house:
        async with visitor(house) as ana:
            await ana.begins()
            for n in range(205):
                await ana.sends("say", id=f"a{n}", text=f"Message {n}")
            while (await ana.hears("ack"))["seq"] < 205:
                pass
        async with visitor(house) as back:
            await back.resumes(ana, after=3)
            assert await back.reads(202) == [(n + 1, f"Message {n}") for n in range(3, 205)]


async def test_two_tabs_of_one_visitor_read_the_same() -> None:
    """What is said in one tab appears in the other, and ending one ends both."""
    async with served_house() as house, visitor(house) as one, visitor(house) as two:
        await one.begins()
        await two.resumes(one)
        await one.says("Hello", "a1")
        assert await two.reads(1) == [(1, "Hello")]
        await one.sends("end")
        assert "ended" in (await two.hears("closed"))["text"]
        assert await two.closed() == 1000


async def test_an_ended_chat_can_not_be_resumed() -> None:
    """The token is dead; the words say that a new chat can be started."""
    async with served_house() as house:
        async with visitor(house) as ana:
            await ana.begins()
            await ana.says("Hello", "a1")
            await ana.sends("end")
            await ana.hears("closed")
        async with visitor(house) as back:
            await back.sends("resume", conversation=ana.conversation, token=ana.token, after=0)
            assert "start a new one" in (await back.hears("closed"))["text"]


async def test_staff_are_heard_typing() -> None:
    """A key pressed at the desk shows on the visitor's page; nothing of it is stored."""
    async with served_house() as house, visitor(house) as ana:
        await house.on_duty()
        await ana.begins()
        await ana.says("Hello", "a1")
        [ticket] = await house.tickets()
        await house.desk.typing(BEA, ticket.id)
        await ana.hears("staff_typing")
        assert await house.tickets() == [ticket]


@pytest.mark.parametrize("origin", [None, "null", "https://elsewhere.example", "http://127.0.0.1:1"])
async def test_another_sites_page_is_turned_away(origin: str | None) -> None:
    """No Origin, an opaque one or a stranger's: 403 before the socket opens, and for the form."""
    async with served_house() as house, httpx.AsyncClient(base_url=house.url) as client:
        headers = {} if origin is None else {"origin": origin}
        answer = await client.post("/chat/form", json={}, headers=headers)
        assert answer.status_code == 403
        with pytest.raises(InvalidStatus) as refused:
            await connect(f"ws{house.url[4:]}/chat/ws", origin=None if origin is None else Origin(origin))
        assert refused.value.response.status_code == 403


async def test_a_site_in_the_settings_may_use_the_chat() -> None:
    """The library's own web site may hold the chat."""
    site = "https://library.example"
    async with served_house(origins=(site,)) as house, visitor(house, origin=site) as ana:
        await ana.begins()


async def test_a_frame_of_a_megabyte_closes_its_socket_cleanly() -> None:
    """1009, and the conversation goes on from another socket."""
    async with served_house() as house:
        async with visitor(house) as ana:
            await ana.begins()
            await ana.says("Hello", "a1")
            with contextlib.suppress(ConnectionClosed):
                await ana.sends("say", id="a2", text="x" * 1_000_000)
            assert await ana.closed() == 1009
        async with visitor(house) as back:
            await back.resumes(ana)
            assert await back.says("Still here", "a3") == 2


BROKEN = [
    b"\x00\x01\xff",
    "",
    "hello",
    "[1, 2]",
    "null",
    "{" * 20_000,
    "[" * 60_000,
    '{"type": 7}',
    '{"type": "shout"}',
    '{"type": "say", "id": "a b", "text": "x"}',
    '{"type": "say", "id": "a1", "text": 5}',
    '{"type": "say", "id": "a1"}',
    '{"type": "seen", "seq": "9"}',
    '{"type": "seen", "seq": -1}',
    '{"type": "seen", "seq": true}',
    '{"type": "seen", "seq": 1e9}',
    '{"type": "resume", "conversation": "x", "token": [], "after": 0}',
    '{"type": "resume", "conversation": "\\ud800", "token": "t", "after": 0}',
    '{"type": "hello", "line": {"a": 1}}',
]


@pytest.mark.parametrize("frame", BROKEN[::5], ids=lambda each: repr(each[:30]))
async def test_a_broken_frame_is_answered_and_the_third_ends_the_visit(frame: str | bytes) -> None:
    """Each is answered in words; what the visitor said before stays."""
    async with served_house() as house, visitor(house) as ana:
        await ana.begins()
        await ana.says("Hello", "a1")
        for _ in range(3):
            await ana.socket.send(frame)
            assert (await ana.hears("error"))["text"]
        assert await ana.closed() == 1008
        assert len(await house.tickets()) == 1


@pytest.mark.parametrize("frame", BROKEN, ids=lambda each: repr(each[:30]))
def test_every_broken_frame_is_told_what_to_send(frame: str | bytes) -> None:
    """The reader raises in words, never anything else."""
    with pytest.raises(BadFrame, match=r"is|Send"):
        read(frame if isinstance(frame, str) else None)


async def test_who_does_not_say_hello_is_shown_out() -> None:
    """A socket that stays silent, or speaks before its hello, closes by itself."""
    async with served_house(hello_seconds=0.5) as house, visitor(house) as silent, visitor(house) as rude:
        await rude.sends("say", id="a1", text="Hello")
        assert "hello" in (await rude.hears("error"))["text"]
        assert await silent.closed() == 1008
        assert await rude.closed() == 1008


@pytest.mark.full
async def test_two_hundred_sockets_opened_and_abandoned_leave_nothing() -> None:
    """Half never say hello, half vanish in the middle of a chat: every one is cleaned up, and the next is served."""
    async with served_house(hello_seconds=3.0, starts_per_minute=1000) as house:
        async with AsyncExitStack() as stack:
            silent = [await stack.enter_async_context(visitor(house)) for _ in range(100)]
            for _ in range(100):
                chatting = await stack.enter_async_context(visitor(house))
                await chatting.begins()
                stack.callback(chatting.socket.transport.abort)
            assert len(house.chats.broadcast.conversations()) == 100
            for each in silent:
                assert await each.closed() == 1008
        async with visitor(house) as ana, asyncio.timeout(30):
            await ana.begins()
            while len(house.chats.broadcast.conversations()) > 1:
                house.clock.passes(minutes=1)
                await ana.says("Am I alone?", "a1")


async def test_who_writes_too_fast_is_asked_to_wait_and_loses_nothing() -> None:
    """The limit is the visitor's own: another one behind the same address goes on writing."""
    async with served_house(messages_per_minute=3) as house, visitor(house) as ana, visitor(house) as ben:
        await ana.begins()
        await ben.begins("Ben")
        for n in range(3):
            await ana.says(f"Message {n}", f"a{n}")
        await ana.sends("say", id="a3", text="Message 3")
        error = await ana.hears("error")
        assert error["id"] == "a3"
        assert error["retry_after"] == 20
        assert await ben.says("Hello", "b1") == 1
        house.clock.passes(seconds=20)
        assert await ana.says("Message 3", "a3") == 4


async def test_chats_started_from_one_address_are_limited() -> None:
    """The third start in a minute waits; a chat that runs is not touched by it, nor is one on its way back."""
    async with served_house(starts_per_minute=2) as house, visitor(house) as ana, visitor(house) as ben:
        await ana.begins()
        await ben.begins()
        async with visitor(house) as third:
            await third.sends("hello", line="chat", name="")
            assert (await third.hears("error"))["retry_after"] == 30
            assert await third.closed() == 1013
        assert await ana.says("Hello", "a1") == 1
        async with visitor(house) as back:
            await back.resumes(ben)
        house.clock.passes(seconds=30)
        async with visitor(house) as third:
            await third.begins()


async def test_a_chat_on_an_unknown_line_is_refused() -> None:
    """In words, and the socket closes for good."""
    async with served_house() as house, visitor(house) as ana:
        await ana.sends("hello", line="desk", name="")
        assert "no chat" in (await ana.hears("error"))["text"]
        assert await ana.closed() == 1008


async def test_out_of_hours_the_form_is_offered_at_once() -> None:
    """And what the visitor says is stored all the same."""
    async with served_house() as house, visitor(house) as ana:
        house.hours["open"] = False
        assert (await ana.begins())["availability"] == "closed"
        assert (await ana.hears("offer"))["reason"] == "closed"
        assert await ana.says("Hello?", "a1") == 1


async def test_closed_by_hand_the_page_says_until_when() -> None:
    """At once on the pages that are open, and to who comes; opened again it says so, too."""
    async with served_house() as house, visitor(house) as ana:
        await house.on_duty()
        assert (await ana.begins())["until"] == ""
        closing = await house.closes()
        told = await ana.hears("doors")
        assert told["availability"] == "closed"
        assert told["until"]
        assert (await ana.hears("offer"))["reason"] == "closed"
        async with visitor(house) as late:
            assert (await late.begins())["until"] == told["until"]
        await house.opens(closing)
        assert (await ana.hears("doors"))["availability"] == "open"


async def test_when_all_are_busy_the_page_says_so_and_whose_turn_it_is() -> None:
    """It is not closed: who waits has a place, and is next when somebody has room."""
    async with served_house() as house, visitor(house) as ana, visitor(house) as omar:
        await house.on_duty()
        await house.desk.duty.take_at_once(BEA, 1)
        await ana.begins()
        await ana.says("Hello", "a1")
        await house.replies("Good morning.")
        assert (await omar.begins())["availability"] == "busy"
        await omar.says("Hello?", "o1")
        house.moves()
        assert (await omar.hears("doors"))["place"] == 1


async def test_with_nobody_there_the_form_is_offered_after_the_waiting_time() -> None:
    """Thirty seconds, not before."""
    async with served_house() as house, visitor(house) as ana:
        assert (await ana.begins())["availability"] == "nobody"
        await ana.says("Hello?", "a1")
        house.clock.passes(seconds=29)
        assert await ana.says("Anybody?", "a2") == 2
        house.clock.passes(seconds=1)
        assert (await ana.hears("offer"))["reason"] == "nobody"


async def test_who_has_been_answered_is_not_sent_to_the_form() -> None:
    """The member who answered closes their desk; the visitor is not sent away for it."""
    async with served_house() as house, visitor(house) as ana:
        await house.on_duty()
        await ana.begins()
        await ana.says("Hello", "a1")
        await house.replies("Good morning.")
        await house.desk.set_presence(BEA, Channel.CHAT, False)
        house.clock.passes(seconds=60)
        await ana.says("Thanks", "a2")
        await ana.reads(3)
        assert not ana.has_heard("offer")
        assert house.clock.next_wake is None


@dataclass
class Shut:
    """A door whose store takes nothing while ``shut``."""

    door: Door
    shut: bool = True

    async def receive(self, inbound: Inbound) -> Receipt:
        """TryLater while shut."""
        if self.shut:
            raise TryLater("The store is full.", retry_after=2)
        return await self.door.receive(inbound)

    def __getattr__(self, name: str) -> Any:
        return getattr(self.door, name)


async def test_what_the_store_can_not_take_is_not_acknowledged() -> None:
    """The page is told to send it again, under the same id; then it is stored once."""
    doors: list[Shut] = []

    def shut(door: Door) -> Door:
        doors.append(Shut(door))
        return doors[0]

    async with served_house(door=shut) as house, visitor(house) as ana:
        await ana.begins()
        await ana.sends("say", id="a1", text="Hello")
        error = await ana.hears("error")
        assert (error["id"], error["retry_after"]) == ("a1", 2)
        doors[0].shut = False
        assert await ana.says("Hello", "a1") == 1


async def test_the_sender_answers_from_the_store() -> None:
    """Sending again is harmless, and what was sent is found by its number."""
    async with served_house() as house, visitor(house) as ana:
        await house.on_duty()
        await ana.begins()
        await ana.says("Hello", "a1")
        after = await house.replies("Good morning.")
        outbox = next(
            OutboxId(str(moment.data["outbox"]))
            for moment in (await house.desk.thread(BEA, after.id)).history
            if moment.kind == "replied"
        )
        assert after.conversation is not None
        message = Outbound(
            id=outbox,
            channel=Channel.CHAT,
            line=LineId("chat"),
            to=after.conversation,
            text="Good morning.",
            created=house.clock.now(),
        )
        sender = ChatSender(house.chats)
        assert (await sender.send(message)).provider_id == "2"
        assert [sent.provider_id for sent in await sender.find(message)] == ["2"]
        assert await ana.reads(2) == [(1, "Hello"), (2, "Good morning.")]


async def test_no_frame_of_a_visitor_reaches_another() -> None:
    """Two visitors on one line read their own conversation only."""
    async with served_house() as house, visitor(house) as ana, visitor(house) as ben:
        await ana.begins("Ana")
        await ben.begins("Ben")
        await ana.says("From Ana", "x1")
        assert await ben.says("From Ben", "x1") == 1
        async with visitor(house) as back:
            await back.resumes(ben)
            assert await back.reads(1) == [(1, "From Ben")]
