"""The master key is replaced: at every moment the old one or the new one opens everything."""

from __future__ import annotations

import os
import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from helpdesk import tokens
from helpdesk.cli import run
from helpdesk.clock import DAY, ManualClock, plus
from helpdesk.config import Settings, StoreSettings
from helpdesk.errors import BadConfig, Refused, TryLater
from helpdesk.house import open_house
from helpdesk.message import ConversationId, TicketId
from helpdesk.ports import Sql
from helpdesk.privacy import Key, reply_key
from helpdesk.settings.starter import Choices, start
from helpdesk.store import key_file, master_key, rewrapping, rotation
from helpdesk.store.keys import KeyStore
from helpdesk.store.lock import owned
from helpdesk.store.master_key import create_master_key, read_master_key
from helpdesk.store.rewrapping import REPLY_GRACE
from helpdesk.store.rotation import rotate
from tests.conversation import LINES, Mailer, Town
from tests.keys.disk import NOISE, QUIET, on_disk, pieces, talk


@dataclass(frozen=True)
class Ring:
    """All keys that a key store gives out."""

    talks: dict[ConversationId, Key | None]
    epochs: dict[str, tuple[Key, ...]]


async def ring(folder: Path, clock: ManualClock, master: Key | None = None) -> Ring:
    """What the key store in a folder gives to whoever has the key of its master.key."""
    secret = master or read_master_key(folder / "master.key")
    async with KeyStore.open(folder / "keys.sqlite", secret, clock) as keys:
        talks = {each: await keys.conversation(each) for each in await keys.conversations()}
        return Ring(talks, {line: await keys.epochs(line, clock.now()) for line in (NOISE, QUIET)})


@pytest.fixture
def store(tmp_path: Path) -> StoreSettings:
    """A library's place, with its master key."""
    folder = tmp_path / "library"
    folder.mkdir()
    create_master_key(folder / "master.key")
    return StoreSettings(path=folder / "helpdesk.sqlite")


@pytest.fixture
async def before(store: StoreSettings, clock: ManualClock) -> Ring:
    """A few conversations, and epochs of two lines."""
    folder = store.path.parent
    async with KeyStore.open(folder / "keys.sqlite", read_master_key(folder / "master.key"), clock) as keys:
        for n in range(5):
            await keys.open_conversation(talk(n))
        clock.passes(days=5)
        for line in (NOISE, QUIET):
            await keys.epochs(line, clock.now())
    return await ring(folder, clock)


async def test_everything_opens_under_the_new_key_alone(store: StoreSettings, before: Ring, clock: ManualClock) -> None:
    """Its file has mode 0400 again, nothing else lies beside it, and the old key opens nothing any more."""
    folder = store.path.parent
    old = read_master_key(folder / "master.key")
    done = await rotate(store, clock, {})
    assert (done.keys, done.pending) == (7, None)
    assert read_master_key(folder / "master.key") != old
    assert (folder / "master.key").stat().st_mode & 0o777 == 0o400
    assert sorted(each.name for each in folder.iterdir()) == ["helpdesk.sqlite.lock", "keys.sqlite", "master.key"]
    assert await ring(folder, clock) == before
    with pytest.raises(BadConfig, match="not the key"):
        await ring(folder, clock, old)


async def test_no_byte_of_the_old_wrapping_is_left(
    store: StoreSettings, before: Ring, clock: ManualClock, tmp_path: Path
) -> None:
    """Not even while the store is open: or whoever has the old key and a page of the file could go on."""
    folder, given = store.path.parent, {"CREDENTIALS_DIRECTORY": str(tmp_path)}
    os.replace(folder / "master.key", tmp_path / "helpdesk-master")
    with closing(sqlite3.connect(folder / "keys.sqlite")) as sql:
        rows = sql.execute(
            "SELECT wrapped FROM conversation_keys UNION SELECT wrapped FROM epoch_keys UNION"
            " SELECT wrapped FROM master_check"
        ).fetchall()
    assert len(rows) == 8
    done = await rotate(store, clock, given)
    assert done.pending is not None
    async with KeyStore.open(folder / "keys.sqlite", read_master_key(done.pending), clock):
        raw = on_disk(folder / "keys.sqlite")
        assert not any(piece in raw for (wrapped,) in rows for piece in pieces(wrapped))


