"""What `helpdesk check` says of the master key where a service is to be handed it."""

from __future__ import annotations

from pathlib import Path

import pytest

from helpdesk.check import OK, WARN
from helpdesk.house import open_house
from helpdesk.settings.file import load
from tests.checked import CLOCK, begun, put, said


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Settings in one folder, with their key; the store in another, as a service has them."""
    for name in ("etc", "var"):
        (tmp_path / name).mkdir()
    etc = begun(tmp_path / "etc", monkeypatch)
    put(etc, '#path = "helpdesk.sqlite"', f'path = "{tmp_path / "var" / "helpdesk.sqlite"}"')
    return etc


async def test_the_key_beside_the_settings_is_the_services(folder: Path) -> None:
    """Who checks outside the service is told where it can be looked at."""
    [finding] = (await said(folder))["keys"]
    assert finding.level == OK
    assert f"{folder / 'master.key'} is there for the service" in finding.text


async def test_a_unit_whose_key_is_missing_would_not_start(folder: Path) -> None:
    """That is said before systemd does, with the line that makes one."""
    (folder / "master.key").unlink()
    [finding] = (await said(folder))["keys"]
    assert finding.level == WARN
    assert f"openssl rand -hex 32 >{folder / 'master.key'}" in finding.text


async def test_the_service_itself_has_it_looked_at(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Handed over as a credential it is compared with the key store."""
    credentials = folder.parent / "credentials"
    credentials.mkdir()
    (folder / "master.key").rename(credentials / "helpdesk-master")
    monkeypatch.setenv("CREDENTIALS_DIRECTORY", str(credentials))
    async with open_house(load(folder / "helpdesk.toml"), CLOCK):
        pass
    [finding] = (await said(folder))["keys"]
    assert (finding.level, finding.text) == (OK, str(credentials / "helpdesk-master"))
