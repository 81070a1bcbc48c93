"""docs/zones.md is held to the program: its plan is one, its examples print what it shows."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest

from helpdesk.cli import run
from helpdesk.places import TomlText
from helpdesk.zones import plan_from_toml
from helpdesk.zones.reading import read_place
from tests.zones.plans import plan, table

PAGE = (Path(__file__).parents[2] / "docs" / "zones.md").read_text("utf-8")
TOML = re.findall(r"^```toml\n(.*?)^```", PAGE, re.MULTILINE | re.DOTALL)
SHOWN = re.findall(r"^```text\n\$ helpdesk (.*?)\n(.*?)^```", PAGE, re.MULTILINE | re.DOTALL)
ROWS = re.findall(r"^\| (\w[\w ]*) \| (.*) \|$", PAGE, re.MULTILINE)


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with the settings and the plan of the page."""
    setting, zones = TOML
    (tmp_path / "helpdesk.toml").write_text(setting)
    (tmp_path / "zones.toml").write_text(zones)
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("HELPDESK_CONFIG", raising=False)
    return tmp_path


@pytest.mark.parametrize(("typed", "printed"), SHOWN)
@pytest.mark.usefixtures("folder")
def test_the_examples_print_what_the_page_shows(typed: str, printed: str, capsys: pytest.CaptureFixture[str]) -> None:
    """Line by line."""
    assert run(shlex.split(typed)) == 0
    assert capsys.readouterr().out == printed


@pytest.mark.usefixtures("folder")
def test_the_plan_is_printed(capsys: pytest.CaptureFixture[str]) -> None:
    """A line for each zone under its site, with what else it is called."""
    assert run(["noiseline", "zones"]) == 0
    site, silent, group = capsys.readouterr().out.splitlines()
    assert site == "main:"
    assert silent.split() == (
        "3 silent L3A Silent study, level 3 (main-3-silent): reading room, green lamps, room 3.01-3.40".split()
    )
    assert "L3B" in group


def test_a_library_without_a_plan_hears_how_to_write_one(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """And a text is asked about."""
    (folder / "helpdesk.toml").write_text("")
    assert run(["noiseline", "zones"]) == 0
    assert "There is no plan" in capsys.readouterr().out
    assert run(["noiseline", "zones", "L3A"]) == 0
    assert capsys.readouterr().out.startswith("zone     none: ask back")


def test_a_wrong_plan_is_told_with_its_line(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """And what to do."""
    file = folder / "zones.toml"
    file.write_text(file.read_text().replace('"silent" ', '"silnt" ', 1))
    assert run(["noiseline", "zones"]) != 0
    assert "zones.toml:9: zones.main-3-silent.kind: 'silnt' is not a kind" in capsys.readouterr().err


@pytest.mark.parametrize(("sort", "ways"), [row for row in ROWS if row[0] not in ("Mention",)])
def test_what_the_page_says_is_read_is_read(sort: str, ways: str) -> None:
    """Each example leaves fewer zones possible than there are, or one."""
    of = plan("tower") if sort == "name or alias" else plan("demo")
    everything = [plan("demo"), plan("tower"), plan("college")]
    for way in re.findall(r"`([^`]+)`", ways):
        placed = [read_place(f"loud in {way}", each) for each in (of, *everything)]
        assert any(one.written or one.choices for one in placed), way


def test_the_score_on_the_page_is_that_of_the_tables() -> None:
    """Counted again here."""
    kept, of = map(int, re.findall(r"(\d+)\n? +of (\d+)\.", PAGE)[0])
    plans = {name: plan(name) for name in ("demo", "tower", "college")}
    rows = table("held_out.toml")
    zones = [read_place(row.text, plans[row.plan], row.site).zone for row in rows]
    right = sum((zone.id if zone else "ask") == row.zone for zone, row in zip(zones, rows, strict=True))
    assert (right, len(rows)) == (kept, of)


def test_the_plan_of_the_page_is_one() -> None:
    """Of two zones and a site with a name."""
    read = plan_from_toml(TomlText("zones.toml", TOML[1]))
    assert len(read.zones) == 2
    assert ("Hollins Library", "main") in read.called
