"""The key store of sealed lines: a small SQLite file of its own, beside the master key and in no backup.

Two kinds of keys live here, each random and wrapped under the master key:

============  ===================================================  ============================================
epoch         makes handles on one line for a week (a setting)     destroyed a thread window after its epoch
conversation  opens the reply address of one conversation          destroyed when the conversation is over
============  ===================================================  ============================================

Destroyed means gone from the file: rows are overwritten (``secure_delete``) and the write-ahead log, which would
keep them, is truncated before :meth:`KeyStore.destroy` returns. One process holds the file (SQLite's exclusive
locking), so no reader can keep the log alive. Every call is one hop to aiosqlite's thread; keys travel there in
closures, because aiosqlite logs the arguments of what it runs.
"""

from __future__ import annotations

import os
import sqlite3
from collections import deque
from collections.abc import AsyncIterator, Callable, Iterable, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from io import BytesIO
from pathlib import Path
from typing import TypeVar

import aiosqlite

from helpdesk.clock import DAY, Clock, Instant
from helpdesk.errors import BadConfig, HelpdeskError, Refused, TryLater
from helpdesk.ids import Entropy
from helpdesk.message import ConversationId, LineId
from helpdesk.privacy import KEY_BYTES, NONCE_BYTES, Key, KeysHeld, new_key, unwrap, wrap
from helpdesk.store import holdings, rewrapping
from helpdesk.store.lock import network_file_system
from helpdesk.store.rewrapping import transaction

T = TypeVar("T")

APPLICATION_ID = 0x48444B53
"""Marks the file as ours ("HDKS")."""

EPOCH = 7 * DAY
WINDOW = 7 * DAY

_EPOCH_ENTROPY = KEY_BYTES + NONCE_BYTES
"""What a new epoch needs of randomness: a key, and the nonce that it is wrapped with."""

_MONDAY = 4 * DAY
"""Epochs are counted from Monday, 5 January 1970, 00:00 UTC."""

_MIGRATIONS = (
    """
    CREATE TABLE master_check (    -- forgets: nothing (a random value that only the right master key opens)
        one     INTEGER NOT NULL PRIMARY KEY CHECK (one = 1),
        wrapped BLOB NOT NULL
    ) STRICT;
    CREATE TABLE epoch_keys (      -- forgets: the row, a thread window after its epoch
        library TEXT NOT NULL,
        line    TEXT NOT NULL,
        starts  INTEGER NOT NULL,
        ends    INTEGER NOT NULL,
        wrapped BLOB NOT NULL,
        PRIMARY KEY (library, line, starts)
    ) STRICT, WITHOUT ROWID;
    CREATE TABLE conversation_keys (  -- forgets: the row, when its conversation is over
        library      TEXT NOT NULL,
        conversation TEXT NOT NULL,
        made         INTEGER NOT NULL,
        wrapped      BLOB NOT NULL,
        PRIMARY KEY (library, conversation)
    ) STRICT, WITHOUT ROWID;
    """,
    rewrapping.SCHEMA,
)


@dataclass(frozen=True, slots=True)
class _Epoch:
    starts: int
    ends: int
    wrapped: bytes


@dataclass(slots=True, eq=False)
class _Wanted:
    """A conversation key on its way to the disk, and what came of it."""

    conversation: ConversationId
    made: Instant
    wrapped: bytes
    error: HelpdeskError | None = field(default_factory=lambda: TryLater("The key could not be kept just now."))
    """None once it is on disk."""


