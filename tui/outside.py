"""Writing in $EDITOR: a file for nobody else, the member's own editor, and what was written. No Textual."""

from __future__ import annotations

import asyncio
import os
import shlex
import tempfile
from collections.abc import Awaitable, Callable
from pathlib import Path

Run = Callable[[list[str]], Awaitable[int]]
"""Runs a command on this terminal until it ends; its exit status. OSError where it can't be started."""


def editor_command() -> list[str]:
    """The member's own editor: $VISUAL, $EDITOR, or vi. ValueError where it can't be read as a command."""
    return shlex.split(os.environ.get("VISUAL") or os.environ.get("EDITOR") or "") or ["vi"]


async def run_here(words: list[str]) -> int:
    """Run a command on this terminal, beside the event loop."""
    process = await asyncio.create_subprocess_exec(*words)
    return await process.wait()


async def written(text: str, run: Run = run_here) -> tuple[str, str]:
    """``text`` as the editor left it, and what went wrong in words ("" if nothing did; the text is unchanged then)."""
    try:
        editor = editor_command()
    except ValueError:  # a quotation mark that is not closed
        return text, "EDITOR can't be read as a command. Set it to an editor that is installed, or write here."
    try:
        with tempfile.TemporaryDirectory(prefix="helpdesk-") as folder:
            return await _written(text, folder, editor, run)
    except OSError as error:
        return text, f"The text could not be handed to {editor[0]}: {error.strerror or error}. Write here instead."


async def _written(text: str, folder: str, editor: list[str], run: Run) -> tuple[str, str]:
    """The same, in a file of that folder. OSError where it can't be written, or read again."""
    path = Path(folder) / "reply.txt"
    path.write_text(text, encoding="utf-8")
    path.chmod(0o600)
    try:
        status = await run([*editor, str(path)])
    except OSError:
        return text, f"{editor[0]} could not be started. Set EDITOR to an editor that is installed, or write here."
    if status:
        return text, f"{editor[0]} ended with an error ({status}); your text is as it was before."
    return path.read_text(encoding="utf-8", errors="replace").rstrip("\n"), ""
