"""docs/backup.md and docs/data.md: their commands run, in their order, and do what the pages say of them."""

from __future__ import annotations

import json
import re
import shlex
import shutil
from pathlib import Path

import pytest

from helpdesk.cli import run
from helpdesk.importing.contacts import Wanted, contacts
from helpdesk.importing.mapping import COLUMNS, plain_plan, read_plan
from helpdesk.importing.sheet import open_sheet
from helpdesk.store.care import state
from helpdesk.store.moving import TABLES
from tests.importing.post import filed, mail, reply
from tests.importing.test_tickets import LINES, NOW, stored
from tests.kept import STORE, made, names

DOCS = Path(__file__).parent.parent / "docs"
BACKUP, DATA = ((DOCS / name).read_text("utf-8") for name in ("backup.md", "data.md"))
_BLOCK = re.compile(r"^```(\w*)\n(.*?)^```", re.MULTILINE | re.DOTALL)
CONFIG = '[lines.mail]\nchannel = "mail"\ntitle = "Mail"\naddress = "help@library.example"\n'


def commands(page: str) -> list[list[str]]:
    """The help desk's commands in a page's blocks, in order."""
    lines = [line for kind, block in _BLOCK.findall(page) if not kind for line in block.splitlines()]
    return [shlex.split(line)[1:] for line in lines if line.startswith("helpdesk ")]


def block(page: str, kind: str, n: int = 0) -> str:
    """A block of a kind."""
    found: str = [block for named, block in _BLOCK.findall(page) if named == kind][n]
    return found


@pytest.fixture(scope="module")
def past(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A library that has been open for five weeks."""
    return made(tmp_path_factory.mktemp("past"))


@pytest.fixture
def shelf(past: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Its folder, in which the commands are typed."""
    folder = Path(shutil.copytree(past, tmp_path / "shelf"))
    (folder / "helpdesk.toml").write_text(CONFIG)
    monkeypatch.chdir(folder)
    return folder


def test_backup_drill_and_restore(shelf: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """In the page's order; the copy is the one that was just made."""
    (shelf / "copies").mkdir()
    typed = commands(BACKUP.partition("\n## PostgreSQL\n")[0])
    assert [each[:2] for each in typed] == [["db", name] for name in ("backup", "drill", "restore", "upgrade")]
    for command in typed:
        named = [next(iter((shelf / "copies").iterdir())) if "2026" in word else word for word in command]
        assert run([str(word) for word in named]) == 0, capsys.readouterr().err
    said = capsys.readouterr().out
    assert "can be restored." in said
    assert "is kept in" in said
    assert "is up to date" in said
    assert len(names(shelf, f"{STORE}.2*Z")) == 1


def test_what_the_backup_page_quotes_is_said() -> None:
    """Messages in its table are the program's."""
    sources = "".join(path.read_text("utf-8") for path in (DOCS.parent / "helpdesk").rglob("*.py"))
    rows = BACKUP.split("| What it says |")[1].split("\n\n")[0]
    quoted = [each for row in rows.splitlines()[2:] for each in re.findall(r"`([^`]+)`", row.split("|")[1])]
    assert len(quoted) >= 7
    for each in quoted:
        for part in re.split(r"[\d,.']+|helpdesk serve|hill", each):
            assert part.strip() in sources, each


def test_export_and_import(shelf: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Out of the store, looked at, and into an empty one."""
    out, look, back = (each for each in commands(DATA) if each[0] == "db")
    assert run(out) == 0
    assert run(look) == 0
    assert run(back) == 1
    before = state(shelf / STORE, "main").events
    (shelf / STORE).rename(shelf / "former.sqlite")
    assert run(back) == 0, capsys.readouterr().err
    assert state(shelf / STORE, "main").events == before


def test_the_lines_that_the_page_shows(shelf: Path) -> None:
    """First, row and last have the keys that the program writes, and the table of keys names all of them."""
    assert run(["db", "export", "all.jsonl"]) == 0
    first, *rows, last = [json.loads(line) for line in (shelf / "all.jsonl").read_text("utf-8").splitlines()]
    shown = [json.loads(block(DATA, "json", n)) for n in range(3)]
    assert list(shown[0]) == list(first)
    assert list(shown[0]["tables"][0]) == list(first["tables"][0])
    assert list(shown[1]) == list(next(row for row in rows if row["table"] == "people"))
    assert list(shown[2]) == list(last)
    told = set(re.findall(r"`(\w+)`", DATA.split("| Key | What it is |")[1].split("\n\n")[0]))
    assert first.keys() - {"program"} <= told
    left_out = {table.name for table in TABLES if not table.leaves}
    assert left_out == {
        "tokens",
        "hooks",
        "hook_messages",
        "probes",
        "presence",
        "notices",
        "done",
        "drafts",
        "undoable",
    }


def test_the_table_of_columns_is_the_programs() -> None:
    """Each column stands in it, and each other name is one."""
    rows = DATA.split("| Column | Also called |")[1].split("\n\n")[0].splitlines()[2:]
    cells = [row.split("|")[1:3] for row in rows]
    named = {name: others for first, others in cells for name in re.findall(r"`(\w+)`", first)}
    assert named.keys() == COLUMNS.keys()
    for name, others in named.items():
        if "`, `" not in next(first for first, _ in cells if f"`{name}`" in first):
            assert {each.strip() for each in others.split(",") if each.strip()} <= set(COLUMNS[name]), name


def test_the_example_table_and_mapping(tmp_path: Path) -> None:
    """The table is read without a problem; the mapping is one."""
    (tmp_path / "t.csv").write_text(block(DATA, "csv"), "utf-8")
    sheet = open_sheet(tmp_path / "t.csv", plain_plan("Europe/London"))
    wanted = Wanted(plan=plain_plan("Europe/London"), lines=LINES, source=sheet.digest, now=NOW)
    found = list(contacts(sheet.rows(), wanted))
    assert [isinstance(each, tuple) for each in found] == [True, True]
    (tmp_path / "map.toml").write_text(block(DATA, "toml"), "utf-8")
    assert read_plan(tmp_path / "map.toml", "Europe/London").dates.month_first


def test_imports(shelf: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The commands as they stand on the page, on a table, a table of another desk, and an archive."""
    (shelf / "contacts.csv").write_text(block(DATA, "csv"), "utf-8")
    (shelf / "other-desk.toml").write_text(block(DATA, "toml"), "utf-8")
    (shelf / "export.csv").write_text("Date asked,Channel,Question details\n3/14/2024,mail,Hello\n", "utf-8")
    filed(shelf / "inbox.mbox", [mail(1)])
    filed(shelf / "sent.mbox", [reply("r", answers=1)])
    before = stored(shelf, "SELECT count(*) FROM tickets")[0][0]
    for command in commands(DATA):
        if command[0] == "import":
            assert run(command) == 0, capsys.readouterr().err
    assert stored(shelf, "SELECT count(*) FROM tickets")[0][0] == before + 2 + 1 + 1
