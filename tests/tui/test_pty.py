"""The desk on a real terminal of 80 by 24: what arrives there, and what a terminal's keys do."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from tests.seeds import first_of
from tests.tui.terminal import Terminal, terminal
from tui.hanging_up import STATUS

OPENED = (sys.executable, "-m", "tests.tui.opened")


async def test_a_text_is_answered_on_a_real_terminal() -> None:
    """Open, read, reply, leave: with the bytes that a terminal sends."""
    async with terminal(OPENED) as screen:
        await screen.sees("Moor Street Library", "a library in memory", "hot food", "? keys")
        row = next(at for at, line in enumerate(screen.text.splitlines()) if "hot food" in line)
        screen.press("j")
        await screen.until(lambda: screen.cursor[1] == row, f"the cursor is not on line {row}")
        screen.press("r")
        await screen.sees("Reply to +447700900102 by text", "1 text, 0 of 160")
        screen.press("On our way.")
        await screen.sees("1 text, 11 of 160")
        screen.press("\x13")
        await screen.sees("waiting to be sent")
        screen.press("\x1b")
        await screen.sees("FROM")
        screen.press("?")
        await screen.sees("Keys of the desk", "Moving")
        screen.press("\x1b")
        await screen.sees("FROM")
        screen.press("q")
        await screen.sees("This desk runs the channels")
        screen.press("j\r")
        assert await screen.ended() == 0


@pytest.mark.parametrize("size", [(80, 24), pytest.param((200, 60), marks=pytest.mark.full)])
async def test_the_terminals_own_cursor_is_where_the_reader_is(size: tuple[int, int]) -> None:
    """On the selected row of the list; while somebody writes, behind the last letter; back on the row afterwards."""
    async with terminal((*OPENED, "waits"), size=size) as screen:
        await screen.sees("eating hot", "? keys")
        row = next(at for at, line in enumerate(screen.text.splitlines()) if "eating hot" in line)
        screen.press("j")
        await screen.until(lambda: screen.cursor == (0, row), f"the cursor is not on line {row}")
        screen.press("r")
        await screen.sees("1 text, 0 of 160")
        await screen.until(lambda: "Reply to" in _line_above(screen), "the cursor is not in the composer")
        screen.press("On our way")
        await screen.until(lambda: _behind(screen, "On our way"), "the cursor is not behind what was written")
        screen.press("\x1b[D\x1b[D\x1b[D")
        await screen.until(lambda: _behind(screen, "On our "), "the cursor did not go back with the text's own")
        screen.press("\x1b")
        await screen.sees("esc back")
        screen.press("\x1b")
        await screen.sees("FROM")
        await screen.until(lambda: screen.cursor == (0, row), f"the cursor is not back on line {row}")


@pytest.mark.parametrize("writing", first_of([True, False]))
async def test_the_screen_is_drawn_anew(writing: bool) -> None:
    """Another program cleared it: ctrl+l brings all of it back, also while somebody writes."""
    async with terminal(OPENED) as screen:
        words = ["Moor Street Library", "someone eating hot food", "Interlibrary loan", "? keys"]
        await screen.sees(*words)
        if writing:
            screen.press("r")
            words = ["Moor Street Library", "Hello, is the printer", "Reply to Visitor", "esc keep draft"]
            await screen.sees(*words)
        screen.screen.erase_in_display(2)
        assert not screen.text.strip()
        screen.press("\x0c")
        await screen.sees(*words)


def _line_above(screen: Terminal) -> str:
    """The line above the cursor's."""
    return screen.screen.display[max(screen.cursor[1] - 1, 0)]


def _behind(screen: Terminal, words: str) -> bool:
    """Whether the cursor stands behind these words."""
    column, line = screen.cursor
    return screen.screen.display[line][:column].endswith(words)


