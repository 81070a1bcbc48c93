"""`helpdesk db ...`: care of the store."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from helpdesk.commands.moving import export, take_in
from helpdesk.commands.options import Config
from helpdesk.commands.relocating import copy
from helpdesk.errors import Refused
from helpdesk.plurals import plural

if TYPE_CHECKING:
    from helpdesk.config import Settings
    from helpdesk.store.restoring import Found, Restored

db = typer.Typer(
    help="Care of the store: upgrade, check, backup, drill, restore, rebuild, export, import, copy.",
    no_args_is_help=True,
)

Copy = Annotated[Path, typer.Argument(help="A copy of the store.")]


@db.command()
def upgrade(config: Config = None) -> None:
    """Bring the store to this program's schema, on a copy first. Every start does so, too."""
    from helpdesk.store.opening import place
    from helpdesk.store.opening import upgrade as upgraded

    settings = _loaded(config)
    named = place(settings.store)
    done = upgraded(settings.store, settings.library.id)
    typer.echo(f"{named}: {plural(done.ran, 'migration')} ran." if done.ran else f"{named} is up to date.")
    if done.kept is not None:
        typer.echo(f"The store as it was is kept in {done.kept}. Delete it when all is well.")


@db.command()
def check(config: Config = None) -> None:
    """Look for damage to the store.

    Pages, references, the chain that binds the log together, and all that is folded from the log.
    """
    from helpdesk.store.care import kept_beside
    from helpdesk.store.opening import examine, open_reader, place, state
    from helpdesk.upkeep import check as folded

    settings = _loaded(config)

    async def differing() -> tuple[str, ...]:
        async with open_reader(settings.store, library=settings.library.id) as store:
            return await folded(store)

    found = examine(settings.store, settings.library.id)
    for line in found:
        typer.echo(f"FAIL  {line}")
    if found:
        typer.echo("Keep this store, and put the latest backup in its place.", err=True)
        raise typer.Exit(1)
    if differs := asyncio.run(differing()):
        for line in differs:
            typer.echo(f"FAIL  {line}")
        typer.echo("The log is whole: `helpdesk db rebuild` puts this right.", err=True)
        raise typer.Exit(1)
    known = state(settings.store, settings.library.id)
    typer.echo(f"ok    {place(settings.store)}: {plural(known.events, 'event')}, unbroken")
    for each in kept_beside(settings.store.path) if settings.store.url is None else ():
        size = each.stat().st_size / 1e6
        typer.echo(f"      {each} is the store as it was ({size:,.1f} MB): delete it when all is well")


@db.command()
def backup(
    file: Annotated[Path, typer.Argument(help="The copy, which must not exist yet; or a folder for dated copies.")],
    keep: Annotated[
        int | None, typer.Option(min=1, help="In a folder: how many of its dated copies stay.", show_default=False)
    ] = None,
    config: Config = None,
) -> None:
    """Copy the store while it is in use, and open the copy to see that it holds the same.

    The keys of sealed lines are not in the copy. What waits to be sent is marked unclear in it.
    """
    from helpdesk.clock import SystemClock
    from helpdesk.commands.dumping import refuse_backup
    from helpdesk.store.care import back_up, dated, rotate

    if keep is not None and not file.is_dir():
        raise typer.BadParameter(f"{file} is no folder: --keep is for a folder of copies.", param_hint="--keep")
    settings, now = _loaded(config), SystemClock().now()
    refuse_backup(settings.store, file)
    to = dated(file, now) if file.is_dir() else file
    made = back_up(settings.store.path, to, settings.library.id, settings.library.zone)
    typer.echo(f"{to}: {made.size / 1e6:,.1f} MB, schema {made.proof.schema}, {plural(made.proof.end.seq, 'event')}.")
    typer.echo("Opened and compared: its rows, its log and the report of its last month are the store's.")
    typer.echo(f"Digest of that report: {made.proof.report[:16]}")
    typer.echo("Keys of sealed lines are not in it.")
    for old in rotate(file, keep, to) if keep is not None else ():
        typer.echo(f"{old} was the oldest, and went.")
    if made.near:
        typer.echo(
            "It lies on the same disk as the store: what loses one loses both. Copy it elsewhere, too.", err=True
        )


