"""SQL on one PostgreSQL connection: verbs' statements and values in its words, and rows as verbs read them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import psycopg
from psycopg import pq
from psycopg.adapt import Buffer, Dumper, Loader
from psycopg.rows import no_result
from psycopg.types.numeric import Int8BinaryDumper, NumericBinaryLoader
from psycopg.types.string import BytesBinaryDumper, StrBinaryDumper

from helpdesk.ports import FullText, Record
from helpdesk.store.dialect import Statement, statement

Connection = psycopg.Connection[Record]

_INT8, _TEXT, _BYTEA = 20, 25, 17


class Session:
    """SQL for one library. See :class:`helpdesk.ports.Sql`.

    In a pipeline only what gives rows is waited for: whatever else fails is heard of with the next rows, or at the end.
    """

    __slots__ = ("_asking", "_telling", "connection", "full_text", "library")

    def __init__(self, connection: Connection, library: str, full_text: FullText) -> None:
        self.connection = connection
        self._asking = connection.cursor(binary=True)
        self._telling = connection.cursor(binary=True)  # its own: in a pipeline what it did is heard of late
        self.library = library
        self.full_text = full_text

    def __call__(self, text: str, /, **params: object) -> list[Record]:
        """Run one statement; ``:library`` is bound."""
        params["library"] = self.library
        said, values = bound(text, params)
        if said.returns:
            return self._asking.execute(said.query, values).fetchall()
        self._telling.execute(said.query, values)
        return []


def bound(text: str, params: dict[str, object]) -> tuple[Statement, Sequence[object]]:
    """A statement and its values in order.

    PostgreSQL wants the type of each, of nothing, too: it is what the same parameter was before.
    """
    said = statement(text)
    values = [_value(params[name], name, said.kinds) for name in said.names]
    if None in values:
        known = {name: value for name, value in zip(said.names, values, strict=True) if value is not None}
        said = statement(text, frozenset(said.names).difference(known))
        values = [known[name] for name in said.names]
    return said, values


def _value(value: object, name: str, kinds: dict[str, type]) -> object:
    if value is None:
        kind = kinds.get(name)
        return None if kind is None else _NOTHING[kind]
    if name not in kinds:
        kinds[name] = _kind(value)
    if isinstance(value, str) and "\0" in value:  # PostgreSQL has no such letter
        return value.replace("\0", "?")
    return value


def _kind(value: object) -> type:
    for kind in (str, int, bytes):
        if isinstance(value, kind):
            return kind
    raise TypeError(f"{type(value).__name__} is nothing that a column holds")


class _NoText:
    """No text."""


class _NoInt:
    """No number."""


class _NoBytes:
    """No bytes."""


_NOTHING: dict[type, object] = {str: _NoText(), int: _NoInt(), bytes: _NoBytes()}


class _NothingDumper(Dumper):
    format = pq.Format.BINARY

    def dump(self, obj: object) -> Buffer | None:
        """Nothing, of a type that is known."""
        return None


class _NoTextDumper(_NothingDumper):
    oid = _TEXT


class _NoIntDumper(_NothingDumper):
    oid = _INT8


class _NoBytesDumper(_NothingDumper):
    oid = _BYTEA


class _Truth(Loader):
    """Truth is 0 or 1, as in SQLite."""

    format = pq.Format.BINARY

    def load(self, data: Buffer) -> int:
        """0 or 1."""
        return int(data[0])


class _Sum(NumericBinaryLoader):
    """Sums of whole numbers are whole numbers."""

    def load(self, data: Buffer) -> Any:
        """The number."""
        found = super().load(data)
        return int(found) if found == found.to_integral_value() else float(found)


def adapt(connection: Connection) -> None:
    """Values go to the server with one type each, and come back as SQLite gives them."""
    adapters = connection.adapters
    for kind, dumper in (
        (str, StrBinaryDumper),
        (int, Int8BinaryDumper),
        (bool, Int8BinaryDumper),
        (bytes, BytesBinaryDumper),
        (_NoText, _NoTextDumper),
        (_NoInt, _NoIntDumper),
        (_NoBytes, _NoBytesDumper),
    ):
        adapters.register_dumper(kind, dumper)
    adapters.register_loader("bool", _Truth)
    adapters.register_loader("numeric", _Sum)


def by_name(cursor: psycopg.Cursor[Any]) -> Any:
    """Rows by column name; of columns with the same name the first, as in SQLite."""
    result = cursor.pgresult
    if result is None or not result.nfields:
        return no_result
    names = [(result.fname(n) or b"").decode() for n in range(result.nfields)]
    if len(set(names)) == len(names):
        return lambda values: dict(zip(names, values, strict=True))
    names.reverse()
    return lambda values: dict(zip(names, reversed(values), strict=True))
