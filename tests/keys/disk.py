"""The key store's lines and conversations in the tests, and what of its keys lies on disk."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import TypeVar

from helpdesk.clock import instant
from helpdesk.message import ConversationId, LineId
from helpdesk.privacy import Key
from helpdesk.store.key_file import KeyFile
from helpdesk.store.keys import KeyStore

T = TypeVar("T")

NOISE = LineId("noise")
QUIET = LineId("quiet")
MASTER = Key(b"\x07" * 32)
MONDAY = instant(datetime(2026, 11, 23, tzinfo=UTC))


async def within(keys: KeyStore, work: Callable[[sqlite3.Connection], T]) -> T:
    """Do something on the connection of a key store's file."""
    engine = keys._engine
    assert isinstance(engine, KeyFile)
    return await engine.hop(work)


def talk(number: int) -> ConversationId:
    """The id of a conversation."""
    return ConversationId(f"01TALK{number:04}")


def on_disk(path: Path) -> bytes:
    """Every byte of the key store and of what lies beside it."""
    return b"".join(each.read_bytes() for each in sorted(path.parent.glob(path.name + "*")))


def wrapped(path: Path) -> dict[str, bytes]:
    """The wrapped conversation keys of a closed key store."""
    with closing(sqlite3.connect(path)) as sql:
        return dict(sql.execute("SELECT conversation, wrapped FROM conversation_keys").fetchall())


def pieces(closed: bytes) -> Iterator[bytes]:
    """Twelve-byte pieces of a wrapped key: none of them may be left."""
    return (closed[start : start + 12] for start in range(0, len(closed) - 11, 4))
