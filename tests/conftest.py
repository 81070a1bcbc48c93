"""The library that most tests begin with; and where everything is required, a skip fails."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator, Generator

import pytest

from tests.conversation import Town, library


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
