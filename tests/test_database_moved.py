"""A library moves between engines by one list of tables; a database is copied by the commands that we print."""

from __future__ import annotations

import asyncio
import re
import shlex
import shutil
import sqlite3
import subprocess
from contextlib import closing
from pathlib import Path

import pytest
from pydantic import SecretStr

from helpdesk.cli import run
from helpdesk.commands.dumping import UNCLEAR, quoted, refuse_backup, refuse_drill, refuse_restore, without_password
from helpdesk.config import StoreSettings
from helpdesk.errors import Refused
from helpdesk.store import care, moving, opening
from helpdesk.store.exporting import export
from helpdesk.store.moving import TABLES
from helpdesk.store.sqlite import Session
from helpdesk.store.verbs.reporting import log_end
from helpdesk.store.words import Fts5
from tests.kept import STORE, ZONE, fill, made
from tests.postgres import Server


def _into(url: str, path: Path) -> None:
    """Copy a library's file into a database, row by row."""
    from helpdesk.store.pg_batch import run as ran
    from helpdesk.store.pg_care import opened
    from helpdesk.store.pg_session import Session as There
    from helpdesk.store.words import Tsvector

    with opened(url) as connection, care.opened(path) as file:
        here, there = Session(file, "main", Fts5()), There(connection, "main", Tsvector())
        ran(connection, "BEGIN")
        for table in TABLES:
            moving.rows_in(there, table, moving.rows_out(here, table))
        ran(connection, "COMMIT")
        for table in TABLES:
            assert moving.digest(there, table) == moving.digest(here, table), table.name
        assert log_end(there) == log_end(here)


@pytest.mark.full
def test_the_same_rows_give_the_same_bytes_on_both_engines(tmp_path: Path, postgres: Server) -> None:
    """Row by row, table by table, and as a full export."""
    made(tmp_path)
    with closing(sqlite3.connect(tmp_path / STORE, isolation_level=None)) as connection:
        fill(connection)
    with postgres.empty() as url:
        _into(url, tmp_path / STORE)

        async def exported(store: StoreSettings, name: str) -> bytes:
            async with opening.open_reader(store) as reader:
                await export(reader, tmp_path / name, schema=5, zone=ZONE)
            return (tmp_path / name).read_bytes()

        file = StoreSettings(path=tmp_path / STORE)
        database = file.model_copy(update={"url": SecretStr(url)})
        here, there = (
            asyncio.run(exported(store, name)) for store, name in ((file, "here.jsonl"), (database, "there.jsonl"))
        )
    assert here == there


@pytest.mark.full
@pytest.mark.skipif(not (shutil.which("pg_dump") and shutil.which("psql")), reason="needs PostgreSQL's own programs")
def test_the_commands_that_are_printed_copy_a_database(
    tmp_path: Path, postgres: Server, capsys: pytest.CaptureFixture[str]
) -> None:
    """Dumped and put back by the lines that the commands say, it is whole; what waited is unclear."""
    made(tmp_path)

    def told(url: str, *command: str) -> list[list[str]]:
        (tmp_path / "helpdesk.toml").write_text(f'[store]\npath = "{tmp_path / STORE}"\nurl = "{url}"\n')
        assert run([*command, "--config", str(tmp_path / "helpdesk.toml")]) == 1
        said = capsys.readouterr().err
        return [shlex.split(line) for line in re.findall(r"^helpdesk:   (pg_\w+ .*|psql .*)$", said, re.MULTILINE)]

    with postgres.empty() as first, postgres.fresh() as second:
        _into(first, tmp_path / STORE)
        [dump] = told(first, "db", "backup", str(tmp_path / "all.dump"))
        put_back = told(second, "db", "restore", str(tmp_path / "all.dump"))
        for line in (dump, *put_back):
            subprocess.run(line, check=True, capture_output=True, timeout=50)
        assert run(["db", "check", "--config", str(tmp_path / "helpdesk.toml")]) == 0
        from helpdesk.store.pg_care import opened

        with opened(second) as connection:
            rows = connection.execute(b"SELECT DISTINCT state FROM outbox WHERE done IS NULL").fetchall()
        assert [row["state"] for row in rows] == ["unclear"]


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("postgresql://desk:s3cret@db.example:5433/help", "postgresql://desk@db.example:5433/help"),
        ("postgresql://db.example/help", "postgresql://db.example/help"),
        ("postgresql://desk@/help?host=/run/pg&password=s3cret", "postgresql://desk@/help?host=%2Frun%2Fpg"),
        ("postgresql://de%40sk:p%40ss%3Aword@[::1]/help", "postgresql://de%40sk@[::1]/help"),
    ],
)
def test_no_password_is_printed(url: str, said: str, tmp_path: Path) -> None:
    """The command line of a process is read by everybody on its machine."""
    assert without_password(url) == said
    store = StoreSettings(url=SecretStr(url), path=tmp_path / STORE)
    for refuse in (refuse_backup, refuse_drill, refuse_restore):
        with pytest.raises(Refused) as raised:
            refuse(store, Path("a copy.dump"))
        assert said.rpartition("/")[0] in str(raised.value)
        assert "s3cret" not in str(raised.value)
        assert '"a copy.dump"' in str(raised.value) or '"--file=a copy.dump"' in str(raised.value)
        assert "'\"'" not in str(raised.value)
        assert "db backup" not in str(raised.value)
    here = StoreSettings(path=tmp_path / STORE)
    refuse_backup(here, Path("a"))
    refuse_drill(here, Path("a"))
    refuse_restore(here, Path("a"))


@pytest.mark.parametrize(
    "word", ["plain.dump", "a copy", "O'Brien's", 'say "so"', "$HOME `id` \\", "a=1&b=2", "", UNCLEAR]
)
def test_a_shell_takes_a_quoted_word_whole(word: str) -> None:
    """By what a shell says; the marks are those that are easy to read."""
    said = subprocess.run(["sh", "-c", f"printf %s {quoted(word)}"], check=True, capture_output=True, text=True).stdout
    assert said == word
