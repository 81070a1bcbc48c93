"""Publishing from the command line: what differs is shown first, then it is put in force."""

from __future__ import annotations

import asyncio
import sys
from datetime import date
from pathlib import Path

import typer

from helpdesk import rulebook
from helpdesk.api.keeper import Publishable
from helpdesk.clock import Clock, SystemClock
from helpdesk.commands.options import system_user
from helpdesk.config import Settings
from helpdesk.errands import keeper
from helpdesk.errors import Refused
from helpdesk.reports.words import plain
from helpdesk.settings.file import load
from helpdesk.standards import Published
from helpdesk.store import opening
from helpdesk.store.verbs import rulebook as verbs


def publish(
    kind: Publishable, config: Path | None, *, yes: bool = False, restate_from: date | None = None, why: str = ""
) -> None:
    """Show what differs, ask where somebody sits at a terminal, and publish."""
    settings, clock = load(config, channels=False), SystemClock()
    if restate_from is not None and not why.strip():
        raise Refused("Say with --why why the past is counted anew: readers of the report will ask.")
    changes, left = asyncio.run(differing(settings, clock, kind))
    for line in (*changes, *left):
        typer.echo(plain(line))
    if not changes and restate_from is None:
        typer.echo("Nothing differs from what is published.")
        return
    if restate_from is not None:
        typer.echo(f"All contacts since {restate_from} are counted anew by the calendars as they stand now.")
    if not yes and sys.stdin.isatty() and not typer.confirm("Publish this?"):
        raise Refused("Nothing was published.")
    login, _ = system_user()
    for line in asyncio.run(_published(settings, clock, kind, login, restate_from, why)):
        typer.echo(f"published {line}" if line.startswith(kind) else line)


async def differing(settings: Settings, clock: Clock, kind: Publishable) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """What publishing one kind would change, and what it would not take back, in words; BadConfig for a wrong file."""
    found = rulebook.drafts(settings.calendars, settings.standards, now=clock.now(), zone=settings.library.zone)
    published = await in_force(settings)
    left = (line for line in rulebook.left_behind(published, found) if line.startswith(kind))
    return rulebook.differences(published, found.only((kind,))), tuple(left)


async def in_force(settings: Settings) -> Published:
    """What is published; nothing where there is no store yet."""
    if not opening.is_there(settings.store):
        return Published()
    opening.state(settings.store, settings.library.id)
    async with opening.open_reader(settings.store, library=settings.library.id) as store:
        return await store.read(verbs.published)


async def _published(
    settings: Settings, clock: Clock, kind: Publishable, login: str, restate_from: date | None, why: str
) -> tuple[str, ...]:
    async with keeper(settings, clock) as keeping:
        return await keeping.publish(kinds=(kind,), actor=login, restate_from=restate_from, why=why)
