"""Small numbers: hidden, not to be worked out, and no more hidden beside them than it takes."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from helpdesk.message import Channel
from helpdesk.reports.contents import Group, Heat
from helpdesk.reports.hiding import Shown, shown
from helpdesk.reports.period import By, Days
from helpdesk.reports.suppression import Part, breakdown, heat, volumes
from helpdesk.reports.timeliness import Figure
from helpdesk.reports.volumes import Volume

SMALL = 5
DAYS = Days(date(2026, 9, 1), date(2026, 12, 1))
Table = list[list[int]]


# What readers can work out, reckoned by an outside solver


def highest(cells: Sequence[Sequence[int]], seen: Shown, r: int, c: int, columns_known: bool = False) -> int:
    """The greatest count that a hidden cell may have in a table that shows the same numbers."""
    return _extreme(cells, seen, (r, c), columns_known, -1)


def lowest(cells: Sequence[Sequence[int]], seen: Shown, r: int, c: int, columns_known: bool = False) -> int:
    """The least count that it may have."""
    return _extreme(cells, seen, (r, c), columns_known, 1)


def _extreme(cells: Sequence[Sequence[int]], seen: Shown, place: tuple[int, int], columns_known: bool, way: int) -> int:
    from scipy.optimize import linprog  # type: ignore[import-untyped]

    width = len(cells[0])
    rules = list(_rules(cells, seen, columns_known))
    goal = [way * ((r, c) == place) for r in range(len(cells)) for c in range(width)]
    found = linprog(goal, A_eq=[rule for rule, _ in rules], b_eq=[value for _, value in rules])
    assert found.success
    extreme: int = round(way * found.fun)
    return extreme


def _rules(cells: Sequence[Sequence[int]], seen: Shown, columns_known: bool) -> Iterator[tuple[list[int], int]]:
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
        if columns_known or seen.columns[c] is not None:
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


@given(tables.filter(lambda cells: len(cells[0]) == 2))
@settings(max_examples=40, deadline=None)
def test_nor_where_the_totals_of_columns_are_known(cells: Table) -> None:
    """Met and missed of a standard stand in full: a small part of them is told by no difference to them."""
    seen = shown(cells, SMALL, columns_known=True)
    for r, row in enumerate(cells):
        for c, n in enumerate(row):
            if 0 < n < SMALL:
                least, most = lowest(cells, seen, r, c, True), highest(cells, seen, r, c, True)
                assert seen.cells[r][c] is None
                assert least < n or n < most
                assert most >= min(SMALL, sum(each[c] for each in cells))


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
    assert shown([[0, 9], [8, 9]], SMALL).cells == ((0, 9), (8, 9))
    assert shown([[20, 2], [30, 0]], SMALL, columns_known=True).cells == ((None, None), (None, None))


def test_an_empty_table() -> None:
    """Has nothing to hide."""
    assert shown([], SMALL) == Shown(cells=(), rows=(), columns=(), total=0)


# Of a report


def groups(**counts: tuple[int, int]) -> list[Group]:
    """Groups with one standard each."""
    return [
        Group(
            key=key,
            days=DAYS,
            figures=(Figure(standard="noise-texts", promised="90", met=met, missed=missed),),
        )
        for key, (met, missed) in counts.items()
    ]


def test_a_small_group_goes_and_the_next_with_it() -> None:
    """Two sites go: with one alone, the standard's own figure less the others would tell it."""
    parts = breakdown(groups(moor=(90, 10), park=(3, 1), quay=(30, 6)), "site", SMALL)
    assert [(part.key, part.judged, part.met, part.missed, part.share) for part in parts] == [
        ("moor", 100, 90, 10, 9000),
        ("park", None, None, None, None),
        ("quay", None, None, None, None),
    ]


def test_few_misses_hide_the_share_not_the_demand() -> None:
    """How many came in by a channel is told; that three of them were missed is not, nor could it be reckoned."""
    mail, sms = breakdown(groups(mail=(97, 3), sms=(50, 10)), "channel", SMALL)
    assert (mail.judged, mail.share, mail.interval) == (100, None, None)
    assert (sms.judged, sms.met) == (60, None)


@pytest.mark.parametrize("by", ["month", "quarter", "term", "sconul", "year", "standard"])
def test_a_standards_own_figures_always_stand(by: By) -> None:
    """By month and longer: 2 missed of 3 is what was promised to be told."""
    parts = breakdown(groups(a=(1, 2), b=(40, 0)), by, SMALL)
    assert parts == (
        Part(key="a", standard="noise-texts", promised="90", judged=3, met=1, missed=2),
        Part(key="b", standard="noise-texts", promised="90", judged=40, met=40, missed=0),
    )
    assert parts[0].interval == (614, 7924)


def test_another_promise_is_another_table() -> None:
    """A figure's total is that of its standard and promise."""
    mixed = [
        Group(
            key=key,
            days=DAYS,
            figures=tuple(Figure(standard="s", promised=p, met=met, missed=0) for p, met in (("90", 50), ("95", few))),
        )
        for key, few in (("a", 2), ("b", 60))
    ]
    assert [(p.promised, p.key, p.met) for p in breakdown(mixed, "site", SMALL)] == [
        ("90", "a", 50),
        ("90", "b", 50),
        ("95", "a", None),
        ("95", "b", None),
    ]


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


def hot(received: Any, missed: Any) -> Heat:
    """A heat map; its opening hours don't matter here."""
    none = week()
    return Heat(calendar="staffed", received=received, missed=missed, staffed=none, possible=none)


def test_a_heat_map_hides_the_lonely_hour() -> None:
    """One text on a Sunday at 23, and the hours beside it that would tell; busy hours stay."""
    busy = {f"d{d}h{h}": 20 + d + h for d in range(5) for h in range(9, 18)}
    received, missed = heat(hot(week(**busy, d6h23=1, d6h9=7, d5h23=6), week(d0h9=8, d6h23=1)), SMALL)
    assert received.cells[6][23] is None
    assert missed.cells[6][23] is None
    assert received.cells[2][12] == 34
    assert sum(cell is None for row in received.cells for cell in row) <= 4
    assert (received.total, missed.total) == (sum(busy.values()) + 14, 9)


def test_misses_tell_no_more_of_demand() -> None:
    """Where all that came in was missed, the misses shown must not give the demand back."""
    cells = week(d0h9=6, d0h10=8, d1h9=7, d1h10=3, d2h9=30, d2h10=30)
    received, missed = heat(hot(cells, cells), SMALL)
    assert received.cells[1][10] is None
    assert missed.cells[1][10] is None
