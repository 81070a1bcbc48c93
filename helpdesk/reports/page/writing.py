"""Writes files whole or not at all: beside their place first, then renamed over what was there."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from helpdesk.errors import Refused
from helpdesk.reports.contents import Report
from helpdesk.reports.export import as_json
from helpdesk.reports.page.internal import as_html
from helpdesk.reports.page.pdf import as_pdf
from helpdesk.reports.spreadsheet import as_csv


def write(report: Report, folder: Path, form: str = "html") -> tuple[Path, ...]:
    """Write a report into a folder, made where it is missing; says which files were written.

    "html": report.html with report.json and report.csv beside it; "pdf": report.pdf. Refused, with the remedy, where
    the folder can't be written; BadConfig where a PDF can't be made here. Then what was there before still is.
    """
    page = as_html(report)
    if form == "pdf":
        return put(folder, {"report.pdf": as_pdf(page)})
    texts = {"report.html": page, "report.json": as_json(report), "report.csv": as_csv(report, "figures")}
    return put(folder, {name: text.encode() for name, text in texts.items()})


def put(folder: Path, files: Mapping[str, bytes]) -> tuple[Path, ...]:
    """Write files into a folder, all of them or, where one can't be written, none; says which."""
    return stage(folder, files).commit()


@dataclass(frozen=True, slots=True)
class Staged:
    """Files that lie beside their places: (where it lies, where it goes)."""

    moves: tuple[tuple[Path, Path], ...] = ()

    def __add__(self, more: Staged) -> Staged:
        """Both together."""
        return Staged(self.moves + more.moves)

    def commit(self) -> tuple[Path, ...]:
        """Put them in their places; says which. Refused where one can't be, and then nothing is left beside them."""
        try:
            for lying, place in self.moves:
                with _told(place):
                    os.replace(lying, place)
        finally:
            self.drop()
        return tuple(place for _, place in self.moves)

    def drop(self) -> None:
        """Take them away again; what is in their places stays as it is."""
        for lying, _ in self.moves:
            with suppress(OSError):  # what made us drop them is raised; a file left lying is read by nobody
                lying.unlink(missing_ok=True)


def stage(folder: Path, files: Mapping[str, bytes]) -> Staged:
    """Write files beside their places, on the same disk, and to the disk; Refused where that fails."""
    staged = Staged(tuple((folder / f".{name}.{os.getpid()}.part", folder / name) for name in files))
    try:
        with _told(folder):
            folder.mkdir(parents=True, exist_ok=True)
        for (lying, _), content in zip(staged.moves, files.values(), strict=True):
            with _told(folder):
                _kept(lying, content)
    except BaseException:
        staged.drop()
        raise
    return staged


def _kept(path: Path, content: bytes) -> None:
    with path.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())


@contextmanager
def _told(path: Path) -> Iterator[None]:
    """What the disk says, in words."""
    try:
        yield
    except OSError as error:
        remedy = "Name another folder, or mend its permissions."
        raise Refused(f"{path}: can't be written ({error.strerror}). {remedy}") from error
