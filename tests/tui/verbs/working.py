"""Walks that work on tickets: who has it, when it comes back, what it is, what it is tied to, and z after all of it."""

from __future__ import annotations

from helpdesk.clock import HOUR, plus
from helpdesk.message import Channel, TicketId
from helpdesk.ticket import Flag, State
from tests.tui.doing import ticket
from tests.tui.house import ANA, BEN, House, house
from tests.tui.seat import Seat, seat
from tests.tui.verbs.walks import drives, says


async def _taken_back(desk: Seat) -> None:
    """z, and nothing is on its way any more."""
    await desk.press("z")
    await desk.told("Taken back: ")
    await desk.rests()


@drives("take claim release mine assign undo redo")
async def who_has_it() -> None:
    """Each is told, each is taken back, one is done again."""
    async with house() as library:
        mail = await library.mails("Renewal", "Can I renew?")
        async with seat(library) as desk:
            await desk.press("t")
            await desk.sees("held for you")
            await _taken_back(desk)
            assert (await ticket(library, mail)).owner is None
            await desk.press("Z")
            await desk.told("Done again: ")
            await desk.rests()
            for key, words in (
                ("u", "is free for whoever is next"),
                ("c", "is yours for now"),
                ("A", "is with you now"),
            ):
                await desk.press(key)
                await desk.told(words)
                await desk.rests()
                if key == "u":
                    await desk.press("3")
                    await desk.sees("Renewal")
            await says(desk, "assign ben")
            await desk.told("is with Ben Adeyemi now")
            await desk.rests()
            await _taken_back(desk)
        assert (await ticket(library, mail)).owner == ANA


@drives("wait snooze solve reopen spam tags kind site read test follow")
async def what_becomes_of_it() -> None:
    """Each changes the ticket, and z brings it back."""
    async with house() as library:
        mail = await library.mails("Renewal", "Can I renew?")
        lines = (
            ("kind complaint", "is a complaint"),
            ("site law", "belongs to Law"),
            ("read 2 yes", "READ 2"),
            ("tags printer", "printer"),
            ("snooze tomorrow 9", "comes back"),
        )
        async with seat(library) as desk:
            before = await ticket(library, mail)
            await desk.press("3")
            for line, words in lines:
                await desk.sees("Renewal")
                await says(desk, line)
                await desk.told(words)
                await desk.rests()
                await _taken_back(desk)
            for key, words in (("w", "waits for the patron"), ("exclamation_mark", "as spam")):
                await desk.sees("Renewal")
                await desk.press(key)
                await desk.sees(" No")
                await desk.press("down", "enter")
                await desk.told(words)
                await desk.rests()
                await _taken_back(desk)
            await desk.sees("Renewal")
            await says(desk, "test")
            await desk.sees("Is ticket 1 a test?")
            await desk.press("down", "enter")
            await desk.told("is a test")
            await desk.rests()
            await _taken_back(desk)
            await desk.press("y")
            await desk.told("You follow ticket 1.")
            await desk.rests()
            await _taken_back(desk)
            after = await ticket(library, mail)
            assert (after.state, after.tags, after.kind, after.flags) == (before.state, (), before.kind, before.flags)
            await desk.press("x")
            await desk.sees("Solve it all the same?")
            await desk.press("down", "enter")
            await desk.told("is solved")
            await desk.rests()
            await desk.press("9")
            await desk.sees("Renewal")
            await desk.press("X")
            await desk.told("is open again")
            await desk.rests()
        assert (await ticket(library, mail)).state is State.OPEN


@drives("log explain promise correct attended")
async def for_the_figures() -> None:
    """What clocks can't see."""
    async with house() as library:
        noise = await library.texts("loud on level 3")
        library.clock.move_to(plus(library.clock.now(), HOUR))
        async with seat(library) as desk:
            for line, words in (
                ("explain fire alarm", "the reason is kept"),
                ("promise tomorrow 9", "news is promised by"),
                ("correct 12:05 by phone", "as corrected"),
                ("attended 10 min ago", "was attended"),
            ):
                await desk.press("3")
                await desk.sees("loud on level 3")
                await says(desk, line)
                await desk.told(words)
                await desk.rests()
                await _taken_back(desk)
            await says(desk, "log phone lost card")
            await desk.told("Logged as ticket 2")
            await desk.rests()
        assert (await library.desk.numbered(ANA, 2)).state == "solved"
        assert Flag.TEST not in (await ticket(library, noise)).flags


@drives("tie link unlink merge split hand")
async def tied_and_handed_on() -> None:
    """Linked, parted, merged, split; handed over with a note."""
    async with house() as library:
        first = await library.mails("Printer", "It eats cards. And the lift?")
        await library.mails("Copier", "It jams.")
        async with seat(library) as desk:
            await _on_first(desk)
            await desk.press("f")
            await desk.sees("Link it to another ticket")
            await desk.press("enter")
            await desk.sees("ticket")
            await desk.press("2", "enter")
            await desk.told("Ticket 1 is linked to 2.")
            await desk.rests()
            for line, words in (
                ("unlink 2", "is not linked to 2"),
                ("link 2", "is linked to 2"),
                ("split The lift", "is split off 1"),
            ):
                await _on_first(desk)
                await says(desk, line)
                await desk.told(words)
                await desk.rests()
                if line != "link 2":
                    await _taken_back(desk)
            await _on_first(desk)
            await says(desk, "hand ben rings again")
            await desk.told("with your note")
            await desk.rests()
            assert (await ticket(library, first)).owner == BEN
            await desk.press("3")
            await _on_first(desk)
            await says(desk, "merge 2")
            await desk.told("Ticket 1 went into 2.")
            await desk.rests()
        assert (await ticket(library, first)).state is State.CLOSED


async def _on_first(desk: Seat) -> None:
    """The bar stands on ticket 1."""
    await desk.press("g")
    await desk.until(lambda: desk.worklist.target is not None and desk.worklist.target.number == 1)


@drives("close open_again")
async def closed_for_a_while() -> None:
    """Closed, and open again; both are taken back."""
    async with house() as library, seat(library) as desk:
        await says(desk, "close chat for 30 minutes drill")
        await desk.told("Closed until 12:30: chat.")
        await says(desk, "open_again chat")
        await desk.told("Open again: chat.")
        await _taken_back(desk)
        [closing] = await library.desk.closings.current(ANA)
        assert closing.what == "chat"


@drives("moment moment_all by_mail")
async def said_to_a_visitor() -> None:
    """With you in a moment; then on by mail, which is taken back."""
    async with house() as library:
        chat = await library.chats("Hello? I am mina@example.org", name="Mina")
        await library.desk.claim(ANA, chat)
        async with seat(library) as desk:
            await desk.press("1")
            await desk.sees("Mina")
            await desk.press("K")
            await desk.told("1 visitor told")
            await desk.rests()
            await says(desk, "moment_all")
            await desk.sees("Tell them")
            await desk.press("down", "enter")
            await desk.told("No visitor of yours waits untold.")
            await desk.rests()
            await says(desk, "by_mail mina@example.org")
            await desk.sees("Only what I write")
            await desk.press("enter")
            await desk.sees("Reply to Mina by mail")
            assert await _goes_by(library, chat) is Channel.MAIL
            await desk.press("escape")
            await desk.rests()
            await _taken_back(desk)
        assert await _goes_by(library, chat) is Channel.CHAT


async def _goes_by(library: House, of: TicketId) -> Channel:
    return (await ticket(library, of)).goes_by
