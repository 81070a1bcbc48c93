"""Texts about noise by zone, weekday and local hour."""

from __future__ import annotations

from datetime import date, timedelta

from helpdesk.local_days import SLOT, local_hours, midnight, span_of
from helpdesk.noise.incidents import NoiseMap
from helpdesk.ports import Sql

_WEEK = 7

_COUNTED = (
    "SELECT zone, (opened - :begins) / :slot AS slot, count(*) AS n FROM tickets"
    " WHERE library = :library AND incident IS NOT NULL AND opened >= :begins AND opened < :ends"
    " AND state NOT IN ('spam', 'muted') AND merged_into IS NULL AND instr(flags, 'test') = 0"
    " GROUP BY zone, slot"
)


def noise_map(sql: Sql, today: date, weeks: int, zone: str) -> NoiseMap:
    """The contacts of the last ``weeks`` weeks up to and with ``today``, by the hours of the IANA ``zone``.

    Left out, as from every figure: spam, muted and merged ones, and tests.
    """
    end = today + timedelta(days=1)
    begin = end - timedelta(weeks=weeks)
    begins, ends = midnight(begin, zone), midnight(end, zone)
    places = _places(begin, end, zone)
    found: dict[str, list[list[int]]] = {}
    for row in sql(_COUNTED, begins=begins, ends=ends, slot=SLOT):
        weekday, hour = places[row["slot"]]
        found.setdefault(row["zone"], [[0] * 24 for _ in range(_WEEK)])[weekday][hour] += row["n"]
    maps = {name: tuple(tuple(day) for day in week) for name, week in sorted(found.items())}
    return NoiseMap(begin=begin, end=end, unplaced=maps.pop("", _NOTHING), zones=maps)


_NOTHING = tuple((0,) * 24 for _ in range(_WEEK))


def _places(begin: date, end: date, zone: str) -> list[tuple[int, int]]:
    """Of each half hour from midnight to midnight its weekday and its local hour."""
    days = (begin + timedelta(days=n) for n in range((end - begin).days))
    return [(day.weekday(), hour) for day in days for hour in local_hours(zone, *span_of(day, zone))]
