"""The trail holds what is read with commands on the owner's machine, where a server runs and where none does."""

from __future__ import annotations

import asyncio
import json
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from helpdesk import errands
from helpdesk.api.server import desk_socket
from helpdesk.cli import run
from helpdesk.commands.options import system_user
from helpdesk.config import Settings
from helpdesk.errors import TryLater
from helpdesk.offering import offered
from helpdesk.store.care import state
from tests.conversation import library
from tests.forgetting.house import answered, forgetful
from tests.report_house import at
from tests.report_house import library as reported

ME = str(system_user()[0])
SETTINGS = """\
[library]
name = "Fernhill Library"
[store]
path = "helpdesk.sqlite"
[lines.help]
channel = "mail"
title = "Enquiries"
address = "help@library.example"
[lines.noise]
channel = "sms"
title = "Noise"
kind = "noise"
address = "+447700900123"
"""


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A library in which a promise was missed in September, and nobody answers on its socket."""

    async def lived() -> None:
        async with reported(path=tmp_path / "helpdesk.sqlite") as house:
            await house.replies(await house.comes("help", at("2026-09-01")))
            await house.comes("noise", at("2026-09-04"))

    asyncio.run(lived())
    (tmp_path / "helpdesk.toml").write_text(SETTINGS)
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("HELPDESK_CONFIG", raising=False)
    return tmp_path


def rows(capsys: pytest.CaptureFixture[str]) -> list[tuple[str, str, int | None]]:
    """Who read what, about which ticket, as `helpdesk staff trail` prints it."""
    capsys.readouterr()
    assert run(["staff", "trail", "--json"]) == 0
    found = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    return [(each["who"], each["what"], each["ticket"]) for each in found if each["what"].startswith("command.")]


PERIOD = ["--from", "2026-09-01", "--to", "2026-10-01"]


def test_a_report_with_its_misses(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Reasons of staff stand beside them: who read them is held, once in ten minutes. Figures alone are not."""
    assert run(["report", *PERIOD, "--format", "csv"]) == 0
    assert rows(capsys) == []
    assert run(["report", *PERIOD]) == 0
    assert run(["report", *PERIOD, "--format", "json"]) == 0
    assert rows(capsys) == [(ME, "command.report", None)]


def test_the_clocks_of_a_ticket(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """About that ticket; one that is not there was not read."""
    assert run(["report", "--explain", "2"]) == 0
    assert run(["report", "--explain", "99"]) == 1
    assert rows(capsys) == [(ME, "command.explain", 2)]


def test_the_pack_and_the_full_export(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Each export, however soon after the one before."""
    assert run(["evidence", "--year", "2026-27", "--out", "pack"]) == 0
    for name in ("one.jsonl", "two.jsonl"):
        assert run(["db", "export", name]) == 0
    expected = [(ME, "command.evidence", None), (ME, "command.export", None), (ME, "command.export", None)]
    assert rows(capsys) == expected


def test_a_person_s_copy_and_their_end(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """With nobody on the socket, too: the copy, the look at what would go, and that it went."""

    async def wrote() -> None:
        async with forgetful(tmp_path) as town:
            ana, mia = town.mailer("ana"), await town.staff("mia")
            await ana.mails("Where is the atlas?")
            await answered(mia, ana)

    asyncio.run(wrote())
    (tmp_path / "helpdesk.toml").write_text(SETTINGS)
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("HELPDESK_CONFIG", raising=False)
    assert run(["export", "ana@example.org", "ana.zip"]) == 0
    assert run(["forget", "ana@example.org", "--yes"]) == 0
    capsys.readouterr()
    assert run(["staff", "trail", "--json"]) == 0
    printed = capsys.readouterr().out
    found = [json.loads(line) for line in printed.splitlines()]
    held = [(each["who"], each["what"]) for each in found if each["what"].startswith("keeper.")]
    assert held == [(ME, "keeper.export_person"), (ME, "keeper.forget"), (ME, "keeper.forget")]
    assert "ana@example.org" not in printed


async def test_where_a_server_runs_it_writes_the_row(tmp_path: Path) -> None:
    """Asked over its socket: nobody else may write its store."""
    path = tmp_path / "helpdesk.sqlite"
    async with library(folder=tmp_path) as town:
        settings = town.house.settings.model_copy(update={"store": Settings().store.model_copy(update={"path": path})})
        async with desk_socket(town.house.desk, settings.store.socket_path, keeper=offered(town.house).keeper):
            await errands.noted(settings, town.house.clock, system_user()[0], "evidence")
        looks = await town.house.roster.trail(system_user()[0])
    assert [(each.actor, each.act) for each in looks if each.act.startswith("command.")] == [(ME, "command.evidence")]


def test_where_the_trail_can_t_be_written(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """A report is read on, and its reader hears it; no copy of patrons' words is made."""

    async def full(*args: object, **more: object) -> None:
        raise TryLater("The store can't be written just now (disk full).")

    monkeypatch.setattr(errands, "noted", full)
    assert run(["report", *PERIOD]) == 0
    said = capsys.readouterr()
    assert "does not hold that you read this: The store can't be written just now (disk full). Tell" in said.err
    assert said.out
    assert run(["db", "export", "out.jsonl"]) == 1
    assert "can't be written just now" in capsys.readouterr().err
    assert not (folder / "out.jsonl").exists()


def test_a_report_changes_nothing_in_the_log(folder: Path) -> None:
    """The same events before and after: rows of the trail are none of the log's."""
    before = state(folder / "helpdesk.sqlite", "main").events
    assert run(["report", *PERIOD]) == 0
    assert state(folder / "helpdesk.sqlite", "main").events == before
    with closing(sqlite3.connect(folder / "helpdesk.sqlite")) as store:
        assert store.execute("SELECT count(*) FROM trail").fetchone() == (1,)
