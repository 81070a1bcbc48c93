"""The two ends of a move: a store that is there, held still, and a place where a new one is made, whole or not at all.

===========  =======================================  ====================================================
             a store that is there                    a new one
===========  =======================================  ====================================================
SQLite       its file is owned for as long            built beside its place, which it takes when it is whole
PostgreSQL   the library's row in ``chain`` is        one transaction: what is not committed was never there
             locked: servers wait, nobody writes
===========  =======================================  ====================================================
"""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

import psycopg

from helpdesk.config import StoreSettings
from helpdesk.errors import BadConfig, Refused, TryLater
from helpdesk.ports import Sql
from helpdesk.store import pg_schema, schema
from helpdesk.store.care import examine, opened
from helpdesk.store.copying import MODE, discard, part_of, put_in_place, reason, room_for, to_disk
from helpdesk.store.importing import empty
from helpdesk.store.lock import owned
from helpdesk.store.moving import MADE_ANEW, TABLES, count
from helpdesk.store.pg_company import company
from helpdesk.store.pg_link import connect, conninfo, place
from helpdesk.store.pg_session import Connection
from helpdesk.store.pg_session import Session as PgSession
from helpdesk.store.pg_trouble import in_words, refusal
from helpdesk.store.sqlite import Session
from helpdesk.store.verbs import moves
from helpdesk.store.words import Fts5, Tsvector

OWNER = "helpdesk db copy"

_SETTINGS = (
    "SET application_name = 'helpdesk db copy';"
    " SET plan_cache_mode = force_custom_plan;"
    " SET lock_timeout = '10s'; SET statement_timeout = 0; SET idle_in_transaction_session_timeout = 0;"
    " SELECT set_config('synchronous_commit', 'on', false)"
    " WHERE current_setting('synchronous_commit') IN ('off', 'local')"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class End:
    """One end, in one open transaction.

    ``steady``  to be called now and then while rows are written: what was sent is taken in before more comes
    ``known``   to be called when a table has got its rows: how they are found best is looked up
    ``size``    how large the store is, in bytes
    ``nul``     whether its texts can hold the letter NUL
    """

    sql: Sql
    steady: Callable[[], None] = lambda: None
    known: Callable[[str], None] = lambda table: None
    size: int = 0
    nul: bool = True


@contextmanager
def kept(store: StoreSettings, library: str) -> Iterator[End]:
    """A store that is there: nobody else writes the library until the block ends, and then what it wrote is kept.

    Refused where it is in use; BadConfig where there is none of this program's schema.
    """
    with ExitStack() as stack:
        if store.url is None:
            yield stack.enter_context(_kept_file(store.path, library))
        else:
            yield stack.enter_context(_kept_rows(store.url.get_secret_value(), library))


@contextmanager
def made(store: StoreSettings, library: str, size: int) -> Iterator[End]:
    """A place for a library that is not there yet: what the block writes is kept when it ends, else nothing of it.

    ``size``: how much will come, in bytes, about. Refused where the place is not empty, or has no room.
    """
    with ExitStack() as stack:
        if store.url is None:
            yield stack.enter_context(_new_file(store.path, library, size))
        else:
            yield stack.enter_context(_new_rows(store.url.get_secret_value(), library))


# SQLite


@contextmanager
def _kept_file(path: Path, library: str) -> Iterator[End]:
    if not path.exists():
        raise BadConfig(f"store.path: there is no {path}.")
    with owned(path, OWNER), _words_of_file(path), closing(sqlite3.connect(path, isolation_level=None)) as connection:
        found = schema.schema_version(connection)
        if found != schema.newest():
            raise BadConfig(
                f"{path} has schema {found}, this program knows {schema.newest()}. Run `helpdesk db upgrade` first."
            )
        schema.prepare_owner(connection)
        connection.execute("BEGIN IMMEDIATE")
        yield End(sql=Session(connection, library, Fts5()), size=path.stat().st_size)
        connection.execute("COMMIT")


@contextmanager
def _new_file(path: Path, library: str, size: int) -> Iterator[End]:
    with owned(path, OWNER):
        if not _arriving(path, library):
            empty(path, library)
        room_for(path.parent, 2 * size)
        part = part_of(path)
        try:
            with _words_of_file(path), closing(_built(part)) as connection:
                connection.execute("BEGIN")
                yield End(sql=Session(connection, library, Fts5()))
                connection.execute("COMMIT")
            if found := examine(part, library):
                raise Refused(f"What was written to {path} is not sound ({found[0]}). Nothing was kept of it.")
            to_disk(part)
        except BaseException:
            discard(part)
            raise
        discard(path)  # an empty store, or one that nobody has used; a log beside it would be taken for the new one's
        put_in_place(part, path)


def _arriving(path: Path, library: str) -> bool:
    """Whether all that is there came by a move that did not end: nobody has used it, and it may be replaced."""
    if not path.exists() or not path.stat().st_size:
        return False
    with opened(path) as connection:
        try:
            rows = connection.execute("SELECT library, state FROM moves").fetchall()
        except sqlite3.OperationalError:  # a store of an earlier schema
            return False
        return [tuple(row) for row in rows] == [(library, "arriving")]


def _built(part: Path) -> sqlite3.Connection:
    """A new store: where writing it ends half-way it is thrown away, so nothing has to be undone."""
    os.close(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, MODE))
    connection = sqlite3.connect(part, isolation_level=None)
    connection.row_factory = sqlite3.Row
    for setting in ("journal_mode = OFF", "synchronous = OFF", "foreign_keys = ON", "cache_size = -65536"):
        connection.execute(f"PRAGMA {setting}")
    schema.migrate(connection)
    return connection


