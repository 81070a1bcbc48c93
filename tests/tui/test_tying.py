"""Linking, following and opening what stands beside a ticket, key by key, on the real local desk."""

from __future__ import annotations

import pytest

from helpdesk.clock import MINUTE, plus
from helpdesk.events import Kind
from helpdesk.message import Channel, TicketId
from helpdesk.permissions import Role
from helpdesk.thread import Thread
from tests.tui.house import ANA, BEN, House
from tests.tui.seat import seat


async def _two(library: House) -> tuple[TicketId, TicketId]:
    """Two patrons ask about the same printer."""
    first = await library.mails("Printer", "It eats cards.")
    return first, await library.mails("Printer on 3", "It ate my card.", who="li@example.org", name="Li Wei")


async def _thread(library: House, ticket: TicketId) -> Thread:
    return await library.desk.thread(ANA, ticket)


async def _links(library: House, ticket: TicketId) -> list[int]:
    return [each.number for each in (await _thread(library, ticket)).related]


async def test_two_tickets_are_linked_and_stand_beside_each_other(library: House) -> None:
    """f, link, the number; taken back and done again; from the menu they are unlinked."""
    first, second = await _two(library)
    async with seat(library) as desk:
        await desk.press("f")
        await desk.sees("Ticket 1 and another one", "Link it", "Merge it")
        await desk.press("enter")
        await desk.sees("Link ticket 1 to")
        await desk.press("2", "enter")
        await desk.told("Ticket 1 is linked to 2.")
        await desk.press("enter")
        await desk.sees("Linked: 2 Printer on 3 (new, ")
        await desk.press("z")
        await desk.told("Taken back: ticket 1 is linked to 2.")
        assert await _links(library, second) == []
        await desk.press("Z")
        await desk.told("Done again: ticket 1 is linked to 2.")
        assert await _links(library, second) == [1]
        await desk.press("f")
        await desk.sees("Unlink 2 Printer on 3")
        await desk.press("down", "down", "enter")
        await desk.told("Ticket 1 is not linked to 2.")
    assert await _links(library, first) == []


async def test_what_stands_beside_is_opened_by_a_key(library: House) -> None:
    """B and the line; where nothing stands beside it, it says how to link one."""
    first, second = await _two(library)
    async with seat(library) as desk:
        await desk.press("B")
        await desk.told("No other ticket is named on ticket 1. f links it to one.")
        await library.desk.ties.link(ANA, first, 2)
        await desk.press("B")
        await desk.sees("Beside ticket 1", "2 Printer on 3", "linked, new")
        await desk.press("enter")
        await desk.sees("It ate my card.", "Linked: 1 Printer")
        await desk.press("B", "enter")
        await desk.until(lambda: desk.ticket.ticket == first)
    assert await _links(library, second) == [1]


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ("link 2", "Ticket 1 is linked to 2."),
        ("unlink 2", "Ticket 1 is not linked to 2."),
        ("link 1", "This is ticket 1 itself"),
        ("link 99", "There is no ticket 99."),
    ],
)
async def test_behind_a_colon(library: House, line: str, says: str) -> None:
    """Nothing is asked then."""
    await _two(library)
    async with seat(library) as desk:
        await desk.press("colon", *line, "enter")
        await desk.told(says)


async def test_an_agent_links_and_a_lead_merges(library: House) -> None:
    """The menu says whose work merging is, and refuses it in words."""
    await _two(library)
    async with seat(library) as desk:
        desk.worklist.sitting.role = Role.AGENT
        await desk.press("f")
        await desk.sees("for leads")
        await desk.press("down", "enter")
        await desk.sees("This is for leads: ask one to do it.")


async def test_a_ticket_is_followed(library: House) -> None:
    """y says who follows; y once more ends it; both are taken back by z."""
    first, _ = await _two(library)
    await library.desk.ties.follow(BEN, first)
    async with seat(library) as desk:
        await desk.press("enter", "y")
        await desk.told("You follow ticket 1.")
        await desk.sees("Followed by you and Ben Adeyemi.")
        await desk.press("y")
        await desk.told("You follow ticket 1 no longer.")
        await desk.press("z")
        await desk.told("Taken back: you follow ticket 1 no longer.")
        assert (await _thread(library, first)).followers == (ANA, BEN)
        await desk.press("h")
        await desk.sees("Ben Adeyemi follows it")