@db.command()
def drill(
    file: Copy,
    folder: Annotated[
        Path | None,
        typer.Option("--in", help="Where there is room for it. Default: the system's temporary folder."),
    ] = None,
    config: Config = None,
) -> None:
    """Restore a copy into a temporary place, look it through, and say how long it took. The store is not touched."""
    from helpdesk.clock import SystemClock
    from helpdesk.commands.dumping import refuse_drill
    from helpdesk.store.restoring import drill as drilled

    settings, clock = _loaded(config), SystemClock()
    refuse_drill(settings.store, file)
    done = asyncio.run(drilled(file, settings.library.id, settings.library.zone, clock, folder))
    for step in done.steps:
        typer.echo(f"{step.took / 1000:7.1f} s  {step.what}")
    typer.echo(f"{sum(step.took for step in done.steps) / 1000:7.1f} s  in all")
    _say_what_it_holds(settings, done.found)
    typer.echo(f"Digest of the report of its last month: {done.proof.report[:16]}")
    if done.wrong:
        for line in done.wrong:
            typer.echo(f"FAIL  {line}")
        typer.echo("The log is whole: after restoring it, `helpdesk db rebuild` puts this right.", err=True)
        raise typer.Exit(1)
    typer.echo(f"{file} can be restored.")


@db.command()
def restore(
    file: Copy,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="The drill instead: the store is not touched.")] = False,
    config: Config = None,
) -> None:
    """Put a copy in the place of the store. The present store is kept aside, under a name with the date."""
    if dry_run:
        drill(file, None, config)
        return
    from helpdesk.api.auth import answers
    from helpdesk.clock import SystemClock
    from helpdesk.commands.dumping import refuse_restore
    from helpdesk.store.restoring import restore as restored

    settings, now = _loaded(config), SystemClock().now()
    refuse_restore(settings.store, file)
    if answers(settings.store.socket_path):
        raise Refused("The help desk is running. Stop it first, then restore.")
    done = restored(file, settings.store.path, settings.library.id, settings.library.zone, now)
    typer.echo(f"{settings.store.path} is {file} now: {plural(done.proof.end.seq, 'event')}, looked through.")
    _say_what_was_there(done)
    _say_what_it_holds(settings, done.found)
    typer.echo("Start the help desk: what was shredded since is removed from it again at once.")


def _say_what_was_there(done: Restored) -> None:
    """Where the former store is, and what it has that the restored one has not."""
    if done.aside is None:
        return
    typer.echo(f"The store that was there is kept in {done.aside}. Delete it when all is well.")
    if done.since is None:
        typer.echo("It can't be read, or it has another history: nobody can tell what it had more.")
        return
    more = plural(done.since.events, "event more; it is", "events more; they are")
    typer.echo(f"It had {more} in no other place.")
    if done.since.forgotten:
        typer.echo(
            f"{plural(done.since.forgotten, 'erasure is', 'erasures are')} among them: what was erased is in the store"
            " again. Erase it again.",
            err=True,
        )


_UNCLEAR = ("message that waited to be sent is", "messages that waited to be sent are")
_IN_IT = ("conversation of sealed lines is in it", "conversations of sealed lines are in it")


def _say_what_it_holds(settings: Settings, found: Found) -> None:
    """Until when a copy goes, and what of it can't be as it was."""
    from zoneinfo import ZoneInfo

    from helpdesk.clock import moment

    if found.until is not None:
        until = moment(found.until).astimezone(ZoneInfo(settings.library.zone))
        typer.echo(f"It holds {plural(found.events, 'event')}, the last of {until:%Y-%m-%d %H:%M}.")
    if found.unclear:
        typer.echo(
            f"{plural(found.unclear, *_UNCLEAR)} unclear: each is looked up at its provider, or shown to a person,"
            " before it goes again."
        )
    if found.sealed:
        typer.echo(_sealed(settings, found))


def _sealed(settings: Settings, found: Found) -> str:
    """Which conversations of sealed lines can still be answered: those whose keys the key store has."""
    import os

    from helpdesk.errors import TryLater
    from helpdesk.noiseline import window
    from helpdesk.store.holdings import held_apart
    from helpdesk.store.keys import named
    from helpdesk.store.master_key import key_places

    where, many = key_places(settings.store, os.environ).keys, len(found.sealed)
    try:
        kept = held_apart(where, settings.library.id, window(settings)).conversations & found.sealed
    except TryLater:
        return f"{plural(many, *_IN_IT)}; {named(where)} is in use and says later which have keys."
    return (
        f"{plural(many, *_IN_IT)}: {len(kept)} can be answered, for {many - len(kept)} there is no key"
        f" in {named(where)} any more. A copy holds no handles: the next text of each texter is a new contact."
    )


@db.command()
def rebuild(config: Config = None) -> None:
    """Make clocks and counts again from the log."""
    from helpdesk.clock import SystemClock
    from helpdesk.errands import keeper

    settings = _loaded(config)

    async def rebuilt() -> tuple[str, ...]:
        async with keeper(settings, SystemClock()) as keeping:
            return await keeping.rebuild()

    for line in asyncio.run(rebuilt()):
        typer.echo(line)


db.command("export")(export)
db.command("import")(take_in)
db.command("copy")(copy)


def _loaded(config: Path | None) -> Settings:
    from helpdesk.settings.file import load

    return load(config, channels=False)
