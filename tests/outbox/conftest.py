"""A library, somebody who answers, and a text whose answer waits in the outbox."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from tests.conversation import Staff, Texter, Town, library


@pytest.fixture
async def town() -> AsyncIterator[Town]:
    """An empty library, always open."""
    async with library() as opened:
        yield opened


@pytest.fixture
async def mia(town: Town) -> Staff:
    """Who answers."""
    return await town.staff("mia")


@pytest.fixture
async def ana(town: Town, mia: Staff) -> Texter:
    """Somebody whose text is answered; the reply waits in the outbox."""
    ana = town.texter("ana", line="text")
    await ana.texts("Are you open?")
    await mia.replies("Until nine.")
    return ana
