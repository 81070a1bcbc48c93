"""The worklist's columns: which are shown at which width. Pure; one table says it.

A column is shown where the patron's words keep ``leaves`` cells beside it and all columns that matter more. Once one
finds no room, none that matters less is shown either: what is hidden is always the end of the same list.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

GUTTER = 5
"""Cells before the first column: the bar, ✓ for selected, * for changed, ● for a patron who waits, and a blank."""

CLOCK = 13
"""The clock column's width: "due in 59 min" and "due Mon 11:00" just fit."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """One column.

    ``rank``    how much it matters, 1 the most: the highest go first as the screen narrows
    ``cells``   its width; what is left over goes to the words and a little to who wrote
    ``leaves``  how many cells of words must remain for it to be shown
    ``gap``     the blanks behind it
    """

    name: str
    head: str
    rank: int
    cells: int
    leaves: int = 0
    gap: int = 2


WORDS, WHO = "about", "who"
"""The column that takes what is left, and the one that grows a little with it."""

LEAST = 6
"""How many cells of words there always are."""

COLUMNS: tuple[Column, ...] = (
    Column(name="clock", head="DUE", rank=1, cells=CLOCK),
    Column(name="via", head="VIA", rank=5, cells=5, leaves=8, gap=1),
    Column(name=WHO, head="FROM", rank=3, cells=11),
    Column(name=WORDS, head="ABOUT", rank=2, cells=LEAST),
    Column(name="zone", head="PLACE", rank=8, cells=22, leaves=26),
    Column(name="kind", head="KIND", rank=9, cells=9, leaves=24),
    Column(name="owner", head="WITH", rank=4, cells=9, leaves=8),
    Column(name="state", head="STATE", rank=6, cells=7, leaves=26),
    Column(name="age", head="AGE", rank=7, cells=4, leaves=26),
)
"""All of them from left to right."""

GROWS = ((18, 4), (32, 5))
"""Who wrote gets so many cells more where the words keep so many."""


@dataclass(frozen=True, slots=True)
class Layout:
    """The columns that are shown in ``total`` cells, from left to right, and their widths."""

    total: int
    shown: tuple[Column, ...]
    widths: Mapping[str, int]

    def __getitem__(self, name: str) -> int:
        """How many cells a column has, 0 where it is hidden."""
        return self.widths.get(name, 0)

    @property
    def clock_at(self) -> int:
        """Where the clock column starts."""
        return GUTTER

    def at(self, name: str) -> int:
        """Where a column starts; where the row ends if it is hidden."""
        start = GUTTER
        for column in self.shown:
            if column.name == name:
                break
            start += self[column.name] + column.gap
        return min(start, self.total)


def layout(total: int) -> Layout:
    """The columns of a worklist of ``total`` cells."""
    shown: set[str] = set()
    left = total - GUTTER + 1  # the last column's gap is one cell
    for column in sorted(COLUMNS, key=lambda each: each.rank):
        taken = column.gap if column.name == WORDS else column.cells + column.gap
        if left - taken < column.leaves:
            break
        shown.add(column.name)
        left -= taken
    widths = {each.name: each.cells for each in COLUMNS if each.name in shown}
    for words, more in GROWS:
        if left - more >= words:
            widths[WHO] += more
            left -= more
    widths[WORDS] = max(left, LEAST)
    return Layout(total, tuple(each for each in COLUMNS if each.name in shown), widths)
