"""A full export read back into an empty store: every row, checked by the digests that stand in the file.

It is built beside the store's place at the schema that the file was written at, compared, brought to this program's
schema, looked through, and takes its place whole, or not at all. Memory holds one row at a time.
"""

from __future__ import annotations

import gzip
import hashlib
import json
import os
import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import IO, Any, cast

from pydantic import BaseModel, ConfigDict, ValidationError

from helpdesk.errors import BadConfig, Refused
from helpdesk.store import schema
from helpdesk.store.care import examine, opened
from helpdesk.store.copying import MODE, discard, part_of, put_in_place, reason, room_for, to_disk
from helpdesk.store.exporting import FORMAT
from helpdesk.store.lock import owned
from helpdesk.store.moving import Table, digest, digest_of_all, leaving, row_of, rows_in
from helpdesk.store.proving import digest_of_report
from helpdesk.store.sqlite import Session
from helpdesk.store.words import Fts5

LONGEST_LINE = 256 << 20
"""No row is longer, in bytes: the largest mail that is taken, in base64, has a fraction of it."""


class _TableSaid(BaseModel):
    """A table, as the first line names it."""

    model_config = ConfigDict(frozen=True)

    name: str
    rows: int
    columns: tuple[str, ...]
    base64: tuple[str, ...] = ()

    @property
    def table(self) -> Table:
        """How its rows are read; the key is not needed for that."""
        return Table(name=self.name, columns=self.columns, key=(), blobs=frozenset(self.base64))


class Header(BaseModel):
    """The first line of an export."""

    model_config = ConfigDict(frozen=True)

    helpdesk_export: int
    program: str = ""
    schema_version: int
    library: str
    zone: str
    events: int
    report: str
    tables: tuple[_TableSaid, ...]


class _End(BaseModel):
    """The last line."""

    model_config = ConfigDict(frozen=True)

    end: bool
    rows: int
    digests: Mapping[str, str]
    digest: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Imported:
    """What was read, and that it is the same as what was written.

    ``compared``  whether the report of its last month could be compared, too: not where the file has an earlier schema
    """

    header: Header
    rows: int
    digest: str
    compared: bool


def take_in(file: Path, path: Path, library: str) -> Imported:
    """Read an export into the store at ``path``, which is not there yet, or was made and never used.

    Refused, in words and with the line, where the file is none of ours, is newer, cut short, or was changed, where it
    is another library's, and where the store holds anything: then nothing is changed.
    """
    with owned(path, "helpdesk db import"):
        empty(path, library)
        part = part_of(path)
        try:
            found = _build(file, part, library)
        except BaseException:
            discard(part)
            raise
        put_in_place(part, path)
    return found


def look_through(file: Path, library: str) -> Imported:
    """Read an export, and compare it with its digests, without a store."""
    with _lines(file) as lines:
        header = _header(file, lines, library)
        digests: dict[str, str] = {}
        rows = 0
        for said in header.tables:
            found = _Rows(file, said, lines)
            rows += sum(1 for _ in found)
            digests[said.name] = found.digest
        end = _end(file, lines, digests, rows)
    return Imported(header=header, rows=rows, digest=end.digest, compared=False)


def empty(path: Path, library: str) -> None:
    """Refused where the store holds anything of a library."""
    if not path.exists() or not path.stat().st_size:
        return
    with opened(path) as connection:
        rows = connection.execute("SELECT seq FROM chain WHERE seq > 0").fetchall()
        staff = connection.execute("SELECT 1 FROM staff LIMIT 1").fetchall()
    if rows or staff:
        raise Refused(
            f"{path} is in use already: an export is read into an empty store only. Name another in store.path, or "
            "move that file away first."
        )


