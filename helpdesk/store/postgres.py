"""The store on PostgreSQL: the same verbs on psycopg's synchronous connections, each with a thread of its own.

One connection writes. A batch of :mod:`~helpdesk.store.commits` is one transaction that begins by locking the library's
row in ``chain``: writes of one library come one after the other, over all servers, so numbers have no gaps and each
verb reads what was committed before it. Reads are snapshots on connections of their own.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from functools import partial
from typing import TypeVar

import psycopg

from helpdesk.beside import beside
from helpdesk.clock import Instant
from helpdesk.errors import TryLater
from helpdesk.ports import Sql
from helpdesk.store import pg_schema
from helpdesk.store.commits import Done, SharedStore, Verb, running
from helpdesk.store.pg_batch import Batch, run
from helpdesk.store.pg_link import Link, conninfo
from helpdesk.store.pg_listening import Listening, tell_aside
from helpdesk.store.pg_session import Connection, Session
from helpdesk.store.pg_trouble import CONFLICTS, in_words, is_trouble, refusal, without_values
from helpdesk.store.verbs import events
from helpdesk.store.words import Tsvector
from helpdesk.turns import Turns

T = TypeVar("T")

READERS = 3
"""Connections that read: a long report must not make the desk wait."""

TRIES = 5
"""How often a transaction is tried that got in the way of another one."""

WRITING = (
    "SET lock_timeout = '10s'; SET statement_timeout = '30s'; SET idle_in_transaction_session_timeout = '30s';"
    " SELECT set_config('synchronous_commit', 'on', false)"
    " WHERE current_setting('synchronous_commit') IN ('off', 'local')"
)
"""What is acknowledged is on disk; and no server that hangs holds up the others for long."""

WRITE_SECONDS = 120.0
"""How long a batch may take before its connection is cut."""

READING = "SET statement_timeout = '300s'; SET idle_in_transaction_session_timeout = '600s'"

READ_SECONDS = 330.0
"""How long a read may take before its connection is cut."""

ANSWER_SECONDS = 10.0
"""After so long without a sign of life from PostgreSQL the desk says so."""

_SEALED = "conversations, received, outbox"
_TEXTS = f"{_SEALED}, tickets, entries, entry_words, remarks, raw, attachments, files, people, addresses, participants"


class Postgres:
    """See :class:`helpdesk.store.commits.Engine`. ``writer`` is None where the store is only read."""

    reads_apart = True

    def __init__(self, writer: Link | None, readers: Sequence[Link], library: str) -> None:
        self.writer = writer
        self.library = library
        self._words = Tsvector()
        self._sessions: dict[Link, Session] = {}
        self._readers = Turns(readers)

    async def commit(self, verbs: Sequence[Verb]) -> Done:
        """Run verbs in one transaction, in one hop."""
        if self.writer is None:
            return Done.nothing(verbs, TryLater("The store was opened readonly: nothing is written here."))
        return await self.writer.run(partial(self._commit, self.writer, verbs))

    def _commit(self, link: Link, verbs: Sequence[Verb]) -> Done:
        """The batch, tried again where nothing of it was kept and another try may do."""
        for left in reversed(range(TRIES)):
            known, batch = link.alive, Batch(verbs)
            try:
                return batch.run(self.session(link))
            except psycopg.Error as error:
                lost = not link.at_rest()
                stale = lost and known and not batch.begun  # the server was started anew since it was used last
                if not (left and (stale or isinstance(error, CONFLICTS))):
                    return Done.nothing(verbs, batch.failure(error, lost=lost))
        raise AssertionError("the last try returns")

    async def read(self, verb: Callable[[Sql], T]) -> T:
        """Run a verb in one read-only snapshot."""
        async with self._readers.one() as link:
            return await link.run(partial(self._read, link, verb))

    def _read(self, link: Link, verb: Callable[[Sql], T]) -> T:
        for left in reversed(range(TRIES)):
            known = link.alive
            try:
                return _snapshot(self.session(link), verb)
            except psycopg.Error as error:
                lost = not link.at_rest()
                if left and ((lost and known) or isinstance(error, CONFLICTS)):
                    continue
                if not (lost or is_trouble(error)):
                    raise without_values(error) from None
                raise TryLater(f"The store can't be read just now: {in_words(error)}.") from None
            except BaseException:
                link.at_rest()
                raise
        raise AssertionError("the last try returns")

    async def purge(self, *, words: bool) -> bool:
        """Have PostgreSQL take away what was deleted, as far as a client can: what its log holds goes with the log."""
        async with self._readers.one() as link:
            try:
                await link.run(partial(_vacuum, link, _TEXTS if words else _SEALED))
            except psycopg.Error as error:
                raise TryLater(f"What was deleted can't be wiped from the store just now: {in_words(error)}.") from None
        return True

    def session(self, link: Link) -> Session:
        """SQL for the library on a link's connection."""
        connection, found = link.connection(), self._sessions.get(link)
        if found is None or found.connection is not connection:
            found = self._sessions[link] = Session(connection, self.library, self._words)
        return found


