"""docs/backup.md, PostgreSQL: a dump and a full export are opened, put back and compared by the lines on the page."""

from __future__ import annotations

import os
import re
import shlex
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from helpdesk.cli import run
from tests.conversation import MASTER
from tests.kept import STORE, made
from tests.postgres import FAST, Server, binaries, server
from tests.test_postgresql_docs import BLOCKS as ROLES
from tests.test_postgresql_docs import asked, url

pytestmark = pytest.mark.full

PAGE = (Path(__file__).parent.parent / "docs" / "backup.md").read_text("utf-8").partition("## PostgreSQL\n")[2]
DUMP, DRILL, EXPORT, IMPORT, RESTORE = re.findall(r"^```\n(.*?)^```", PAGE, re.MULTILINE | re.DOTALL)
DIGEST = re.compile(r"Digest of all rows: ([0-9a-f]{16})")


@pytest.fixture(scope="module")
def database() -> Iterator[Server]:
    """A server with the roles and databases of docs/postgresql.md."""
    [roles] = [text for kind, text in ROLES if kind == "sql"]
    with server(*FAST) as running:
        running.administer(*roles.split(";\n"))
        yield running


@pytest.fixture(scope="module")
def shelf(tmp_path_factory: pytest.TempPathFactory, database: Server) -> Path:
    """A library that was moved to that database, with its settings."""
    folder = made(tmp_path_factory.mktemp("shelf"))
    (folder / "master.key").write_text(MASTER.hex())
    (folder / "master.key").chmod(0o400)
    there = "\n".join(
        f'{name} = "{url(database, role, role)}"' for name, role in (("url", "helpdesk"), ("keys_url", "helpdesk_keys"))
    )
    (folder / "new.toml").write_text(f"[store]\n{there}\n")
    (folder / "new.toml").chmod(0o600)
    assert run(["db", "copy", str(folder / "helpdesk.toml"), str(folder / "new.toml")]) == 0
    (folder / "new.toml").replace(folder / "helpdesk.toml")
    (folder / STORE).unlink()
    (folder / "drill.toml").write_text(f'[store]\npath = "{folder / "drill.sqlite"}"\n')
    return folder


def typed(lines: str, shelf: Path, at: Server) -> str:
    """Type a block of the page in the library's folder, at this server's address; what is said."""
    folder = binaries()
    assert folder is not None
    said = ""
    for line in lines.splitlines():
        here = re.sub(r"(postgresql://\w+)@(?:db\.library\.example)?/(\w+)", rf"\1@/\2?host={at.folder}", line)
        here = here.replace("sudo -u postgres ", "").replace("/opt/helpdesk/bin/helpdesk", "helpdesk")
        here = re.sub(r"\bhelpdesk (?=db )", f"{shlex.quote(sys.executable)} -m helpdesk.cli ", here)
        given = {"PATH": f"{folder}:{os.environ['PATH']}", "PGHOST": str(at.folder), "PGUSER": "postgres"}
        environment = {name: value for name, value in os.environ.items() if not name.startswith("HELPDESK_")} | given
        done = subprocess.run(
            ["sh", "-ec", here.replace("?host", "\\?host")],
            cwd=shelf,
            env=environment,
            capture_output=True,
            text=True,
            check=False,
            timeout=50,
        )
        assert done.returncode == 0, done.stdout + done.stderr
        said += done.stdout
    return said


@pytest.mark.skipif(not shutil.which("sh"), reason="needs a shell")
def test_a_dump_is_opened_and_put_back(shelf: Path, database: Server) -> None:
    """In the page's order; the scratch database holds the same events, and what waited is unclear after restoring."""
    typed(DUMP, shelf, database)
    events = asked(url(database, "helpdesk", "helpdesk"), "SELECT count(*) FROM events")[0][0]
    said = typed(DRILL, shelf, database)
    assert f"ok    PostgreSQL on {database.folder}, database helpdesk_drill: {events} events, unbroken" in said
    waiting = "SELECT count(*) FROM outbox WHERE state IN ('waiting', 'leased')"
    assert asked(url(database, "helpdesk", "helpdesk"), waiting) != [(0,)]
    said = typed(RESTORE, shelf, database)
    assert f"database helpdesk: {events} events, unbroken" in said
    assert asked(url(database, "helpdesk", "helpdesk"), waiting) == [(0,)]


def test_a_dump_that_was_tampered_with_is_found(shelf: Path, database: Server) -> None:
    """The drill can fail: an event that was changed breaks the chain in the scratch database, too."""
    typed(DUMP, shelf, database)
    make, fill, look, drop = DRILL.splitlines()
    typed("\n".join((make, fill)), shelf, database)
    try:
        scratch = url(database, "helpdesk", "helpdesk_drill")
        assert asked(scratch, "UPDATE events SET noted = noted + 1 WHERE seq = 2 RETURNING seq") == [(2,)]
        with pytest.raises(AssertionError, match="event 2 was changed after it was written"):
            typed(look, shelf, database)
    finally:
        typed(drop, shelf, database)


def test_a_full_export_is_the_same_in_a_file(shelf: Path, database: Server) -> None:
    """Its digest is said twice; the file is sound."""
    (shelf / "all.jsonl").unlink(missing_ok=True)
    out = DIGEST.findall(typed(EXPORT, shelf, database))
    said = typed(IMPORT, shelf, database)
    assert len(out) == 1
    assert DIGEST.findall(said) == out
    assert "drill.sqlite: " in said
    assert "unbroken" in said
    assert (shelf / "drill.sqlite").is_file()


@pytest.mark.parametrize("command", ["backup", "drill", "restore"])
def test_the_commands_say_which_lines_to_type(shelf: Path, command: str, capsys: pytest.CaptureFixture[str]) -> None:
    """With double quotes where quotes are needed, and nothing of copies that are files."""
    assert run(["db", command, "x.dump", "--config", str(shelf / "helpdesk.toml")]) == 1
    said = capsys.readouterr().err
    assert {"backup": "pg_dump", "drill": "createdb", "restore": "pg_restore"}[command] in said
    assert "'\"'" not in said
    assert "db backup" not in said
