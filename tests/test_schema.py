"""The schema: every table says how it forgets, is strict, and belongs to a library."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Iterator
from contextlib import closing

import pytest

from helpdesk.clock import DAY, Instant, ManualClock
from helpdesk.store import schema
from helpdesk.store.sqlite import Session
from helpdesk.store.verbs import forgetting
from helpdesk.store.words import Fts5

_CREATED = re.compile(
    r"^CREATE (?P<virtual>VIRTUAL )?TABLE (?P<name>\w+)[^\n]*?(?:-- (?P<said>[^\n]*))?$", re.MULTILINE
)
NOW = ManualClock().now()


@pytest.fixture
def fresh() -> Iterator[sqlite3.Connection]:
    """A store with every migration run."""
    with closing(sqlite3.connect(":memory:", isolation_level=None)) as connection:
        schema.prepare_memory(connection)
        yield connection


def _declared() -> dict[str, re.Match[str]]:
    texts = "\n".join(text for _, text in schema.migrations())
    return {found["name"]: found for found in _CREATED.finditer(texts)}


def _tables(connection: sqlite3.Connection) -> list[sqlite3.Row]:
    """The tables that we made; those that FTS5 keeps for itself are its own."""
    rows = connection.execute("SELECT * FROM pragma_table_list WHERE schema = 'main' AND type <> 'shadow'")
    return [row for row in rows if not row["name"].startswith("sqlite_")]


def test_every_table_says_how_it_forgets(fresh: sqlite3.Connection) -> None:
    """Beside its CREATE, after the word "forgets"; none is left out."""
    declared = _declared()
    for table in _tables(fresh):
        said = declared[table["name"]]["said"]
        assert said, table["name"]
        assert re.match(r"forgets: \S", said), table["name"]


def test_every_table_is_strict(fresh: sqlite3.Connection) -> None:
    """A number where a text belongs is refused; only virtual tables can't be strict."""
    assert len(_tables(fresh)) > 20
    for table in _tables(fresh):
        assert table["strict"] or _declared()[table["name"]]["virtual"], table["name"]


def test_the_library_leads_every_key(fresh: sqlite3.Connection) -> None:
    """Of each table and each index, so that libraries can be told apart, and put apart, from day one."""
    for table in _tables(fresh):
        if table["type"] == "virtual":
            continue
        for index in fresh.execute(f"SELECT * FROM pragma_index_list('{table['name']}')").fetchall():
            first = fresh.execute(f"SELECT name FROM pragma_index_info('{index['name']}')").fetchone()
            assert first["name"] == "library", index["name"]
        columns = {row["name"] for row in fresh.execute(f"SELECT name FROM pragma_table_info('{table['name']}')")}
        assert "library" in columns, table["name"]


def test_foreign_keys_name_the_library(fresh: sqlite3.Connection) -> None:
    """A row never points into another library."""
    for table in _tables(fresh):
        keys: dict[int, set[str]] = {}
        for row in fresh.execute(f"SELECT * FROM pragma_foreign_key_list('{table['name']}')"):
            keys.setdefault(row["id"], set()).add(row["from"])
        assert all("library" in columns for columns in keys.values()), table["name"]


def test_migrations_are_numbered_without_a_gap() -> None:
    """1, 2, 3 ..., none twice; running them again does nothing."""
    assert [version for version, _ in schema.migrations()] == list(range(1, schema.newest() + 1))
    with closing(sqlite3.connect(":memory:", isolation_level=None)) as connection:
        assert schema.migrate(connection) == schema.newest()
        assert schema.migrate(connection) == 0
        assert schema.schema_version(connection) == schema.newest()
        assert connection.execute("PRAGMA application_id").fetchone() == (schema.APPLICATION_ID,)


def test_what_time_forgets(fresh: sqlite3.Connection) -> None:
    """Presence and notices after a day, keys and questions to staff after a week; what is fresh stays."""
    for age in (0, 2, 8):
        _left(fresh, age, Instant(NOW - age * DAY))
    forgetting.past(Session(fresh, "main", Fts5()), NOW)
    assert _kept(fresh, "SELECT staff FROM presence") == {"s0"}
    assert _kept(fresh, "SELECT key FROM notices") == {"n0", "person:0", "person:2"}
    assert _kept(fresh, "SELECT key FROM done") == {"k0", "k2"}


def _left(connection: sqlite3.Connection, n: int, when: Instant) -> None:
    connection.execute("INSERT INTO presence VALUES ('main', ?, 'chat', 1, ?, NULL)", (f"s{n}", when))
    connection.execute("INSERT INTO notices VALUES ('main', ?, 'error', '', 1, ?, ?)", (f"n{n}", when, when))
    connection.execute("INSERT INTO notices VALUES ('main', ?, 'error', '', 1, ?, ?)", (f"person:{n}", when, when))
    connection.execute("INSERT INTO done VALUES ('main', 'ana', ?, '', 'T', ?)", (f"k{n}", when))


def _kept(connection: sqlite3.Connection, query: str) -> set[str]:
    return {row[0] for row in connection.execute(query)}
