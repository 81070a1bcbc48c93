"""What a test needs and the machine lacks: skipped here, failed where all is required."""

from __future__ import annotations

import pytest

from tests.conftest import pytest_runtest_makereport


@pytest.mark.parametrize(
    ("variable", "outcome", "told"),
    [("1", "skipped", "failed"), ("", "skipped", "skipped"), ("1", "passed", "passed"), ("1", "failed", "failed")],
)
def test_where_all_is_required_a_skip_has_failed(
    monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest, variable: str, outcome: str, told: str
) -> None:
    """Whatever skips: a mark or a call; and it says what was missing."""
    monkeypatch.setenv("HELPDESK_REQUIRE_ALL", variable)
    report = pytest.TestReport("here", ("", 0, ""), {}, outcome, "needs Linux's /proc", "setup")  # type: ignore[arg-type]
    making = pytest_runtest_makereport(request.node)
    next(making)
    with pytest.raises(StopIteration) as end:
        making.send(report)
    assert end.value.value.outcome == told
    assert "needs Linux's /proc" in end.value.value.longrepr
