"""The attack finds what it says it finds, and shows nobody."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from helpdesk.attack import Pace, Space, Stolen, plainly, told, with_keys
from helpdesk.cli import run
from helpdesk.clock import ManualClock
from helpdesk.errors import BadConfig, Refused
from helpdesk.ids import Ids
from helpdesk.lines import SealedLine
from helpdesk.message import Channel, Inbound, LineId
from helpdesk.phone import PhoneNumber
from helpdesk.privacy import Key, handle, new_key
from helpdesk.store.care import back_up
from helpdesk.store.keys import KeyStore
from helpdesk.store.master_key import create_master_key
from helpdesk.store.sqlite import open_store
from helpdesk.store.stolen import loot, wrapped_keys
from helpdesk.store.verbs import people

NUMBER = "+447700900123"
TINY = Space(prefix="+447700900", digits=3)
NOISE = LineId("noise")
FOUND = re.compile(r"7700\D*900\D*123")


@pytest.fixture
async def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A library in which one texter has a live conversation; nobody runs it now."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("HELPDESK_CONFIG", raising=False)
    (tmp_path / "helpdesk.toml").write_text("")
    clock, master = ManualClock(), create_master_key(tmp_path / "master.key")
    async with (
        open_store(tmp_path / "helpdesk.sqlite") as store,
        KeyStore.open(tmp_path / "keys.sqlite", master, clock) as keys,
    ):
        line = SealedLine(NOISE, keys, Ids(clock).new)
        text = Inbound(channel=Channel.SMS, line=NOISE, external_id="1", digest="", sender=PhoneNumber(NUMBER), text="")
        who = await line.identify(text, clock.now())
        assert who.fresh is not None
        assert who.expires is not None
        await store.write(people.begin_conversation, NOISE, who.fresh, clock.now(), who.expires)
    return tmp_path


def master_of(folder: Path) -> Key:
    """The library's master key."""
    return Key(bytes.fromhex((folder / "master.key").read_text()))


def test_with_everything_stolen_the_texter_is_found(folder: Path) -> None:
    """Of a space that is gone through in one go: one handle, found once."""
    found = loot(folder / "helpdesk.sqlite", "main")
    keys = wrapped_keys(folder / "keys.sqlite", "main", master_of(folder))
    assert (len(found.handles), found.seals, keys.epochs, keys.conversations) == (1, 1, 1, 1)
    pace = with_keys(TINY, keys.opened, found.handles, ManualClock(), 60)
    assert (pace.tried, pace.found) == (1000, 1)


def test_without_the_keys_nobody_is_found(folder: Path) -> None:
    """The store alone, or with another master key."""
    found = loot(folder / "helpdesk.sqlite", "main")
    assert with_keys(TINY, (), found.handles, ManualClock(), 60).found == 0
    assert wrapped_keys(folder / "keys.sqlite", "main", None).opened == ()
    with pytest.raises(Refused, match="master key"):
        wrapped_keys(folder / "keys.sqlite", "main", new_key())


def test_a_backup_has_not_even_handles(folder: Path) -> None:
    """Only sealed addresses, whose keys are elsewhere."""
    back_up(folder / "helpdesk.sqlite", folder / "copy.sqlite")
    found = loot(folder / "copy.sqlite", "main")
    assert (found.handles, found.seals) == (frozenset(), 1)


def test_the_command_says_it_in_words_and_shows_no_number(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The whole UK mobile space, for a moment; files and keys are as before, and no file is new."""
    before = {path.name: path.read_bytes() for path in folder.iterdir()}
    assert run(["noiseline", "attack", "--seconds", "0.2"]) == 0
    said = capsys.readouterr().out
    assert "1,000,000,000 numbers" in said
    assert "1 handle, 1 sealed address; no key is there." in said
    assert "1 sealed address would open at once, with no trying. None was opened here." in said
    assert re.search(r"Tried just now: [0-9,]+ numbers against 1 handle in", said)
    assert re.search(r"about 10\^[0-9]{2} years", said)
    assert not FOUND.search(said)
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == before


def test_a_stolen_master_key_that_is_not_there_is_no_error(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The pace is measured with a key of no use, and that is said."""
    (folder / "master.key").unlink()
    assert run(["noiseline", "attack", "--seconds", "0.2"]) == 0
    assert "a key of no use" in capsys.readouterr().out


async def test_while_its_owner_holds_the_key_store_it_is_not_read(folder: Path) -> None:
    """And the owner goes on undisturbed."""
    clock = ManualClock()
    async with KeyStore.open(folder / "keys.sqlite", master_of(folder), clock) as keys:
        await keys.epochs(LineId("another"), clock.now())
        with pytest.raises(BadConfig, match="can't be read now"):
            wrapped_keys(folder / "keys.sqlite", "main", None)
        assert await keys.epochs(NOISE, clock.now())


def test_a_plain_digest_falls_to_the_same_space() -> None:
    """The comparison really goes through it."""
    assert plainly(TINY, ManualClock(), 60).tried == 1000


def test_the_words_are_of_the_numbers_measured() -> None:
    """A million tries a second: a thousand seconds for plain digests, twice as long with two epochs' keys."""
    key = new_key()
    stolen = Stolen(
        handles=frozenset({handle(key, PhoneNumber(NUMBER))}), seals=3, epochs=2, conversations=3, opened=(key,)
    )
    said = "\n".join(told(Space(), stolen, Pace(tried=10**6, spent=1), Pace(tried=10**6, spent=1, found=1)))
    assert "1,000,000 tries a second: all numbers in 17 minutes." in said
    assert "2 epoch keys: all numbers in 33 minutes (17 minutes for each key)." in said
    assert "1 found. Which ones is not shown." in said
    assert "about 10^73 years" in said
    assert not FOUND.search(said)
    assert not FOUND.search(repr(stolen))
