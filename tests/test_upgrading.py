"""A store of every earlier schema comes up to this program's, on a copy first; a newer one is left to its program."""

from __future__ import annotations

import asyncio
import hashlib
import shutil
import sqlite3
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path

import pytest

from helpdesk.attaching import open_desk
from helpdesk.cli import run
from helpdesk.clock import ManualClock
from helpdesk.config import Settings, StoreSettings
from helpdesk.errors import BadConfig, Refused
from helpdesk.message import Channel
from helpdesk.store import care, schema
from helpdesk.store.care import examine, opened, state
from helpdesk.store.copying import room_for
from helpdesk.store.moving import TABLES, Table
from helpdesk.store.proving import Proof, prove
from helpdesk.store.sqlite import Session, open_reader, open_store
from helpdesk.store.upgrading import bring_up
from helpdesk.store.words import Fts5
from helpdesk.upkeep import check
from tests.conversation import library
from tests.kept import STORE, ZONE, limited_aside, names
from tests.passing import rarely_swept
from tests.seeds import first_of

EARLIER = range(1, schema.newest())
SINCE = {"trail"}
"""What the library has rows of now, and no earlier schema knew."""


@pytest.fixture(scope="module")
def now(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a library that never had a noise, which the earliest schema knew nothing of."""
    folder = tmp_path_factory.mktemp("now")

    async def lived() -> None:
        async with library(folder=folder) as town:
            mia, ana = await town.staff("mia"), town.mailer("ana")
            for n in range(4):
                await ana.mails(f"Question {n}", subject=f"Question {n}")
                await town.time.passes(hours=3)
                mia.ticket = None
                await mia.replies("An answer.", then="solved" if n % 2 else "open")
            await town.house.desk.log_contact(mia.id, Channel.PHONE, text="Asked for a map", waited=5000)
            await town.mailer("bo").mails("Nobody answers me")
            await town.time.passes(days=40)

    with rarely_swept():
        asyncio.run(lived())
    return folder


def _columns(connection: sqlite3.Connection, table: str) -> list[str]:
    return [row[1] for row in connection.execute(f"PRAGMA main.table_info({table})")]


def earlier(now: Path, file: Path, version: int) -> Path:
    """The same library as a program of that schema would have kept it: its migrations, and the rows that it knew."""
    with closing(sqlite3.connect(file, isolation_level=None)) as then:
        then.row_factory = sqlite3.Row
        schema.migrate(then, version)
        then.execute("ATTACH ? AS now", (str(now / STORE),))
        for table in TABLES:
            if columns := _columns(then, table.name):
                _copy(then, table, columns)
        then.execute("INSERT INTO entry_words (entry_words) VALUES ('rebuild')")
        then.execute("PRAGMA journal_mode = WAL")
    return file


def _copy(then: sqlite3.Connection, table: Table, columns: Sequence[str]) -> None:
    named = ", ".join(columns)
    then.execute(f"INSERT INTO main.{table.name} ({named}) SELECT {named} FROM now.{table.name}")


def _proof(path: Path) -> Proof:
    with opened(path) as connection:
        connection.execute("BEGIN")
        return prove(Session(connection, "main", Fts5()), 0, ZONE)


def _sha(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


@pytest.mark.parametrize("version", first_of(EARLIER))
async def test_every_earlier_schema_comes_up(now: Path, tmp_path: Path, version: int) -> None:
    """By the command: the same rows, the same log, the same report; the store as it was is kept."""
    path = earlier(now, tmp_path / STORE, version)
    done = care.upgrade(path)
    assert done.ran == schema.newest() - version
    assert done.kept == tmp_path / f"{STORE}.schema-{version}"
    assert state(path, "main").version == schema.newest()
    assert examine(path, "main") == ()
    ours, theirs = _proof(now / STORE), _proof(path)
    assert (ours.end, ours.report) == (theirs.end, theirs.report)
    assert {name: n for name, n in ours.counts.items() if theirs.counts[name] != n and name not in SINCE} == {}
    async with open_reader(path) as store:
        assert await check(store) == ()
    assert state(done.kept, "main").version == version
    assert care.upgrade(path).ran == 0
    assert names(tmp_path) == [STORE, f"{STORE}.lock", f"{STORE}.schema-{version}"]


@pytest.mark.parametrize("version", first_of(EARLIER))
async def test_every_start_brings_it_up(now: Path, tmp_path: Path, version: int) -> None:
    """In the same way, and what is written then goes into the newer store."""
    path = earlier(now, tmp_path / STORE, version)
    clock = ManualClock()
    clock.passes(days=41)
    async with library(folder=tmp_path, clock=clock, seed=2) as town:
        mia = await town.staff("mia")
        assert len(await town.house.desk.search(mia.id, "Nobody")) == 1
        await town.mailer("cy").mails("After the upgrade")
    assert state(path, "main").version == schema.newest()
    assert state(tmp_path / f"{STORE}.schema-{version}", "main").version == version


async def test_a_store_that_was_kept_is_never_written_over(now: Path, tmp_path: Path) -> None:
    """The second time another name is found."""
    for kept in ([f"{STORE}.schema-3"], [f"{STORE}.schema-3", f"{STORE}.schema-3.2"]):
        (tmp_path / STORE).unlink(missing_ok=True)
        bring_up(earlier(now, tmp_path / STORE, 3))
        assert names(tmp_path, "*.schema-*") == kept
        assert [each.name for each in care.kept_beside(tmp_path / STORE)] == kept


async def test_a_migration_that_fails_on_the_copy(now: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The store is not touched by it, byte for byte, and nothing is left beside it."""
    path = earlier(now, tmp_path / STORE, 4)
    before, known = _sha(path), schema.migrations()
    for broken, said in (
        ("CREATE TABLE fresh (x); CREATE TABLE fresh (x);", "table fresh already exists"),
        ("DELETE FROM tickets WHERE number = 5;", "a row of entries points to nothing|tickets has 5 rows, not 6"),
        ("DELETE FROM remarks; DELETE FROM links; DELETE FROM counters;", "counters has 0 rows"),
    ):
        monkeypatch.setattr(schema, "migrations", lambda broken=broken: [*known, (known[-1][0] + 1, broken)])
        with pytest.raises((BadConfig, Refused), match=said):
            care.upgrade(path)
        assert _sha(path) == before
        assert names(tmp_path) == [STORE, f"{STORE}.lock"]
    with pytest.raises((BadConfig, Refused), match=said):
        async with open_store(path):
            pass
    assert _sha(path) == before


@pytest.mark.parametrize(
    ("command", "room"), first_of([("rebuild", 100_000), ("upgrade", 40_000), ("upgrade", 400_000)])
)
async def test_a_disk_that_fills_leaves_the_old_store(now: Path, tmp_path: Path, command: str, room: int) -> None:
    """By the command and at a start: the old store is as it was, and comes up once there is room."""
    path = earlier(now, tmp_path / STORE, 4)
    (tmp_path / "helpdesk.toml").write_text("")
    before = _sha(path)
    done = await limited_aside(room, "db", command, folder=tmp_path)
    assert done.returncode == 1, done.stderr
    assert "Traceback" not in done.stderr
    assert _sha(path) == before
    assert names(tmp_path, "*.part") == names(tmp_path, "*.trial*") == []
    assert (await limited_aside(1 << 30, "db", command, folder=tmp_path)).returncode == 0
    assert state(path, "main").version == schema.newest()


async def test_too_little_room_is_told_first(now: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Three times the store's size is asked for: the copy that is kept, the trial, and the migration's own log."""
    path = earlier(now, tmp_path / STORE, 4)
    asked: list[int] = []
    monkeypatch.setattr("helpdesk.store.upgrading.room_for", lambda folder, size: asked.append(size))
    size = path.stat().st_size
    bring_up(path)
    assert asked == [3 * size]
    with pytest.raises(Refused, match="Make room"):
        room_for(tmp_path, 1 << 62)


async def test_a_desk_leaves_a_newer_store_alone(now: Path, tmp_path: Path) -> None:
    """It would own it, and says why it does not."""
    folder = Path(shutil.copytree(now, tmp_path / "shelf"))
    _mark(folder / STORE, schema.newest() + 1)
    (folder / "keys.sqlite").unlink()
    with pytest.raises(BadConfig, match="Use the newer program"):
        async with open_desk(Settings(store=StoreSettings(path=folder / STORE))):
            pass


def _mark(path: Path, version: int) -> None:
    with closing(sqlite3.connect(path)) as connection:
        connection.execute(f"PRAGMA user_version = {version}")


CHAT = '[web]\nport = 0\n\n[lines.chat]\nchannel = "chat"\ntitle = "Chat"\naddress = "chat"\n'
NEWER = [
    ["serve"],
    ["report"],
    ["publish", "--out", "page"],
    ["hours", "publish"],
    ["standards", "publish"],
    ["noiseline", "status"],
    ["db", "upgrade"],
    ["db", "check"],
    ["db", "backup", "copy.sqlite"],
    ["db", "rebuild"],
    ["db", "export", "copy.sqlite"],
    ["import", "tickets", "contacts.csv"],
    ["evidence", "--year", "2025-26", "--out", "evidence"],
    ["staff", "list"],
]


@pytest.mark.parametrize("command", NEWER, ids=" ".join)
def test_a_newer_store_is_left_to_its_program(
    command: list[str], now: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Every command says so in words, with status 2, and changes nothing."""
    folder = Path(shutil.copytree(now, tmp_path / "shelf"))
    (folder / "helpdesk.toml").write_text(CHAT)
    (folder / "keys.sqlite").unlink()
    (folder / "contacts.csv").write_text("when,channel,text\n2024-03-14 09:15,phone,Hello\n")
    monkeypatch.chdir(folder)
    _mark(folder / STORE, schema.newest() + 1)
    before = _sha(folder / STORE)
    assert run(command) == 2
    said = capsys.readouterr().err
    assert f"schema {schema.newest() + 1}" in said, said
    assert "newer program" in said
    assert _sha(folder / STORE) == before
    assert not (folder / "copy.sqlite").exists()
