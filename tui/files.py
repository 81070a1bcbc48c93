"""Attachments as files of the member's own: harmless names, nothing overwritten, for nobody else. No Textual."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from helpdesk.thread import File, Thread
from tui.plain import one_line

MODE = 0o600

LONGEST = 120
"""The longest name of a saved file, in bytes of UTF-8, its ending included."""

ENDING = 12
"""The longest ending that counts as one, with its dot."""

_UNSAFE = re.compile(r'[<>:"|?*~$`\ufffd\x00-\x1f]')


def files_of(thread: Thread) -> tuple[File, ...]:
    """All files of a ticket, oldest first; one that came twice under the same name once."""
    found = {(file.digest, file.name): file for entry in thread.entries for file in entry.files}
    return tuple(found.values())


def default_folder(home: Path) -> Path:
    """Where files go unless somebody says otherwise."""
    downloads = home / "Downloads"
    return downloads if downloads.is_dir() else home


def folder_of(typed: str) -> Path:
    """The folder of a typed line, ``~`` for the home; ValueError where there is none."""
    try:
        folder = Path(typed.strip() or ".").expanduser().absolute()
        there = folder.is_dir()
    except (OSError, RuntimeError, ValueError):  # a name too long, a ~user who is not there, a null character
        there = False
    if not there:
        raise ValueError("There is no such folder. Type one that is there.")
    return folder


def clean_name(name: str) -> str:
    """A patron's name for a file as one that can do no harm: no folders, nothing hidden, not too long."""
    last = re.split(r"[/\\]", one_line(name))[-1]
    safe = _UNSAFE.sub("_", last).strip(" .-") or "file"
    stem, ending = os.path.splitext(safe)
    if len(ending) > ENDING:
        stem, ending = safe, ""
    kept = stem.encode()[: LONGEST - len(ending.encode())].decode(errors="ignore")
    return kept.rstrip(" .") + ending


def saved(folder: Path, name: str, content: bytes) -> Path:
    """Write a file under its name, or as name-2, name-3 where that is taken. OSError where it can't be written."""
    for path in _paths(folder, clean_name(name)):
        try:
            handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, MODE)
        except FileExistsError:
            continue
        try:
            with open(handle, "wb") as file:
                file.write(content)
        except OSError:
            with suppress(OSError):
                path.unlink()
            raise
        return path
    raise FileExistsError(f"{folder} holds too many files of that name")


def _paths(folder: Path, name: str) -> Iterator[Path]:
    stem, ending = os.path.splitext(name)
    yield folder / name
    for number in range(2, 1000):
        yield folder / f"{stem}-{number}{ending}"


def short(path: Path, home: Path) -> str:
    """A path as staff write it: from ~ on where it is at home."""
    if path == home:
        return "~"
    return f"~/{path.relative_to(home)}" if path.is_relative_to(home) else str(path)
