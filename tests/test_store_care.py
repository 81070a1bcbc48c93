"""Care of the store's file: its state, its soundness, a copy, its newest form."""

from __future__ import annotations

import os
import sqlite3
import stat
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

from helpdesk.clock import ManualClock
from helpdesk.errors import BadConfig, Refused
from helpdesk.events import Kind, NewEvent
from helpdesk.store import care, schema
from helpdesk.store.care import back_up, examine, other_writers, state, upgrade
from helpdesk.store.sqlite import open_store
from helpdesk.store.verbs import events

NOW = ManualClock().now()


def _happened(count: int) -> list[NewEvent]:
    return [NewEvent(kind=Kind.TESTED, ticket=None, when=NOW, actor="system", data={"n": n}) for n in range(count)]


@pytest.fixture
async def path(tmp_path: Path) -> Path:
    """A store with a little in it, that nobody owns."""
    file = tmp_path / "desk.sqlite"
    async with open_store(file) as store:
        await store.write(events.append, _happened(7), NOW)
    return file


def _damage(path: Path, *statements: str) -> None:
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.execute("PRAGMA foreign_keys = OFF")
        for statement in statements:
            connection.execute(statement)


async def test_says_what_it_is(path: Path) -> None:
    """The schema of the file and of the program, and how much happened."""
    found = state(path, "main")
    assert found.version == found.newest == schema.newest()
    assert found.events == 7


async def test_a_sound_store_has_nothing_to_say(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """However many stretches its log takes."""
    assert examine(path, "main") == ()
    for stretch in (1, 3, 7, 8):
        monkeypatch.setattr(care, "STRETCH", stretch)
        assert examine(path, "main") == ()


@pytest.mark.parametrize("stretch", [2, 50])
@pytest.mark.parametrize(
    ("statement", "said"),
    [
        ("UPDATE events SET actor = 'ben' WHERE seq = 4", "event 4 was changed after it was written"),
        ("DELETE FROM events WHERE seq = 5", "event 5 is missing from the log"),
        ("DELETE FROM events WHERE seq = 7", "the log ends at event 6, but 7 were written"),
    ],
)
async def test_a_log_that_was_tampered_with(
    path: Path, statement: str, said: str, stretch: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The first event that breaks the chain is named."""
    monkeypatch.setattr(care, "STRETCH", stretch)
    _damage(path, statement)
    assert said in examine(path, "main")


async def test_a_row_that_points_to_nothing(path: Path) -> None:
    """What a foreign key would have refused is found."""
    _damage(
        path,
        "INSERT INTO entries (library, id, ticket, kind, author, text, written, segments, trouble)"
        " VALUES ('main', 'E', 'T', 'note', 'ana', 'x', 1, 1, '')",
    )
    assert any("points to nothing in tickets" in line for line in examine(path, "main"))


async def test_a_copy_is_whole_and_private(path: Path, tmp_path: Path) -> None:
    """Taken while the owner works on; it opens as a store, and nobody else can read it."""
    to = tmp_path / "copy.sqlite"
    async with open_store(path) as store:
        await store.write(events.append, _happened(3), NOW)
        size = back_up(path, to).size
        await store.write(events.append, _happened(3), NOW)
    assert size == to.stat().st_size
    assert not to.with_name("copy.sqlite.part").exists()
    assert stat.S_IMODE(to.stat().st_mode) == 0o600
    assert examine(to, "main") == ()
    assert state(to, "main").events == 10


async def test_a_copy_replaces_nothing(path: Path, tmp_path: Path) -> None:
    """A file that is there is kept; a folder that is not there is told."""
    to = tmp_path / "copy.sqlite"
    to.write_text("precious")
    with pytest.raises(Refused, match="is kept"):
        back_up(path, to)
    assert to.read_text() == "precious"
    with pytest.raises(Refused, match="can't be written"):
        back_up(path, tmp_path / "none" / "copy.sqlite")


async def test_upgrade_needs_the_file_for_itself(path: Path) -> None:
    """Nothing is due on a new store; while somebody owns it they are named."""
    assert upgrade(path).ran == 0
    async with open_store(path, owner="helpdesk serve"):
        with pytest.raises(Refused, match="helpdesk serve"):
            upgrade(path)


def test_what_is_no_store(tmp_path: Path) -> None:
    """A missing file is not made, another program's is not touched."""
    missing = tmp_path / "desk.sqlite"
    for call in (lambda: state(missing, "main"), lambda: upgrade(missing)):
        with pytest.raises(BadConfig, match="there is no"):
            call()
    assert not missing.exists()
    other = tmp_path / "other.sqlite"
    _damage(other, "CREATE TABLE t (x)")
    with pytest.raises(BadConfig, match="another program"):
        state(other, "main")
    text = tmp_path / "notes.txt"
    text.write_text("not a database at all" * 100)
    with pytest.raises(BadConfig, match="can't be opened"):
        state(text, "main")


@pytest.mark.skipif(not Path("/proc/self/fdinfo").exists(), reason="needs Linux's /proc")
def test_finds_a_second_writer(tmp_path: Path) -> None:
    """Who has the file open for writing is seen, who only reads it is not."""
    path = tmp_path / "desk.sqlite"
    path.write_bytes(b"")
    wait = "import sys; file = open(sys.argv[1], sys.argv[2]); print('open', flush=True); sys.stdin.read()"
    processes = [
        subprocess.Popen([sys.executable, "-c", wait, str(path), mode], stdin=-1, stdout=-1) for mode in ("r", "r+")
    ]
    try:
        for process in processes:
            assert process.stdout is not None
            assert process.stdout.readline() == b"open\n"
        assert other_writers(path, None) == (processes[1].pid,)
        assert other_writers(path, processes[1].pid) == ()
        assert os.getpid() not in other_writers(path, None)
    finally:
        for process in processes:
            process.communicate()
