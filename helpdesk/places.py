"""Where things stand in a TOML text: the line of every key, which ``tomllib`` does not tell.

:class:`TomlText` is a text with its name. It gives the values, and says of an error at which line its key stands.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from helpdesk.errors import BadConfig
from helpdesk.tables import Key, WrongKey

_BLANK = re.compile(r"(?:[ \t\r\n,]+|#[^\n]*)*")
_PART = re.compile(r"""[A-Za-z0-9_-]+|"(?:[^"\\\n]|\\.)*"|'[^'\n]*'""")
_STRING = re.compile(
    r'"""(?:[^\\]|\\.)*?"{3,5}(?!")' r"|'''.*?'{3,5}(?!')" r'|"(?:[^"\\\n]|\\.)*"' r"|'[^'\n]*'", re.DOTALL
)
_BARE = re.compile(r"[^,\]}\n#]*")
_TWICE = re.compile(r"Cannot declare \((.*?),?\) twice")


@dataclass(frozen=True, slots=True)
class TomlText:
    """A TOML text and what it is called in errors (its file)."""

    name: str
    text: str = field(repr=False)

    def values(self) -> dict[str, Any]:
        """What it holds; BadConfig, with the line, where it is not TOML."""
        try:
            return tomllib.loads(self.text)
        except tomllib.TOMLDecodeError as error:
            said, _, at = str(error).rpartition(" (at ")
            line = re.match(r"line (\d+)", at)
            where = f"{self.name}:{line[1]}" if line else self.name
            raise BadConfig(f"{where}: {_not_toml(said or str(error))}") from None

    def said(self, error: BadConfig) -> str:
        """The error with the name and, where it tells its key, the line in front."""
        number = line_of(lines(self.text), error.path) if isinstance(error, WrongKey) else 0
        return f"{self.name}:{number}: {error}" if number else f"{self.name}: {error}"


def toml_file(path: Path, *, setting: str) -> TomlText:
    """A TOML file as text, its path as its name; BadConfig where it can't be read. ``setting`` is what names it."""
    try:
        return TomlText(str(path), path.read_text(encoding="utf-8-sig"))
    except OSError as error:
        raise BadConfig(
            f"{path}: can't be read ({error.strerror}). Name an existing file as `{setting}` in helpdesk.toml."
        ) from error
    except UnicodeDecodeError as error:
        raise BadConfig(f"{path}: is not UTF-8 (byte {error.start}). Save it as UTF-8.") from error


def _not_toml(said: str) -> str:
    if twice := _TWICE.search(said):
        table = twice[1].replace("'", "").replace(", ", ".")
        return f"[{table}] is written twice: leave it in one place, or give one of them another name."
    if said == "Cannot overwrite a value":
        return "this key is written twice: leave it in one place."
    return f"this is not TOML: {said}."


def line_of(found: Mapping[Key, int], key: Key) -> int:
    """The line of a key, or of the nearest table around it; 0 where neither is written."""
    return next((found[key[:end]] for end in range(len(key), 0, -1) if key[:end] in found), 0)


def lines(text: str) -> dict[Key, int]:
    """The line, counted from 1, at which each key and table of a TOML text is first written.

    A key is its path of names; in an array the place, counted from 1, stands among them:
    ``("calendars", "main", "periods", 2, "to")``. The text is one that ``tomllib`` can read.
    """
    reader = _Reader(text)
    reader.document()
    return reader.found


class _Reader:
    """One walk through a text, from its first character to its last."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._at = 0
        self._counted = 0
        self._line = 1
        self._places: dict[Key, int] = {}
        self._named: set[Key] = set()
        self.found: dict[Key, int] = {}

    def document(self) -> None:
        """Headers and keys until the end."""
        table: Key = ()
        self._blank()
        while self._at < len(self._text):
            if self._here("[["):
                table = self._element()
            elif self._here("["):
                table = self._table()
            else:
                self._assignment(table)
            self._blank()

    def _element(self) -> Key:
        """``[[a.b]]``: the next place of an array of tables."""
        self._at += 2
        names = self._names()
        self._at += 2
        array = (*self._resolved(names[:-1]), names[-1])
        self._places[array] = self._places.get(array, 0) + 1
        return self._note((*array, self._places[array]))

    def _table(self) -> Key:
        """``[a.b]``: a table, perhaps within the latest element of an array."""
        self._at += 1
        names = self._names()
        self._at += 1
        return self._note(self._resolved(names))

    def _resolved(self, names: Key) -> Key:
        path: Key = ()
        for name in names:
            path = (*path, name)
            if path in self._places:
                path = (*path, self._places[path])
        return path

    def _assignment(self, table: Key) -> None:
        path = self._note((*table, *self._names()))
        self._blank()
        self._at += 1  # the equals sign
        self._value(path)

    def _value(self, path: Key) -> None:
        self._blank()
        if self._here("["):
            self._array(path)
        elif self._here("{"):
            self._inline(path)
        else:
            found = _STRING.match(self._text, self._at) or _BARE.match(self._text, self._at)
            self._at = found.end() if found and found.end() > self._at else self._at + 1

    def _array(self, path: Key) -> None:
        self._at += 1
        place = 0
        self._blank()
        while self._at < len(self._text) and not self._here("]"):
            place += 1
            self._value(self._note((*path, place)))
            self._blank()
        self._at += 1

    def _inline(self, path: Key) -> None:
        self._at += 1
        self._blank()
        while self._at < len(self._text) and not self._here("}"):
            self._assignment(path)
            self._blank()
        self._at += 1

    def _names(self) -> Key:
        """A dotted key: its names, quotes taken off."""
        names: list[str] = []
        self._blank()
        while part := _PART.match(self._text, self._at):
            names.append(_unquoted(part[0]))
            self._at = part.end()
            self._blank()
            if not self._here("."):
                break
            self._at += 1
            self._blank()
        if not names:
            self._at += 1  # never in what tomllib has read: go on rather than stand still
        return tuple(names) or ("",)

    def _note(self, path: Key) -> Key:
        """Remember the line of a path; of what stands around it too, until that has a line of its own."""
        self._line += self._text.count("\n", self._counted, self._at)
        self._counted = self._at
        for end in range(1, len(path)):
            self.found.setdefault(path[:end], self._line)
        if path not in self._named:
            self._named.add(path)
            self.found[path] = self._line
        return path

    def _here(self, mark: str) -> bool:
        return self._text.startswith(mark, self._at)

    def _blank(self) -> None:
        """Past spaces, ends of lines, comments, and the commas of arrays and inline tables."""
        found = _BLANK.match(self._text, self._at)
        self._at = found.end() if found else self._at


def _unquoted(part: str) -> str:
    if part[0] != '"':
        return part.strip("'")
    try:
        name: str = tomllib.loads(f"name = {part}")["name"]
    except tomllib.TOMLDecodeError:
        return part  # never in what tomllib has read
    return name
