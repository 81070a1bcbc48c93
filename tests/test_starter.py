"""What `helpdesk init` writes, held against the settings themselves."""

from __future__ import annotations

import re
import stat
import tomllib
from datetime import UTC, datetime
from pathlib import Path

import pytest
from pydantic import BaseModel

from helpdesk.clock import instant
from helpdesk.config import LineSettings, Settings
from helpdesk.errors import BadConfig
from helpdesk.message import LineId
from helpdesk.noise.concerns import PRIORITY
from helpdesk.places import TomlText
from helpdesk.rulebook import drafts
from helpdesk.settings.file import load, read
from helpdesk.settings.starter import (
    Choices,
    calendars_text,
    crisis_texts,
    promises_text,
    settings_text,
    start,
    zones_text,
)
from helpdesk.settings.wording import texts_of
from helpdesk.zones import plan_from_toml

ALL = Choices(name="Marsh “Old” Library", mail="help@library.example", texts="+447700900100", noiseline="+447700900123")


def _keys(model: type[BaseModel], above: str = "") -> set[str]:
    """The dotted name of every setting below a section."""
    found: set[str] = set()
    for name, field in model.model_fields.items():
        inner = field.annotation
        if isinstance(inner, type) and issubclass(inner, BaseModel):
            found |= _keys(inner, f"{above}{name}.")
        elif name != "lines":
            found.add(above + name)
    return found


def _taken_out(text: str) -> str:
    """The text with every commented setting taken in."""
    return re.sub(r"^#(?=[a-z_]+ = |\[)", "", text, flags=re.MULTILINE)


def test_names_every_setting() -> None:
    """A setting that is added to the model is in the file, and none that is gone stays there."""
    values = tomllib.loads(_taken_out(settings_text(Choices())))
    lines = values.pop("lines")
    written = {name for name, value in values.items() if not isinstance(value, dict)}
    written |= {f"{section}.{name}" for section, table in values.items() if isinstance(table, dict) for name in table}
    assert written == _keys(Settings)
    explained = set(re.findall(r"^#   ([a-z_]+) ", settings_text(Choices()), flags=re.MULTILINE))
    assert explained == set(LineSettings.model_fields)
    assert set(lines) == {"help", "texts", "noise", "chat"}


def test_every_default_that_is_shown_is_the_default() -> None:
    """Taking a # away changes nothing, but where the setting has no default worth showing."""
    shown = Settings.model_validate(tomllib.loads(_taken_out(settings_text(Choices()))))
    plain = Settings()
    for section in ("library", "store", "web", "mail", "chat", "desk", "sms"):
        unset = {"url", "keys_url", "authority", "socket", "keys", "master_key", "tls_certificate", "tls_key", "tokens"}
        ours, theirs = getattr(shown, section), getattr(plain, section)
        assert ours.model_dump(exclude=unset) == theirs.model_dump(exclude=unset)


def test_what_was_chosen_is_filled_in(tmp_path: Path) -> None:
    """Names, numbers and mailboxes that are known need no editing; the Noiseline is sealed."""
    start(tmp_path, ALL)
    settings = read(tmp_path / "helpdesk.toml").settings
    assert settings.library.name == ALL.name
    assert settings.lines["help"].address == "help@library.example"
    assert settings.lines["noise"].policy == "sealed"
    assert settings.lines["noise"].calendar == "staffed"
    assert settings.chat.form_line == "help"


def test_writes_what_starts_without_editing(tmp_path: Path) -> None:
    """With nothing chosen the files load, and calendars and standards can be published."""
    started = start(tmp_path, Choices())
    assert {path.name for path in started.written} == {
        "helpdesk.toml",
        "calendars.toml",
        "standards.toml",
        "master.key",
    }
    assert started.left == ()
    settings = load(tmp_path / "helpdesk.toml")
    found = drafts(
        settings.calendars, settings.standards, now=instant(datetime(2026, 11, 2, tzinfo=UTC)), zone="Europe/London"
    )
    assert [name for name, _ in found.calendars] == ["staffed"]
    assert [name for name, _ in found.standards] == ["chat-claimed", "mail-answered"]


