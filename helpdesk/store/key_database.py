"""The key store as a PostgreSQL database of its own, which the servers of a library share.

Destroyed means gone from the table's files: deleted rows are vacuumed away, PostgreSQL says that none of them stays for
an old transaction, and the tables are written anew, because VACUUM leaves the bytes of what it took away in its pages.
PostgreSQL samples no column that holds keys for its statistics. What its write-ahead log, a standby or a base backup
still has is not in a client's reach: docs/postgresql.md says what to do about that.

A transaction that writes begins by locking the one row of ``master_check``: writes come one after the other, over all
servers, and none slips in while everything is wrapped anew.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager, suppress
from functools import partial
from typing import TypeVar

import psycopg
from psycopg import errors

from helpdesk.errors import BadConfig, TryLater
from helpdesk.ports import Sql
from helpdesk.store import dialect
from helpdesk.store.commits import Done, Outcome, Verb, guarded
from helpdesk.store.key_schema import MIGRATIONS, TABLES
from helpdesk.store.pg_batch import run
from helpdesk.store.pg_company import company
from helpdesk.store.pg_link import Link, connect, conninfo
from helpdesk.store.pg_session import Connection, Session
from helpdesk.store.pg_trouble import CONFLICTS, in_words, is_trouble, refusal
from helpdesk.store.words import Tsvector

T = TypeVar("T")

TRIES = 5
"""How often a transaction is tried that got in the way of another one, or met a server that was started anew."""

WIPES = 3
"""How often VACUUM is tried where other servers delete at the same moment."""

WITHIN = 60.0
"""How long one piece of work may take, in seconds, before its connection is cut."""

SETTINGS = (
    "SET lock_timeout = '10s'; SET statement_timeout = '30s'; SET idle_in_transaction_session_timeout = '30s';"
    " SELECT set_config('synchronous_commit', 'on', false)"
    " WHERE current_setting('synchronous_commit') IN ('off', 'local')"
)

_LOCK = b"SELECT one FROM master_check WHERE one = 1 FOR UPDATE"
_ERASED = "conversation_keys, epoch_keys, reply_keys, predecessors, master_check"
_DEAD = (
    b"SELECT COALESCE(SUM(n_dead_tup), 0) AS n FROM pg_stat_user_tables"
    b" WHERE schemaname = current_schema() AND relname = ANY($1)"
)
# forgets: nothing (a number)
_VERSION_TABLE = b"CREATE TABLE IF NOT EXISTS helpdesk_keys (one BIGINT NOT NULL PRIMARY KEY, version BIGINT NOT NULL)"


class KeyDatabase:
    """See :class:`helpdesk.store.commits.Engine`."""

    reads_apart = False

    def __init__(self, link: Link, wiper: Link, library: str) -> None:
        self._link = link
        self._wiper = wiper
        self._library = library

    async def commit(self, verbs: Sequence[Verb]) -> Done:
        """Run verbs in one transaction, in one hop."""
        return await self._link.run(partial(self._commit, verbs))

    async def read(self, verb: Callable[[Sql], T]) -> T:
        """Run a verb that only reads."""
        return await self._link.run(partial(self._read, verb))

    async def purge(self, *, words: bool = False) -> bool:
        """Leave no deleted row in the tables' files; False where an open transaction could still see one."""
        return await self._wiper.run(self._wipe)

    async def others(self) -> int:
        """How many other connections the help desk has to the key store."""
        return await self._link.run(lambda: company(self._link.connection()))

    def _commit(self, verbs: Sequence[Verb]) -> Done:
        for left in reversed(range(TRIES)):
            known, attempt = self._link.alive, _Attempt(verbs)
            try:
                return Done(outcomes=attempt.run(self._session()))
            except psycopg.Error as error:
                stale = not self._link.at_rest() and known and not attempt.begun
                if not (left and (stale or isinstance(error, CONFLICTS))):
                    return Done.nothing(verbs, _trouble(error))
        raise AssertionError("the last try returns")

    def _read(self, verb: Callable[[Sql], T]) -> T:
        for left in reversed(range(TRIES)):
            known = self._link.alive
            try:
                return verb(self._session())
            except psycopg.Error as error:
                stale = not self._link.at_rest() and known
                if not (left and (stale or isinstance(error, CONFLICTS))):
                    raise _trouble(error) from None
        raise AssertionError("the last try returns")

    def _wipe(self) -> bool:
        try:
            return _wiped(self._wiper.connection())
        except psycopg.Error as error:
            raise _trouble(error) from None
        finally:
            self._wiper.drop()

    def _session(self) -> Session:
        return Session(self._link.connection(), self._library, Tsvector())


class _Attempt:
    """One try at a batch. ``begun``: whether the transaction was open."""

    def __init__(self, verbs: Sequence[Verb]) -> None:
        self._verbs = verbs
        self.begun = False

    def run(self, sql: Session) -> list[Outcome]:
        """Lock, do, commit."""
        connection = sql.connection
        control = partial(run, connection)
        control("BEGIN ISOLATION LEVEL READ COMMITTED")
        connection.execute(_LOCK)
        self.begun = True
        outcomes = list(guarded(self._verbs, sql, control, lambda error: isinstance(error, psycopg.Error)))
        control("COMMIT")
        return outcomes


