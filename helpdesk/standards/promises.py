"""A service standard: what the library promises, whom it covers, and since when.

Published, a standard is frozen text named by its digest. :mod:`~helpdesk.standards.promise_file` reads what a library
writes; :mod:`~helpdesk.standards.published` knows which version is in force; :mod:`~helpdesk.standards.clocks` times
tickets.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import Any

from helpdesk.clock import DAY, HOUR, MINUTE, SECOND
from helpdesk.hours import WorkingDay
from helpdesk.hours.calendars import digest_of
from helpdesk.message import Channel, LineId
from helpdesk.tables import nearest

FORMAT = 1
"""The version of a standard's frozen text."""


class Measure(StrEnum):
    """What a standard times."""

    ACKNOWLEDGED = "acknowledged"
    CLAIMED = "claimed"
    ATTENDED = "attended"
    FIRST_RESPONSE = "first_response"
    NEXT_RESPONSE = "next_response"
    KEEP_INFORMED = "keep_informed"
    RESOLUTION = "resolution"


NOT_YET = frozenset({Measure.NEXT_RESPONSE, Measure.KEEP_INFORMED, Measure.RESOLUTION})
"""Measures that have a name but no clock: a standard that asks for one is refused, never mistimed."""


class Unit(StrEnum):
    """The unit a limit is written in."""

    SECONDS = "s"
    MINUTES = "min"
    HOURS = "h"
    DAYS = "days"


_MILLIS = {Unit.SECONDS: SECOND, Unit.MINUTES: MINUTE, Unit.HOURS: HOUR, Unit.DAYS: DAY}
_WORDS = {
    Unit.SECONDS: ("s", "sec", "second", "seconds"),
    Unit.MINUTES: ("min", "mins", "minute", "minutes"),
    Unit.HOURS: ("h", "hour", "hours"),
    Unit.DAYS: ("d", "day", "days"),
}
_UNITS = {word: unit for unit, words in _WORDS.items() for word in words}
_LIMIT = re.compile(r"([0-9]{1,6})\s*(working\s+)?([a-z]+)")


@dataclass(frozen=True, slots=True)
class Limit:
    """How long it may take. ``working``: only opening hours count, or only days that have some."""

    amount: int
    unit: Unit
    working: bool = False

    def __str__(self) -> str:
        unit = "day" if self.amount == 1 and self.unit is Unit.DAYS else str(self.unit)
        return f"{self.amount} working {unit}" if self.working else f"{self.amount} {unit}"

    @property
    def days(self) -> int:
        """The working days it allows; 0 where the limit is a length of time instead."""
        return self.amount if self.working and self.unit is Unit.DAYS else 0

    @property
    def millis(self) -> int:
        """The length of time in milliseconds (a day of wall time has 24 h); 0 for working days."""
        return 0 if self.days else self.amount * _MILLIS[self.unit]


def limit_from_text(text: str) -> Limit:
    """ "60 s", "15 working min", "24 h", "4 working hours", "3 working days"; ValueError for anything else."""
    match = _LIMIT.fullmatch(text.strip().lower())
    if match is None:
        raise ValueError(f'write a limit as "60 s", "15 working min", "24 h" or "3 working days", not {text!r}')
    amount, working, word = match.groups()
    if word not in _UNITS:
        raise ValueError(f"{word!r} is not a unit of time; {nearest(word, _UNITS)}")
    if int(amount) == 0:
        raise ValueError("a limit is at least 1")
    return Limit(int(amount), _UNITS[word], working is not None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """What of a ticket decides which standards cover it."""

    channel: Channel
    line: LineId
    kind: str = ""
    site: str = ""
    tags: tuple[str, ...] = ()
    test: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Covers:
    """Which tickets a standard is about. An empty field means all; of tags one in common is enough."""

    channels: tuple[str, ...] = ()
    lines: tuple[str, ...] = ()
    kinds: tuple[str, ...] = ()
    sites: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()

    def cover(self, subject: Subject) -> bool:
        """Whether a ticket is among them."""
        return (
            _among(subject.channel, self.channels)
            and _among(subject.line, self.lines)
            and _among(subject.kind, self.kinds)
            and _among(subject.site, self.sites)
            and (not self.tags or not set(self.tags).isdisjoint(subject.tags))
        )


def _among(value: str, allowed: tuple[str, ...]) -> bool:
    return not allowed or value in allowed


@dataclass(frozen=True, slots=True, kw_only=True)
class Standard:
    """One promise.

    ``name``              its key, the same through all versions
    ``title``             its wording for the public
    ``calendar``          whose opening hours count; "" where the limit is wall time
    ``share``             the share promised, in percent
    ``from_date``         the first day it holds, by the calendar's zone (UTC where there is none)
    ``until``             the last day it holds, None while it is in use
    ``counts_automatic``  whether an automatic message acknowledges (it never answers)
    ``attended_answers``  whether going there is a first response, as on a noise line
    ``source``            where the promise was published, "" if nowhere
    """

    name: str
    title: str
    measure: Measure
    limit: Limit
    calendar: str = ""
    share: float
    covers: Covers = field(default_factory=Covers)
    from_date: date
    until: date | None = None
    owner: str = ""
    source: str = ""
    counts_automatic: bool = False
    attended_answers: bool = False
    working_day: WorkingDay = WorkingDay.END

    def to_text(self) -> str:
        """Canonical JSON: the same standard gives the same bytes on any machine."""
        return json.dumps(_plain(self), ensure_ascii=False, sort_keys=True, separators=(",", ":"))

    @property
    def digest(self) -> str:
        """SHA-256 of the text, in hex: the version's name."""
        return digest_of(self.to_text())


def _plain(standard: Standard) -> dict[str, Any]:
    covers = standard.covers
    return {
        "format": FORMAT,
        "name": standard.name,
        "title": standard.title,
        "measure": standard.measure.value,
        "limit": str(standard.limit),
        "calendar": standard.calendar,
        "share": f"{standard.share:g}",
        "covers": {name: list(getattr(covers, name)) for name in COVERS},
        "from": standard.from_date.isoformat(),
        "until": standard.until.isoformat() if standard.until else None,
        "owner": standard.owner,
        "source": standard.source,
        "counts_automatic": standard.counts_automatic,
        "attended_answers": standard.attended_answers,
        "working_day": standard.working_day.value,
    }


COVERS = ("channels", "lines", "kinds", "sites", "tags")


def standard_from_text(text: str) -> Standard:
    """The standard that :meth:`Standard.to_text` wrote; ValueError for any other text."""
    plain = json.loads(text)
    if plain.get("format") != FORMAT:
        raise ValueError(f"this standard has format {plain.get('format')!r}, not {FORMAT}")
    return Standard(
        name=plain["name"],
        title=plain["title"],
        measure=Measure(plain["measure"]),
        limit=limit_from_text(plain["limit"]),
        calendar=plain["calendar"],
        share=float(plain["share"]),
        covers=Covers(**{name: tuple(plain["covers"][name]) for name in COVERS}),
        from_date=date.fromisoformat(plain["from"]),
        until=date.fromisoformat(plain["until"]) if plain["until"] else None,
        owner=plain["owner"],
        source=plain["source"],
        counts_automatic=plain["counts_automatic"],
        attended_answers=plain["attended_answers"],
        working_day=WorkingDay(plain["working_day"]),
    )
