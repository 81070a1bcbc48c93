"""Which column is what, and in which words: read from TOML where a table has headings and words of its own.

::

    [columns]                       # ours = "theirs"
    when = "Date created"
    text = "Question details"

    [words.channel]                 # "theirs" = ours; also [words.kind] and [words.site]
    "Web form" = "mail"

    [defaults]                      # where a cell is empty, or the column is missing
    channel = "mail"
    line = "enquiries"

    [dates]
    zone = "Europe/London"          # of times that name none; default: the library's
    order = "month first"           # 3/14/2024; default: day first
    time = "12:00"                  # of dates without a time of day; without it they are problems

    [numbers]
    country = "44"                  # of telephone numbers that begin with 0
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import time
from pathlib import Path
from types import MappingProxyType
from zoneinfo import ZoneInfo

from helpdesk.errors import BadConfig
from helpdesk.tables import Table

COLUMNS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "id": ("id", "number", "ticket", "ticket id", "ticket number", "reference"),
        "when": ("when", "opened", "created", "received", "date", "asked", "opened at", "created at", "received at"),
        "channel": ("channel", "source", "via"),
        "line": ("line", "mailbox", "queue"),
        "from": ("from", "address", "email", "e-mail", "requester email", "from address", "phone number"),
        "name": ("name", "requester", "patron", "from name", "requester name"),
        "subject": ("subject", "title"),
        "text": ("text", "question", "message", "description", "body", "details"),
        "answered": ("answered", "answered when", "first response", "replied", "answered at"),
        "answer": ("answer", "reply", "response"),
        "by": ("by", "answered by", "agent", "owner", "assignee"),
        "closed": ("closed", "closed when", "solved", "resolved", "closed at"),
        "waited": ("waited", "waiting time", "wait"),
        "tags": ("tags", "labels", "keywords"),
        "kind": ("kind", "type", "category"),
        "site": ("site", "location", "branch", "library"),
    }
)
"""What each column may be called, in any case; the first is its own name."""

WORDED = ("channel", "kind", "site", "line")
"""Columns whose words can be translated."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Dates:
    """How times are written. ``time``: of dates without a time of day, None where that is a problem."""

    zone: ZoneInfo
    month_first: bool = False
    time: time | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """How a table is read. ``columns``: theirs by ours, where they are named; ``words``: ours by column and theirs."""

    dates: Dates
    columns: Mapping[str, str] = field(default_factory=dict)
    words: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    defaults: Mapping[str, str] = field(default_factory=dict)
    country: str = "44"


def plain_plan(zone: str) -> Plan:
    """The mapping of a table with headings of ours."""
    return Plan(dates=Dates(zone=ZoneInfo(zone)))


def read_plan(file: Path, zone: str) -> Plan:
    """A mapping out of its file. BadConfig, with the key and the remedy, where it is wrong."""
    try:
        values = tomllib.loads(file.read_text("utf-8"))
    except OSError as error:
        raise BadConfig(f"{file}: can't be read ({error.strerror}).") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise BadConfig(f"{file}: is not written as TOML ({error}).") from None
    top = Table(str(file), values)
    found = Plan(
        columns=_columns(top.table("columns")),
        words=_words(top.table("words")),
        defaults=_defaults(top.table("defaults")),
        dates=_dates(top.table("dates"), zone),
        country=_country(top.table("numbers")),
    )
    top.finish()
    return found


def _columns(table: Table) -> dict[str, str]:
    found = {name: table.text(name) for name in COLUMNS if name in table}
    table.finish()
    return found


def _words(table: Table) -> dict[str, dict[str, str]]:
    found = {}
    for name in WORDED:
        if name in table:
            inner = table.table(name)
            found[name] = {folded(word): inner.text(word, "") for word in inner.names()}
    table.finish()
    return found


def _defaults(table: Table) -> dict[str, str]:
    found = {name: table.text(name) for name in ("channel", "line", "kind", "site", "tags", "by") if name in table}
    table.finish()
    return found


def _dates(table: Table, zone: str) -> Dates:
    named, order = table.text("zone", zone), table.text("order", "day first")
    at = table.text("time", "")
    try:
        place = ZoneInfo(named)
    except (KeyError, ValueError, OSError):
        raise table.wrong("zone", f'{named!r} is no time zone; write its IANA name, such as "Europe/London"') from None
    if order not in {"day first", "month first"}:
        raise table.wrong("order", f'write "day first" or "month first", not {order!r}')
    try:
        clock = time.fromisoformat(at) if at else None
    except ValueError:
        raise table.wrong("time", f'write a time of day such as "12:00", not {at!r}') from None
    table.finish()
    return Dates(zone=place, month_first=order == "month first", time=clock)


def _country(table: Table) -> str:
    code = table.text("country", "44")
    if not re.fullmatch(r"[1-9]\d{0,2}", code, re.ASCII):
        raise table.wrong("country", f'write a calling code such as "44", not {code!r}')
    table.finish()
    return code


def folded(word: str) -> str:
    """A heading or a word as it is compared: small letters, single spaces, no underscores."""
    return " ".join(word.replace("_", " ").casefold().split())
