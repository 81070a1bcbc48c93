"""Small numbers: hidden, not to be worked out, and no more hidden beside them than it takes."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from helpdesk.message import Channel
from helpdesk.reports.contents import Heat
from helpdesk.reports.hiding import Shown, shown
from helpdesk.reports.suppression import heat, volumes
from helpdesk.reports.volumes import Volume

SMALL = 5
Table = list[list[int]]


# What readers can work out, reckoned by an outside solver


def highest(cells: Sequence[Sequence[int]], seen: Shown, r: int, c: int) -> int:
    """The greatest count that a hidden cell may have in a table that shows the same numbers."""
    return _extreme(cells, seen, (r, c), -1)


def lowest(cells: Sequence[Sequence[int]], seen: Shown, r: int, c: int) -> int:
    """The least count that it may have."""
    return _extreme(cells, seen, (r, c), 1)


def _extreme(cells: Sequence[Sequence[int]], seen: Shown, place: tuple[int, int], way: int) -> int:
    from scipy.optimize import linprog  # type: ignore[import-untyped]

    width = len(cells[0])
    rules = list(_rules(cells, seen))
    goal = [way * ((r, c) == place) for r in range(len(cells)) for c in range(width)]
    found = linprog(goal, A_eq=[rule for rule, _ in rules], b_eq=[value for _, value in rules])
    assert found.success
    extreme: int = round(way * found.fun)
    return extreme


def _rules(cells: Sequence[Sequence[int]], seen: Shown) -> Iterator[tuple[list[int], int]]:
    """Each number that is shown, as an equation over the cells."""
    places = [(r, c) for r in range(len(cells)) for c in range(len(cells[0]))]
    yield [1] * len(places), seen.total
    for r, c in places:
        if (value := seen.cells[r][c]) is not None:
            yield [(r, c) == each for each in places], value
    for r, total in enumerate(seen.rows):
        if total is not None:
            yield [r == row for row, _ in places], total
    for c, column in enumerate(zip(*cells, strict=True)):
        if seen.columns[c] is not None:
            yield [c == each for _, each in places], sum(column)


tables = st.integers(1, 4).flatmap(
    lambda width: st.lists(
        st.lists(st.sampled_from([0, 0, 1, 2, 3, 4, 5, 9, 40]), min_size=width, max_size=width), min_size=2, max_size=4
    )
)


@given(tables)
@settings(max_examples=40, deadline=None)
def test_no_hidden_count_can_be_worked_out(cells: Table) -> None:
    """A small one could be at least five, wherever five contacts came in at all; no other hidden one is certain."""
    seen = shown(cells, SMALL)
    for r, row in enumerate(cells):
        for c, n in enumerate(row):
            if 0 < n < SMALL:
                assert seen.cells[r][c] is None
            if seen.cells[r][c] is not None:
                assert seen.cells[r][c] == n
                continue
            least, most = lowest(cells, seen, r, c), highest(cells, seen, r, c)
            assert least < n or n < most
            assert n >= SMALL or most >= min(SMALL, seen.total)


@given(tables)
@settings(max_examples=50)
def test_totals_are_hidden_like_counts(cells: Table) -> None:
    """No row and no column with few contacts shows how few; what is shown is right."""
    seen = shown(cells, SMALL)
    for totals, right in ((seen.rows, map(sum, cells)), (seen.columns, map(sum, zip(*cells, strict=True)))):
        for total, true in zip(totals, right, strict=True):
            assert total in (None, true)
            assert not 0 < true < SMALL or total is None


@given(tables)
@settings(max_examples=30)
def test_where_nothing_is_small_nothing_is_hidden(cells: Table) -> None:
    """Nor where nothing counts as small."""
    plain = tuple(tuple(row) for row in cells)
    assert shown(cells, 0).cells == plain
    assert shown([[n * 10 for n in row] for row in cells], SMALL).cells == tuple(
        tuple(n * 10 for n in row) for row in cells
    )


# By hand


def test_one_small_count_takes_three_with_it() -> None:
    """In a table with its totals a count can only move in a square; the smallest square goes, no 0 in it."""
    seen = shown([[3, 40, 0], [50, 60, 0], [20, 30, 7]], SMALL)
    assert seen.cells == ((None, None, 0), (50, 60, 0), (None, None, 7))
    assert seen.rows == (43, 110, 57)
    assert seen.columns == (73, 130, 7)


def test_small_ones_that_protect_each_other_are_enough() -> None:
    """Four small counts in a square of eight contacts: nothing else needs to go."""
    seen = shown([[4, 4, 20], [4, 4, 20], [30, 30, 30]], SMALL)
    assert seen.cells == ((None, None, 20), (None, None, 20), (30, 30, 30))


def test_a_nought_is_shown_unless_nothing_else_helps() -> None:
    """Nobody's contact is no small number; but a single 2 beside it would stand in the total."""
    assert shown([[2, 0], [0, 30]], SMALL).cells == ((None, 0), (0, None))
    assert shown([[0, 9], [8, 9]], SMALL).cells == ((0, 9), (8, 9))
    assert shown([[2, 0]], SMALL).cells == ((None, None),)


