"""A library where it is loud."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from tests.tui.house import House
from tests.tui.noisy import Loud, loud, noisy


@pytest.fixture
async def library() -> AsyncIterator[House]:
    """A library with a plan of its zones."""
    async with noisy() as opened:
        yield opened


@pytest.fixture
async def noise(library: House) -> Loud:
    """Three texts about level 3, one about level 1."""
    return await loud(library)
