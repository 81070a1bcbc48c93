"""The store on SQLite: verbs run whole on aiosqlite's thread, and concurrent writes share a commit.

One task owns the writing connection. Callers hand it work and wait; a batch is one hop to the thread:
BEGIN IMMEDIATE, a savepoint per verb (so that one bad write fails alone), COMMIT, and only then does any
caller hear. Cancelling a caller never reaches the batch. Reads run on connections opened ``mode=ro``.
"""

from __future__ import annotations

import asyncio
import os
import sqlite3
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, Concatenate, ParamSpec, TypeVar

import aiosqlite

from helpdesk.beside import beside
from helpdesk.errors import BadConfig, TryLater
from helpdesk.events import Seq
from helpdesk.ports import FullText, Record, Sql
from helpdesk.store import schema
from helpdesk.store.lock import owned
from helpdesk.store.words import Fts5

P = ParamSpec("P")
T = TypeVar("T")

BATCH = 256
"""The most verbs that share one commit."""

READERS = 2
"""Read-only connections: a long report must not make the desk wait."""


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


@dataclass(slots=True, eq=False)
class _Job:
    verb: Callable[[Sql], Any]
    done: asyncio.Future[Any]
    writes: bool


@dataclass(frozen=True, slots=True)
class _Outcome:
    value: Any = None
    error: BaseException | None = None


