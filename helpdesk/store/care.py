"""Care of the store's file: what it is, whether it is sound, a copy of it, its newest form.

All of it runs beside the owner on a read-only connection, but :func:`upgrade`, which needs the file for itself. The
key store of sealed lines is never read or copied here.

=========  ============================================================
copying    a file copied, durably, without what no copy may hold
proving    whether two stores hold the same
upgrading  migrations, on a copy first
restoring  a copy put in the store's place, and the drill for it
=========  ============================================================
"""

from __future__ import annotations

import os
import re
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

from helpdesk.clock import Instant, moment
from helpdesk.errors import BadConfig, Refused
from helpdesk.ports import Sql
from helpdesk.store import schema
from helpdesk.store.copying import discard, part_of, put_in_place, room_for, same_disk, write_copy
from helpdesk.store.lock import owned
from helpdesk.store.proving import Proof, prove
from helpdesk.store.sqlite import Session
from helpdesk.store.upgrading import Upgraded, bring_up
from helpdesk.store.verbs import events, remarks, trail
from helpdesk.store.words import Fts5

SAFE_SQLITE = (3, 51, 3)
"""The first version without the fault that damages a file which two processes write or checkpoint."""

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
    with opened(path) as connection:
        version = schema.schema_version(connection)
        known = events.last(_session(connection, library)) if version else 0
        return FileState(version=version, newest=schema.newest(), events=known)


def examine(path: Path, library: str) -> tuple[str, ...]:
    """All that is unsound, in words: damaged pages, rows that point nowhere, a break in the chain, altered remarks."""
    with opened(path) as connection:
        found = [f"damaged: {row[0]}" for row in connection.execute("PRAGMA integrity_check") if row[0] != "ok"]
        lost = connection.execute("PRAGMA foreign_key_check").fetchall()
        found += [f"{row['table']}: row {row['rowid']} points to nothing in {row['parent']}" for row in lost]
        connection.execute("BEGIN")
        return (*found, *examine_log(_session(connection, library)))


def examine_log(sql: Sql) -> list[str]:
    """What is unsound in what the log holds: a break in its chain, altered remarks, a break in the trail."""
    if broken := _break_in_chain(sql):
        return [broken]
    found = list(remarks.altered(sql))
    if broken := trail.first_break(sql):
        found.append(broken)
    return found


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


@dataclass(frozen=True, slots=True, kw_only=True)
class BackedUp:
    """A copy that was made, and opened to see that it is the store.

    ``size``   in bytes
    ``near``   whether it lies on the store's own disk, so that what loses one loses both
    """

    size: int
    proof: Proof
    near: bool


def back_up(path: Path, to: Path, library: str = "main", zone: str = "UTC") -> BackedUp:
    """Copy the store as it stands now, while its owner works on, and open the copy to see that it is the same.

    Refused where ``to`` exists, where there is no room, and where the copy is not sound: then nothing of it is kept.
    What the copy leaves out is :mod:`helpdesk.store.copying`'s to say. ``zone``: by whose days the report counts that
    must be the same of both.
    """
    if to.exists():
        raise Refused(f"{to} exists and is kept. Name another file.")
    _there(path)
    room_for(to.parent, path.stat().st_size)
    part = part_of(to)
    with opened(path) as source:
        _of_this_schema(source, f"store.path: {path}")
        source.execute("BEGIN")
        try:
            before = prove(_session(source, library), schema.schema_version(source), zone)
        except sqlite3.DatabaseError as error:
            raise Refused(f"{path} can't be read ({error}). {DAMAGED}") from None
        write_copy(source, part)
    try:
        _same(part, library, zone, before)
    except BaseException:
        discard(part)
        raise
    put_in_place(part, to)
    return BackedUp(size=to.stat().st_size, proof=before, near=same_disk(path, to))


def _same(copy: Path, library: str, zone: str, before: Proof) -> None:
    """Refused unless the copy is sound and holds what the store held."""
    found = list(examine(copy, library))
    if not found:
        with opened(copy) as connection:
            connection.execute("BEGIN")
            after = prove(_session(connection, library), schema.schema_version(connection), zone)
        found = list(before.differences(after))
    if found:
        more = f" (and {len(found) - 3} more)" if len(found) > 3 else ""
        raise Refused(f"The copy is not sound, and was not kept: {'; '.join(found[:3])}{more}. {DAMAGED}")


DAMAGED = "Run `helpdesk db check`: if it says the same of the store, keep your latest backup, and restore that."
"""What to do where a store can't be copied."""


def rotate(folder: Path, keep: int, fresh: Path) -> tuple[Path, ...]:
    """Take away the oldest of the copies that :func:`dated` named, all but ``keep``; returns those that went.

    ``fresh`` is the one just made: it stays, whatever a clock that was set back makes of its name.
    """
    copies = sorted(each for each in folder.iterdir() if _DATED.fullmatch(each.name) and each.is_file())
    old = [each for each in copies if each != fresh]
    gone = tuple(old[: max(0, len(old) - keep + 1)])
    for each in gone:
        each.unlink(missing_ok=True)
    return gone


def dated(folder: Path, now: Instant) -> Path:
    """Where a copy made ``now`` lies in a folder of copies: their names sort by time (UTC)."""
    return folder / f"helpdesk-{moment(now):%Y%m%dT%H%M%SZ}.sqlite"


_DATED = re.compile(r"helpdesk-\d{8}T\d{6}Z\.sqlite")


def kept_beside(path: Path) -> tuple[Path, ...]:
    """Earlier forms of the store that lie beside it, from upgrades and restores: whoever runs it may delete them."""
    kept = re.compile(re.escape(path.name) + r"\.(schema-\d+|\d{8}T\d{6}Z)(\.\d+)?")
    return tuple(sorted(each for each in path.parent.iterdir() if kept.fullmatch(each.name)))


def upgrade(path: Path, library: str = "main") -> Upgraded:
    """Run the migrations that are due, on a copy first. Refused, naming who, where the file is owned.

    BadConfig where it is no store of ours, or newer than this program.
    """
    _there(path)
    with owned(path, "helpdesk db upgrade"):
        with opened(path) as connection:
            if schema.schema_version(connection) > schema.newest():
                _of_this_schema(connection, f"store.path: {path}")
        return bring_up(path, lambda trial: examine(trial, library))


def _of_this_schema(connection: sqlite3.Connection, named: str) -> None:
    """BadConfig unless this program knows the schema."""
    version = schema.schema_version(connection)
    if version != schema.newest():
        remedy = "Use the newer program" if version > schema.newest() else "Run `helpdesk db upgrade` first"
        raise BadConfig(f"{named} has schema {version}, this program knows {schema.newest()}. {remedy}.")


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
def opened(path: Path) -> Iterator[sqlite3.Connection]:
    """A read-only connection to a store of ours; BadConfig where it is none."""
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
