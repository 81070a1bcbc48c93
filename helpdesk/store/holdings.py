"""What a key store holds, told without a key: whose keys, and until when."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

from helpdesk.clock import Instant
from helpdesk.errors import BadConfig, TryLater
from helpdesk.message import ConversationId, LineId
from helpdesk.privacy import EpochHeld, KeysHeld


def held(sql: sqlite3.Connection, library: str, window: int) -> KeysHeld:
    """What the store holds of a library. ``window``: how long an epoch's key outlives its epoch, in milliseconds."""
    talks = sql.execute("SELECT conversation FROM conversation_keys WHERE library = ?", (library,)).fetchall()
    epochs = sql.execute(
        "SELECT line, ends FROM epoch_keys WHERE library = ? ORDER BY line, ends", (library,)
    ).fetchall()
    return KeysHeld(
        conversations=frozenset(ConversationId(row[0]) for row in talks),
        epochs=tuple(EpochHeld(line=LineId(line), until=Instant(ends + window)) for line, ends in epochs),
    )


def held_on_disk(path: Path, library: str, window: int) -> KeysHeld:
    """The same of a file that nobody holds, which is only read; nothing where there is no file.

    TryLater while its owner holds it, BadConfig for a file that is no key store.
    """
    if not path.exists():
        return KeysHeld(conversations=frozenset(), epochs=())
    left = path.with_name(f"{path.name}-wal")
    how = "mode=ro" if left.exists() else "immutable=1"  # closed well, it needs no lock, and gets no file beside it
    try:
        with closing(sqlite3.connect(f"{path.absolute().as_uri()}?{how}", uri=True, timeout=0.25)) as sql:
            return held(sql, library, window)
    except sqlite3.OperationalError as error:
        if getattr(error, "sqlite_errorcode", 0) & 0xFF == sqlite3.SQLITE_BUSY:
            raise TryLater(f"{path} is in use by the owner of the store. Ask again once that answers.") from None
        raise BadConfig(f"store.keys: {path} can't be read as a key store ({error}).") from None
    except sqlite3.DatabaseError as error:
        raise BadConfig(f"store.keys: {path} can't be read as a key store ({error}).") from None
