"""The rules of a calendar, and their frozen form.

:class:`Rules` is what a library wrote. :class:`Frozen` is what it published: the rules together with
everything the outside world had to say (the dates of bank holidays, the changes of the clock) for a
stretch of days, the horizon. Its text is canonical, so its digest names it for good; opening hours are
compiled from it alone.

Precedence, strongest first: one-off day, closure, bank holiday, period (of several the one that starts
last), default week. A span of hours belongs to the day on which it opens.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from datetime import date
from typing import Any

from helpdesk.clock import Instant
from helpdesk.hours.localtime import Shift

FORMAT = 1
"""The version of the frozen text; a reader refuses any other."""

FULL_DAY = 24 * 60
LATEST = 48 * 60


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """Open from ``opens`` until just before ``closes``, in minutes of wall time since the day began.

    ``closes`` may lie past midnight, up to 48:00 (2880).
    """

    opens: int
    closes: int

    def __str__(self) -> str:
        return f"{_clock_face(self.opens)}-{_clock_face(self.closes)}"


Spans = tuple[Span, ...]
Week = tuple[Spans, Spans, Spans, Spans, Spans, Spans, Spans]
"""Monday first."""

CLOSED: Spans = ()
ROUND_THE_CLOCK: Spans = (Span(0, FULL_DAY),)


def _clock_face(minutes: int) -> str:
    return f"{minutes // 60:02}:{minutes % 60:02}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Period:
    """A stretch of the year with a week of its own: term, vacation, exams. Both dates are included."""

    name: str
    first: date
    last: date
    week: Week


@dataclass(frozen=True, slots=True, kw_only=True)
class Closure:
    """Closed from ``first`` to ``last``, both included."""

    first: date
    last: date
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class OneDay:
    """A single day with hours of its own; no spans: closed."""

    day: date
    spans: Spans
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Holiday:
    """A bank holiday, as the almanac named it when the calendar was published."""

    day: date
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Rules:
    """A calendar as its library wrote it.

    ``zone``           an IANA name
    ``nation``         whose bank holidays count ("england-and-wales", "PT", "DE-BY"), "" for none
    ``holiday_spans``  the hours on those days; none: closed
    ``from_date``      the first day that this version counts, None: from when it is published
    """

    name: str
    zone: str
    week: Week
    periods: tuple[Period, ...] = ()
    nation: str = ""
    holiday_spans: Spans = CLOSED
    closures: tuple[Closure, ...] = ()
    days: tuple[OneDay, ...] = ()
    from_date: date | None = None


def always_open(name: str = "always", zone: str = "UTC") -> Rules:
    """A calendar that never closes: the demo's, and that of a service staffed round the clock."""
    return Rules(name=name, zone=zone, week=(ROUND_THE_CLOCK,) * 7)


@dataclass(frozen=True, slots=True, kw_only=True)
class Frozen:
    """A calendar as published: nothing outside it is asked again.

    ``first``, ``last``  the horizon, both days included
    ``holidays``         the nation's bank holidays within it, in order
    ``shifts``           the zone's offsets from UTC from before the first day to after the last
    """

    rules: Rules
    first: date
    last: date
    holidays: tuple[Holiday, ...]
    shifts: tuple[Shift, ...]

    def to_text(self) -> str:
        """Canonical JSON: the same calendar gives the same bytes on any machine."""
        return json.dumps(_plain(self), ensure_ascii=False, sort_keys=True, separators=(",", ":"))

    @property
    def digest(self) -> str:
        """SHA-256 of the text, in hex: the calendar's name among all published versions."""
        return digest_of(self.to_text())


