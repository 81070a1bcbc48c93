"""The main journey on real terminals, a small one and a large one: what is seen stands straight at every step."""

from __future__ import annotations

import os
import re
import signal
import sys

import pytest

from tests.tui.terminal import Terminal, terminal

OPENED = (sys.executable, "-m", "tests.tui.opened", "waits")
SIZES = [(80, 24), pytest.param((200, 60), marks=pytest.mark.full)]
STRAY = re.compile(r"\x1b|\[\??\d+(;\d+)*[A-Za-z]|[\x00-\x08\x0e-\x1f\x7f]")
"""What is left of an escape sequence that a terminal did not take."""

CHANNELS = ("text", "mail", "chat")


def crooked(screen: Terminal) -> str:
    """What does not stand straight, "" if all does: the first line is the first, the last the last, no stray sign."""
    lines = screen.text.split("\n")
    if not lines[0].startswith(" Moor Street Library") or not lines[-1].strip():
        return f"The first line is {lines[0]!r}, the last one {lines[-1]!r}."
    found = STRAY.search(screen.text)
    return "" if found is None else f"Left of a sequence: {found.group()!r}."


async def straight(screen: Terminal) -> None:
    """Nothing wrapped, nothing stray, as soon as all of it has come."""
    await screen.until(lambda: not crooked(screen), crooked(screen))


def columns(screen: Terminal) -> list[str]:
    """The channels of the rows, read where their heading stands; "" for a row that has no air before a column."""
    lines = screen.text.splitlines()
    heading = [at for at, line in enumerate(lines) if "DUE" in line and "VIA" in line and "ABOUT" in line]
    if not heading:
        return []
    heads = [lines[heading[0]].index(head) for head in ("DUE", "VIA", "FROM", "ABOUT")]
    rows = [line.ljust(heads[-1] + 1) for line in lines[heading[0] + 1 : -2]]
    return [
        row[heads[1] : heads[1] + 4] if all(row[head - 1] == " " != row[head] for head in heads) else ""
        for row in rows
        if row[heads[0] : heads[1]].strip()
    ]


async def in_columns(screen: Terminal, *channels: str) -> None:
    """The rows stand under their headings, and came in by these channels."""
    await screen.until(lambda: set(columns(screen)) == set(channels), f"not in columns: {channels}")


async def leaves(screen: Terminal) -> None:
    """q, and yes: the terminal is as it was."""
    screen.press("q")
    await screen.sees("This desk runs the channels")
    screen.press("j\r")
    assert await screen.ended() == 0
    await screen.until(lambda: screen.restored, "the terminal was left changed")


@pytest.mark.parametrize("size", SIZES)
async def test_the_main_journey(size: tuple[int, int]) -> None:
    """Open, move, open a ticket, reply, take it back before it goes out, reply again, solve, leave."""
    async with terminal(OPENED, size=size) as screen:
        await screen.sees("someone eating", "? keys", "New 7")
        await straight(screen)
        await in_columns(screen, *CHANNELS)
        row = next(at for at, line in enumerate(screen.text.splitlines()) if "someone eating" in line)
        screen.press("j")
        await screen.until(lambda: screen.cursor[1] == row, f"the cursor is not on line {row}")
        screen.press("\r")
        await screen.sees("esc back", "+447700900102")
        await straight(screen)
        await replies(screen, "On our way.")
        screen.press("z")
        await screen.sees("Reply to", "On our way.", "1 text, 11 of 160")
        await straight(screen)
        await sends(screen)
        screen.press("x")
        await screen.until(
            lambda: "ABOUT" in screen.text and "someone eating" not in screen.text, "it is on the list yet"
        )
        await straight(screen)
        await in_columns(screen, *CHANNELS)
        await leaves(screen)


async def replies(screen: Terminal, text: str) -> None:
    """r, the words, ctrl+s: it waits for second thoughts, in sight."""
    screen.press("r")
    await screen.sees("Reply to")
    screen.press(text)
    await screen.sees(f"1 text, {len(text)} of 160")
    await straight(screen)
    await sends(screen)


async def sends(screen: Terminal) -> None:
    """ctrl+s: back at the ticket."""
    screen.press("\x13")
    await screen.until(lambda: "esc back" in screen.text and "goes in" in screen.text, "the reply is not sent")
    await straight(screen)


async def test_a_desk_that_is_told_to_end_leaves_the_terminal_as_it_was() -> None:
    """SIGTERM, as a machine sends it that goes down."""
    async with terminal(OPENED) as screen:
        await screen.sees("? keys", "hot food")
        os.kill(screen.process.pid, signal.SIGTERM)
        await screen.ended()
        await screen.until(lambda: screen.restored, "the terminal was left changed")