@contextmanager
def _words_of_file(path: Path) -> Iterator[None]:
    """What goes wrong with a file, said by its name."""
    try:
        yield
    except (sqlite3.Error, OSError) as error:
        raise Refused(f"{path} can't be used ({reason(error)}). Nothing was moved.") from None


# PostgreSQL


@contextmanager
def _kept_rows(url: str, library: str) -> Iterator[End]:
    with _connected(url) as connection:
        pg_schema.require(connection)
        if servers := company(connection):
            raise Refused(
                f"{place(url)} is in use: {servers} connections of help desk servers. Stop the help desk on every "
                "machine, then move the library."
            )
        [row] = connection.execute(b"SELECT pg_database_size(current_database()) AS n").fetchall()
        with connection.transaction():
            connection.execute(b"SELECT seq FROM chain WHERE library = $1 FOR UPDATE", (library,))
            yield End(sql=PgSession(connection, library, Tsvector()), size=row["n"], nul=False)


@contextmanager
def _new_rows(url: str, library: str) -> Iterator[End]:
    with _connected(url) as connection:
        pg_schema.guard(connection)
        pg_schema.migrate(connection)
        with connection.transaction():
            sql = PgSession(connection, library, Tsvector())
            _begun(sql, place(url))
            with connection.pipeline() as pipeline:

                def known(table: str) -> None:
                    connection.execute(f"ANALYZE {table}".encode(), prepare=False)

                yield End(sql=sql, steady=pipeline.sync, known=known, nul=False)


def _begun(sql: Sql, named: str) -> None:
    """Refused where the library has a row there; one is made that other copies to the same place wait for."""
    sql(
        "INSERT INTO chain (library, seq, hash) VALUES (:library, 0, :nothing) ON CONFLICT (library) DO NOTHING",
        nothing=b"",
    )
    sql("SELECT seq FROM chain WHERE library = :library FOR UPDATE")
    before = moves.latest(sql)
    if before is not None and before.state == "arriving":  # by a move that did not end: nobody has used it
        for name in (*MADE_ANEW, *(table.name for table in reversed(TABLES))):
            sql(f"DELETE FROM {name} WHERE library = :library")
        return
    used = [table.name for table in TABLES if table.name != "chain" and count(sql, table)]
    if used or sql("SELECT seq FROM chain WHERE library = :library AND seq > 0"):
        raise Refused(
            f"{named} holds the library already: it is moved to an empty place only. Name another database, or drop "
            "that one and make it anew."
        )
    sql("DELETE FROM chain WHERE library = :library")


@contextmanager
def _connected(url: str) -> Iterator[Connection]:
    """A connection until the block ends; its errors in words."""
    try:
        connection = connect(conninfo(url), _SETTINGS)
    except psycopg.OperationalError as error:
        raise refusal(error) from None
    try:
        with connection:
            yield connection
    except psycopg.Error as error:
        raise TryLater(f"The library can't be moved just now: {in_words(error)}. Nothing was moved.") from None
