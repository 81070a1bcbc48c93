"""A copy put in the store's place, and the drill that shows beforehand that it can be.

Nothing is overwritten: the present store is kept aside under a name with the date. The copy is brought to this
program's schema and looked through beside the store, and takes its place whole, or not at all.
"""

from __future__ import annotations

import os
import sqlite3
from contextlib import closing, suppress
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from helpdesk.clock import Clock, Instant, moment
from helpdesk.errors import BadConfig, Refused
from helpdesk.events import Kind
from helpdesk.message import ConversationId
from helpdesk.store import schema
from helpdesk.store.care import examine, opened
from helpdesk.store.copying import (
    beside,
    discard,
    part_of,
    put_in_place,
    reason,
    room_for,
    to_disk,
    write_copy,
)
from helpdesk.store.lock import owned
from helpdesk.store.proving import Proof, prove
from helpdesk.store.sqlite import Session, open_reader
from helpdesk.store.verbs import people
from helpdesk.store.words import Fts5
from helpdesk.upkeep import check


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """What a copy holds.

    ``schema``   as it was made; it is brought to this program's
    ``until``    when its last event was noted, None where nothing ever happened
    ``sealed``   conversations of sealed lines that were not over yet
    ``unclear``  messages that waited to be sent, or were on their way: they may have gone out since
    """

    schema: int
    events: int
    until: Instant | None
    sealed: frozenset[ConversationId]
    unclear: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Since:
    """What the present store has that the copy has not, as far as it can be read.

    ``events``     facts after the copy's last
    ``forgotten``  erasures among them: what they erased is in the copy, and so in the store, again
    """

    events: int
    forgotten: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Restored:
    """What was put in the store's place. ``aside``: where the store that was there is kept, None where there was none.

    ``since``: None where the store that was there could not be read, or has another history.
    """

    found: Found
    proof: Proof
    aside: Path | None
    since: Since | None


def restore(file: Path, path: Path, library: str, zone: str, now: Instant) -> Restored:
    """Put a copy in the place of the store at ``path``; what is there is kept aside.

    Refused, with the remedy, where the store is in use, the file is no sound copy of a store of this library, is newer
    than this program, or has no room: then everything is as it was.
    """
    if file.exists() and path.exists() and file.samefile(path):
        raise Refused(f"{file} is the store itself. Name a copy of it.")
    found = inspect(file, library)
    with owned(path, "helpdesk db restore"):
        _room_for(file, path.parent)
        part = part_of(path)
        proof = lay_in(file, part, library, zone)
        try:
            since = _since(path, library, found, proof)
            aside = _keep_aside(path, now)
        except BaseException:
            discard(part)
            raise
        put_in_place(part, path)
    return Restored(found=found, proof=proof, aside=aside, since=since)


def _room_for(file: Path, folder: Path) -> None:
    """Refused unless there is room for the copy, and as much again for what bringing it to this schema takes."""
    room_for(folder, 2 * file.stat().st_size)


def inspect(file: Path, library: str) -> Found:
    """What a copy holds; Refused, in words, where it can't be restored."""
    if not file.is_file():
        raise Refused(f"There is no {file}. Name a copy that `helpdesk db backup` made.")
    try:
        with opened(file) as connection:
            _known(file, schema.schema_version(connection))
            return _found(file, connection, library)
    except BadConfig as error:
        told = str(error).removeprefix("store.path: ")
        raise Refused(f"{told} Name a copy that `helpdesk db backup` made.") from None
    except sqlite3.DatabaseError as error:
        raise Refused(f"{file} is damaged ({error}). Restore an earlier copy.") from None


def _known(file: Path, version: int) -> None:
    if not 0 < version <= schema.newest():
        remedy = "Use the newer program" if version else "Name a copy that `helpdesk db backup` made"
        raise Refused(f"{file} has schema {version}, this program knows {schema.newest()}. {remedy}.")


def _found(file: Path, connection: sqlite3.Connection, library: str) -> Found:
    whose = [row[0] for row in connection.execute("SELECT library FROM chain ORDER BY library")]
    if whose and library not in whose:
        raise Refused(f"{file} is of the library {whose[0]!r}, and library.id says {library!r}. Name its own copy.")
    sql = Session(connection, library, Fts5())
    last = sql("SELECT seq, noted FROM events WHERE library = :library ORDER BY seq DESC LIMIT 1")
    waits = sql("SELECT count(*) AS n FROM outbox WHERE library = :library AND state IN ('waiting','leased','unclear')")
    return Found(
        schema=schema.schema_version(connection),
        events=last[0]["seq"] if last else 0,
        until=last[0]["noted"] if last else None,
        sealed=people.sealed_conversations(sql),
        unclear=waits[0]["n"],
    )