class KeyStore:
    """See :class:`helpdesk.ports.Keys`. Made by :meth:`open`."""

    def __init__(
        self,
        connection: aiosqlite.Connection,
        master: Key,
        clock: Clock,
        *,
        library: str,
        epoch: int,
        window: int,
        entropy: Entropy,
    ) -> None:
        self._connection = connection
        self._master = master
        self._clock = clock
        self._library = library
        self._epoch = epoch
        self._window = window
        self._entropy = entropy
        self._waiting: deque[_Wanted] = deque()

    @staticmethod
    @asynccontextmanager
    async def open(
        path: Path | None,
        master: Key,
        clock: Clock,
        *,
        library: str = "main",
        epoch: int = EPOCH,
        window: int = WINDOW,
        entropy: Entropy = os.urandom,
    ) -> AsyncIterator[KeyStore]:
        """Hold the key store at ``path`` (made if it is missing; None: a private one in memory) until the block ends.

        ``epoch`` and ``window`` are milliseconds: how long one handle key serves, and how long it is looked under
        after that. BadConfig for another master key, a file that others may read, or one that is not ours; Refused
        where another process holds it.
        """
        if path is not None:
            _private(path)
        connection = aiosqlite.connect(path or ":memory:", isolation_level=None, timeout=0.25)
        async with connection as opened:
            now = clock.now()
            await _hop(opened, lambda sql: _prepare(sql, master, path, now, entropy))
            yield KeyStore(opened, master, clock, library=library, epoch=epoch, window=window, entropy=entropy)

    async def epochs(self, line: LineId, now: Instant) -> tuple[Key, ...]:
        """The handle keys to look under, the current epoch's first; it is made when it is due."""
        drawn = BytesIO(self._entropy(_EPOCH_ENTROPY))  # here, not in the thread: a seeded run draws in one order
        return await self._run(lambda sql: self._epochs(sql, line, now, drawn.read))

    async def open_conversation(self, conversation: ConversationId) -> Key:
        """Make a conversation's key; returns it once it is on disk. Calls at the same moment share a commit."""
        key = new_key(self._entropy)
        wrapped = self._wrapped(key, "conversation", conversation, self._entropy)
        wanted = _Wanted(conversation, self._clock.now(), wrapped)
        self._waiting.append(wanted)
        await self._run(lambda sql: self._keep_waiting(sql, wanted))
        if wanted.error is not None:
            raise wanted.error
        return key

    async def conversation(self, conversation: ConversationId) -> Key | None:
        """A conversation's key, None once it is destroyed."""
        query = "SELECT wrapped FROM conversation_keys WHERE library = ? AND conversation = ?"
        rows = await self._run(lambda sql: sql.execute(query, (self._library, conversation)).fetchall())
        return self._unwrapped(rows[0][0], "conversation", conversation) if rows else None

    async def conversations(self, *, before: Instant | None = None) -> frozenset[ConversationId]:
        """All conversations that have a key, or those whose key was made before ``before``."""
        query = "SELECT conversation FROM conversation_keys WHERE library = ? AND (? IS NULL OR made < ?)"
        rows = await self._run(lambda sql: sql.execute(query, (self._library, before, before)).fetchall())
        return frozenset(ConversationId(row[0]) for row in rows)

    async def destroy(self, conversations: tuple[ConversationId, ...]) -> None:
        """Destroy keys for good; what is destroyed already is no error.

        TryLater if the log can't be truncated just now: the keys are out of use, and a repeated call ends the work.
        """
        query = "DELETE FROM conversation_keys WHERE library = ? AND conversation = ?"
        await self._run(lambda sql: _erase(sql, query, [(self._library, each) for each in conversations]))

    async def expire(self, now: Instant) -> int:
        """Destroy the epoch keys whose window is over; returns how many. TryLater as for :meth:`destroy`."""
        await self._run(lambda sql: _erase(sql, "DELETE FROM reply_keys WHERE until <= ?", [(now,)]))
        query = "DELETE FROM epoch_keys WHERE library = ? AND ends <= ?"
        return await self._run(lambda sql: _erase(sql, query, [(self._library, now - self._window)]))

    async def grant(self, successor: Key) -> None:
        """Let a new master key open the store, too; opened with it, everything is wrapped under it."""
        await self._run(lambda sql: rewrapping.grant(sql, self._master, successor, self._entropy))

    async def held(self) -> KeysHeld:
        """Which keys are here, and until when."""
        return await self._run(lambda sql: holdings.held(sql, self._library, self._window))

    async def count(self) -> int:
        """How many keys the file holds, of all its libraries."""
        query = "SELECT (SELECT count(*) FROM epoch_keys) + (SELECT count(*) FROM conversation_keys)"
        return await self._run(lambda sql: int(sql.execute(query).fetchone()[0]))

    async def reply_keys(self) -> tuple[tuple[Key, Instant], ...]:
        """The keys of reply addresses that earlier master keys signed, each with the end of its time."""
        return await self._run(lambda sql: rewrapping.reply_keys(sql, self._master))

    async def _run(self, work: Callable[[sqlite3.Connection], T]) -> T:
        try:
            return await _hop(self._connection, work)
        except sqlite3.Error as error:
            raise TryLater(f"The key store can't be used just now ({error}). Nothing was kept.") from error

    def _epochs(self, sql: sqlite3.Connection, line: LineId, now: Instant, entropy: Entropy) -> tuple[Key, ...]:
        query = "SELECT starts, ends, wrapped FROM epoch_keys WHERE library = ? AND line = ? ORDER BY starts DESC"
        kept = [_Epoch(*row) for row in sql.execute(query, (self._library, line)).fetchall()]
        current = next((each for each in kept if each.starts <= now < each.ends), None)
        if current is None:
            current = self._begin_epoch(sql, line, now, kept, entropy)
        live = [each for each in kept if each is not current and each.ends > now - self._window]
        return tuple(self._epoch_key(line, each) for each in (current, *live))

    def _begin_epoch(
        self, sql: sqlite3.Connection, line: LineId, now: Instant, kept: list[_Epoch], entropy: Entropy
    ) -> _Epoch:
        first = now - (now - _MONDAY) % self._epoch
        starts = max([first, *(each.ends for each in kept if each.ends <= now)])
        wrapped = self._wrapped(new_key(entropy), "epoch", f"{line} {starts}", entropy)
        epoch = _Epoch(starts, first + self._epoch, wrapped)
        with transaction(sql):
            sql.execute(
                "INSERT INTO epoch_keys VALUES (?, ?, ?, ?, ?)",
                (self._library, line, epoch.starts, epoch.ends, epoch.wrapped),
            )
        return epoch

    def _keep_waiting(self, sql: sqlite3.Connection, wanted: _Wanted) -> None:
        if wanted.error is None:  # an earlier hop took it along
            return
        batch = list(_drained(self._waiting))
        with transaction(sql):
            errors = [self._keep(sql, each) for each in batch]
        for each, error in zip(batch, errors, strict=True):
            each.error = error

    def _keep(self, sql: sqlite3.Connection, wanted: _Wanted) -> Refused | None:
        kept = sql.execute(
            "INSERT INTO conversation_keys VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING",
            (self._library, wanted.conversation, wanted.made, wanted.wrapped),
        ).rowcount
        return None if kept else Refused(f"Conversation {wanted.conversation} has a key already.")

    def _wrapped(self, key: Key, purpose: str, name: str, entropy: Entropy) -> bytes:
        return wrap(self._master, key, purpose=purpose, name=f"{self._library} {name}", entropy=entropy)

    def _epoch_key(self, line: LineId, epoch: _Epoch) -> Key:
        try:
            return self._unwrapped(epoch.wrapped, "epoch", f"{line} {epoch.starts}")
        except Refused as error:  # what came in is asked for again until the file is mended
            raise TryLater(f"The key store is damaged. {error} Put the file back as it was.") from None

    def _unwrapped(self, wrapped: bytes, purpose: str, name: str) -> Key:
        return unwrap(self._master, wrapped, purpose=purpose, name=f"{self._library} {name}")


