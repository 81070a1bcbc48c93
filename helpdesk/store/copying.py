"""A store's file, copied while its owner works on: whole or not at all, private, and down on the disk.

A copy that stays holds no handle of a sealed line: handles' keys outlive conversations that are shredded meanwhile,
and guesses could be tried against them. What waits to be sent is unclear in it: by the time it is restored it may
have gone out.
"""

from __future__ import annotations

import os
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path

from helpdesk.errors import Refused

MODE = 0o600

SPARE = 1 << 20
"""How much room must be left beyond what is written, in bytes."""


def write_copy(source: sqlite3.Connection, part: Path) -> None:
    """Copy what ``source`` sees to ``part``, which is new, without what no copy may hold. Refused, in words."""
    with _written(part), closing(sqlite3.connect(part)) as copy:
        source.backup(copy)
        copy.execute("PRAGMA secure_delete = ON")
        with copy:
            copy.execute("UPDATE outbox SET state = 'unclear' WHERE state IN ('waiting', 'leased')")
            copy.execute("UPDATE conversations SET handle = NULL WHERE handle IS NOT NULL")
        copy.execute("PRAGMA journal_mode = DELETE")


def write_twin(source: sqlite3.Connection, part: Path) -> None:
    """Copy all that ``source`` sees to ``part``, which is new: for what takes its place or is gone soon. Refused."""
    with _written(part), closing(sqlite3.connect(part)) as copy:
        source.backup(copy)
        copy.execute("PRAGMA journal_mode = DELETE")


@contextmanager
def _written(part: Path) -> Iterator[None]:
    """Make ``part`` private before it is written, bring it to the disk after; in trouble nothing of it is left."""
    try:
        os.close(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, MODE))
        yield
        to_disk(part)
    except BaseException as error:
        discard(part)
        if not isinstance(error, OSError | sqlite3.Error):
            raise
        raise Refused(
            f"{part.with_suffix('')} can't be written ({reason(error)}). Nothing was kept of it. {ROOM}"
        ) from None


def put_in_place(part: Path, to: Path) -> None:
    """Give ``part`` its name, durably. Refused, in words, and ``part`` is gone, where that can't be done."""
    try:
        os.replace(part, to)
        to_disk(to.parent)
    except OSError as error:
        discard(part)
        raise Refused(f"{to} can't be written ({reason(error)}). Nothing was kept of it. {ROOM}") from None


ROOM = "Make room there, or name another disk."
"""What to do where a disk is full; a disk that fails says so in the system's words."""


def part_of(to: Path) -> Path:
    """Where a file is written until it is whole."""
    return to.with_name(f"{to.name}.part")


def discard(file: Path) -> None:
    """Take a half-made file away, with what SQLite keeps beside it."""
    for each in (file, *beside(file)):
        with suppress(OSError):
            each.unlink(missing_ok=True)


def beside(file: Path) -> tuple[Path, ...]:
    """What SQLite keeps beside a file while it is in use."""
    return tuple(file.with_name(file.name + ending) for ending in ("-wal", "-shm", "-journal"))


def to_disk(path: Path) -> None:
    """Return when a file, or what a folder lists, is on the disk."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def reason(error: OSError | sqlite3.Error) -> str:
    """Why, as the system or the database says it."""
    return getattr(error, "strerror", None) or str(error)


def room_for(folder: Path, size: int) -> None:
    """Refused, with figures, where a file of ``size`` bytes has no room in ``folder``."""
    try:
        free = shutil.disk_usage(folder).free
    except OSError as error:
        raise Refused(f"{folder} can't be written ({reason(error)}). Name another folder.") from None
    if free < size + SPARE:
        raise Refused(
            f"{folder} has {free / 1e6:,.1f} MB left, and {(size + SPARE) / 1e6:,.1f} MB are needed. "
            "Make room there, or name another disk. Nothing was written."
        )


def same_disk(one: Path, other: Path) -> bool:
    """Whether two files or folders lie on one disk, as far as the system tells: what loses one loses both."""
    try:
        return one.stat().st_dev == other.stat().st_dev
    except OSError:
        return False
