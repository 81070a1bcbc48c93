"""When and where the key store of a test stands."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from pydantic import SecretStr

from helpdesk.clock import ManualClock, instant
from helpdesk.store.keys import KeysAt
from tests.engines import Engine
from tests.postgres import Server


@pytest.fixture
def clock() -> ManualClock:
    """Noon on the Thursday before an epoch's end."""
    return ManualClock(instant(datetime(2026, 11, 19, 12, tzinfo=UTC)))


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Where the key store lies."""
    return tmp_path / "keys.sqlite"


@pytest.fixture
def database(postgres: Server) -> Iterator[SecretStr]:
    """An empty database, for keys alone."""
    with postgres.fresh("template1") as url:
        yield SecretStr(url)


@pytest.fixture
def place(engine: Engine, request: pytest.FixtureRequest) -> KeysAt:
    """Where the key store is, on either engine."""
    at: KeysAt = request.getfixturevalue("path" if engine.name == "sqlite" else "database")
    return at
