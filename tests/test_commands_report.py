"""``helpdesk report``: what may be asked, what is refused and how, and where the answer goes."""

from __future__ import annotations

import csv
import io
import json
import re
from pathlib import Path

import pytest

from helpdesk.cli import run
from tests.report_house import Library, at, library

SETTINGS = """\
[library]
name = "Moor Street Library"
zone = "Europe/London"

[store]
path = "desk.sqlite"

[report]
few = 3
amber_points = 10
"""


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where the settings lie, and nothing in the environment."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("HELPDESK_CONFIG", raising=False)
    (tmp_path / "helpdesk.toml").write_text(SETTINGS)
    return tmp_path


@pytest.fixture
async def desk(folder: Path) -> Path:
    """A store that lived through September and October: the folder it lies in."""
    async with library(path=folder / "desk.sqlite") as house:
        await _two_months(house)
    return folder


async def _two_months(house: Library) -> None:
    for n in range(4):
        contact = await house.comes("noise", at("2026-09-10", f"{9 + n:02}:00"))
        house.clock.passes(minutes=5 if n else 40)
        await house.replies(contact)
    await house.comes("noise", at("2026-10-12", "10:00"))
    house.clock.move_to(at("2026-10-20", "09:00"))
    await house.replies(await house.comes("help"))


def _said(capsysbinary: pytest.CaptureFixture[bytes], *arguments: str) -> str:
    """What the command prints; it has to end well."""
    status = run(["report", *arguments])
    said = capsysbinary.readouterr()
    assert status == 0, said.err.decode()
    return said.out.decode()


