"""``helpdesk desk``: the desk at this terminal."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from helpdesk.commands.options import Config

if TYPE_CHECKING:
    from helpdesk.config import Settings


def desk(
    server: Annotated[
        str, typer.Option(help="Open the desk of this server: https://desk.library.example.", show_default=False)
    ] = "",
    config: Config = None,
) -> None:
    """Open the desk.

    It attaches to the store's owner where one runs; else it owns the store, and runs the channels too. With a server,
    here or as desk.server in the settings, it is that server's desk, by the token that helpdesk login keeps.
    """
    from helpdesk.clock import SystemClock
    from helpdesk.commands.desk_at import (
        drawn_elsewhere,
        log_place,
        opens_swiftly,
        settings_here,
        sit_at,
        sitting_settings,
        why_no_screen,
        wrong_keys,
    )
    from helpdesk.errors import BadConfig
    from helpdesk.journal import logged_beside

    opens_swiftly()
    if not drawn_elsewhere() and (why := why_no_screen()):
        raise BadConfig(
            f"The desk needs a terminal. {why} `helpdesk line` does all of it in lines; `helpdesk serve` runs without."
        )
    settings = settings_here(config) if server else sitting_settings(config)
    if settings.desk.keys and (wrong := wrong_keys(config)):
        raise BadConfig("\n".join(wrong))
    if at := server or settings.desk.server:
        with logged_beside(log_place(), SystemClock()):
            status = asyncio.run(sit_at(at, settings, config))
    else:
        with logged_beside(settings.store.path, SystemClock()):
            status = asyncio.run(_sit(settings, config))
    if status:
        raise typer.Exit(status)


async def _sit(settings: Settings, config: Path | None) -> int:
    """The desk at this terminal until it is left; its exit status."""
    from helpdesk.attaching import open_desk
    from helpdesk.commands.desk_at import is_open
    from helpdesk.commands.options import system_user
    from helpdesk.commands.tour import newcomers
    from tui.app import DeskApp
    from tui.hanging_up import hearing_hang_up
    from tui.likes import likes_of

    login, name = system_user()
    async with open_desk(settings) as (side, owner):
        sat = DeskApp(
            side,
            login,
            name=name,
            owner=owner,
            shared_login=settings.desk.shared_login,
            lock_minutes=settings.desk.lock_minutes,
            away_minutes=settings.desk.away_minutes,
            likes=likes_of(settings.desk),
            newcomers=newcomers(config),
            opened=is_open,
        )
        with hearing_hang_up(sat.hang_up):
            await sat.run_async()
    return sat.return_code or 0
