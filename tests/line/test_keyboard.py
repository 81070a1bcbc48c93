"""ctrl+C, whenever it comes: in the very instant in which the main thread turns from one thing to the next."""

from __future__ import annotations

import asyncio
import io
import os
import signal

import pytest

from tui.line.terminal import STOPPED, Keyboard
from tui.line.wrong import Left

OFTEN = 60


async def _interrupted() -> int:
    """Goes on for ever; ctrl+C comes as it begins."""
    os.kill(os.getpid(), signal.SIGINT)
    await asyncio.Event().wait()
    return 0


def test_what_has_just_begun_is_left() -> None:
    """The main thread may not even wait yet."""
    for _ in range(OFTEN):
        assert Keyboard(io.StringIO()).beside(_interrupted) == STOPPED


def test_what_follows_a_line_is_left_and_the_next_line_is_read() -> None:
    """The main thread may still be handing over the line before."""
    keyboard = Keyboard(io.StringIO("watch\n" * OFTEN))

    async def conversation() -> int:
        lines = 0
        while await keyboard.line("") is not None:
            lines += 1
            with pytest.raises(Left, match="Stopped"):
                await keyboard.doing(_interrupted())
        return lines

    assert keyboard.beside(conversation) == OFTEN


def test_afterwards_an_interrupt_is_what_it_was() -> None:
    """Whoever had the keyboard before has it again."""
    before = signal.getsignal(signal.SIGINT)
    Keyboard(io.StringIO()).beside(_interrupted)
    assert signal.getsignal(signal.SIGINT) is before