def digest_of(text: str) -> str:
    """SHA-256 of a canonical text, in hex."""
    return hashlib.sha256(text.encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class Plan:
    """What a day looks like, and why."""

    spans: Spans
    reason: str


class Planner:
    """Says of any day of the horizon when it is open, by the order of precedence."""

    def __init__(self, frozen: Frozen) -> None:
        self._rules = frozen.rules
        self._days = {one.day: Plan(one.spans, one.reason) for one in frozen.rules.days}
        spans = frozen.rules.holiday_spans
        self._holidays = {holiday.day: Plan(spans, holiday.name) for holiday in frozen.holidays}
        self._periods = sorted(frozen.rules.periods, key=lambda period: period.first, reverse=True)

    def plan(self, day: date) -> Plan:
        """The spans that open on ``day`` and the rule that said so."""
        return self._days.get(day) or self._closed(day) or self._holidays.get(day) or self._weekly(day)

    def _closed(self, day: date) -> Plan | None:
        for closure in self._rules.closures:
            if closure.first <= day <= closure.last:
                return Plan(CLOSED, closure.reason)
        return None

    def _weekly(self, day: date) -> Plan:
        for period in self._periods:
            if period.first <= day <= period.last:
                return Plan(period.week[day.weekday()], period.name)
        return Plan(self._rules.week[day.weekday()], "default week")


# The frozen text. Written out field by field: a renamed attribute must not change what was published.


def _plain(frozen: Frozen) -> dict[str, Any]:
    rules = frozen.rules
    begins = {"from": _iso(rules.from_date)} if rules.from_date else {}
    return begins | {
        "format": FORMAT,
        "name": rules.name,
        "zone": rules.zone,
        "week": _plain_week(rules.week),
        "periods": [
            {"name": p.name, "from": _iso(p.first), "to": _iso(p.last), "week": _plain_week(p.week)}
            for p in rules.periods
        ],
        "nation": rules.nation,
        "holiday_spans": _plain_spans(rules.holiday_spans),
        "closures": [{"from": _iso(c.first), "to": _iso(c.last), "reason": c.reason} for c in rules.closures],
        "days": [{"date": _iso(d.day), "spans": _plain_spans(d.spans), "reason": d.reason} for d in rules.days],
        "first": _iso(frozen.first),
        "last": _iso(frozen.last),
        "holidays": [[_iso(holiday.day), holiday.name] for holiday in frozen.holidays],
        "shifts": [[shift.since, shift.offset] for shift in frozen.shifts],
    }


def _iso(day: date) -> str:
    return day.isoformat()


def _plain_spans(spans: Spans) -> list[str]:
    return [str(span) for span in spans]


def _plain_week(week: Week) -> list[list[str]]:
    return [_plain_spans(spans) for spans in week]


def frozen_from_text(text: str) -> Frozen:
    """The calendar that :meth:`Frozen.to_text` wrote; ValueError for any other text."""
    plain = json.loads(text)
    if plain.get("format") != FORMAT:
        raise ValueError(f"this calendar has format {plain.get('format')!r}, not {FORMAT}")
    return Frozen(
        rules=_rules(plain),
        first=date.fromisoformat(plain["first"]),
        last=date.fromisoformat(plain["last"]),
        holidays=tuple(Holiday(day=date.fromisoformat(day), name=name) for day, name in plain["holidays"]),
        shifts=tuple(Shift(Instant(since), offset) for since, offset in plain["shifts"]),
    )


def _rules(plain: dict[str, Any]) -> Rules:
    return Rules(
        name=plain["name"],
        zone=plain["zone"],
        week=_week(plain["week"]),
        periods=tuple(
            Period(name=p["name"], first=_day(p["from"]), last=_day(p["to"]), week=_week(p["week"]))
            for p in plain["periods"]
        ),
        nation=plain["nation"],
        holiday_spans=_spans(plain["holiday_spans"]),
        closures=tuple(
            Closure(first=_day(c["from"]), last=_day(c["to"]), reason=c["reason"]) for c in plain["closures"]
        ),
        days=tuple(OneDay(day=_day(d["date"]), spans=_spans(d["spans"]), reason=d["reason"]) for d in plain["days"]),
        from_date=_day(plain["from"]) if "from" in plain else None,
    )


def _day(text: str) -> date:
    return date.fromisoformat(text)


def _spans(texts: list[str]) -> Spans:
    return tuple(span_from_text(text) for text in texts)


def _week(texts: list[list[str]]) -> Week:
    mon, tue, wed, thu, fri, sat, sun = map(_spans, texts)
    return mon, tue, wed, thu, fri, sat, sun


def span_from_text(text: str) -> Span:
    """A span written "09:00-17:30"; ValueError, in words for the person who wrote it, if it is not one."""
    opens, dash, closes = (part.strip() for part in text.partition("-"))
    if not dash:
        raise ValueError(f'write hours as "09:00-17:30", not {text!r}')
    span = Span(_minutes(opens), _minutes(closes))
    if span.opens >= FULL_DAY:
        raise ValueError(f"{text!r} opens after its day has ended: put it on the next day")
    if span.closes <= span.opens:
        raise ValueError(f"{text!r} ends before it starts: for a span past midnight count on (22:00-26:00)")
    return span


def _minutes(text: str) -> int:
    hours, colon, minutes = text.partition(":")
    digits = hours.isascii() and hours.isdigit() and len(hours) <= 2
    if not (colon and digits and minutes.isascii() and minutes.isdigit() and len(minutes) == 2):
        raise ValueError(f'write a time as "09:00", not {text!r}')
    total = int(hours) * 60 + int(minutes)
    if int(minutes) > 59 or total > LATEST:
        raise ValueError(f"{text!r} is not a time between 00:00 and 48:00")
    return total
