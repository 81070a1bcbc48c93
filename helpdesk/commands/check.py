"""``helpdesk check``: what is wrong here; with ``--live`` also with the lines, by a message to ourselves."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import Annotated

import typer

from helpdesk.commands.options import Config


def check(
    live: Annotated[
        bool, typer.Option("--live", help="Also send ourselves a message by each line, and wait until it is back.")
    ] = False,
    lines: Annotated[
        list[str] | None,
        typer.Option("--line", help="With --live: this line only; may be given again.", show_default=False),
    ] = None,
    texts: Annotated[
        bool, typer.Option(help="With --live: send texts, which cost, or look at the carrier's account only.")
    ] = True,
    config: Config = None,
) -> None:
    """Say what is wrong: settings, store, keys, ports, standards, relay; with --live also each line."""
    from helpdesk.check import FAIL, Finding
    from helpdesk.check import check as findings
    from helpdesk.clock import SystemClock
    from helpdesk.commands.desk_at import wrong_keys
    from helpdesk.errors import BadConfig

    async def printed() -> bool:
        failed = False
        async for finding in findings(config, SystemClock()):
            typer.echo(str(finding))
            failed = failed or finding.level == FAIL
        return failed

    failed = asyncio.run(printed())
    with suppress(BadConfig):  # settings that can't be read have been told of
        for line in wrong_keys(config):
            typer.echo(str(Finding(FAIL, "desk", line)))
            failed = True
    if live:
        failed = _failed_live(config, lines or [], texts=texts) or failed
    if failed:
        raise typer.Exit(1)


def _failed_live(config: Path | None, lines: Sequence[str], *, texts: bool) -> bool:
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