@dataclass
class Camera:
    """Takes a picture of a folder, as a crash would leave it, before and after each call that it watches."""

    folder: Path
    album: Path
    taken: list[str] = field(default_factory=list)

    def watches(self, monkeypatch: pytest.MonkeyPatch, owner: Any, name: str) -> None:
        """Take a picture around each call of a function."""
        inner: Callable[..., Any] = getattr(owner, name)

        def around(*args: Any, **kwargs: Any) -> Any:
            self.takes(f"before {name}")
            try:
                return inner(*args, **kwargs)
            finally:
                self.takes(f"after {name}")

        monkeypatch.setattr(owner, name, around)

    def takes(self, moment: str) -> None:
        """One picture."""
        shutil.copytree(self.folder, self.album / str(len(self.taken)))
        self.taken.append(moment)


async def test_a_kill_at_any_step_leaves_a_key_that_opens_everything(
    store: StoreSettings, before: Ring, clock: ManualClock, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whatever the disk holds around each write: the master.key of that moment opens all keys, and rotates again."""
    camera = Camera(store.path.parent, tmp_path / "album")
    old = read_master_key(store.path.parent / "master.key")
    with monkeypatch.context() as patched:
        for owner, name in (
            (os, "fsync"),
            (os, "link"),
            (os, "replace"),
            (rewrapping, "wrap"),
            (rewrapping, "grant"),
            (rewrapping, "finish"),
            (rotation, "create_master_key"),
            (rotation, "supplant"),
            (key_file, "_truncate_log"),
            (master_key, "_write"),
        ):
            camera.watches(patched, owner, name)
        await rotate(store, clock, {})
    assert len(camera.taken) > 40
    used = set()
    for number, moment in enumerate(camera.taken):
        folder = camera.album / str(number)
        used.add(read_master_key(folder / "master.key"))
        assert await ring(folder, clock) == before, moment
        left = StoreSettings(path=folder / "helpdesk.sqlite")
        await rotate(left, clock, {})
        assert await ring(folder, clock) == before, moment
        assert not list(folder.glob("*.next*")), moment
    assert used == {old, read_master_key(store.path.parent / "master.key")}


async def test_a_full_disk_in_the_middle_of_wrapping(
    store: StoreSettings, before: Ring, clock: ManualClock, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """All or nothing: the old credential, put back, opens everything as well as the new one."""
    folder, given = store.path.parent, {"CREDENTIALS_DIRECTORY": str(tmp_path)}
    os.replace(folder / "master.key", tmp_path / "helpdesk-master")
    old = read_master_key(tmp_path / "helpdesk-master", credential=True)
    done = await rotate(store, clock, given)
    assert done.pending is not None
    inner, calls = rewrapping.wrap, iter(range(1000))  # type: ignore[attr-defined]

    def full(*args: Any, **kwargs: Any) -> Any:
        if next(calls) == 4:
            raise sqlite3.OperationalError("database or disk is full")
        return inner(*args, **kwargs)

    with monkeypatch.context() as patched:
        patched.setattr(rewrapping, "wrap", full)
        with pytest.raises(TryLater, match="disk is full"):
            await ring(folder, clock, read_master_key(done.pending))
    assert await ring(folder, clock, old) == before
    assert await ring(folder, clock, read_master_key(done.pending)) == before


async def test_a_credential_is_systemds_to_replace(store: StoreSettings, clock: ManualClock, tmp_path: Path) -> None:
    """The new key is written out, the commands are told, both keys open everything; the next start with the new one
    ends it.
    """
    folder, given = store.path.parent, tmp_path / "credentials"
    given.mkdir()
    os.replace(folder / "master.key", given / "helpdesk-master")
    old = read_master_key(given / "helpdesk-master", credential=True)
    async with KeyStore.open(folder / "keys.sqlite", old, clock) as keys:
        kept = await keys.open_conversation(talk(1))
    done = await rotate(store, clock, {"CREDENTIALS_DIRECTORY": str(given)})
    assert done.pending == folder / "helpdesk-master.next"
    assert f"systemd-creds encrypt --name=helpdesk-master {done.pending} " in "\n".join(done.lines())
    assert done.pending.stat().st_mode & 0o777 == 0o400
    new = read_master_key(done.pending)
    assert new != old
    for master in (old, old, new, new):
        assert (await ring(folder, clock, master)).talks == {talk(1): kept}
    with pytest.raises(BadConfig, match="not the key"):
        await ring(folder, clock, old)
    assert old.hex() not in "\n".join(done.lines())
    assert new.hex() not in "\n".join(done.lines())


async def test_a_second_try_takes_nothing_from_the_first(
    store: StoreSettings, clock: ManualClock, tmp_path: Path
) -> None:
    """Of two new credentials either may be the one that is put in place."""
    folder = store.path.parent
    given = {"CREDENTIALS_DIRECTORY": str(tmp_path)}
    os.replace(folder / "master.key", tmp_path / "helpdesk-master")
    first = await rotate(store, clock, given, out=tmp_path / "first")
    with pytest.raises(BadConfig, match="exists and is kept"):
        await rotate(store, clock, given, out=tmp_path / "first")
    await rotate(store, clock, given, out=tmp_path / "second")
    assert first.pending == tmp_path / "first"
    await ring(folder, clock, read_master_key(tmp_path / "first"))
    with pytest.raises(BadConfig, match="not the key"):
        await ring(folder, clock, read_master_key(tmp_path / "second"))


async def test_not_beside_an_owner(store: StoreSettings, before: Ring, clock: ManualClock) -> None:
    """Who owns the store is named, and nothing is changed."""
    old = read_master_key(store.path.parent / "master.key")
    with owned(store.path, "helpdesk serve"), pytest.raises(Refused, match="helpdesk serve"):
        await rotate(store, clock, {})
    assert read_master_key(store.path.parent / "master.key") == old
    assert await ring(store.path.parent, clock) == before


async def test_not_as_another_user(store: StoreSettings, clock: ManualClock, monkeypatch: pytest.MonkeyPatch) -> None:
    """Root would leave a key that the help desk can't read."""
    monkeypatch.setattr(os, "geteuid", lambda: os.getuid() + 1)
    with pytest.raises(Refused, match="belongs to another user"):
        await rotate(store, clock, {})


async def test_a_key_behind_a_link_is_replaced_where_it_lies(
    store: StoreSettings, before: Ring, clock: ManualClock, tmp_path: Path
) -> None:
    """The link stays a link."""
    folder = store.path.parent
    os.replace(folder / "master.key", tmp_path / "real.key")
    (folder / "master.key").symlink_to(tmp_path / "real.key")
    await rotate(store, clock, {})
    assert (folder / "master.key").is_symlink()
    assert await ring(folder, clock) == before


async def test_a_damaged_key_does_not_stand_in_the_way(store: StoreSettings, before: Ring, clock: ManualClock) -> None:
    """It opened nothing before and opens nothing after; the others are wrapped anew."""
    folder = store.path.parent
    with closing(sqlite3.connect(folder / "keys.sqlite", isolation_level=None)) as sql:
        sql.execute("UPDATE conversation_keys SET wrapped = zeroblob(60) WHERE conversation = ?", (talk(3),))
    await rotate(store, clock, {})
    async with KeyStore.open(folder / "keys.sqlite", read_master_key(folder / "master.key"), clock) as keys:
        assert await keys.conversation(talk(2)) == before.talks[talk(2)]
        with pytest.raises(Refused, match="does not open"):
            await keys.conversation(talk(3))


async def test_earlier_reply_addresses_are_known_for_a_while(store: StoreSettings, clock: ManualClock) -> None:
    """Over several rotations, each until its own time is over; then the key is destroyed."""
    folder = store.path.parent
    masters, ends = [], []
    for _ in range(2):
        masters.append(read_master_key(folder / "master.key"))
        await rotate(store, clock, {})
        ends.append(plus(clock.now(), REPLY_GRACE))
        clock.passes(days=30)
    async with KeyStore.open(folder / "keys.sqlite", read_master_key(folder / "master.key"), clock) as keys:
        assert await keys.reply_keys() == ((reply_key(masters[1]), ends[1]), (reply_key(masters[0]), ends[0]))
        await keys.expire(plus(ends[0], DAY))
        assert await keys.reply_keys() == ((reply_key(masters[1]), ends[1]),)


def library_in(folder: Path) -> Settings:
    """A library with a mailbox, whose keys are files."""
    return Settings(store=StoreSettings(path=folder / "helpdesk.sqlite"), lines={"help": LINES["help"]})


@pytest.mark.parametrize(("days", "same"), [(REPLY_GRACE / DAY - 1, True), (REPLY_GRACE / DAY, False)])
async def test_mail_to_an_address_that_the_old_key_signed_finds_its_ticket(
    tmp_path: Path, clock: ManualClock, days: float, same: bool
) -> None:
    """For the time that is promised; later it is told by what else the mail says, or is a new contact."""
    settings = library_in(tmp_path)
    async with open_house(settings, clock, senders=lambda *_: {}) as house:
        first = await house.intake.receive(Mailer(Town(house, {}, clock), "ben").mail("Can I renew?", named="<1@x>"))
        assert first.ticket is not None
    signed = tokens.sign(reply_key(read_master_key(tmp_path / "master.key")), first.ticket)
    await rotate(settings.store, clock, {})
    clock.passes(days=days)
    async with open_house(settings, clock, senders=lambda *_: {}) as house:
        mail = Mailer(Town(house, {}, clock), "cleo").mail("It is I, from home", named="<2@x>", tokens=(signed,))
        earlier = await house.store.read(tickets_named_by, (await house.intake.receive(mail)).ticket)
    assert (first.ticket in earlier) is same


def tickets_named_by(sql: Sql, ticket: TicketId | None) -> set[str]:
    """A ticket, and those that it is linked to as going on from."""
    rows = sql("SELECT earlier FROM links WHERE library = :library AND ticket = :ticket", ticket=ticket)
    return {str(ticket), *(row["earlier"] for row in rows)}


def test_the_command(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    """It says what was done; while somebody owns the store it names them and changes nothing."""
    start(tmp_path, Choices(noiseline="+447700900001"))
    monkeypatch.chdir(tmp_path)
    old = read_master_key(tmp_path / "master.key")
    with owned(tmp_path / "helpdesk.sqlite", "helpdesk serve"):
        assert run(["noiseline", "rotate"]) == 1
    assert "in use by helpdesk serve" in capsys.readouterr().err
    assert read_master_key(tmp_path / "master.key") == old
    assert run(["noiseline", "rotate"]) == 0
    assert capsys.readouterr().out.endswith("master.key is new, and 0 keys are wrapped under it.\n")
    assert read_master_key(tmp_path / "master.key") != old


async def test_a_key_store_of_the_first_schema_is_taken_over(
    store: StoreSettings, before: Ring, clock: ManualClock
) -> None:
    """It gets what rotation needs on opening, and keeps its keys."""
    folder = store.path.parent
    with closing(sqlite3.connect(folder / "keys.sqlite", isolation_level=None)) as sql:
        sql.executescript("DROP TABLE predecessors; DROP TABLE reply_keys; PRAGMA user_version = 1;")
    await rotate(store, clock, {})
    assert await ring(folder, clock) == before
