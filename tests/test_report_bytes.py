"""Same inputs, same bytes: neither the machine's zone, nor its language, nor the seed of its hashes changes any."""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.report_house import at, library

ROOT = Path(__file__).parents[1]

MACHINES = (
    {"TZ": "UTC", "LANG": "C.UTF-8", "PYTHONHASHSEED": "1"},
    {"TZ": "Pacific/Chatham", "LANG": "C", "LC_ALL": "C", "PYTHONHASHSEED": "2", "PYTHONUTF8": "0"},
    {"TZ": "America/New_York", "LANG": "tr_TR.UTF-8", "PYTHONHASHSEED": "3", "PYTHONIOENCODING": "latin-1"},
)

RENDER = """
import sys
from helpdesk.reports.export import as_json
from helpdesk.reports.page import as_html
from helpdesk.reports.spreadsheet import TABLES, as_csv
from helpdesk.reports.text import as_text
from tests.made_reports import autumn, spoilt
for made in (autumn(), autumn("hour"), spoilt()):
    parts = [as_text(made), as_json(made), as_html(made), *(as_csv(made, what) for what in TABLES)]
    sys.stdout.buffer.write("".join(parts).encode())
"""

COMMAND = "import sys; from helpdesk.cli import run; sys.exit(run(sys.argv[1:]))"


def _printed(machine: dict[str, str], script: str, *arguments: str) -> bytes:
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("LC_", "PYTHON"))}
    done = subprocess.run(
        [sys.executable, "-c", script, *arguments],
        cwd=ROOT,
        env=environment | machine,
        capture_output=True,
        check=True,
    )
    return done.stdout


@pytest.mark.full
def test_a_made_report_is_written_the_same_everywhere() -> None:
    """Text, JSON, page and all tables."""
    digests = {hashlib.sha256(_printed(machine, RENDER)).hexdigest() for machine in MACHINES}
    assert len(digests) == 1


@pytest.mark.parametrize("form", ["json", *(pytest.param(form, marks=pytest.mark.full) for form in ("text", "csv"))])
@pytest.mark.full
async def test_the_command_prints_the_same_everywhere(form: str, tmp_path: Path) -> None:
    """From one store, as of one moment: UTF-8, whatever the terminal says of itself."""
    settings = tmp_path / "helpdesk.toml"
    settings.write_text(
        '[library]\nname = "Bibliothek der Straße"\nzone = "Europe/London"\n[store]\npath = "desk.sqlite"\n'
    )
    async with library(path=tmp_path / "desk.sqlite") as house:
        for line in ("noise", "help", "chat"):
            await house.replies(await house.comes(line))
        house.clock.move_to(at("2026-09-09"))
    arguments = ("report", "--format", form, "--as-of", "2026-09-08 09:00", "-c", str(settings))
    printed = {_printed(machine, COMMAND, *arguments) for machine in MACHINES}
    assert len(printed) == 1
    text = printed.pop().decode()
    assert "noise-texts" in text
    if form == "text":
        assert "Bibliothek der Straße" in text
        assert "8 September 2026 at 09:00" in text
