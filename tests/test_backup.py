"""A copy is the store, or it is not kept: compared when it is made, alone or in a folder, on a disk that fills."""

from __future__ import annotations

import hashlib
import shutil
import sqlite3
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from helpdesk.cli import run
from helpdesk.clock import DAY, Instant, ManualClock, plus
from helpdesk.errors import BadConfig, Refused
from helpdesk.events import Seq
from helpdesk.store import care, copying, schema
from helpdesk.store.care import back_up, dated, examine, rotate
from helpdesk.store.verbs.reporting import LogEnd
from tests.kept import STORE, ZONE, kept_library, limited_aside, made, names
from tests.seeds import first_of


@pytest.fixture(scope="module")
def past(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A library that has been open for five weeks."""
    return made(tmp_path_factory.mktemp("past"))


@pytest.fixture
def shelf(past: Path, tmp_path: Path) -> Path:
    """Its folder, now that it is closed."""
    return Path(shutil.copytree(past, tmp_path / "shelf"))


def _sha(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


async def test_a_copy_is_compared_while_the_library_works_on(tmp_path: Path) -> None:
    """Rows, the log's end and the report of the last month are the store's as it stood when the copy was begun."""
    async with kept_library(tmp_path) as town:
        made = back_up(tmp_path / STORE, tmp_path / "copy.sqlite", "main", ZONE)
        await town.mailer("late").mails("Too late for the copy")
        later = back_up(tmp_path / STORE, tmp_path / "later.sqlite", "main", ZONE)
    assert made.proof.schema == schema.newest()
    assert made.proof.counts["tickets"] == 8
    assert made.proof.counts["staff"] == 2
    assert len(made.proof.report) == 64
    assert made.near
    assert examine(tmp_path / "copy.sqlite", "main") == ()
    told = list(made.proof.differences(later.proof))
    assert "it has 9 rows of tickets, not 8" in told
    assert "the report of its last month differs" in told
    assert any("its log ends at event" in each for each in told)


async def test_only_what_waits_and_who_texted_differs(shelf: Path) -> None:
    """A reply that waited is unclear in the copy, and no handle is in it; every other row of every table is there."""
    back_up(shelf / STORE, shelf / "copy.sqlite", "main", ZONE)
    with closing(sqlite3.connect(shelf / "copy.sqlite")) as copy:
        copy.execute("ATTACH ? AS store", (str(shelf / STORE),))
        tables = [row[0] for row in copy.execute("SELECT name FROM sqlite_master WHERE sql LIKE '%STRICT%'")]
        differing = {
            table
            for table in tables
            if copy.execute(f"SELECT * FROM main.{table} EXCEPT SELECT * FROM store.{table}").fetchone()
        }
        states = copy.execute("SELECT DISTINCT state FROM outbox WHERE done IS NULL").fetchall()
        handles = copy.execute("SELECT count(*) FROM conversations WHERE handle IS NOT NULL").fetchone()
    assert differing == {"outbox", "conversations"}
    assert states == [("unclear",)]
    assert handles == (0,)


async def test_a_copy_that_went_wrong_is_not_kept(shelf: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A row that the disk lost on the way is noticed when the copy is opened."""
    honest = copying.write_copy

    def careless(source: sqlite3.Connection, part: Path) -> None:
        honest(source, part)
        with closing(sqlite3.connect(part, isolation_level=None)) as copy:
            copy.execute("DELETE FROM remarks")
            copy.execute("DELETE FROM links")
            copy.execute("DELETE FROM spending")
            copy.execute("DELETE FROM counters WHERE name = 'ticket'")

    monkeypatch.setattr(care, "write_copy", careless)
    with pytest.raises(Refused, match=r"The copy is not sound, and was not kept: it has .* rows of counters, not"):
        back_up(shelf / STORE, shelf / "copy.sqlite")
    assert names(shelf, "copy*") == []


async def test_a_damaged_store_is_told_and_no_copy_takes_the_good_ones_place(shelf: Path) -> None:
    """The copies that are there stay, however few are to be kept."""
    copies = shelf / "copies"
    copies.mkdir()
    assert run(["db", "backup", str(copies), "--config", str(shelf / "helpdesk.toml")]) == 0
    [good] = copies.iterdir()
    with closing(sqlite3.connect(shelf / STORE, isolation_level=None)) as store:
        store.execute("UPDATE events SET actor = 'nobody' WHERE seq = 3")
    with pytest.raises(Refused, match="event 3 was changed"):
        back_up(shelf / STORE, copies / "new.sqlite")
    assert run(["db", "backup", str(copies), "--keep", "1", "--config", str(shelf / "helpdesk.toml")]) == 1
    assert list(copies.iterdir()) == [good]


async def test_pages_that_can_t_be_read(shelf: Path) -> None:
    """Said in words, with what to do; nothing is left half-made."""
    content = bytearray((shelf / STORE).read_bytes())
    content[8192:65536] = b"\xa5" * (65536 - 8192)
    (shelf / STORE).write_bytes(content)
    with pytest.raises(Refused, match="db check"):
        back_up(shelf / STORE, shelf / "copy.sqlite", "main", ZONE)
    assert names(shelf, "copy*") == []


@pytest.mark.parametrize("room", first_of([60_000, 40_000, 300_000]))
async def test_a_disk_that_fills_leaves_nothing_half_made(shelf: Path, room: int) -> None:
    """The system refuses to write on: status 1 and a sentence, the store as it was, and a later backup succeeds."""
    before = _sha(shelf / STORE)
    done = await limited_aside(room, "db", "backup", "copy.sqlite", folder=shelf)
    assert done.returncode == 1, done.stderr
    assert "copy.sqlite can't be written" in done.stderr
    assert "Traceback" not in done.stderr
    assert names(shelf, "copy*") == []
    assert _sha(shelf / STORE) == before
    assert (await limited_aside(1 << 30, "db", "backup", "copy.sqlite", folder=shelf)).returncode == 0


def test_too_little_room_is_told_before_anything_is_written(tmp_path: Path) -> None:
    """With figures, and what to do."""
    with pytest.raises(Refused, match=r"MB left, and .* MB are needed. Make room"):
        copying.room_for(tmp_path, 1 << 62)
    with pytest.raises(Refused, match="Name another folder"):
        copying.room_for(tmp_path / "none", 1)


async def test_a_folder_of_copies(shelf: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Named by time, the oldest go first, and only files of ours are counted."""
    copies, config = shelf / "copies", str(shelf / "helpdesk.toml")
    copies.mkdir()
    (copies / "notes.sqlite").write_text("not ours")
    clock = ManualClock(Instant(10 * DAY))
    old = [dated(copies, plus(clock.now(), -days * DAY)) for days in (3, 2, 1)]
    for each in old:
        each.write_text("an earlier copy")
    assert run(["db", "backup", str(copies), "--keep", "2", "--config", config]) == 0
    said = capsys.readouterr()
    assert f"{old[0]} was the oldest, and went." in said.out
    assert "same disk as the store" in said.err
    left = sorted(copies.iterdir())
    assert left[-1].name == "notes.sqlite"
    assert [each for each in left if each in old] == old[2:]
    assert len(left) == 3
    [fresh] = [each for each in left if each.name.startswith("helpdesk-") and each not in old]
    assert rotate(copies, 1, fresh) == (old[2],)
    ahead = dated(copies, plus(clock.now(), 10_000 * DAY))
    ahead.write_text("by a clock that was ahead")
    assert rotate(copies, 1, fresh) == (ahead,)
    assert fresh.exists()
    assert run(["db", "backup", str(shelf / "one.sqlite"), "--keep", "2", "--config", config]) == 2
    assert "--keep is for a folder" in capsys.readouterr().err


async def test_a_store_of_another_schema(shelf: Path) -> None:
    """An older one is upgraded first, a newer one is for the newer program: both are left alone."""
    for version, remedy in ((schema.newest() - 1, "db upgrade"), (schema.newest() + 1, "Use the newer program")):
        with closing(sqlite3.connect(shelf / STORE)) as store:
            store.execute(f"PRAGMA user_version = {version}")
        with pytest.raises(BadConfig, match=remedy):
            back_up(shelf / STORE, shelf / "copy.sqlite")


async def test_what_differs_is_said(shelf: Path) -> None:
    """Every part of a proof is compared."""
    proof = back_up(shelf / STORE, shelf / "copy.sqlite").proof
    assert list(proof.differences(proof)) == []
    other = replace(proof, schema=1, counts={**proof.counts, "events": 1}, report="x", end=LogEnd(Seq(1), ""))
    assert len(list(proof.differences(other))) == 4
