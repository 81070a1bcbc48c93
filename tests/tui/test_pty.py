"""The desk on a real terminal of 80 by 24: what arrives there, and what a terminal's keys do."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from tests.tui.terminal import terminal

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
