"""Clocks that come as cells are counted as clocks that come one by one, whatever the day's hours."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from helpdesk.adding import BITS, Fold
from helpdesk.clock import HOUR, plus
from helpdesk.daily import Day, Standing, Under
from helpdesk.local_days import SLOT, span_of
from helpdesk.message import Channel
from helpdesk.standards import Outcome

UNDER = Under("answered", "v1", "", Channel.SMS, "main")
MET = Standing(Outcome.MET, answered=True)
DAYS = {
    "plain": ("Europe/London", date(2026, 7, 1)),
    "23 hours": ("Europe/London", date(2027, 3, 28)),
    "25 hours": ("Europe/London", date(2026, 10, 25)),
    "23.5 hours": ("Australia/Lord_Howe", date(2026, 10, 4)),
    "24.5 hours": ("Australia/Lord_Howe", date(2027, 4, 4)),
}
CLOCKS = st.lists(st.tuples(st.floats(0, 1, exclude_max=True), st.none() | st.integers(0, 2**BITS - 1)))


@pytest.mark.parametrize("name", DAYS)
@given(found=CLOCKS)
def test_cells_are_clocks(name: str, found: list[tuple[float, int | None]]) -> None:
    """Each in its local hour and with its time; also where the clock is put forward or back."""
    zone, day = DAYS[name]
    begins, ends = span = span_of(day, zone)
    clocks = [(plus(begins, int(part * (ends - begins))), spent) for part, spent in found]
    one_by_one, by_cells = Fold(zone, *span), Fold(zone, *span)
    one_by_one.clocks(UNDER, MET, [(started, None, spent, 0) for started, spent in clocks])
    slots = [((started - begins) // by_cells.slot, spent) for started, spent in clocks]
    by_cells.cells(UNDER, MET, [-1 - slot if spent is None else slot << BITS | spent for slot, spent in slots])
    assert _of(by_cells.day()) == _of(one_by_one.day())


def _of(day: Day) -> tuple[object, ...]:
    (line,) = day.lines
    return line.counts, line.answered


@pytest.mark.parametrize(("name", "slot"), [("plain", HOUR), ("25 hours", HOUR), ("24.5 hours", SLOT)])
def test_a_day_is_cut_as_coarsely_as_its_hours_allow(name: str, slot: int) -> None:
    """By the hour, but where a zone goes by half hours."""
    zone, day = DAYS[name]
    assert Fold(zone, *span_of(day, zone)).slot == slot


def test_a_time_that_is_not_known_is_counted_and_is_no_time() -> None:
    """A clock whose calendar knows too little stands in its hour's count, and in no median."""
    zone, day = DAYS["plain"]
    counted = Fold(zone, *span_of(day, zone))
    counted.cells(UNDER, MET, [-1 - 9, 9 << BITS | 40])
    (line,) = counted.day().lines
    assert line.counts[MET][9] == 2
    assert (list(line.answered.times), line.answered.hourly[9]) == ([40], 1)
