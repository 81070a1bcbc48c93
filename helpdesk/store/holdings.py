"""What a key store holds, told without a key and without using it: whose keys, and until when."""

from __future__ import annotations

from functools import partial
from pathlib import Path

from helpdesk.errors import BadConfig
from helpdesk.privacy import Key, KeysHeld
from helpdesk.store import key_rows
from helpdesk.store.keys import KeysAt, another_key, look, opens


def held_apart(where: KeysAt, library: str, window: int) -> KeysHeld:
    """What a key store holds that this process does not use; nothing where there is none.

    ``window``: how long an epoch's key outlives its epoch, in milliseconds. TryLater while its owner holds a file,
    BadConfig for what is no key store.
    """
    found = look(where, library, partial(key_rows.held, window=window))
    return found or KeysHeld(conversations=frozenset(), epochs=())


def is_there(where: KeysAt, library: str) -> bool:
    """Whether there is a key store: a file, or a database that is under a master key."""
    if isinstance(where, Path):
        return where.exists()
    return look(where, library, key_rows.check) is not None


def compare(where: KeysAt, library: str, master: Key) -> bool:
    """Whether a key store is there, under this master key. BadConfig, in words, where it is under another."""
    check = look(where, library, key_rows.check)
    if check is not None and not opens(master, check):
        raise BadConfig(another_key(where))
    return check is not None
