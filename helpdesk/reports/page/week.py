"""The chart of the week: when contacts came, beside staffed hours, and when promises were missed (pure).

Days across, hours down, as in a timetable. The area of a square is its count, the dark square within what was missed,
and the shaded part of a cell the part of its time that was staffed: nothing rests on colour. An hour that is staffed at
times, in term but not on bank holidays, has a dashed edge.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import product
from math import sqrt

from markupsafe import Markup

from helpdesk.plurals import plural
from helpdesk.reports import words
from helpdesk.reports.contents import Heat
from helpdesk.reports.page.svg import box, drawing, label

_LEFT, _TOP, _ACROSS, _DOWN, _GAP = 56, 26, 52, 24, 2
_LARGEST = 20


@dataclass(frozen=True, slots=True)
class Cell:
    """An hour of a weekday. ``staffed`` of ``possible`` milliseconds that it had in the period."""

    received: int
    missed: int
    staffed: int
    possible: int

    @property
    def percent(self) -> int:
        """How much of its time was staffed, cut to a whole percent."""
        return self.staffed * 100 // self.possible if self.possible else 0


@dataclass(frozen=True, slots=True)
class Week:
    """The hours that are shown, with the cells of each, Monday first, and what stands out."""

    hours: tuple[tuple[int, tuple[Cell, ...]], ...]
    remarks: tuple[str, ...]


def week(heat: Heat) -> Week:
    """From the first hour in which anything came or staff were there to the last."""
    cells = [[_cell(heat, day, hour) for day in range(7)] for hour in range(24)]
    used = [hour for hour, row in enumerate(cells) if any(cell.received or cell.staffed for cell in row)]
    shown = range(min(used), max(used) + 1) if used else range(0)
    return Week(tuple((hour, tuple(cells[hour])) for hour in shown), tuple(_remarks(heat)))


def _cell(heat: Heat, day: int, hour: int) -> Cell:
    return Cell(*(cells[day][hour] for cells in (heat.received, heat.missed, heat.staffed, heat.possible)))


def _remarks(heat: Heat) -> Iterable[str]:
    places = list(product(range(7), range(24)))
    received = sum(map(sum, heat.received))
    busiest = max(places, key=lambda place: heat.received[place[0]][place[1]])
    if received:
        yield f"Busiest: {_named(busiest)}, {plural(heat.received[busiest[0]][busiest[1]], 'contact')}."
    worst = max(places, key=lambda place: heat.missed[place[0]][place[1]])
    if heat.missed[worst[0]][worst[1]]:
        yield f"Most missed: {_named(worst)}, {words.count(heat.missed[worst[0]][worst[1]])} missed."
    alone = sum(heat.received[day][hour] for day, hour in places if not heat.staffed[day][hour])
    yield f"{words.count(alone)} of {words.count(received)} contacts came in hours that were never staffed."


def _named(place: tuple[int, int]) -> str:
    day, hour = place
    return f"{words.WEEKDAYS[day]} {hours_of(hour)}"


def hours_of(hour: int) -> str:
    """ "09:00 to 10:00"."""
    return f"{hour:02}:00 to {hour + 1:02}:00"


def week_chart(name: str, title: str, shown: Week) -> Markup:
    """The squares; ``shown.remarks`` and the table beside it say the same in words."""
    most = max((cell.received for _, row in shown.hours for cell in row), default=0)
    shapes = [label(day[:3], _middle(place), _TOP - 10, anchor="middle") for place, day in enumerate(words.WEEKDAYS)]
    for row, (hour, cells) in enumerate(shown.hours):
        top = _TOP + row * _DOWN
        shapes.append(label(f"{hour:02}:00", _LEFT - 8, top + 5, anchor="end"))
        for place, cell in enumerate(cells):
            shapes += _squares(cell, _LEFT + place * _ACROSS, top, most)
    height = _TOP + len(shown.hours) * _DOWN + 6
    return drawing(name, title, " ".join(shown.remarks), _LEFT + 7 * _ACROSS, height, *shapes)


def _middle(place: int) -> float:
    return _LEFT + (place + 0.5) * _ACROSS


def _squares(cell: Cell, left: float, top: float, most: int) -> Iterable[Markup]:
    across, down = _ACROSS - _GAP, _DOWN - _GAP
    if cell.staffed < cell.possible:
        yield box("partly" if cell.staffed else "unstaffed", left + _GAP / 2, top + _GAP / 2, across, down)
    if cell.staffed:
        yield box("staffed", left + _GAP / 2, top + _GAP / 2, across * cell.staffed / cell.possible, down)
    for paint, count in (("came", cell.received), ("missed", min(cell.missed, cell.received))):
        if count:
            side = _LARGEST * sqrt(count / most)
            yield box(paint, left + (_ACROSS - side) / 2, top + (_DOWN - side) / 2, side, side)
