"""Care of the store's file: what it is, whether it is sound, a copy of it, its newest form.

All of it runs beside the owner on a read-only connection, but :func:`upgrade`, which needs the file for itself. The
key store of sealed lines is never read or copied here.
"""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

from helpdesk.errors import BadConfig, Refused
from helpdesk.ports import Sql
from helpdesk.store import schema
from helpdesk.store.lock import owned
from helpdesk.store.sqlite import Session
from helpdesk.store.verbs import events, remarks
from helpdesk.store.words import Fts5

SAFE_SQLITE = (3, 51, 3)
"""The first version without the fault that damages a file which two processes write or checkpoint."""

MODE = 0o600

STRETCH = 50_000
"""How many events are checked at a time."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FileState:
    """What a store's file says of itself. ``newest``: the schema that this program knows."""

    version: int
    newest: int
    events: int


def state(path: Path, library: str) -> FileState:
    """The file's state. BadConfig where it is no store of ours, or can't be opened."""
    with _opened(path) as connection:
        version = schema.schema_version(connection)
        known = events.last(_session(connection, library)) if version else 0
        return FileState(version=version, newest=schema.newest(), events=known)


def examine(path: Path, library: str) -> tuple[str, ...]:
    """All that is unsound, in words: damaged pages, rows that point nowhere, a break in the chain, altered remarks."""
    with _opened(path) as connection:
        found = [f"damaged: {row[0]}" for row in connection.execute("PRAGMA integrity_check") if row[0] != "ok"]
        lost = connection.execute("PRAGMA foreign_key_check").fetchall()
        found += [f"{row['table']}: row {row['rowid']} points to nothing in {row['parent']}" for row in lost]
        connection.execute("BEGIN")
        sql = _session(connection, library)
        if broken := _break_in_chain(sql):
            return (*found, broken)
        found += remarks.altered(sql)
    return tuple(found)


def _break_in_chain(sql: Sql) -> str | None:
    """Walk the whole log, a stretch at a time; what is wrong with the first event that breaks the chain."""
    begin, digest = 1, events.GENESIS
    while True:
        if broken := events.first_break(sql, begin, digest, STRETCH):
            return broken
        ends = sql("SELECT seq, hash FROM events WHERE library = :library AND seq = :seq", seq=begin + STRETCH - 1)
        if not ends:
            return None
        begin, digest = ends[0]["seq"] + 1, ends[0]["hash"]


def back_up(path: Path, to: Path) -> int:
    """Copy the store as it stands now, while its owner works on; returns the copy's size in bytes.

    Refused where ``to`` exists. The copy appears whole or not at all. Keys of sealed lines are not in it, and no
    handles: their key outlives a conversation that is shredded meanwhile, and guesses could be tried against them.
    What waits to be sent is unclear in it: by the time it is restored, it may have gone out.
    """
    if to.exists():
        raise Refused(f"{to} exists and is kept. Name another file.")
    part = to.with_name(f"{to.name}.part")
    try:
        os.close(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, MODE))
        with _opened(path) as source, closing(sqlite3.connect(part)) as copy:
            source.backup(copy)
            copy.execute("PRAGMA secure_delete = ON")
            with copy:
                copy.execute("UPDATE outbox SET state = 'unclear' WHERE state IN ('waiting', 'leased')")
                copy.execute("UPDATE conversations SET handle = NULL WHERE handle IS NOT NULL")
            copy.execute("PRAGMA journal_mode = DELETE")
        _to_disk(part)
        os.replace(part, to)
        _to_disk(to.parent)
    except (OSError, sqlite3.Error) as error:
        part.unlink(missing_ok=True)
        raise Refused(f"{to} can't be written ({getattr(error, 'strerror', None) or error}).") from None
    return to.stat().st_size


def _to_disk(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def upgrade(path: Path) -> int:
    """Run the migrations that are due; returns how many ran. Refused, naming who, where the file is owned."""
    _there(path)
    with owned(path, "helpdesk db upgrade"), closing(sqlite3.connect(path, isolation_level=None)) as connection:
        before = schema.schema_version(connection)
        schema.prepare_owner(connection)
        return sum(1 for version, _ in schema.migrations() if version > before)


def old_sqlite() -> str:
    """The version of SQLite where it is older than :data:`SAFE_SQLITE`, "" where it is not."""
    return sqlite3.sqlite_version if sqlite3.sqlite_version_info < SAFE_SQLITE else ""


def other_writers(path: Path, owner: int | None) -> tuple[int, ...]:
    """Processes of ours, besides ``owner``, that have the file open for writing (as far as the system tells)."""
    real = os.path.realpath(path)
    found = {int(process.name) for process in Path("/proc").glob("[0-9]*") if _writes(process, real)}
    return tuple(sorted(found - {owner, os.getpid()}))


def _writes(process: Path, real: str) -> bool:
    try:
        return any(os.readlink(handle) == real and _for_writing(process, handle) for handle in process.glob("fd/*"))
    except OSError:  # it ended, or it is not ours to look into
        return False


def _for_writing(process: Path, handle: Path) -> bool:
    flags = next(line for line in (process / "fdinfo" / handle.name).read_text().splitlines() if line[:6] == "flags:")
    return int(flags.split()[1], 8) & os.O_ACCMODE != os.O_RDONLY


@contextmanager
def _opened(path: Path) -> Iterator[sqlite3.Connection]:
    """A read-only connection to a store of ours."""
    _there(path)
    with closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True, timeout=5)) as connection:
        connection.row_factory = sqlite3.Row
        try:
            ours = connection.execute("PRAGMA application_id").fetchone()[0] == schema.APPLICATION_ID
        except sqlite3.DatabaseError as error:
            raise BadConfig(f"store.path: {path} can't be opened as a store ({error}).") from None
        if not ours:
            raise BadConfig(f"store.path: {path} is a database of another program. Name another file.")
        yield connection


def _there(path: Path) -> None:
    if not path.is_file():
        raise BadConfig(f"store.path: there is no {path}. The first `helpdesk serve` or `helpdesk desk` makes it.")


def _session(connection: sqlite3.Connection, library: str) -> Session:
    return Session(connection, library, Fts5())
