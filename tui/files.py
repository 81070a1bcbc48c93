"""Attachments and reports as files of the member's own: harmless names, readable for nobody else. No Textual."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Mapping
from contextlib import suppress
from pathlib import Path

from helpdesk.thread import File, Thread
from tui.plain import many_lines, one_line, wrap
from tui.progress import Meter, Stopped

MODE = 0o600

LONGEST = 120
"""The longest name of a saved file, in bytes of UTF-8, its ending included."""

ENDING = 12
"""The longest ending that counts as one, with its dot."""

PIECE = 256 * 1024
"""How many bytes of a report are written before somebody looks whether it was stopped."""

MOST_LINES = 2_000
"""How many lines of a text file are shown."""

NAME_MAX = 200
"""The longest name that a member may give a file, in bytes: file systems take 255, and while it is written over another
one stands beside it.
"""

_UNSAFE = re.compile(r'[<>:"|?*~$`\ufffd\x00-\x1f]')


FileNumbers = Mapping[tuple[str, str], int]
"""The number of each file of a ticket, from 1 on, by its digest and name: as it is shown, and opened by."""


def files_of(thread: Thread) -> tuple[File, ...]:
    """All files of a ticket, oldest first; one that came twice under the same name once."""
    found = {(file.digest, file.name): file for entry in thread.entries for file in entry.files}
    return tuple(found.values())


def file_numbers(thread: Thread) -> FileNumbers:
    """The numbers of a ticket's files."""
    return {(file.digest, file.name): number for number, file in enumerate(files_of(thread), 1)}


def file_number(typed: str) -> int:
    """Which of a ticket's files somebody means, from 1 on; ValueError where it is no number."""
    number = typed.strip()
    if not (number.isascii() and number.isdecimal() and len(number) < 5 and int(number)):
        raise ValueError("Type the file's number: 1 for the first that came with the ticket.")
    return int(number)


def text_lines(text: str, cells: int) -> list[str]:
    """A text file as harmless lines of ``cells`` cells, and how to come by the rest of a long one."""
    lines = [piece for line in many_lines(text[: MOST_LINES * 80])[:MOST_LINES] for piece in wrap(line, cells)]
    if len(text) > MOST_LINES * 80 or len(lines) > MOST_LINES:
        return [*lines[:MOST_LINES], "", "The file goes on. Save it to read the rest."]
    return lines


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


def target_of(typed: str) -> Path:
    """The file of a typed line, in a folder that is there; ValueError says what is wrong with it."""
    path = Path(typed.strip())
    if not path.name or typed.rstrip().endswith("/"):
        raise ValueError("Type the name of a file, such as report.txt.")
    if not path.name.isprintable():
        raise ValueError("The name of that file has signs in it that nobody can see. Type one without.")
    if len(os.fsencode(path.name)) > NAME_MAX:
        raise ValueError("The name of that file is too long.")
    there = folder_of(str(path.parent)) / path.name
    if path.name in {"~", ".."} or there.is_dir():
        raise ValueError("That is a folder. Type the name of a file in it.")
    if there.exists() and not there.is_file():
        raise ValueError("That is a device and no file. Type the name of a file.")
    return there


def put(path: Path, text: str, meter: Meter, *, over: bool = False) -> None:
    """Write a file whole, readable for nobody else. FileExistsError where it is there and not to be written ``over``.

    What was there before stays until all of it is written. OSError where it can't be; Stopped where ``meter`` was
    stopped before the end: then nothing is written.
    """
    if not over:
        _made(path, text, meter)
        return
    beside = path.with_name(f".{path.name}.{os.getpid()}.part")
    with suppress(FileNotFoundError):
        beside.unlink()
    _made(beside, text, meter)
    os.replace(beside, path)


def _made(path: Path, text: str, meter: Meter) -> None:
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, MODE)
    try:
        with open(handle, "wb") as file:
            for piece in _pieces(text.encode(), meter):
                file.write(piece)
    except (OSError, Stopped):
        with suppress(OSError):
            path.unlink()
        raise


def _pieces(content: bytes, meter: Meter) -> Iterator[bytes]:
    """The content piece by piece; the meter counts them in kB, and Stopped is raised where it was stopped."""
    meter.total = -(-len(content) // 1024)
    for begin in range(0, len(content), PIECE):
        if meter.stopping:
            raise Stopped("Stopped: nothing was written.")
        yield content[begin : begin + PIECE]
        meter.done = min(begin + PIECE, len(content)) // 1024


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