async def _hop(connection: aiosqlite.Connection, work: Callable[[sqlite3.Connection], T]) -> T:
    """Run ``work`` whole on the connection's thread (aiosqlite's protected call: pinned, and under a contract test)."""
    result: T = await connection._execute(work, connection._conn)  # type: ignore[no-untyped-call]
    return result


def _drained(waiting: deque[_Wanted]) -> Iterator[_Wanted]:
    """All that waits now. The event loop appends meanwhile: each end of a deque is safe on its own."""
    while waiting:
        yield waiting.popleft()


def _erase(sql: sqlite3.Connection, query: str, rows: Iterable[tuple[object, ...]]) -> int:
    """Delete, then empty the log, where the deleted bytes would lie on; returns how many rows went."""
    with transaction(sql):
        gone = sql.executemany(query, rows).rowcount
    _truncate_log(sql)
    return gone


def _truncate_log(sql: sqlite3.Connection) -> None:
    busy = sql.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0]
    if busy:
        raise TryLater(
            "The key store's log is being read and can't be emptied yet. Shredding goes on at the next pass."
        )


def _private(path: Path) -> None:
    """Make the file for us alone if it is missing; BadConfig if others may read it or the place is unfit."""
    if kind := network_file_system(path):
        raise BadConfig(f"store.keys: {path} lies on a network file system ({kind}). Put it on a local disk.")
    try:
        os.close(os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600))
    except FileExistsError:
        mode = path.stat().st_mode & 0o777
        if mode & 0o077:
            raise BadConfig(f"store.keys: {path} has mode {mode:04o}. Run: chmod 0600 {path}") from None
    except OSError as error:
        raise BadConfig(f"store.keys: {path} can't be written ({error.strerror}).") from None


