"""What the rows and marks of a page are called: months, weeks, channels, weekdays and hours in words."""

from __future__ import annotations

from collections.abc import Sequence

from helpdesk.message import Channel
from helpdesk.reports import words
from helpdesk.reports.period import By

CHANNELS = {
    Channel.SMS: "Text",
    Channel.MAIL: "E-mail",
    Channel.CHAT: "Chat",
    Channel.PHONE: "Phone",
    Channel.DESK: "Desk",
}

HEADS: dict[str, str] = {"sconul": "SCONUL year"}
"""What a column of groups is called, where it is not its own word."""


def by(key: By) -> str:
    """ "by month", "by SCONUL year" ..."""
    return f"by {HEADS.get(key, key)}"


def head(key: By) -> str:
    """ "Month", "SCONUL year" ..."""
    return HEADS.get(key, key.capitalize())


def rows(keys: Sequence[str], by: By) -> list[str]:
    """What groups are called, in order; a name that the library gave stays as it is."""
    match by:
        case "month":
            return [words.month(key) for key in keys]
        case "week":
            return [week(key) for key in keys]
        case "channel":
            return [channel(key) for key in keys]
    return words.rows(keys, by)


def week(key: str) -> str:
    """ "2026-W48" as "Week 48, 2026"."""
    year, _, number = key.partition("-W")
    return f"Week {int(number)}, {year}"


def channel(key: str) -> str:
    """A channel as a patron says it; what is none stays as it is."""
    return CHANNELS[Channel(key)] if key in CHANNELS else key


def short_month(key: str) -> str:
    """ "2026-11" as "Nov 2026"."""
    name, _, year = words.month(key).partition(" ")
    return f"{name[:3]} {year}"
