"""Care of a store on PostgreSQL: what it says of itself."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import psycopg

from helpdesk.store import pg_schema
from helpdesk.store.care import FileState
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
    """What the store says of itself."""
    with opened(url) as connection:
        version = pg_schema.version(connection)
        known = events.last(Session(connection, library, Tsvector())) if version else 0
        return FileState(version=version, newest=newest(), events=known)


@contextmanager
def opened(url: str) -> Iterator[Connection]:
    """A connection for the length of the block."""
    try:
        connection = connect(conninfo(url), READING)
    except psycopg.OperationalError as error:
        raise refusal(error) from None
    with connection:
        yield connection
