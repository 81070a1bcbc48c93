"""`helpdesk db export` and `helpdesk db import`: a library as one file, and back."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from helpdesk.commands.options import Config, system_user
from helpdesk.plurals import plural

if TYPE_CHECKING:
    from helpdesk.config import Settings
    from helpdesk.store.exporting import Exported


def export(
    file: Annotated[Path, typer.Argument(help="A new file: NAME.jsonl, or NAME.jsonl.gz to pack it.")],
    config: Config = None,
) -> None:
    """Write everything that is the library's as JSON Lines, while it is in use.

    It holds what patrons wrote, and their addresses: keep it as you keep a backup. Keys, handles, seals, PINs and
    tokens are not in it. The audit trail notes who made it.
    """
    from helpdesk.settings.file import load

    settings = load(config, channels=False)
    made = asyncio.run(_exported(settings, file))
    typer.echo(f"{file}: {made.size / 1e6:,.1f} MB, {plural(made.rows, 'row')}, {plural(made.events, 'event')}.")
    typer.echo(f"Digest of all rows: {made.digest[:16]}")


async def _exported(settings: Settings, file: Path) -> Exported:
    from helpdesk.clock import SystemClock
    from helpdesk.errands import noted
    from helpdesk.store.exporting import export as exported
    from helpdesk.store.opening import open_reader, state

    found = state(settings.store, settings.library.id)
    async with open_reader(settings.store, library=settings.library.id) as store:
        await noted(settings, SystemClock(), system_user()[0], "export")
        return await exported(store, file, schema=found.version, zone=settings.library.zone)


def take_in(
    file: Annotated[Path, typer.Argument(help="What helpdesk db export wrote.")],
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only read it through and compare its digests.")] = False,
    config: Config = None,
) -> None:
    """Read a full export into an empty store. Nothing is kept unless every row is as it was written."""
    from helpdesk.settings.file import load
    from helpdesk.store.elsewhere import file_of
    from helpdesk.store.importing import look_through, refuse_database
    from helpdesk.store.importing import take_in as taken

    settings = load(config, channels=False)
    if dry_run:
        seen = look_through(file, settings.library.id)
        typer.echo(f"{file} is whole: {plural(seen.rows, 'row')}, {plural(seen.header.events, 'event')}.")
        return
    refuse_database(settings.store.url)
    made = taken(file, file_of(settings.store), settings.library.id)
    held = f"{plural(made.rows, 'row')}, {plural(made.header.events, 'event')}"
    typer.echo(f"{settings.store.path}: {held}, the same as in the file.")
    if made.compared:
        typer.echo("The report of its last month comes out the same.")
    typer.echo(f"Digest of all rows: {made.digest[:16]}")
    typer.echo("Staff set their PINs anew, and get new tokens. `helpdesk db check` compares clocks with the log.")
