"""The store on PostgreSQL: the same verbs on psycopg's synchronous connections, each with a thread of its own.

One connection writes. A batch of :mod:`~helpdesk.store.commits` is one transaction that begins by locking the library's
row in ``chain``: writes of one library come one after the other, over all servers, so numbers have no gaps and each
verb reads what was committed before it. Reads are snapshots on connections of their own.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from functools import partial
from typing import TypeVar

import psycopg

from helpdesk.beside import beside
from helpdesk.errors import HelpdeskError, TryLater
from helpdesk.events import Seq
from helpdesk.ports import Sql
from helpdesk.store import pg_schema, schema
from helpdesk.store.commits import Done, SharedStore, Verb, guarded, running
from helpdesk.store.pg_link import Link, conninfo, in_words, is_conflict, is_trouble, refusal
from helpdesk.store.pg_listening import Listening, channel
from helpdesk.store.pg_session import Connection, Session
from helpdesk.store.verbs import events
from helpdesk.store.words import Tsvector

T = TypeVar("T")

READERS = 3
"""Connections that read: a long report must not make the desk wait."""

TRIES = 5
"""How often a transaction is tried that got in the way of another one."""

WRITING = (
    "SET lock_timeout = '10s'; SET statement_timeout = '60s'; SET idle_in_transaction_session_timeout = '60s';"
    " SELECT set_config('synchronous_commit', 'on', false)"
    " WHERE current_setting('synchronous_commit') IN ('off', 'local')"
)
"""What is acknowledged is on disk; and no server that hangs holds up the others for long."""

READING = "SET statement_timeout = '300s'; SET idle_in_transaction_session_timeout = '600s'"


class Postgres:
    """See :class:`helpdesk.store.commits.Engine`. ``writer`` is None where the store is only read."""

    reads_apart = True

    def __init__(self, writer: Link | None, readers: Sequence[Link], library: str) -> None:
        self.writer = writer
        self.library = library
        self._words = Tsvector()
        self._readers: asyncio.Queue[Link] = asyncio.Queue()
        for reader in readers:
            self._readers.put_nowait(reader)

    async def commit(self, verbs: Sequence[Verb]) -> Done:
        """Run verbs in one transaction, in one hop."""
        if self.writer is None:
            return Done.nothing(verbs, TryLater("The store was opened readonly: nothing is written here."))
        return await self.writer.run(partial(self._commit, self.writer, verbs))

    def _commit(self, link: Link, verbs: Sequence[Verb]) -> Done:
        """The batch, tried again where nothing of it can have been kept and another try may do."""
        for left in reversed(range(TRIES)):
            batch = _Batch(self, verbs)
            try:
                return batch.run(link.connection())
            except psycopg.Error as error:
                lost = _rolled_back(link)
                if left and (isinstance(error, is_conflict) or (lost and not batch.begun)):
                    continue
                return Done.nothing(verbs, batch.failure(error))
        raise AssertionError("the last try returns")

    async def read(self, verb: Callable[[Sql], T]) -> T:
        """Run a verb in one read-only snapshot."""
        link = await self._readers.get()
        try:
            return await link.run(partial(self._read, link, verb))
        finally:
            self._readers.put_nowait(link)

    def _read(self, link: Link, verb: Callable[[Sql], T]) -> T:
        for left in reversed(range(TRIES)):
            try:
                connection = link.connection()
                connection.execute(b"BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY", prepare=False)
                value = verb(self.session(connection))
                connection.execute(b"COMMIT", prepare=False)
            except psycopg.Error as error:
                lost = _rolled_back(link)
                if left and (lost or isinstance(error, is_conflict)):
                    continue
                if not (lost or is_trouble(error)):
                    raise
                raise TryLater(f"The store can't be read just now: {in_words(error)}.") from error
            except BaseException:
                _rolled_back(link)
                raise
            return value
        raise AssertionError("the last try returns")

    async def purge(self, *, words: bool) -> bool:
        """Nothing to wait for: PostgreSQL's own vacuum takes away what was deleted."""
        return True

    def session(self, connection: Connection) -> Session:
        """SQL for the library on a connection."""
        return Session(connection, self.library, self._words)


