"""`helpdesk macros`: at the library's own machine, with nobody owning the store and with an owner that runs."""

from __future__ import annotations

import asyncio
import os
from pathlib import Path

import pytest

from helpdesk.cli import run
from helpdesk.clock import SystemClock
from helpdesk.house import open_house
from helpdesk.macros import BLANK, from_toml
from helpdesk.macros_asked import starter
from helpdesk.message import StaffId
from helpdesk.offering import offering
from helpdesk.permissions import Role
from helpdesk.settings.file import load
from helpdesk.store.master_key import create_master_key

TWO = '[[macro]]\nname = "Hours"\ntext = "At nine."\n\n[[macro]]\nname = "Renewed"\nthen = "solved"\ntext = "Done."\n'


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A library's folder to work in, with a master key, and nothing in the environment."""
    monkeypatch.chdir(tmp_path)
    for name in [name for name in os.environ if name.startswith("HELPDESK_")]:
        monkeypatch.delenv(name)
    (tmp_path / "helpdesk.toml").write_text("")
    (tmp_path / "two.toml").write_text(TWO)
    create_master_key(tmp_path / "master.key")
    return tmp_path


def said(capsys: pytest.CaptureFixture[str], *arguments: str, status: int = 0) -> str:
    """What a command prints."""
    capsys.readouterr()
    assert run(arguments) == status
    told = capsys.readouterr()
    return told.out + told.err


def test_a_file_comes_in_and_goes_out(capsys: pytest.CaptureFixture[str]) -> None:
    """Shared ones, and apart from them one's own."""
    assert said(capsys, "macros", "import", "two.toml") == "Macros kept: 2.\n"
    assert from_toml(said(capsys, "macros", "export"), shared=True) == from_toml(TWO, shared=True)
    assert said(capsys, "macros", "export", "--own", "--member", "ana") == ""
    assert said(capsys, "macros", "import", "two.toml", "--own", "--member", "ana") == "Macros kept: 2.\n"
    assert from_toml(said(capsys, "macros", "export", "--own", "--member", "ana"), shared=False)


def test_what_can_t_be_read_is_said(capsys: pytest.CaptureFixture[str], folder: Path) -> None:
    """No file, and a file of something else."""
    assert "can't be read" in said(capsys, "macros", "import", "nowhere.toml", status=1)
    (folder / "odd.toml").write_text("x = 1")
    assert "begins with [[macro]]" in said(capsys, "macros", "import", "odd.toml", status=1)


async def test_where_an_owner_runs_a_role_decides(capsys: pytest.CaptureFixture[str], folder: Path) -> None:
    """An agent keeps their own, and a lead what everybody has."""
    settings = load(folder / "helpdesk.toml", channels=False)
    async with open_house(settings, SystemClock()) as house, offering(house):
        for name, role in (("ana", Role.LEAD), ("ben", Role.AGENT)):
            await house.roster.add(StaffId("root"), StaffId(name), name=name.title(), role=role)
        own = ("macros", "import", "two.toml", "--own", "--member", "ben")
        assert await asyncio.to_thread(said, capsys, *own) == "Macros kept: 2.\n"
        shared = ("macros", "import", "two.toml", "--member")
        refused = await asyncio.to_thread(lambda: said(capsys, *shared, "ben", status=1))
        assert "lead" in refused
        assert await asyncio.to_thread(said, capsys, *shared, "ana") == "Macros kept: 2.\n"
        assert {(each.name, each.shared) for each in await house.bare.macros.known(StaffId("ben"))} == {
            ("Hours", False),
            ("Hours", True),
            ("Renewed", False),
            ("Renewed", True),
        }


def test_the_starter_can_be_taken_as_it_is(capsys: pytest.CaptureFixture[str]) -> None:
    """Every one of them can be kept; what they leave to the desk, the desk knows."""
    found = from_toml(starter(), shared=True)
    assert len(found) >= 10
    assert any(each.opener for each in found)
    assert said(capsys, "macros", "starter") == starter()
    for each in found:
        for blank in BLANK.findall(each.text):
            assert len(blank) > 1, each.name
