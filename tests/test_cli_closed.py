"""Commands whose input or output was closed by whoever started them: `helpdesk desk <&-`."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.chaos.owner import ROOT


def said(words: str, *, closed: str, folder: Path) -> subprocess.CompletedProcess[str]:
    """Run the program by a shell that closes something first."""
    command = f'exec "{sys.executable}" -m helpdesk.cli {words} {closed}'
    home = {**os.environ, "HOME": str(folder), "PYTHONPATH": str(ROOT)}
    return subprocess.run(["sh", "-c", command], capture_output=True, text=True, check=False, cwd=folder, env=home)


@pytest.mark.parametrize(
    ("words", "answer"),
    [
        ("desk", "The desk needs a terminal."),
        ("tour", "The tour needs a terminal."),
        ("line", "Run `helpdesk init` to write one"),
    ],
)
def test_without_input_a_command_says_what_it_lacks(words: str, answer: str, tmp_path: Path) -> None:
    """In its own words, as with an input that ended."""
    done = said(words, closed="<&-", folder=tmp_path)
    assert done.returncode == 2
    assert answer.casefold() in done.stderr.casefold()
    assert "broken" not in done.stderr


@pytest.fixture(scope="module")
def checked(tmp_path_factory: pytest.TempPathFactory) -> int:
    """How the check of a new library ends where nothing is closed."""
    folder = tmp_path_factory.mktemp("open")
    assert said("init", closed="", folder=folder).returncode == 0
    return said("check", closed="", folder=folder).returncode


@pytest.mark.parametrize(
    "closed",
    [pytest.param("<&-", marks=pytest.mark.full), ">&-", pytest.param("2>&-", marks=pytest.mark.full), "<&- >&- 2>&-"],
)
def test_no_file_takes_the_number_of_what_is_closed(closed: str, checked: int, tmp_path: Path) -> None:
    """What a library keeps is opened after 0, 1 and 2 are taken: nobody prints into it."""
    assert said("init", closed=closed, folder=tmp_path).returncode == 0
    written = (tmp_path / "helpdesk.toml").read_text("utf-8")
    assert "[library]" in written
    assert said("check", closed=closed, folder=tmp_path).returncode == checked
    assert (tmp_path / "helpdesk.toml").read_text("utf-8") == written
