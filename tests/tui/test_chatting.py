"""Chats at the desk: begun with an opener, told to wait, handed over, gone on with by e-mail."""

from __future__ import annotations

import pytest

from helpdesk.macros import Macro
from helpdesk.message import Channel, ConversationId, TicketId
from helpdesk.sight import OnDuty
from helpdesk.store.verbs import chats
from helpdesk.thread import EntryKind
from helpdesk.ticket import Flag
from tests.tui.doing import ticket
from tests.tui.house import ANA, BEN, House
from tests.tui.seat import seat
from tui.alerts import Bell
from tui.chatting import greets, openers, why_not_ready

HELLO = Macro(name="Hello", text="Hello, {my_first_name} here.", opener=True)


async def _said(library: House, of: TicketId, kind: EntryKind = EntryKind.AUTO) -> list[str]:
    thread = await library.desk.thread(ANA, of)
    return [entry.text for entry in thread.entries if entry.kind is kind]


def test_openers_are_offered_by_their_key() -> None:
    """One by its name; none where there is none, or no key for it."""
    assert openers([HELLO, Macro(name="Aside", text="x")]) == (HELLO,)
    assert greets("H", [HELLO]) == "H begins with Hello."
    assert greets("H", [HELLO, HELLO]) == "H begins with an opener."
    assert greets("H", []) == greets("", [HELLO]) == ""


@pytest.mark.parametrize(
    ("channels", "has", "words"),
    [
        ((Channel.CHAT,), 2, ""),
        ((Channel.CHAT,), 3, "Ben has 3 of 3 chats."),
        ((Channel.MAIL,), 0, "Ben takes no chats just now."),
        (None, 0, "Ben is not at the desk."),
    ],
)
def test_whether_a_colleague_has_room_for_a_chat(
    library: House, channels: tuple[Channel, ...] | None, has: int, words: str
) -> None:
    """In words why not."""
    now = library.clock.now()
    on = [] if channels is None else [OnDuty(staff=BEN, name="Ben", channels=channels, chats=has, most=3, seen=now)]
    assert why_not_ready(BEN, "Ben", on) == words


async def test_a_chat_that_is_taken_is_begun_with_one_key(library: House) -> None:
    """The key is named; the opener stands in the composer, filled in, and goes as one sends it."""
    await library.desk.macros.share(ANA, HELLO.name, HELLO.text, opener=True)
    chat = await library.chats("Hello?")
    async with seat(library) as desk:
        await desk.press("t")
        await desk.told("H begins with Hello.")
        await desk.press("H")
        await desk.sees("Hello, Ana here.")
        await desk.press("ctrl+s")
        await desk.until(lambda: desk.ticket._draft is None)
    assert await _said(library, chat, EntryKind.OUT) == ["Hello, Ana here."]


async def test_with_several_openers_one_is_chosen(library: House) -> None:
    """Only openers are offered; a name behind the command is enough."""
    for name in ("Hello", "Good evening"):
        await library.desk.macros.save(ANA, name, f"{name}.", opener=True)
    await library.desk.macros.save(ANA, "Aside", "Not this.")
    await library.chats("Hello?")
    async with seat(library) as desk:
        await desk.press("enter", "H")
        await desk.sees("Which opener?", "Good evening", "Hello")
        assert "Aside" not in desk.screen
        await desk.press("escape")
        await desk.press("colon", *"hello good", "enter")
        await desk.sees("Good evening.")


async def test_what_is_no_chat_has_no_moment(library: House) -> None:
    """The key says why."""
    await library.mails("Renewal", "Can I renew?")
    async with seat(library) as desk:
        await desk.press("K")
        await desk.told("is no chat")


async def test_with_you_in_a_moment_to_one_and_to_all(library: House) -> None:
    """By a key; said again it tells those who were not told yet."""
    one, two = await library.chats("Hello?", who="v1", name="Mina"), await library.chats("Hi?", who="v2", name="Omar")
    for each in (one, two):
        await library.desk.claim(ANA, each)
    async with seat(library) as desk:
        await desk.press("enter", "K")
        await desk.told("1 visitor told")
        await desk.sees("With you in a moment.")
        await desk.press("K")
        await desk.told("told so already")
        await desk.press("colon", *"moment_all", "enter")
        await desk.sees("Tell all visitors of yours who wait", "can't be taken back")
        await desk.press("down", "enter")
        await desk.until(lambda: desk.app.screen is desk.ticket)
        await desk.press("escape", "j", "enter")
        await desk.sees("Omar  chat", "With you in a moment.")
    assert [await _said(library, each) for each in (one, two)] == [["With you in a moment."]] * 2
    assert (await ticket(library, one)).unanswered is not None


