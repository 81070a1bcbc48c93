"""The library that most tests begin with; properties that are tried the same way each time; and where everything is
required, a skip fails.
"""

from __future__ import annotations

import os
from collections.abc import AsyncIterator, Generator

import pytest
from hypothesis import HealthCheck, settings

from tests.conversation import Town, library

settings.register_profile("exploring", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.register_profile("steady", settings.get_profile("exploring"), derandomize=True, database=None)
settings.load_profile("steady")
"""No example may depend on how fast the machine is, nor on chance; ``--hypothesis-profile=exploring`` tries others."""


@pytest.fixture
async def town() -> AsyncIterator[Town]:
    """An empty library, always open."""
    async with library() as opened:
        yield opened


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """HELPDESK_REQUIRE_ALL=1, as CI sets it, says that all needs are there: a test that skips has then failed."""
    report = yield
    if report.skipped and os.environ.get("HELPDESK_REQUIRE_ALL") == "1":
        report.outcome = "failed"
        report.longrepr = f"skipped, though HELPDESK_REQUIRE_ALL=1: {report.longrepr}"
    return report
