"""The desk at a server: what `helpdesk desk --server` opens, on a machine that may have no settings of its own."""

from __future__ import annotations

import gc
import os
import sys
from functools import partial
from pathlib import Path

from helpdesk.config import Settings
from helpdesk.errors import BadConfig

OPENING = (500_000, 20, 50)
SELDOM = (50_000, 20, 50)
"""How many objects more there must be before Python looks for those that nothing needs (``gc.set_threshold``)."""


def opens_swiftly() -> None:
    """Let a desk that opens make its many lasting objects undisturbed: a fifth of the time that it takes to open."""
    gc.set_threshold(*OPENING)


def is_open() -> None:
    """What an open desk is made of lasts as long as the desk: it is not looked through again."""
    gc.freeze()
    gc.set_threshold(*SELDOM)


def settings_here(config: Path | None) -> Settings:
    """How this member likes their desk: their settings where there are any, else the defaults."""
    from helpdesk.settings.file import find, load

    if config is None:
        try:
            find()
        except BadConfig:
            return Settings()
    return load(config, channels=False)


def sitting_settings(config: Path | None) -> Settings:
    """The settings of a desk: one that attaches needs none of the channels, whose secrets the owner has."""
    from helpdesk.api.auth import answers
    from helpdesk.settings.file import load

    settings = load(config, channels=False)
    if settings.desk.server or answers(settings.store.socket_path):
        return settings
    return load(config)


def wrong_keys(config: Path | None) -> list[str]:
    """What is wrong with the keys in the settings, a line each; only the desk itself knows its commands."""
    from helpdesk.settings.file import read
    from tui import keymap

    reading = read(config)
    desk = reading.settings.desk
    return [f"{reading.file}: {line}" for line in keymap.wrong_keys(desk.keys, desk.keymap)]


def drawn_elsewhere() -> bool:
    """Whether helpdesk browser-desk has started this process: a page takes the place of its terminal."""
    return os.environ.get("TEXTUAL_DRIVER", "").endswith(":WebDriver")


def why_no_screen() -> str:
    """Why no full screen can be drawn here, as a sentence; "" where one can."""
    if not (sys.stdin.isatty() and sys.stdout.isatty()):
        return "There is no terminal here."
    if os.environ.get("TERM") == "dumb":
        return "This terminal writes one line after the other (TERM is dumb)."
    return ""


def log_place() -> Path:
    """Beside which file the desk's own log goes."""
    folder = Path.home() / ".config" / "helpdesk"
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    return folder / "desk"


async def sit_at(server: str, settings: Settings, config: Path | None = None) -> int:
    """The desk of a server at this terminal until it is left; its exit status.

    The token is read anew once it is no good any more: `helpdesk login` in another terminal, and enter goes on.
    """
    from helpdesk.api.remote import connect_to
    from helpdesk.commands.tour import newcomers
    from helpdesk.own_tokens import OwnTokens
    from tui.app import DeskApp
    from tui.hanging_up import hearing_hang_up
    from tui.likes import likes_of

    desk, tokens = settings.desk, OwnTokens()
    async with connect_to(server, partial(tokens.of, server), authority=desk.authority) as remote:
        sat = DeskApp(
            remote,
            remote.actor,
            alone=True,
            lock_minutes=desk.lock_minutes,
            away_minutes=desk.away_minutes,
            likes=likes_of(desk),
            renewed=tokens.written,
            newcomers=newcomers(config),
            opened=is_open,
        )
        with hearing_hang_up(sat.hang_up):
            await sat.run_async()
    return sat.return_code or 0
