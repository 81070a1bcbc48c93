"""`helpdesk retention`: forget what is old enough, now rather than by night; or only say what would go."""

from __future__ import annotations

import asyncio
from typing import Annotated

import typer

from helpdesk.commands.options import Config, system_user


def retention(
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Forget nothing: say what would go.")] = False,
    config: Config = None,
) -> None:
    """Forget what is old enough by the rules of [retention], as the help desk does each night by itself.

    It says by rule and line how many tickets, people, mails, entries, files and remarks it is. The log keeps the
    numbers. Counts, times and reports stay as they are.
    """
    from helpdesk.clock import SystemClock
    from helpdesk.errands import keeper
    from helpdesk.settings.file import load

    settings = load(config, channels=False)

    async def done() -> tuple[str, ...]:
        async with keeper(settings, SystemClock()) as keeping:
            return await keeping.retain(system_user()[0], dry_run=dry_run)

    for line in asyncio.run(done()):
        typer.echo(line)
