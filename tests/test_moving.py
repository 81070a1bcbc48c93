"""All that is kept travels: every table and column of the schema is named, in an order that references allow."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from helpdesk.store import moving, schema
from helpdesk.store.care import opened
from helpdesk.store.moving import MADE_ANEW, TABLES
from helpdesk.store.sqlite import Session
from helpdesk.store.words import Fts5
from tests.kept import STORE, fill, made


@pytest.fixture
def fresh() -> Iterator[sqlite3.Connection]:
    """A store with every migration run, and nothing in it."""
    with closing(sqlite3.connect(":memory:", isolation_level=None)) as connection:
        schema.prepare_memory(connection)
        yield connection


@pytest.fixture(scope="module")
def past(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A library that has been open for five weeks, with rows in every table."""
    folder = made(tmp_path_factory.mktemp("past"))
    with closing(sqlite3.connect(folder / STORE, isolation_level=None)) as connection:
        fill(connection)
    return folder


def _columns(connection: sqlite3.Connection, table: str) -> set[str]:
    return {row["name"] for row in connection.execute(f"PRAGMA table_info({table})")} - {"library"}


def test_every_table_travels_or_is_made_anew(fresh: sqlite3.Connection) -> None:
    """A table or a column that a migration adds is added to TABLES, or copies and exports would lose it."""
    rows = fresh.execute("SELECT name FROM pragma_table_list WHERE schema = 'main' AND type <> 'shadow'")
    names = {row["name"] for row in rows if not row["name"].startswith("sqlite_")}
    assert {table.name for table in TABLES} == names - MADE_ANEW.keys(), "name it in helpdesk/store/moving.py"
    for table in TABLES:
        own = {"row"} if table.name == "entries" else set()
        assert set(table.columns) == _columns(fresh, table.name) - own, f"{table.name} in helpdesk/store/moving.py"


def test_no_row_comes_before_the_one_that_it_points_to(fresh: sqlite3.Connection) -> None:
    """In the order of TABLES."""
    order = [table.name for table in TABLES]
    for table in TABLES:
        for key in fresh.execute(f"PRAGMA foreign_key_list({table.name})").fetchall():
            assert order.index(key["table"]) < order.index(table.name)


def test_keys_tell_rows_apart_and_are_indexed(fresh: sqlite3.Connection) -> None:
    """Reading on after a page looks at no row twice."""
    for table in TABLES:
        key = ", ".join(table.key)
        after = ", ".join("1" for _ in table.key)
        page = f"SELECT 1 FROM {table.name} WHERE library = 'main' AND ({key}) > ({after}) ORDER BY {key} LIMIT 5"
        [plan] = fresh.execute(f"EXPLAIN QUERY PLAN {page}").fetchall()
        assert plan["detail"].startswith("SEARCH"), table.name


def test_blobs_and_secrets_are_columns(fresh: sqlite3.Connection) -> None:
    """What is said of columns is said of real ones, of the type that it takes."""
    for table in TABLES:
        types = {row["name"]: row["type"] for row in fresh.execute(f"PRAGMA table_info({table.name})")}
        assert table.blobs == {name for name in table.columns if types[name] == "BLOB"}
        assert table.secret.keys() <= set(table.columns)


@pytest.mark.parametrize("at_once", [1, 2, 3, 500])
def test_rows_out_and_in_are_the_same(past: Path, fresh: sqlite3.Connection, at_once: int) -> None:
    """Every row of every table, whatever the size of a page; words are found in the new place."""
    fresh.execute("PRAGMA foreign_keys = ON")
    there = Session(fresh, "main", Fts5())
    with opened(past / STORE) as connection:
        here = Session(connection, "main", Fts5())
        for table in TABLES:
            n = moving.rows_in(there, table, moving.rows_out(here, replace(table, at_once=at_once)))
            assert n == moving.count(here, table) > 0
            assert moving.digest(there, table) == moving.digest(here, table)
        assert there.full_text.find(there, "Dubliners", 5) == here.full_text.find(here, "Dubliners", 5) != []


def test_a_line_is_a_row() -> None:
    """Letters, quotes, line breaks, numbers up to the largest, bytes and nothing come back as they were."""
    table = next(each for each in TABLES if each.name == "remarks")
    for text in ("", "“quoted”\n\t\\", "\u2028 \x7f é 🎉", '{"table": "x"}', "\x00"):
        for salt in (None, b"", bytes(range(256))):
            row = {"id": "R", "ticket": None, "text": text, "salt": salt}
            line = moving.line(table, row)
            assert line.count(b"\n") == 1
            assert moving.row_of(table, json.loads(line)) == row
    counters = next(each for each in TABLES if each.name == "counters")
    assert b"9223372036854775807" in moving.line(counters, {"name": "n", "value": 2**63 - 1})


def test_secrets_stay_in_the_house(past: Path) -> None:
    """Blank in every row that leaves, and there in the store."""
    with opened(past / STORE) as connection:
        sql = Session(connection, "main", Fts5())
        for table in moving.leaving():
            for name, instead in table.secret.items():
                assert {row[name] for row in moving.rows_out(sql, table, secrets=False)} <= {instead}
        assert any(row["pin"] for row in moving.rows_out(sql, next(t for t in TABLES if t.name == "staff")))
        talks = next(table for table in TABLES if table.name == "conversations")
        assert any(row["handle"] and row["seal"] for row in moving.rows_out(sql, talks))
