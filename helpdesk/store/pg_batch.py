"""One try at a batch of verbs on PostgreSQL: lock, do, commit, with as little waiting as can be.

It begins by locking the library's row in ``chain``: writes of one library come one after the other, over all servers,
so events have no gaps in their numbers and each verb reads what was committed before it.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import ExitStack, suppress
from typing import Any

import psycopg

from helpdesk.errors import TryLater
from helpdesk.events import Seq
from helpdesk.store import pg_schema, schema
from helpdesk.store.commits import Done, Outcome, Verb, guarded
from helpdesk.store.pg_listening import channel
from helpdesk.store.pg_session import Connection, Session
from helpdesk.store.pg_trouble import in_words, is_trouble, without_values
from helpdesk.store.verbs.events import GENESIS

_LOCK = b"SELECT seq FROM chain WHERE library = $1 FOR UPDATE"
_BEGIN_CHAIN = b"INSERT INTO chain (library, seq, hash) VALUES ($1, 0, $2) ON CONFLICT (library) DO NOTHING"
_VERSION = (
    b"SELECT version, EXISTS (SELECT 1 FROM moves WHERE library = $1 AND state <> 'here') AS moved FROM helpdesk_schema"
)
_LAST = (
    b"SELECT seq, CASE WHEN seq > $2 THEN pg_notify($3, CAST(seq AS TEXT)) END AS told FROM chain WHERE library = $1"
)


class Batch:
    """One try. ``begun``: whether the transaction was open."""

    def __init__(self, verbs: Sequence[Verb]) -> None:
        self._verbs = verbs
        self.begun = False
        self._committing = False

    def run(self, sql: Session) -> Done:
        """Lock, do, commit."""
        with _Transaction(sql.connection) as transaction:
            transaction.say(b"BEGIN ISOLATION LEVEL READ COMMITTED")
            first = self._lock(transaction, sql.library)
            self.begun = True
            outcomes = [_shown(each) for each in guarded(self._verbs, sql, transaction.control, is_trouble)]
            last = transaction.ask(_LAST, sql.library, first, channel(sql.library))
            self._committing = True
            transaction.say(b"COMMIT")
            transaction.wait()
            return Done(outcomes=outcomes, last=Seq(last.fetchall()[0]["seq"]))

    def _lock(self, transaction: _Transaction, library: str) -> int:
        """The library is ours until the transaction ends; returns where its log stands."""
        locked, state = transaction.ask(_LOCK, library), transaction.ask(_VERSION, library)
        rows, [found] = locked.fetchall(), state.fetchall()
        if found["version"] != schema.newest():  # it was read behind the lock that migrations take, too
            raise Overtaken(pg_schema.newer(found["version"]))
        if found["moved"]:
            raise Overtaken("The library has moved to another store. Name that in the settings, then start anew.")
        if not rows:
            transaction.say(_BEGIN_CHAIN, library, GENESIS)
            rows = transaction.ask(_LOCK, library).fetchall()
        return int(rows[0]["seq"])

    def failure(self, error: psycopg.Error, *, lost: bool) -> TryLater:
        """What those who wait are told. ``lost``: the connection is, so nobody said what became of a COMMIT."""
        if isinstance(error, Overtaken):
            return TryLater(str(error))
        said = f"The store can't be written just now: {in_words(error)}."
        if self._committing and lost:
            return TryLater(f"{said} Whether this was kept is not known: look before you do it again.")
        return TryLater(f"{said} Nothing was kept.")


class Overtaken(psycopg.OperationalError):
    """A newer program has changed the schema while this one ran, or the library has moved away."""


def _shown(outcome: Outcome) -> Outcome:
    """An outcome as its caller may see it."""
    error = outcome.error
    return Outcome(error=without_values(error)) if isinstance(error, psycopg.Error) else outcome


class _Transaction:
    """A transaction whose statements follow one another without waiting: a pipeline, left and entered to roll back."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._telling = connection.cursor()
        self._stack = ExitStack()

    def __enter__(self) -> _Transaction:
        self._pipeline = self._stack.enter_context(self._connection.pipeline())
        return self

    def __exit__(self, *_: object) -> None:
        with suppress(psycopg.Error):  # of what came behind an error that was raised already
            self._stack.close()

    def say(self, text: bytes, *values: object) -> None:
        """Run a statement without waiting."""
        self._telling.execute(text, values)

    def ask(self, text: bytes, *values: object) -> psycopg.Cursor[Any]:
        """Run a statement whose rows are fetched later."""
        return self._connection.cursor().execute(text, values)

    def wait(self) -> None:
        """Until all is done; raises what failed."""
        self._pipeline.sync()

    def control(self, text: str) -> None:
        """A savepoint is begun, released (then all in it is known to have worked) or gone back to."""
        if text.startswith("ROLLBACK"):
            self.__exit__()
            run(self._connection, text)
            self.__enter__()
            return
        self.say(text.encode())
        if text.startswith("RELEASE"):
            self.wait()


def run(connection: Connection, text: str) -> None:
    """Run a statement of a transaction past psycopg, which on each ROLLBACK would forget what it has prepared."""
    result = connection.pgconn.exec_(text.encode())
    if result.status != psycopg.pq.ExecStatus.COMMAND_OK:
        error = psycopg.errors.error_from_result(result)
        if error.sqlstate is not None:
            raise error
        connection.close()  # nobody answered: libpq takes a line that it could not write to for a good one
        raise psycopg.OperationalError(str(error))
