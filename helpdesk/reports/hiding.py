"""Which counts of a table must not be shown, so that no small one can be read or worked out.

Hidden are counts from 1 up to, not including, ``small``. A hidden count must not come back by subtraction from rows,
columns and totals, so further counts are hidden beside it: as few and as small as will do, until another table that
shows the same numbers has a count of at least ``small`` in its place. A 0 is nobody's contact: it is no small number,
and hidden beside others only where nothing else helps.

A table is a network: counts flow from the total over rows and columns back to the total. What a reader can't tell are
the ways in which hidden counts may flow round it (Cox, "Network models for complementary cell suppression", 1995).
"""

from __future__ import annotations

import heapq
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import count

Cells = Sequence[Sequence[int]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """A table of counts as it may be shown; None is hidden. The total of all never is."""

    cells: tuple[tuple[int | None, ...], ...]
    rows: tuple[int | None, ...]
    columns: tuple[int | None, ...]
    total: int


def shown(cells: Cells, small: int) -> Shown:
    """A table of counts (row by row, all of one length) with all hidden that must not be shown."""
    table = _Table(cells)
    table.hide(small)
    return table.shown()


_DEAR = 10**12
"""What hiding a 0 costs: more than any count. Readers may know that nobody came (the library was closed)."""


@dataclass(slots=True, eq=False)
class _Arc:
    """A count that flows from one node to another."""

    tail: int
    head: int
    count: int
    hidden: bool = False

    @property
    def price(self) -> int:
        """What hiding it costs: nothing where it is hidden already."""
        return 0 if self.hidden else self.count or _DEAR

    def room(self, forward: bool, counts: dict[_Arc, int]) -> int | None:
        """By how much the count may grow (forward) or shrink; None: without end."""
        return None if forward else counts[self]


_Way = list[tuple[_Arc, bool]]
"""Arcs one after the other, each with (True) or against its flow."""


class _Table:
    """Source, rows, columns and sink, in this order; what is not known flows along the arcs between them."""

    def __init__(self, cells: Cells) -> None:
        self._cells = [[_Arc(1 + r, 1 + len(cells) + c, n) for c, n in enumerate(row)] for r, row in enumerate(cells)]
        sink = 1 + len(cells) + max(map(len, cells), default=0)
        columns = list(zip(*cells, strict=True))
        self._rows = [_Arc(0, 1 + r, sum(row)) for r, row in enumerate(cells)]
        self._columns = [_Arc(1 + len(cells) + c, sink, sum(column)) for c, column in enumerate(columns)]
        self._arcs = [*(arc for row in self._cells for arc in row), *self._rows, *self._columns]
        self._from: list[_Way] = [[] for _ in range(sink + 1)]
        for arc in self._arcs:
            self._from[arc.tail].append((arc, True))
            self._from[arc.head].append((arc, False))

    def hide(self, small: int) -> None:
        """Hide what is small, the smallest first, and what protects it."""
        found = sorted((arc for arc in self._arcs if 0 < arc.count < small), key=_by_count)
        for arc in found:
            arc.hidden = True
        for arc in found:
            self._protect(arc, small)

    def _protect(self, arc: _Arc, small: int) -> None:
        """Hide what lets the count be ``small`` in another table that shows the same; or else as much or as little
        as it can be (where four contacts are all there are, a 2 has no 5 to spare, but may be anywhere).
        """
        counts = {each: each.count for each in self._arcs}
        while counts[arc] < small and self._move(arc, True, small - counts[arc], counts):
            pass
        if counts[arc] == arc.count:
            self._move(arc, False, arc.count, counts)

    def _move(self, arc: _Arc, grows: bool, wanted: int, counts: dict[_Arc, int]) -> bool:
        """Let a count grow or shrink by what others can make up for, at most as wanted; False where none can."""
        begin, end = (arc.head, arc.tail) if grows else (arc.tail, arc.head)
        way = self._cheapest(begin, end, arc, counts)
        if not way:
            return False
        rooms = (each.room(forward, counts) for each, forward in way)
        step = min([wanted, *(room for room in rooms if room is not None)])
        for each, forward in [*way, (arc, grows)]:
            each.hidden = True
            counts[each] += step if forward else -step
        return True

    def _cheapest(self, begin: int, end: int, barred: _Arc, counts: dict[_Arc, int]) -> _Way:
        """The way between two nodes that costs least to hide; [] if there is none."""
        order, reached = count(), set[int]()
        heap: list[tuple[int, int, int, _Way]] = [(0, next(order), begin, [])]
        while heap:
            cost, _, node, way = heapq.heappop(heap)
            if node == end:
                return way
            if node in reached:
                continue
            reached.add(node)
            for each, forward in self._from[node]:
                if each is not barred and each.room(forward, counts) != 0:
                    there = each.head if forward else each.tail
                    heapq.heappush(heap, (cost + each.price, next(order), there, [*way, (each, forward)]))
        return []

    def shown(self) -> Shown:
        """What is left to show."""
        return Shown(
            cells=tuple(tuple(_seen(row)) for row in self._cells),
            rows=tuple(_seen(self._rows)),
            columns=tuple(_seen(self._columns)),
            total=sum(arc.count for arc in self._rows),
        )


def _by_count(arc: _Arc) -> int:
    return arc.count


def _seen(arcs: Sequence[_Arc]) -> Iterator[int | None]:
    return (None if arc.hidden else arc.count for arc in arcs)
