"""`helpdesk line`: the desk as labelled lines, for screen readers, dumb terminals and scripts."""

from __future__ import annotations

import io
import os
import shutil
import sys
import tempfile
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from helpdesk.commands.options import Config

if TYPE_CHECKING:
    from helpdesk.config import Settings
    from tui.command import Command
    from tui.line.talk import Talk
    from tui.line.terminal import Keyboard
    from tui.line.voice import Voice


def _verbs(incomplete: str) -> list[str]:
    """What the shell's tab offers: verbs that begin so."""
    from tui.line.table import VERBS

    return sorted(verb.id for verb in VERBS if verb.id.startswith(incomplete))


def line(
    words: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="[VERB [TICKET] [WORDS]]",
            help='What to do, as in: reply 412 "Yes, until 9 pm.". Without it: a prompt, or a script from a pipe.',
            show_default=False,
            autocompletion=_verbs,
        ),
    ] = None,
    server: Annotated[
        str, typer.Option(help="Open the desk of this server: https://desk.library.example.", show_default=False)
    ] = "",
    json: Annotated[bool, typer.Option("--json", help="One JSON object a line, for programs.")] = False,
    wide: Annotated[
        bool | None,
        typer.Option(
            "--wide/--narrow", help="Lines whole, or of 80 signs at most, as in a terminal.", show_default=False
        ),
    ] = None,
    keep_going: Annotated[
        bool, typer.Option("--keep-going", help="A script goes on after a line that failed.")
    ] = False,
    config: Config = None,
) -> None:
    """The desk as labelled lines and numbered menus: for screen readers, dumb terminals and scripts.

    All that the full screen does. `helpdesk line help` says what can be said. The exit status is 0 done, 1 refused,
    2 not understood, 3 somebody changed it first, 4 nobody answered, 5 not for this role.
    """
    from helpdesk.commands.desk_at import settings_here, sitting_settings

    settings = settings_here(config) if server else sitting_settings(config)
    asked = Asked(" ".join(words or []), json=json, wide=wide, keep_going=keep_going)
    at = server or settings.desk.server
    if status := attended(partial(_at_server, at) if at else _here, settings, asked):
        raise typer.Exit(status)


@dataclass(frozen=True, slots=True)
class Asked:
    """What was said on the command line: the line, "" for a prompt or a script, and how to speak."""

    line: str = ""
    json: bool = False
    wide: bool | None = None
    keep_going: bool = False


Sits = Callable[["Settings", "Voice", "Keyboard", "tuple[Command, ...]"], "AbstractAsyncContextManager[Talk]"]
"""Opens a desk for whoever sits at this keyboard."""


def attended(sits: Sits, settings: Settings, asked: Asked, *, log: Path | None = None) -> int:
    """Sit at a desk until what was said is done, or somebody leaves; the exit status. ``log``: beside which file."""
    from helpdesk.clock import SystemClock
    from helpdesk.commands.desk_at import log_place
    from helpdesk.journal import logged_beside
    from tui.line.table import VERBS
    from tui.line.terminal import Keyboard

    keyboard = Keyboard(words=[verb.id for verb in VERBS])
    voice, commands = voice_of(asked), _commands(settings)

    async def work() -> int:
        async with sits(settings, voice, keyboard, commands) as talk:
            return await said_to(talk, asked)

    place = log or (settings.store.path if sits is _here else log_place())
    try:
        with logged_beside(place, SystemClock()):
            return keyboard.beside(work)
    except BrokenPipeError:  # whoever listened has heard enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1


async def said_to(talk: Talk, asked: Asked) -> int:
    """Do what was said on the command line, what a pipe says, or what somebody says at a prompt; the exit status."""
    from tui.line.session import conversation, one, script

    if asked.line:
        return await one(talk, asked.line)
    if talk.ask.reader.asks:
        return await conversation(talk)
    return await script(talk, keep_going=asked.keep_going)


