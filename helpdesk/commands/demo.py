"""``helpdesk demo``: the whole help desk on this machine, with simulated patrons."""

from __future__ import annotations

import asyncio
import sys
from typing import Annotated

import typer


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
    from helpdesk.commands.line import play

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
    from helpdesk.commands.tour import newcomers
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
