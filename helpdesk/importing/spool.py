"""Batches of contacts on their way to the store's owner: files beside the store, which a command writes for it.

A batch can hold mails with their files, so it is too large for a call. The call names it; whoever wrote it deletes it.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

from helpdesk.bygone import Bygone, from_line, to_line
from helpdesk.clock import HOUR, Instant
from helpdesk.errors import Refused

LARGEST = 256 << 20
"""No batch is larger, in bytes: one contact alone may be most of it."""

_NAME = re.compile(r"import-[0-9A-HJKMNP-TV-Z]{26}\.batch")


def name_of(batch: str) -> str:
    """The file's name of a batch, by an id of ours."""
    return f"import-{batch}.batch"


def put(folder: Path, name: str, bygones: Iterable[Bygone]) -> None:
    """Write a batch for the owner alone to read. Refused, in words, where the disk takes it not."""
    try:
        with open(os.open(folder / name, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600), "wb") as file:
            file.writelines(map(to_line, bygones))
    except OSError as error:
        raise Refused(f"{folder} can't be written ({error.strerror}). What was imported so far is kept.") from None


def sweep(folder: Path, now: Instant) -> None:
    """Take away the batches that imports left which were killed: they hold what patrons wrote. Fresh ones stay."""
    for each in folder.glob("import-*.batch"):
        with suppress(OSError):
            if _NAME.fullmatch(each.name) and each.stat().st_mtime * 1000 < now - HOUR:
                each.unlink()


def get(folder: Path, name: str) -> tuple[Bygone, ...]:
    """A batch that was put there. Refused where it is none of ours, or not there."""
    if not _NAME.fullmatch(name):
        raise Refused("This names no batch of an import.")
    try:
        with open(os.open(folder / name, os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC), "rb") as file:
            if os.fstat(file.fileno()).st_size > LARGEST:
                raise Refused(f"A batch of an import has at most {LARGEST:,} bytes.")
            return tuple(from_line(line) for line in file)
    except OSError:
        raise Refused("There is no such batch of an import.") from None
    except ValueError:
        raise Refused("This batch of an import was written by another version of the help desk.") from None
