"""A new master key takes the place of the old one: `helpdesk noiseline rotate`.

The steps, after each of which the process may die: the new key lies beside the old one; the key store opens with
either (:mod:`helpdesk.store.rewrapping`); the new one takes the old one's name; the key store is opened with it, which
wraps everything anew. A credential is systemd's to replace: there the last two steps come with its next start.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from pydantic import SecretStr

from helpdesk.clock import Clock
from helpdesk.config import StoreSettings
from helpdesk.errors import Refused
from helpdesk.store.elsewhere import file_of
from helpdesk.store.keys import KeyStore
from helpdesk.store.lock import owned
from helpdesk.store.master_key import CREDENTIAL, KeyPlaces, create_master_key, key_places, read_master_key, supplant


@dataclass(frozen=True, slots=True, kw_only=True)
class Rotated:
    """What was done. ``pending``: the new key's file, where it is yet to become the credential; None where all is done.

    ``keys``: how many keys the key store holds; ``shared``: other servers may use it, and need the new key, too.
    """

    master: Path
    keys: int
    shared: bool
    pending: Path | None = None

    def lines(self) -> tuple[str, ...]:
        """The same for who ran it."""
        if self.pending is None:
            return (
                f"{self.master} is new, and {self.keys} keys are wrapped under it.",
                *(("Copy it to every other server of the library before you start them.",) if self.shared else ()),
            )
        return (
            f"{self.pending} is the new key, and the key store opens with it or with the old one. Now run, as root:",
            f"  systemd-creds encrypt --name={CREDENTIAL} {self.pending} /etc/credstore.encrypted/{CREDENTIAL}",
            f"  shred -u {self.pending}",
            *(("do the same, with the same file, on every other server of the library,",) if self.shared else ()),
            "and restart the help desk: it wraps everything anew and forgets the old key.",
        )


async def rotate(store: StoreSettings, clock: Clock, environ: Mapping[str, str], *, out: Path | None = None) -> Rotated:
    """Make a new master key and put it in place. ``out``: where a new credential's key is written.

    Refused, naming who, while somebody owns the store or uses its keys, and where the key is another user's; BadConfig
    where the present key does not open the key store.
    """
    places = key_places(store, environ)
    shared = isinstance(places.keys, SecretStr)
    if store.url is not None and not shared:
        raise Refused(
            "store.url names a database that several servers may share, and the keys lie on this machine alone. Set "
            "store.keys_url first, so that every server hears of the new key."
        )
    if store.url is None:
        file_of(store)
    with owned(store.path, "helpdesk noiseline rotate"):
        _ours(places)
        old = read_master_key(places.master, credential=places.credential)
        beside = places.keys if isinstance(places.keys, Path) else store.path
        fresh = (out or beside.with_name(f"{CREDENTIAL}.next")) if places.credential else _beside(places.master)
        async with KeyStore.open(places.keys, old, clock) as keys:
            await keys.alone()
            new = create_master_key(fresh)
            await keys.grant(new)
            count = await keys.count()
        if places.credential:
            return Rotated(master=places.master, keys=count, shared=shared, pending=fresh)
        supplant(fresh, places.master)
        async with KeyStore.open(places.keys, new, clock):
            return Rotated(master=places.master, keys=count, shared=shared)


def _beside(master: Path) -> Path:
    """Where the new key of a file lies for a moment. One that is there was left by a rotation that died."""
    real = master.resolve()
    fresh = real.with_name(f"{real.name}.next")
    fresh.unlink(missing_ok=True)
    return fresh


def _ours(places: KeyPlaces) -> None:
    """The help desk must be able to read what is written here."""
    path = places.keys if places.credential else places.master
    if isinstance(path, Path) and path.exists() and path.stat().st_uid != os.geteuid():
        raise Refused(f"{path} belongs to another user (id {path.stat().st_uid}). Run this as that user.")
