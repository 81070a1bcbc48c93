"""On which engine the stores of a test stand.

A test file that says ``pytestmark = pytest.mark.usefixtures("engine")`` runs twice: on SQLite in memory, and (in
``make test-all``) on PostgreSQL. Stores that a test makes without saying where then stand there, each on its own.
"""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import AbstractAsyncContextManager, ExitStack
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Protocol

import pytest
from _pytest.mark import ParameterSet
from pydantic import SecretStr

from helpdesk.config import StoreSettings
from helpdesk.store import postgres
from helpdesk.store.commits import SharedStore
from helpdesk.store.opening import open_store
from tests.postgres import Server


class Engine(Protocol):
    """Makes stores for a test."""

    name: str

    def store(self) -> StoreSettings | None:
        """Where a new store stands; None for in memory."""
        ...


class Memory:
    """SQLite, in memory."""

    name = "sqlite"

    def store(self) -> None:
        """Nowhere."""


class Databases:
    """PostgreSQL: a database of its own for each store, until the stack is closed."""

    name = "postgres"

    def __init__(self, server: Server, stack: ExitStack) -> None:
        self._server = server
        self._stack = stack
        self._folder = Path(stack.enter_context(TemporaryDirectory()))
        patch = stack.enter_context(pytest.MonkeyPatch.context())
        patch.setattr(postgres, "READERS", 1)  # who asks first is answered first, as in memory: tests rely on it

    def store(self) -> StoreSettings:
        """A database of its own; what a server leaves beside it goes with it."""
        url = self._stack.enter_context(self._server.empty())
        return StoreSettings(url=SecretStr(url), path=self._folder / "helpdesk.sqlite")


ON_SQLITE = pytest.mark.parametrize("engine", ["sqlite"], indirect=True)
"""Marks a test that is about SQLite, or too long to run twice, in a file that runs on both."""


def on_both(name: str, values: Iterable[object]) -> pytest.MarkDecorator:
    """Runs a test for each value on SQLite, and for the first on PostgreSQL, too."""
    every = [each if isinstance(each, ParameterSet) else pytest.param(each) for each in values]
    some = [pytest.param("sqlite", *each.values, marks=each.marks) for each in every]
    more = pytest.param("postgres", *every[0].values, marks=pytest.mark.full)
    return pytest.mark.parametrize(("engine", name), [*some, more], indirect=["engine"])


class _Here:
    engine: Engine = Memory()


_here = _Here()


def stand_on(engine: Engine) -> None:
    """From now on stores that are made without saying where stand there."""
    _here.engine = engine


def fresh_store() -> StoreSettings | None:
    """Where a new store stands; None for in memory."""
    return _here.engine.store()


def new_store(*, library: str = "main") -> AbstractAsyncContextManager[SharedStore]:
    """A new store, opened."""
    return open_store(fresh_store(), library=library)
