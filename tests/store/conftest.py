"""Where the store of a test lies."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from pydantic import SecretStr

from helpdesk.config import StoreSettings
from tests.engines import Engine
from tests.postgres import Server


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Where a store may lie."""
    return tmp_path / "desk.sqlite"


@pytest.fixture
def place(engine: Engine, tmp_path: Path) -> StoreSettings:
    """Where a store may lie that is opened more than once, on either engine."""
    return engine.store() or StoreSettings(path=tmp_path / "desk.sqlite")


@pytest.fixture
def database(postgres: Server) -> Iterator[str]:
    """The URL of a PostgreSQL database of the test's own, with an empty store in it."""
    with postgres.empty() as url:
        yield url


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.full)])
def empty(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[StoreSettings]:
    """Where no store is yet, on either engine."""
    if request.param == "sqlite":
        yield StoreSettings(path=tmp_path / "desk.sqlite")
        return
    server: Server = request.getfixturevalue("postgres")
    with server.fresh("template0") as url:
        yield StoreSettings(path=tmp_path / "desk.sqlite", url=SecretStr(url))
