"""Of many values that a test is tried with: the first for every run, the others where there is long breath."""

from __future__ import annotations

from collections.abc import Iterable

import pytest


def seeds(begin: int, end: int) -> list[object]:
    """``begin`` up to, not including, ``end``; all but the first carry the mark ``full``."""
    return first_of(range(begin, end))


def first_of(values: Iterable[object]) -> list[object]:
    """The first value (a tuple: of several parameters) for every run, the others where there is long breath."""
    first, *others = [each if isinstance(each, tuple) else (each,) for each in values]
    return [pytest.param(*first), *(pytest.param(*each, marks=pytest.mark.full) for each in others)]
