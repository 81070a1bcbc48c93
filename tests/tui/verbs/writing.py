"""Walks that write: answers and notes, what helps while one writes, macros, files, what could not be sent."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from pathlib import Path
from typing import cast

import pytest

from helpdesk.ports import Desk
from helpdesk.ticket import State
from tests.tui.doing import Deaf, ticket
from tests.tui.house import ANA, house
from tests.tui.noisy import sent
from tests.tui.seat import Seat, seat
from tests.tui.verbs.walks import drives, says
from tui.screens.ticket import TicketScreen

LONG = "\n".join(f"line {n}" for n in range(1, 61))


def _writes(desk: Seat) -> str | None:
    """What stands in the composer, None while nobody writes."""
    screen = desk.app.screen
    return screen.composer.text if isinstance(screen, TicketScreen) and screen._draft is not None else None


@drives("reply note send keep then lookalikes quote insert thread_up thread_down redraw next_chat")
async def the_composer() -> None:
    """All of its keys, on one text."""
    async with house() as library:
        await library.desk.macros.save(ANA, "Printer", "Paper is in tray 2.")
        noise = await library.texts(LONG)
        async with seat(library) as desk:
            await desk.press("r")
            await desk.sees("1 text, 0 of 160")
            await desk.rests()
            view = desk.ticket.view
            end = view.scroll_offset.y
            await desk.press("ctrl+up")
            await desk.until(lambda: view.scroll_offset.y == end - 1)
            await desk.press("ctrl+down")
            await desk.until(lambda: view.scroll_offset.y == end)
            await desk.writes("We’re on our way. ")
            await desk.press("f4")
            await desk.until(lambda: _writes(desk) == "We're on our way. ")
            await desk.press("f3")
            await desk.sees("Which macro?")
            await desk.press("enter")
            await desk.until(lambda: "tray 2" in str(_writes(desk)))
            await desk.press("ctrl+t")
            await desk.sees("waits for the patron")
            await desk.press("ctrl+l", "f12")
            await desk.told("You have no other chat open.")
            await desk.press("escape")
            await desk.told("Draft kept.")
            await desk.press("r")
            await desk.until(lambda: "tray 2" in str(_writes(desk)))
            await desk.press("ctrl+s")
            await desk.told("in the outbox")
            await desk.press("r")
            await desk.sees("Reply to")
            await desk.press("f6")
            await desk.until(lambda: str(_writes(desk)).startswith("> line 1"))
            await desk.press("escape", "i")
            await desk.sees("Note, for colleagues only")
            await desk.writes("Third time today.")
            await desk.press("ctrl+s")
            await desk.told("your note is kept")
        assert await sent(library, noise) == ["We're on our way. Paper is in tray 2."]
        assert (await ticket(library, noise)).state is State.WAITING


@contextmanager
def _editor(desk: Seat, writes: str) -> Iterator[None]:
    """$EDITOR writes this; the terminal need not step aside."""
    with tempfile.TemporaryDirectory() as folder, pytest.MonkeyPatch.context() as patch:
        editor = Path(folder) / "editor"
        editor.write_text(f'#!/bin/sh\nprintf "{writes}" > "$1"\n', encoding="utf-8")
        editor.chmod(0o700)
        patch.setenv("VISUAL", str(editor))
        patch.setattr(desk.app, "suspend", nullcontext)
        yield


@drives("editor outside macros macro hello")
async def written_elsewhere() -> None:
    """In $EDITOR, by a macro, by an opener; a macro that is saved empty is dropped, which z takes back."""
    async with house() as library:
        await library.desk.macros.save(ANA, "Aside", "Look on level 2.")
        await library.desk.macros.save(ANA, "Hello", "Hello, Ana here.", opener=True)
        await library.chats("Where is the atlas?")
        async with seat(library) as desk:
            await desk.press("m")
            await desk.sees("Which macro?")
            await desk.press(*"asi", "enter")
            await desk.until(lambda: _writes(desk) == "Look on level 2.")
            with _editor(desk, "On level 2."):
                await desk.press("ctrl+o")
                await desk.until(lambda: _writes(desk) == "On level 2.")
            desk.ticket.composer.area.clear()
            await desk.until(lambda: desk.drafted == "")
            await desk.press("escape", "H")
            await desk.until(lambda: _writes(desk) == "Hello, Ana here.")
            await desk.press("escape")
            with _editor(desk, "By the lift."):
                await desk.press("e")
                await desk.until(lambda: _writes(desk) == "By the lift.")
            await desk.press("escape")
            with _editor(desk, ""):
                await says(desk, "macros")
                await desk.sees("Change a macro, or write one")
                await desk.press(*"asi", "enter")
                await desk.told("Macro Aside is dropped.")
            await desk.press("z")
            await desk.told("Taken back: ")
        assert [each.name for each in await library.desk.macros.known(ANA)] == ["Aside", "Hello"]


@drives("save open_file")
async def files_that_came() -> None:
    """Text is shown at the desk; all goes into the folder that is typed."""
    async with house() as library:
        await library.mails("List", "As promised.", files=(("list.pdf", b"x" * 9), ("notes.txt", b"first line")))
        with tempfile.TemporaryDirectory() as folder:
            async with seat(library) as desk:
                await says(desk, "open_file 2")
                await desk.sees("notes.txt", "first line")
                await desk.press("escape")
                await desk.until(lambda: desk.app.screen is desk.worklist)
                await says(desk, f"save {folder}")
                await desk.told("Saved 2 files")
            assert (Path(folder) / "list.pdf").read_bytes() == b"x" * 9


@drives("unsent")
async def what_could_not_be_sent() -> None:
    """D brings it back before its writer."""
    async with house() as library:
        await library.texts("loud on level 3")
        async with seat(library, desk=cast(Desk, Deaf(library))) as desk:
            await desk.press("r")
            await desk.sees("Reply to")
            await desk.writes("On our way.")
            await desk.press("ctrl+s")
            await desk.sees("you wrote is kept.")
            await desk.press("escape")
            await desk.sees("Not sent at")
            await desk.press("escape", "escape")
            await desk.sees("not sent yet: ticket 1")
            await desk.press("D")
            await desk.until(lambda: _writes(desk) == "On our way.")