def lay_in(file: Path, part: Path, library: str, zone: str) -> Proof:
    """Copy the file to ``part``, bring it to this program's schema, and look it through; what it holds then.

    Refused, and nothing of ``part`` is left, where the copy is unsound.
    """
    with opened(file) as source:
        write_copy(source, part)
    try:
        with closing(sqlite3.connect(part, isolation_level=None)) as connection:
            connection.row_factory = sqlite3.Row
            schema.migrate(connection)
        if found := examine(part, library):
            raise Refused(f"{file} is not sound: {found[0]}. Restore an earlier copy.")
        to_disk(part)
        return _proof(part, library, zone)
    except sqlite3.Error as error:
        discard(part)
        raise Refused(f"{file} can't be laid in ({reason(error)}). Everything is as it was.") from None
    except BaseException:
        discard(part)
        raise


def _proof(file: Path, library: str, zone: str) -> Proof:
    with opened(file) as connection:
        connection.execute("BEGIN")
        return prove(Session(connection, library, Fts5()), schema.schema_version(connection), zone)


def _since(path: Path, library: str, found: Found, proof: Proof) -> Since | None:
    """What happened in the present store after the copy was made; None where that can't be told."""
    if not path.exists() or not path.stat().st_size:
        return None
    with suppress(BadConfig, sqlite3.DatabaseError), opened(path) as connection:
        sql = Session(connection, library, Fts5())
        here = sql("SELECT hash FROM events WHERE library = :library AND seq = :seq", seq=found.events)
        if not here or bytes(here[0]["hash"]).hex() != proof.end.digest:
            return None
        after = "SELECT count(*) AS n FROM events WHERE library = :library AND seq > :seq"
        return Since(
            events=sql(after, seq=found.events)[0]["n"],
            forgotten=sql(f"{after} AND kind = :kind", seq=found.events, kind=str(Kind.FORGOTTEN))[0]["n"],
        )
    return None


def _keep_aside(path: Path, now: Instant) -> Path | None:
    """Give the present store another name beside its own, with its log; None where there is none."""
    if not path.exists() or not path.stat().st_size:
        return None
    _empty_log(path)
    aside = _free(path.with_name(f"{path.name}.{moment(now):%Y%m%dT%H%M%SZ}"))
    try:
        _linked(path, aside)
        for mine, there in zip(beside(path), beside(aside), strict=True):
            with suppress(FileNotFoundError):
                os.replace(mine, there)
        to_disk(path.parent)
    except OSError as error:
        raise Refused(f"{path} can't be kept as {aside} ({reason(error)}). Everything is as it was.") from None
    return aside


def _empty_log(path: Path) -> None:
    """Bring what a process that was killed left in the log into the store; one that can't be opened keeps both."""
    try:
        with opened(path):
            pass
        with closing(sqlite3.connect(path, timeout=0)) as connection:
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    except (BadConfig, sqlite3.Error):
        return


def _free(name: Path) -> Path:
    """The name, or one like it that nothing has."""
    n, free = 1, name
    while free.exists():
        n += 1
        free = name.with_name(f"{name.name}.{n}")
    return free


def _linked(path: Path, aside: Path) -> None:
    """A second name, so that at no moment there is no store; where the disk knows no second names, another name."""
    try:
        os.link(path, aside)
    except OSError:
        os.rename(path, aside)


# The drill


@dataclass(frozen=True, slots=True)
class Step:
    """One step of a drill, in words, and how long it took in milliseconds."""

    what: str
    took: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Drill:
    """A copy was restored into a temporary place. ``wrong``: what is unsound about it, in words, () if nothing."""

    found: Found
    proof: Proof
    steps: tuple[Step, ...]
    wrong: tuple[str, ...]


async def drill(file: Path, library: str, zone: str, clock: Clock, folder: Path | None = None) -> Drill:
    """Restore a copy into a temporary place (within ``folder``), open it, look it through, and make a report of it."""
    begun = clock.now()
    found = inspect(file, library)
    with TemporaryDirectory(prefix="helpdesk-drill-", dir=folder) as place:
        restored = Path(place) / "helpdesk.sqlite"
        _room_for(file, Path(place))
        proof = lay_in(file, restored, library, zone)
        laid_in = clock.now()
        async with open_reader(restored, library=library) as store:
            wrong = await check(store)
    steps = (
        Step("copied, opened, pages and log looked through, the report of its last month made", laid_in - begun),
        Step("clocks, counts, incidents and days compared with the log", clock.now() - laid_in),
    )
    return Drill(found=found, proof=proof, steps=steps, wrong=wrong)