class SqliteStore:
    """See :class:`helpdesk.ports.Store`. Made by :func:`open_store`."""

    def __init__(self, writer: aiosqlite.Connection, readers: list[aiosqlite.Connection], library: str) -> None:
        self.library = library
        self.trouble = ""
        self._words = Fts5()
        self._writer = writer
        self._jobs: asyncio.Queue[_Job | None] = asyncio.Queue()
        self._readers: asyncio.Queue[aiosqlite.Connection] = asyncio.Queue()
        for reader in readers:
            self._readers.put_nowait(reader)
        self._private = not readers
        self._last = Seq(0)
        self._waiting: set[asyncio.Future[None]] = set()
        self._closed = False

    async def write(self, verb: Callable[Concatenate[Sql, P], T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Run ``verb`` in a shared commit; returns after the commit is on disk."""
        return await self._queue(lambda sql: verb(sql, *args, **kwargs))

    async def read(self, verb: Callable[Concatenate[Sql, P], T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Run ``verb`` in one read-only snapshot."""
        if self._private:
            return await self._queue(lambda sql: verb(sql, *args, **kwargs), writes=False)
        if self._closed:
            raise TryLater("The store is closed.")
        connection = await self._readers.get()
        try:
            return await _hop(connection, partial(_read, self._session, verb, args, kwargs))
        finally:
            self._readers.put_nowait(connection)

    async def changed(self, after: Seq) -> Seq:
        """Return the last event's number as soon as it is above ``after``."""
        while self._last <= after:
            told: asyncio.Future[None] = asyncio.get_running_loop().create_future()
            self._waiting.add(told)
            try:
                await told
            finally:
                self._waiting.discard(told)
        return self._last

    async def purge(self, *, words: bool = True) -> bool:
        """Merge the word index (unless ``words`` is False) and empty the write-ahead log.

        False where a reader held the log: it is not waited for, because all writers would wait with it.
        """
        return await _hop(self._writer, partial(_purge, self._session, words))

    async def _queue(self, verb: Callable[[Sql], T], *, writes: bool = True) -> T:
        if self._closed:
            raise TryLater("The store is closed.")
        done: asyncio.Future[T] = asyncio.get_running_loop().create_future()
        self._jobs.put_nowait(_Job(verb, done, writes))
        return await done

    async def run(self) -> None:
        """Serve the callers until :meth:`stop`: the task that owns the writing connection."""
        try:
            while (job := await self._jobs.get()) is not None:
                await self._serve(self._with_followers(job))
        finally:
            self._turn_away()

    def _with_followers(self, job: _Job) -> list[_Job]:
        """What shares a commit with ``job``: all that waits, up to :data:`BATCH`."""
        batch = [job]
        while len(batch) < BATCH and not self._jobs.empty():
            more = self._jobs.get_nowait()
            if more is None:
                self._jobs.put_nowait(None)
                break
            batch.append(more)
        return batch

    def _turn_away(self) -> None:
        """Nobody waits for a store that has ended."""
        self._closed = True
        while not self._jobs.empty():
            if (job := self._jobs.get_nowait()) is not None:
                _settle(job.done, _Outcome(error=TryLater("The store is closed.")))

    async def _serve(self, batch: list[_Job]) -> None:
        try:
            await self._run_together(batch)
        finally:  # cancelled in the middle: what was kept is kept, and nobody waits
            for job in batch:
                _settle(job.done, _Outcome(error=TryLater("The store closed before it could say what was kept.")))

    async def _run_together(self, batch: list[_Job]) -> None:
        if any(job.writes for job in batch):
            outcomes, last = await _hop(self._writer, partial(_commit_together, self._session, batch))
            self.trouble = "" if last is not None else _trouble(outcomes)
        else:
            outcomes, last = await _hop(self._writer, partial(_read_together, self._session, batch)), None
        for job, outcome in zip(batch, outcomes, strict=True):
            _settle(job.done, outcome)
        if last is not None and last > self._last:
            self._last = last
            self._tell()

    def _session(self, connection: sqlite3.Connection) -> Session:
        return Session(connection, self.library, self._words)

    def _tell(self) -> None:
        for waiting in self._waiting:
            if not waiting.done():
                waiting.set_result(None)

    async def start_from(self, last: Seq) -> None:
        """Say where the log stands on opening."""
        self._last = last

    def stop(self) -> None:
        """Take no more work; what is queued is still done."""
        self._closed = True
        self._jobs.put_nowait(None)


def _settle(done: asyncio.Future[Any], outcome: _Outcome) -> None:
    if done.done():  # the caller was cancelled; its write stands
        return
    if outcome.error is None:
        done.set_result(outcome.value)
    else:
        done.set_exception(outcome.error)


async def _hop(connection: aiosqlite.Connection, work: Callable[[sqlite3.Connection], T]) -> T:
    """Run ``work`` whole on the connection's thread.

    aiosqlite has no public call for this; the protected one is pinned and under a contract test
    (tests/store/test_commits.py). The work travels in a closure: aiosqlite's debug log shows what it is given.
    """

    def whole() -> T:
        return work(connection._conn)

    result: T = await connection._execute(whole)  # type: ignore[no-untyped-call]
    return result


def _commit_together(
    session: Callable[[sqlite3.Connection], Session], batch: list[_Job], connection: sqlite3.Connection
) -> tuple[list[_Outcome], Seq | None]:
    sql = session(connection)
    try:
        connection.execute("BEGIN IMMEDIATE")
        outcomes = [_guarded(connection, sql, job) for job in batch]
        last = _last_seq(sql)
        connection.execute("COMMIT")
    except sqlite3.Error as error:
        _roll_back(connection)
        trouble = TryLater(f"The store can't be written just now ({error}). Nothing was kept.")
        return [_Outcome(error=trouble) for _ in batch], None
    return outcomes, last


def _roll_back(connection: sqlite3.Connection) -> None:
    if connection.in_transaction:  # SQLite has ended it itself where the disk is full
        connection.execute("ROLLBACK")


def _trouble(outcomes: list[_Outcome]) -> str:
    return next((str(each.error) for each in outcomes if isinstance(each.error, TryLater)), "")


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


def _guarded(connection: sqlite3.Connection, sql: Session, job: _Job) -> _Outcome:
    """Run one verb in its savepoint. Trouble of the store itself ends the batch; all else fails alone."""
    connection.execute("SAVEPOINT verb")
    try:
        value = job.verb(sql)
    except BaseException as error:
        if _is_trouble(error):
            raise
        connection.execute("ROLLBACK TO verb")
        connection.execute("RELEASE verb")
        return _Outcome(error=error)
    connection.execute("RELEASE verb")
    return _Outcome(value=value)


def _is_trouble(error: BaseException) -> bool:
    """Whether the store itself is in trouble, rather than one verb at fault."""
    code = getattr(error, "sqlite_errorcode", None)
    return isinstance(error, sqlite3.Error) and code is not None and code & 0xFF in _STORE_TROUBLE


def _last_seq(sql: Sql) -> Seq | None:
    rows = sql("SELECT seq FROM chain WHERE library = :library")
    return Seq(rows[0]["seq"]) if rows else None


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
    session: Callable[[sqlite3.Connection], Session],
    verb: Callable[..., T],
    args: tuple[Any, ...],
    kwargs: dict[str, Any],
    connection: sqlite3.Connection,
) -> T:
    try:
        connection.execute("BEGIN")
        return verb(session(connection), *args, **kwargs)
    except sqlite3.Error as error:
        if not _is_trouble(error):
            raise
        raise TryLater(f"The store can't be read just now ({error}).") from error
    finally:
        _roll_back(connection)


def _read_together(
    session: Callable[[sqlite3.Connection], Session], batch: list[_Job], connection: sqlite3.Connection
) -> list[_Outcome]:
    outcomes = []
    for job in batch:
        try:
            outcomes.append(_Outcome(value=_read(session, job.verb, (), {}, connection)))
        except BaseException as error:  # noqa: BLE001 - it is handed to the caller as it is
            outcomes.append(_Outcome(error=error))
    return outcomes


@asynccontextmanager
async def open_store(
    path: Path | None, *, library: str = "main", owner: str = "helpdesk"
) -> AsyncIterator[SqliteStore]:
    """Own the store at ``path`` (None: a private one in memory) until the block ends.

    Migrations run first. Refused, naming who, where another process owns the file; BadConfig where the file is
    not ours, is newer than this program, or lies on a network file system.
    """
    if path is None:
        async with _connected(":memory:", schema.prepare_memory) as writer, _running(writer, [], library) as store:
            yield store
        return
    with owned(path, owner):
        _make_private(path)
        async with (
            _connected(str(path), schema.prepare_owner) as writer,
            _read_only(path) as first,
            _read_only(path) as second,
            _running(writer, [first, second], library) as store,
        ):
            yield store


def _make_private(path: Path) -> None:
    """The store is its owner's alone; SQLite gives its log the same mode."""
    try:
        os.close(os.open(path, os.O_CREAT | os.O_RDWR | os.O_CLOEXEC, 0o600))
    except OSError as error:
        raise BadConfig(f"store.path: {path} can't be written ({error.strerror}).") from error


@asynccontextmanager
async def open_reader(path: Path, *, library: str = "main") -> AsyncIterator[SqliteStore]:
    """Read the store beside its owner: what reports do. Writes are refused by the database."""
    async with _read_only(path) as first, _running(first, [first], library) as store:
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


@asynccontextmanager
async def _running(
    writer: aiosqlite.Connection, readers: list[aiosqlite.Connection], library: str
) -> AsyncIterator[SqliteStore]:
    store = SqliteStore(writer, readers, library)
    async with beside(store.run(), stop=store.stop):
        last: Seq | None = await store.read(_last_seq)
        await store.start_from(last or Seq(0))
        yield store
