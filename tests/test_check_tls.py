"""What `helpdesk check` says of certificates."""

from __future__ import annotations

from pathlib import Path

import pytest

from helpdesk.check import FAIL, OK, WARN
from helpdesk.clock import DAY, Instant, ManualClock
from tests import checked
from tests.checked import begun, levels, said
from tests.test_certificates import START, made

TLS = '[web]\nport = 0\ntls_certificate = "first.pem"\ntls_key = "first.key"\npublic_url = "https://library.example"\n'


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A library whose web server speaks TLS."""
    begun(tmp_path, monkeypatch)
    (tmp_path / "helpdesk.toml").write_text(TLS)
    made(tmp_path, "first", days=90)[1].chmod(0o600)
    return tmp_path


def on_day(monkeypatch: pytest.MonkeyPatch, day: int) -> None:
    """The check is made so many days after the certificate was."""
    monkeypatch.setattr(checked, "CLOCK", ManualClock(Instant(START + (10_000 + day) * DAY)))


async def test_a_good_certificate(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Until when it holds."""
    on_day(monkeypatch, 0)
    found = await said(folder)
    assert levels(found)["tls"] == OK
    assert "first.pem holds until " in str(found["tls"][0])


@pytest.mark.parametrize(("day", "left"), [(77, "13 days more: renew it"), (120, "0 days more: renew it")])
async def test_a_certificate_that_ends(folder: Path, day: int, left: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever renews it should have done so."""
    on_day(monkeypatch, day)
    found = await said(folder)
    assert levels(found)["tls"] == WARN
    assert left in str(found["tls"][0])


async def test_a_key_that_is_not_its_own(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Told here, before a start fails for it."""
    on_day(monkeypatch, 0)
    (folder / "first.key").write_bytes(made(folder, "second")[1].read_bytes())
    found = await said(folder)
    assert levels(found)["tls"] == FAIL
    assert "web.tls_key: " in str(found["tls"][0])


async def test_a_key_that_everybody_may_read(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """With the command that ends it."""
    on_day(monkeypatch, 0)
    (folder / "first.key").chmod(0o644)
    found = await said(folder)
    assert levels(found)["tls"] == WARN
    assert "chmod o= " in str(found["tls"][-1])


async def test_without_tls_nothing_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A proxy speaks it, or nobody does."""
    begun(tmp_path, monkeypatch)
    assert "tls" not in await said(tmp_path)
