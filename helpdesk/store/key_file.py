"""The key store as an SQLite file of its own, which one process holds.

Destroyed means gone from the file: rows are overwritten (``secure_delete``) and the write-ahead log, which would keep
them, is truncated. Nobody else has the file open (SQLite's exclusive locking), so no reader can keep the log alive.
Every call is one hop to aiosqlite's thread; keys travel there in closures, because aiosqlite logs the arguments of what
it runs.
"""

from __future__ import annotations

import os
import sqlite3
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager, closing
from functools import partial
from pathlib import Path
from typing import TypeVar

import aiosqlite

from helpdesk.errors import BadConfig, Refused, TryLater
from helpdesk.ports import Sql
from helpdesk.store.commits import Done, Verb, guarded
from helpdesk.store.key_schema import APPLICATION_ID, MIGRATIONS
from helpdesk.store.lock import network_file_system
from helpdesk.store.sqlite import Session
from helpdesk.store.words import Fts5

T = TypeVar("T")


class KeyFile:
    """See :class:`helpdesk.store.commits.Engine`."""

    reads_apart = False

    def __init__(self, connection: aiosqlite.Connection, library: str) -> None:
        self._connection = connection
        self._library = library

    async def commit(self, verbs: Sequence[Verb]) -> Done:
        """Run verbs in one transaction, in one hop."""
        return await self.hop(partial(_commit, self._library, verbs))

    async def read(self, verb: Callable[[Sql], T]) -> T:
        """Run a verb that only reads."""
        return await self.hop(partial(_read, self._library, verb))

    async def purge(self, *, words: bool = False) -> bool:
        """Empty the log, where deleted bytes would lie on; False where it is being read."""
        return await self.hop(_truncate_log)

    async def others(self) -> int:
        """Nobody else has the file."""
        return 0

    async def hop(self, work: Callable[[sqlite3.Connection], T]) -> T:
        """Run ``work`` whole on the connection's thread (see helpdesk.store.sqlite on aiosqlite's protected call)."""
        result: T = await self._connection._execute(lambda: work(self._connection._conn))  # type: ignore[no-untyped-call]
        return result


@asynccontextmanager
async def opened(path: Path | None, library: str) -> AsyncIterator[KeyFile]:
    """Hold the key store at ``path`` (made if it is missing; None: a private one in memory) until the block ends.

    BadConfig for a file that others may read, or one that is not ours; Refused where another process holds it.
    """
    if path is not None:
        _private(path)
    async with aiosqlite.connect(path or ":memory:", isolation_level=None, timeout=0.25) as connection:
        file = KeyFile(connection, library)
        await file.hop(partial(_prepare, path))
        yield file


def look(path: Path, library: str, verb: Callable[[Sql], T]) -> T:
    """Read a key store that nobody holds, and change nothing about it.

    TryLater while its owner holds it, BadConfig for a file that is no key store.
    """
    left = path.with_name(f"{path.name}-wal")
    how = "mode=ro" if left.exists() else "immutable=1"  # closed well, it needs no lock, and gets no file beside it
    try:
        with closing(sqlite3.connect(f"{path.absolute().as_uri()}?{how}", uri=True, timeout=0.25)) as connection:
            connection.row_factory = sqlite3.Row
            return verb(Session(connection, library, Fts5()))
    except sqlite3.DatabaseError as error:
        if _busy(error):
            raise TryLater(f"{path} is in use by the owner of the store. Ask again once that answers.") from None
        raise BadConfig(f"store.keys: {path} can't be read as a key store ({error}).") from None


def _commit(library: str, verbs: Sequence[Verb], connection: sqlite3.Connection) -> Done:
    sql = Session(connection, library, Fts5())
    try:
        connection.execute("BEGIN IMMEDIATE")
        outcomes = list(guarded(verbs, sql, connection.execute, lambda error: isinstance(error, sqlite3.Error)))
        connection.execute("COMMIT")
    except sqlite3.Error as error:
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        return Done.nothing(verbs, _trouble(error))
    return Done(outcomes=outcomes)


def _read(library: str, verb: Callable[[Sql], T], connection: sqlite3.Connection) -> T:
    try:
        return verb(Session(connection, library, Fts5()))
    except sqlite3.Error as error:
        raise _trouble(error) from error


def _trouble(error: sqlite3.Error) -> TryLater:
    return TryLater(f"The key store can't be used just now ({error}). Nothing was kept.")


def _truncate_log(connection: sqlite3.Connection) -> bool:
    try:
        return not connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0]
    except sqlite3.Error as error:
        raise _trouble(error) from error


def _private(path: Path) -> None:
    """Make the file for us alone if it is missing; BadConfig if others may read it or the place is unfit."""
    if kind := network_file_system(path):
        raise BadConfig(f"store.keys: {path} lies on a network file system ({kind}). Put it on a local disk.")
    try:
        os.close(os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600))
    except FileExistsError:
        mode = path.stat().st_mode & 0o777
        if mode & 0o077:
            raise BadConfig(f"store.keys: {path} has mode {mode:04o}. Run: chmod 0600 {path}") from None
    except OSError as error:
        raise BadConfig(f"store.keys: {path} can't be written ({error.strerror}).") from None


def _prepare(path: Path | None, connection: sqlite3.Connection) -> None:
    """Settings, migrations, and an empty log."""
    try:
        connection.execute("PRAGMA locking_mode = EXCLUSIVE").fetchall()
        _guard(connection, path)
        _settle(connection)
        busy = connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0]
    except sqlite3.DatabaseError as error:
        if _busy(error):
            raise Refused(f"{path} is in use by another process. Only the owner of the store opens it.") from None
        raise BadConfig(f"store.keys: {path} can't be used as a key store ({error}).") from error
    if busy:
        raise TryLater(f"The log of {path} is being read and can't be emptied yet. Try again.")
    connection.row_factory = sqlite3.Row


def _guard(connection: sqlite3.Connection, path: Path | None) -> None:
    """BadConfig for a file that is not ours, or newer than this program: nothing is changed in it."""
    tables = connection.execute("SELECT count(*) FROM sqlite_master").fetchone()[0]
    if tables and _number(connection, "application_id") != APPLICATION_ID:
        raise BadConfig(f"store.keys: {path} is a database of another program. Name another file.")
    if _number(connection, "user_version") > len(MIGRATIONS):
        raise BadConfig(f"store.keys: {path} was made by a newer program. Use that one; nothing was changed.")


def _settle(connection: sqlite3.Connection) -> None:
    """Durable and forgetful settings, then the migrations that are due."""
    for setting in ("journal_mode = WAL", "synchronous = FULL", "secure_delete = ON", "temp_store = MEMORY"):
        connection.execute(f"PRAGMA {setting}").fetchall()
    have = _number(connection, "user_version")
    for version, text in enumerate(MIGRATIONS[have:], have + 1):
        marks = f"PRAGMA application_id = {APPLICATION_ID};\nPRAGMA user_version = {version};"
        connection.executescript(f"BEGIN IMMEDIATE;\n{text}\n{marks}\nCOMMIT;")


def _number(connection: sqlite3.Connection, pragma: str) -> int:
    return int(connection.execute(f"PRAGMA {pragma}").fetchone()[0])


def _busy(error: sqlite3.Error) -> bool:
    return getattr(error, "sqlite_errorcode", 0) & 0xFF == sqlite3.SQLITE_BUSY
