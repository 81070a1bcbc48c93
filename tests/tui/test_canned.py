"""Macros at the desk: chosen, filled in, looked over, sent; and the patron's words quoted."""

from __future__ import annotations

from pathlib import Path

import pytest

from helpdesk.clock import HOUR, plus
from helpdesk.looking_ahead import LocalOpenings
from helpdesk.macros import Macro
from helpdesk.message import TicketId
from helpdesk.thread import EntryKind
from helpdesk.ticket import State
from tests.tui.doing import ticket
from tests.tui.house import ANA, House
from tests.tui.seat import seat
from tui.canned import asks_to_quote, hint, named

HOURS = Macro(name="Opening times", text="We open at nine.", shared=True, becomes="solved", tags=("hours",))


@pytest.fixture
async def stocked(library: House) -> House:
    """The library with three macros."""
    desk = library.desk.macros
    await desk.share(
        ANA, "Opening times", "Dear {first_name},\n\nwe open at nine.\n\n{me}", becomes="solved", tags=("hours",)
    )
    await desk.save(ANA, "Lost property", "Dear {first_name}, we have your {what} ({number}). {my_first_name}")
    await desk.share(ANA, "Printer", "Paper is in tray 2.")
    return library


async def _answers(library: House, of: TicketId) -> list[str]:
    thread = await library.desk.thread(ANA, of)
    return [entry.text for entry in thread.entries if entry.kind is EntryKind.OUT]


@pytest.mark.parametrize(
    ("before", "after", "line"),
    [
        ("", ">", 0),
        ("Hello\n", "Hello\n>", 1),
        ("a\n\nb", "a\n>\nb", 1),
        ("a", "a>", None),
        (">", ">>", None),
        ("", "> Hello", None),
        ("a", "a\n", None),
    ],
)
def test_a_lone_sign_at_the_start_of_a_line_asks_to_quote(before: str, after: str, line: int | None) -> None:
    """Typed just now, on a line of its own; nothing else is touched."""
    assert asks_to_quote(before, after) == line


def test_a_macro_says_what_it_does_besides() -> None:
    """Whose it is, what becomes of the ticket, its tags."""
    assert hint(HOURS) == "shared, then it is solved, hours"


def test_the_line_names_one() -> None:
    """A few letters are enough; where they mean several or none, it says so."""
    other = Macro(name="Opening a chat", text="Hello!")
    assert named("opening times", (HOURS, other)) is HOURS
    with pytest.raises(ValueError, match="could be Opening"):
        named("opening", (HOURS, other))
    with pytest.raises(ValueError, match="No macro is called"):
        named("zebra", (HOURS, other))


async def test_m_fills_a_macro_in_and_sending_does_what_it_says(stocked: House) -> None:
    """Chosen by a few letters; looked over in the composer; the ticket is solved and tagged."""
    mail = await stocked.mails("Hours", "When do you open?", who="jo@example.org", name="Jo Lindqvist")
    async with seat(stocked) as desk:
        await desk.press("m")
        await desk.sees("Which macro?", "Opening times", "Lost property")
        await desk.press("o", "p", "t", "enter")
        await desk.sees("Reply to Jo Lindqvist by mail", "is solved")
        await desk.until(lambda: desk.ticket.composer.text == "Dear Jo,\n\nwe open at nine.\n\nAna Pereira")
        await desk.press("ctrl+s")
        await desk.sees("Nobody is waiting for an answer.")
    assert await _answers(stocked, mail) == ["Dear Jo,\n\nwe open at nine.\n\nAna Pereira"]
    found = await ticket(stocked, mail)
    assert (found.state, found.tags) == (State.SOLVED, ("hours",))


async def test_opening_hours_are_those_of_the_moment(stocked: House) -> None:
    """A closing by hand since the desk was opened is told, too."""
    await stocked.desk.macros.share(ANA, "Are we open?", "The library is {open}.")
    await stocked.mails("Hours", "When do you open?", who="jo@example.org", name="Jo Lindqvist")
    async with seat(stocked) as desk:
        await desk.press("m")
        await desk.sees("Which macro?")
        await stocked.desk.closings.close(ANA, "help", plus(stocked.clock.now(), 3 * HOUR), "Fire alarm.")
        await desk.press("escape", "m")
        await desk.sees("Which macro?")
        await desk.press("a", "r", "e", "enter")
        await desk.sees("Reply to Jo")
        await desk.until(lambda: desk.ticket.composer.text == "The library is closed now, open again today at 15:00.")


async def test_hours_that_nobody_knows_stay_a_blank(stocked: House) -> None:
    """The writer hears why; nothing goes out before it is written."""
    openings = stocked.desk.openings
    assert isinstance(openings, LocalOpenings)
    openings.refit({}, "")
    await stocked.desk.macros.share(ANA, "Are we open?", "The library is {open}.")
    await stocked.mails("Hours", "When do you open?", who="jo@example.org", name="Jo Lindqvist")
    async with seat(stocked) as desk:
        await desk.press("m")
        await desk.sees("Which macro?")
        await desk.press("a", "r", "e", "enter")
        await desk.sees("Reply to Jo")
        await desk.told("{open} is yours to write. The opening hours of this ticket's line are not known.")
        await desk.until(lambda: desk.ticket.composer.text == "The library is {open}.")


