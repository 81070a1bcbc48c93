"""The files: whose they are, what is refused, and where key store and master key lie."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from helpdesk.clock import ManualClock
from helpdesk.config import StoreSettings
from helpdesk.errors import BadConfig, Refused, TryLater
from helpdesk.privacy import Key
from helpdesk.store.keys import KeysAt, KeyStore
from helpdesk.store.master_key import KeyPlaces, create_master_key, key_places, read_master_key
from tests.keys.disk import MASTER, NOISE, on_disk, talk


def set_mode(path: Path, mode: int) -> None:
    """As chmod does."""
    path.chmod(mode)


async def test_one_process_holds_the_file(path: Path, clock: ManualClock) -> None:
    """A second owner is refused, and may open it when the first is done."""
    async with KeyStore.open(path, MASTER, clock):
        with pytest.raises(Refused, match="in use"):
            async with KeyStore.open(path, MASTER, clock):
                pass
    async with KeyStore.open(path, MASTER, clock):
        pass


async def test_another_master_key_is_told_on_opening(place: KeysAt, clock: ManualClock) -> None:
    """Before anything is read or written with it; the right one still opens the store."""
    async with KeyStore.open(place, MASTER, clock) as keys:
        kept = await keys.open_conversation(talk(1))
    with pytest.raises(BadConfig, match=r"store\.master_key.*not the key"):
        async with KeyStore.open(place, Key(b"\x08" * 32), clock):
            pass
    async with KeyStore.open(place, MASTER, clock) as keys:
        assert await keys.conversation(talk(1)) == kept


async def test_a_swapped_row_does_not_open(path: Path, clock: ManualClock) -> None:
    """Each wrapped key is tied to its conversation; a damaged epoch asks for the text again later."""
    async with KeyStore.open(path, MASTER, clock) as keys:
        await keys.open_conversation(talk(1))
        await keys.open_conversation(talk(2))
        await keys.epochs(NOISE, clock.now())
    with closing(sqlite3.connect(path, isolation_level=None)) as sql:
        sql.execute("UPDATE conversation_keys SET wrapped = (SELECT min(wrapped) FROM conversation_keys)")
        sql.execute("UPDATE epoch_keys SET wrapped = (SELECT min(wrapped) FROM conversation_keys)")
    async with KeyStore.open(path, MASTER, clock) as keys:
        with pytest.raises(Refused, match="does not open"):
            assert [await keys.conversation(talk(n)) for n in (1, 2)]
        with pytest.raises(TryLater, match="damaged"):
            await keys.epochs(NOISE, clock.now())


async def test_the_file_is_ours_alone(path: Path, clock: ManualClock) -> None:
    """Mode 0600, its log too; a wider mode is named with the remedy."""
    async with KeyStore.open(path, MASTER, clock) as keys:
        await keys.open_conversation(talk(1))
        assert {each.stat().st_mode & 0o777 for each in path.parent.glob("keys.sqlite*")} == {0o600}
    set_mode(path, 0o640)
    with pytest.raises(BadConfig, match=r"mode 0640\. Run: chmod 0600"):
        async with KeyStore.open(path, MASTER, clock):
            pass


def make_foreign(path: Path) -> None:
    """Somebody else's database."""
    with closing(sqlite3.connect(path)) as sql:
        sql.execute("CREATE TABLE theirs (a)")


def make_newer(path: Path) -> None:
    """A key store of a later program."""
    with closing(sqlite3.connect(path)) as sql:
        sql.execute("PRAGMA user_version = 99")


def make_noise(path: Path) -> None:
    """No database at all."""
    path.write_bytes(b"not a database, but long enough to be looked at" * 50)


@pytest.mark.parametrize(
    ("make", "words"),
    [(make_foreign, "another program"), (make_newer, "newer program"), (make_noise, "can't be used")],
)
async def test_a_file_that_is_not_ours_is_left_alone(
    path: Path, clock: ManualClock, make: Callable[[Path], None], words: str
) -> None:
    """BadConfig says which key of the settings names it, and not a byte has changed."""
    make(path)
    set_mode(path, 0o600)
    before = on_disk(path)
    with pytest.raises(BadConfig, match=f"store.keys.*{words}"):
        async with KeyStore.open(path, MASTER, clock):
            pass
    assert on_disk(path) == before


async def test_a_missing_folder_is_named(path: Path, clock: ManualClock) -> None:
    """BadConfig, not a traceback of SQLite's."""
    with pytest.raises(BadConfig, match=r"store\.keys.*No such file"):
        async with KeyStore.open(path / "keys.sqlite", MASTER, clock):
            pass


def test_a_master_key_is_made_once_and_read_back(tmp_path: Path) -> None:
    """In hex, mode 0400, never replaced."""
    path = tmp_path / "master.key"
    key = create_master_key(path)
    assert path.stat().st_mode & 0o777 == 0o400
    assert read_master_key(path) == key
    with pytest.raises(BadConfig, match="exists and is kept"):
        create_master_key(path)
    assert read_master_key(path) == key


@pytest.mark.parametrize("mode", [0o600, 0o440, 0o404, 0o644])
def test_a_master_key_that_others_may_read_or_anybody_write_is_not_used(tmp_path: Path, mode: int) -> None:
    """The remedy is a command to copy; what systemd guards has systemd's mode."""
    path = tmp_path / "master.key"
    key = create_master_key(path)
    path.chmod(mode)
    with pytest.raises(BadConfig, match=rf"mode {mode:04o}\. Run: chmod 0400 {path}"):
        read_master_key(path)
    assert read_master_key(path, credential=True) == key


@pytest.mark.parametrize("content", [b"", b"07" * 31, b"07" * 33, b"zz" * 32, b"\xff" * 64, b"07" * 5000])
def test_a_master_key_of_another_shape_is_not_used(tmp_path: Path, content: bytes) -> None:
    """The message shows no byte of it."""
    path = tmp_path / "master.key"
    path.write_bytes(content)
    path.chmod(0o400)
    with pytest.raises(BadConfig, match="does not hold 32 bytes in hex") as caught:
        read_master_key(path)
    assert "0707" not in str(caught.value)


def test_a_missing_master_key_says_who_makes_one(tmp_path: Path) -> None:
    """Also where a folder stands in its place."""
    for path in (tmp_path / "master.key", tmp_path):
        with pytest.raises(BadConfig, match="helpdesk init"):
            read_master_key(path)


def test_where_the_keys_lie(tmp_path: Path) -> None:
    """What is configured; else the credential, and the key store beside the store; else both beside the store."""
    store = StoreSettings(path=tmp_path / "desk" / "helpdesk.sqlite")
    beside = KeyPlaces(
        master=tmp_path / "desk" / "master.key", keys=tmp_path / "desk" / "keys.sqlite", credential=False
    )
    assert key_places(store, {}) == beside
    assert key_places(store, {"CREDENTIALS_DIRECTORY": str(tmp_path)}) == beside
    (tmp_path / "helpdesk-master").touch()
    assert key_places(store, {"CREDENTIALS_DIRECTORY": str(tmp_path)}) == KeyPlaces(
        master=tmp_path / "helpdesk-master", keys=tmp_path / "desk" / "keys.sqlite", credential=True
    )
    given = StoreSettings(path=tmp_path / "helpdesk.sqlite", master_key=Path("/etc/helpdesk/master.key"))
    assert key_places(given, {"CREDENTIALS_DIRECTORY": str(tmp_path)}) == KeyPlaces(
        master=Path("/etc/helpdesk/master.key"), keys=Path("/etc/helpdesk/keys.sqlite"), credential=False
    )
