"""The library's own texts, as the settings name them, and what `helpdesk check` says of them."""

from __future__ import annotations

from pathlib import Path

import pytest

from helpdesk.check import FAIL, OK, WARN
from helpdesk.config import LibrarySettings, LineSettings, Settings
from helpdesk.errors import BadConfig
from helpdesk.message import Channel, LineId
from helpdesk.noise.concerns import Concern
from helpdesk.settings.wording import checked_texts, texts_of, unapproved
from helpdesk.zones import Plan, Zone, ZoneKind
from tests.checked import begun, levels, said

NOISE = LineSettings(channel=Channel.SMS, title="Noiseline", policy="sealed", kind="noise", address="+447700900123")
TEXTS = LineSettings(channel=Channel.SMS, title="Texts", address="+447700900100", greeting="Hello, we answer soon.")
MAIL = LineSettings(channel=Channel.MAIL, title="Mail", address="help@library.example")
SETTINGS = Settings(library=LibrarySettings(name="Moor Street Library"), lines={"n": NOISE, "t": TEXTS, "m": MAIL})

APPROVED = "[texts]\n" + "".join(
    f'crisis_{concern} = {{ text = "Call 999.", approved_by = "The lead", approved_on = 2026-09-01 }}\n'
    for concern in Concern
)


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """What `helpdesk init --noiseline` writes."""
    return begun(tmp_path, monkeypatch)


def _zone(site: str, name: str) -> Zone:
    return Zone(id=f"{site}-1", site=site, floor="1", name=name, kind=ZoneKind.SILENT)


def test_lines_of_texts_have_texts() -> None:
    """By their kind; a greeting is the first text; a mailbox has none."""
    texts = texts_of(SETTINGS)
    assert set(texts) == {LineId("n"), LineId("t")}
    assert texts[LineId("n")].sends("joined")
    assert not texts[LineId("t")].sends("joined")
    assert texts[LineId("t")].say("first") == "Hello, we answer soon."


def test_a_line_names_the_zones_of_its_site() -> None:
    """Another site's long name is not in the way."""
    plan = Plan(zones=(_zone("a", "Level 1"), _zone("b", "Z" * 60)))
    lines = {"n": NOISE.model_copy(update={"site": "a"}), "t": TEXTS}
    texts = texts_of(SETTINGS.model_copy(update={"lines": lines}), plan)
    assert texts[LineId("n")].filling.zones == ("Level 1",)
    assert texts[LineId("t")].filling.zones == ("Level 1", "Z" * 60)


def test_what_is_not_approved_is_said_of_each_line() -> None:
    """All five of ours are drafts; once all are approved nothing is said."""
    told = list(unapproved(texts_of(SETTINGS)))
    assert [line.split(":")[0] for line in told] == ["line n", "line t"]
    assert all(f"crisis_{concern}" in told[0] for concern in Concern)


@pytest.mark.parametrize("content", [None, b"\xff\xfe"])
def test_a_file_that_can_not_be_read_is_named(tmp_path: Path, content: bytes | None) -> None:
    """It is not there, or it is no text."""
    file = tmp_path / "texts.toml"
    if content is not None:
        file.write_bytes(content)
    with pytest.raises(BadConfig, match=r"texts\.toml"):
        checked_texts(SETTINGS.model_copy(update={"texts": file}))


async def test_check_warns_until_the_crisis_texts_are_approved(folder: Path) -> None:
    """Loudly; and with all of them approved it is content."""
    before = await said(folder)
    assert levels(before)["texts"] == WARN
    assert "gets NO crisis text" in before["texts"][0].text
    (folder / "texts.toml").write_text(APPROVED, "utf-8")
    assert levels(await said(folder))["texts"] == OK


async def test_check_fails_for_each_text_that_can_not_be_sent(folder: Path) -> None:
    """With the file and the line."""
    (folder / "texts.toml").write_text('[texts]\nfist = "x"\nquestion = "Where’s the noise?"\n', "utf-8")
    found = (await said(folder))["texts"]
    assert [one.level for one in found] == [FAIL, FAIL]
    assert f"{folder / 'texts.toml'}:2: texts.fist" in found[0].text
    assert 'write "Where\'s the noise?"' in found[1].text
