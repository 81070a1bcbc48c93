"""Somebody who answers, and a text whose answer waits in the outbox."""

from __future__ import annotations

import pytest

from tests.conversation import Staff, Texter, Town


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
