"""The store on SQLite: verbs run whole on aiosqlite's thread.

One connection writes: a batch of :mod:`~helpdesk.store.commits` is one hop to its thread, from BEGIN IMMEDIATE to
COMMIT. Reads run on connections opened ``mode=ro``.
"""

from __future__ import annotations

import os
import sqlite3
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from functools import partial
from pathlib import Path
from typing import Any, TypeVar

import aiosqlite

from helpdesk.errors import BadConfig, TryLater
from helpdesk.ports import FullText, Record, Sql
from helpdesk.store import schema
from helpdesk.store.commits import Done, SharedStore, Verb, guarded, running
from helpdesk.store.lock import owned
from helpdesk.store.upgrading import bring_up
from helpdesk.store.verbs import events
from helpdesk.store.words import Fts5
from helpdesk.turns import Turns

T = TypeVar("T")

UNWRITTEN = (
    "The store can't be written just now ({}). Nothing was kept. Look whether its disk has room; it goes on by itself."
)


class Session:
    """SQL on one connection, for one library."""

    __slots__ = ("_connection", "full_text", "library")

    def __init__(self, connection: sqlite3.Connection, library: str, full_text: FullText) -> None:
        self._connection = connection
        self.library = library
        self.full_text = full_text

    def __call__(self, text: str, /, **params: object) -> list[Record]:
        """Run one statement; ``:library`` is bound."""
        params["library"] = self.library
        return self._connection.execute(text, params).fetchall()


class Sqlite:
    """See :class:`helpdesk.store.commits.Engine`. With no ``readers`` the writing connection reads, too."""

    def __init__(self, writer: aiosqlite.Connection, readers: Sequence[aiosqlite.Connection], library: str) -> None:
        self.reads_apart = bool(readers)
        self.writer = writer
        self._library = library
        self._words = Fts5()
        self._readers = Turns(readers or [writer])

    async def commit(self, verbs: Sequence[Verb]) -> Done:
        """Run verbs in one transaction, in one hop."""
        return await _hop(self.writer, partial(_commit_together, self.session, verbs))

    async def read(self, verb: Callable[[Sql], T]) -> T:
        """Run a verb in one read-only snapshot."""
        async with self._readers.one() as connection:
            return await _hop(connection, partial(_read, self.session, verb))

    async def purge(self, *, words: bool) -> bool:
        """Merge the word index (unless ``words`` is False) and empty the write-ahead log.

        False where a reader held the log: it is not waited for, because all writers would wait with it.
        """
        return await _hop(self.writer, partial(_purge, self.session, words))

    def session(self, connection: sqlite3.Connection) -> Session:
        """SQL for the library on a connection."""
        return Session(connection, self._library, self._words)


async def _hop(connection: aiosqlite.Connection, work: Callable[[sqlite3.Connection], T]) -> T:
    """Run ``work`` whole on the connection's thread.

    aiosqlite has no public call for this; the protected one is pinned and under a contract test
    (tests/store/test_sqlite.py). The work travels in a closure: aiosqlite's debug log shows what it is given.
    """

    def whole() -> T:
        return work(connection._conn)

    result: T = await connection._execute(whole)  # type: ignore[no-untyped-call]
    return result


def _commit_together(
    session: Callable[[sqlite3.Connection], Session], batch: Sequence[Verb], connection: sqlite3.Connection
) -> Done:
    sql = session(connection)
    try:
        connection.execute("BEGIN IMMEDIATE")
        outcomes = list(guarded(batch, sql, connection.execute, _is_trouble))
        last = events.last(sql)
        connection.execute("COMMIT")
    except sqlite3.Error as error:
        _roll_back(connection)
        return Done.nothing(batch, TryLater(UNWRITTEN.format(error)))
    return Done(outcomes=outcomes, last=last)


def _roll_back(connection: sqlite3.Connection) -> None:
    if connection.in_transaction:  # SQLite has ended it itself where the disk is full
        connection.execute("ROLLBACK")


