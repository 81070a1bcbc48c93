"""`helpdesk forget` and `helpdesk export`: what a person may ask of a library that holds data of them."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, TypeVar

import typer

from helpdesk.commands.options import Config, system_user
from helpdesk.errors import Refused
from helpdesk.message import StaffId

if TYPE_CHECKING:
    from helpdesk.api.keeper import Keeper

T = TypeVar("T")

Person = Annotated[
    str,
    typer.Argument(
        help='Who: an address or a number as the desk shows it, an id, or "#1042" for whoever wrote ticket 1042. '
        'With "-" it is asked for, and stands in no list of commands.',
        show_default=False,
    ),
]


def forget(
    person: Person,
    why: Annotated[str, typer.Option(help="A reason for the record. Name nobody in it.", show_default=False)] = "",
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
    config: Config = None,
) -> None:
    """Forget a person who asks for it: names, addresses, what was written, notes, files, mails.

    It says what it found, and asks. Tickets keep their numbers, times and clocks, so that no report changes. The
    carrier of texts is asked to delete its copies. Backups made before still hold them: see docs/privacy.md.
    """
    who = _who(person)
    for line in _asked(config, lambda keeping, me: keeping.forget(me, person=who, dry_run=True)):
        typer.echo(line)
    if not (yes or typer.confirm("Forget all of this for good?", default=False)):
        typer.echo("Nothing was changed.")
        raise typer.Exit(1)
    for line in _asked(config, lambda keeping, me: keeping.forget(me, person=who, why=why, dry_run=False)):
        typer.echo(line)


def export(
    person: Person,
    file: Annotated[Path, typer.Argument(help="The zip to write; it must not exist yet.", show_default=False)],
    config: Config = None,
) -> None:
    """Write all that is held of a person into a zip, for them: a subject access request.

    In it: a readme, everything.json, their files, their mails. Colleagues' notes about their questions are in it, too.
    Read it before you hand it over: a note or a text may tell of somebody else.
    """
    if file.exists():
        raise Refused(f"{file} exists and is kept. Name another file.")
    who = _who(person)
    made = _asked(config, lambda keeping, me: keeping.export_person(me, person=who))
    try:
        with open(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as out:
            out.write(made)
    except OSError as error:
        raise Refused(f"{file} can't be written ({error.strerror}).") from None
    typer.echo(f"{file}: {len(made) / 1000:,.0f} kB. Read it before you hand it over: notes may tell of others.")


def _who(person: str) -> str:
    return str(typer.prompt("Who")) if person == "-" else person


def _asked(config: Path | None, ask: Callable[[Keeper, StaffId], Awaitable[T]]) -> T:
    from helpdesk.clock import SystemClock
    from helpdesk.errands import keeper
    from helpdesk.settings.file import load

    settings = load(config, channels=False)

    async def done() -> T:
        async with keeper(settings, SystemClock()) as keeping:
            return await ask(keeping, system_user()[0])

    return asyncio.run(done())