async def test_on_by_mail_to_the_address_that_they_gave(library: House) -> None:
    """It stands there already; the composer says that it goes by mail, and z takes reply and turn back."""
    library.waits()
    chat = await library.chats("Please write to mina@example.org, I must go.", name="Mina")
    async with seat(library) as desk:
        await desk.press("enter")
        await desk.press("colon", *"by_mail", "enter")
        await desk.sees("by e-mail, to", "mina@example.org")
        await desk.press("enter")
        await desk.sees("Only what I write", "With what was said")
        await desk.press("enter")
        await desk.sees("Reply to Mina by mail")
        await desk.press(*"On level 2.", "ctrl+s")
        await desk.told("your answer goes in")
        await desk.press("z")
        await desk.sees("Reply to Mina by mail", "On level 2.")
        await desk.press("escape", "z")
        await desk.told("Taken back: ticket 1 goes on by mail to mina@example.org.")
    assert (await ticket(library, chat)).goes_by is Channel.CHAT


async def test_a_wrong_address_stays_with_the_reason_under_it(library: House) -> None:
    """Nothing has changed."""
    chat = await library.chats("Hello?")
    async with seat(library) as desk:
        await desk.press("enter")
        await desk.press("colon", *"by_mail", "enter")
        await desk.sees("by e-mail, to")
        await desk.press(*"mina", "enter")
        await desk.sees("no e-mail address")
        await desk.press("escape")
        await desk.press("colon", *"by_mail help@library.example", "enter")
        await desk.sees("Only what I write")
        await desk.press("enter")
        await desk.told("library's own address")
    assert (await ticket(library, chat)).flags == frozenset()


async def test_who_has_left_is_reached_by_mail(library: House) -> None:
    """The refused answer names the way."""
    chat = await library.chats("Bye. I am mina@example.org", who="v1", name="Mina")
    rules = library.desk._published()  # type: ignore[attr-defined]
    await library.store.write(chats.finish, ConversationId("v1"), library.clock.now(), rules)
    assert Flag.LEFT in (await ticket(library, chat)).flags
    async with seat(library) as desk:
        await desk.press("r")
        await desk.sees(":by_mail goes on by e-mail")
        await desk.press("enter", "enter")
        await desk.sees("The visitor left 12:00.")
        await desk.press("colon", *"by_mail mina@example.org", "enter")
        await desk.sees("Only what I write")
        await desk.press("down", "enter")
        await desk.sees("Reply to Mina by mail")


async def test_a_chat_is_handed_to_who_has_room(library: House) -> None:
    """The visitor is told; the note is for the colleague."""
    chat = await library.chats("Hello?")
    await library.desk.set_presence(BEN, Channel.CHAT, True)
    async with seat(library) as desk:
        await desk.press("enter")
        await desk.press("colon", *"hand ben wants the atlas", "enter")
        await desk.told("is with Ben Adeyemi now, with your note")
        await desk.sees("Ben has taken over.")
    assert (await ticket(library, chat)).owner == BEN


async def test_a_colleague_without_room_is_asked_for_first(library: House) -> None:
    """Enter alone is No."""
    chat = await library.chats("Hello?")
    async with seat(library) as desk:
        await desk.press("enter")
        await desk.press("colon", *"hand ben wants the atlas", "enter")
        await desk.sees("Ben Adeyemi is not at the desk. Hand the chat over all the")
        await desk.press("enter")
        assert (await ticket(library, chat)).owner is None
        await desk.press("colon", *"hand ben wants the atlas", "enter")
        await desk.sees("Hand it over")
        await desk.press("down", "enter")
        await desk.sees("Ben has taken over.")
    assert (await ticket(library, chat)).owner == BEN


async def test_who_gets_a_chat_is_called_and_reads_the_note(library: House) -> None:
    """The toast says from whom, with the note; what is called out names nobody."""
    chat = await library.chats("Hello?", name="Mina")
    async with seat(library) as desk:
        called: list[str] = []
        desk.app.caller._call = called.append  # type: ignore[method-assign, assignment]
        desk.app.caller.bell = Bell(on=False)
        version = (await ticket(library, chat)).version
        await library.desk.sorting.hand_over(BEN, chat, version, ANA, "Wants the atlas.")
        await desk.told("Ben Adeyemi handed ticket 1 to you: Wants the atlas.")
        assert [each for each in called if each] == ["Ticket 1, chat, was handed to you"]


async def test_what_others_get_calls_nobody_here(library: House) -> None:
    """Nor does what one takes oneself."""
    chat, other = await library.chats("Hello?"), await library.chats("Hi?", who="v2")
    async with seat(library) as desk:
        await library.desk.assign(ANA, chat, (await ticket(library, chat)).version, ANA)
        await library.desk.assign(BEN, other, (await ticket(library, other)).version, BEN)
        await desk.press("enter")
        await desk.sees("with you")
        assert desk.toasts == []
