"""The schema on PostgreSQL: migrations run in one transaction, and a table says which version stands there."""

from __future__ import annotations

from contextlib import suppress

from psycopg import errors

from helpdesk.errors import BadConfig
from helpdesk.store import dialect
from helpdesk.store.pg_session import Connection
from helpdesk.store.schema import migrations, newest

_OURS = (
    b"SELECT table_name FROM information_schema.tables"
    b" WHERE table_schema = current_schema() AND table_name IN ('chain', 'events', 'tickets')"
)
NOTHING = "store.url: there is no store in this database. The first `helpdesk serve` or `helpdesk desk` makes it."
FOREIGN = "store.url names a database that holds another program's tables. Make an empty one, and name that."

# forgets: nothing (a number)
_TABLE = b"CREATE TABLE IF NOT EXISTS helpdesk_schema (one BIGINT NOT NULL PRIMARY KEY, version BIGINT NOT NULL)"


_PATIENT = (
    b"SET LOCAL statement_timeout = 0",
    b"SET LOCAL idle_in_transaction_session_timeout = 0",
    b"SET LOCAL lock_timeout = '60s'",
)
"""A large store's migrations take their time; who holds a lock for longer than this hangs."""


def version(connection: Connection) -> int:
    """The database's schema version; 0 where it holds no store yet."""
    try:
        rows = connection.execute(b"SELECT version FROM helpdesk_schema").fetchall()
    except errors.UndefinedTable:
        return 0
    return int(rows[0]["version"]) if rows else 0


def migrate(connection: Connection) -> int:
    """Run what is due, all in one transaction; returns how many migrations ran.

    Servers that start at once wait for one another. BadConfig where the database is newer than this program, or
    another program's, or ours to read only.
    """
    try:
        _prepare(connection)
        with connection.transaction():
            for limit in _PATIENT:
                connection.execute(limit)
            have = _locked(connection)
            due = [(number, text) for number, text in migrations() if number > have]
            for number, text in due:
                for each in dialect.migration(number, text):
                    connection.execute(each.encode())
            if due:
                connection.execute(b"UPDATE helpdesk_schema SET version = $1", (newest(),))
    except errors.InsufficientPrivilege as error:
        raise BadConfig(
            "store.url: its user may not make tables in the database. Make the user the database's owner."
        ) from error
    return len(due)


def _prepare(connection: Connection) -> None:
    """The table of the version, made by whoever comes first."""
    if version(connection):
        return
    if connection.execute(_OURS).fetchall() and not version(connection):  # none of ours: that one is made first
        raise BadConfig(FOREIGN)
    with suppress(
        errors.UniqueViolation, errors.DuplicateTable, errors.DuplicateObject
    ):  # another server made it at this moment
        connection.execute(_TABLE)
    connection.execute(b"INSERT INTO helpdesk_schema (one, version) VALUES (1, 0) ON CONFLICT (one) DO NOTHING")


def _locked(connection: Connection) -> int:
    """The version, ours alone until the transaction ends; servers that write meanwhile are waited for and wait."""
    [row] = connection.execute(b"SELECT version FROM helpdesk_schema WHERE one = 1 FOR UPDATE").fetchall()
    have = int(row["version"])
    if have > newest():
        raise BadConfig(newer(have))
    if 0 < have < newest():
        for row in connection.execute(b"SELECT library FROM chain ORDER BY library").fetchall():
            connection.execute(b"SELECT seq FROM chain WHERE library = $1 FOR UPDATE", (row["library"],))
    return have


def newer(found: int) -> str:
    """What to say where a newer program has been at work."""
    return f"The store has schema {found}, this program knows {newest()}. Use the newer program; nothing was changed."


def require(connection: Connection) -> None:
    """BadConfig unless the schema is this program's."""
    found = version(connection)
    if found > newest():
        raise BadConfig(newer(found))
    if found == 0:
        raise BadConfig(NOTHING)
    if found < newest():
        raise BadConfig(
            f"The store has schema {found}, this program knows {newest()}. Run `helpdesk db upgrade` first."
        )


def guard(connection: Connection) -> None:
    """BadConfig for a database that can't hold every letter."""
    encoding = connection.info.parameter_status("server_encoding")
    if encoding not in {"UTF8", "UTF-8", None}:
        raise BadConfig(
            f"store.url: the database keeps texts as {encoding}. Make one with ENCODING 'UTF8', and name that."
        )
