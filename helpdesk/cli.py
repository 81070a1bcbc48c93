"""The commands. Each reads its arguments and the settings, calls one thing, prints what it says.

Exit status: 0 all is well, 1 something is wrong (and is said), 2 the command or the settings are wrong.
Heavy modules are imported inside the commands, so that ``helpdesk --version`` costs nothing.
"""

from __future__ import annotations

import asyncio
import os
import sys
from collections.abc import Iterator, Sequence
from contextlib import suppress
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, cast

import typer
from typer.core import TyperGroup

from helpdesk import __version__
from helpdesk.commands import check_live
from helpdesk.commands.benchmark import benchmark
from helpdesk.commands.browser_desk import browser_desk
from helpdesk.commands.db import db
from helpdesk.commands.evidence import evidence
from helpdesk.commands.forget import export, forget
from helpdesk.commands.history import history
from helpdesk.commands.hooks import hooks
from helpdesk.commands.hours import hours
from helpdesk.commands.line import line as line_mode
from helpdesk.commands.line import play
from helpdesk.commands.login import login, logout
from helpdesk.commands.macros import macros
from helpdesk.commands.noiseline import noiseline
from helpdesk.commands.options import Config
from helpdesk.commands.publish import publish
from helpdesk.commands.report import report
from helpdesk.commands.retention import retention
from helpdesk.commands.serve import reload, serve
from helpdesk.commands.staff import staff
from helpdesk.commands.standards import standards
from helpdesk.commands.tour import newcomers, tour
from helpdesk.errors import BadConfig, HelpdeskError, Refused
from helpdesk.frames import frame_lines
from helpdesk.journal import quiet

if TYPE_CHECKING:
    from helpdesk.config import Settings

app = typer.Typer(
    name="helpdesk",
    help="A help desk for libraries: texts, mail and web chat in one queue, answered in the terminal.",
    no_args_is_help=True,
    add_completion=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)
app.add_typer(hours, name="hours")
app.add_typer(standards, name="standards")
app.add_typer(noiseline, name="noiseline")
app.add_typer(benchmark, name="benchmark")
app.add_typer(db, name="db")
app.add_typer(history, name="import")
app.add_typer(hooks, name="hooks")
app.add_typer(macros, name="macros")
app.add_typer(staff, name="staff")


BROKEN = 70
"""The exit status of a fault of ours (EX_SOFTWARE of sysexits.h)."""


def main() -> None:
    """Run the command that was asked for, and leave with its exit status.

    A fault of ours shows where it was and its kind; its words, which may hold a patron's, are not printed.
    """
    _stand_in_for_closed()
    try:
        status = run(sys.argv[1:])
    except Exception as error:  # noqa: BLE001 - the last guard: Python would print the error's words
        typer.echo("helpdesk: something in it is broken. Please pass these lines on:", err=True)
        typer.echo("\n".join(frame_lines(error)), err=True)
        status = BROKEN
    sys.exit(status)


def _stand_in_for_closed() -> None:
    """Where input or output is closed (``<&-``), have an empty one, and nothing else take its number: a store's file
    that was opened as number 1 would be written to by whoever prints.
    """
    for number, name, flags in ((0, "stdin", os.O_RDONLY), (1, "stdout", os.O_WRONLY), (2, "stderr", os.O_WRONLY)):
        if getattr(sys, name) is None:
            opened = os.open(os.devnull, flags)
            if opened != number:
                os.dup2(opened, number)
                os.close(opened)
            setattr(sys, name, open(number, "r" if number == 0 else "w", encoding="utf-8", closefd=False))  # noqa: SIM115


@cache
def command_line() -> TyperGroup:
    """The tree of all commands, read from their signatures once."""
    return cast("TyperGroup", typer.main.get_command(app))


