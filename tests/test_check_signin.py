"""What `helpdesk check` says of the sign-in provider, and of a library that forgets nothing by itself."""

from __future__ import annotations

import re
import socket
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from helpdesk.check import FAIL, OK, WARN
from helpdesk.clock import ManualClock
from helpdesk.errors import BadConfig, TryLater
from helpdesk.findings import Finding
from tests.checked import begun, levels, put, said
from tests.roles.provider import CLIENT, Idp, provider


@pytest.fixture
async def idp() -> AsyncIterator[Idp]:
    """The provider."""
    async with provider(ManualClock()) as opened:
        yield opened


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """What `helpdesk init` writes."""
    return begun(tmp_path, monkeypatch)


async def found(folder: Path, issuer: str, monkeypatch: pytest.MonkeyPatch) -> Finding:
    """What is said of a provider whose issuer the settings name."""
    monkeypatch.setenv("HELPDESK_OIDC__ISSUER", issuer)
    monkeypatch.setenv("HELPDESK_OIDC__CLIENT_ID", CLIENT)
    monkeypatch.setenv("HELPDESK_OIDC__GROUPS", '{"library-desk": "agent"}')
    [finding] = (await said(folder))["sign-in"]
    return finding


async def test_a_provider_that_is_as_it_should_be(folder: Path, idp: Idp, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its description and its keys are read; nobody is asked for a code."""
    finding = await found(folder, idp.url, monkeypatch)
    assert (finding.level, finding.text) == (OK, f"{idp.url} answers, and offers the device flow")
    assert idp.keys_read == 1
    assert idp.asked == []


async def test_without_one_nothing_is_said(folder: Path) -> None:
    """Personal tokens are all there is then."""
    assert "sign-in" not in await said(folder)


@pytest.mark.parametrize(
    ("about", "words"),
    [
        ({"issuer": "https://elsewhere.example"}, "the provider calls itself 'https://elsewhere.example'. Write it"),
        ({"device_authorization_endpoint": None}, "offers no device flow. Switch it on"),
        ({"jwks_uri": None}, "did not say its jwks_uri. Write the issuer as"),
        ({"token_endpoint": 7}, "did not say its token_endpoint. Write the issuer as"),
    ],
)
async def test_a_provider_that_answers_wrongly(
    folder: Path, idp: Idp, about: dict[str, object], words: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nobody could sign in: it fails, and says what to change where."""
    idp.about = about
    finding = await found(folder, idp.url, monkeypatch)
    assert finding.level == FAIL
    assert finding.text.startswith("oidc.issuer: ")
    assert words in finding.text


async def test_an_address_that_is_no_provider(folder: Path, idp: Idp, monkeypatch: pytest.MonkeyPatch) -> None:
    """Something answers there, with a page of its own."""
    finding = await found(folder, f"{idp.url}/realm", monkeypatch)
    assert finding.level == FAIL
    assert "provider's answer can't be read. Write the issuer as the provider's own pages have it" in finding.text


async def test_a_provider_in_trouble(folder: Path, idp: Idp, monkeypatch: pytest.MonkeyPatch) -> None:
    """A 502 is nobody's setting: a warning."""
    idp.broken = True
    finding = await found(folder, idp.url, monkeypatch)
    assert finding.level == WARN
    assert "tokens that are good stay so" in finding.text


async def test_offline_is_a_warning(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever checks on a train need not have the provider there."""
    with socket.socket() as taken:  # bound and not listening: nobody can answer on it
        taken.bind(("127.0.0.1", 0))
        finding = await found(folder, f"http://127.0.0.1:{taken.getsockname()[1]}", monkeypatch)
    assert finding.level == WARN
    assert "can't be asked just now" in finding.text


async def test_the_extra_is_named_where_it_is_missing(folder: Path, idp: Idp, monkeypatch: pytest.MonkeyPatch) -> None:
    """With the command."""
    monkeypatch.setitem(sys.modules, "helpdesk.api.oidc", None)
    finding = await found(folder, idp.url, monkeypatch)
    assert (finding.level, "pip install -c constraints.txt '.[oidc]'" in finding.text) == (FAIL, True)


async def test_what_a_wrong_answer_is_to_a_desk() -> None:
    """Something to try again, as before: the desk can't change the settings."""
    from helpdesk.api.oidc import WrongAnswer

    assert issubclass(WrongAnswer, TryLater)
    assert not issubclass(WrongAnswer, BadConfig)


async def test_a_library_that_forgets_nothing(folder: Path) -> None:
    """It is said as long as no rule is set; with one it is not."""
    assert "retention" not in await said(folder)
    file = folder / "helpdesk.toml"
    before, _, rules = file.read_text().partition("[retention]")
    file.write_text(before + "[retention]" + re.sub(r"^(?=[a-z_]+_days = )", "#", rules, flags=re.MULTILINE))
    found = await said(folder)
    assert levels(found)["retention"] == WARN
    assert [each.text for each in found["retention"]] == ["nothing is forgotten by itself; see docs/retention.md"]
    put(folder, "[retention]\n", "[retention]\nmail_raw_days = 90\n")
    assert "retention" not in await said(folder)