async def test_one_z_takes_back_the_reply_with_what_its_macro_did(stocked: House) -> None:
    """Its tags and its state; sent again it does both again."""
    stocked.waits()
    mail = await stocked.mails("Hours", "When do you open?", who="jo@example.org", name="Jo Lindqvist")
    async with seat(stocked) as desk:
        await desk.press("m")
        await desk.sees("Which macro?")
        await desk.press("o", "p", "t", "enter")
        await desk.sees("Reply to", "is solved")
        await desk.press("ctrl+s")
        await desk.told("your answer goes in")
        sent = await ticket(stocked, mail)
        assert (sent.tags, sent.state) == (("hours",), State.SOLVED)
        await desk.press("z")
        await desk.sees("Reply to", "we open at nine.")
        back = await ticket(stocked, mail)
        assert (back.tags, back.state, back.unanswered is not None) == ((), State.OPEN, True)
        await desk.press("ctrl+s")
        await desk.until(lambda: desk.worklist.sitting.kept.tagged)
    again = await ticket(stocked, mail)
    assert (again.tags, again.state) == (("hours",), State.SOLVED)


async def test_nothing_goes_out_with_a_blank_in_it(stocked: House) -> None:
    """The blank is marked, so that typing takes its place; until then sending is refused in words."""
    mail = await stocked.mails("Coat", "Have you found my coat?", who="jo@example.org", name="Jo Lindqvist")
    async with seat(stocked) as desk:
        await desk.press("m")
        await desk.sees("Which macro?")
        await desk.press("l", "p", "enter")
        await desk.sees("Reply to Jo Lindqvist")
        await desk.until(lambda: desk.ticket.composer.area.selected_text == "{what}")
        await desk.press("ctrl+s")
        await desk.told("{what} is still to be filled in")
        assert await _answers(stocked, mail) == []
        desk.ticket.composer.area.replace("coat", *desk.ticket.composer.area.selection)
        await desk.until(lambda: "your coat (1)" in desk.ticket.composer.text)
        await desk.press("ctrl+s")
        await desk.told("in the outbox")
    assert await _answers(stocked, mail) == ["Dear Jo, we have your coat (1). Ana"]


async def test_a_number_is_nobody_s_name(stocked: House) -> None:
    """Of a texter only the number is known: what would name them stays a blank."""
    await stocked.texts("when do you open?", line="ask")
    async with seat(stocked) as desk:
        await desk.press("m")
        await desk.sees("Which macro?")
        await desk.press("o", "p", "enter")
        await desk.sees("Reply to")
        await desk.until(lambda: desk.ticket.composer.area.selected_text == "{first_name}")


@pytest.mark.parametrize(("name", "began"), [("Idris", "Dear Idris,"), ("", "Dear {first_name},")])
async def test_a_visitor_is_called_as_they_said(stocked: House, name: str, began: str) -> None:
    """Whoever opened a chat without a name has none."""
    await stocked.chats("when do you open?", name=name)
    async with seat(stocked) as desk:
        await desk.press("m")
        await desk.sees("Which macro?")
        await desk.press("o", "p", "enter")
        await desk.until(lambda: desk.ticket.composer.text.startswith(began))


async def test_in_the_composer_a_macro_stands_where_the_cursor_is(stocked: House) -> None:
    """F3, between what is written already."""
    await stocked.texts("the printer is empty", line="ask")
    async with seat(stocked) as desk:
        await desk.press("r")
        await desk.sees("Reply to")
        await desk.writes("Hello! ")
        await desk.press("f3")
        await desk.sees("Which macro?")
        await desk.press("p", "r", "i", "enter")
        await desk.until(lambda: desk.ticket.composer.text == "Hello! Paper is in tray 2.")


async def test_the_patron_s_last_words_are_quoted(stocked: House) -> None:
    """By a key, and by > on a line of its own."""
    await stocked.mails("Hours", "When do you open?\nAnd on Sunday?", who="jo@example.org", name="Jo")
    quote = "> When do you open?\n> And on Sunday?\n\n"
    async with seat(stocked) as desk:
        await desk.press("r")
        await desk.sees("Reply to")
        await desk.press("f6")
        await desk.until(lambda: desk.ticket.composer.text == quote)
        desk.ticket.composer.area.clear()
        await desk.until(lambda: desk.drafted == "")
        desk.ticket.composer.area.insert(">")
        await desk.until(lambda: desk.ticket.composer.text == quote)


async def test_with_no_macros_it_says_how_to_come_by_some(library: House) -> None:
    """Not an empty list."""
    await library.texts("loud")
    async with seat(library) as desk:
        await desk.press("m")
        await desk.sees("There are no macros yet. :macros writes one")


async def test_macros_are_written_in_the_editor(
    stocked: House, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What can't be kept is said, and stands in the editor the next time."""
    page = tmp_path / "page"
    page.write_text("name: Renewed\nthen: solved\nshared: no\n\nYour loans are renewed.\n", encoding="utf-8")
    editor = tmp_path / "editor"
    editor.write_text(f'#!/bin/sh\ncp "{page}" "$1"\n', encoding="utf-8")
    editor.chmod(0o700)
    monkeypatch.setenv("VISUAL", str(editor))
    async with seat(stocked) as desk:
        screen = desk.worklist
        screen.do_macros()
        await desk.sees("Change a macro, or write one", "New macro")
        sitting = screen.sitting
        from tui import canned

        assert await canned.keep(sitting, None, page.read_text("utf-8")) == "Macro Renewed is kept, for you."
        [made] = [each for each in await stocked.desk.macros.known(ANA) if each.name == "Renewed"]
        assert (made.becomes, made.shared) == ("solved", False)
        assert await canned.keep(sitting, made, "") == "Macro Renewed is dropped."
        assert [each.name for each in await stocked.desk.macros.known(ANA)] == [
            "Lost property",
            "Opening times",
            "Printer",
        ]
        assert await sitting.deeds.undo() is not None
        assert made in await stocked.desk.macros.known(ANA)
