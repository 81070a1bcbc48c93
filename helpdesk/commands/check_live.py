"""`helpdesk check --live`: a message to ourselves by each line."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from pathlib import Path

import typer


def failed(config: Path | None, lines: Sequence[str], *, texts: bool) -> bool:
    """Print what the probes of some lines, or all, came to, each as soon as it is known; whether one failed."""
    return asyncio.run(_probed(config, lines, texts=texts))


async def _probed(config: Path | None, lines: Sequence[str], *, texts: bool) -> bool:
    from helpdesk import checking_live
    from helpdesk.check import FAIL
    from helpdesk.clock import SystemClock
    from helpdesk.commands.options import system_user
    from helpdesk.settings.file import load

    settings, who = load(config, channels=False), system_user()[0]
    wrong = False
    async for finding in checking_live.live(settings, SystemClock(), who, lines=lines, texts=texts):
        typer.echo(str(finding))
        wrong = wrong or finding.level == FAIL
    return wrong
