"""What the outside world knows of dates: bank holidays and the changes of the clock.

Asked once, when a calendar is published; the answers become part of its frozen text. Nothing but
publishing and checking imports this module, so that a newer ``holidays`` or tzdata changes no figure.
"""

from __future__ import annotations

import difflib
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

import holidays

from helpdesk.clock import Instant, instant, moment
from helpdesk.errors import BadConfig
from helpdesk.hours.calendars import Frozen, Holiday, Rules
from helpdesk.hours.localtime import Shift
from helpdesk.tables import nearest

NATIONS = {
    "england-and-wales": ("GB", "ENG"),
    "scotland": ("GB", "SCT"),
    "northern-ireland": ("GB", "NIR"),
}
"""The nations with a name of their own. Plain GB mixes them and is refused."""

_SUBSTITUTE_WITHIN = timedelta(days=7)


def freeze(rules: Rules, first: date, last: date) -> Frozen:
    """The calendar with everything it needs for ``first`` to ``last``, both included."""
    if last < first:
        raise BadConfig(f"calendar {rules.name!r}: the horizon ends ({last}) before it starts ({first})")
    return Frozen(
        rules=rules,
        first=first,
        last=last,
        holidays=bank_holidays(rules.nation, first, last) if rules.nation else (),
        shifts=shifts(ZoneInfo(rules.zone), first, last),
    )


def check_nation(nation: str) -> None:
    """BadConfig, with the nearest known name, if the almanac has no such nation."""
    _place(nation)


def bank_holidays(nation: str, first: date, last: date) -> tuple[Holiday, ...]:
    """The bank holidays of a nation from ``first`` to ``last``.

    ``holidays`` lists a holiday that falls on a weekend beside its substitute. Only the substitute is the
    bank holiday then: Boxing Day 2026, a Saturday, is taken on Monday 28 December. A weekend holiday that
    has no substitute stays.
    """
    country, subdivision = _place(nation)
    years = range(first.year - 1, last.year + 2)
    every = _dates(country, subdivision, years, observed=True)
    proper = _dates(country, subdivision, years, observed=False)
    moved = {day: name for day, name in every.items() if day not in proper}
    return tuple(
        Holiday(day=day, name=name)
        for day, name in sorted(every.items())
        if first <= day <= last and not _is_moved(day, name, moved)
    )


def _place(nation: str) -> tuple[str, str | None]:
    if nation in NATIONS:
        return NATIONS[nation]
    country, _, subdivision = nation.partition("-")
    countries = holidays.list_supported_countries()
    if country == "GB" or country not in countries:
        raise BadConfig(f"no bank holidays are known for {nation!r}; {_nearest_nation(nation)}")
    if subdivision and subdivision not in countries[country]:
        raise BadConfig(f"{country} has no part {subdivision!r}; {nearest(subdivision, countries[country])}")
    return country, subdivision or None


def _nearest_nation(nation: str) -> str:
    close = difflib.get_close_matches(nation.lower(), NATIONS, n=1, cutoff=0.5)
    if close:
        return f"did you mean {close[0]!r}?"
    return f"use one of {', '.join(NATIONS)}, or a code such as PT or DE-BY"


def _dates(country: str, subdivision: str | None, years: range, *, observed: bool) -> dict[date, str]:
    """Every holiday with its name in the country's own language, never in that of the machine's settings."""
    language = holidays.country_holidays(country, subdiv=subdivision).default_language
    found = holidays.country_holidays(country, subdiv=subdivision, years=years, observed=observed, language=language)
    return dict(found.items())


def _is_moved(day: date, name: str, moved: dict[date, str]) -> bool:
    """Whether a weekend day has a substitute near by. The substitute's name contains its own."""
    if day.weekday() < 5 or day in moved:
        return False
    return any(abs(other - day) <= _SUBSTITUTE_WITHIN and name in substitute for other, substitute in moved.items())


@lru_cache(maxsize=64)
def shifts(zone: ZoneInfo, first: date, last: date) -> tuple[Shift, ...]:
    """The zone's offsets from two days before ``first`` to three after ``last``: every change, to the second."""
    at = instant(datetime.combine(first, time(), UTC)) - 2 * _DAY
    end = instant(datetime.combine(last, time(), UTC)) + 3 * _DAY
    found = [Shift(Instant(at), _offset(zone, at))]
    while at < end:
        if _offset(zone, at + _DAY) != found[-1].offset:
            turn = _turn(zone, at, at + _DAY)
            found.append(Shift(Instant(turn), _offset(zone, turn)))
        at += _DAY
    return tuple(found)


_DAY = 86_400_000


def _offset(zone: ZoneInfo, when: int) -> int:
    offset = moment(Instant(when)).astimezone(zone).utcoffset()
    assert offset is not None  # an aware time has one
    return offset // timedelta(milliseconds=1)


def _turn(zone: ZoneInfo, low: int, high: int) -> int:
    """The first second of the new offset, between ``low`` (old) and ``high`` (new)."""
    old = _offset(zone, low)
    while high - low > 1000:
        middle = (low + high) // 2000 * 1000
        low, high = (middle, high) if _offset(zone, middle) == old else (low, middle)
    return high
