"""A copy takes the store's place whole, what was there is kept aside, and a drill shows beforehand that it can."""

from __future__ import annotations

import asyncio
import hashlib
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from helpdesk.cli import run
from helpdesk.clock import ManualClock
from helpdesk.errors import Refused
from helpdesk.events import SYSTEM, Kind, NewEvent
from helpdesk.store import restoring, schema
from helpdesk.store.care import back_up, examine, state
from helpdesk.store.restoring import drill, inspect, restore
from helpdesk.store.sqlite import open_store
from helpdesk.store.verbs import events, outbox
from tests.conversation import library
from tests.kept import STORE, ZONE, limited_aside, made, names
from tests.seeds import first_of

NOW = ManualClock().now()


@pytest.fixture(scope="module")
def past(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A library that has been open for five weeks, with a copy of its store."""
    folder = made(tmp_path_factory.mktemp("past"))
    back_up(folder / STORE, folder / "copy.sqlite")
    return folder


@pytest.fixture
def shelf(past: Path, tmp_path: Path) -> Path:
    """Its folder, now that it is closed."""
    return Path(shutil.copytree(past, tmp_path / "shelf"))


def _sha(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def _files(folder: Path) -> dict[str, str]:
    """Every file but the lock, by what is in it."""
    return {each.name: _sha(each) for each in folder.iterdir() if each.suffix != ".lock"}


async def _goes_on(path: Path, *kinds: Kind) -> None:
    """More happens in the store after the copy was made."""
    async with open_store(path) as store:
        facts = [NewEvent(kind=kind, ticket=None, when=NOW, actor=SYSTEM, data={}) for kind in kinds]
        await store.write(events.append, facts, NOW)


async def test_a_copy_takes_the_stores_place(shelf: Path) -> None:
    """The store that was there is kept under a name with the date, and it is said what it had more."""
    path, copy = shelf / STORE, shelf / "copy.sqlite"
    await _goes_on(path, Kind.TESTED, Kind.FORGOTTEN, Kind.TESTED)
    was = state(path, "main").events
    done = restore(copy, path, "main", ZONE, NOW)
    assert done.aside == shelf / f"{STORE}.20260528T202640Z"
    assert state(done.aside, "main").events == was
    assert state(path, "main").events == done.found.events == was - 3
    assert (done.since, done.found.unclear) == (restoring.Since(events=3, forgotten=1), 1)
    assert len(done.found.sealed) == 1
    assert examine(path, "main") == ()
    assert done.proof.report
    assert copy.exists()
    assert names(shelf, "*.part") == []
    assert restore(copy, path, "main", ZONE, NOW).aside == shelf / f"{STORE}.20260528T202640Z.2"


async def test_the_library_opens_on_it(shelf: Path) -> None:
    """Its tickets, words and people are there; what waited is unclear, and the next text is a new contact."""
    restore(shelf / "copy.sqlite", shelf / STORE, "main", ZONE, NOW)
    async with library(folder=shelf) as town:
        [row] = await town.house.store.read(lambda sql: sql("SELECT * FROM outbox WHERE state = 'unclear'"))
        assert await town.house.store.read(outbox.ticket_of, row["id"]) is not None
        mia = await town.staff("mia")
        [hit] = await town.house.desk.search(mia.id, "Dubliners")
        assert (await mia.opens(hit.row.id)).ticket.subject == "Renewal"


async def test_where_there_is_no_store_yet(shelf: Path) -> None:
    """A new machine: there is nothing to keep aside."""
    done = restore(shelf / "copy.sqlite", shelf / "fresh.sqlite", "main", ZONE, NOW)
    assert (done.aside, done.since) == (None, None)
    assert state(shelf / "fresh.sqlite", "main").events == done.found.events


async def test_a_store_that_is_in_use_is_left_alone(shelf: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Its owner is named; nothing changes."""
    async with open_store(shelf / STORE, owner="helpdesk serve"):
        before = _files(shelf)
        with pytest.raises(Refused, match="helpdesk serve"):
            restore(shelf / "copy.sqlite", shelf / STORE, "main", ZONE, NOW)
        assert _files(shelf) == before


def _set(path: Path, *statements: str) -> None:
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        for statement in statements:
            connection.execute(statement)


def _cut(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-5000])


def _scribbled(path: Path) -> None:
    content = bytearray(path.read_bytes())
    content[20_000:40_000] = b"\xa5" * 20_000
    path.write_bytes(content)


@pytest.mark.parametrize(
    ("harm", "said"),
    [
        (lambda path: _set(path, f"PRAGMA user_version = {schema.newest() + 1}"), "Use the newer program"),
        (lambda path: _set(path, "PRAGMA user_version = 0"), "has schema 0"),
        (lambda path: _set(path, "PRAGMA application_id = 7"), "database of another program"),
        (lambda path: path.write_text("not a database at all" * 99), "can't be opened as a store"),
        (lambda path: path.write_bytes(b""), "another program"),
        (lambda path: path.unlink(), "There is no"),
        (lambda path: _set(path, "UPDATE chain SET library = 'hill'"), "is of the library 'hill'"),
        (lambda path: _set(path, "UPDATE events SET actor = 'x' WHERE seq = 2"), "event 2 was changed"),
        (lambda path: _set(path, "PRAGMA foreign_keys = 0", "DELETE FROM people"), "points to nothing in people"),
        (_cut, "copy.sqlite"),
        (_scribbled, "copy.sqlite"),
    ],
)
async def test_what_can_t_be_restored(harm: object, said: str, shelf: Path) -> None:
    """A copy that is newer, damaged, cut short, another library's or no store is refused in words; nothing changes."""
    assert callable(harm)
    harm(shelf / "copy.sqlite")
    before = _files(shelf)
    for place in (shelf / STORE, shelf / "fresh.sqlite"):
        with pytest.raises(Refused, match=said):
            restore(shelf / "copy.sqlite", place, "main", ZONE, NOW)
    assert _files(shelf) == before


