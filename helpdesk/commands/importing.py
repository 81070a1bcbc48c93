"""Reads a table of opening hours or a file of closures for `helpdesk hours import`."""

from __future__ import annotations

import os
import tomllib
from datetime import date
from pathlib import Path
from zoneinfo import ZoneInfo

from helpdesk.errors import BadConfig, Refused
from helpdesk.hours.closures_file import read_closures
from helpdesk.hours.opening_table import read_table
from helpdesk.hours.timetable import calendars_from_toml
from helpdesk.hours.written import calendars_text, closures_text
from helpdesk.rulebook import YEARS_AHEAD, YEARS_BACK

LARGEST = 5_000_000
"""The largest file that is read, in bytes: a table of hours has a thousandth of it."""


def as_toml(file: Path, *, zone: str, calendar: str, whole_days: bool, today: date) -> tuple[str, tuple[str, ...]]:
    """The file as TOML, and what was left out of it, in words; BadConfig, a line for each that is wrong."""
    try:
        place = ZoneInfo(zone)
    except (KeyError, ValueError, OSError):
        raise BadConfig(f'--zone: {zone!r} is not a time zone; write its IANA name, such as "Europe/London".') from None
    text = _text(file)
    match file.suffix.lower():
        case ".csv" | ".tsv" | ".txt":
            written = calendars_text(read_table(text, str(file)), zone=zone, source=file.name)
            calendars_from_toml(tomllib.loads(written)["calendars"])  # what is handed over can be read
            return written, ()
        case ".ics" | ".ical":
            first, last = date(today.year - YEARS_BACK, 1, 1), date(today.year + YEARS_AHEAD, 12, 31)
            found = read_closures(text, str(file), zone=place, first=first, last=last, whole_days=whole_days)
            return closures_text(found.closures, calendar=calendar, source=file.name), found.left_out
        case other:
            raise Refused(f"{file}: {other or 'a file without an ending'} is not known. Name a .csv or an .ics file.")


def _text(file: Path) -> str:
    try:
        content = file.read_bytes()
    except OSError as error:
        raise BadConfig(f"{file}: can't be read ({error.strerror}).") from None
    if len(content) > LARGEST:
        raise BadConfig(f"{file}: has {len(content):,} bytes, and {LARGEST:,} is the most: is it the right file?")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return content.decode("cp1252", errors="replace")  # what spreadsheets write where they are not told otherwise


def keep(out: Path, text: str) -> None:
    """Write a new file; Refused where there is one already, so that nothing is lost."""
    try:
        handle = os.open(out, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o644)
    except FileExistsError:
        raise Refused(f"{out} is there already, and is kept. Name another file.") from None
    except OSError as error:
        raise BadConfig(f"{out}: can't be written ({error.strerror}).") from None
    with open(handle, "w", encoding="utf-8") as file:
        file.write(text)
