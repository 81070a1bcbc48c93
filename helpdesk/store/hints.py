"""What SQLite is told of the store's size, so that it picks the right index from the first day.

The library leads every key, and there is one library in a file. Without statistics SQLite takes the first column of a
key for selective and walks a whole table where an index would find ten rows. ANALYZE would cure it only once the store
is large, and differently on each machine. So the statistics are written by rule: a large library, and few rows for
whatever a key names besides it.
"""

from __future__ import annotations

import sqlite3

ROWS = 1_000_000
"""How many rows every table is said to have."""

FEW = 10
"""How many rows share a key's first two columns: those of one ticket, one person, one conversation."""


def hint(connection: sqlite3.Connection) -> None:
    """Write the statistics of every index and key, all or none; connections opened afterwards go by them."""
    connection.execute("BEGIN IMMEDIATE")
    try:
        _write(connection)
        connection.execute("COMMIT")
    except BaseException:
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        raise
    connection.execute("ANALYZE sqlite_schema")  # reads them in


def _write(connection: sqlite3.Connection) -> None:
    connection.execute("ANALYZE sqlite_schema")  # makes the table of statistics, and looks at nothing
    connection.execute("DELETE FROM sqlite_stat1")
    tables = connection.execute("SELECT name FROM sqlite_master WHERE type = 'table' AND sql LIKE '%STRICT%'")
    for (table,) in tables.fetchall():
        for _, index, unique, origin, _ in connection.execute(f"PRAGMA index_list({table})").fetchall():
            columns = connection.execute(f"PRAGMA index_info({index})").fetchall()
            name = table if origin == "pk" and _keyed(connection, table) else index
            connection.execute(
                "INSERT INTO sqlite_stat1 (tbl, idx, stat) VALUES (?, ?, ?)",
                (table, name, _statistics(len(columns), unique=bool(unique))),
            )


def hinted(connection: sqlite3.Connection) -> bool:
    """Whether the statistics are there: a crash may have come between a migration and :func:`hint`."""
    return bool(connection.execute("SELECT 1 FROM sqlite_master WHERE name = 'sqlite_stat1'").fetchone())


def _keyed(connection: sqlite3.Connection, table: str) -> bool:
    """Whether the table is its primary key (WITHOUT ROWID)."""
    (text,) = connection.execute("SELECT sql FROM sqlite_master WHERE name = ?", (table,)).fetchone()
    return "WITHOUT ROWID" in text


def _statistics(columns: int, *, unique: bool) -> str:
    """Rows in all, then how many share each longer part of the key: all share the library, one the whole."""
    shared = [ROWS] + [FEW] * (columns - 1)
    if unique:
        shared[-1] = 1
    return " ".join(map(str, [ROWS, *shared]))
