"""One's own open chats: the strip below the thread, and going from one to the next."""

from __future__ import annotations

from helpdesk.message import ConversationId, TicketId
from helpdesk.sight import OwnChat
from helpdesk.store.verbs import chats
from tests.tui.house import ANA, House
from tests.tui.seat import seat
from tui.own_chats import chats_line, next_chat


def chat(number: int, fresh: int = 0, *, writing: bool = False, left: bool = False, name: str = "Mina") -> OwnChat:
    """One chat."""
    return OwnChat(ticket=TicketId(f"T{number}"), number=number, name=name, fresh=fresh, writing=writing, left=left)


def test_the_strip_says_what_is_new_and_who_writes() -> None:
    """What is new comes first; a chat that is read alone needs no strip."""
    here = TicketId("T12")
    assert chats_line([chat(12, 1)], here, 80) == []
    [line] = chats_line([chat(12), chat(14, 2, name="Omar"), chat(15, writing=True, name="Jo")], here, 80)
    assert "".join(text for text, _ in line) == " Chats  14 Omar: 2 new  12 Mina (here)  15 Jo, writes … "
    [short] = chats_line([chat(12), chat(14, 2)], here, 24)
    assert sum(len(text) for text, _ in short) <= 25


def test_whoever_left_stands_last_and_is_said_to_have_left() -> None:
    """In words, not by colour alone; F12 goes there when nobody else is there."""
    here = TicketId("T15")
    gone, there = chat(12, 1, left=True), chat(15)
    [line] = chats_line([gone, there], here, 80)
    assert "".join(text for text, _ in line) == " Chats  15 Mina (here)  12 Mina: 1 new, left "
    assert next_chat([gone, there, chat(16)], here) == chat(16)
    assert next_chat([gone, there], here) == gone


def test_the_next_chat_is_one_with_something_new() -> None:
    """Else the next in turn; none where there is no other."""
    chats = [chat(12), chat(14), chat(15, 1)]
    assert next_chat(chats, TicketId("T12")) == chats[2]
    assert next_chat(chats[:2], TicketId("T14")) == chats[0]
    assert next_chat(chats[:1], TicketId("T12")) is None
    assert next_chat([], None) is None


async def test_from_one_chat_to_the_next(library: House) -> None:
    """By one key; the other one stands below the thread."""
    one = await library.chats("Hello?", who="visitor-1", name="Mina")
    two = await library.chats("Anybody?", who="visitor-2", name="Omar")
    for ticket in (one, two):
        await library.desk.claim(ANA, ticket)
    async with seat(library) as desk:
        sitting = desk.worklist.sitting
        desk.app._read_chats(sitting)
        await desk.until(lambda: len(sitting.chats) == 2)
        await desk.press("f12")
        await desk.sees("Chats", "2 Omar: 1 new")
        await desk.press("f12")
        await desk.sees("1 Mina: 1 new")


async def test_a_visitor_who_left_is_said_to_have_and_what_comes_later_follows_on(library: House) -> None:
    """The old one stands in the strip as left; a message that was on its way as the chat ended names it."""
    one = await library.chats("Hello?", who="visitor-1", name="Mina")
    await library.desk.claim(ANA, one)
    rules = library.desk._published()  # type: ignore[attr-defined]
    await library.store.write(chats.finish, ConversationId("visitor-1"), library.clock.now(), rules)
    async with seat(library) as desk:
        sitting = desk.worklist.sitting
        desk.app._read_chats(sitting)
        await desk.until(lambda: [each.left for each in sitting.chats] == [True])
        other = await library.chats("Anybody?", who="visitor-2", name="Omar")
        desk.worklist.open_ticket(other)
        await desk.sees("Anybody?", "1 Mina: 1 new, left")
        two = await library.chats("One more thing.", who="visitor-1", name="Mina")
        desk.ticket.open_ticket(two)
        await desk.sees("One more thing.", "Follows on from 1.")
