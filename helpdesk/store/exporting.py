"""A library as JSON Lines: everything that is its own, a line a row, which :mod:`helpdesk.store.importing` reads.

::

    {"helpdesk_export": 1, "schema": 5, "library": "main", "tables": [{"name": "staff", "rows": 2, ...}, ...], ...}
    {"table": "staff", "id": "ana", ...}                            one line for each row, table by table
    {"end": true, "rows": 1234, "digests": {"staff": "...", ...}, "digest": "..."}

The digests stand at the end, so that the store is read once, a page at a time; a file without its last line was cut
short. What leaves the house is :mod:`helpdesk.store.moving`'s to say: no key, handle, seal, PIN, or token.
"""

from __future__ import annotations

import gzip
import hashlib
import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any, cast

from helpdesk import __version__
from helpdesk.errors import Refused
from helpdesk.ports import Sql, Store
from helpdesk.store.copying import MODE, discard, part_of, put_in_place, reason, to_disk
from helpdesk.store.moving import Table, count, digest_of_all, leaving, line, rows_out
from helpdesk.store.proving import digest_of_report
from helpdesk.store.verbs.reporting import log_end

FORMAT = 1
"""The version of the file's form: it goes up where an earlier program could not read it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Exported:
    """What was written: ``digest`` is of all rows, ``size`` in bytes."""

    rows: int
    events: int
    digest: str
    report: str
    size: int


async def export(store: Store, to: Path, *, schema: int, zone: str) -> Exported:
    """Write everything that is the library's to a new file, packed where its name ends in ``.gz``.

    One snapshot, which may be a reader's beside the owner. Refused where ``to`` exists or can't be written: then
    nothing of it is left. ``zone``: by whose days the report counts whose digest stands in the file.
    """
    with _new(to) as file:
        header, end = await store.read(_write, file, schema, zone)
    return Exported(
        rows=end["rows"],
        events=header["events"],
        digest=end["digest"],
        report=header["report"],
        size=os.stat(to).st_size,
    )


def _write(sql: Sql, file: IO[bytes], schema: int, zone: str) -> tuple[dict[str, Any], dict[str, Any]]:
    """The whole file; its first line and its last."""
    first = header(sql, schema, zone)
    file.write(plain_line(first))
    digests: dict[str, str] = {}
    rows = 0
    for table in leaving():
        found = hashlib.sha256()
        for each in lines(sql, table):
            file.write(each)
            found.update(each)
            rows += 1
        digests[table.name] = found.hexdigest()
    last = {"end": True, "rows": rows, "digests": digests, "digest": digest_of_all(digests)}
    file.write(plain_line(last))
    return first, last


def header(sql: Sql, schema: int, zone: str) -> dict[str, Any]:
    """The first line: what the file is, and what is in it."""
    return {
        "helpdesk_export": FORMAT,
        "program": __version__,
        "schema": schema,
        "library": sql.library,
        "zone": zone,
        "events": log_end(sql).seq,
        "report": digest_of_report(sql, zone),
        "tables": [
            {
                "name": table.name,
                "rows": count(sql, table),
                "columns": list(table.columns),
                "base64": [name for name in table.columns if name in table.blobs],
            }
            for table in leaving()
        ],
    }


def lines(sql: Sql, table: Table) -> Iterator[bytes]:
    """A table's rows as lines, in order of its key, without what may not leave the house."""
    return (line(table, row) for row in rows_out(sql, table, secrets=False))


def plain_line(values: dict[str, Any]) -> bytes:
    """One object as one line."""
    return json.dumps(values, ensure_ascii=False, separators=(",", ":")).encode() + b"\n"


@contextmanager
def _new(to: Path) -> Iterator[IO[bytes]]:
    """A new file, private, in its place and on the disk when the block ends; nothing of it is left in trouble."""
    if to.exists():
        raise Refused(f"{to} exists and is kept. Name another file.")
    part = part_of(to)
    try:
        with open(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, MODE), "wb") as raw:
            if to.suffix == ".gz":
                with gzip.GzipFile("", "wb", 6, raw, mtime=0) as packed:
                    yield cast(IO[bytes], packed)
            else:
                yield raw
        to_disk(part)
    except BaseException as error:
        discard(part)
        if not isinstance(error, OSError):
            raise
        raise Refused(f"{to} can't be written ({reason(error)}). Nothing was kept of it.") from None
    put_in_place(part, to)
