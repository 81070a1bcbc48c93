"""What the rows and marks of a page are called: months, weeks, channels, weekdays and hours in words."""

from __future__ import annotations

import re

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

_MONTH = re.compile(r"[0-9]{4}-[0-9]{2}")
_WEEK = re.compile(r"([0-9]{4})-W([0-9]{2})")


def by(key: By) -> str:
    """ "by month", "by SCONUL year" ..."""
    return f"by {HEADS.get(key, key)}"


def head(key: By) -> str:
    """ "Month", "SCONUL year" ..."""
    return HEADS.get(key, key.capitalize())


def row(key: str, by: By) -> str:
    """A group's key as a reader says it; a name that the library gave stays as it is."""
    if _MONTH.fullmatch(key):
        return words.month(key)
    if week := _WEEK.fullmatch(key):
        return f"Week {int(week[2])}, {week[1]}"
    return channel(key) if by == "channel" else words.row(key, by)


def channel(key: str) -> str:
    """A channel as a patron says it; what is none stays as it is."""
    return CHANNELS[Channel(key)] if key in CHANNELS else key


def short_month(key: str, *, with_year: bool) -> str:
    """ "2026-11" as "Nov", or as "Nov 2026"."""
    name, _, year = words.month(key).partition(" ")
    return f"{name[:3]} {year}" if with_year else name[:3]