def run(arguments: Sequence[str]) -> int:
    """Run one command; its exit status. What is wrong goes to standard error, a line each, with no traceback."""
    try:
        with quiet():
            command_line()(args=list(arguments), prog_name="helpdesk")
    except SystemExit as left:
        return left.code if isinstance(left.code, int) else int(left.code is not None)
    except (HelpdeskError, BaseExceptionGroup) as error:
        leaves = list(_leaves(error))
        if not all(isinstance(leaf, HelpdeskError) for leaf in leaves):
            raise
        for leaf in leaves:
            for line in str(leaf).splitlines():
                typer.echo(f"helpdesk: {line}", err=True)
        return 2 if any(isinstance(leaf, BadConfig) for leaf in leaves) else 1
    return 0


def _leaves(error: BaseException) -> Iterator[BaseException]:
    if isinstance(error, BaseExceptionGroup):
        for inner in error.exceptions:
            yield from _leaves(inner)
    else:
        yield error


def _version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"helpdesk {__version__}")
        raise typer.Exit


@app.callback()
def _common(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Say which version this is.")
    ] = False,
) -> None:
    pass


@app.command()
def init(
    folder: Annotated[Path, typer.Option(help="Where to write.")] = Path(),
    name: Annotated[str, typer.Option(help="The library's name, as patrons know it.")] = "The Library",
    zone: Annotated[str, typer.Option(help="Its IANA time zone.")] = "Europe/London",
    mail: Annotated[str, typer.Option(help="The mailbox for enquiries.")] = "",
    texts: Annotated[str, typer.Option(help="The number for texts, +44...")] = "",
    noiseline: Annotated[str, typer.Option(help="The number of the anonymous noise line, +44...")] = "",
    chat: Annotated[bool, typer.Option(help="With a chat page.")] = True,
) -> None:
    """Write settings, calendars and standards to start from; for a Noiseline also zones and texts.

    Files that are there already are kept.
    """
    from helpdesk.settings.starter import Choices, start

    choices = Choices(name=name, zone=zone, mail=mail, texts=texts, noiseline=noiseline, chat=chat)
    started = start(folder, choices)
    for path in started.written:
        typer.echo(f"wrote {path}")
    for path in started.kept:
        typer.echo(f"kept  {path}: it was there already")
    if not started.written:
        raise Refused("Everything is there already; nothing was written.")
    typer.echo("\nNext:")
    for line in started.left:
        typer.echo(f"  set   {line}")
    for line in started.advice:
        typer.echo(f"  write {line}")
    typer.echo("  run   helpdesk check    says what is wrong, line by line")
    typer.echo("  run   helpdesk serve    takes messages in and sends replies out, without a terminal")
    typer.echo("  run   helpdesk desk     answers them, here")


@app.command()
def check(
    live: Annotated[
        bool, typer.Option("--live", help="Also send ourselves a message by each line, and wait until it is back.")
    ] = False,
    lines: Annotated[
        list[str] | None,
        typer.Option("--line", help="With --live: this line only; may be given again.", show_default=False),
    ] = None,
    texts: Annotated[
        bool, typer.Option(help="With --live: send texts, which cost, or look at the carrier's account only.")
    ] = True,
    config: Config = None,
) -> None:
    """Say what is wrong: settings, store, keys, ports, standards, relay; with --live also each line."""
    from helpdesk.check import FAIL, Finding
    from helpdesk.check import check as findings
    from helpdesk.clock import SystemClock

    async def printed() -> bool:
        failed = False
        async for finding in findings(config, SystemClock()):
            typer.echo(str(finding))
            failed = failed or finding.level == FAIL
        return failed

    failed = asyncio.run(printed())
    with suppress(BadConfig):  # settings that can't be read have been told of
        for line in _wrong_keys(config):
            typer.echo(str(Finding(FAIL, "desk", line)))
            failed = True
    if live:
        failed = check_live.failed(config, lines or [], texts=texts) or failed
    if failed:
        raise typer.Exit(1)


@app.command()
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
    )
    from helpdesk.journal import logged_beside

    opens_swiftly()
    if not drawn_elsewhere() and (why := why_no_screen()):
        raise BadConfig(
            f"The desk needs a terminal. {why} `helpdesk line` does all of it in lines; `helpdesk serve` runs without."
        )
    settings = settings_here(config) if server else sitting_settings(config)
    if settings.desk.keys and (wrong := _wrong_keys(config)):
        raise BadConfig("\n".join(wrong))
    if at := server or settings.desk.server:
        with logged_beside(log_place(), SystemClock()):
            status = asyncio.run(sit_at(at, settings, config))
    else:
        with logged_beside(settings.store.path, SystemClock()):
            status = asyncio.run(_sit(settings, config))
    if status:
        raise typer.Exit(status)


