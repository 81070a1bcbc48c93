"""`helpdesk noiseline attack`: how long a thief of the files would need."""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from helpdesk.commands.options import Config
from helpdesk.errors import BadConfig, HelpdeskError

if TYPE_CHECKING:
    from helpdesk.attack import Stolen
    from helpdesk.config import Settings
    from helpdesk.privacy import Key
    from helpdesk.store.keys import KeysAt
    from helpdesk.store.stolen import WrappedKeys


def attack(
    seconds: Annotated[float, typer.Option(min=0.2, max=60, help="How long to try, in all.")] = 3,
    store: Annotated[
        Path | None, typer.Option(help="Another store: a backup, say. Default: the library's own.", show_default=False)
    ] = None,
    config: Config = None,
) -> None:
    """Say how long a thief of the files would need to learn the texters' numbers, with and without each key.

    It tries UK mobile numbers for some seconds, on what is read beside the owner. It opens no reply address and shows
    no number. While the help desk runs, its key store can't be read: the pace is measured all the same.
    """
    from helpdesk import attack as trying
    from helpdesk.clock import SystemClock
    from helpdesk.settings.file import load

    clock, space = SystemClock(), trying.Space()
    stolen = _stolen(load(config), store)
    plain = trying.plainly(space, clock, seconds / 2)
    keyed = trying.with_keys(space, stolen.opened, stolen.handles, clock, seconds / 2)
    for line in trying.told(space, stolen, plain, keyed):
        typer.echo(line)


def _stolen(settings: Settings, store: Path | None) -> Stolen:
    """All that the files of this library give to whoever holds them."""
    from helpdesk.attack import Stolen
    from helpdesk.store.master_key import key_places
    from helpdesk.store.stolen import WrappedKeys, loot

    places, library = key_places(settings.store, os.environ), settings.library.id
    found = loot(store or settings.store.path, library)
    keys = WrappedKeys()
    try:
        keys = _wrapped(places.keys, library, None)
        with suppress(HelpdeskError):  # without a master key that opens them, they are told of as wrapped
            keys = _wrapped(places.keys, library, _master(places.master, places.credential))
    except BadConfig as error:
        typer.echo(f"{error}", err=True)
    return Stolen(
        handles=found.handles,
        seals=found.seals,
        epochs=keys.epochs,
        conversations=keys.conversations,
        opened=keys.opened,
    )


def _wrapped(where: KeysAt, library: str, master: Key | None) -> WrappedKeys:
    """What a file or a database of keys gives away."""
    from helpdesk.store.keys import look
    from helpdesk.store.stolen import WrappedKeys, wrapped_keys, wrapped_rows

    if isinstance(where, Path):
        return wrapped_keys(where, library, master)
    return look(where, library, lambda sql: wrapped_rows(sql, master)) or WrappedKeys()


def _master(path: Path, credential: bool) -> Key:
    from helpdesk.store.master_key import read_master_key

    return read_master_key(path, credential=credential)
