"""A table's rows out of a file, and in which line each begins: whatever its encoding, separators and quotes.

UTF-8 with or without a mark, UTF-16 with or without one, and what is neither as cp1252, which spreadsheets write where
they are not told otherwise. A broken quote is a problem of its row and, as far as anybody can tell, of no other.
"""

from __future__ import annotations

import codecs
import csv
import hashlib
import io
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import BinaryIO

from helpdesk.errors import Refused
from helpdesk.importing.mapping import COLUMNS, Plan, folded
from helpdesk.tables import nearest_end

LARGEST_CELL = 16 << 20
"""No cell is longer, in characters: beyond it a quote is missing."""

LONGEST_LINE = 2 * LARGEST_CELL
"""What is longer, in characters, is read as several lines: memory holds no more."""

_CHUNK = 1 << 20
_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_SEPARATORS = (",", ";", "\t", "|")


@dataclass(frozen=True, slots=True)
class Line:
    """A row of the table: its cells by our names of the columns, and the line that it begins in."""

    number: int
    cells: dict[str, str]


@dataclass(frozen=True, slots=True)
class Broken:
    """A row that can't be read, and why."""

    number: int
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """A table as it was found.

    ``digest``    SHA-256 of its bytes, in hex
    ``left_out``  headings that are none of ours
    """

    file: Path
    digest: str
    encoding: str
    separator: str
    headings: tuple[str, ...]
    columns: tuple[str | None, ...]
    left_out: tuple[str, ...]

    def rows(self) -> Iterator[Line | Broken]:
        """Every row that is not blank, in order."""
        with _opened(self.file, self.encoding) as text, _large_cells():
            lines = iter(partial(text.readline, LONGEST_LINE), "")
            reader = csv.reader(lines, delimiter=self.separator, strict=True)
            next(reader)
            while True:
                number = reader.line_num + 1
                try:
                    cells = next(reader)
                except StopIteration:
                    return
                except csv.Error as error:
                    yield Broken(number, _why(error, number))
                    continue
                if any(cell.strip() for cell in cells):
                    yield self._line(number, cells)

    def _line(self, number: int, cells: Sequence[str]) -> Line | Broken:
        more = len(cells) - len(self.columns)
        if more > 0 and any(cell.strip() for cell in cells[len(self.columns) :]):
            return Broken(
                number, f"it has {len(cells)} cells, and there are {len(self.columns)} headings: is a quote missing?"
            )
        named = zip(self.columns, cells, strict=False)
        return Line(number, {name: cell for name, cell in named if name is not None})


def open_sheet(file: Path, plan: Plan) -> Sheet:
    """Look at a file: its encoding, its separator, its headings. Refused, with the remedy, where it is no table."""
    try:
        encoding, digest = _encoding(file)
        with _opened(file, encoding) as text, _large_cells():
            head = text.readline(_CHUNK)
    except (OSError, csv.Error) as error:
        raise Refused(f"{file} can't be read ({getattr(error, 'strerror', None) or error}).") from None
    if not head.strip():
        raise Refused(f"{file} has no headings in its first line: docs/data.md says which there can be.")
    separator = max(_SEPARATORS, key=lambda each: (len(_known(_split(head, each), plan)), head.count(each)))
    headings = _split(head, separator)
    columns = _columns(file, headings, plan)
    return Sheet(
        file=file,
        digest=digest,
        encoding=encoding,
        separator=separator,
        headings=headings,
        columns=columns,
        left_out=tuple(each for each, ours in zip(headings, columns, strict=True) if ours is None and each.strip()),
    )


def _split(head: str, separator: str) -> tuple[str, ...]:
    try:
        return tuple(next(csv.reader([head], delimiter=separator), ()))
    except csv.Error:
        return ()


def _known(headings: Sequence[str], plan: Plan) -> set[str]:
    return {ours for heading in headings if (ours := _ours(heading, plan)) is not None}


def _ours(heading: str, plan: Plan) -> str | None:
    """Our name of a column. What the plan names is called so, and by none of its usual names."""
    word = folded(heading)
    named = {folded(theirs): ours for ours, theirs in plan.columns.items()}
    if word in named:
        return named[word]
    return next((ours for ours, names in COLUMNS.items() if word in names and ours not in plan.columns), None)


def _columns(file: Path, headings: Sequence[str], plan: Plan) -> tuple[str | None, ...]:
    found = tuple(_ours(heading, plan) for heading in headings)
    for ours, theirs in plan.columns.items():
        if ours not in found:
            raise Refused(f"{file} has no column {theirs!r} for {ours}; {nearest_end(theirs, headings)}")
    if twice := next((ours for ours in found if ours is not None and found.count(ours) > 1), None):
        which = " and ".join(repr(each) for each, ours in zip(headings, found, strict=True) if ours == twice)
        raise Refused(f"{file}: {which} are both {twice}. Say in [columns] of a mapping which one is meant.")
    if "when" not in found:
        raise Refused(
            f"{file} has no column that says when: {', '.join(COLUMNS['when'])}. Name it in [columns] of a mapping."
        )
    return found


@contextmanager
def _opened(file: Path, encoding: str) -> Iterator[io.TextIOWrapper]:
    with open(file, encoding=encoding, errors="replace", newline="") as text:
        yield text


@contextmanager
def _large_cells() -> Iterator[None]:
    before = csv.field_size_limit(LARGEST_CELL)
    try:
        yield
    finally:
        csv.field_size_limit(before)


def _encoding(file: Path) -> tuple[str, str]:
    """How a file is written, and its digest; both need the whole of it, a chunk at a time."""
    with open(file, "rb") as raw:
        start = raw.read(4096)
        raw.seek(0)
        marked = next((name for mark, name in _MARKS if start.startswith(mark)), None) or _unmarked(start)
        utf8, digest = _read_through(raw, check=marked is None)
    return marked or ("utf-8" if utf8 else "cp1252"), digest


def _unmarked(start: bytes) -> str | None:
    """UTF-16 without a mark: every other byte of its first letters is nothing."""
    even, odd = start[0:200:2], start[1:200:2]
    if len(odd) >= 4 and odd.count(0) > 0.9 * len(odd) and even.count(0) == 0:
        return "utf-16-le"
    if len(even) >= 4 and even.count(0) > 0.9 * len(even) and odd.count(0) == 0:
        return "utf-16-be"
    return None


def _read_through(raw: BinaryIO, *, check: bool) -> tuple[bool, str]:
    digest, decoder, utf8 = hashlib.sha256(), codecs.getincrementaldecoder("utf-8")(), check
    while chunk := raw.read(_CHUNK):
        digest.update(chunk)
        utf8 = utf8 and _decodes(decoder, chunk)
    return utf8 and _decodes(decoder, b"", final=True), digest.hexdigest()


def _decodes(decoder: codecs.IncrementalDecoder, chunk: bytes, *, final: bool = False) -> bool:
    try:
        decoder.decode(chunk, final)
    except UnicodeDecodeError:
        return False
    return True


def _why(error: csv.Error, number: int) -> str:
    said = str(error)
    if "unexpected end" in said:
        return "a quote that opens here is never closed: close it, or double it where it is part of the text"
    if "field larger" in said:
        return f"a cell has over {LARGEST_CELL:,} characters: is a quote missing?"
    if "expected after" in said:
        return "something stands behind a closing quote: double the quotes that are part of the text"
    return f"it can't be read ({said})"
