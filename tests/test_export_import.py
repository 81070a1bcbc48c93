"""A library leaves as JSON Lines and comes back the same, row by row; what was touched on the way is not taken."""

from __future__ import annotations

import asyncio
import base64
import gzip
import hashlib
import json
import shutil
import sqlite3
import stat
import tracemalloc
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from helpdesk.cli import run
from helpdesk.errors import Refused
from helpdesk.store import schema
from helpdesk.store.care import examine, opened, state
from helpdesk.store.exporting import FORMAT, Exported, export
from helpdesk.store.importing import look_through, take_in
from helpdesk.store.moving import digest_of_all, leaving
from helpdesk.store.sqlite import open_reader, open_store
from helpdesk.upkeep import check
from tests.conversation import library
from tests.kept import STORE, ZONE, fill, limited_aside, made, names
from tests.seeds import first_of

Line = dict[str, Any]


@pytest.fixture(scope="module")
def past(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A library that has been open for five weeks, and its export, plain and packed."""
    folder = made(tmp_path_factory.mktemp("past"))
    for name in ("all.jsonl", "all.jsonl.gz"):
        asyncio.run(_exported(folder / STORE, folder / name))
    return folder


@pytest.fixture
def shelf(past: Path, tmp_path: Path) -> Path:
    """Its folder, now that it is closed."""
    return Path(shutil.copytree(past, tmp_path / "shelf"))


async def _exported(store: Path, to: Path) -> Exported:
    async with open_reader(store) as reader:
        return await export(reader, to, schema=schema.newest(), zone=ZONE)


def _lines(file: Path) -> list[Line]:
    return [json.loads(line) for line in file.read_bytes().split(b"\n") if line]


async def test_it_comes_back_the_same(shelf: Path) -> None:
    """Every row, the log, the report; clocks and counts are as the log gives them; an export of it is the same file."""
    taken = take_in(shelf / "all.jsonl", shelf / "new.sqlite", "main")
    again = await _exported(shelf / "new.sqlite", shelf / "again.jsonl")
    assert again.digest == taken.digest == _lines(shelf / "all.jsonl")[-1]["digest"]
    assert (again.rows, taken.compared) == (taken.rows, True)
    assert (shelf / "again.jsonl").read_bytes() == (shelf / "all.jsonl").read_bytes()
    assert examine(shelf / "new.sqlite", "main") == ()
    assert stat.S_IMODE((shelf / "new.sqlite").stat().st_mode) == 0o600
    async with open_reader(shelf / "new.sqlite") as store:
        assert await check(store) == ()
    assert names(shelf, "new*") == ["new.sqlite", "new.sqlite.lock"]


async def test_the_library_goes_on_in_it(shelf: Path) -> None:
    """Words are found, the next ticket has the next number, and what comes again by its id is known."""
    (shelf / STORE).unlink()
    take_in(shelf / "all.jsonl.gz", shelf / STORE, "main")
    async with library(folder=shelf, seed=9) as town:
        mia = await town.staff("mia")
        [hit] = await town.house.desk.search(mia.id, "Dubliners")
        thread = await mia.opens(hit.row.id)
        assert [file.name for entry in thread.entries for file in entry.files] == ["form.pdf"]
        highest = await town.house.store.read(lambda sql: sql("SELECT max(number) AS n FROM tickets"))
        ana = town.mailer("ana")
        await ana.mails("And another")
        assert (await mia.opens(ana.ticket)).ticket.number == highest[0]["n"] + 1


def test_what_stands_in_it(past: Path) -> None:
    """A first line that says what there is, then every row in an order that references allow, then the digests."""
    first, *rows, last = _lines(past / "all.jsonl")
    assert (first["helpdesk_export"], first["schema"], first["library"]) == (FORMAT, schema.newest(), "main")
    assert [table["name"] for table in first["tables"]] == [table.name for table in leaving()]
    assert [row["table"] for row in rows] == [each["name"] for each in first["tables"] for _ in range(each["rows"])]
    assert first["events"] == sum(row["table"] == "events" for row in rows) == state(past / STORE, "main").events
    assert (last["end"], last["rows"]) == (True, len(rows))
    by_table = {table["name"]: table for table in first["tables"]}
    assert all(list(row) == ["table", *by_table[row["table"]]["columns"]] for row in rows)
    assert by_table["attachments"]["base64"] == ["content"]


def test_what_does_not_leave(past: Path) -> None:
    """No handle, seal, PIN, chat token or personal token, by column and by byte."""
    content = (past / "all.jsonl").read_bytes()
    with opened(past / STORE) as store:
        talks = store.execute("SELECT handle, seal FROM conversations").fetchall()
        pins = [row["pin"] for row in store.execute("SELECT pin FROM staff WHERE pin <> ''")]
        chats = [row["token"] for row in store.execute("SELECT token FROM chats WHERE token IS NOT NULL")]
    assert talks
    assert pins
    assert chats
    for secret in (*(each for row in talks for each in row if each), *chats):
        assert base64.b64encode(secret) not in content
    for pin in pins:
        assert pin.encode() not in content
    held = {row["table"] for row in _lines(past / "all.jsonl")[1:-1]}
    assert held.isdisjoint({"tokens", "hooks", "presence", "notices", "done", "drafts", "days", "entry_words"})


async def test_packed_it_is_the_same(past: Path) -> None:
    """And smaller; the same rows give the same bytes."""
    packed = (past / "all.jsonl.gz").read_bytes()
    assert gzip.decompress(packed) == (past / "all.jsonl").read_bytes()
    assert len(packed) < (past / "all.jsonl").stat().st_size / 2
    assert look_through(past / "all.jsonl.gz", "main") == look_through(past / "all.jsonl", "main")


async def test_every_table_travels(shelf: Path) -> None:
    """Rows in each of them, with values of each kind."""
    with closing(sqlite3.connect(shelf / STORE, isolation_level=None)) as connection:
        fill(connection)
    done = await _exported(shelf / STORE, shelf / "full.jsonl")
    assert all(table["rows"] for table in _lines(shelf / "full.jsonl")[0]["tables"])
    assert take_in(shelf / "full.jsonl", shelf / "new.sqlite", "main").digest == done.digest


async def test_only_an_empty_store_takes_it(shelf: Path) -> None:
    """One that was made and never used does; one that holds anything, or is in use, is left alone."""
    async with open_store(shelf / "made.sqlite", owner="helpdesk serve"):
        with pytest.raises(Refused, match="in use by helpdesk serve"):
            take_in(shelf / "all.jsonl", shelf / "made.sqlite", "main")
    take_in(shelf / "all.jsonl", shelf / "made.sqlite", "main")
    before = (shelf / STORE).read_bytes()
    with pytest.raises(Refused, match="into an empty store only"):
        take_in(shelf / "all.jsonl", shelf / STORE, "main")
    assert (shelf / STORE).read_bytes() == before


def _rewritten(shelf: Path, change: Callable[[list[bytes]], object]) -> Path:
    lines = (shelf / "all.jsonl").read_bytes().splitlines(keepends=True)
    change(lines)
    (shelf / "bad.jsonl").write_bytes(b"".join(lines))
    return shelf / "bad.jsonl"


def _at(lines: list[bytes], table: str) -> int:
    return next(n for n, line in enumerate(lines) if line.startswith(f'{{"table":"{table}"'.encode()))


def _edit(table: str, old: bytes, new: bytes) -> Callable[[list[bytes]], object]:
    def edit(lines: list[bytes]) -> None:
        at = _at(lines, table)
        assert old in lines[at]
        lines[at] = lines[at].replace(old, new)

    return edit


def _put(lines: list[bytes], at: int, line: bytes) -> None:
    lines[at] = line


BAD: dict[str, tuple[Callable[[list[bytes]], object], str]] = {
    "empty": (lambda lines: lines.clear(), "no export of this program"),
    "no JSON": (lambda lines: _put(lines, 0, b"hello\n"), "no export of this program"),
    "another's": (lambda lines: _put(lines, 0, b'{"format": 1}\n'), "no export of this program"),
    "deep": (lambda lines: _put(lines, 0, b"[" * 200_000 + b"\n"), "no export of this program"),
    "newer format": (lambda ls: _put(ls, 0, ls[0].replace(b'"helpdesk_export":1', b'"helpdesk_export":2')), "newer"),
    "newer schema": (lambda ls: _put(ls, 0, ls[0].replace(b'"schema":', b'"schema":9')), "newer program"),
    "no schema": (lambda ls: _put(ls, 0, ls[0].replace(b'"schema":', b'"schema":-')), "no export of this program"),
    "other library": (lambda ls: _put(ls, 0, ls[0].replace(b'"main"', b'"hill"')), "of the library 'hill'"),
    "other table": (lambda ls: _put(ls, 0, ls[0].replace(b'"staff"', b'"stuff"', 1)), "does not know"),
    "other column": (lambda ls: _put(ls, 0, ls[0].replace(b'"pin"', b'"pin; --"', 1)), "does not know"),
    "a word changed": (_edit("entries", b"Dubliners", b"Ulysses"), "rows of entries were changed"),
    "a number changed": (_edit("events", b'"occurred":17', b'"occurred":18'), "rows of events were changed"),
    "spaces": (_edit("people", b'","', b'", "'), "rows of people were changed"),
    "a row twice": (lambda ls: ls.insert(_at(ls, "people"), ls[_at(ls, "people")]), "can't be taken in|was changed"),
    "a row less": (lambda ls: ls.pop(_at(ls, "people")), "this line was changed"),
    "rows swapped": (lambda ls: ls.insert(_at(ls, "people"), ls.pop(_at(ls, "people") + 1)), "people were changed"),
    "another column": (_edit("people", b'"name"', b'"nome"'), "this line was changed"),
    "a letter for a number": (_edit("people", b'"created":17', b'"created":"x","y":17'), "this line was changed"),
    "a broken line": (_edit("people", b"{", b"["), "this line was changed"),
    "bytes that are none": (_edit("attachments", b'"content":"', b'"content":"!'), "this line was changed"),
    "half a letter": (_edit("people", b'"name":"', b'"name":"\\ud800'), "a value that no store holds"),
    "a huge number": (_edit("people", b'"created":', b'"created":9999999'), "a value that no store holds"),
    "a fraction": (_edit("people", b'"created":', b'"created":0.5e-3,"z":'), "this line was changed"),
    "no end": (lambda lines: lines.pop(), "cut short"),
    "cut in a line": (lambda ls: _put(ls, -1, ls[-1][: len(ls[-1]) // 2]), "cut short"),
    "half of it": (lambda lines: lines.__delitem__(slice(len(lines) // 2, None)), "cut short"),
    "more after it": (lambda lines: lines.append(b"{}\n"), "this line was changed"),
    "another end": (lambda ls: _put(ls, -1, ls[-1].replace(b'"rows":', b'"rows":1')), "this line was changed"),
    "an end of another kind": (lambda lines: _put(lines, -1, b'{"end": true}\n'), "this line was changed"),
}


@pytest.mark.parametrize("name", BAD)
def test_what_was_touched_is_not_taken(name: str, shelf: Path) -> None:
    """In words; no store is made, and what is there stays."""
    change, said = BAD[name]
    file = _rewritten(shelf, change)
    with pytest.raises(Refused, match=said):
        take_in(file, shelf / "new.sqlite", "main")
    assert names(shelf, "new*") == ["new.sqlite.lock"]


@pytest.mark.parametrize("name", ["a word changed", "a row less", "no end", "cut in a line", "newer format"])
def test_reading_through_finds_the_same(name: str, shelf: Path) -> None:
    """Without a store."""
    change, said = BAD[name]
    with pytest.raises(Refused, match=said):
        look_through(_rewritten(shelf, change), "main")


def test_rows_that_fit_but_are_not_sound(shelf: Path) -> None:
    """Digests can be made anew by whoever changes a row, but not the chain of the log."""
    lines = (shelf / "all.jsonl").read_bytes().splitlines(keepends=True)
    lines[_at(lines, "events")] = lines[_at(lines, "events")].replace(b'"actor":"', b'"actor":"x')
    end = json.loads(lines[-1])
    for table in end["digests"]:
        told = b"".join(line for line in lines[1:-1] if json.loads(line)["table"] == table)
        end["digests"][table] = hashlib.sha256(told).hexdigest()
    end["digest"] = digest_of_all(end["digests"])
    lines[-1] = json.dumps(end).encode() + b"\n"
    (shelf / "bad.jsonl").write_bytes(b"".join(lines))
    with pytest.raises(Refused, match="event 1 was changed after it was written"):
        take_in(shelf / "bad.jsonl", shelf / "new.sqlite", "main")
    assert names(shelf, "new*") == ["new.sqlite.lock"]


def test_a_packed_file_that_was_cut_short(shelf: Path) -> None:
    """The packing says so before a line does."""
    content = (shelf / "all.jsonl.gz").read_bytes()
    for cut in (3, len(content) // 2, len(content) - 4):
        (shelf / "cut.jsonl.gz").write_bytes(content[:cut])
        with pytest.raises(Refused, match="cut short"):
            take_in(shelf / "cut.jsonl.gz", shelf / "new.sqlite", "main")


@pytest.mark.parametrize(
    ("room", "command"), first_of([(400_000, ["import"]), (40_000, ["import"]), (40_000, ["export", "out.jsonl"])])
)
async def test_a_disk_that_fills(shelf: Path, command: list[str], room: int) -> None:
    """The reader is told, and nothing half-made is left."""
    if command == ["import"]:
        (shelf / STORE).unlink()
        command = ["import", "all.jsonl"]
    done = await limited_aside(room, "db", *command, folder=shelf)
    assert done.returncode == 1, done.stderr
    assert "can't be" in done.stderr
    assert "Traceback" not in done.stderr
    assert names(shelf, "out*") == names(shelf, "*.part") == []
    assert names(shelf, STORE) == ([STORE] if command[0] == "export" else [])


@pytest.mark.full
async def test_memory_holds_a_page(shelf: Path) -> None:
    """However many rows there are and however large, out and in."""
    with closing(sqlite3.connect(shelf / STORE, isolation_level=None)) as connection:
        connection.execute("BEGIN")
        for n in range(20_000):
            connection.execute("INSERT INTO counters VALUES ('main', ?, ?)", (f"{'x' * 300} {n}", n))
        for n in range(8):
            content = bytes([n]) * 2_000_000
            connection.execute("INSERT INTO attachments VALUES ('main', ?, ?)", (f"{n:064}", content))
        connection.execute("COMMIT")
    tracemalloc.start()
    await _exported(shelf / STORE, shelf / "large.jsonl")
    out = tracemalloc.get_traced_memory()[1]
    tracemalloc.reset_peak()
    take_in(shelf / "large.jsonl", shelf / "new.sqlite", "main")
    back = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert (shelf / "large.jsonl").stat().st_size > 25_000_000
    assert out < 16_000_000
    assert back < 24_000_000


async def test_an_export_replaces_nothing(shelf: Path) -> None:
    """A file that is there is kept; a folder that is not there is told."""
    before = (shelf / "all.jsonl").read_bytes()
    with pytest.raises(Refused, match="is kept"):
        await _exported(shelf / STORE, shelf / "all.jsonl")
    assert (shelf / "all.jsonl").read_bytes() == before
    with pytest.raises(Refused, match="can't be written"):
        await _exported(shelf / STORE, shelf / "none" / "all.jsonl")


async def test_an_earlier_schema_is_taken_in(shelf: Path) -> None:
    """Read into a store of its own schema, then brought up as any store is."""
    lines = (shelf / "all.jsonl").read_bytes().splitlines(keepends=True)
    first, *rows, end = (json.loads(line) for line in lines)
    first["schema"] = 4
    with closing(sqlite3.connect(":memory:", isolation_level=None)) as connection:
        connection.row_factory = sqlite3.Row
        schema.migrate(connection, 4)
        there = {
            table["name"]: {row["name"] for row in connection.execute(f"PRAGMA table_info({table['name']})")}
            for table in first["tables"]
        }
    first["tables"] = [table for table in first["tables"] if there[table["name"]]]
    for table in first["tables"]:
        table["columns"] = [name for name in table["columns"] if name in there[table["name"]]]
        table["base64"] = [name for name in table["base64"] if name in there[table["name"]]]
    kept = [
        json.dumps({k: v for k, v in row.items() if k == "table" or k in there[row["table"]]}, ensure_ascii=False,
                   separators=(",", ":")).encode() + b"\n"
        for row in rows
        if there[row["table"]]
    ]  # fmt: skip
    digests = {
        table["name"]: hashlib.sha256(
            b"".join(line for line in kept if line.startswith(f'{{"table":"{table["name"]}",'.encode()))
        ).hexdigest()
        for table in first["tables"]
    }
    end = {"end": True, "rows": len(kept), "digests": digests, "digest": digest_of_all(digests)}
    (shelf / "old.jsonl").write_bytes(
        json.dumps(first).encode() + b"\n" + b"".join(kept) + json.dumps(end).encode() + b"\n"
    )
    taken = take_in(shelf / "old.jsonl", shelf / "new.sqlite", "main")
    assert (taken.digest, taken.compared) == (end["digest"], False)
    assert state(shelf / "new.sqlite", "main").version == schema.newest()
    async with open_reader(shelf / "new.sqlite") as store:
        assert await check(store) == ()


def test_the_commands(shelf: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Out of one library, into another folder."""
    (shelf / "helpdesk.toml").write_text(f'[store]\npath = "{shelf / STORE}"\n')
    (shelf / "new.toml").write_text(f'[store]\npath = "{shelf / "new.sqlite"}"\n')
    here, there = (["--config", str(shelf / name)] for name in ("helpdesk.toml", "new.toml"))
    assert run(["db", "export", str(shelf / "out.jsonl.gz"), *here]) == 0
    digest = capsys.readouterr().out.splitlines()[-1]
    assert run(["db", "import", str(shelf / "out.jsonl.gz"), "--dry-run", *there]) == 0
    assert "is whole" in capsys.readouterr().out
    assert run(["db", "import", str(shelf / "out.jsonl.gz"), *there]) == 0
    said = capsys.readouterr().out
    assert digest in said
    assert "The report of its last month comes out the same." in said
    assert run(["db", "check", *there]) == 0
    assert run(["db", "import", str(shelf / "out.jsonl.gz"), *there]) == 1
    assert "empty store" in capsys.readouterr().err
    (shelf / "pg.toml").write_text('[store]\nurl = "postgresql://desk@localhost/desk"\n')
    assert run(["db", "import", str(shelf / "out.jsonl.gz"), "--config", str(shelf / "pg.toml")]) == 2
    assert "helpdesk db copy" in capsys.readouterr().err
