"""Columns that come whole read back row by row, however long their words are."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from string import ascii_lowercase

import pytest

from helpdesk.store.sqlite import Session
from helpdesk.store.verbs import columns
from helpdesk.store.verbs.columns import LETTERS
from helpdesk.store.words import Fts5

WORDS = ["", "a", "=a", "two words", "one, two", "ü", *(letter * 64 for letter in ascii_lowercase)]


@pytest.fixture
def sql() -> Iterator[Session]:
    """A table of words, each of them twice."""
    connection = sqlite3.connect(":memory:")
    connection.row_factory = sqlite3.Row
    connection.execute("CREATE TABLE words (word TEXT NOT NULL, n INTEGER NOT NULL)")
    connection.executemany("INSERT INTO words VALUES (?, ?)", [(word, n) for n, word in enumerate([*WORDS, *WORDS])])
    yield Session(connection, "main", Fts5())
    connection.close()


def test_a_column_comes_row_by_row(sql: Session) -> None:
    """Each value in its place; numbers as texts."""
    named = {"word": "w.word", "n": "w.n"}
    found, numbers = columns.lists(sql(f"SELECT {columns.whole(named)} FROM words w"), named)
    assert dict(zip(map(int, numbers), found, strict=True)) == dict(enumerate([*WORDS, *WORDS]))


def test_without_rows_columns_are_empty(sql: Session) -> None:
    """No row is no value, not one that is empty."""
    named = {"word": "w.word", "n": "w.n"}
    assert columns.lists(sql(f"SELECT {columns.whole(named)} FROM words w WHERE w.n < 0"), named) == [[], []]


@pytest.mark.parametrize("known", [0, 1, len(LETTERS), len(WORDS)])
def test_letters_are_spelt_out(sql: Session, known: int) -> None:
    """Whichever words have a letter, and however many there are: each comes back, and no other."""
    meant = WORDS[:known]
    said, named = columns.lettered("w.word", meant, "w.word")
    text = f"SELECT {columns.whole({'said': said, 'word': 'w.word'})} FROM words w"
    found, words = columns.lists(sql(text, **named), ["said", "word"])
    assert [columns.spelt_out(each, meant) for each in found] == words
    assert sum(len(each) == 1 and each != "=" for each in found) == 2 * min(known, len(LETTERS))
