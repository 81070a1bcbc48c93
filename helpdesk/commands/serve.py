"""`helpdesk serve` and `helpdesk reload`: run the help desk without a terminal, and let it take its settings anew."""

from __future__ import annotations

import asyncio
import os
import resource
import sys
from typing import TYPE_CHECKING

import typer

from helpdesk.commands.options import Config, system_user
from helpdesk.errors import Refused

if TYPE_CHECKING:
    from helpdesk.app import Read
    from helpdesk.config import Settings
    from helpdesk.doors import Doors
    from helpdesk.journal import Journal
    from helpdesk.offering import Offer


MOST_FILES = 16_384
"""The most open files and connections that are asked for."""


def serve(config: Config = None) -> None:
    """Run the channels without a terminal, until stopped.

    SIGTERM stops it within ten seconds, a second one at once. SIGHUP lets it take its settings anew, as
    `helpdesk reload` does; started at a terminal it stops when that goes away.
    """
    from helpdesk.clock import SystemClock
    from helpdesk.journal import Journal, is_journals, logged_to
    from helpdesk.settings.file import load

    settings = load(config)
    _open_more()
    log = settings.log
    journal = Journal(level=log.level, form=log.format, prioritised=is_journals(sys.stderr, os.environ))
    with logged_to(sys.stderr, SystemClock(), journal):
        asyncio.run(_served(settings, lambda: load(config), journal))


def _open_more() -> None:
    """As many connections as the system allows: the usual 1,024 are fewer than `web.connections`."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = MOST_FILES if hard == resource.RLIM_INFINITY else min(hard, MOST_FILES)
    if 0 <= soft < wanted:
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))


async def _served(settings: Settings, read: Read, journal: Journal) -> None:
    from helpdesk import app as composer
    from helpdesk.notifying import from_environment

    hung_up = asyncio.Event()
    async with composer.stopping() as stop, composer.hanging_up(stop if sys.stdin.isatty() else hung_up):
        await composer.serve(
            settings,
            stop=stop,
            hung_up=hung_up,
            read=read,
            notifier=from_environment(os.environ),
            journal=journal,
            ready=lambda doors, offer: _say_where(settings, doors, offer),
        )


def _say_where(settings: Settings, doors: Doors, offer: Offer) -> None:
    """Where everything listens, a line each, as soon as it does."""
    from helpdesk.store.opening import place

    typer.echo(f"store   {place(settings.store)}")
    typer.echo(f"web     {doors.web}")
    if doors.mail_port is not None:
        typer.echo(f"mail    {doors.mail_host}:{doors.mail_port}")
    if offer.url:
        typer.echo(f"api     {offer.url}")
    typer.echo(f"desk    {settings.store.socket_path}: open another terminal and run `helpdesk desk`")
    typer.echo("Stop with ctrl+c.")
    sys.stdout.flush()


def reload(config: Config = None) -> None:
    """Let the running help desk take its settings anew, as far as that is possible without a restart.

    It says what changed, and what waits for the next start. A file that is wrong changes nothing: the exit status is 2,
    and what is wrong is told with file, line and remedy.
    """
    from helpdesk.api.auth import answers
    from helpdesk.clock import SystemClock
    from helpdesk.errands import keeper
    from helpdesk.settings.file import load

    settings = load(config, channels=False)
    if not answers(settings.store.socket_path):
        raise Refused(f"Nobody answers on {settings.store.socket_path}: the settings count at the next start.")

    async def reloaded() -> tuple[str, ...]:
        async with keeper(settings, SystemClock()) as running:
            return await running.reload(system_user()[0])

    for line in asyncio.run(reloaded()) or ("Nothing has changed; the files that the settings name were read again.",):
        typer.echo(line)
