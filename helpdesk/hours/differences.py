"""What differs between two versions of a calendar, in words that a person can check against the file.

Only days that both versions know are compared: that the later one reaches further says one line.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from datetime import date
from itertools import groupby
from typing import TypeVar

from helpdesk.hours.calendars import Closure, Frozen, OneDay, Period, Spans, Week

T = TypeVar("T", Period, Closure, OneDay)

_WEEKDAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")


def described(frozen: Frozen) -> tuple[str, ...]:
    """A calendar in words, a line each: its week, periods, bank holidays, closures and days."""
    rules = frozen.rules
    begins = (f"from {day_text(rules.from_date)}",) if rules.from_date else ()
    nation = f"bank holidays of {rules.nation}: {spans_text(rules.holiday_spans)}" if rules.nation else ""
    return (
        *begins,
        f"zone {rules.zone}",
        week_text(rules.week),
        *(_period(period) for period in rules.periods),
        nation or "no bank holidays",
        *(_closure(closure) for closure in rules.closures),
        *(_one_day(day) for day in rules.days),
    )


def differences(old: Frozen, new: Frozen) -> tuple[str, ...]:
    """What publishing ``new`` after ``old`` changes, a line each; () where nothing."""
    return tuple(_differences(old, new))


def _differences(old: Frozen, new: Frozen) -> Iterator[str]:
    before, after = old.rules, new.rules
    if before.from_date != after.from_date:
        yield f"from {_begins(before.from_date)} -> {_begins(after.from_date)}"
    if before.zone != after.zone:
        yield f"zone {before.zone} -> {after.zone}"
    yield from _weeks(before.week, after.week)
    yield from _listed(before.periods, after.periods, lambda period: period.name, _period)
    if before.nation != after.nation:
        yield f"bank holidays {before.nation or 'none'} -> {after.nation or 'none'}"
    if before.holiday_spans != after.holiday_spans:
        spans = spans_text(before.holiday_spans), spans_text(after.holiday_spans)
        yield f"hours on bank holidays {spans[0]} -> {spans[1]}"
    yield from _listed(before.closures, after.closures, lambda closure: closure.reason, _closure)
    yield from _listed(before.days, after.days, lambda one: one.day, _one_day)
    yield from _holidays(old, new)
    yield from _horizon(old, new)


def _begins(day: date | None) -> str:
    return day_text(day) if day else "its publishing"


def _weeks(old: Week, new: Week) -> Iterator[str]:
    """The days that differ; neighbours that change alike in one line."""
    changes = [(number, pair) for number, pair in enumerate(zip(old, new, strict=True)) if pair[0] != pair[1]]
    for pair, run in groupby(changes, key=lambda change: change[1]):
        days = [number for number, _ in run]
        for first, last in _runs(days):
            yield f"{_days(first, last)} {spans_text(pair[0])} -> {spans_text(pair[1])}"


def _runs(numbers: Iterable[int]) -> Iterator[tuple[int, int]]:
    """Ascending numbers as (first, last) of each run without a gap."""
    for _, run in groupby(enumerate(numbers), key=lambda item: item[1] - item[0]):
        found = [number for _, number in run]
        yield found[0], found[-1]


def _listed(old: Iterable[T], new: Iterable[T], key: Callable[[T], object], words: Callable[[T], str]) -> Iterator[str]:
    """What came, went or changed of periods, closures and days. Of one ``key`` the first is changed to the first."""
    before, after = list(old), list(new)
    came = [item for item in after if item not in before]
    for was in [item for item in before if item not in after]:
        becomes = next((item for item in came if key(item) == key(was)), None)
        if becomes is None:
            yield f"{words(was)}: gone"
        else:
            came.remove(becomes)
            yield f"{words(was)} -> {words(becomes)}"
    yield from (f"{words(item)}: new" for item in came)


def _holidays(old: Frozen, new: Frozen) -> Iterator[str]:
    """The bank holidays that differ in days that both versions know; many of them as a number."""
    if old.rules.nation != new.rules.nation:
        return
    first, last = max(old.first, new.first), min(old.last, new.last)
    before, after = (
        {holiday.day: holiday.name for holiday in each.holidays if first <= holiday.day <= last} for each in (old, new)
    )
    changed = sorted(before.items() ^ after.items())
    for day in sorted({day for day, _ in changed})[:_NAMED]:
        was, becomes = before.get(day), after.get(day)
        name = f"{was} -> {becomes}" if was and becomes else f"{becomes}, new" if becomes else f"{was}, gone"
        yield f"bank holiday {day_text(day)}: {name}"
    if (more := len({day for day, _ in changed}) - _NAMED) > 0:
        yield f"{more} more bank holidays changed"


_NAMED = 6
"""How many bank holidays are told one by one."""


def _horizon(old: Frozen, new: Frozen) -> Iterator[str]:
    if new.first < old.first:  # the years that a draft leaves out stay known by what is published
        yield f"known from {day_text(old.first)} -> {day_text(new.first)}"
    if old.last != new.last:
        yield f"known until {day_text(old.last)} -> {day_text(new.last)}"
    first, last = max(old.first, new.first), min(old.last, new.last)
    if old.rules.zone == new.rules.zone and first <= last and _changes(old, first, last) != _changes(new, first, last):
        yield f"the clock changes of {new.rules.zone} differ: the time zone data is newer"


def _changes(frozen: Frozen, first: date, last: date) -> list[tuple[int, int]]:
    """The changes of the clock within some days, a day's margin left out at either end."""
    low, high = ((day.toordinal() - _EPOCH) * 86_400_000 for day in (first, last))
    pairs = [(shift.since, shift.offset) for shift in frozen.shifts]
    return [pair for pair in pairs if low < pair[0] < high]


_EPOCH = date(1970, 1, 1).toordinal()


# Words


def day_text(day: date) -> str:
    """ "24 Dec 2026"."""
    return f"{day.day} {day:%b %Y}"


def days_text(first: date, last: date) -> str:
    """ "24 Dec 2026-3 Jan 2027", "3-14 May 2026", "14 Nov 2026"; both days are included."""
    if first == last:
        return day_text(first)
    if (first.year, first.month) == (last.year, last.month):
        return f"{first.day}-{day_text(last)}"
    start = f"{first.day} {first:%b}" if first.year == last.year else day_text(first)
    return f"{start}-{day_text(last)}"


def spans_text(spans: Spans) -> str:
    """ "09:00-13:00, 14:00-17:00", "closed"."""
    return ", ".join(map(str, spans)) or "closed"


def week_text(week: Week) -> str:
    """ "Mon-Fri 09:00-17:00; Sat-Sun closed"."""
    runs = [(spans, [number for number, _ in run]) for spans, run in groupby(enumerate(week), key=lambda day: day[1])]
    return "; ".join(f"{_days(days[0], days[-1])} {spans_text(spans)}" for spans, days in runs)


def _days(first: int, last: int) -> str:
    return _WEEKDAYS[first] if first == last else f"{_WEEKDAYS[first]}-{_WEEKDAYS[last]}"


def _period(period: Period) -> str:
    return f"period {period.name} {days_text(period.first, period.last)} ({week_text(period.week)})"


def _closure(closure: Closure) -> str:
    return f"closure {days_text(closure.first, closure.last)} ({closure.reason})"


def _one_day(one: OneDay) -> str:
    return f"day {day_text(one.day)} {spans_text(one.spans)} ({one.reason})"
