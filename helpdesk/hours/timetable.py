"""Calendars as a library writes them: ``[calendars.NAME]`` tables of TOML, checked key by key.

::

    [calendars.main]
    zone = "Europe/London"
    from = 2026-09-01                             # leave out: from when it is published
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

    [calendars.chat]                              # the building is open, but nobody is there to chat
    zone = "Europe/London"
    closures_of = "main"                          # closed whenever main is, and in the weeks below
    week = { mon-fri = ["10:00-12:00", "14:00-18:00"] }

    [[calendars.chat.closures]]
    from = 2027-04-05
    to = 2027-04-09
    reason = "Building open, desk unstaffed"

A period may lie within another (exams within a term): the one that starts last wins. Two that start on one day, or
that overlap without one lying within the other, are refused: neither is meant to win. Every error is a BadConfig
that names the key and the remedy.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import date
from itertools import combinations, pairwise
from zoneinfo import ZoneInfo, available_timezones

from helpdesk.errors import BadConfig
from helpdesk.hours.almanac import check_nation
from helpdesk.hours.calendars import CLOSED, Closure, OneDay, Period, Rules, Spans, Week, span_from_text
from helpdesk.tables import Table, WrongKey, nearest

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_LONG = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_NUMBERS = {name: number for names in (DAYS, _LONG) for number, name in enumerate(names)}
_KNOWN = (*DAYS, *_LONG, "mon-fri", "sat-sun", "daily")


def calendars_from_toml(values: object, where: str = "calendars") -> tuple[Rules, ...]:
    """Every calendar of a file's ``[calendars.NAME]`` tables; BadConfig names the first thing that is wrong."""
    found, wrong = read_calendars(values, where)
    if wrong:
        raise wrong[0]
    return found


def read_calendars(values: object, where: str = "calendars") -> tuple[tuple[Rules, ...], tuple[BadConfig, ...]]:
    """The calendars of a file, or what is wrong with each that is wrong."""
    table = Table(where, values)
    found: dict[str, Rules] = {}
    wrong: list[BadConfig] = []
    for name in table.names():
        try:
            found[name] = rules_from_toml(name, table.value(name), where)
        except BadConfig as error:
            wrong.append(error)
    if wrong:
        return (), tuple(wrong)
    try:
        return tuple(_with_closures(rules, table.table(name), found) for name, rules in found.items()), ()
    except BadConfig as error:
        return (), (error,)


def _with_closures(rules: Rules, table: Table, every: Mapping[str, Rules]) -> Rules:
    """The calendar with the closures of the one that it names in ``closures_of``."""
    name = table.text("closures_of", "")
    if not name:
        return rules
    others = [other for other in every if other != rules.name]
    if name not in others:
        hint = nearest(name, others) if others else "leave it out"
        raise table.wrong("closures_of", f"there is no other calendar {name!r}; {hint}")
    return replace(rules, closures=(*rules.closures, *every[name].closures))


def rules_from_toml(name: str, values: object, where: str = "calendars") -> Rules:
    """One calendar from its table, without what ``closures_of`` adds."""
    table = Table(f"{where}.{name}", values, (*where.rpartition(": ")[2].split("."), name))
    table.text("closures_of", "")  # read with the whole file
    rules = Rules(
        name=name,
        zone=_zone(table),
        from_date=table.day("from") if "from" in table else None,
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
    tables = table.tables("periods")
    periods = tuple(map(_period, tables))
    for (one, earlier), (two, later) in combinations(enumerate(periods, 1), 2):
        if remedy := _clash(*sorted((earlier, later), key=lambda period: period.first)):
            place = two if later.first >= earlier.first else one
            raise WrongKey(f"{table.where}.periods: {remedy}", (*table.path, "periods", place, "from"))
    return periods


def _clash(earlier: Period, later: Period) -> str:
    """Why nobody can say which of two periods holds; "" where they lie apart, or one within the other."""
    names = f"{earlier.name!r} and {later.name!r}"
    if earlier.first == later.first:
        return f"{names} both start on {earlier.first}, so neither wins: move one of them"
    if later.first <= earlier.last < later.last:
        return (
            f"{names} overlap from {later.first} to {earlier.last}, and neither lies within the other: "
            f"end the first before {later.first}, or begin the other after {earlier.last}"
        )
    return ""


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
    for place, one in enumerate(days):
        if any(one.day == before.day for before in days[:place]):
            path = (*table.path, "days", place + 1, "date")
            raise WrongKey(f"{table.where}.days: {one.day} is written twice: leave it in one place", path)
    return days


def _one_day(table: Table) -> OneDay:
    day = OneDay(day=table.day("date"), spans=_spans(table, "hours"), reason=table.text("reason"))
    table.finish()
    return day