def _build(file: Path, part: Path, library: str) -> Imported:
    with _lines(file) as lines:
        header = _header(file, lines, library)
        room_for(part.parent, 2 * file.stat().st_size)
        with _fresh(file, part) as connection:
            schema.migrate(connection, header.schema_version)
            digests, rows = _take_all(file, header, lines, connection, library)
            end = _end(file, lines, digests, rows)
            _same(connection, library, header, end)
            schema.migrate(connection)
    if found := examine(part, library):
        raise Refused(f"{file} holds what is not sound: {found[0]}. Nothing was changed.")
    compared = _same_report(file, part, header, library)
    to_disk(part)
    return Imported(header=header, rows=rows, digest=end.digest, compared=compared)


@contextmanager
def _fresh(file: Path, part: Path) -> Iterator[sqlite3.Connection]:
    """A new store's connection; Refused, in words, for what the database does not take."""
    try:
        os.close(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, MODE))
        with closing(sqlite3.connect(part, isolation_level=None)) as connection:
            connection.row_factory = sqlite3.Row
            for setting in ("journal_mode = OFF", "synchronous = OFF", "foreign_keys = ON", "cache_size = -65536"):
                connection.execute(f"PRAGMA {setting}")  # what is half-built is thrown away: nothing has to be undone
            yield connection
    except (sqlite3.Error, OverflowError, UnicodeEncodeError) as error:
        why = reason(error) if isinstance(error, sqlite3.Error) else "a value that no store holds"
        raise Refused(f"{file} can't be taken in ({why}). Nothing was changed.") from None


def _take_all(
    file: Path, header: Header, lines: Iterator[tuple[int, bytes]], connection: sqlite3.Connection, library: str
) -> tuple[dict[str, str], int]:
    """Every row of every table; the digest of each, and how many rows."""
    sql, digests, rows = Session(connection, library, Fts5()), dict[str, str](), 0
    for said in header.tables:
        _known(file, said, connection)
        found = _Rows(file, said, lines)
        connection.execute("BEGIN")
        rows += rows_in(sql, said.table, found, said.columns)
        connection.execute("COMMIT")
        digests[said.name] = found.digest
    return digests, rows


class _Rows:
    """The rows of one table, as many as the first line promised, and the digest of their lines."""

    def __init__(self, file: Path, said: _TableSaid, lines: Iterator[tuple[int, bytes]]) -> None:
        self._file = file
        self._said = said
        self._lines = lines
        self._digest = hashlib.sha256()

    @property
    def digest(self) -> str:
        """Of all lines so far, in hex."""
        return self._digest.hexdigest()

    def __iter__(self) -> Iterator[Mapping[str, Any]]:
        table, columns = self._said.table, set(self._said.columns)
        for _ in range(self._said.rows):
            number, line = next(self._lines, (0, b""))
            if not number:
                raise _cut_short(self._file)
            plain = _plain(self._file, number, line)
            if plain.get("table") != table.name or plain.keys() - {"table"} != columns:
                raise _changed(self._file, number)
            self._digest.update(line)
            try:
                yield row_of(table, plain)
            except (ValueError, TypeError):
                raise _changed(self._file, number) from None


def _known(file: Path, said: _TableSaid, connection: sqlite3.Connection) -> None:
    """Refused unless it is a table of ours with columns of ours: their names go into statements."""
    there = {
        row["name"] for row in connection.execute("SELECT name FROM pragma_table_info(:name)", {"name": said.name})
    }
    if said.name not in _TABLES or not said.columns or not set(said.columns) <= there - {"library"}:
        raise Refused(f"{file}: its first line names a table that this program does not know. Nothing was changed.")


_TABLES = {table.name: table for table in leaving()}


def _same(connection: sqlite3.Connection, library: str, header: Header, end: _End) -> None:
    """Refused unless the store gives back, line for line, what the file holds."""
    sql = Session(connection, library, Fts5())
    for said in header.tables:
        table = replace(_TABLES[said.name], columns=said.columns, blobs=frozenset(said.base64))
        if digest(sql, table) != end.digests[said.name]:
            raise Refused(f"The rows of {said.name} are not in the store as the file has them. Nothing was changed.")