def test_promises_about_noise_are_in_force_with_a_noiseline_only(tmp_path: Path) -> None:
    """Without one they stand there commented out, for the day when there is one."""
    assert tomllib.loads(promises_text(noiseline=True)).keys() == {"standards"}
    assert "noise-texts" in tomllib.loads(promises_text(noiseline=True))["standards"]
    without = promises_text(noiseline=False)
    assert "noise-texts" not in tomllib.loads(without)["standards"]
    assert tomllib.loads(_taken_out(without)) == tomllib.loads(promises_text(noiseline=True))


def test_no_second_master_key_beside_keys_that_the_first_one_closed(tmp_path: Path) -> None:
    """Who lost the key is told so by the check; a new one would only hide it."""
    start(tmp_path, Choices())
    (tmp_path / "master.key").rename(tmp_path / "keys.sqlite")
    start(tmp_path, ALL)
    assert not (tmp_path / "master.key").exists()


def test_makes_a_master_key(tmp_path: Path) -> None:
    """Mode 0400 for the key, 0600 for the settings, and what is still to be filled in is told."""
    started = start(tmp_path, ALL)
    assert stat.S_IMODE((tmp_path / "master.key").stat().st_mode) == 0o400
    assert stat.S_IMODE((tmp_path / "helpdesk.toml").stat().st_mode) == 0o600
    assert [line.split(": ")[1] for line in started.left] == ["sms.account", "sms.tokens"]


def test_a_noiseline_begins_with_a_plan_and_texts_to_write_over(tmp_path: Path) -> None:
    """Both are valid once the # is taken away, but that nobody has approved the crisis texts yet."""
    started = start(tmp_path, ALL)
    assert {"zones.toml", "texts.toml"} <= {path.name for path in started.written}
    assert [line.split(": ")[0] for line in started.advice] == ["zones.toml", "texts.toml", "helpdesk.toml"]
    settings = read(tmp_path / "helpdesk.toml").settings
    assert (settings.zones, settings.texts) == (None, tmp_path / "texts.toml")
    assert texts_of(settings)[LineId("noise")].unapproved == PRIORITY
    plan = plan_from_toml(TomlText("zones.toml", _taken_out(zones_text())))
    assert [zone.code for zone in plan.zones] == ["L3A", "L3B"]
    wording = _taken_out(crisis_texts())
    (tmp_path / "texts.toml").write_text(wording, "utf-8")
    with pytest.raises(BadConfig, match="approved_by"):
        texts_of(settings)
    approved = wording.replace('approved_by = ""', 'approved_by = "Ada"').replace(
        'approved_on = ""', "approved_on = 2026-09-01"
    )
    (tmp_path / "texts.toml").write_text(approved, "utf-8")
    assert texts_of(settings)[LineId("noise")].unapproved == ()


def test_touches_nothing_that_is_there(tmp_path: Path) -> None:
    """A second run keeps every file as it is, and adds what a Noiseline needs."""
    start(tmp_path, Choices())
    file = tmp_path / "helpdesk.toml"
    file.write_text(_taken_out(file.read_text()), "utf-8")
    before = {path: path.read_bytes() for path in tmp_path.iterdir() if path.suffix == ".toml"}
    key = (tmp_path / "master.key").read_bytes()
    again = start(tmp_path, ALL)
    assert [path.name for path in again.written] == ["zones.toml", "texts.toml"]
    assert {path.name for path in again.kept} == {path.name for path in before}
    assert {path: path.read_bytes() for path in before} == before
    assert (tmp_path / "master.key").read_bytes() == key
    assert start(tmp_path, ALL).written == ()


@pytest.mark.parametrize(
    "choices", [Choices(zone="Europe/Londn"), Choices(noiseline="07700 900123"), Choices(mail="Help Desk")]
)
def test_a_wrong_choice_writes_nothing(tmp_path: Path, choices: Choices) -> None:
    """The remedy is told before any file is made."""
    with pytest.raises(BadConfig):
        start(tmp_path, choices)
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_cannot_be_written(tmp_path: Path) -> None:
    """Says so, with another way."""
    with pytest.raises(BadConfig, match="--folder"):
        start(tmp_path / "none", Choices())


def test_another_zone_has_other_bank_holidays() -> None:
    """England's holidays are not taken for a library elsewhere."""
    calendar = tomllib.loads(calendars_text("Europe/Lisbon"))["calendars"]["staffed"]
    assert calendar["zone"] == "Europe/Lisbon"
    assert "bank_holidays" not in calendar
