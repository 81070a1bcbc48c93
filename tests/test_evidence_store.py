"""The evidence pack and the benchmark from a real store, by their commands."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Callable
from pathlib import Path

import pytest

from helpdesk.check import check
from helpdesk.cli import run
from helpdesk.clock import SystemClock
from helpdesk.ports import Sql
from helpdesk.reports.benchmark.peers import peers_text, read_peers, starter
from helpdesk.store.sqlite import open_reader
from helpdesk.store.verbs import erasures
from tests.report_house import at, library

SETTINGS = """\
[library]
name = "Moor Street Library"
[store]
path = "desk.sqlite"
[report]
few = 1
evidence = "grades.toml"
contact = "Ask at any desk"
[lines.help]
channel = "mail"
title = "Enquiries"
address = "help@library.example"
"""

GRADES = 'format = 1\n\n[[elements]]\nyear = "2026-27"\nelement = "4.1.1"\ngrade = "compliance plus"\n'


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A library's folder, with a store that a few wrote to in September 2026: three were answered, one was not."""

    async def lived() -> None:
        async with library(path=tmp_path / "desk.sqlite") as house:
            for day in ("2026-09-01", "2026-09-02", "2026-09-03"):
                await house.replies(await house.comes("help", at(day)))
            await house.comes("noise", at("2026-09-04"))
            await house.comes("chat", at("2026-09-06"))

    asyncio.run(lived())
    (tmp_path / "helpdesk.toml").write_text(SETTINGS, "utf-8")
    (tmp_path / "grades.toml").write_text(GRADES, "utf-8")
    return tmp_path


Typed = Callable[..., int]


@pytest.fixture
def typed(folder: Path) -> Typed:
    """Runs a command in that library, as it stood on 8 September; gives its exit status."""

    def run_it(*arguments: str, as_of: str = "2026-09-08 09:00") -> int:
        return run([*arguments, "--as-of", as_of, "-c", str(folder / "helpdesk.toml")])

    return run_it


def test_the_command_makes_the_pack(folder: Path, typed: Typed, capfd: pytest.CaptureFixture[str]) -> None:
    """From the store, the settings and the file of grades; made again it is the same, byte for byte."""
    first, second = folder / "pack", folder / "again"
    assert typed("evidence", "--year", "2026-27", "--out", str(first)) == 0
    assert typed("evidence", "--year", "2026-27", "--out", str(second)) == 0
    page = (first / "index.html").read_text("utf-8")
    assert "3 of 3 contacts judged kept it: 100.0" in page
    assert "compliance plus (the library itself)" in page
    assert "Ask at any desk" in page
    assert "The period is not over" in page
    assert "Text message: a standard for the kind noise only, none for the rest." in page
    assert _digest(first) == _digest(second)
    assert "read it before you hand it on" in capfd.readouterr().out


def _digest(folder: Path) -> dict[str, str]:
    files = (path for path in folder.rglob("*") if path.is_file())
    return {path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest() for path in files}


def test_a_wrong_file_of_grades_stops_it_before_anything_is_made(
    folder: Path, typed: Typed, capfd: pytest.CaptureFixture[str]
) -> None:
    """With the line, and no folder."""
    (folder / "grades.toml").write_text(GRADES.replace("compliance plus", "brilliant"), "utf-8")
    assert typed("evidence", "--year", "2026-27", "--out", str(folder / "pack")) == 2
    said = capfd.readouterr().err
    assert "grades.toml:6: elements[1].grade: 'brilliant' is not a grade" in said
    assert not (folder / "pack").exists()


async def test_the_check_reads_the_files_of_people(folder: Path) -> None:
    """`helpdesk check` names file, line and remedy before anybody makes a pack."""
    (folder / "helpdesk.toml").write_text(SETTINGS.replace("few = 1", 'peers = "peers.toml"'), "utf-8")
    (folder / "peers.toml").write_text("format = 1\n[[peers]]\npromise = 3\n", "utf-8")
    found = {each.subject: each async for each in check(folder / "helpdesk.toml", SystemClock())}
    assert (found["evidence"].level, found["peers"].level) == ("ok", "FAIL")
    assert "peers.toml:2: peers[1].institution: is missing; add it" in found["peers"].text


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--year", "2026-27"), "name the folder: --out FOLDER"),
        (("--out", "x"), "name the period"),
        (("--year", "2026-27", "--from", "2026-08-01", "--out", "x"), "name the period once"),
        (("--start", "x.toml"), "goes with the year to begin with and nothing else"),
        (("--year", "2026", "--out", "x"), "Write the year as 2026-27"),
    ],
)
def test_what_does_not_go_together_is_refused(
    folder: Path, arguments: tuple[str, ...], said: str, capfd: pytest.CaptureFixture[str]
) -> None:
    """With the remedy."""
    assert run(["evidence", *arguments, "-c", str(folder / "helpdesk.toml")]) != 0
    assert said in " ".join(capfd.readouterr().err.replace("│", " ").split())


