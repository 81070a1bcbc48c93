"""`helpdesk noiseline ...`: what the sealed lines hold, and their master key."""

from __future__ import annotations

import asyncio
import os
from pathlib import Path
from typing import Annotated

import typer

from helpdesk.commands.noiseline_attack import attack
from helpdesk.commands.noiseline_posters import posters
from helpdesk.commands.noiseline_schedule import schedule
from helpdesk.commands.noiseline_zones import zones
from helpdesk.commands.options import Config

noiseline = typer.Typer(help="Sealed lines: what is still held, a new master key.", no_args_is_help=True)


@noiseline.command()
def status(config: Config = None) -> None:
    """Say what is still held of each sealed line, until when, and what the carrier still owes.

    Counts and times only. It may be asked while the help desk runs.
    """
    from helpdesk.clock import SystemClock
    from helpdesk.errands import noiseline_status
    from helpdesk.settings.file import load

    for line in asyncio.run(noiseline_status(load(config, channels=False), SystemClock())):
        typer.echo(line)


@noiseline.command()
def rotate(
    out: Annotated[
        Path | None,
        typer.Option(help="Where the new key of a systemd credential is written.", show_default=False),
    ] = None,
    config: Config = None,
) -> None:
    """Put a new master key in the place of the old one, and wrap all keys under it.

    Stop the help desk first. The process may die at any moment: the key that is in place then opens everything.
    A systemd credential is yours to replace: the commands are printed.
    """
    from helpdesk.clock import SystemClock
    from helpdesk.settings.file import load
    from helpdesk.store.rotation import rotate as rotated

    for line in asyncio.run(rotated(load(config, channels=False).store, SystemClock(), os.environ, out=out)).lines():
        typer.echo(line)


noiseline.command()(attack)
noiseline.command()(schedule)
noiseline.command()(zones)
noiseline.command()(posters)
