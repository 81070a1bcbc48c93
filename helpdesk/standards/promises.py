"""A service standard: what the library promises, whom it covers, and since when.

Published, a standard is frozen text named by its digest. :mod:`~helpdesk.standards.promise_file` reads what a library
writes; :mod:`~helpdesk.standards.published` knows which version is in force; :mod:`~helpdesk.standards.clocks` times
tickets.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from enum import StrEnum
from typing import Any

from helpdesk.clock import DAY, HOUR, MINUTE, SECOND
from helpdesk.events import Fact
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
_SHIFT = re.compile(r"(?:within\s+)?([0-9]{1,6})\s*([a-z]+)\s+(?:of|in)\s+the\s+next\s+(?:staffed\s+)?shift")
_SAME_DAY = re.compile(r"(?:the\s+)?same\s+day\s+if\s+before\s+([0-9]{1,2}):([0-9]{2})")


class Manner(StrEnum):
    """How a limit says until when.

    ``LENGTH``       a length of time, or so many working days
    ``NEXT_SHIFT``   a length of opening hours, which a contact out of hours has from the next opening on
    ``SAME_DAY``     by the end of the working day if the contact came before a time of day, else of the next one
    ``AS_PROMISED``  by the moment that was promised to the patron
    """

    LENGTH = "length"
    NEXT_SHIFT = "next shift"
    SAME_DAY = "same day"
    AS_PROMISED = "as promised"


@dataclass(frozen=True, slots=True)
class Limit:
    """How long it may take.

    ``amount``, ``unit``  the length; of ``SAME_DAY`` the time of day, in minutes since midnight; of ``AS_PROMISED`` 0
    ``working``           only opening hours count, or only days that have some
    """

    amount: int
    unit: Unit
    working: bool = False
    manner: Manner = Manner.LENGTH

    def __str__(self) -> str:
        match self.manner:
            case Manner.AS_PROMISED:
                return "as promised"
            case Manner.SAME_DAY:
                return f"same day if before {self.amount // 60:02}:{self.amount % 60:02}"
            case Manner.NEXT_SHIFT:
                return f"{self.amount} {self.unit} of the next shift"
            case Manner.LENGTH:
                unit = "day" if self.amount == 1 and self.unit is Unit.DAYS else str(self.unit)
                return f"{self.amount} working {unit}" if self.working else f"{self.amount} {unit}"

    @property
    def days(self) -> int:
        """The working days it allows; 0 where the limit is a length of time or a moment instead."""
        return self.amount if self.working and self.unit is Unit.DAYS else 0

    @property
    def millis(self) -> int:
        """The length of time in milliseconds (a day of wall time has 24 h); 0 where it is not a length."""
        if self.manner is Manner.SAME_DAY or self.days:
            return 0
        return self.amount * _MILLIS[self.unit]

    @property
    def before(self) -> int:
        """Of ``SAME_DAY`` the time of day, in milliseconds since midnight; otherwise 0."""
        return self.amount * MINUTE if self.manner is Manner.SAME_DAY else 0


AS_PROMISED = Limit(0, Unit.SECONDS, manner=Manner.AS_PROMISED)


def limit_from_text(text: str) -> Limit:
    """What :class:`Limit` writes, and what people write for it; ValueError, in words for them, for anything else.

    "60 s", "15 working min", "24 h", "4 working hours", "3 working days", "same day if before 16:00",
    "2 h of the next shift", "as promised".
    """
    said = " ".join(text.lower().split())
    if said == str(AS_PROMISED):
        return AS_PROMISED
    if match := _SAME_DAY.fullmatch(said):
        return _same_day(int(match[1]), int(match[2]))
    if match := _SHIFT.fullmatch(said):
        return _next_shift(match[1], match[2])
    match = _LIMIT.fullmatch(said)
    if match is None:
        raise ValueError(f"{_WRITE}, not {text!r}")
    amount, working, word = match.groups()
    return Limit(_amount(amount), _unit(word), working is not None)


_WRITE = (
    'write a limit as "60 s", "15 working min", "24 h", "3 working days", "same day if before 16:00",'
    ' "2 h of the next shift" or "as promised"'
)


def _same_day(hour: int, minute: int) -> Limit:
    if minute > 59 or not 0 < hour * 60 + minute < 24 * 60:
        raise ValueError(f"{hour:02}:{minute:02} is not a time of day: write one from 00:01 to 23:59")
    return Limit(hour * 60 + minute, Unit.MINUTES, working=True, manner=Manner.SAME_DAY)


def _next_shift(amount: str, word: str) -> Limit:
    unit = _unit(word)
    if unit is Unit.DAYS:
        raise ValueError("a shift has no days: write hours or minutes, or a limit in working days")
    return Limit(_amount(amount), unit, working=True, manner=Manner.NEXT_SHIFT)


def _amount(digits: str) -> int:
    if int(digits) == 0:
        raise ValueError("a limit is at least 1")
    return int(digits)


def _unit(word: str) -> Unit:
    if word not in _UNITS:
        raise ValueError(f"{word!r} is not a unit of time; {nearest(word, _UNITS)}")
    return _UNITS[word]


class LeftEarly(StrEnum):
    """What becomes of a chat whose visitor leaves unanswered within the limit.

    ``APART``   a column of its own, outside the share
    ``MISSED``  a miss
    """

    APART = "apart"
    MISSED = "missed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """What of a ticket decides which standards cover it."""

    channel: Channel
    line: LineId
    kind: str = ""
    site: str = ""
    tags: tuple[str, ...] = ()
    test: bool = False

    def told(self, data: Mapping[str, Fact]) -> Subject:
        """As the message came that a fact tells of: by mail, say, in a chat that goes on so."""
        channel, line = data.get("channel"), data.get("line")
        named = isinstance(channel, str) and isinstance(line, str)
        return replace(self, channel=Channel(str(channel)), line=LineId(str(line))) if named else self


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
    ``left_early``        what becomes of a chat that was left unanswered within the limit
    ``solved_answers``    whether solving ends an exchange that needed no reply ("Thanks!")
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
    left_early: LeftEarly = LeftEarly.APART
    solved_answers: bool = False
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
    plain = {
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
    # Options that came later are written only where they are chosen: what was published before keeps its digest.
    if standard.left_early is not LeftEarly.APART:
        plain["left_early"] = standard.left_early.value
    if standard.solved_answers:
        plain["solved_answers"] = True
    return plain


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
        left_early=LeftEarly(plain.get("left_early", LeftEarly.APART)),
        solved_answers=plain.get("solved_answers", False),
        working_day=WorkingDay(plain["working_day"]),
    )
