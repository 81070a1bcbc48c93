"""The library that most tests begin with."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from tests.conversation import Town, library


@pytest.fixture
async def town() -> AsyncIterator[Town]:
    """An empty library, always open."""
    async with library() as opened:
        yield opened
