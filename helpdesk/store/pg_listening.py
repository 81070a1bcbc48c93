"""Hearing of what other servers committed: a notification shortens the wait, and a look at the log makes sure.

Whoever waits reads on by number, so a notification that is lost, doubled or late changes nothing but the time.
"""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Callable
from contextlib import suppress

import psycopg
from psycopg import Notify, errors

from helpdesk.events import Seq
from helpdesk.ports import Sql
from helpdesk.store import pg_schema, schema
from helpdesk.store.pg_link import Link
from helpdesk.store.pg_session import Connection
from helpdesk.store.pg_trouble import in_words

LOOK_SECONDS = 1.0
"""How long a notification that was lost can delay anybody."""

FIRST_PAUSE, LONGEST_PAUSE = 0.25, 5.0
"""How soon a lost connection is made again, and how long at most it takes while that fails, in seconds."""


def channel(library: str) -> str:
    """The name under which servers tell one another of a library's changes."""
    return f"helpdesk_{hashlib.sha256(library.encode()).hexdigest()[:16]}"


def _aside(library: str) -> str:
    """The name under which they tell one another what passes by and is not stored."""
    return f"{channel(library)}_aside"


def tell_aside(sql: Sql, words: str) -> None:
    """Tell all servers of the library something, this one too. An engine without notifications tells nobody."""
    with suppress(errors.NotSupportedError, errors.UndefinedFunction):
        sql("SELECT pg_notify(:channel, :words) AS told", channel=_aside(sql.library), words=words)


class Listening:
    """Runs on a link's thread until it is stopped.

    On that thread ``reached`` is told where the log stands, ``overheard`` what is said aside, and ``troubled`` what is
    wrong, in words ("" for nothing).
    """

    def __init__(
        self,
        link: Link,
        library: str,
        *,
        reached: Callable[[Seq], object],
        overheard: Callable[[str], object],
        troubled: Callable[[str], object],
    ) -> None:
        self._link = link
        self._library = library
        self._reached = reached
        self._overheard = overheard
        self._troubled = troubled
        self._stopped = threading.Event()
        self._pause = FIRST_PAUSE

    def run(self) -> None:
        """Listen, and connect again whenever the connection is lost."""
        while not self._stopped.is_set():
            try:
                self._listen(self._link.connection())
            except psycopg.Error as error:
                self._link.drop()
                if not self._stopped.is_set():
                    self._troubled(f"The store can't be reached: {in_words(error)}.")
                    self._stopped.wait(self._pause)
                    self._pause = min(2 * self._pause, LONGEST_PAUSE)

    def stop(self) -> None:
        """End it, whatever it waits for. Called from another thread."""
        self._stopped.set()
        self._link.cut()

    def _listen(self, connection: Connection) -> None:
        with suppress(errors.NotSupportedError):  # an engine that only speaks as PostgreSQL does: looking is enough
            connection.execute(f"LISTEN {channel(self._library)}".encode(), prepare=False)
            connection.execute(f"LISTEN {_aside(self._library)}".encode(), prepare=False)
        while not self._stopped.is_set():
            self._look(connection)
            self._pause = FIRST_PAUSE
            for heard in connection.notifies(timeout=LOOK_SECONDS, stop_after=1):
                self._hear(heard)

    def _hear(self, heard: Notify) -> None:
        if heard.channel == _aside(self._library):
            self._overheard(heard.payload)
        else:
            self._reached(Seq(int(heard.payload)))

    def _look(self, connection: Connection) -> None:
        """Where the log stands, and whether a newer program has changed the schema."""
        found = pg_schema.version(connection)
        self._troubled(pg_schema.newer(found) if found > schema.newest() else "")
        rows = connection.execute(b"SELECT seq FROM chain WHERE library = $1", (self._library,)).fetchall()
        if rows:
            self._reached(Seq(rows[0]["seq"]))
