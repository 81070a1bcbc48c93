"""What `helpdesk check` says of the texts that lines have sent today."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from helpdesk.check import OK, WARN
from helpdesk.lines import limits_of
from helpdesk.settings import file
from helpdesk.store.sqlite import open_store
from tests.checked import CLOCK, begun, said


@pytest.mark.parametrize(("texts", "level"), [(0, OK), (799, OK), (800, WARN), (1000, WARN)])
async def test_what_a_line_has_used(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, texts: int, level: str) -> None:
    """Of its day's limit; near it, a warning."""
    folder = begun(tmp_path, monkeypatch)
    async with open_store(folder / "helpdesk.sqlite"):
        pass
    limits = limits_of(file.read(folder / "helpdesk.toml").settings)
    [line] = limits
    with closing(sqlite3.connect(folder / "helpdesk.sqlite", isolation_level=None)) as sql:
        day = limits[line].day(CLOCK.now())
        sql.execute("INSERT INTO spending VALUES ('main', ?, ?, ?, ?, 0)", (line, day, texts, 2 * texts))
    [finding] = (await said(folder))["texts out"]
    assert (finding.level, finding.text) == (
        level,
        f"line {line}, today: {texts:,} of 1,000 texts, £{texts * 0.08:,.2f}",
    )