def voice_of(asked: Asked) -> Voice:
    """Lines to this terminal, or to whoever reads from the pipe."""
    from tui.line.voice import WIDTH, Voice

    narrow = sys.stdout.isatty() if asked.wide is None else not asked.wide
    width = min(WIDTH, shutil.get_terminal_size((WIDTH, 24)).columns) if narrow else 0
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(errors="replace")  # a terminal of few letters gets a sign for those it lacks
    return Voice(partial(print, flush=True), partial(print, file=sys.stderr, flush=True), json=asked.json, width=width)


def _commands(settings: Settings) -> tuple[Command, ...]:
    """The command table, with the settings' keys where there are any."""
    from tui.commands import COMMANDS
    from tui.presets import PRESETS

    desk = settings.desk
    if not desk.keys and desk.keymap == PRESETS[0]:
        return COMMANDS
    from tui.keymap import keymap

    return keymap(desk.keys, desk.keymap)


@asynccontextmanager
async def _here(
    settings: Settings, voice: Voice, keyboard: Keyboard, commands: tuple[Command, ...]
) -> AsyncIterator[Talk]:
    """The desk of this machine: its owner's, or one that owns the store itself."""
    from helpdesk.attaching import open_desk
    from helpdesk.commands.options import system_user
    from helpdesk.commands.tour import newcomers
    from tui.line.session import opened
    from tui.viewing import Viewing

    login, name = system_user()
    desk = settings.desk
    async with (
        open_desk(settings) as (side, owner),
        opened(
            side,
            login,
            voice,
            keyboard,
            name=name,
            owner=owner,
            shared_login=desk.shared_login,
            lock_minutes=desk.lock_minutes,
            away_minutes=desk.away_minutes,
            commands=commands,
            viewing=Viewing(desk.viewer, here=desk.viewer_in_terminal),
        ) as talk,
    ):
        talk.sitting.newcomers = newcomers()
        yield talk


@asynccontextmanager
async def _at_server(
    server: str, settings: Settings, voice: Voice, keyboard: Keyboard, commands: tuple[Command, ...]
) -> AsyncIterator[Talk]:
    """The desk of a server, by the token that is kept here."""
    from helpdesk.api.remote import connect_to
    from helpdesk.commands.tour import newcomers
    from helpdesk.own_tokens import OwnTokens
    from tui.line.session import opened
    from tui.viewing import Viewing

    desk, tokens = settings.desk, OwnTokens()
    async with (
        connect_to(server, partial(tokens.of, server), authority=desk.authority) as remote,
        opened(
            remote,
            remote.actor,
            voice,
            keyboard,
            alone=True,
            lock_minutes=desk.lock_minutes,
            away_minutes=desk.away_minutes,
            commands=commands,
            viewing=Viewing(desk.viewer, here=desk.viewer_in_terminal),
        ) as talk,
    ):
        talk.sitting.newcomers = newcomers()
        yield talk


def play(seed: int, pace: float) -> int:
    """The demo at a prompt; its exit status."""
    from helpdesk.config import Settings

    @asynccontextmanager
    async def played(
        settings: Settings, voice: Voice, keyboard: Keyboard, commands: tuple[Command, ...]
    ) -> AsyncIterator[Talk]:
        from helpdesk import demo
        from helpdesk.commands.options import system_user
        from helpdesk.commands.tour import newcomers
        from tui.line.session import opened

        login, name = system_user()
        async with (
            demo.stage(pace=pace, undo=demo.UNDO) as stage,
            demo.with_patrons(stage, seed=seed),
            opened(stage.house.desk, login, voice, keyboard, name=name, owner=True, commands=commands) as talk,
        ):
            talk.sitting.newcomers = newcomers()
            yield talk

    with tempfile.TemporaryDirectory(prefix="helpdesk-demo-log-") as folder:
        return attended(played, Settings(), Asked(), log=Path(folder) / "demo")
