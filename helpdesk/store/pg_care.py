"""Care of a store on PostgreSQL: what it says of itself."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import psycopg

from helpdesk.errors import BadConfig
from helpdesk.store import care, pg_schema
from helpdesk.store.care import FileState
from helpdesk.store.pg_batch import run
from helpdesk.store.pg_link import connect, conninfo
from helpdesk.store.pg_session import Connection, Session
from helpdesk.store.pg_trouble import refusal
from helpdesk.store.postgres import READING
from helpdesk.store.schema import newest
from helpdesk.store.verbs import events
from helpdesk.store.words import Tsvector


def is_there(url: str) -> bool:
    """Whether the database holds a store. BadConfig or TryLater where it can't be asked."""
    with opened(url) as connection:
        return pg_schema.version(connection) > 0


def state(url: str, library: str) -> FileState:
    """What the store says of itself. BadConfig where there is none."""
    with opened(url) as connection:
        if not (version := pg_schema.version(connection)):
            raise BadConfig(pg_schema.NOTHING)
        known = events.last(Session(connection, library, Tsvector()))
        return FileState(version=version, newest=newest(), events=known)


def examine(url: str, library: str) -> tuple[str, ...]:
    """All that is unsound in the log, in words. Pages and references are PostgreSQL's own to keep sound."""
    with opened(url) as connection:
        pg_schema.require(connection)
        run(connection, "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")
        return tuple(care.examine_log(Session(connection, library, Tsvector())))


def lax(url: str) -> tuple[str, ...]:
    """What of the server's settings loses what was acknowledged, or could write patrons' words to its log."""
    with opened(url) as connection:
        rows = connection.execute(b"SELECT name, setting FROM pg_settings").fetchall()
        found = {row["name"]: row["setting"] for row in rows}
    said = [
        f"PostgreSQL runs with {name} = off: a power cut loses what was acknowledged. Set it to on"
        for name in ("fsync", "full_page_writes")
        if found.get(name) == "off"
    ]
    quiet = {"log_statement": ("none", "ddl"), "log_min_duration_statement": ("-1",)}
    said += [
        f"PostgreSQL logs statements, and with them what patrons wrote: set {name} = {silent[0]}"
        for name, silent in quiet.items()
        if found.get(name, silent[0]) not in silent
    ]
    return tuple(said)


def upgrade(url: str) -> int:
    """Run the migrations that are due, all in one transaction; returns how many ran."""
    with opened(url) as connection:
        return pg_schema.migrate(connection)


@contextmanager
def opened(url: str) -> Iterator[Connection]:
    """A connection for the length of the block."""
    try:
        connection = connect(conninfo(url), READING)
    except psycopg.OperationalError as error:
        raise refusal(error) from None
    with connection:
        yield connection
