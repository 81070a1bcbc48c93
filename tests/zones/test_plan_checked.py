"""`helpdesk check` reads the plan of zones."""

from __future__ import annotations

from pathlib import Path

import pytest

from helpdesk.check import FAIL, OK
from tests.checked import begun, levels, put, said
from tests.zones.plans import DEMO


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """What `helpdesk init --noiseline` writes, with a plan beside it."""
    begun(tmp_path, monkeypatch)
    settings = (tmp_path / "helpdesk.toml").read_text()
    (tmp_path / "helpdesk.toml").write_text('zones = "plan.toml"\n' + settings.replace('#zones = "zones.toml"\n', ""))
    (tmp_path / "plan.toml").write_text(DEMO)
    return tmp_path


async def test_a_good_plan_is_named(folder: Path) -> None:
    """With its file."""
    found = await said(folder)
    assert levels(found)["zones"] == OK
    assert str(folder / "plan.toml") in found["zones"][0].text


async def test_a_wrong_plan_fails_with_its_line(folder: Path) -> None:
    """And one that is not there is told as such."""
    file = folder / "plan.toml"
    file.write_text(DEMO.replace('code = "L3B"', 'code = "L3A"'))
    (wrong,) = (await said(folder))["zones"]
    assert wrong.level == FAIL
    assert "plan.toml:" in wrong.text
    assert "'L3A' can't be told from 'L3A' of main-3-silent" in wrong.text
    put(folder, 'zones = "plan.toml"', 'zones = "nowhere.toml"')
    assert levels(await said(folder))["zones"] == FAIL