# What is refused


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        ("--month 2026-13", "--month: '2026-13' is no month: write one such as 2026-11."),
        ("--month November", "is no month"),
        ("--month=", "'' is no month"),
        ("--month 0000-01", "is no month"),
        ("--year 2026", "--year: Write the year as 2026-27 (1 August 2026 to 31 July 2027), not '2026'."),
        ("--year 2026-28", "For any other period name --from and --to."),
        ("--month 2026-11 --from 2026-11-01", "--month: name the period once"),
        ("--year 2026-27 --to 2026-11-01", "--year: name the period once"),
        ("--month 2026-11 --year 2026-27", "name the period once"),
        ("--format html", "--format: html needs a folder to write to: add --out FOLDER."),
        ("--format pdf", "pdf needs a folder"),
        ("--out x", "--out: is for html and pdf; text goes to standard output"),
        ("--format csv --out x", "csv goes to standard output"),
        ("--what heat", "--what: chooses the table of a csv: add --format csv, or leave it out."),
        ("--format json --what heat", "chooses the table of a csv"),
        ("--format csv --misses 3", "--misses: changes nothing in this table: add --what misses"),
        ("--misses some", "--misses: write a number or all, not 'some'."),
        ("--misses -1", "write a number or all"),
        ("--explain 3 --by hour --misses all", "stands alone: leave out --by and --misses."),
        ("--explain 3 --month 2026-11", "stands alone: leave out --month."),
        ("--explain three", "--explain"),
        ("--as-of 2026-12-01", "does not match the formats"),
        ("--as-of 9000-01-01T09:00", "--as-of: 9000-01-01 09:00 is still to come (Europe/London)."),
        ("--from 2026-11-31", "--from"),
        ("--by fortnight", "'fortnight' is not one of 'month'"),
        ("--format xml", "'xml' is not one of 'text'"),
    ],
)
def test_what_does_not_go_together_is_refused(
    arguments: str, says: str, folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """With the option, and what to do; nothing is read or written; the exit status is 2."""
    assert run(["report", *arguments.split()]) == 2
    said = capsys.readouterr()
    assert says in " ".join(said.err.split())
    assert said.out == ""
    assert [path.name for path in folder.iterdir()] == ["helpdesk.toml"]


def test_without_a_store_there_is_no_report(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """It says so, and makes none."""
    assert run(["report"]) == 2
    assert "The first `helpdesk serve` or `helpdesk desk` makes it." in capsys.readouterr().err
    assert [path.name for path in folder.iterdir()] == ["helpdesk.toml"]


def test_a_period_without_a_day_is_refused(desk: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """In words, with what to do."""
    assert run(["report", "--from", "2026-11-02", "--to", "2026-11-01"]) == 1
    assert "choose a later one" in capsys.readouterr().err


# What may be asked


def test_a_month_is_its_days(desk: Path, capsysbinary: pytest.CaptureFixture[bytes]) -> None:
    """``--month`` names what ``--from`` and ``--to`` would."""
    as_of = ("--as-of", "2026-10-21 09:00")
    short = _said(capsysbinary, "--month", "2026-09", *as_of)
    assert short == _said(capsysbinary, "--from", "2026-09-01", "--to", "2026-10-01", *as_of)
    assert "1 to 30 September 2026 (Europe/London)" in short


def test_december_and_the_sconul_year_cross_the_new_year(
    desk: Path, capsysbinary: pytest.CaptureFixture[bytes]
) -> None:
    """December ends on the first of January; 2026-27 is August to July, also at the turn of a century."""
    december = json.loads(_said(capsysbinary, "--month", "2026-12", "--format", "json"))
    assert (december["begin"], december["end"]) == ("2026-12-01", "2027-01-01")
    for year, begin, end in (("2026-27", "2026-08-01", "2027-08-01"), ("2099-00", "2099-08-01", "2100-08-01")):
        found = json.loads(_said(capsysbinary, "--year", year, "--format", "json"))
        assert (found["begin"], found["end"]) == (begin, end)


def test_the_settings_judge(desk: Path, capsysbinary: pytest.CaptureFixture[bytes]) -> None:
    """Under how many it is too few to tell, and how wide the amber band is."""
    found = json.loads(_said(capsysbinary, "--format", "json"))
    assert (found["few"], found["amber_hundredths"]) == (3, 1000)
    assert "too few to tell" not in _said(capsysbinary, "--month", "2026-09").split("How it is measured")[0]


@pytest.mark.parametrize("by", "month week quarter sconul year channel standard site hour weekday".split())
def test_every_kind_of_row_can_be_asked(by: str, desk: Path, capsysbinary: pytest.CaptureFixture[bytes]) -> None:
    """And each says that of five noise texts three were met."""
    found = json.loads(_said(capsysbinary, "--by", by, "--format", "json"))
    noise = [each for group in found["groups"] for each in group["figures"] if each["standard"] == "noise-texts"]
    assert (sum(each["met"] for each in noise), sum(each["missed"] for each in noise)) == (3, 2)


def test_as_of_is_as_it_stood(desk: Path, capsysbinary: pytest.CaptureFixture[bytes]) -> None:
    """Before October's text came, by the library's clocks."""
    found = json.loads(_said(capsysbinary, "--as-of", "2026-10-12 09:59", "--format", "json"))
    assert found["made"].startswith("2026-10-12T09:59:00")
    assert sum(each["received"] for each in found["total"]["figures"]) == 4


# Where it goes


def test_the_tables_go_to_standard_output(desk: Path, capsysbinary: pytest.CaptureFixture[bytes]) -> None:
    """Each by its name, and JSON with every miss in it."""
    for what, rows in (("figures", 3), ("misses", 2), ("contacts", 2), ("heat", 168)):
        text = _said(capsysbinary, "--format", "csv", "--what", what)
        assert len(list(csv.DictReader(io.StringIO(text)))) == rows, what
    found = json.loads(_said(capsysbinary, "--format", "json"))
    assert (found["missed"], len(found["misses"])) == (2, 2)


def test_misses_are_as_many_as_asked(desk: Path, capsysbinary: pytest.CaptureFixture[bytes]) -> None:
    """The latest first; it says how to see the others."""
    one = _said(capsysbinary, "--misses", "1")
    assert "Misses one by one: the latest 1 of 2" in one
    assert "2026-10-12 10:00" in one
    assert "2026-09-10 09:00" not in one
    assert "Misses: all 2" in _said(capsysbinary, "--misses", "all")
    assert "None is shown" in _said(capsysbinary, "--misses", "0")


def test_the_page_goes_to_a_folder(desk: Path, capsysbinary: pytest.CaptureFixture[bytes]) -> None:
    """It says what it wrote."""
    said = _said(capsysbinary, "--format", "html", "--out", str(desk / "october"))
    written = re.findall(r"^wrote (.*)$", said, re.M)
    assert str(desk / "october" / "report.html") in written
    assert all(Path(path).exists() for path in written)


def test_a_ticket_is_explained(desk: Path, capsysbinary: pytest.CaptureFixture[bytes]) -> None:
    """Every clock of it, step by step."""
    said = _said(capsysbinary, "--explain", "1")
    assert "noise-texts" in said


def test_a_ticket_that_is_not_there_is_said(desk: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """In words."""
    assert run(["report", "--explain", "4711"]) == 1
    assert "4711" in capsys.readouterr().err


def test_a_spoilt_log_is_status_1(desk: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The report is printed all the same, with the fault on its face."""
    import sqlite3

    with sqlite3.connect(desk / "desk.sqlite") as bare:
        bare.execute("UPDATE events SET actor = 'bob' WHERE seq = 3")
    bare.close()
    assert run(["report"]) == 1
    assert "THE LOG IS NOT WHOLE" in capsys.readouterr().out
