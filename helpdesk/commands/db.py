"""`helpdesk db ...`: care of the store."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Annotated

import typer

from helpdesk.commands.options import Config

db = typer.Typer(help="Care of the store: upgrade, check, backup, rebuild.", no_args_is_help=True)


@db.command()
def upgrade(config: Config = None) -> None:
    """Bring the store to this program's schema. Every start does so, too."""
    from helpdesk.settings.file import load
    from helpdesk.store.care import upgrade as upgraded

    path = load(config, channels=False).store.path
    ran = upgraded(path)
    typer.echo(f"{path}: {ran} migrations ran." if ran else f"{path} is up to date.")


@db.command()
def check(config: Config = None) -> None:
    """Look for damage to the store.

    Pages, references, the chain that binds the log together, and all that is folded from the log.
    """
    from helpdesk.settings.file import load
    from helpdesk.store.care import examine, state
    from helpdesk.store.sqlite import open_reader
    from helpdesk.upkeep import check as folded

    settings = load(config, channels=False)

    async def differing() -> tuple[str, ...]:
        async with open_reader(settings.store.path, library=settings.library.id) as store:
            return await folded(store)

    found = examine(settings.store.path, settings.library.id)
    for line in found:
        typer.echo(f"FAIL  {line}")
    if found:
        typer.echo("Keep this file, and put the latest backup in its place.", err=True)
        raise typer.Exit(1)
    if differs := asyncio.run(differing()):
        for line in differs:
            typer.echo(f"FAIL  {line}")
        typer.echo("The log is whole: `helpdesk db rebuild` puts this right.", err=True)
        raise typer.Exit(1)
    typer.echo(
        f"ok    {settings.store.path}: {state(settings.store.path, settings.library.id).events} events, unbroken"
    )


@db.command()
def backup(
    file: Annotated[Path, typer.Argument(help="The copy; it must not exist yet.")], config: Config = None
) -> None:
    """Copy the store while it is in use. The keys of sealed lines are not in the copy."""
    from helpdesk.settings.file import load
    from helpdesk.store.care import back_up

    size = back_up(load(config, channels=False).store.path, file)
    typer.echo(f"{file}: {size / 1_000_000:.1f} MB. Keys of sealed lines are not in it.")


@db.command()
def rebuild(config: Config = None) -> None:
    """Make clocks and counts again from the log."""
    from helpdesk.clock import SystemClock
    from helpdesk.errands import keeper
    from helpdesk.settings.file import load

    settings = load(config, channels=False)

    async def rebuilt() -> tuple[str, ...]:
        async with keeper(settings, SystemClock()) as keeping:
            return await keeping.rebuild()

    for line in asyncio.run(rebuilt()):
        typer.echo(line)
