"""Where the store of a test lies."""

from __future__ import annotations

from pathlib import Path

import pytest

from helpdesk.config import StoreSettings
from tests.engines import Engine


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Where a store may lie."""
    return tmp_path / "desk.sqlite"


@pytest.fixture
def place(engine: Engine, tmp_path: Path) -> StoreSettings:
    """Where a store may lie that is opened more than once, on either engine."""
    return engine.store() or StoreSettings(path=tmp_path / "desk.sqlite")
