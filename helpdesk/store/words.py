"""The word index over the table of entries, newest hits first: on SQLite FTS5, on PostgreSQL a tsvector.

Both know the same words: runs of letters and digits, without accents, in lower case.
"""

from __future__ import annotations

import re
import unicodedata

from helpdesk.ports import Sql

_WORD = re.compile(r"\w+")
_TOKEN = re.compile(r"[^\W_]+")

LONGEST = 200
"""Of a longer word only so many characters are known to PostgreSQL."""

MOST = 900_000
"""The most bytes of different words that PostgreSQL indexes of one entry."""


NEWEST = 10_000
"""Among so many entries PostgreSQL looks for words first: where most searches end, as common words are found there."""

_AMONG_THE_NEWEST = (
    "SELECT row FROM (SELECT row, words FROM entry_words WHERE library = :library ORDER BY row DESC LIMIT :newest)"
    " AS newest WHERE words @@ CAST(:query AS TSQUERY) ORDER BY row DESC LIMIT :limit"
)

# Words that are not there often enough are rare: the index has few rows of them. Asked in one go PostgreSQL would guess
# that any word is in one entry of 200, and walk back through all entries for a rare one.
_AMONG_ALL = (
    "WITH found AS MATERIALIZED"
    " (SELECT row FROM entry_words WHERE library = :library AND words @@ CAST(:query AS TSQUERY))"
    " SELECT row FROM found ORDER BY row DESC LIMIT :limit"
)


class Fts5:
    """Keeps ``entry_words`` in step with ``entries``."""

    def add(self, sql: Sql, row: int, text: str) -> None:
        """Index ``text`` as entry row ``row``."""
        sql("INSERT INTO entry_words (rowid, text) VALUES (:row, :text)", row=row, text=text)

    def remove(self, sql: Sql, row: int, text: str) -> None:
        """Take entry row ``row`` out; ``text`` must be what was indexed."""
        sql("INSERT INTO entry_words (entry_words, rowid, text) VALUES ('delete', :row, :text)", row=row, text=text)

    def find(self, sql: Sql, words: str, limit: int) -> list[int]:
        """The newest ``limit`` rows that hold all ``words``; the last one may be unfinished. [] for no word."""
        found = _WORD.findall(words)
        if not found:
            return []
        query = " ".join(f'"{word}"' for word in found) + "*"
        rows = sql(
            "SELECT rowid FROM entry_words WHERE entry_words MATCH :query ORDER BY rowid DESC LIMIT :limit",
            query=query,
            limit=limit,
        )
        return [row["rowid"] for row in rows]

    def purge(self, sql: Sql) -> None:
        """Merge the index, so that no removed word stays in the file."""
        sql("INSERT INTO entry_words (entry_words) VALUES ('optimize')")


class Tsvector:
    """The same on PostgreSQL, whose own ideas of words and languages are left out: it is handed the words."""

    def add(self, sql: Sql, row: int, text: str) -> None:
        """Index ``text`` as entry row ``row``."""
        words = " ".join(dict.fromkeys(tokens(text))).encode()[:MOST].decode(errors="ignore")
        if words:
            sql(
                "INSERT INTO entry_words (library, row, words) VALUES (:library, :row, CAST(:words AS TSVECTOR))",
                row=row,
                words=words,
            )

    def remove(self, sql: Sql, row: int, text: str) -> None:
        """Take entry row ``row`` out."""
        sql("DELETE FROM entry_words WHERE library = :library AND row = :row", row=row)

    def find(self, sql: Sql, words: str, limit: int) -> list[int]:
        """The newest ``limit`` rows that hold all ``words``; the last one may be unfinished. [] for no word."""
        found = tokens(words)
        if not found:
            return []
        named = {"query": " & ".join(found) + ":*", "limit": limit}
        rows = sql(_AMONG_THE_NEWEST, newest=NEWEST, **named)
        if len(rows) < limit:
            rows = sql(_AMONG_ALL, **named)
        return [row["row"] for row in rows]

    def purge(self, sql: Sql) -> None:
        """Nothing: what was deleted goes when the table is vacuumed."""


def tokens(text: str) -> list[str]:
    """The words of a text as PostgreSQL is handed them."""
    text = text.lower()
    if not text.isascii():
        text = "".join(char for char in unicodedata.normalize("NFD", text) if not unicodedata.combining(char))
    return [word[:LONGEST] for word in _TOKEN.findall(text)]
