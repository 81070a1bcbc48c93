"""A store of an earlier schema brought to this program's: on a copy first, and the store as it was is kept.

Whoever calls owns the file. In order: a copy to keep, a trial on another copy, what the trial came to is checked, and
only then the same migrations run on the store itself, all of them in one transaction. Trouble before that (a full disk,
a migration that fails) leaves the store as it was, byte for byte; trouble in it is rolled back.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from itertools import count
from pathlib import Path

import structlog

from helpdesk.errors import BadConfig, Refused
from helpdesk.store import schema
from helpdesk.store.copying import discard, part_of, put_in_place, reason, room_for, write_copy, write_twin

EMPTIED = frozenset({"days", "counts", "verified"})
"""Tables that a migration may empty: they are made again."""

Examine = Callable[[Path], tuple[str, ...]]
"""What is unsound about a store's file, in words."""


@dataclass(frozen=True, slots=True)
class Upgraded:
    """What an upgrade did: how many migrations ``ran``, and where the store as it was is ``kept``, None if none ran."""

    ran: int
    kept: Path | None = None


def bring_up(path: Path, examine: Examine | None = None) -> Upgraded:
    """Run the migrations that are due. Refused, in words, where there is no room or the trial fails.

    A file that is not there yet, is not ours or is newer is left to :func:`helpdesk.store.schema.prepare_owner`, which
    says so.
    """
    have = _version(path)
    if not 0 < have < schema.newest():
        return Upgraded(0)
    room_for(path.parent, 3 * path.stat().st_size)  # the copy that is kept, the trial, and the log of the migration
    kept = _kept(path, have)
    trial = path.with_name(f"{path.name}.trial")
    with closing(sqlite3.connect(path, isolation_level=None)) as store:
        write_copy(store, part_of(kept))
        put_in_place(part_of(kept), kept)
        try:
            write_twin(store, trial)
            _try(trial, path, examine or sound)
            ran = _migrate(store, path)
        except BaseException:
            discard(kept)
            raise
        finally:
            discard(trial)
    if structlog.is_configured():  # a command prints what it has to say itself
        structlog.get_logger().info("the store was upgraded", schema=schema.newest(), was=have, kept=str(kept))
    return Upgraded(ran, kept)


def _version(path: Path) -> int:
    """The schema of a store of ours; 0 for all else."""
    if not path.exists() or not path.stat().st_size:
        return 0
    with closing(sqlite3.connect(path)) as connection:
        try:
            ours = connection.execute("PRAGMA application_id").fetchone()[0] == schema.APPLICATION_ID
        except sqlite3.DatabaseError:
            return 0
        return schema.schema_version(connection) if ours else 0


def _kept(path: Path, have: int) -> Path:
    """Where the store as it was is kept: a name that nothing has yet."""
    names = (f"{path.name}.schema-{have}{f'.{n}' if n > 1 else ''}" for n in count(1))
    return next(free for name in names if not (free := path.with_name(name)).exists())


def _try(trial: Path, path: Path, examine: Examine) -> None:
    """Migrate the trial; Refused where that fails, loses a row, or leaves something unsound."""
    with closing(sqlite3.connect(trial, isolation_level=None)) as connection:
        before = _counts(connection)
        _migrate(connection, path)
        after = _counts(connection)
    lost = [f"{table} has {after.get(table)} rows, not {n}" for table, n in before.items() if after.get(table) != n]
    if found := (*lost, *examine(trial)):
        raise Refused(f"{path} can't be upgraded: on a copy it went wrong ({found[0]}). {_KEEP}")


def _migrate(connection: sqlite3.Connection, path: Path) -> int:
    """Run what is due on the store at ``path``, or on its trial. Refused where the disk is at fault, else BadConfig."""
    connection.row_factory = sqlite3.Row
    try:
        return schema.migrate(connection)
    except sqlite3.Error as error:
        disk = getattr(error, "sqlite_errorcode", 0) & 0xFF in {sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR}
        told = f"{path} can't be upgraded ({reason(error)})."
        if disk:
            raise Refused(f"{told} The store is as it was. Make room on its disk, then try again.") from None
        raise BadConfig(f"store.path: {told} {_KEEP}") from None


_KEEP = "The store is as it was: run the program that it was made by until this is mended."


def _counts(connection: sqlite3.Connection) -> dict[str, int]:
    """How many rows each table has, those apart that are made again and those that SQLite keeps for itself."""
    tables = connection.execute("SELECT name FROM sqlite_master WHERE type = 'table' AND sql LIKE '%STRICT%'")
    names = sorted({row[0] for row in tables} - EMPTIED)
    return {name: connection.execute(f"SELECT count(*) FROM {name}").fetchone()[0] for name in names}


def sound(path: Path) -> tuple[str, ...]:
    """What is unsound about the file itself: damaged pages, rows that point to nothing."""
    with closing(sqlite3.connect(path)) as connection:
        damaged = [row[0] for row in connection.execute("PRAGMA integrity_check") if row[0] != "ok"]
        lost = [f"a row of {row[0]} points to nothing in {row[2]}" for row in connection.execute(FOREIGN)]
    return (*damaged, *lost)


FOREIGN = "PRAGMA foreign_key_check"
