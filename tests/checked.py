"""Surroundings for `helpdesk check`, and what it says of them, for more than one module of tests."""

from __future__ import annotations

from pathlib import Path

import pytest

from helpdesk.check import FAIL, OK, WARN, Finding, check
from helpdesk.clock import ManualClock
from helpdesk.settings.starter import Choices, start

CLOCK = ManualClock()


def begun(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """What `helpdesk init --noiseline` writes, with the carrier's secrets in the environment and free ports."""
    start(folder, Choices(noiseline="+447700900123"))
    put(folder, '#account = ""', 'account = "AC1"')
    put(folder, "#port = 8080", "port = 0")
    monkeypatch.setenv("HELPDESK_SMS__TOKENS", "a-secret-token")
    return folder


def put(folder: Path, old: str, new: str) -> None:
    """Change a line of the settings."""
    file = folder / "helpdesk.toml"
    text = file.read_text()
    assert old in text
    file.write_text(text.replace(old, new, 1))


async def said(folder: Path) -> dict[str, list[Finding]]:
    """Every finding, by its subject."""
    found: dict[str, list[Finding]] = {}
    async for finding in check(folder / "helpdesk.toml", CLOCK):
        found.setdefault(finding.subject, []).append(finding)
    assert "a-secret-token" not in str(found)
    return found


def levels(found: dict[str, list[Finding]]) -> dict[str, str]:
    """The worst level of each subject."""
    order = (OK, WARN, FAIL)
    return {subject: max((one.level for one in each), key=order.index) for subject, each in found.items()}
