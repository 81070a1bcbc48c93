"""One connection to PostgreSQL and the thread that speaks on it."""

from __future__ import annotations

import asyncio
import os
import socket
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from typing import Any, TypeVar

import psycopg
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from helpdesk.errors import BadConfig
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
    name, host = info.get("dbname") or "its user's own", info.get("host") or "this machine"
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

    ``name``      what its thread is called
    ``settings``  statements that every new connection begins with
    ``within``    how long one piece of work may take, in seconds, before the connection is cut: a server that hangs
                  ends nothing by itself
    """

    def __init__(self, info: str, name: str, settings: str, within: float | None = None) -> None:
        self._info = info
        self._settings = settings
        self._within = within
        self._thread = ThreadPoolExecutor(1, thread_name_prefix=f"store-{name}")
        self._connection: Connection | None = None

    async def run(self, work: Callable[[], T]) -> T:
        """Run ``work`` whole on the link's thread. Cancelling who waits does not end it."""
        running = asyncio.get_running_loop().run_in_executor(self._thread, work)
        running.add_done_callback(_seen)
        try:
            async with asyncio.timeout(self._within):
                return await asyncio.shield(running)
        except TimeoutError:
            self.cut()
        return await running

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

    def at_rest(self) -> bool:
        """End the transaction, if one is open. False where the connection is lost, and with it all that was in it."""
        if self._connection is not None:
            line = self._connection.pgconn
            with suppress(psycopg.Error):
                if line.transaction_status != psycopg.pq.TransactionStatus.IDLE:
                    line.exec_(b"ROLLBACK")
                if line.transaction_status == psycopg.pq.TransactionStatus.IDLE:
                    return True
        self.drop()
        return False

    async def close(self) -> None:
        """End it: what runs may finish within :data:`CLOSE_SECONDS`."""
        self._within = CLOSE_SECONDS
        try:
            await self.run(self.drop)
        finally:
            self._thread.shutdown(wait=False)

    def cut(self) -> None:
        """Whatever the thread waits for on the connection fails now. Called from another thread."""
        connection = self._connection
        if connection is None or connection.closed:
            return
        with suppress(OSError, psycopg.Error), socket.socket(fileno=os.dup(connection.fileno())) as line:
            line.shutdown(socket.SHUT_RDWR)


def _seen(done: asyncio.Future[Any]) -> None:
    """What work fails with that nobody waits for any more is nobody's news."""
    if not done.cancelled():
        done.exception()