@asynccontextmanager
async def opened(url: str, library: str) -> AsyncIterator[KeyDatabase]:
    """Use the key store in a database, beside other servers, until the block ends; its tables are made first.

    BadConfig where the database is the store's, another program's, or not to be had; TryLater where PostgreSQL does not
    answer.
    """
    info = _conninfo(url)
    link, wiper = Link(info, "keys", SETTINGS, WITHIN), Link(info, "wiper", SETTINGS, WITHIN)
    try:
        await link.run(partial(_prepared, link))
        yield KeyDatabase(link, wiper, library)
    finally:
        await wiper.close()
        await link.close()


def look(url: str, library: str, verb: Callable[[Sql], T]) -> T | None:
    """Read the key store beside whoever uses it; None where there is none yet."""
    with _asked(url) as connection:
        _guard(connection)
        return verb(Session(connection, library, Tsvector())) if _version(connection) else None


@contextmanager
def _asked(url: str) -> Iterator[Connection]:
    """A connection for the length of the block, which only reads."""
    try:
        with connect(_conninfo(url), f"{SETTINGS}; SET default_transaction_read_only = on") as connection:
            yield connection
    except psycopg.Error as error:
        raise _refusal(error) from None


def _conninfo(url: str) -> str:
    try:
        return conninfo(url)
    except BadConfig as error:
        raise _named(error) from None


def _prepared(link: Link) -> None:
    """The tables, made or brought up to date by whichever server comes first."""
    try:
        connection = link.connection()
        _guard(connection)
        with connection.transaction():
            _migrate(connection)
    except errors.InsufficientPrivilege:
        raise BadConfig(
            "store.keys_url: its user may not make tables in the database. Make the user the database's owner."
        ) from None
    except psycopg.Error as error:
        raise _refusal(error) from None


def _guard(connection: Connection) -> None:
    """BadConfig for a database that is not the keys' own, or newer than this program."""
    rows = connection.execute(
        b"SELECT table_name AS name FROM information_schema.tables WHERE table_schema = current_schema()"
    ).fetchall()
    names = {row["name"] for row in rows}
    if {"chain", "events", "tickets"} & names:
        raise BadConfig(
            "store.keys_url names the database of the store itself: whoever has a dump of it would have the keys, too. "
            "Make a database for the keys alone, and name that."
        )
    if names - {*TABLES, "helpdesk_keys"}:
        raise BadConfig("store.keys_url names a database of another program. Make an empty one, and name that.")
    if _version(connection) > len(MIGRATIONS):
        raise BadConfig("store.keys_url: the keys were kept by a newer program. Use that one; nothing was changed.")


def _version(connection: Connection) -> int:
    try:
        rows = connection.execute(b"SELECT version FROM helpdesk_keys").fetchall()
    except errors.UndefinedTable:
        return 0
    return int(rows[0]["version"]) if rows else 0


def _migrate(connection: Connection) -> None:
    """Run what is due; servers that start at once wait for one another."""
    with suppress(errors.UniqueViolation, errors.DuplicateTable), connection.transaction():
        connection.execute(_VERSION_TABLE)
    connection.execute(b"INSERT INTO helpdesk_keys (one, version) VALUES (1, 0) ON CONFLICT (one) DO NOTHING")
    [row] = connection.execute(b"SELECT version FROM helpdesk_keys WHERE one = 1 FOR UPDATE").fetchall()
    have = int(row["version"])
    for version, text in enumerate(MIGRATIONS[have:], have + 1):
        for each in dialect.migration(version, text):
            connection.execute(each.encode())
    if have < len(MIGRATIONS):
        for table in TABLES:  # samples for the planner would lie in a table of its own
            connection.execute(f"ALTER TABLE {table} ALTER COLUMN wrapped SET STATISTICS 0".encode())
        connection.execute(b"UPDATE helpdesk_keys SET version = $1", (len(MIGRATIONS),))


def _wiped(connection: Connection) -> bool:
    """Whether no deleted row is left; engines that know no VACUUM clean up by themselves."""
    try:
        for _ in range(WIPES):
            connection.execute(f"VACUUM {_ERASED}".encode(), prepare=False)
            [row] = connection.execute(_DEAD, (list(TABLES),), prepare=False).fetchall()
            if not row["n"]:
                connection.execute(f"VACUUM (FULL) {_ERASED}".encode(), prepare=False)
                return True
    except (errors.NotSupportedError, errors.SyntaxError):
        return True
    return False


def _trouble(error: psycopg.Error) -> TryLater:
    return TryLater(f"The key store can't be used just now: {in_words(error)}. Nothing was kept.")


def _refusal(error: psycopg.Error) -> Exception:
    return _named(refusal(error)) if is_trouble(error) else error


def _named(error: BadConfig | TryLater) -> BadConfig | TryLater:
    """The same of the key store's setting."""
    return type(error)(str(error).replace("store.url", "store.keys_url").replace("The store", "The key store"))
