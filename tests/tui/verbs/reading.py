"""Walks about looking: moving, opening, views, the filter, the thread, the pages of the whole desk."""

from __future__ import annotations

from tests.tui.house import ANA, BEN, House, busy, house
from tests.tui.noisy import first, listed, loud, noisy
from tests.tui.seat import Seat, seat
from tests.tui.verbs.walks import drives, says
from tui.screens.sign_in import SignInScreen

LONG = "\n".join(f"line {n}" for n in range(1, 61))


async def _many(library: House) -> None:
    for n in range(1, 31):
        await library.mails(f"Mail {n}", LONG, who=f"p{n}@example.org", name=f"P{n}")


def _cursor(desk: Seat) -> int:
    """Which row the bar stands on, from 0."""
    return desk.worklist.tickets.window.cursor


@drives("down up page_down page_up last first open back next previous")
async def moving_in_the_list() -> None:
    """By lines, by pages, to both ends, and to who waits."""
    async with house() as library:
        await _many(library)
        async with seat(library) as desk:
            for key, cursor in (("j", 1), ("k", 0), ("G", 29), ("g", 0), ("n", 1), ("N", 0)):
                await desk.press(key)
                await desk.until(lambda cursor=cursor: _cursor(desk) == cursor)  # type: ignore[misc]
            await desk.press("pagedown")
            await desk.until(lambda: _cursor(desk) > 10)
            await desk.press("ctrl+b")
            await desk.until(lambda: _cursor(desk) == 0)
            await desk.press("enter")
            await desk.sees("line 60")
            await desk.press("n")
            await desk.sees("P2")
            await desk.press("escape")
            await desk.until(lambda: desk.app.screen is desk.worklist)


@drives("down up page_down page_up last first history back")
async def moving_in_a_ticket() -> None:
    """The thread scrolls; h shows what happened."""
    async with house() as library:
        await library.mails("Long", LONG)
        async with seat(library) as desk:
            await desk.press("enter")
            await desk.sees("line 60")
            view = desk.ticket.view
            end = view.scroll_offset.y
            for key, holds in (
                ("k", lambda: view.scroll_offset.y == end - 1),
                ("j", lambda: view.scroll_offset.y == end),
                ("pageup", lambda: view.scroll_offset.y < end - 5),
                ("pagedown", lambda: view.scroll_offset.y == end),
                ("g", lambda: view.scroll_offset.y == 0),
                ("G", lambda: view.scroll_offset.y == end),
            ):
                await desk.press(key)
                await desk.until(holds)
            await desk.press("h", "G")
            await desk.sees("Clocks", "began 12:00")
            await desk.press("escape")
            await desk.until(lambda: desk.app.screen is desk.worklist)


@drives("incidents down up page_down page_up last first open back over map")
async def moving_in_the_noise() -> None:
    """The list of incidents, one of them, what is over, the map."""
    async with noisy() as library:
        await loud(library)
        async with seat(library) as desk:
            screen = await listed(desk)
            for key in ("j", "k", "pagedown", "pageup", "G", "g"):
                was = screen.incident
                await desk.press(key)
                await desk.until(lambda was=was: screen.incident != was)  # type: ignore[misc]
            await desk.press("O")
            await desk.sees("Noise that is over")
            await desk.press("O")
            await desk.sees("Level 3 silent study")
            await desk.press("M")
            await desk.sees("Where and when it was noisy")
            await desk.press("escape", "escape")
            await desk.until(lambda: desk.app.screen is desk.worklist)
            inside = await first(desk)
            for key in ("j", "k", "pagedown", "pageup", "G", "g"):
                await desk.press(key)
            await desk.until(lambda: inside.target is not None and inside.target.number == 1)
            await desk.press("enter")
            await desk.sees("Very loud group")


@drives("quotes")
async def quoted_text() -> None:
    """Q unfolds what a mail quotes, and folds it again."""
    text = "Yes please.\n\nOn Monday you wrote:\n> Which books?"
    async with house() as library:
        await library.mails("Books", text, quote_from=13)
        async with seat(library) as desk:
            await desk.press("enter")
            await desk.sees("Yes please.")
            assert "Which books?" not in desk.screen
            await desk.press("Q")
            await desk.sees("Which books?")
            await desk.press("Q")
            await desk.until(lambda: "Which books?" not in desk.screen)