def test_a_file_to_keep_grades_in_is_written_once(folder: Path, capfd: pytest.CaptureFixture[str]) -> None:
    """It needs no store and no settings, and is never written over."""
    path = folder / "new.toml"
    assert run(["evidence", "--start", str(path), "--year", "2026/27"]) == 0
    assert 'year = "2026-27"' in path.read_text("utf-8")
    assert run(["evidence", "--start", str(path), "--year", "2026-27"]) == 1
    assert "it is yours, so it is left alone" in capfd.readouterr().err


def test_the_export_goes_to_a_colleague_and_into_their_funnel(
    folder: Path, typed: Typed, capfd: pytest.CaptureFixture[str]
) -> None:
    """What we print, another library reads; beside theirs it stands in one funnel."""
    assert typed("benchmark", "export", "--year", "2026-27") == 0
    path = folder / "moor-street.toml"
    path.write_text(capfd.readouterr().out.replace("Moor Street Library", "Fen Lane Library"), "utf-8")
    assert {each.institution for each in read_peers(path)} == {"Fen Lane Library"}
    shown = ("benchmark", "show", "--standard", "mail-answered", "--year", "2026-27", "--peers", str(path))
    assert typed(*shown) == 0
    text = capfd.readouterr().out
    assert "Fen Lane" in text
    assert "48 h of wall time is not 3 working days" in text
    assert typed(*shown, "--peers", str(path), "--format", "svg") == 0
    drawn = capfd.readouterr().out
    assert drawn.startswith("<svg")
    assert "Fen Lane Library: 100.0 % of 3, within" in drawn


def test_what_cant_be_shown_is_refused_in_words(folder: Path, typed: Typed, capfd: pytest.CaptureFixture[str]) -> None:
    """A name that is not there, a drawing of nothing, a period of nothing, a colleague's file with an error."""
    assert typed("benchmark", "show", "--standard", "mail-answer") == 1
    assert "did you mean 'mail-answered'?" in capfd.readouterr().err
    assert typed("benchmark", "show", "--standard", "noise-texts", "--format", "svg") == 1
    assert "so there is no funnel to draw" in capfd.readouterr().err
    assert typed("benchmark", "export", "--from", "2026-01-01", "--to", "2026-02-01") == 1
    assert "nothing to export" in capfd.readouterr().err
    bad = folder / "bad.toml"
    bad.write_text(peers_text(starter()).replace("target = 98", "target = 980", 1), "utf-8")
    assert typed("benchmark", "show", "--peers", str(bad)) == 2
    assert "bad.toml:" in (said := capfd.readouterr().err)
    assert "write a percentage from 0 to 100, not 980" in said


async def test_what_was_destroyed_is_counted_by_when(folder: Path) -> None:
    """And what should have been by a moment and was not."""
    async with library(path=folder / "sealed.sqlite") as house:
        await house.store.write(_conversations)
    async with open_reader(folder / "sealed.sqlite", library="main") as store:
        assert await store.read(erasures.destroyed, at("2026-09-01"), at("2026-09-10")) == (at("2026-09-05"),)
        assert await store.read(erasures.overdue, at("2026-09-03")) == 1
        assert await store.read(erasures.overdue, at("2026-09-06")) == 0
        assert await store.read(erasures.overdue, at("2026-09-30")) == 1


def _conversations(sql: Sql) -> None:
    for number, expires, shredded in (
        (1, "2026-09-02", "2026-09-05"),
        (2, "2026-09-20", None),
        (3, "2027-01-01", None),
    ):
        sql(
            "INSERT INTO conversations (library, id, line, name, opened, expires, shredded)"
            " VALUES (:library, :id, 'noise', 'Quiet Heron', 0, :expires, :shredded)",
            id=f"c{number}",
            expires=at(expires),
            shredded=at(shredded) if shredded else None,
        )
