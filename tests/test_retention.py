"""The retention schedule says what the settings say, and what the program then does."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from helpdesk.cli import run
from helpdesk.clock import DAY, plus
from helpdesk.config import RetentionSettings, Settings, StoreSettings
from helpdesk.message import LineId
from helpdesk.retention import STAYS, as_markdown, schedule
from tests.conversation import library as in_memory
from tests.wire import library

NOISE = {"channel": "sms", "title": "Noiseline", "policy": "sealed", "address": "+447700900001"}
MAIL = {"channel": "mail", "title": "Enquiries", "address": "desk@library.example"}


def settings(**lines: dict[str, Any]) -> Settings:
    """A library with these lines."""
    return Settings.model_validate({"library": {"name": "Fernhill Library"}, "lines": lines})


def rows(chosen: Settings, heading: str) -> dict[str, str]:
    """How long each thing under a heading is kept."""
    return {row.what: row.long for row in schedule(chosen)[heading]}


def test_a_lines_days_are_the_settings() -> None:
    """The reply window, and the epoch's key after the longest window of all."""
    chosen = settings(noise={**NOISE, "reply_days": 3}, hush={**NOISE, "title": "Hush", "reply_days": 14}, mail=MAIL)
    noise = rows(chosen, "Noiseline (sealed line noise)")
    assert noise["The sealed reply address, its key, and the handle"] == "3 days after the conversation's last message"
    assert noise["The key that makes handles"] == "7 days, and 14 days more to recognise who goes on texting"
    hush = rows(chosen, "Hush (sealed line hush)")
    assert hush["The carrier's copies of the texts, both ways"] == "14 days after the conversation's last message"


def test_what_nothing_erases_is_said_to_stay() -> None:
    """The schedule promises no more than the program does."""
    assert rows(settings(mail=MAIL), "Open lines: Enquiries") == dict.fromkeys(
        [
            "Mail: names, addresses and numbers of patrons",
            "Mail: the words of messages and answers, notes, files",
            "Each mail as it came in, with its files",
        ],
        STAYS,
    )


def test_the_days_of_retention_are_the_settings() -> None:
    """Each row names its own; who wrote goes with the words where it has no day of its own."""
    chosen = settings(mail=MAIL, noise=NOISE)
    kept = RetentionSettings(mail_text_days=1095, mail_raw_days=90, sealed_text_days=365, desk_text_days=30)
    made = schedule(chosen.model_copy(update={"retention": kept}))
    mail = {row.what: (row.long, row.setting) for row in made["Open lines: Enquiries"]}
    text = ("1,095 days after the ticket was closed", "retention.mail_text_days")
    assert mail["Mail: names, addresses and numbers of patrons"] == text
    assert mail["Mail: the words of messages and answers, notes, files"] == text
    raw = ("90 days after it came in", "retention.mail_raw_days")
    assert mail["Each mail as it came in, with its files"] == raw
    long = {row.setting: row.long for rows in made.values() for row in rows}
    assert long["retention.sealed_text_days"] == "365 days after the ticket was closed"
    assert long["retention.desk_text_days"] == "30 days after the ticket was closed"


@pytest.mark.parametrize("days", [1, 5])
async def test_what_it_says_of_a_sealed_line_is_what_happens(days: int, tmp_path: Path) -> None:
    """The key is there to the last minute, and gone after it; so is the key that made the handle, in its time."""
    async with library(tmp_path, lines={"noise": {"reply_days": days}, "texts": {"reply_days": 1}}) as town:
        said = rows(town.house.settings, "Noiseline (sealed line noise)")
        assert said["The sealed reply address, its key, and the handle"].startswith(f"{days} day")
        await town.texter().texts("Loud on level 3")
        await town.desk.sees("Loud on level 3")
        town.time.move_to(plus(town.time.now(), days * DAY - 1))
        await town.house.watch.check_due()
        assert len(await town.house.keys.conversations()) == 1
        town.time.passes(seconds=1)
        await town.house.watch.check_due()
        assert await town.house.keys.conversations() == frozenset()


def test_the_channels_of_the_lines_decide_what_is_listed() -> None:
    """No mail line, no mails."""
    text_line = {"channel": "sms", "title": "Texts", "address": "+447700900002"}
    assert "Each mail as it came in, with its files" not in rows(settings(texts=text_line), "Open lines: Texts")


def test_the_command_prints_the_page(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """From the library's own file, before a key or a store exists."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("HELPDESK_CONFIG", raising=False)
    line = '[lines.noise]\nchannel = "sms"\ntitle = "Noiseline"\npolicy = "sealed"\naddress = "+447700900001"\n'
    (tmp_path / "helpdesk.toml").write_text(f'{line}reply_days = 9\n[library]\nname = "Fernhill Library"\n')
    assert run(["noiseline", "schedule"]) == 0
    said = capsys.readouterr().out
    assert said == as_markdown(settings(noise={**NOISE, "reply_days": 9}))
    assert "| 9 days after the conversation's last message |" in said
    assert "`lines.noise.reply_days`" in said


async def test_the_days_of_a_key_that_makes_handles_are_a_setting() -> None:
    """The schedule says them, and a day later another key makes them; the one before is looked under still."""
    async with in_memory(store=StoreSettings(epoch_days=1)) as town:
        line, keys = LineId("noise"), town.house.keys
        (old,) = await keys.epochs(line, town.time.now)
        await town.time.passes(days=1)
        assert (await keys.epochs(line, town.time.now))[1:] == (old,)
        assert "| The key that makes handles | 1 day, and 7 days more" in as_markdown(town.house.settings)
