"""What a thief of the files holds: read like a thief does, without owning anything and without a seal opened.

The store is read beside its owner. The key store can be read while nobody holds it; what is wrapped in it opens with
the right master key only.
"""

from __future__ import annotations

import sqlite3
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from helpdesk.errors import BadConfig
from helpdesk.ports import Sql
from helpdesk.privacy import Key, unwrap


@dataclass(frozen=True, slots=True, kw_only=True)
class Loot:
    """What lies in the store: the handles of live conversations, and how many sealed addresses there are."""

    handles: frozenset[bytes] = field(default=frozenset(), repr=False)
    seals: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class WrappedKeys:
    """What lies in the key store: how many epochs' and conversations' keys, and, once unwrapped, the epochs'."""

    epochs: int = 0
    conversations: int = 0
    opened: tuple[Key, ...] = ()


def loot(store: Path, library: str) -> Loot:
    """What a store, or a backup of one, gives away. BadConfig where there is none."""
    query = "SELECT handle, seal FROM conversations WHERE library = ? AND seal IS NOT NULL"
    rows = _rows(store, query, (library,))
    return Loot(handles=frozenset(row[0] for row in rows if row[0] is not None), seals=len(rows))


def wrapped_keys(keys: Path, library: str, master: Key | None) -> WrappedKeys:
    """What a key store gives away, with the master key or without it.

    BadConfig where there is none, or where its owner holds it; Refused where the master key is another.
    """
    epochs = _rows(keys, "SELECT line, starts, wrapped FROM epoch_keys WHERE library = ?", (library,))
    [[conversations]] = _rows(keys, "SELECT count(*) FROM conversation_keys WHERE library = ?", (library,))
    return _opened(epochs, conversations, library, master)


def wrapped_rows(sql: Sql, master: Key | None) -> WrappedKeys:
    """The same of a key store in a database. Refused where the master key is another."""
    rows = sql("SELECT line, starts, wrapped FROM epoch_keys WHERE library = :library")
    [talks] = sql("SELECT count(*) AS n FROM conversation_keys WHERE library = :library")
    epochs = [(row["line"], row["starts"], bytes(row["wrapped"])) for row in rows]
    return _opened(epochs, talks["n"], sql.library, master)


def _opened(epochs: list[tuple[Any, ...]], conversations: int, library: str, master: Key | None) -> WrappedKeys:
    return WrappedKeys(
        epochs=len(epochs),
        conversations=conversations,
        opened=()
        if master is None
        else tuple(
            unwrap(master, wrapped, purpose="epoch", name=f"{library} {line} {starts}")
            for line, starts, wrapped in epochs
        ),
    )


def _rows(path: Path, query: str, parameters: tuple[str, ...]) -> list[tuple[Any, ...]]:
    """All rows; the file is opened for reading, and a log that is empty is not asked for, so that none is made."""
    if not path.is_file():
        raise BadConfig(f"There is no {path}.")
    log = path.with_name(f"{path.name}-wal")
    quiet = "" if log.is_file() and log.stat().st_size else "&immutable=1"
    try:
        with closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro{quiet}", uri=True, timeout=0.1)) as thief:
            return thief.execute(query, parameters).fetchall()
    except sqlite3.Error as error:
        raise BadConfig(f"{path} can't be read now ({error}).") from None
