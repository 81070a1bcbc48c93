"""Writing in $EDITOR: the desk steps aside, and what was written comes back to be looked over."""

from __future__ import annotations

import asyncio
import os
import shlex
import tempfile
from pathlib import Path

from textual.app import App, SuspendNotSupported


def editor_command() -> list[str]:
    """The member's own editor: $VISUAL, $EDITOR, or vi."""
    return shlex.split(os.environ.get("VISUAL") or os.environ.get("EDITOR") or "vi")


async def edited(app: App[None], text: str) -> tuple[str, str]:
    """``text`` as the editor left it, and what went wrong in words ("" if nothing did; the text is unchanged then).

    The editor runs beside the event loop: whatever else this process does goes on meanwhile.
    """
    with tempfile.TemporaryDirectory(prefix="helpdesk-") as folder:
        path = Path(folder) / "reply.txt"
        path.write_text(text, encoding="utf-8")
        path.chmod(0o600)
        if trouble := await _run(app, [*editor_command(), str(path)]):
            return text, trouble
        return path.read_text(encoding="utf-8", errors="replace").rstrip("\n"), ""


async def _run(app: App[None], words: list[str]) -> str:
    try:
        with app.batch_update(), app.suspend():
            process = await asyncio.create_subprocess_exec(*words)
            status = await process.wait()
    except SuspendNotSupported:
        return "This terminal can't step aside for an editor. Write here instead."
    except OSError:
        return f"{words[0]} could not be started. Set EDITOR to an editor that is installed, or write here."
    return "" if status == 0 else f"{words[0]} ended with an error ({status}); your text is as it was before."
