"""Grades and notes that people keep from year to year, in a TOML file of their own: read here, never written.

::

    format = 1

    [[elements]]
    year = "2025-26"
    element = "5.1.1"
    grade = "compliant"        # compliance plus, compliant, partially compliant, non-compliant; left out: none yet
    by = "assessor"            # or "self"
    on = 2026-05-12
    notes = "Add a standard for letters."
    said = "Our own words on this element, shown before the draft."
    documents = ["Minutes of the user group, 12 May 2026"]

The desk never grades: it shows what the log holds, and people judge.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from pathlib import Path

from helpdesk.errors import BadConfig, HelpdeskError, Refused
from helpdesk.places import TomlText
from helpdesk.reports.evidence.elements import Catalogue, criterion_of
from helpdesk.reports.years import named, sconul_year
from helpdesk.tables import Table, WrongKey, nearest

FORMAT = 1
"""The version of the file's form; a reader refuses any other."""


class Grade(StrEnum):
    """What an element was graded, best first."""

    PLUS = "compliance plus"
    COMPLIANT = "compliant"
    PARTIAL = "partially compliant"
    NON = "non-compliant"


BY = ("assessor", "self")


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """What people wrote of one element in one year. ``by`` is whose grade it is: the assessor's, or the library's."""

    year: str
    element: str
    grade: Grade | None = None
    by: str = "self"
    on: date | None = None
    notes: str = ""
    said: str = ""
    documents: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Kept:
    """All that is kept; in the order of years, elements and, for one element, the library's before the assessor's."""

    entries: tuple[Entry, ...] = ()

    def of(self, element: str, year: str) -> tuple[Entry, ...]:
        """What was written of an element in a year."""
        return tuple(each for each in self.entries if (each.element, each.year) == (element, year))

    def before(self, element: str, year: str) -> tuple[Entry, ...]:
        """What was written of it in the latest year before ``year`` in which anything was."""
        earlier = {each.year for each in self.entries if each.element == element and each.year < year}
        return self.of(element, max(earlier)) if earlier else ()

    def graded(self, year: str) -> tuple[str, ...]:
        """The elements of which anything was written in a year."""
        return tuple(dict.fromkeys(each.element for each in self.entries if each.year == year))


def read_kept(path: Path) -> Kept:
    """All that a file keeps; BadConfig names file, line, key and remedy."""
    try:
        text = path.read_text("utf-8")
    except OSError as error:
        said = f"can't be read ({error.strerror}). `helpdesk evidence --start {path.name}` writes one to begin with"
        raise BadConfig(f"{path}: {said}.") from None
    except UnicodeDecodeError as error:
        raise BadConfig(f"{path}: is not UTF-8 (byte {error.start}). Save it as UTF-8.") from None
    return kept_from_text(text, str(path))


def kept_from_text(text: str, name: str) -> Kept:
    """All that a TOML text keeps. ``name`` is what errors call the file."""
    file = TomlText(name, text)
    values = file.values()
    try:
        return _kept(values)
    except BadConfig as error:
        raise BadConfig(file.said(error)) from None


def _kept(values: Mapping[str, object]) -> Kept:
    if unknown := sorted(values.keys() - {"format", "elements"}):
        raise WrongKey(f"{unknown[0]}: is not known here; write [[elements]] tables", (unknown[0],))
    if values.get("format") != FORMAT:
        raise WrongKey(f"format: write format = {FORMAT} at the top; this program reads no other", ("format",))
    items = values.get("elements", [])
    if not isinstance(items, list):
        raise WrongKey("elements: write [[elements]] above each of them", ("elements",))
    entries = [_entry(Table(f"elements[{n}]", item, ("elements", n))) for n, item in enumerate(items, 1)]
    _once(entries)
    return Kept(tuple(sorted(entries, key=lambda each: (each.year, each.element, each.by != "self"))))


def _entry(table: Table) -> Entry:
    entry = Entry(
        year=_year(table),
        element=_element(table),
        grade=_grade(table),
        by=_by(table),
        on=table.day("on") if "on" in table else None,
        notes=_text(table, "notes"),
        said=_text(table, "said"),
        documents=table.texts("documents"),
    )
    table.finish()
    return entry


def _text(table: Table, key: str) -> str:
    return "" if key not in table or table.value(key) == "" else table.text(key).strip()


def _year(table: Table) -> str:
    try:
        return named(sconul_year(table.text("year")))
    except Refused as error:
        raise table.wrong("year", str(error)) from None


def _element(table: Table) -> str:
    number = table.text("element")
    if criterion_of(number) is None:
        raise table.wrong("element", f'write the number as "5.1.1", of criteria 1 to 5, not {number!r}')
    return number


def _grade(table: Table) -> Grade | None:
    word = _text(table, "grade").lower()
    if not word:
        return None
    if word not in list(Grade):
        raise table.wrong("grade", f"{word!r} is not a grade; {nearest(word, Grade)}")
    return Grade(word)


def _by(table: Table) -> str:
    word = table.text("by", "self")
    if word not in BY:
        raise table.wrong("by", f'write "self" or "assessor", not {word!r}')
    return word


def _once(entries: Iterable[Entry]) -> None:
    """BadConfig where one element is graded twice in a year by the same side: which holds?"""
    seen: dict[tuple[str, str, str], int] = {}
    for place, each in enumerate(entries, 1):
        first = seen.setdefault((each.year, each.element, each.by), place)
        if first != place:
            said = f"{each.element} of {each.year} by {each.by} stands in elements[{first}] already"
            raise WrongKey(f"elements[{place}]: {said}; put both into one", ("elements", place))


# A file to begin with


def start_text(catalogue: Catalogue, year: str) -> str:
    """A file for a year, with a table for every element of the catalogue, commented out."""
    lines = [
        "# Grades and notes on Customer Service Excellence, kept by people from year to year.",
        "# `helpdesk evidence` shows this year's and last year's beside the evidence; it never writes here.",
        "# grade: " + ", ".join(f'"{each}"' for each in Grade) + '. by: "self" or "assessor".',
        "# Take the marks away from what you fill in; next year copy the tables and change the year.",
        "",
        f"format = {FORMAT}",
    ]
    for each in catalogue.elements:
        lines += [
            "",
            f"# {each.gist}",
            "#[[elements]]",
            f'#year = "{year}"',
            f'#element = "{each.number}"',
            '#grade = ""',
            '#by = "self"',
            '#notes = ""',
            '#said = ""',
            "#documents = []",
        ]
    return "\n".join(lines) + "\n"


def start(path: Path, catalogue: Catalogue, year: str) -> None:
    """Write a file to begin with; Refused where there is one, since people's words stand in it."""
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
    except FileExistsError:
        raise Refused(f"{path} is there already; it is yours, so it is left alone.") from None
    except OSError as error:
        raise _cannot(path, error) from None
    with open(handle, "w", encoding="utf-8") as file:
        file.write(start_text(catalogue, year))


def _cannot(path: Path, error: OSError) -> HelpdeskError:
    return BadConfig(f"{path}: can't be written ({error.strerror}). Name another place with --start.")
