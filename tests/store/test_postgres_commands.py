"""The commands on a store on PostgreSQL: what they say, and what they leave to PostgreSQL's own tools."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path

import psycopg
import pytest

from helpdesk.cli import run
from helpdesk.ports import Sql
from helpdesk.store.postgres import open_store
from tests.postgres import Server
from tests.store.calls import happened

pytestmark = pytest.mark.full

SETTINGS = """
[store]
path = "desk.sqlite"
[lines.chat]
channel = "chat"
title = "Web chat"
address = "chat"
"""

Said = Callable[..., str]


@pytest.fixture
def said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], database: str) -> Said:
    """Runs a command where the settings name the database; returns what it printed, errors too."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "helpdesk.toml").write_text(SETTINGS)
    monkeypatch.setenv("HELPDESK_STORE__URL", database)

    def said(*words: str, status: int = 0) -> str:
        capsys.readouterr()
        assert run(words) == status
        told = capsys.readouterr()
        return told.out + told.err

    return said


def done(url: str, *verbs: Callable[[Sql], object]) -> None:
    """Run verbs on the store, as a server does."""

    async def writes() -> None:
        async with open_store(url) as store:
            for verb in verbs:
                await store.write(verb)

    asyncio.run(writes())


def test_upgrade_and_check(said: Said, database: str) -> None:
    """It is up to date, and sound; the log's events are counted."""
    done(database, happened)
    assert "is up to date" in said("db", "upgrade")
    assert "1 event, unbroken" in said("db", "check")


def test_check_finds_what_was_changed(said: Said, database: str) -> None:
    """An administrator's hand in the log."""
    done(database, happened, happened)
    with psycopg.connect(database) as connection:
        connection.execute("UPDATE events SET actor = 'ben' WHERE seq = 1")
    assert "event 1 was changed after it was written" in said("db", "check", status=1)


def test_check_of_a_projection(said: Said, database: str) -> None:
    """Counts that the log does not give are found, and rebuilt."""
    done(
        database,
        happened,
        lambda sql: sql("INSERT INTO counts (library, view, key, n) VALUES (:library, 'open', '', 7)"),
    )
    assert "helpdesk db rebuild" in said("db", "check", status=1)
    assert "1 count was wrong" in said("db", "rebuild")
    assert "unbroken" in said("db", "check")


def test_backups_are_postgresql_s_own(said: Said, tmp_path: Path) -> None:
    """It names the tool."""
    assert "pg_dump" in said("db", "backup", "copy.sqlite", status=1)
    (tmp_path / "copy.sqlite").touch()
    assert "pg_restore" in said("db", "restore", "copy.sqlite", status=1)


def test_helpdesk_check(said: Said, tmp_path: Path, postgres: Server) -> None:
    """Where the store is; what the server's settings lose; a file that lies there unused; who runs."""
    (tmp_path / "desk.sqlite").touch()
    told = said("check")
    assert f"PostgreSQL on {postgres.folder}, database used_" in told
    assert "fsync = off" in told
    assert "desk.sqlite is not used" in told
    assert "no server runs on this machine now" in told


def test_helpdesk_check_of_a_server_that_is_away(said: Said, monkeypatch: pytest.MonkeyPatch) -> None:
    """It says so, and no password."""
    monkeypatch.setenv("HELPDESK_STORE__URL", "postgresql://ana:s3cret@127.0.0.1:1/desk")
    told = said("check", status=1)
    assert "PostgreSQL does not answer" in told
    assert "s3cret" not in told


def test_a_report(said: Said, database: str) -> None:
    """Read beside the server that writes."""
    done(database, happened)
    assert "The Library" in said("report")
