"""What texts told of noise, as a page shows it: zones and weekdays by hour, as maps of numbers (pure).

A map is a table: each number stands in its cell, for everybody; the ground behind it, in five steps up to the loudest
cell, only helps the eye.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import product

from helpdesk.reports import words
from helpdesk.reports.contents import Noise, ZoneNoise
from helpdesk.reports.hiding import Shown

LEVELS = 5

SHADED = "The stronger the ground, the nearer to the loudest number of its table."


@dataclass(frozen=True, slots=True)
class Cell:
    """A count, None where it is not shown; ``level``: how loud, from 1 to :data:`LEVELS`, 0 for nothing to show."""

    count: int | None
    level: int = 0


@dataclass(frozen=True, slots=True)
class MapRow:
    """A zone or a weekday with the counts of its hours, and of all of them."""

    name: str
    cells: tuple[Cell, ...]
    total: int | None


@dataclass(frozen=True, slots=True)
class Place:
    """A zone, or all of them, with the hour of the week in which most texts told of it."""

    name: str
    noise: ZoneNoise
    loudest: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Loudness:
    """The section about noise. ``zones`` ends with all of them; without a text it is empty, and so is the rest."""

    said: tuple[str, ...]
    zones: tuple[Place, ...] = ()
    hours: tuple[str, ...] = ()
    map: tuple[MapRow, ...] = ()
    week: tuple[MapRow, ...] = ()
    legend: str = ""
    kinds: str = ""
    outcomes: str = ""
    not_people: str = words.NOT_PEOPLE


def loudness(found: Noise) -> Loudness:
    """What an internal report tells of noise: nothing is hidden in it."""
    said, total = tuple(words.noise(found)), found.total
    if not total.told:
        return Loudness(said=said)
    shown = used([total.by_hour])
    told = [each for each in (*found.zones, found.unplaced) if each.told]
    heard = [*found.zones, *([found.unplaced] if found.unplaced.told or found.unplaced.heard else [])]
    return Loudness(
        said=said,
        zones=(
            *(Place(words.zone(each), each, _loudest(each)) for each in heard),
            Place("In all", total, _loudest(total)),
        ),
        hours=tuple(f"{hour:02}" for hour in shown),
        map=_rows([words.zone(each) for each in told], [each.by_hour for each in told], shown),
        week=_rows(words.WEEKDAYS, total.texts, shown),
        legend=f"Texts that came in during the hour named. {SHADED}",
        kinds=words.counted(total.kinds, words.NOISES),
        outcomes=words.counted(total.outcomes, words.OUTCOMES),
    )


def used(rows: Sequence[Sequence[int | None]]) -> range:
    """From the first hour with anything in it, or with anything hidden, to the last."""
    hours = [hour for hour in range(24) if any(row[hour] != 0 for row in rows)]
    return range(min(hours), max(hours) + 1) if hours else range(0)


@dataclass(frozen=True, slots=True)
class PublicMap:
    """Zones by hour as the public may see them, with all of them at the end. ``hides``: whether anything is."""

    hours: tuple[str, ...]
    rows: tuple[MapRow, ...]
    hides: bool
    legend: str = SHADED


def public_map(found: Noise, seen: Shown) -> PublicMap | None:
    """What may be published of :func:`~helpdesk.reports.suppression.noise`; None where no count could be told."""
    if not any(count for row in seen.cells for count in row):
        return None
    shown = used([*seen.cells, seen.columns])
    names = [words.zone(each) for each in (*found.zones, found.unplaced)]
    rows = _rows(names, seen.cells, shown, seen.rows)
    every = MapRow("All", tuple(Cell(seen.columns[hour]) for hour in shown), seen.total)
    return PublicMap(
        hours=tuple(f"{hour:02}" for hour in shown),
        rows=(*(row for row in rows if row.total != 0), every),
        hides=any(None in (row.total, *(cell.count for cell in row.cells)) for row in (*rows, every)),
    )


def _rows(
    names: Sequence[str],
    counts: Sequence[Sequence[int | None]],
    shown: range,
    totals: Sequence[int | None] = (),
) -> tuple[MapRow, ...]:
    most = max((row[hour] or 0 for row in counts for hour in shown), default=0)
    every = totals or [sum(n or 0 for n in row) for row in counts]
    return tuple(
        MapRow(name, tuple(_cell(row[hour], most) for hour in shown), total)
        for name, row, total in zip(names, counts, every, strict=True)
    )


def _cell(count: int | None, most: int) -> Cell:
    return Cell(count, -(-count * LEVELS // most) if count else 0)


def _loudest(found: ZoneNoise) -> str:
    """ "Thu 14:00 (12)": of several the first of the week."""
    day, hour = max(product(range(7), range(24)), key=lambda place: found.texts[place[0]][place[1]])
    most = found.texts[day][hour]
    return f"{words.WEEKDAYS[day][:3]} {hour:02}:00 ({words.count(most)})" if most else words.NOTHING