def _wrong_keys(config: Path | None) -> list[str]:
    """What is wrong with the keys in the settings, a line each; only the desk itself knows its commands."""
    from helpdesk.settings.file import read
    from tui.keymap import wrong_keys

    reading = read(config)
    desk = reading.settings.desk
    return [f"{reading.file}: {line}" for line in wrong_keys(desk.keys, desk.keymap)]


async def _sit(settings: Settings, config: Path | None) -> int:
    """The desk at this terminal until it is left; its exit status."""
    from helpdesk.attaching import open_desk
    from helpdesk.commands.options import system_user
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
        )
        with hearing_hang_up(sat.hang_up):
            await sat.run_async()
    return sat.return_code or 0


@app.command()
def demo(
    headless: Annotated[bool, typer.Option("--headless", help="Without a terminal: scripted staff answer.")] = False,
    seconds: Annotated[float, typer.Option(min=1, max=3600, help="How long patrons come, without a terminal.")] = 20,
    seed: Annotated[int, typer.Option(help="Who comes with what: the same seed, the same people.")] = 7,
    pace: Annotated[float, typer.Option(min=1, max=600, help="How fast the demo's clock runs.")] = 60,
    json: Annotated[bool, typer.Option("--json", help="Print the outcome as one JSON object.")] = False,
    lines: Annotated[bool, typer.Option("--line", help="As labelled lines at a prompt, as in helpdesk line.")] = False,
) -> None:
    """Play the whole help desk on this machine, with simulated patrons.

    Everything is in a temporary folder and on loopback. The exit status is 1 if anything was lost.
    """
    from helpdesk.commands.desk_at import why_no_screen

    if not (headless or lines) and (why := why_no_screen()):
        typer.echo(f"{why} Scripted staff answer in the demo; with --line you do.", err=True)
        headless = json = True
    from helpdesk import demo as played
    from helpdesk.clock import SystemClock
    from helpdesk.journal import Journal, logged_to

    if not headless:
        if status := play(seed, pace) if lines else asyncio.run(_play(seed, pace)):
            raise typer.Exit(status)
        return
    with logged_to(sys.stderr, SystemClock(), Journal(level="warning")):
        outcome = asyncio.run(played.headless(seconds=seconds, seed=seed, pace=pace))
    typer.echo(played.as_json(outcome) if json else outcome.text())
    if outcome.lost:
        raise typer.Exit(1)


async def _play(seed: int, pace: float) -> int:
    """The demo at a terminal; its exit status. Its log goes the way of its temporary folder."""
    from helpdesk import demo as played
    from helpdesk.clock import SystemClock
    from helpdesk.commands.options import system_user
    from helpdesk.journal import logged_beside
    from tui.app import DeskApp
    from tui.hanging_up import hearing_hang_up

    login, name = system_user()
    async with played.stage(pace=pace, undo=played.UNDO) as stage, played.with_patrons(stage, seed=seed):
        with logged_beside(stage.house.settings.store.path, SystemClock()):
            sat = DeskApp(stage.house.desk, login, name=name, owner=True, newcomers=newcomers())
            with hearing_hang_up(sat.hang_up):
                await sat.run_async()
    return sat.return_code or 0


app.command("line", context_settings={"allow_interspersed_args": False})(line_mode)
app.command()(tour)
app.command()(serve)
app.command("browser-desk")(browser_desk)
app.command()(reload)
app.command()(report)
app.command()(publish)
app.command()(evidence)
app.command()(retention)
app.command()(forget)
app.command()(export)
app.command()(login)
app.command()(logout)


def _load(config: Path | None) -> Settings:
    from helpdesk.settings.file import load

    return load(config)


if __name__ == "__main__":
    main()
