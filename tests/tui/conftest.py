"""The library at which the desks of most tests stand; a file that needs another one says so itself."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from tests.tui.house import House, house


@pytest.fixture
async def library() -> AsyncIterator[House]:
    """An open library, nothing in it yet."""
    async with house() as opened:
        yield opened
