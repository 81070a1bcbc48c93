"""What benches share: a library of many tickets on each engine, made once."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Iterator
from contextlib import ExitStack

import pytest

from helpdesk.journal import quiet
from tests.bench.api_house import Filled, Urls, filled
from tests.postgres import TEMPLATE, server

TICKETS = int(os.environ.get("HELPDESK_BENCH_TICKETS", "1000000"))


@pytest.fixture(scope="session", autouse=True)
def silence() -> Iterator[None]:
    """The program's own log does not stand between the figures; its errors do."""
    with quiet():
        yield


@pytest.fixture(scope="session")
def large(tmp_path_factory: pytest.TempPathFactory) -> Filled:
    """The library with its files in a folder; ``HELPDESK_BENCH_TICKETS`` says how many tickets it has."""
    return asyncio.run(filled(tmp_path_factory.mktemp("large"), TICKETS))


@pytest.fixture(scope="session", params=["sqlite", "postgres"])
def library(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Filled]:
    """The library of the benches of the API; ``HELPDESK_BENCH_TICKETS`` says how many tickets it has.

    PostgreSQL has its own defaults, fsync among them, but for the memory that a server of this size is given.
    """
    if request.param == "sqlite":
        yield request.getfixturevalue("large")
        return
    with ExitStack() as stack:
        running = stack.enter_context(server("shared_buffers=256MB", "autovacuum_naptime=1min"))
        urls = Urls(*(stack.enter_context(running.fresh(template)) for template in (TEMPLATE, "template0")))
        yield asyncio.run(filled(tmp_path_factory.mktemp("library"), TICKETS, urls))