class _Batch:
    """One try at a batch. ``begun``: whether the transaction was open."""

    def __init__(self, engine: Postgres, verbs: Sequence[Verb]) -> None:
        self._engine = engine
        self._verbs = verbs
        self.begun = False
        self._committing = False

    def run(self, connection: Connection) -> Done:
        """Lock, do, commit."""
        sql = self._engine.session(connection)
        connection.execute(b"BEGIN ISOLATION LEVEL READ COMMITTED", prepare=False)
        self.begun = True
        first = self._lock(connection, sql)
        outcomes = list(guarded(self._verbs, sql, partial(_control, connection), is_trouble))
        last = events.last(sql)
        if last > first:
            connection.execute(b"SELECT pg_notify($1, $2)", (channel(sql.library), str(last)))
        self._committing = True
        connection.execute(b"COMMIT", prepare=False)
        return Done(outcomes=outcomes, last=last)

    def _lock(self, connection: Connection, sql: Session) -> Seq:
        """The library is ours until the transaction ends; returns where its log stands."""
        rows = sql("SELECT seq FROM chain WHERE library = :library FOR UPDATE")
        if not rows:
            sql(
                "INSERT INTO chain (library, seq, hash) VALUES (:library, 0, :hash) ON CONFLICT (library) DO NOTHING",
                hash=events.GENESIS,
            )
            rows = sql("SELECT seq FROM chain WHERE library = :library FOR UPDATE")
        if (found := pg_schema.version(connection)) != schema.newest():  # read behind the lock: see migrate
            raise _Overtaken(pg_schema.newer(found))
        return Seq(rows[0]["seq"])

    def failure(self, error: psycopg.Error) -> TryLater:
        """What those who wait are told."""
        if isinstance(error, _Overtaken):
            return TryLater(str(error))
        said = f"The store can't be written just now: {in_words(error)}."
        if self._committing:
            return TryLater(f"{said} Whether this was kept is not known: look before you do it again.")
        return TryLater(f"{said} Nothing was kept.")


class _Overtaken(psycopg.OperationalError):
    """A newer program has changed the schema while this one ran."""


def _control(connection: Connection, text: str) -> None:
    """A statement of the transaction itself. ROLLBACK goes past psycopg, which would forget what is prepared."""
    if not text.startswith("ROLLBACK"):
        connection.execute(text.encode(), prepare=False)
        return
    result = connection.pgconn.exec_(text.encode())
    if result.status != psycopg.pq.ExecStatus.COMMAND_OK:
        raise psycopg.errors.error_from_result(result)


def _rolled_back(link: Link) -> bool:
    """End the transaction. True where the connection is lost, and with it what it had not committed."""
    connection = link.connection() if link.alive else None
    if connection is None:
        return True
    if connection.pgconn.transaction_status != psycopg.pq.TransactionStatus.IDLE:
        connection.pgconn.exec_(b"ROLLBACK")
    if connection.pgconn.transaction_status == psycopg.pq.TransactionStatus.IDLE:
        return False
    link.drop()
    return True


@asynccontextmanager
async def open_store(url: str, *, library: str = "main") -> AsyncIterator[SharedStore]:
    """The store in a PostgreSQL database, beside other servers, until the block ends.

    Migrations run first. BadConfig where the URL is wrong, or the database is newer than this program, or another
    program's; TryLater where PostgreSQL does not answer.
    """
    info = conninfo(url)
    async with AsyncExitStack() as stack:
        writer = await _linked(stack, Link(info, "writer", WRITING), _prepare)
        readers = [await _linked(stack, Link(info, "reader", READING), None) for _ in range(READERS)]
        engine = Postgres(writer, readers, library)
        store = await stack.enter_async_context(running(engine, library, events.last))
        listener = await _linked(stack, Link(info, "listener", READING), None)
        await stack.enter_async_context(_listening(store, listener))
        yield store


@asynccontextmanager
async def _listening(store: SharedStore, link: Link) -> AsyncIterator[None]:
    """Hear of other servers' commits beside the block."""
    loop = asyncio.get_running_loop()
    listening = Listening(
        link,
        store.library,
        reached=lambda last: loop.call_soon_threadsafe(store.reached, last),
        troubled=lambda text: loop.call_soon_threadsafe(store.troubled, text),
    )
    async with beside(link.run(listening.run), stop=listening.stop):
        yield


@asynccontextmanager
async def open_reader(url: str, *, library: str = "main") -> AsyncIterator[SharedStore]:
    """Only read the store: what reports do."""
    async with AsyncExitStack() as stack:
        reader = await _linked(stack, Link(conninfo(url), "reader", READING), pg_schema.require)
        yield await stack.enter_async_context(running(Postgres(None, [reader], library), library, events.last))


async def _linked(stack: AsyncExitStack, link: Link, prepare: Callable[[Connection], object] | None) -> Link:
    stack.push_async_callback(link.close)
    if prepare is not None:
        try:
            await link.call(prepare)
        except HelpdeskError:
            raise
        except psycopg.OperationalError as error:
            raise refusal(error) from None
    return link


def _prepare(connection: Connection) -> None:
    pg_schema.guard(connection)
    pg_schema.migrate(connection)