def _snapshot(sql: Session, verb: Callable[[Sql], T]) -> T:
    run(sql.connection, "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")
    value = verb(sql)
    run(sql.connection, "COMMIT")
    return value


def _time(sql: Sql) -> Instant:
    """What PostgreSQL's clock says at this moment."""
    [row] = sql("SELECT CAST(FLOOR(EXTRACT(EPOCH FROM clock_timestamp()) * 1000) AS BIGINT) AS now")
    return Instant(row["now"])


def _vacuum(link: Link, tables: str) -> None:
    with suppress(psycopg.errors.NotSupportedError, psycopg.errors.SyntaxError):  # engines that know no vacuum
        link.connection().execute(f"VACUUM {tables}".encode(), prepare=False)


@asynccontextmanager
async def open_store(url: str, *, library: str = "main") -> AsyncIterator[SharedStore]:
    """The store in a PostgreSQL database, beside other servers, until the block ends.

    Migrations run first. BadConfig where the URL is wrong, or the database is newer than this program, or another
    program's; TryLater where PostgreSQL does not answer.
    """
    info = conninfo(url)
    async with AsyncExitStack() as stack:
        await _prepared(await _linked(stack, Link(info, "opening", WRITING)), _migrated)
        writer = await _linked(stack, Link(info, "writer", WRITING, WRITE_SECONDS))
        readers = [await _linked(stack, Link(info, "reader", READING, READ_SECONDS)) for _ in range(READERS)]
        store = await stack.enter_async_context(running(Postgres(writer, readers, library), library, events.last))
        store.clocked, store.telling = _time, tell_aside
        listener = await _linked(stack, Link(info, "listener", READING))
        await stack.enter_async_context(_listening(store, listener))
        yield store


@asynccontextmanager
async def open_reader(url: str, *, library: str = "main") -> AsyncIterator[SharedStore]:
    """Only read the store: what reports do."""
    async with AsyncExitStack() as stack:
        reader = await _linked(stack, Link(conninfo(url), "reader", READING, READ_SECONDS))
        await _prepared(reader, pg_schema.require)
        yield await stack.enter_async_context(running(Postgres(None, [reader], library), library, events.last))


@asynccontextmanager
async def _listening(store: SharedStore, link: Link) -> AsyncIterator[None]:
    """Hear of other servers' commits beside the block."""
    loop, alive = asyncio.get_running_loop(), asyncio.Event()

    def said(trouble: str) -> None:
        alive.set()
        store.troubled(trouble)

    listening = Listening(
        link,
        store.library,
        reached=lambda last: loop.call_soon_threadsafe(store.reached, last),
        overheard=lambda said: loop.call_soon_threadsafe(store.told_aside, said),
        troubled=lambda text: loop.call_soon_threadsafe(said, text),
    )
    async with beside(link.run(listening.run), stop=listening.stop), beside(_awake(store, link, alive)):
        yield


async def _awake(store: SharedStore, link: Link, alive: asyncio.Event) -> None:
    """A server that hangs says nothing at all: say so, and connect anew."""
    while True:
        try:
            async with asyncio.timeout(ANSWER_SECONDS):
                await alive.wait()
        except TimeoutError:
            store.troubled("The store can't be reached: PostgreSQL does not answer. Look whether it hangs.")
            link.cut()
        alive.clear()


async def _linked(stack: AsyncExitStack, link: Link) -> Link:
    stack.push_async_callback(link.close)
    return link


async def _prepared(link: Link, prepare: Callable[[Connection], object]) -> None:
    """The first that is done on a connection; where none can be made, the store can't be opened."""

    def prepared() -> None:
        try:
            prepare(link.connection())
        finally:
            link.drop()

    try:
        await link.run(prepared)
    except psycopg.Error as error:
        if not is_trouble(error):
            raise
        raise refusal(error) from None


def _migrated(connection: Connection) -> None:
    pg_schema.guard(connection)
    pg_schema.migrate(connection)