async def test_who_follows_sees_what_others_do_until_it_is_looked_at(library: House) -> None:
    """A mark in the list and in the first line; one's own deeds are no news."""
    first, _ = await _two(library)
    async with seat(library) as desk:
        await desk.press("y")
        await desk.told("You follow ticket 1.")
        await library.desk.note(ANA, first, "Mine.")
        await desk.until(lambda: desk.app.sitting is not None and desk.app.sitting.hello is not None)
        assert not desk.worklist.sitting.news
        await library.desk.note(BEN, first, "The printer is being mended.")
        await desk.sees("·news", "news on 1 ticket")
        await desk.press("enter")
        await desk.sees("The printer is being mended.")
        assert not desk.worklist.sitting.news
    assert (await _thread(library, first)).history[-1].kind is Kind.NOTED


async def test_a_hostile_subject_beside_a_ticket_is_harmless(library: House) -> None:
    """No escape, no direction, no line of its own gets out of another ticket's subject."""
    first = await library.mails("Printer", "It eats cards.")
    await library.mails("\x1b[2J\u202eevil\nline" + "x" * 300, "Boo.", who="li@example.org", name="Li Wei")
    await library.desk.ties.link(ANA, first, 2)
    async with seat(library) as desk:
        await desk.press("enter")
        await desk.sees("Linked: 2 ")
        assert not any(each in desk.screen for each in ("\x1b", "\u202e"))
        await desk.press("B")
        await desk.sees("Beside ticket 1")
        assert not any(each in desk.screen for each in ("\x1b", "\u202e"))


async def test_a_message_is_split_off_and_comes_back(library: House) -> None:
    """:split, the message, a subject; the new ticket waits since the message came in; z brings all of it back."""
    noise = await library.texts("loud on level 3")
    library.clock.move_to(plus(library.clock.now(), MINUTE))
    await library.texts("and where can I print?")
    came = library.clock.now()
    library.clock.move_to(plus(library.clock.now(), 5 * MINUTE))
    async with seat(library) as desk:
        await desk.press("enter", "colon", *"split", "enter")
        await desk.sees(
            "which messages ask something else?", "[ ] ", "loud on level 3", "[x] ", "and where can I print?"
        )
        await desk.press("space")
        await desk.until(lambda: "[x]" not in desk.screen)
        await desk.press("enter")
        await desk.told("Nothing is ticked: space ticks the message under the bar")
        await desk.press("space")
        await desk.sees("[x] ")
        await desk.press("enter")
        await desk.sees("Subject of what is split off ticket 1", "Its clocks start when the message")
        await desk.press(*"Printing", "enter")
        await desk.told("Ticket 2 is split off 1. z takes it back.")
        new = await library.desk.numbered(ANA, 2)
        assert (new.subject, new.state, new.opened, new.unanswered) == ("Printing", "new", came, came)
        assert [entry.text for entry in (await _thread(library, noise)).entries] == ["loud on level 3"]
        await desk.press("h")
        await desk.sees("Ana Pereira split ticket 2 off it")
        await desk.press("z")
        await desk.told("Taken back: ticket 2 is split off 1.")
    texts = [entry.text for entry in (await _thread(library, noise)).entries]
    assert texts == ["loud on level 3", "and where can I print?"]


async def test_of_one_message_nothing_is_asked_but_the_subject(library: House) -> None:
    """And nothing at all where that stands behind the command."""
    first = await library.mails("Two things", "Can I renew? And is the lift mended?")
    async with seat(library) as desk:
        await desk.press("colon", *"split The lift", "enter")
        await desk.told("Ticket 2 is split off 1.")
    assert (await library.desk.numbered(ANA, 2)).subject == "The lift"
    assert len((await _thread(library, first)).entries) == 1


async def test_nothing_is_split_off_a_logged_contact(library: House) -> None:
    """There the patron wrote nothing."""
    await library.desk.log_contact(ANA, Channel.DESK, text="lost card")
    async with seat(library) as desk:
        await desk.press("9")
        await desk.sees("lost card")
        await desk.press("colon", *"split", "enter")
        await desk.sees("The patron wrote nothing on ticket 1 that could be split")
