"""Writing in $EDITOR: the desk steps aside, and what was written comes back to be looked over."""

from __future__ import annotations

from textual.app import App, SuspendNotSupported

from tui.outside import run_here, written


async def edited(app: App[None], text: str) -> tuple[str, str]:
    """``text`` as the editor left it, and what went wrong in words ("" if nothing did; the text is unchanged then).

    The editor runs beside the event loop: whatever else this process does goes on meanwhile.
    """

    async def aside(words: list[str]) -> int:
        with app.batch_update(), app.suspend():
            return await run_here(words)

    try:
        return await written(text, aside)
    except SuspendNotSupported:
        return text, "This terminal can't step aside for an editor. Write here instead."
