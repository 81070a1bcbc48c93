"""When and where the key store of a test stands."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from helpdesk.clock import ManualClock, instant


@pytest.fixture
def clock() -> ManualClock:
    """Noon on the Thursday before an epoch's end."""
    return ManualClock(instant(datetime(2026, 11, 19, 12, tzinfo=UTC)))


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Where the key store lies."""
    return tmp_path / "keys.sqlite"
