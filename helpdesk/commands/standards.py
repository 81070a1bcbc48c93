"""`helpdesk standards ...`: promises shown, published, suspended and explained."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from helpdesk.commands.options import Config
from helpdesk.errors import Refused

if TYPE_CHECKING:
    from helpdesk.api.keeper import Keeper
    from helpdesk.message import StaffId

standards = typer.Typer(help="Service standards: show, publish, suspend and explain them.", no_args_is_help=True)

DAY = "%Y-%m-%d"
MONTH = "%Y-%m"

Name = Annotated[str, typer.Argument(metavar="NAME", help="The standard's name.")]


@standards.command()
def publish(
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Do not ask before.")] = False, config: Config = None
) -> None:
    """Put the standards in force as their file stands now, from their from-dates on.

    What differs is shown first. Contacts that came before keep the promise that held when they came.
    """
    from helpdesk.commands.publishing import publish as published

    published("standard", config, yes=yes)


@standards.command()
def show(
    name: Annotated[str, typer.Argument(metavar="[NAME]", help="Which; all by default.", show_default=False)] = "",
    config: Config = None,
) -> None:
    """Print the standards in force: wording, limit, share, whom they cover, version."""
    from helpdesk.clock import SystemClock
    from helpdesk.commands.promises_shown import shown
    from helpdesk.settings.file import load

    for line in asyncio.run(shown(load(config, channels=False), name, SystemClock().now())):
        typer.echo(line)


@standards.command()
def history(name: Name, config: Config = None) -> None:
    """Print every version of a standard: when, by whom, and what changed."""
    from helpdesk.commands.promises_shown import history as told
    from helpdesk.settings.file import load

    for line in asyncio.run(told(load(config, channels=False), name)):
        typer.echo(line)


@standards.command()
def check(config: Config = None) -> None:
    """Say what is wrong with calendars and standards, and what of them is not published."""
    from helpdesk.check import FAIL, promises
    from helpdesk.clock import SystemClock
    from helpdesk.settings.file import load

    settings = load(config, channels=False)

    async def printed() -> bool:
        failed = False
        async for finding in promises(settings, SystemClock()):
            typer.echo(str(finding))
            failed = failed or finding.level == FAIL
        return failed

    if asyncio.run(printed()):
        raise typer.Exit(1)


@standards.command()
def suspend(
    first: Annotated[datetime, typer.Option("--from", formats=[DAY], metavar="YYYY-MM-DD", help="The first day.")],
    last: Annotated[
        datetime, typer.Option("--to", formats=[DAY], metavar="YYYY-MM-DD", help="The last day, included.")
    ],
    why: Annotated[str, typer.Option(help="Why; the report tells it.")],
    name: Annotated[str, typer.Argument(metavar="[NAME]", help="Which; or --all.", show_default=False)] = "",
    every: Annotated[bool, typer.Option("--all", help="Every standard.")] = False,
    config: Config = None,
) -> None:
    """Say that a promise does not hold for some days ("strike, 3-14 May").

    Reports show both figures, with and without those days.
    """
    from helpdesk.hours.differences import days_text

    if bool(name) == every:
        raise Refused("Name one standard, or write --all for every one.")
    begin, end = first.date(), last.date()
    if end < begin:
        raise Refused(f"--to {end} lies before --from {begin}. Swap them; both days are included.")
    if _asked(config, lambda keeping, by: keeping.suspend(by, standard=name, begin=begin, end=_next(end), why=why)):
        whose = "Every standard is" if every else f"Standard {name} is"
        typer.echo(f"{whose} suspended: {days_text(begin, end)}, first and last day included.")


@standards.command()
def resume(
    suspension: Annotated[int, typer.Argument(metavar="SEQ", help="Its number, as `standards show` says.")],
    config: Config = None,
) -> None:
    """Lift a suspension; the log keeps that it was there."""
    from helpdesk.events import Seq

    for line in _asked(config, lambda keeping, by: keeping.unsuspend(by, suspension=Seq(suspension))):
        typer.echo(line)


@standards.command()
def explain(
    name: Name,
    month: Annotated[datetime, typer.Option(formats=[MONTH], metavar="YYYY-MM", help="Which month.")],
    why: Annotated[str, typer.Option(help="Why the promise was not kept, for the public.")],
    action: Annotated[str, typer.Option(help="What is done about it, for the public.")] = "",
    config: Config = None,
) -> None:
    """Say to the public why a month dipped, and what is done about it. The latest word counts."""
    key = f"{month:%Y-%m}"
    said = _asked(
        config, lambda keeping, by: keeping.account(by, standard=name, month=key, explanation=why, action=action)
    )
    for line in said:
        typer.echo(line)


def _next(day: date) -> date:
    return day + timedelta(days=1)


def _asked(config: Path | None, ask: Callable[[Keeper, StaffId], Awaitable[tuple[str, ...]]]) -> tuple[str, ...]:
    """Ask whoever keeps the store, as the system's user; what they answered."""
    from helpdesk.clock import SystemClock
    from helpdesk.commands.options import system_user
    from helpdesk.errands import keeper
    from helpdesk.settings.file import load

    settings = load(config, channels=False)
    login, _ = system_user()

    async def answered() -> tuple[str, ...]:
        async with keeper(settings, SystemClock()) as keeping:
            return await ask(keeping, login)

    return asyncio.run(answered())
