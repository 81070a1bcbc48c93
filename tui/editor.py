"""The desk steps aside: for $EDITOR, whose text comes back to be looked over, and for the tour."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from functools import partial

from textual.app import App, SuspendNotSupported

from tui.outside import run_here, written


async def edited(app: App[None], text: str) -> tuple[str, str]:
    """``text`` as the editor left it, and what went wrong in words ("" if nothing did; the text is unchanged then).

    The editor runs beside the event loop: whatever else this process does goes on meanwhile.
    """
    try:
        return await written(text, partial(_aside, app))
    except SuspendNotSupported:
        return text, "This terminal can't step aside for an editor. Write here instead."


async def shown_round(app: App[None], tour: Sequence[str]) -> str | None:
    """Give the ``tour`` on this terminal and come back; None, or what went wrong, "" where there is none to give."""
    if not tour:
        return ""
    try:
        status = await _aside(app, [*tour], "The tour opens in a moment, and the desk again after it.")
    except SuspendNotSupported:
        return "This terminal can't step aside for the tour. "
    except OSError:
        return "The tour could not be started here. "
    return f"The tour ended with an error ({status}). " if status else None


async def _aside(app: App[None], words: list[str], told: str = "") -> int:
    """``told``: what stands on the terminal where it takes a while until the other program draws."""
    with app.batch_update(), app.suspend():
        if told and sys.__stdout__ is not None:
            sys.__stdout__.write(f"{told}\n")
            sys.__stdout__.flush()
        return await run_here(words)
