"""Reads one TOML table, key by key, with errors that say where and what to do.

A reader takes what it knows and calls :meth:`Table.finish`: whatever is left is a key that nobody
knows, and the error names the nearest one that exists. Pure: the text was read by somebody else.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Mapping
from datetime import date, datetime

from helpdesk.errors import BadConfig

Key = tuple[str | int, ...]
"""Where a value stands in a file: the names of tables and keys; in an array the place, counted from 1."""


class WrongKey(BadConfig):
    """A key of a TOML table is wrong. ``path`` is where it stands, so that a reader of the file can add its line."""

    def __init__(self, message: str, path: Key) -> None:
        super().__init__(message)
        self.path = path


def nearest(word: str, known: Iterable[str]) -> str:
    """A half-sentence for an error: the nearest known name, or all of them."""
    names = sorted(str(name) for name in known)
    close = difflib.get_close_matches(word, names, n=1)
    return f"did you mean {close[0]!r}?" if close else f"known: {', '.join(names)}"


def nearest_end(word: str, known: Iterable[str]) -> str:
    """The same as the end of a sentence: with a full stop, unless it ends in its question mark."""
    hint = nearest(word, known)
    return hint if hint.endswith("?") else f"{hint}."


class Table:
    """A TOML table on its way to becoming a frozen object.

    ``where``  its dotted name in the file ("calendars.main.week"), which every error shows
    ``path``   the same as a :data:`Key`; read from ``where`` unless given, which a name with a dot in it needs
    """

    def __init__(self, where: str, values: object, path: Key | None = None) -> None:
        self.where = where
        self.path: Key = tuple(where.rpartition(": ")[2].split(".")) if path is None else path
        if not isinstance(values, Mapping):
            raise WrongKey(f"{where}: write a table of keys here, not {values!r}", self.path)
        self._values: Mapping[str, object] = values
        self._asked: set[str] = set()

    def wrong(self, key: str, remedy: str) -> WrongKey:
        """The error for a key of this table; the caller raises it."""
        return WrongKey(f"{self.where}.{key}: {remedy}", (*self.path, key))

    def __contains__(self, key: str) -> bool:
        self._asked.add(key)
        return key in self._values

    def value(self, key: str) -> object:
        """What stands under ``key``; BadConfig if nothing does."""
        if key not in self:
            raise self.wrong(key, "is missing; add it")
        return self._values[key]

    def text(self, key: str, default: str | None = None) -> str:
        """A string that is not blank (unless the default is taken)."""
        if default is not None and key not in self:
            return default
        value = self.value(key)
        if not isinstance(value, str) or not value.strip():
            raise self.wrong(key, f"write some text in quotes, not {value!r}")
        return value

    def flag(self, key: str, default: bool) -> bool:
        """true or false."""
        if key not in self:
            return default
        value = self.value(key)
        if not isinstance(value, bool):
            raise self.wrong(key, f"write true or false, not {value!r}")
        return value

    def number(self, key: str) -> int | float:
        """A whole number or a decimal one."""
        value = self.value(key)
        if isinstance(value, bool) or not isinstance(value, int | float):
            raise self.wrong(key, f"write a number, not {value!r}")
        return value

    def day(self, key: str) -> date:
        """A date, bare (2026-12-24) or in quotes."""
        value = self.value(key)
        if isinstance(value, date) and not isinstance(value, datetime):
            return value
        try:
            return date.fromisoformat(value if isinstance(value, str) else "")
        except ValueError:
            raise self.wrong(key, f"write a date such as 2026-12-24, not {value!r}") from None

    def texts(self, key: str) -> tuple[str, ...]:
        """A list of strings; a single string is a list of one, and nothing is an empty one."""
        if key not in self:
            return ()
        value = self.value(key)
        items = [value] if isinstance(value, str) else value
        if not isinstance(items, list) or not all(isinstance(item, str) for item in items):
            raise self.wrong(key, f"write text in quotes or a list of such, not {value!r}")
        return tuple(items)

    def table(self, key: str) -> Table:
        """A table within this one; an empty one if there is none."""
        return Table(f"{self.where}.{key}", self.value(key) if key in self else {}, (*self.path, key))

    def tables(self, key: str) -> tuple[Table, ...]:
        """An array of tables, each known in errors by its place: ``periods[2]`` is the second."""
        if key not in self:
            return ()
        items = self.value(key)
        if not isinstance(items, list):
            raise self.wrong(key, f"write [[{self.where}.{key}]] above each of them")
        return tuple(
            Table(f"{self.where}.{key}[{place}]", item, (*self.path, key, place)) for place, item in enumerate(items, 1)
        )

    def names(self) -> tuple[str, ...]:
        """Every key of the table, all counted as known: for tables whose keys are names."""
        self._asked.update(self._values)
        return tuple(self._values)

    def finish(self) -> None:
        """Refuse the keys that nobody asked for."""
        for key in self._values:
            if key not in self._asked:
                raise self.wrong(key, f"is not a known key; {nearest(key, self._asked)}")
