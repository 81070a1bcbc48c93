"""One contract for who is on and how many chats each has, from the owner's process and attached to it."""

from __future__ import annotations

import inspect
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from helpdesk.errors import Refused
from helpdesk.message import Address, Channel, ConversationId, Inbound, LineId, TicketId
from helpdesk.ports import Desk, Duty
from helpdesk.store.verbs import chats, rulebook
from tests.contracts.desk import ANA, BEN, SIDES, Library, library

pytestmark = pytest.mark.usefixtures("engine")


@pytest.fixture
async def marsh() -> AsyncIterator[Library]:
    """The library whose staff are on."""
    async with library() as opened:
        yield opened


@pytest.fixture(params=SIDES)
async def desk(request: pytest.FixtureRequest, marsh: Library, tmp_path: Path) -> AsyncIterator[Desk]:
    """Its desk, from each side."""
    async with marsh.side(request.param, tmp_path) as side:
        yield side


def test_every_call_is_under_contract() -> None:
    """A method added to the protocol needs a test below."""
    source = Path(__file__).read_text("utf-8")
    for name, method in vars(Duty).items():
        if inspect.isfunction(method) and not name.startswith("_"):
            assert f"duty.{name}(" in source, name


async def _visitor(marsh: Library, name: str) -> TicketId:
    """Somebody begins a chat."""
    marsh.clock.passes(seconds=1)
    chat = ConversationId(name)
    await marsh.store.write(chats.begin, chat, LineId("chat"), name, name.encode(), marsh.clock.now())
    receipt = await marsh.intake.receive(
        Inbound(
            channel=Channel.CHAT,
            line=LineId("chat"),
            external_id=f"{name}:1",
            digest=name,
            sender=Address(channel=Channel.CHAT, value=name, name=name),
            text="Hello?",
            conversation=chat,
        )
    )
    assert receipt.ticket is not None
    return receipt.ticket


async def test_who_is_on_with_what(desk: Desk, marsh: Library) -> None:
    """By name, with the channels they take; who gave no sign of life for three minutes is not there."""
    await desk.set_presence(BEN, Channel.MAIL, True)
    await desk.set_presence(ANA, Channel.CHAT, True)
    await desk.set_presence(ANA, Channel.SMS, False)
    await _visitor(marsh, "mina")
    await desk.take_next(ANA)
    ana, ben = await desk.duty.now(ANA)
    assert (ana.name, ana.channels, ana.chats, ana.most, ana.room) == ("Ana", (Channel.CHAT,), 1, 3, True)
    assert (ben.staff, ben.channels, ben.chats) == (BEN, (Channel.MAIL,), 0)
    marsh.clock.passes(minutes=3)
    await desk.set_presence(BEN, Channel.MAIL, True)
    assert [each.staff for each in await desk.duty.now(ANA)] == [BEN]


async def test_who_is_full_gets_no_further_chat(desk: Desk, marsh: Library) -> None:
    """But other work, and what they have already; it is said where nothing else waits."""
    await desk.set_presence(ANA, Channel.CHAT, True)
    assert await desk.duty.take_at_once(ANA, 1) == 1
    mine = await _visitor(marsh, "mina")
    taken = await desk.take_next(ANA)
    assert taken is not None
    assert taken.id == mine
    await desk.reply(ANA, mine, taken.version, "Good morning.")
    await _visitor(marsh, "omar")
    with pytest.raises(Refused, match="as many chats as you take"):
        await desk.take_next(ANA)
    mail = await marsh.mail()
    other = await desk.take_next(ANA)
    assert other is not None
    assert other.id == mail
    assert (await desk.take_next(BEN)) is not None


async def test_how_many_is_each_members_own(desk: Desk, marsh: Library) -> None:
    """For now: 0 is as many as everybody; an impossible number is refused."""
    await desk.set_presence(ANA, Channel.CHAT, True)
    assert await desk.duty.take_at_once(ANA, 5) == 5
    [ana] = await desk.duty.now(BEN)
    assert ana.most == 5
    assert await desk.duty.take_at_once(ANA, 0) == 3
    with pytest.raises(Refused, match="1 to 12"):
        await desk.duty.take_at_once(ANA, 13)


async def test_a_chat_that_is_over_takes_no_room(desk: Desk, marsh: Library) -> None:
    """Its visitor left, or it was solved, or given away."""
    await desk.set_presence(ANA, Channel.CHAT, True)
    mine = await _visitor(marsh, "mina")
    taken = await desk.take_next(ANA)
    assert taken is not None
    await desk.assign(ANA, mine, taken.version, BEN)
    assert [each.chats for each in await desk.duty.now(ANA)] == [0]


async def test_ones_own_chats(desk: Desk, marsh: Library) -> None:
    """With what is new since one wrote last; a colleague's are not among them."""
    mine = await _visitor(marsh, "mina")
    taken = await desk.take_next(ANA)
    assert taken is not None
    [chat] = await desk.duty.chats(ANA)
    assert (chat.ticket, chat.number, chat.fresh, chat.writing) == (mine, taken.number, 1, False)
    await desk.reply(ANA, mine, taken.version, "Good morning.")
    assert [each.fresh for each in await desk.duty.chats(ANA)] == [0]
    assert await desk.duty.chats(BEN) == ()


async def test_a_chat_whose_visitor_left_is_ones_own_until_it_is_dealt_with(desk: Desk, marsh: Library) -> None:
    """It takes no room any more, but somebody must see to it."""
    mine = await _visitor(marsh, "mina")
    taken = await desk.take_next(ANA)
    assert taken is not None
    rules = await marsh.store.read(rulebook.published)
    await marsh.store.write(chats.finish, ConversationId("mina"), marsh.clock.now(), rules)
    [chat] = await desk.duty.chats(ANA)
    assert (chat.ticket, chat.fresh, chat.left) == (mine, 1, True)
    thread = await desk.thread(ANA, mine)
    await desk.solve(ANA, mine, thread.ticket.version)
    assert await desk.duty.chats(ANA) == ()
