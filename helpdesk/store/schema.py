"""How a connection is prepared: pragmas, identity, migrations."""

from __future__ import annotations

import re
import sqlite3
from contextlib import closing
from functools import cache
from importlib.resources import files

from helpdesk.errors import BadConfig
from helpdesk.store.hints import hint, hinted

APPLICATION_ID = 0x48445351
"""Marks the file as ours ("HDSQ")."""

BUSY = 5000
"""How long a connection waits for another process's lock, in milliseconds."""

OWNER_CACHE, READER_CACHE = 16_384, 8_192
"""How much of the file a connection holds in memory, in KiB: with two readers 32 MB in all, whatever the file grows to.

The system holds the rest of it, and gives that memory away where it is needed more."""

_NAME = re.compile(r"(\d{4})_\w+\.sql")


def migrations() -> list[tuple[int, str]]:
    """The numbered migrations, in order: (version, SQL)."""
    found = []
    for resource in files("helpdesk.store.migrations").iterdir():
        if named := _NAME.fullmatch(resource.name):
            found.append((int(named[1]), resource.read_text(encoding="utf-8")))
    return sorted(found)


def newest() -> int:
    """The schema version that this program knows."""
    return migrations()[-1][0]


def prepare_owner(connection: sqlite3.Connection) -> None:
    """Durable settings, then the migrations that are due. BadConfig for a file that isn't ours or is newer."""
    _guard(connection)
    _settings(connection, OWNER_CACHE)
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("PRAGMA synchronous = FULL")
    connection.execute("PRAGMA secure_delete = ON")
    migrate(connection)


def prepare_memory(connection: sqlite3.Connection) -> None:
    """A private store that lives as long as its connection: a copy of a blank one, a twentieth of the work."""
    _settings(connection, OWNER_CACHE)
    with closing(sqlite3.connect(":memory:")) as blank:
        blank.deserialize(_blank())
        blank.backup(connection)


@cache
def _blank() -> bytes:
    """A store with nothing in it yet, as SQLite would have it on disk."""
    with closing(sqlite3.connect(":memory:", isolation_level=None)) as connection:
        migrate(connection)
        return connection.serialize()


def prepare_reader(connection: sqlite3.Connection) -> None:
    """A reader waits a little for a checkpoint and never writes. BadConfig where the schema isn't this program's."""
    _settings(connection, READER_CACHE)
    connection.execute("PRAGMA query_only = ON")
    version = schema_version(connection)
    if version != newest():
        raise BadConfig(
            f"The store has schema {version}, this program knows {newest()}. "
            "Run `helpdesk db upgrade`, or use the newer program."
        )


def _settings(connection: sqlite3.Connection, cache: int) -> None:
    connection.row_factory = sqlite3.Row
    connection.execute("PRAGMA foreign_keys = ON")
    connection.execute(f"PRAGMA busy_timeout = {BUSY}")
    connection.execute(f"PRAGMA cache_size = -{cache}")
    connection.execute("PRAGMA temp_store = MEMORY")


def schema_version(connection: sqlite3.Connection) -> int:
    """The file's schema version; 0 for an empty file."""
    return int(connection.execute("PRAGMA user_version").fetchone()[0])


def _guard(connection: sqlite3.Connection) -> None:
    try:
        tables = int(connection.execute("SELECT count(*) FROM sqlite_master").fetchone()[0])
        owner = int(connection.execute("PRAGMA application_id").fetchone()[0])
    except sqlite3.DatabaseError as error:
        raise BadConfig(f"store.path names a file that can't be opened as a store ({error}).") from error
    if tables and owner != APPLICATION_ID:
        raise BadConfig("store.path names a database of another program. Name another file.")


def migrate(connection: sqlite3.Connection, upto: int | None = None) -> int:
    """Run what is due (up to the schema ``upto``), all of it in one transaction; returns how many migrations ran.

    BadConfig if the file is newer than this program.
    """
    have = schema_version(connection)
    if have > newest():
        raise BadConfig(
            f"The store has schema {have}, this program knows {newest()}. Use the newer program; nothing was changed."
        )
    due = [(version, text) for version, text in migrations() if have < version <= (upto or newest())]
    if due:
        marks = f"PRAGMA user_version = {due[-1][0]};\nPRAGMA application_id = {APPLICATION_ID};"
        _whole(connection, "\n".join([*(text for _, text in due), marks]))
    if due or not hinted(connection):
        hint(connection)
    return len(due)


def _whole(connection: sqlite3.Connection, script: str) -> None:
    """Run a script in one transaction; whatever stops it half-way undoes it."""
    try:
        connection.executescript(f"BEGIN IMMEDIATE;\n{script}\nCOMMIT;")
    except BaseException:
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        raise
