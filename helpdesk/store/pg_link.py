"""One connection to PostgreSQL and the thread that speaks on it, and what its failures mean to whoever waits."""

from __future__ import annotations

import asyncio
import os
import socket
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from typing import TypeVar

import psycopg
from psycopg import errors
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from helpdesk.errors import BadConfig, TryLater
from helpdesk.ports import Record
from helpdesk.store.pg_session import Connection, adapt, by_name

T = TypeVar("T")

CLOSE_SECONDS = 3.0
"""How long a connection may go on with what it does when the store closes; then it is cut."""

PREPARED = 1000
"""How many statements a connection keeps prepared."""

_DEFAULTS = {
    "connect_timeout": "5",
    "application_name": "helpdesk",
    "keepalives_idle": "10",
    "keepalives_interval": "5",
    "keepalives_count": "3",
    "tcp_user_timeout": "15000",
    "client_encoding": "UTF8",
}
"""So that a server that is gone is noticed in seconds; the URL's own stand above them."""


def conninfo(url: str) -> str:
    """What libpq is told. BadConfig where the URL can't be read; its text, which may hold a password, is not shown."""
    if not url.startswith(("postgresql://", "postgres://")):
        raise BadConfig('store.url must begin with "postgresql://", as in "postgresql://helpdesk@db.example/helpdesk".')
    try:
        given = conninfo_to_dict(url)
    except psycopg.ProgrammingError:
        raise BadConfig(
            'store.url can\'t be read. Write it as "postgresql://user@host:5432/database"; '
            "in a password write @ as %40, : as %3A, / as %2F and % as %25."
        ) from None
    return make_conninfo("", **{**_DEFAULTS, **given})


def place(url: str) -> str:
    """Host and database of a URL, for people to read."""
    info = conninfo_to_dict(conninfo(url))
    host, name = info.get("host") or "this machine", info.get("dbname") or info.get("user") or "the user's own"
    return f"PostgreSQL on {host}, database {name}"


def connect(info: str, settings: str) -> Connection:
    """A connection on which verbs can run; psycopg.OperationalError where none can be made.

    ``settings``: statements that it begins with.
    """
    connection = psycopg.Connection[Record].connect(
        info, autocommit=True, cursor_factory=psycopg.RawCursor, row_factory=by_name, prepare_threshold=2
    )
    try:
        connection.prepared_max = PREPARED
        adapt(connection)
        connection.execute(settings.encode(), prepare=False)
    except BaseException:
        connection.close()
        raise
    return connection


class Link:
    """A connection that is made when it is needed, and made anew when it was lost.

    ``settings``: statements that every new connection begins with.
    """

    def __init__(self, info: str, name: str, settings: str) -> None:
        self._info = info
        self._settings = settings
        self._thread = ThreadPoolExecutor(1, thread_name_prefix=f"store-{name}")
        self._connection: Connection | None = None

    async def call(self, work: Callable[[Connection], T]) -> T:
        """Run ``work`` whole on the link's thread. Cancelling who waits does not end it."""
        return await asyncio.get_running_loop().run_in_executor(self._thread, lambda: work(self.connection()))

    async def run(self, work: Callable[[], T]) -> T:
        """The same for work that makes the connection itself, or does without it."""
        return await asyncio.get_running_loop().run_in_executor(self._thread, work)

    def connection(self) -> Connection:
        """The connection, on the link's own thread; psycopg.OperationalError where none can be made."""
        if self._connection is None or self._connection.closed:
            self._connection = connect(self._info, self._settings)
        return self._connection

    @property
    def alive(self) -> bool:
        """Whether there is a connection, as far as is known."""
        return self._connection is not None and not self._connection.closed

    def drop(self) -> None:
        """Never mind this connection: the next call makes a new one."""
        if self._connection is not None:
            with suppress(psycopg.Error):
                self._connection.close()
            self._connection = None

    async def close(self) -> None:
        """End it: what runs may finish within :data:`CLOSE_SECONDS`."""
        try:
            async with asyncio.timeout(CLOSE_SECONDS):
                await self.run(self.drop)
        except TimeoutError:
            self.cut()
        finally:
            self._thread.shutdown(wait=False, cancel_futures=True)

    def cut(self) -> None:
        """Whatever the thread waits for on the connection fails now."""
        connection = self._connection
        if connection is None or connection.closed:
            return
        with suppress(OSError, psycopg.Error), socket.socket(fileno=os.dup(connection.fileno())) as line:
            line.shutdown(socket.SHUT_RDWR)


def is_trouble(error: BaseException) -> bool:
    """Whether the database is in trouble, rather than one verb at fault."""
    if not isinstance(error, psycopg.Error):
        return False
    state = error.sqlstate
    if state is None:
        return isinstance(error, psycopg.OperationalError | psycopg.InterfaceError)
    return state[:2] in _TROUBLE or state in _STATES


_TROUBLE = frozenset({"08", "40", "53", "57", "58", "XX"})
_STATES = frozenset({"25006", "25P03", "55P03"})

is_conflict = (errors.SerializationFailure, errors.DeadlockDetected)
"""What a transaction fails with that got in the way of another one: it is done again."""


def in_words(error: psycopg.Error) -> str:
    """What is wrong, and what to do, for whoever reads it at the desk."""
    state = error.sqlstate or ""
    for begin, said in _WORDS.items():
        if state.startswith(begin):
            return said
    if not state:
        return "PostgreSQL can't be reached. Look whether it runs; the desk connects again by itself"
    return f"PostgreSQL failed ({state}). Its log says more"


_WORDS = {
    "53300": "PostgreSQL has no connection left. Raise its max_connections, or end what holds them",
    "53100": "PostgreSQL's disk is full. Make room on it",
    "53": "PostgreSQL has no memory or space left. Look at its machine",
    "57P": "PostgreSQL is starting or stopping. The desk connects again by itself",
    "57014": "PostgreSQL took too long. Look what keeps it busy",
    "55P03": "Another server has held the store for too long. Look whether one hangs",
    "25P03": "The store was held for too long. Look whether this machine is overloaded",
    "25006": "PostgreSQL is read-only here. Name the primary in store.url",
    "28": "PostgreSQL does not let us in. Look at the user and the password of store.url",
    "3D000": "PostgreSQL has no such database. Make it, or name another in store.url",
    "08": "The line to PostgreSQL broke. The desk connects again by itself",
}


def refusal(error: psycopg.OperationalError) -> BadConfig | TryLater:
    """What opening the store ends with where no connection could be made."""
    said = f"{in_words(error)}."
    text = str(error)
    wrong = ("authentication failed", "no password supplied", "does not exist", "no pg_hba.conf entry", "not translate")
    if any(part in text for part in wrong):
        return BadConfig(f"store.url: PostgreSQL can't be opened ({text.splitlines()[0]}). Mend store.url.")
    return TryLater(said)
