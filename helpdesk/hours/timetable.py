"""Calendars as a library writes them: ``[calendars.NAME]`` tables of TOML, checked key by key.

::

    [calendars.main]
    zone = "Europe/London"
    bank_holidays = "england-and-wales"
    bank_holiday_hours = ["10:00-16:00"]          # leave out: closed

    [calendars.main.week]                         # a day left out is closed
    mon-thu = ["09:00-13:00", "14:00-19:00"]
    fri = "09:00-26:00"                           # until 02:00 on Saturday
    sun = "00:00-24:00"                           # round the clock

    [[calendars.main.periods]]
    name = "Summer vacation"
    from = 2027-06-21
    to = 2027-09-26
    week = { mon-fri = "10:00-16:00" }

    [[calendars.main.closures]]
    from = 2026-12-24
    to = 2027-01-03
    reason = "Winter closure"

    [[calendars.main.days]]
    date = 2026-11-14
    hours = "10:00-14:00"
    reason = "Open day"

Periods may lie within one another (exams within a term): the one that starts last wins, so two may not
start on one day. Every error is a BadConfig that names the key and the remedy.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from datetime import date
from itertools import pairwise
from zoneinfo import ZoneInfo, available_timezones

from helpdesk.errors import BadConfig
from helpdesk.hours.almanac import check_nation
from helpdesk.hours.calendars import CLOSED, Closure, OneDay, Period, Rules, Spans, Week, span_from_text
from helpdesk.tables import Table, nearest

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_LONG = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_NUMBERS = {name: number for names in (DAYS, _LONG) for number, name in enumerate(names)}
_KNOWN = (*DAYS, *_LONG, "mon-fri", "sat-sun", "daily")


def calendars_from_toml(values: object, where: str = "calendars") -> tuple[Rules, ...]:
    """Every calendar of a file's ``[calendars.NAME]`` tables."""
    table = Table(where, values)
    return tuple(rules_from_toml(name, table.value(name), where) for name in table.names())


def rules_from_toml(name: str, values: object, where: str = "calendars") -> Rules:
    """One calendar from its table."""
    table = Table(f"{where}.{name}", values)
    rules = Rules(
        name=name,
        zone=_zone(table),
        week=_week(table, "week"),
        periods=_periods(table),
        nation=_nation(table),
        holiday_spans=_spans(table, "bank_holiday_hours"),
        closures=tuple(_closure(one) for one in table.tables("closures")),
        days=_one_days(table),
    )
    table.finish()
    if rules.holiday_spans and not rules.nation:
        raise table.wrong("bank_holidays", "is missing: say whose bank holidays have these hours")
    return rules


def _zone(table: Table) -> str:
    name = table.text("zone")
    try:
        ZoneInfo(name)
    except (ValueError, OSError, KeyError):
        raise table.wrong("zone", f"{name!r} is not a time zone; {_near_zone(name)}") from None
    return name


def _near_zone(name: str) -> str:
    hint = nearest(name, available_timezones())
    return hint if hint.startswith("did") else 'write an IANA name such as "Europe/London"'


def _nation(table: Table) -> str:
    nation = table.text("bank_holidays", "")
    if nation:
        try:
            check_nation(nation)
        except BadConfig as error:
            raise table.wrong("bank_holidays", str(error)) from None
    return nation


def _spans(table: Table, key: str) -> Spans:
    """The spans under a key, in order; BadConfig where one is wrong or two overlap."""
    try:
        spans = sorted(span_from_text(text) for text in table.texts(key))
    except ValueError as error:
        raise table.wrong(key, str(error)) from None
    for earlier, later in pairwise(spans):
        if later.opens < earlier.closes:
            raise table.wrong(key, f"{earlier} and {later} overlap: write one span for both")
    return tuple(spans)


def _week(table: Table, key: str) -> Week:
    if key not in table:
        raise table.wrong(key, 'is missing: write the hours of each weekday, such as mon-fri = "09:00-17:00"')
    inner = table.table(key)
    days: dict[int, Spans] = {}
    for name in inner.names():
        spans = _spans(inner, name)
        for number in _weekdays(inner, name):
            if number in days:
                raise inner.wrong(name, f"{DAYS[number]} is written twice: leave it in one place")
            days[number] = spans
    mon, tue, wed, thu, fri, sat, sun = (days.get(number, CLOSED) for number in range(7))
    return mon, tue, wed, thu, fri, sat, sun


def _weekdays(table: Table, name: str) -> Iterable[int]:
    if name == "daily":
        return range(7)
    first, dash, last = name.partition("-")
    if first not in _NUMBERS or (dash and last not in _NUMBERS):
        raise table.wrong(name, f"is not a weekday or a range of them; {nearest(name, _KNOWN)}")
    start, end = _NUMBERS[first], _NUMBERS[last or first]
    if end < start:
        raise table.wrong(name, "runs backwards: a week starts on Monday here")
    return range(start, end + 1)


def _periods(table: Table) -> tuple[Period, ...]:
    periods = tuple(_period(one) for one in table.tables("periods"))
    for day in _twice(period.first for period in periods):
        names = " and ".join(repr(period.name) for period in periods if period.first == day)
        raise table.wrong("periods", f"{names} both start on {day}, so neither wins: move one of them")
    return periods


def _period(table: Table) -> Period:
    first, last = _dates(table)
    period = Period(name=table.text("name"), first=first, last=last, week=_week(table, "week"))
    table.finish()
    return period


def _closure(table: Table) -> Closure:
    first, last = _dates(table)
    closure = Closure(first=first, last=last, reason=table.text("reason"))
    table.finish()
    return closure


def _dates(table: Table) -> tuple[date, date]:
    first, last = table.day("from"), table.day("to")
    if last < first:
        raise table.wrong("to", f"{last} lies before the start, {first}: swap them")
    return first, last


def _one_days(table: Table) -> tuple[OneDay, ...]:
    days = tuple(_one_day(one) for one in table.tables("days"))
    for day in _twice(one.day for one in days):
        raise table.wrong("days", f"{day} is written twice: leave it in one place")
    return days


def _one_day(table: Table) -> OneDay:
    day = OneDay(day=table.day("date"), spans=_spans(table, "hours"), reason=table.text("reason"))
    table.finish()
    return day


def _twice(days: Iterable[date]) -> list[date]:
    return sorted(day for day, count in Counter(days).items() if count > 1)
