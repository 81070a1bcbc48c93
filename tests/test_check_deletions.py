"""What `helpdesk check` says of deletions that the carrier owes."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from helpdesk.check import FAIL, OK, WARN
from helpdesk.clock import DAY, Instant, plus
from helpdesk.store.sqlite import open_store
from tests.checked import CLOCK, begun, levels, said


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A library with a Noiseline."""
    return begun(tmp_path, monkeypatch)


def _owing(folder: Path, *, since: Instant, account: str = "", reason: str = "") -> None:
    """The carrier is to delete a text of the Noiseline."""
    values = ("main", "sms", "SM" + "5" * 32, "noise", account, since, since, reason)
    with closing(sqlite3.connect(folder / "helpdesk.sqlite", isolation_level=None)) as sql:
        sql.execute("INSERT INTO deletions VALUES (?, ?, ?, ?, ?, NULL, ?, ?, 0, ?)", values)


@pytest.mark.parametrize(
    ("days", "account", "level", "said_so"),
    [
        (0, "AC1", OK, "yet to delete: 1"),
        (3, "AC1", OK, "yet to delete: 1"),
        (
            4,
            "AC1",
            WARN,
            "1 text of line noise for over three days (It is not final): see",
        ),
        (0, "AC2", WARN, "in another account than sms.account: 1 text;"),
    ],
)
async def test_what_the_carrier_owes(folder: Path, days: int, account: str, level: str, said_so: str) -> None:
    """Overdue, or in another account: a warning, without the carrier's id."""
    async with open_store(folder / "helpdesk.sqlite"):
        pass
    assert levels(await said(folder))["deletions"] == OK
    _owing(folder, since=plus(CLOCK.now(), -days * DAY), account=account, reason="It is not final.")
    [finding] = (await said(folder))["deletions"]
    assert finding.level == level
    assert said_so in finding.text
    assert "SM5" not in finding.text


async def test_nobody_can_ask_the_carrier(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Deletions are owed, and the settings hold no token any more."""
    async with open_store(folder / "helpdesk.sqlite"):
        pass
    _owing(folder, since=CLOCK.now())
    monkeypatch.delenv("HELPDESK_SMS__TOKENS")
    assert "nobody can ask" in (await said(folder))["deletions"][0].text
    assert levels(await said(folder))["deletions"] == FAIL
