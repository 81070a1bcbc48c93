"""The commands as they are typed: what they print, what they ask, and that No is the answer to begin with."""

from __future__ import annotations

import asyncio
import io
import stat
from pathlib import Path
from zipfile import ZipFile

import pytest

from helpdesk.cli import run
from helpdesk.clock import Instant, ManualClock
from tests.forgetting.house import answered, forgetful

YEARS_AGO = Instant(1_700_000_000_000)

SETTINGS = """\
[library]
name = "Fernhill Library"
[store]
path = "helpdesk.sqlite"
[retention]
mail_identity_days = 30
mail_text_days = 60
[lines.help]
channel = "mail"
title = "Enquiries"
address = "help@library.example"
"""


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A library to which Ana wrote years ago."""

    async def wrote() -> None:
        async with forgetful(tmp_path, clock=ManualClock(YEARS_AGO)) as town:
            ana, mia = town.mailer("ana"), await town.staff("mia")
            await ana.mails("Where is the atlas?")
            await answered(mia, ana)

    asyncio.run(wrote())
    (tmp_path / "helpdesk.toml").write_text(SETTINGS)
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("HELPDESK_CONFIG", raising=False)
    return tmp_path


def typed(monkeypatch: pytest.MonkeyPatch, text: str) -> None:
    """What somebody types when they are asked."""
    monkeypatch.setattr("sys.stdin", io.StringIO(text))


@pytest.mark.parametrize("answer", ["\n", "n\n"])
def test_no_is_what_it_begins_with(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], answer: str
) -> None:
    """What was found stands above the question; nothing is changed."""
    typed(monkeypatch, answer)
    assert run(["forget", "ana@example.org"]) == 1
    said = capsys.readouterr().out
    assert said.startswith("mail: ana@example.org (Ana)\nTickets of their own: 1\n")
    assert "[y/N]" in said
    assert "Nothing was changed." in said
    assert run(["export", "ana@example.org", "ana.zip"]) == 0


def test_yes_forgets(folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    """Asked or not; then nobody is found any more, and the status says so."""
    typed(monkeypatch, "ana@example.org\ny\n")
    assert run(["forget", "-", "--why", "asked by letter"]) == 0
    assert "Forgotten: 1 ticket, 1 person, 2 entries." in capsys.readouterr().out
    assert run(["forget", "ana@example.org", "--yes"]) == 1
    assert "Nobody is known by that" in capsys.readouterr().err


def test_a_copy_is_for_its_owner_alone(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """It is written once, and never over another file."""
    assert run(["export", "ana@example.org", "ana.zip"]) == 0
    assert "Read it before you hand it over" in capsys.readouterr().out
    assert stat.S_IMODE((folder / "ana.zip").stat().st_mode) == 0o600
    with ZipFile(folder / "ana.zip") as made:
        assert "everything.json" in made.namelist()
    assert run(["export", "ana@example.org", "ana.zip"]) == 1
    assert "exists and is kept" in capsys.readouterr().err
    assert run(["export", "ana@example.org", "nowhere/ana.zip"]) == 1
    assert "can't be written" in capsys.readouterr().err


def test_retention_now_and_dry(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """By the real clock; the second run has nothing left to do."""
    wait = ("mail_identity_days (30 days), line help: 1 ticket, 1 person", "line help: 1 ticket, 2 entries")
    for command, first in ((["retention", "--dry-run"], "Would be forgotten:"), (["retention"], "Forgotten:")):
        assert run(command) == 0
        said = capsys.readouterr().out
        assert said.startswith(first)
        assert all(line in said for line in wait)
    assert run(["retention"]) == 0
    assert capsys.readouterr().out == "Nothing is old enough to be forgotten.\n"
