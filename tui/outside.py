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
    """The member's own editor: $VISUAL, $EDITOR, or vi."""
    return shlex.split(os.environ.get("VISUAL") or os.environ.get("EDITOR") or "vi")


async def run_here(words: list[str]) -> int:
    """Run a command on this terminal, beside the event loop."""
    process = await asyncio.create_subprocess_exec(*words)
    return await process.wait()


async def written(text: str, run: Run = run_here) -> tuple[str, str]:
    """``text`` as the editor left it, and what went wrong in words ("" if nothing did; the text is unchanged then)."""
    with tempfile.TemporaryDirectory(prefix="helpdesk-") as folder:
        path = Path(folder) / "reply.txt"
        path.write_text(text, encoding="utf-8")
        path.chmod(0o600)
        words = [*editor_command(), str(path)]
        try:
            status = await run(words)
        except OSError:
            said = f"{words[0]} could not be started. Set EDITOR to an editor that is installed, or write here."
            return text, said
        if status:
            return text, f"{words[0]} ended with an error ({status}); your text is as it was before."
        return path.read_text(encoding="utf-8", errors="replace").rstrip("\n"), ""