_STORE_TROUBLE = frozenset(
    {
        sqlite3.SQLITE_FULL,
        sqlite3.SQLITE_IOERR,
        sqlite3.SQLITE_READONLY,
        sqlite3.SQLITE_NOMEM,
        sqlite3.SQLITE_BUSY,
        sqlite3.SQLITE_LOCKED,
        sqlite3.SQLITE_CORRUPT,
        sqlite3.SQLITE_CANTOPEN,
    }
)


def _is_trouble(error: BaseException) -> bool:
    """Whether the store itself is in trouble, rather than one verb at fault."""
    code = getattr(error, "sqlite_errorcode", None)
    return isinstance(error, sqlite3.Error) and code is not None and code & 0xFF in _STORE_TROUBLE


def _purge(session: Callable[[sqlite3.Connection], Session], words: bool, connection: sqlite3.Connection) -> bool:
    sql = session(connection)
    try:
        if words:
            sql.full_text.purge(sql)
        connection.execute("PRAGMA busy_timeout = 0")
        busy, _, _ = connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
    except sqlite3.Error as error:
        raise TryLater(f"What was deleted can't be wiped from the store just now ({error}).") from error
    finally:
        connection.execute(f"PRAGMA busy_timeout = {schema.BUSY}")
    return not busy


def _read(
    session: Callable[[sqlite3.Connection], Session], verb: Callable[[Sql], T], connection: sqlite3.Connection
) -> T:
    try:
        connection.execute("BEGIN")
        return verb(session(connection))
    except sqlite3.Error as error:
        if not _is_trouble(error):
            raise
        raise TryLater(f"The store can't be read just now ({error}).") from error
    finally:
        _roll_back(connection)


@asynccontextmanager
async def open_store(
    path: Path | None, *, library: str = "main", owner: str = "helpdesk"
) -> AsyncIterator[SharedStore]:
    """Own the store at ``path`` (None: a private one in memory) until the block ends.

    Migrations run first, on a copy before the file itself. Refused, naming who, where another process owns the file;
    BadConfig where the file is not ours, is newer than this program, or lies on a network file system.
    """
    if path is None:
        async with (
            _connected(":memory:", schema.prepare_memory) as writer,
            running(Sqlite(writer, (), library), library, events.last) as store,
        ):
            yield store
        return
    with owned(path, owner):
        _make_private(path)
        bring_up(path)
        async with (
            _connected(str(path), schema.prepare_owner) as writer,
            _read_only(path) as first,
            _read_only(path) as second,  # a long report must not make the desk wait
            running(Sqlite(writer, (first, second), library), library, events.last) as store,
        ):
            yield store


def _make_private(path: Path) -> None:
    """The store is its owner's alone; SQLite gives its log the same mode."""
    try:
        os.close(os.open(path, os.O_CREAT | os.O_RDWR | os.O_CLOEXEC, 0o600))
    except OSError as error:
        raise BadConfig(f"store.path: {path} can't be written ({error.strerror}).") from error


@asynccontextmanager
async def open_reader(path: Path, *, library: str = "main") -> AsyncIterator[SharedStore]:
    """Read the store beside its owner: what reports do. Writes are refused by the database."""
    async with _read_only(path) as first, running(Sqlite(first, [first], library), library, events.last) as store:
        yield store


def _read_only(path: Path) -> Any:
    return _connected(f"{path.absolute().as_uri()}?mode=ro", schema.prepare_reader)


@asynccontextmanager
async def _connected(where: str, prepare: Callable[[sqlite3.Connection], None]) -> AsyncIterator[aiosqlite.Connection]:
    connection = aiosqlite.connect(
        where, isolation_level=None, cached_statements=512, uri=where.startswith("file:"), timeout=5
    )
    async with connection as opened:
        try:
            await _hop(opened, prepare)
        except sqlite3.Error as error:
            raise BadConfig(f"store.path: {where} can't be opened as a store ({error}).") from error
        yield opened