def test_an_empty_table() -> None:
    """Has nothing to hide."""
    assert shown([], SMALL) == Shown(cells=(), rows=(), columns=(), total=0)


# Of a report


def test_volumes_by_channel() -> None:
    """Three texts in a term are not told, nor is what would tell them."""
    found = [
        Volume(channel=Channel.SMS, received=3, answered=3),
        Volume(channel=Channel.MAIL, received=50, answered=40),
        Volume(channel=Channel.CHAT, received=200, answered=150),
    ]
    assert volumes(found, SMALL) == {
        Channel.SMS: (None, None),
        Channel.MAIL: (None, None),
        Channel.CHAT: (200, 150),
    }


def week(**cells: int) -> tuple[tuple[int, ...], ...]:
    """Weekdays by hours; "d1h9" is Tuesday at nine."""
    return tuple(tuple(cells.get(f"d{d}h{h}", 0) for h in range(24)) for d in range(7))


def hot(received: tuple[tuple[int, ...], ...]) -> Heat:
    """A heat map of demand; its misses and opening hours don't matter here."""
    none = week()
    return Heat(calendar="staffed", received=received, missed=none, staffed=none, possible=none)


def test_a_heat_map_hides_the_lonely_hour() -> None:
    """One text on a Sunday at 23, and the hours beside it that would tell; busy hours stay."""
    busy = {f"d{d}h{h}": 20 + d + h for d in range(5) for h in range(9, 18)}
    seen = heat(hot(week(**busy, d6h23=1, d6h9=7, d5h23=6)), SMALL)
    assert seen.cells[6][23] is None
    assert seen.cells[2][12] == 34
    assert sum(cell is None for row in seen.cells for cell in row) <= 4
    assert seen.total == sum(busy.values()) + 14


@pytest.mark.parametrize("seed", range(3))
def test_no_hidden_hour_of_a_week_can_be_worked_out(seed: int) -> None:
    """Busy weekdays, a few contacts in the evenings and at weekends, a text now and then at night."""
    chance = random.Random(seed)
    usual = [
        [9 if 10 <= hour < 17 and day < 5 else 2 if 9 <= hour < 21 else 0 for hour in range(24)] for day in range(7)
    ]
    cells = [[chance.randrange(3 * n) if n else int(chance.random() < 0.05) for n in row] for row in usual]
    seen = heat(hot(tuple(map(tuple, cells))), SMALL)
    hidden = [(r, c) for r, row in enumerate(seen.cells) for c, n in enumerate(row) if n is None]
    assert len(hidden) < 7 * 24
    assert all(seen.cells[r][c] is None for r in range(7) for c in range(24) if 0 < cells[r][c] < SMALL)
    for r, c in chance.sample(hidden, 8):
        least, most = lowest(cells, seen, r, c), highest(cells, seen, r, c)
        assert least < most >= SMALL
