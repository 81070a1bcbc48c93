"""What `helpdesk check` says of the keys: the master key, and the key store that it opens."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

from helpdesk.config import Settings
from helpdesk.errors import HelpdeskError, TryLater
from helpdesk.findings import FAIL, OK, WARN, Finding
from helpdesk.privacy import Key
from helpdesk.store.holdings import compare, is_there
from helpdesk.store.keys import KeysAt, named
from helpdesk.store.master_key import KeyPlaces, key_places, read_master_key


def keys(settings: Settings, file: Path) -> Iterator[Finding]:
    """The master key signs reply addresses, and opens the seals of sealed lines. ``file``: of the settings."""
    places = key_places(settings.store, os.environ)
    try:
        there = is_there(places.keys, settings.library.id)
        if finding := _missing(settings, places, file, there):
            yield finding
            return
        master = read_master_key(places.master, credential=places.credential)
        _compared(places.keys, settings.library.id, master)
    except HelpdeskError as error:
        yield Finding(FAIL, "keys", str(error))
        return
    yield from _sound(settings, places)


def _missing(settings: Settings, places: KeyPlaces, file: Path, used: bool) -> Finding | None:
    """What is said where no master key is seen from here and none need be; None where it has to be there.

    Where the settings lie apart from the store a service is meant, which is handed the key that lies beside them
    (packaging/helpdesk.service).
    """
    if places.master.exists() or settings.store.master_key:
        return None
    apart = file.resolve().parent != settings.store.path.resolve().parent
    handed = file.resolve().with_name("master.key")
    if apart and handed.exists():
        text = f"{handed} is there for the service: run this as the service does, to have it looked at"
        return Finding(OK, "keys", f"{text} (docs/operations.md)")
    if used:
        return None
    if apart:
        made = f"(umask 277; openssl rand -hex 32 >{handed})"
        text = f"{handed} is not there, and packaging/helpdesk.service does not start without it: run {made}"
        return Finding(WARN, "keys", text)
    return Finding(OK, "keys", f"{places.master} is not there yet; the first start makes it")


def _sound(settings: Settings, places: KeyPlaces) -> Iterator[Finding]:
    """Where the keys lie, and whether that is apart enough."""
    sealed = ", ".join(name for name, line in settings.lines.items() if line.policy == "sealed")
    if settings.store.url is not None and settings.store.keys_url is None:
        text = f"{places.master} and {named(places.keys)}: enough for one server; several need store.keys_url"
        yield Finding(OK, "keys", text)
    if sealed and not places.credential and _same_volume(places, settings.store.path):
        yield Finding(
            WARN,
            "keys",
            f"{places.master} lies on the store's disk, so whoever copies that disk can open {sealed}: "
            "move it elsewhere and set store.master_key, or use a systemd credential",
        )
    else:
        yield Finding(OK, "keys", str(places.master))


def _compared(where: KeysAt, library: str, master: Key) -> None:
    """BadConfig unless the key store is under this master key; a file's owner saw to that when it started."""
    try:
        compare(where, library, master)
    except TryLater:
        if not isinstance(where, Path):
            raise


def _same_volume(places: KeyPlaces, store: Path) -> bool:
    return places.master.parent.stat().st_dev == store.parent.stat().st_dev