async def test_the_store_itself_is_no_copy(shelf: Path) -> None:
    """Nor is it by another name."""
    (shelf / "alias.sqlite").symlink_to(shelf / STORE)
    for name in (STORE, "alias.sqlite"):
        with pytest.raises(Refused, match="is the store itself"):
            restore(shelf / name, shelf / STORE, "main", ZONE, NOW)


async def test_a_damaged_store_is_kept_aside_as_it_is(shelf: Path) -> None:
    """That is what restoring is for; what it had more nobody can tell."""
    (shelf / STORE).write_text("gone" * 5000)
    (shelf / f"{STORE}-wal").write_text("its log")
    done = restore(shelf / "copy.sqlite", shelf / STORE, "main", ZONE, NOW)
    assert done.aside is not None
    assert done.since is None
    assert done.aside.read_text() == "gone" * 5000
    assert done.aside.with_name(f"{done.aside.name}-wal").read_text() == "its log"
    assert examine(shelf / STORE, "main") == ()


async def test_another_history_is_told(shelf: Path) -> None:
    """The store that was there is not what the copy was made of."""
    (shelf / STORE).unlink()
    await _goes_on(shelf / STORE, *[Kind.TESTED] * 200)
    assert restore(shelf / "copy.sqlite", shelf / STORE, "main", ZONE, NOW).since is None


@pytest.mark.parametrize("room", first_of([400_000, 40_000]))
async def test_a_disk_that_fills_changes_nothing(shelf: Path, room: int) -> None:
    """The store stays where it is, as it is."""
    before = _files(shelf)
    done = await limited_aside(room, "db", "restore", "copy.sqlite", folder=shelf)
    assert done.returncode == 1, done.stderr
    assert "Traceback" not in done.stderr
    assert _files(shelf) == before


async def test_a_drill_touches_nothing(shelf: Path) -> None:
    """It restores into a temporary place, and says what it found and how long it took."""
    before = _files(shelf)
    done = await drill(shelf / "copy.sqlite", "main", ZONE, ManualClock(), shelf)
    assert _files(shelf) == before
    assert done.wrong == ()
    assert len(done.steps) == 2
    assert done.proof == back_up(shelf / STORE, shelf / "again.sqlite", "main", ZONE).proof


async def test_a_drill_finds_what_is_not_as_the_log_gives_it(shelf: Path) -> None:
    """Clocks that are gone: the log is whole, and a rebuild puts it right."""
    _set(shelf / "copy.sqlite", "DELETE FROM clocks", "DELETE FROM counts")
    done = await drill(shelf / "copy.sqlite", "main", ZONE, ManualClock())
    assert any("clocks are not what its history gives" in line for line in done.wrong), done.wrong


async def test_a_copy_with_its_log_beside_it(shelf: Path) -> None:
    """A copy of the disk, made while the store was open, is taken with what its log holds."""
    async with open_store(shelf / STORE) as store:
        await store.write(events.append, [NewEvent(kind=Kind.TESTED, ticket=None, when=NOW, actor=SYSTEM)], NOW)
        for ending in ("", "-wal"):
            shutil.copy(shelf / f"{STORE}{ending}", shelf / f"disk.sqlite{ending}")
    assert (shelf / "disk.sqlite-wal").stat().st_size
    assert inspect(shelf / "disk.sqlite", "main").events == state(shelf / STORE, "main").events
    restore(shelf / "disk.sqlite", shelf / "fresh.sqlite", "main", ZONE, NOW)
    assert state(shelf / "fresh.sqlite", "main").events == state(shelf / STORE, "main").events
    with closing(sqlite3.connect(shelf / "fresh.sqlite")) as connection:
        assert connection.execute("SELECT count(*) FROM conversations WHERE handle IS NOT NULL").fetchone() == (0,)


def test_the_commands(shelf: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """What is lost is said: erasures that came back, messages that may have gone out, texters known no more."""
    asyncio.run(_goes_on(shelf / STORE, Kind.FORGOTTEN))
    config = ["--config", str(shelf / "helpdesk.toml")]
    (shelf / "helpdesk.toml").write_text(f'[store]\npath = "{shelf / STORE}"\n')
    for command in (["drill", "copy.sqlite"], ["restore", "copy.sqlite", "--dry-run"]):
        assert run(["db", command[0], str(shelf / command[1]), *command[2:], *config]) == 0
        said = capsys.readouterr().out
        assert "s  in all" in said
        assert "can be restored." in said
        assert "1 message that waited to be sent is unclear" in said
        assert "1 conversation of sealed lines is in it: 1 can be answered, for 0 there is no key" in said
    assert run(["db", "restore", str(shelf / "copy.sqlite"), *config]) == 0
    told = capsys.readouterr()
    assert "is kept in" in told.out
    assert "It had 1 event more; it is in no other place." in told.out
    assert "1 erasure is among them" in told.err
    assert run(["db", "drill", str(shelf / "none.sqlite"), *config]) == 1
    assert "There is no" in capsys.readouterr().err
    (shelf / "keys.sqlite").unlink()
    assert run(["db", "drill", str(shelf / "copy.sqlite"), *config]) == 0
    assert "0 can be answered, for 1 there is no key" in capsys.readouterr().out
