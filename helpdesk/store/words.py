"""The word index of SQLite: FTS5 over the table of entries, newest hits first."""

from __future__ import annotations

import re

from helpdesk.ports import Sql

_WORD = re.compile(r"\w+")


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
