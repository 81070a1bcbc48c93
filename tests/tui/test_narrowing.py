"""Narrowing the list, saving views, and the next one that waits: by the keys of the desk."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from helpdesk.message import TicketId
from tests.tui.house import ANA, House, house
from tests.tui.seat import Seat, seat
from tui.screens.filter import FilterScreen


@pytest.fixture
async def library() -> AsyncIterator[House]:
    """A house with three contacts of two channels."""
    async with house() as opened:
        await opened.texts("loud on level 3")
        await opened.mails("Renewal", "Can I renew the atlas of mosses?")
        await opened.mails("Printing", "The printer is out of paper.", who="jo@example.org", name="Jo")
        yield opened


def shown(desk: Seat) -> list[TicketId]:
    """The tickets in the list."""
    return [row.id for row in desk.worklist.tickets.window.rows]


async def test_the_list_follows_what_is_typed(library: House) -> None:
    """A query, word by word; enter keeps it, esc shows all again."""
    async with seat(library) as desk:
        everything = shown(desk)
        await desk.press("slash", *"channel:mail")
        await desk.until(lambda: len(shown(desk)) == 2)
        await desk.press(*" printer")
        await desk.until(lambda: len(shown(desk)) == 1)
        await desk.press("enter")
        await desk.sees("Filter", "channel:mail printer", "1 ticket", "Printing")
        await desk.press("escape")
        await desk.until(lambda: shown(desk) == everything)
        assert "Filter" not in desk.screen


async def test_esc_in_the_line_clears_it(library: House) -> None:
    """What was typed goes, and all tickets are there."""
    async with seat(library) as desk:
        await desk.press("slash", *"channel:sms")
        await desk.until(lambda: len(shown(desk)) == 1)
        await desk.press("escape")
        await desk.until(lambda: len(shown(desk)) == 3 and desk.app.screen is desk.worklist)


async def test_what_is_wrong_stands_under_its_place(library: House) -> None:
    """With the nearest word; enter does not take it."""
    async with seat(library) as desk:
        await desk.press("slash", *"chanel:sms")
        await desk.sees("^^^^^^^", "There is no field chanel:; did you mean channel:?")
        await desk.press("enter")
        assert isinstance(desk.app.screen, FilterScreen)


async def test_tab_completes(library: House) -> None:
    """A field, then a value; the arrows mark another one."""
    async with seat(library) as desk:
        await desk.press("slash", *"cha")
        await desk.sees("channel:", "how it came")
        await desk.press("tab")
        await desk.sees("logged at the desk")
        await desk.press("down", "down", "enter")
        await desk.sees("channel:mail")
        await desk.press("enter")
        await desk.sees("Filter", "channel:mail", "2 tickets")


async def test_nothing_matches(library: House) -> None:
    """It says where else to look."""
    async with seat(library) as desk:
        await desk.press("slash", *"xyzzy", "enter")
        await desk.sees("Nothing here matches.", "F3 looks in all messages")


async def test_the_name_of_a_channel_says_how_it_is_asked_for(library: House) -> None:
    """What finds nothing as a word may have been meant as a way of writing."""
    async with seat(library) as desk:
        await desk.press("slash", *"texts", "enter")
        await desk.sees("“texts” stands in no message here.", "/ channel:sms shows what came that way.")


async def test_a_filter_is_saved_as_a_view_with_a_key(library: House) -> None:
    """It has a tab with its count; its key opens it; the view that had the key stands behind; z takes it back."""
    async with seat(library, size=(160, 40)) as desk:
        await desk.press("slash", *"channel:mail", "enter")
        await desk.sees("Filter")
        await desk.press("colon", *"save view Post on 7", "enter")
        await desk.told("“Post” is saved: 7 opens it.")
        await desk.sees("7 Post 2")
        assert [view.query for view in await library.desk.views.saved(ANA)] == ["is:unanswered channel:mail"]
        await desk.press("1")
        await desk.sees("You have no tickets.")
        await desk.press("7")
        await desk.until(lambda: len(shown(desk)) == 2)
        await desk.press("colon", *"view due", "enter")
        await desk.sees("Nothing is late")
        await desk.press("z")
        await desk.sees("7 Due")
        assert await library.desk.views.saved(ANA) == ()


async def test_a_view_is_renamed_and_dropped(library: House) -> None:
    """Asked for by name, or typed after the colon; the desk's own views are neither."""
    async with seat(library, size=(160, 40)) as desk:
        await desk.press("colon", *"drop view", "enter")
        await desk.told("This view can't be dropped")
        await desk.press("colon", *"share view", "enter")
        await desk.sees("Save this view for everybody", "is:unanswered")
        await desk.press(*"Waiting", "enter", "8", "enter")
        await desk.sees("8 Waiting 3")
        await desk.press("colon", *"rename view All that wait", "enter")
        await desk.sees("8 All that wait 3")
        await desk.press("colon", *"drop view", "enter")
        await desk.told("“All that wait” is dropped; z brings it back.")
        await desk.sees("8 Later")
        assert len(shown(desk)) == 3
        await desk.press("z")
        await desk.sees("8 All that wait 3")


async def test_n_finds_the_next_one_beyond_the_page(library: House) -> None:
    """However many rows lie between; N finds the way back."""
    for n in range(70):
        ticket = await library.mails(f"Mail {n}", "Hello?", who=f"p{n}@example.org", name=f"P{n}")
        await library.desk.reply(ANA, ticket, (await library.desk.thread(ANA, ticket)).ticket.version, "Hello.")
    async with seat(library) as desk:
        await desk.press("3")
        await desk.until(lambda: desk.worklist.tickets.window.total == 73)
        await desk.press("G", "N")
        await desk.until(lambda: desk.worklist.tickets.window.cursor == 2)
        await desk.sees("Printing")
        await desk.press("n")
        await desk.told("There is no unanswered ticket after this one.")
        await desk.press("N", "N", "N")
        await desk.told("There is no unanswered ticket before this one.")
