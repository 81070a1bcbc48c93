"""Columns of numbers: packed they read back, and added up they give what adding number by number gives."""

from __future__ import annotations

from array import array

from hypothesis import given
from hypothesis import strategies as st

from helpdesk.packing import TIMES, WHEN, Sum, packed, unpacked

COUNTS = st.integers(0, 2**32 - 1)


@given(st.lists(COUNTS), st.lists(st.integers(-(2**63), 2**63 - 1)))
def test_what_was_packed_reads_back(times: list[int], moments: list[int]) -> None:
    """Whatever the numbers; nothing is an empty text."""
    assert list(unpacked(TIMES, packed(array(TIMES, times)))) == times
    assert list(unpacked(WHEN, packed(array(WHEN, moments)))) == moments
    assert packed(array(TIMES)) == ""


@given(st.integers(0, 30).flatmap(lambda n: st.lists(st.lists(st.integers(0, 2**24), min_size=n, max_size=n))))
def test_columns_are_added_number_by_number(columns: list[list[int]]) -> None:
    """As many as there are, of any length."""
    found = Sum()
    for column in columns:
        found.add(array(TIMES, column))
    assert list(found.column()) == [sum(each) for each in zip(*columns, strict=True)]


def test_the_largest_sum_carries_nothing() -> None:
    """A number that is as large as it may be leaves its neighbours alone."""
    found = Sum()
    for column in ([2**32 - 2, 0, 1], [1, 0, 2**32 - 2], []):
        found.add(array(TIMES, column))
    assert list(found.column()) == [2**32 - 1, 0, 2**32 - 1]