async def test_a_small_terminal_shows_what_matters() -> None:
    """60 by 16: nothing breaks, the clock and the way out are there."""
    async with terminal(OPENED, size=(60, 16)) as screen:
        await screen.sees("due in", "? keys", "New 7")
        screen.press("\r")
        await screen.sees("esc back", "by chat")


@pytest.mark.full
async def test_the_demo_is_played_on_a_real_terminal() -> None:
    """`helpdesk demo`: a patron comes through the real front door, is answered, and gets it."""
    command = (sys.executable, "-m", "helpdesk.cli", "demo", "--pace", "600")
    async with terminal(command) as screen:
        await screen.sees("? keys", "●")
        screen.press("t")
        await screen.sees("esc back", "held for you")
        screen.press("rThank you, somebody is on the way.")
        await screen.sees("Thank you, somebody is on the way.", "ctrl+s send")
        screen.press("\x1b[20~")
        await screen.sees("esc back", "you  ")
        screen.press("q")
        await screen.sees("This desk runs the channels")
        screen.press("j\r")
        assert await screen.ended() == 0


async def test_the_editor_gets_the_terminal_and_gives_it_back(tmp_path: Path) -> None:
    """e: $EDITOR runs on the same terminal; what it wrote is looked over before it is sent."""
    editor = tmp_path / "editor"
    editor.write_text('#!/bin/sh\necho "the editor has it"\nread line\necho "$line" > "$1"\n', encoding="utf-8")
    editor.chmod(0o700)
    async with terminal(OPENED, env={"VISUAL": str(editor)}) as screen:
        await screen.sees("hot food", "? keys")
        screen.press("je")
        await screen.sees("the editor has it")
        screen.press("On our way.\r")
        await screen.sees("Reply to", "1 text, 11 of 160")
        screen.press("\x13")
        await screen.sees("waiting to be sent")


async def test_a_viewer_gets_the_terminal_and_gives_it_back(tmp_path: Path) -> None:
    """O: with ``viewer_in_terminal`` it runs on the same terminal; what is typed then is its own."""
    viewer = tmp_path / "viewer"
    viewer.write_text('#!/bin/sh\necho "the viewer has ${1##*/}"\nread line\n', encoding="utf-8")
    viewer.chmod(0o700)
    async with terminal(OPENED, env={"VIEWER": str(viewer), "XDG_RUNTIME_DIR": str(tmp_path)}) as screen:
        await screen.sees("hot food", "? keys")
        screen.press("5")
        await screen.sees("Renewal of three books")
        screen.press("/renewal\r")
        await screen.sees("Filter  renewal  1 ticket")
        screen.press("O")
        await screen.sees("the viewer has list of books.pdf")
        screen.press("q\r")
        await screen.sees("Renewal of three books", "? keys")
        assert "Leave the desk?" not in screen.text


async def test_a_desk_whose_terminal_is_gone_ends_though_no_signal_says_so() -> None:
    """Started behind another program it hears of no hang-up; it would read nothing, again and again."""
    async with terminal(OPENED) as screen:
        await screen.sees("? keys")
        screen.goes()
        assert await screen.ended() == STATUS


@pytest.mark.parametrize("command", first_of(["desk", "tour"]))
async def test_a_terminal_that_writes_line_after_line_is_sent_to_line_mode(command: str, tmp_path: Path) -> None:
    """Where nothing can be drawn the reason stands there, and what to run instead."""
    config = tmp_path / "helpdesk.toml"
    config.write_text(f'[store]\npath = "{tmp_path}/desk.sqlite"\n', encoding="utf-8")
    asked = (sys.executable, "-m", "helpdesk.cli", command, "--config", str(config))
    async with terminal(asked, env={"TERM": "dumb"}, size=(200, 24)) as screen:
        await screen.until(lambda: "TERM is dumb" in screen.text, "no reason")
        await screen.until(lambda: "line" in screen.text.partition("TERM is dumb")[2], "no way")
        assert await screen.ended() == 2
