"""`helpdesk db copy`: a library moves to another store."""

from __future__ import annotations

import asyncio
import os
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from helpdesk.errors import BadConfig
from helpdesk.extras import install
from helpdesk.plurals import plural

if TYPE_CHECKING:
    from helpdesk.config import Settings
    from helpdesk.store.relocating import Relocated


_WAITING = ("message that waits to be sent goes out", "messages that wait to be sent go out")
_KEYS = (
    "key of sealed lines went with it, and is no more where it was",
    "keys of sealed lines went with it, and are no more where they were",
)


def copy(
    origin: Annotated[
        Path, typer.Argument(metavar="FROM", help="The settings file of the store where the library is.")
    ],
    goal: Annotated[
        Path, typer.Argument(metavar="TO", help="The settings file of the store where it goes: an empty place.")
    ],
) -> None:
    """Move a library to another store, from an SQLite file to PostgreSQL or back, with the keys of its sealed lines.

    Stop the help desk first. Every row is compared, and the report of the last month; then the old store is marked, so
    that nothing is sent from both. If it is interrupted, run it again.
    """
    from helpdesk.settings.file import load
    from helpdesk.store.opening import place

    old, new = load(origin, channels=False), load(goal, channels=False)
    done = _moved(old, new)
    there = place(new.store)
    if done.rows is None:
        typer.echo(f"{there}: the earlier move had come all the way but for its end, which is made now.")
    else:
        rows = done.rows
        moved = f"{plural(rows.rows, 'row')}, {plural(rows.events, 'event')}"
        typer.echo(f"{there}: {moved}, each the same as in {place(old.store)}.")
        typer.echo(f"Digest of all rows: {rows.digest[:16]}; of the report of the last month: {rows.report[:16]}")
        if rows.waiting:
            typer.echo(f"{plural(rows.waiting, *_WAITING)} from there.")
        if rows.nul:
            typer.echo(
                f"{plural(rows.nul, 'text')} held the letter NUL, which PostgreSQL has not: a ? stands there.", err=True
            )
    if done.keys:
        typer.echo(f"{plural(done.keys, *_KEYS)}.")
    typer.echo(f"{place(old.store)} is marked as moved: the help desk does not start on it.")


def _moved(old: Settings, new: Settings) -> Relocated:
    """Do it, under a bar that says how far it is."""
    from helpdesk.clock import SystemClock

    try:
        from helpdesk.store import carrying, relocating
    except ImportError:
        raise BadConfig(f"store.url: PostgreSQL needs psycopg: {install('postgres')}") from None

    relocating.agree(old, new)
    total = 2 * carrying.standing(old.store, old.library.id).rows  # each is copied, and read again
    with typer.progressbar(length=total, label="rows") as bar:
        return asyncio.run(relocating.relocate(old, new, SystemClock(), bar.update, environ=os.environ))