@drives("view filter unfilter search seen save_view share_view rename_view drop_view")
async def what_the_list_shows() -> None:
    """A view, a filter and all again, words in all messages, marks, views that are saved."""
    async with house() as library:
        await library.texts("loud on level 3")
        await library.mails("Renewal", "Can I renew the atlas of mosses?")
        async with seat(library, size=(160, 30)) as desk:
            await desk.press("1")
            await desk.sees("You have no tickets.")
            await desk.press("2", "slash", *"channel:mail", "enter")
            await desk.sees("Filter", "1 ticket")
            await says(desk, "unfilter")
            await desk.sees("loud on level 3", "Renewal")
            assert "Filter" not in desk.screen
            await desk.press("f3", *"mosses")
            await desk.sees("1 message found")
            await desk.press("escape")
            await library.texts("louder")
            await desk.until(lambda: desk.worklist.sitting.looked.changed)
            await desk.press("asterisk")
            await desk.told("marked as seen")
            await says(desk, "save view Mine on 7")
            await desk.sees("7 Mine")
            await desk.rests()
            await says(desk, "rename view Own")
            await desk.sees("7 Own")
            await desk.rests()
            await desk.press("z")
            await desk.sees("7 Mine")
            await desk.rests()
            await desk.press("Z")
            await desk.sees("7 Own")
            await desk.rests()
            await says(desk, "drop view Own")
            await desk.told("“Own” is dropped")
            await desk.rests()
            await says(desk, "share view All on 8")
            await desk.sees("8 All")
            await desk.rests()


@drives("standing report troubles keys palette colours redraw tour presence quiet channels on_duty at_once pin")
async def the_whole_desk() -> None:
    """Pages and switches that work wherever one is."""
    async with house() as library:
        await library.texts("loud on level 3")
        async with seat(library) as desk:
            for key, words in (
                ("R", "How our promises are kept"),
                ("E", "What is not right"),
                ("question_mark", "Keys of the desk"),
            ):
                await desk.press(key)
                await desk.sees(words)
                await desk.press("escape")
                await desk.until(lambda: desk.app.screen is desk.worklist)
            await says(desk, "report week")
            await desk.sees("This week")
            await desk.press("escape")
            await says(desk, "on_duty")
            await desk.sees("Who is on", "Ana Pereira")
            await desk.press("escape")
            theme = desk.app.theme
            await desk.press("f8")
            await desk.until(lambda: desk.app.theme != theme)
            await desk.press("ctrl+l")
            await desk.press("ctrl+x")
            await desk.told("helpdesk tour")
            await desk.press("P")
            await desk.sees("Ana Pereira · away")
            await says(desk, "quiet 14:00")
            await desk.told("Nobody is called here until 14:00")
            await says(desk, "channels chat")
            await desk.told("You take text, mail.")
            await says(desk, "at_once 4")
            await desk.told("You take 4 chats at once")
            await says(desk, "pin")
            await desk.sees("Set a PIN")
        assert not any(each.available for each in await library.desk.presence() if each.staff == ANA)


@drives("switch lock quit")
async def who_is_here() -> None:
    """Somebody else sits down; the desk is locked; it is left."""
    async with house() as library, seat(library) as desk:
        await desk.press("U")
        await desk.sees("Who is here?")
        await desk.press("down", "enter")
        await desk.sees("Ben Adeyemi · available")
        await desk.press("L")
        await desk.until(lambda: isinstance(desk.app.screen, SignInScreen))
        await desk.press("enter")
        await desk.until(lambda: desk.app.screen is desk.worklist)
        await desk.press("q")
        await desk.until(lambda: desk.app._exit)


@drives("next_chat beside")
async def from_one_to_another() -> None:
    """F12 goes from chat to chat; B to a ticket that is named on this one."""
    async with house() as library:
        one, two = await library.chats("Hello?", who="v1", name="Mina"), await library.chats("Hi?", who="v2", name="Om")
        for each in (one, two):
            await library.desk.claim(ANA, each)
        await library.desk.ties.link(BEN, one, 2)
        async with seat(library) as desk:
            await desk.until(lambda: len(desk.worklist.sitting.chats) == 2)
            await desk.press("1")
            await desk.sees("Hello?")
            await _opens(desk, 1)
            await desk.press("f12")
            await desk.until(lambda: desk.ticket.ticket == two)
            await desk.sees("Hi?")
            await says(desk, "beside 1")
            await desk.until(lambda: desk.ticket.ticket == one)


async def _opens(desk: Seat, number: int) -> None:
    await desk.press("g")
    await desk.until(lambda: desk.worklist.target is not None and desk.worklist.target.number == number)
    await desk.press("enter")
    await desk.until(lambda: desk.app.screen is not desk.worklist)


@drives("select range none")
async def some_of_many() -> None:
    """One, all up to here, none."""
    async with house() as library:
        await busy(library)
        async with seat(library) as desk:
            await desk.press("3", "space")
            await desk.sees("1 selected")
            await desk.press("escape", "g", "V", "j", "j", "V")
            await desk.sees("3 selected")
            await desk.press("escape")
            await desk.until(lambda: "selected" not in desk.screen)