def _same_report(file: Path, part: Path, header: Header, library: str) -> bool:
    """Whether the reports could be compared. Refused where they differ."""
    if header.schema_version != schema.newest() or not header.report:
        return False
    with opened(part) as connection:
        connection.execute("BEGIN")
        if digest_of_report(Session(connection, library, Fts5()), header.zone) != header.report:
            raise Refused(f"{file}: the report of its last month comes out otherwise here. Nothing was changed.")
    return True


# The file


@contextmanager
def _lines(file: Path) -> Iterator[Iterator[tuple[int, bytes]]]:
    """Its lines, numbered from 1; packed or not. Refused, in words, where it can't be read."""
    try:
        with open(file, "rb") as raw:
            packed = raw.read(2) == b"\x1f\x8b"
            raw.seek(0)
            with gzip.GzipFile(fileobj=raw) if packed else raw as content:
                yield _numbered(file, cast(IO[bytes], content))
    except (gzip.BadGzipFile, EOFError):
        raise _cut_short(file) from None
    except OSError as error:
        raise Refused(f"{file} can't be read ({reason(error)}).") from None


def _numbered(file: Path, content: IO[bytes]) -> Iterator[tuple[int, bytes]]:
    number = 0
    while line := content.readline(LONGEST_LINE):
        number += 1
        if len(line) == LONGEST_LINE:
            raise Refused(f"{file}:{number}: the line is longer than any row can be. Is it an export?")
        yield number, line


def _header(file: Path, lines: Iterator[tuple[int, bytes]], library: str) -> Header:
    _, first = next(lines, (0, b""))
    try:
        plain = json.loads(first)
        plain["schema_version"] = plain.pop("schema")
        header = Header.model_validate(plain, strict=False)
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError, ValidationError):
        raise Refused(f"{file} is no export of this program: `helpdesk db export` writes one.") from None
    if header.helpdesk_export > FORMAT or header.schema_version > schema.newest():
        raise Refused(
            f"{file} was written by a newer program (format {header.helpdesk_export}, schema {header.schema_version}); "
            f"this one reads up to format {FORMAT}, schema {schema.newest()}. Use the newer program."
        )
    if header.helpdesk_export < 1 or header.schema_version < 1:
        raise Refused(f"{file} is no export of this program: `helpdesk db export` writes one.")
    if header.library != library:
        raise Refused(f"{file} is of the library {header.library!r}, and library.id says {library!r}. Set that first.")
    return header


def _plain(file: Path, number: int, line: bytes) -> dict[str, Any]:
    try:
        plain = json.loads(line)
    except (ValueError, RecursionError):
        plain = None
    if not isinstance(plain, dict):
        raise _changed(file, number) if line.endswith(b"\n") else _cut_short(file)
    return plain


def _end(file: Path, lines: Iterator[tuple[int, bytes]], digests: Mapping[str, str], rows: int) -> _End:
    """The last line, which must say what was read."""
    number, line = next(lines, (0, b""))
    if not number:
        raise _cut_short(file)
    try:
        end = _End.model_validate(_plain(file, number, line))
    except ValidationError:
        raise _changed(file, number) from None
    differing = [name for name, digest in digests.items() if end.digests.get(name) != digest]
    if differing:
        raise Refused(
            f"{file}: the rows of {differing[0]} were changed after it was written. Nothing was changed here."
        )
    if end.rows != rows or end.digest != digest_of_all(digests) or end.digests.keys() != digests.keys():
        raise _changed(file, number)
    if next(lines, None) is not None:
        raise _changed(file, number + 1)
    return end


def _cut_short(file: Path) -> Refused:
    return Refused(f"{file} was cut short: its last line is not there. Copy it again. Nothing was changed.")


def _changed(file: Path, number: int) -> Refused:
    return Refused(f"{file}:{number}: this line was changed after it was written, or is none of an export's.")


def refuse_database(url: object) -> None:
    """BadConfig where the settings name a PostgreSQL database: an export is read into a file, and copied from there."""
    if url is not None:
        raise BadConfig(
            "store.url: an export is read into an SQLite file. Leave store.url out, import, then copy the library to "
            "the database with `helpdesk db copy`."
        )