def _prepare(sql: sqlite3.Connection, master: Key, path: Path | None, now: Instant, entropy: Entropy) -> None:
    """Settings, migrations, an empty log, and a look at whether this is the right master key."""
    try:
        sql.execute("PRAGMA locking_mode = EXCLUSIVE").fetchall()
        _guard(sql, path)
        _settle(sql)
        _truncate_log(sql)
    except sqlite3.DatabaseError as error:
        if getattr(error, "sqlite_errorcode", 0) & 0xFF == sqlite3.SQLITE_BUSY:
            raise Refused(f"{path} is in use by another process. Only the owner of the store opens it.") from None
        raise BadConfig(f"store.keys: {path} can't be used as a key store ({error}).") from error
    try:
        _check_master(sql, master, path, now, entropy)
    except sqlite3.Error as error:
        raise TryLater(f"{path} can't be written just now ({error}). Nothing was changed.") from error


def _guard(sql: sqlite3.Connection, path: Path | None) -> None:
    """BadConfig for a file that is not ours, or newer than this program: nothing is changed in it."""
    tables = sql.execute("SELECT count(*) FROM sqlite_master").fetchone()[0]
    if tables and _number(sql, "application_id") != APPLICATION_ID:
        raise BadConfig(f"store.keys: {path} is a database of another program. Name another file.")
    if _number(sql, "user_version") > len(_MIGRATIONS):
        raise BadConfig(f"store.keys: {path} was made by a newer program. Use that one; nothing was changed.")


def _settle(sql: sqlite3.Connection) -> None:
    """Durable and forgetful settings, then the migrations that are due."""
    for setting in ("journal_mode = WAL", "synchronous = FULL", "secure_delete = ON", "temp_store = MEMORY"):
        sql.execute(f"PRAGMA {setting}").fetchall()
    have = _number(sql, "user_version")
    for version, text in enumerate(_MIGRATIONS[have:], have + 1):
        marks = f"PRAGMA application_id = {APPLICATION_ID};\nPRAGMA user_version = {version};"
        sql.executescript(f"BEGIN IMMEDIATE;\n{text}\n{marks}\nCOMMIT;")


def _number(sql: sqlite3.Connection, pragma: str) -> int:
    return int(sql.execute(f"PRAGMA {pragma}").fetchone()[0])


def _check_master(sql: sqlite3.Connection, master: Key, path: Path | None, now: Instant, entropy: Entropy) -> None:
    """BadConfig for another master key; one that was granted takes over now."""
    row = sql.execute("SELECT wrapped FROM master_check").fetchone()
    if row is None:
        value = wrap(master, new_key(entropy), purpose="check", name="", entropy=entropy)
        with transaction(sql):
            sql.execute("INSERT INTO master_check VALUES (1, ?)", (value,))
        return
    try:
        unwrap(master, row[0], purpose="check", name="")
    except Refused:
        if rewrapping.finish(sql, master, now, entropy):
            _truncate_log(sql)
            return
        raise BadConfig(
            f"store.master_key: this is not the key that {path} was made with. Put the right one back: without it "
            f"no open conversation of a sealed line can be answered. To begin anew without them, move {path} away."
        ) from None
