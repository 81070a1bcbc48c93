"""A command that is run without the service's store.url does not make a second, empty library: a note stops it."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
from pydantic import SecretStr

from helpdesk.cli import run
from helpdesk.config import ApiSettings, Settings, StoreSettings
from helpdesk.errors import BadConfig
from helpdesk.house import open_house
from helpdesk.offering import offering
from helpdesk.store.elsewhere import drop_note, file_of, leave_note, note_path, noted
from helpdesk.store.opening import examine, is_there, open_reader, open_store, place, state, upgrade
from tests.checked import CLOCK, begun, levels, said
from tests.conversation import MASTER
from tests.kept import made
from tests.postgres import Server

PLACE = "PostgreSQL on db.example, database helpdesk"


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A library's settings without store.url, where a server had it in a database."""
    begun(tmp_path, monkeypatch)
    leave_note(tmp_path / "helpdesk.sqlite", PLACE)
    return tmp_path


COMMANDS = [
    ("staff", "list"),
    ("staff", "add", "mia"),
    ("db", "check"),
    ("db", "upgrade"),
    ("db", "rebuild"),
    ("db", "backup", "copy.sqlite"),
    ("db", "restore", "copy.sqlite"),
    ("db", "export", "all.jsonl"),
    ("db", "import", "all.jsonl"),
    ("standards", "publish"),
    ("noiseline", "rotate"),
    ("noiseline", "status"),
    ("serve",),
    ("report",),
]


@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
def test_no_command_works_on_another_store(
    folder: Path, command: tuple[str, ...], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Each says which database it is, and what to set; no file is made."""
    monkeypatch.chdir(folder)
    assert run(list(command)) != 0
    told = " ".join(capsys.readouterr().err.split())
    assert f"this library's store is {PLACE}" in told
    assert "Set HELPDESK_STORE__URL as the service has it" in told
    assert not (folder / "helpdesk.sqlite").exists()


async def test_the_check_says_so(folder: Path) -> None:
    """It fails, where it said that the first start makes a file."""
    found = await said(folder)
    assert levels(found)["store"] == "FAIL"
    assert PLACE in found["store"][0].text


async def test_every_way_to_the_file_is_closed(tmp_path: Path) -> None:
    """Until the note is deleted, which its words say."""
    store = StoreSettings(path=tmp_path / "helpdesk.sqlite")
    leave_note(store.path, PLACE)
    ways = (
        lambda: open_store(store),
        lambda: open_reader(store),
        lambda: is_there(store),
        lambda: state(store, "main"),
        lambda: examine(store, "main"),
        lambda: upgrade(store, "main"),
    )
    for way in ways:
        with pytest.raises(BadConfig, match=f"delete {note_path(store.path)}"):
            way()
    drop_note(store.path)
    assert file_of(store) == store.path
    async with open_store(store):
        assert is_there(store)


def test_a_note_that_a_full_disk_cut_short_still_stops(tmp_path: Path) -> None:
    """An empty one says no name."""
    note_path(tmp_path / "helpdesk.sqlite").touch()
    assert noted(tmp_path / "helpdesk.sqlite") == "a PostgreSQL database"
    assert noted(tmp_path / "other.sqlite") is None


def test_a_folder_that_is_not_ours_stops_no_server(tmp_path: Path) -> None:
    """A note that can't be written is done without."""
    leave_note(tmp_path / "none" / "helpdesk.sqlite", PLACE)
    assert noted(tmp_path / "none" / "helpdesk.sqlite") is None


async def test_a_server_on_a_file_leaves_no_note(tmp_path: Path) -> None:
    """There is nothing to say."""
    settings = Settings(store=StoreSettings(path=tmp_path / "helpdesk.sqlite"), api=ApiSettings(port=0))
    async with open_house(settings, CLOCK, master=MASTER) as house, offering(house):
        assert noted(settings.store.path) is None


@pytest.mark.full
async def test_a_server_on_a_database_leaves_one(tmp_path: Path, postgres: Server) -> None:
    """With no password in it; whoever has the URL goes on."""
    with postgres.empty() as url:
        store = StoreSettings(path=tmp_path / "helpdesk.sqlite", url=SecretStr(url))
        settings = Settings(store=store)
        async with open_house(settings, CLOCK, master=MASTER) as house, offering(house):
            assert noted(store.path) == place(store)
        with pytest.raises(BadConfig, match="this library's store is PostgreSQL on"):
            open_store(store.model_copy(update={"url": None}))
        async with open_store(store):
            pass


@pytest.mark.full
def test_a_library_that_moves_back_takes_the_note_away(
    tmp_path: Path, postgres: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    """To the path that the servers had: it is in the file from then on."""
    made(tmp_path)
    (tmp_path / "master.key").write_text(MASTER.hex())
    (tmp_path / "master.key").chmod(0o400)
    monkeypatch.chdir(tmp_path)
    with postgres.fresh("template1") as url:
        Path("there.toml").write_text(f'[store]\npath = "back.sqlite"\nurl = "{url}"\nkeys = "there.keys"\n')
        Path("back.toml").write_text('[store]\npath = "back.sqlite"\nkeys = "back.keys"\n')
        for each in ("there.toml", "back.toml"):
            Path(each).chmod(0o600)
        assert run(["db", "copy", "helpdesk.toml", "there.toml"]) == 0
        leave_note(Path("back.sqlite"), PLACE)
        assert run(["db", "copy", "there.toml", "back.toml"]) == 0
    assert noted(Path("back.sqlite")) is None
    assert run(["db", "check", "--config", "back.toml"]) == 0
    asyncio.run(_opens(tmp_path / "back.sqlite"))


async def _opens(path: Path) -> None:
    async with open_store(StoreSettings(path=path)):
        pass
