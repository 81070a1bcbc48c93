"""The library that most tests begin with, and the tests' own rules: properties are tried the same way each time, no
name server is asked, and where everything is required, a skip fails.
"""

from __future__ import annotations

import gc
import os
import socket
from collections.abc import AsyncIterator, Generator, Iterator
from contextlib import ExitStack
from ipaddress import ip_address
from typing import Any

import pytest
from hypothesis import HealthCheck, settings

from tests.conversation import Town, library
from tests.engines import Databases, Engine, Memory, stand_on
from tests.postgres import FAST, Server, server

settings.register_profile(
    "exploring",
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],  # the engine is one for all
)
settings.register_profile("steady", settings.get_profile("exploring"), derandomize=True, database=None)
settings.load_profile("steady")
"""No example may depend on how fast the machine is, nor on chance; ``--hypothesis-profile=exploring`` tries others."""


gc.set_threshold(200_000, 20, 20)
"""How seldom what is left over is looked for; a desk does the like when it opens."""

os.environ["XDG_STATE_HOME"] = os.devnull
"""No desk that a test opens is somebody's first, and none leaves a mark in the home of who runs the tests."""


@pytest.fixture(scope="session", autouse=True)
def _no_name_server() -> Generator[None]:
    """Names but our own are known to nobody, at once: a real name server may take seconds to say so."""
    real = socket.getaddrinfo

    def asked(host: Any, *args: Any, **kwargs: Any) -> Any:
        if host and not _is_ours(host if isinstance(host, str) else host.decode()):
            raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")
        return real(host, *args, **kwargs)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(socket, "getaddrinfo", asked)
        yield


def _is_ours(host: str) -> bool:
    """Whether a host needs no name server: an address, or this machine."""
    try:
        return bool(ip_address(host.partition("%")[0]))
    except ValueError:
        return host in {"localhost", "ip6-localhost", socket.gethostname()}


@pytest.fixture(scope="session")
def postgres() -> Iterator[Server]:
    """One PostgreSQL server for all tests that need no more than a database of their own."""
    with server(*FAST) as running:
        yield running


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.full)])
def engine(request: pytest.FixtureRequest) -> Iterator[Engine]:
    """The test runs on SQLite and on PostgreSQL. See :mod:`tests.engines`."""
    with ExitStack() as stack:
        found = Databases(request.getfixturevalue("postgres"), stack) if request.param == "postgres" else Memory()
        stand_on(found)
        stack.callback(stand_on, Memory())
        yield found


@pytest.fixture
async def town() -> AsyncIterator[Town]:
    """An empty library, always open."""
    async with library() as opened:
        yield opened


def pytest_xdist_auto_num_workers() -> int:
    """As many at a time as there are cores, and one more: a test waits, too, for a disk or a program of its own."""
    return (os.cpu_count() or 1) + 1


@pytest.hookimpl(trylast=True)
def pytest_collection_finish() -> None:
    """What is there now stays to the end, the tests and all that they import: it is not looked through again."""
    gc.collect()
    gc.freeze()


@pytest.hookimpl(trylast=True)
def pytest_sessionfinish() -> None:
    """What is left over at the end is looked for once: pytest looks five times more, and finds it looked through."""
    gc.collect()
    gc.freeze()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """HELPDESK_REQUIRE_ALL=1, as CI sets it, says that all needs are there: a test that skips has then failed."""
    report = yield
    if report.skipped and os.environ.get("HELPDESK_REQUIRE_ALL") == "1":
        report.outcome = "failed"
        report.longrepr = f"skipped, though HELPDESK_REQUIRE_ALL=1: {report.longrepr}"
    return report
