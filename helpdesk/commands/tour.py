"""`helpdesk tour`: the guided tour, in a library of its own that is gone afterwards; and who is told of it."""

from __future__ import annotations

import asyncio
import hashlib
import os
import sys
import tempfile
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from helpdesk.commands.line import Asked, attended
from helpdesk.commands.options import Config

if TYPE_CHECKING:
    from helpdesk.config import DeskSettings, Settings
    from helpdesk.message import StaffId
    from tui.command import Command
    from tui.line.talk import Talk
    from tui.line.terminal import Keyboard
    from tui.line.voice import Voice
    from tui.newcomers import Newcomers


def tour(
    lines: Annotated[bool, typer.Option("--line", help="As labelled lines at a prompt, as in helpdesk line.")] = False,
    config: Config = None,
) -> None:
    """A guided tour of the desk in two minutes, with simulated patrons.

    It has a library of its own in a temporary folder, and touches none of yours. Keys and colours are those of your
    settings. Every step can be skipped, and the tour taken again.
    """
    from helpdesk.commands.desk_at import settings_here, why_no_screen
    from helpdesk.commands.options import system_user

    settings = settings_here(config)
    _first(os.environ, system_user()[0])
    if not lines and (why := why_no_screen()):
        typer.echo(f"The tour needs a terminal. {why} Without one: helpdesk tour --line", err=True)
        raise typer.Exit(2)
    if status := _spoken(settings) if lines else asyncio.run(_shown(settings.desk)):
        raise typer.Exit(status)


async def _shown(desk: DeskSettings) -> int:
    """The tour on a whole screen; its exit status. Its log goes the way of its temporary folder."""
    from helpdesk import demo
    from helpdesk.clock import SystemClock
    from helpdesk.commands.options import system_user
    from helpdesk.journal import logged_beside
    from tui.app import DeskApp
    from tui.likes import likes_of
    from tui.tour import Guide

    login, name = system_user()
    async with demo.tour() as house:
        with logged_beside(house.settings.store.path, SystemClock()):
            sat = DeskApp(house.desk, login, name=name, likes=likes_of(desk), guide=Guide())
            await sat.run_async()
    return sat.return_code or 0


def _spoken(settings: Settings) -> int:
    """The tour at a prompt; its exit status."""

    @asynccontextmanager
    async def played(
        settings: Settings, voice: Voice, keyboard: Keyboard, commands: tuple[Command, ...]
    ) -> AsyncIterator[Talk]:
        from helpdesk import demo
        from helpdesk.commands.options import system_user
        from tui.line.session import opened
        from tui.tour import Guide

        login, name = system_user()
        async with (
            demo.tour() as house,
            opened(house.desk, login, voice, keyboard, name=name, commands=commands) as talk,
        ):
            talk.sitting.guide = Guide(spoken=True)
            yield talk

    with tempfile.TemporaryDirectory(prefix="helpdesk-tour-log-") as folder:
        return attended(played, settings, Asked(), log=Path(folder) / "tour")


def newcomers(config: Path | None = None, environ: Mapping[str, str] | None = None) -> Newcomers:
    """Who is told of the tour by a desk on this computer, and how the desk gives it."""
    from tui.newcomers import Newcomers

    settings = ["--config", str(config)] if config is not None else []
    here = os.environ if environ is None else environ
    return Newcomers(first=partial(_first, here), tour=(sys.executable, "-m", "helpdesk.cli", "tour", *settings))


def _first(environ: Mapping[str, str], member: StaffId) -> bool:
    """Whether a member was never told of the tour here; from now on they were."""
    state = environ.get("XDG_STATE_HOME") or os.path.join(environ.get("HOME") or Path.home(), ".local", "state")
    mark = Path(state) / "helpdesk" / "told-of-the-tour" / hashlib.sha256(member.encode()).hexdigest()[:16]
    try:
        mark.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        mark.touch(mode=0o600, exist_ok=False)
    except OSError:  # they were told before, or nothing can be kept here: then nobody ever is
        return False
    return True
