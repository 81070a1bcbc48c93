"""Seeds of a test that draws by chance: the first for every run, the others where there is long breath."""

from __future__ import annotations

import pytest


def seeds(begin: int, end: int, *, always: int = 1) -> list[object]:
    """``begin`` up to, not including, ``end``; all but the first ``always`` carry the mark ``full``."""
    later = [pytest.param(seed, marks=pytest.mark.full) for seed in range(begin + always, end)]
    return [*range(begin, begin + always), *later]
