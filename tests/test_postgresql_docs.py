"""docs/postgresql.md: what an administrator is told to write is taken by a server; its commands run in their order."""

from __future__ import annotations

import re
import shlex
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import psycopg
import pytest

from helpdesk.cli import run
from tests.conversation import MASTER
from tests.kept import STORE, made
from tests.postgres import FAST, Server, binaries, server

pytestmark = pytest.mark.full

PAGE = (Path(__file__).parent.parent / "docs" / "postgresql.md").read_text("utf-8")
_BLOCK = re.compile(r"^ *```(\w*)\n(.*?)^ *```", re.MULTILINE | re.DOTALL)
BLOCKS: list[tuple[str, str]] = _BLOCK.findall(PAGE)


def block(*, kind: str = "", begins: str = "") -> str:
    """The one block of a kind that begins so."""
    [found] = [text for named, text in BLOCKS if named == kind and text.lstrip().startswith(begins)]
    return found


def asked(url: str, text: str) -> list[tuple[object, ...]]:
    """What a database says."""
    with closing(psycopg.connect(url, autocommit=True)) as connection:
        return connection.execute(text.encode()).fetchall()


@pytest.fixture(scope="module")
def database() -> Iterator[Server]:
    """A server, set up as the page says."""
    with server(*FAST) as running:
        running.administer(*block(kind="sql").split(";\n"))
        yield running


def url(at: Server, role: str, name: str) -> str:
    """How a role reaches a database."""
    return f"postgresql://{role}@/{name}?host={at.folder}"


def test_each_role_reaches_what_it_should(database: Server) -> None:
    """Owners their own database; who dumps reads the store, and does not get to the keys."""
    for role in ("helpdesk", "helpdesk_keys"):
        assert asked(url(database, role, role), "SELECT current_user::text") == [(role,)]
    for role in ("helpdesk", "helpdesk_backup"):
        with pytest.raises(psycopg.OperationalError, match="permission denied for database"):
            asked(url(database, role, "helpdesk_keys"), "SELECT 1")
    with pytest.raises(psycopg.OperationalError, match="permission denied for database"):
        asked(url(database, "helpdesk_keys", "helpdesk"), "SELECT 1")


def test_the_server_reads_its_lines(database: Server) -> None:
    """pg_hba.conf as on the page has no error, nor have the settings of a server for the keys."""
    rules = database.folder / "data" / "pg_hba.conf"
    rules.write_text(rules.read_text() + block(begins="# TYPE"))
    wrong = "SELECT error FROM pg_hba_file_rules WHERE error NOT LIKE '%SSL is disabled'"
    assert asked(database.url("postgres"), wrong) == []
    settings = [line.strip() for line in block(begins="archive_mode").splitlines()]
    with server(*FAST, *(line.replace(" ", "") for line in settings)) as small:
        for line in settings:
            name, value = line.split(" = ")
            assert asked(small.url("postgres"), f"SHOW {name}") == [(value,)]


@pytest.fixture(scope="module")
def shelf(tmp_path_factory: pytest.TempPathFactory, database: Server) -> Path:
    """A library on SQLite, and beside its settings those of the new place, as the page has them."""
    folder = made(tmp_path_factory.mktemp("shelf"))
    (folder / "master.key").write_text(MASTER.hex())
    (folder / "master.key").chmod(0o400)
    new = block(kind="toml")
    for role in ("helpdesk_keys", "helpdesk"):
        new = re.sub(rf'"postgresql://{role}@[^"]+"', f'"{url(database, role, role)}"', new)
    (folder / "new.toml").write_text(new)
    (folder / "new.toml").chmod(0o600)
    return folder


def test_there_and_back(
    shelf: Path, database: Server, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """In the page's order: a copy, the move, check, a dump of the store; then the way back, to a path with no file."""
    monkeypatch.chdir(shelf)
    backup = shlex.split(next(line for line in re.findall(r"`(helpdesk [^`]+)`", PAGE) if " backup before" in line))
    assert run(backup[1:]) == 0
    assert run(shlex.split(block(begins="helpdesk db copy"))[1:]) == 0
    said = capsys.readouterr().out
    assert "each the same as in" in said
    assert "keys of sealed lines went with it" in said
    shutil.copy("helpdesk.toml", "old.toml")
    subprocess.run(shlex.split(re.findall(r"`(mv [^`]+)`", PAGE)[0]), check=True)
    typed = block(begins="helpdesk check").splitlines()
    run(shlex.split(typed[0])[1:])
    assert "ok    store" in (checked := capsys.readouterr().out)
    assert "FAIL  keys" not in checked
    assert run(["db", "check"]) == 0
    _dumped(shelf, database)
    Path(STORE).rename("old.sqlite")
    assert run(["db", "copy", "helpdesk.toml", "old.toml"]) == 0
    assert run(["db", "check", "--config", "old.toml"]) == 0
    assert asked(url(database, "helpdesk_keys", "helpdesk_keys"), "SELECT count(*) FROM conversation_keys") == [(0,)]


def _dumped(shelf: Path, database: Server) -> None:
    """The page's dump, by the role that may: it holds the store's tables, and none of the keys'."""
    folder = binaries()
    assert folder is not None
    words = shlex.split(block(begins="pg_dump"))
    words[0] = str(folder / words[0])
    words[-1] = f"{words[-1]}?host={database.folder}"
    subprocess.run(words, cwd=shelf, check=True, timeout=50)
    listing = [str(folder / "pg_restore"), "--list", "helpdesk.dump"]
    listed = subprocess.run(listing, cwd=shelf, check=True, timeout=50, capture_output=True, text=True)
    assert "TABLE DATA public entries" in listed.stdout
    assert "conversation_keys" not in listed.stdout
