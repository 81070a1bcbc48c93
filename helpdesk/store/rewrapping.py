"""From one master key to the next, inside the key store: at any moment the old one or the new one opens everything.

Before the new key takes its place, the old one is laid down wrapped under it (:func:`grant`). So the store opens with
either; and when it is opened with the new one, all keys are wrapped anew in one transaction and the old one is
forgotten (:func:`finish`). Reply addresses that the old one signed go on being known for :data:`REPLY_GRACE`.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager, suppress

from helpdesk.clock import DAY, Instant, plus
from helpdesk.errors import Refused
from helpdesk.ids import Entropy
from helpdesk.privacy import Key, new_key, reply_key, unwrap, wrap

REPLY_GRACE = 90 * DAY
"""How long mail to an address that an earlier master key signed still finds its ticket, in milliseconds."""

SCHEMA = """
    CREATE TABLE predecessors (    -- forgets: the row, when everything is wrapped under its successor
        wrapped BLOB NOT NULL PRIMARY KEY
    ) STRICT, WITHOUT ROWID;
    CREATE TABLE reply_keys (      -- forgets: the row, when its time is over
        until   INTEGER NOT NULL,
        wrapped BLOB NOT NULL,
        PRIMARY KEY (until, wrapped)
    ) STRICT, WITHOUT ROWID;
    """

_PREDECESSOR = "predecessor"
_REPLY = "reply"


@contextmanager
def transaction(sql: sqlite3.Connection) -> Iterator[None]:
    """All of the block, or nothing of it."""
    sql.execute("BEGIN IMMEDIATE")
    try:
        yield
        sql.execute("COMMIT")
    except BaseException:
        if sql.in_transaction:
            sql.execute("ROLLBACK")
        raise


def grant(sql: sqlite3.Connection, old: Key, new: Key, entropy: Entropy) -> None:
    """Let ``new`` open the store, too."""
    wrapped = wrap(new, old, purpose=_PREDECESSOR, name="", entropy=entropy)
    with transaction(sql):
        sql.execute("INSERT INTO predecessors VALUES (?)", (wrapped,))


def finish(sql: sqlite3.Connection, master: Key, now: Instant, entropy: Entropy) -> bool:
    """Wrap everything under ``master``, if it was granted; False if it was not, and nothing is changed.

    What the old key does not open is damaged, and stays as it is.
    """
    granted = (_opened(master, row[0]) for row in sql.execute("SELECT wrapped FROM predecessors").fetchall())
    if (old := next((key for key in granted if key is not None), None)) is None:
        return False
    with transaction(sql):
        _conversations(sql, old, master, entropy)
        _epochs(sql, old, master, entropy)
        _reply_keys(sql, old, master, entropy)
        keep_reply_key(sql, master, reply_key(old), plus(now, REPLY_GRACE), entropy)
        check = wrap(master, new_key(entropy), purpose="check", name="", entropy=entropy)
        sql.execute("UPDATE master_check SET wrapped = ?", (check,))
        sql.execute("DELETE FROM predecessors")
    return True


def _opened(master: Key, wrapped: bytes) -> Key | None:
    with suppress(Refused):
        return unwrap(master, wrapped, purpose=_PREDECESSOR, name="")
    return None


def _conversations(sql: sqlite3.Connection, old: Key, new: Key, entropy: Entropy) -> None:
    for library, conversation, wrapped in sql.execute(
        "SELECT library, conversation, wrapped FROM conversation_keys"
    ).fetchall():
        with suppress(Refused):  # damaged: it stays as it is
            again = _again(old, new, wrapped, "conversation", f"{library} {conversation}", entropy)
            sql.execute(
                "UPDATE conversation_keys SET wrapped = ? WHERE library = ? AND conversation = ?",
                (again, library, conversation),
            )


def _epochs(sql: sqlite3.Connection, old: Key, new: Key, entropy: Entropy) -> None:
    for library, line, starts, wrapped in sql.execute(
        "SELECT library, line, starts, wrapped FROM epoch_keys"
    ).fetchall():
        with suppress(Refused):  # damaged: it stays as it is
            again = _again(old, new, wrapped, "epoch", f"{library} {line} {starts}", entropy)
            sql.execute(
                "UPDATE epoch_keys SET wrapped = ? WHERE library = ? AND line = ? AND starts = ?",
                (again, library, line, starts),
            )


def _reply_keys(sql: sqlite3.Connection, old: Key, new: Key, entropy: Entropy) -> None:
    for until, wrapped in sql.execute("SELECT until, wrapped FROM reply_keys").fetchall():
        with suppress(Refused):  # damaged: it stays as it is
            again = _again(old, new, wrapped, _REPLY, str(until), entropy)
            sql.execute("UPDATE reply_keys SET wrapped = ? WHERE until = ? AND wrapped = ?", (again, until, wrapped))


def _again(old: Key, new: Key, wrapped: bytes, purpose: str, name: str, entropy: Entropy) -> bytes:
    key = unwrap(old, wrapped, purpose=purpose, name=name)
    return wrap(new, key, purpose=purpose, name=name, entropy=entropy)


def keep_reply_key(sql: sqlite3.Connection, master: Key, key: Key, until: Instant, entropy: Entropy) -> None:
    """Keep an earlier key of reply addresses until its time is over."""
    wrapped = wrap(master, key, purpose=_REPLY, name=str(until), entropy=entropy)
    sql.execute("INSERT INTO reply_keys VALUES (?, ?)", (until, wrapped))


def reply_keys(sql: sqlite3.Connection, master: Key) -> tuple[tuple[Key, Instant], ...]:
    """The earlier keys of reply addresses, each with the end of its time; the latest first."""
    rows = sql.execute("SELECT until, wrapped FROM reply_keys ORDER BY until DESC").fetchall()
    return tuple((unwrap(master, wrapped, purpose=_REPLY, name=str(until)), Instant(until)) for until, wrapped in rows)
