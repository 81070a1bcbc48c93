"""The key store of sealed lines: epochs, conversations, and destroying for good."""

from __future__ import annotations

import asyncio
import logging
import shutil
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from random import Random

import pytest

from helpdesk.clock import DAY, MINUTE, ManualClock, instant, plus
from helpdesk.config import StoreSettings
from helpdesk.errors import BadConfig, Refused, TryLater
from helpdesk.message import ConversationId, LineId
from helpdesk.ports import Keys
from helpdesk.privacy import Key
from helpdesk.store.keys import KeyStore
from helpdesk.store.master_key import KeyPlaces, create_master_key, key_places, read_master_key

NOISE = LineId("noise")
QUIET = LineId("quiet")
MASTER = Key(b"\x07" * 32)
MONDAY = instant(datetime(2026, 11, 23, tzinfo=UTC))


@pytest.fixture
def clock() -> ManualClock:
    """Noon on the Thursday before an epoch's end."""
    return ManualClock(instant(datetime(2026, 11, 19, 12, tzinfo=UTC)))


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Where the key store lies."""
    return tmp_path / "keys.sqlite"


def talk(number: int) -> ConversationId:
    """The id of a conversation."""
    return ConversationId(f"01TALK{number:04}")


def on_disk(path: Path) -> bytes:
    """Every byte of the key store and of what lies beside it."""
    return b"".join(each.read_bytes() for each in sorted(path.parent.glob(path.name + "*")))


def set_mode(path: Path, mode: int) -> None:
    """As chmod does."""
    path.chmod(mode)


def wrapped(path: Path) -> dict[str, bytes]:
    """The wrapped conversation keys of a closed key store."""
    with closing(sqlite3.connect(path)) as sql:
        return dict(sql.execute("SELECT conversation, wrapped FROM conversation_keys").fetchall())


def pieces(closed: bytes) -> Iterator[bytes]:
    """Twelve-byte pieces of a wrapped key: none of them may be left."""
    return (closed[start : start + 12] for start in range(0, len(closed) - 11, 4))


async def test_it_is_the_port(clock: ManualClock) -> None:
    """The key store has the methods of ports.Keys."""
    async with KeyStore.open(None, MASTER, clock) as store:
        keys: Keys = store
        assert await keys.conversations() == frozenset()


async def test_an_epochs_key_stays_the_same_within_it(path: Path, clock: ManualClock) -> None:
    """Asked twice, and after reopening: the same 32 bytes; each line has its own."""
    async with KeyStore.open(path, MASTER, clock) as keys:
        first = await keys.epochs(NOISE, clock.now())
        clock.passes(days=2)
        assert await keys.epochs(NOISE, clock.now()) == first
        assert await keys.epochs(QUIET, clock.now()) != first
    async with KeyStore.open(path, MASTER, clock) as keys:
        assert await keys.epochs(NOISE, clock.now()) == first


async def test_epochs_overlap_at_midnight(clock: ManualClock) -> None:
    """At 00:01 on Monday there is a new key, and the one of Sunday 23:59 is looked under as well."""
    async with KeyStore.open(None, MASTER, clock) as keys:
        (old,) = await keys.epochs(NOISE, plus(MONDAY, -MINUTE))
        new, still = await keys.epochs(NOISE, plus(MONDAY, MINUTE))
        assert still == old
        assert new != old


async def test_the_previous_epoch_is_looked_under_until_its_window_is_over(clock: ManualClock) -> None:
    """Seven days after its end it is no more."""
    async with KeyStore.open(None, MASTER, clock) as keys:
        (old,) = await keys.epochs(NOISE, plus(MONDAY, -1))
        assert old in await keys.epochs(NOISE, plus(MONDAY, 7 * DAY - 1))
        assert old not in await keys.epochs(NOISE, plus(MONDAY, 7 * DAY))


async def test_expired_epochs_are_destroyed_and_never_come_back(path: Path, clock: ManualClock) -> None:
    """Not even for a clock that runs backwards: the same week has another key then."""
    async with KeyStore.open(path, MASTER, clock) as keys:
        (old,) = await keys.epochs(NOISE, clock.now())
        assert await keys.expire(plus(MONDAY, 7 * DAY - 1)) == 0
        assert await keys.expire(plus(MONDAY, 7 * DAY)) == 1
        assert await keys.expire(plus(MONDAY, 7 * DAY)) == 0
        assert await keys.epochs(NOISE, clock.now()) != (old,)


async def test_the_lengths_of_epoch_and_window_are_settings(clock: ManualClock) -> None:
    """Daily epochs under a window of three days: up to four keys to look under, newest first."""
    async with KeyStore.open(None, MASTER, clock, epoch=DAY, window=3 * DAY) as keys:
        seen = [(await keys.epochs(NOISE, plus(MONDAY, day * DAY)))[0] for day in range(6)]
        assert len(set(seen)) == 6
        assert list(await keys.epochs(NOISE, plus(MONDAY, 5 * DAY))) == seen[:1:-1]


async def test_another_epoch_length_takes_over_when_the_running_epoch_ends(path: Path, clock: ManualClock) -> None:
    """From days to weeks and back: no two epochs at once, and none is lost before its time."""
    clock.move_to(MONDAY)
    async with KeyStore.open(path, MASTER, clock, epoch=DAY) as keys:
        (today,) = await keys.epochs(NOISE, clock.now())
    async with KeyStore.open(path, MASTER, clock) as keys:
        assert await keys.epochs(NOISE, clock.now()) == (today,)
        week = await keys.epochs(NOISE, plus(clock.now(), DAY))
        assert week[1:] == (today,)
    async with KeyStore.open(path, MASTER, clock, epoch=DAY) as keys:
        assert await keys.epochs(NOISE, plus(clock.now(), 2 * DAY)) == week


async def test_a_conversations_key_is_kept_and_found_again(path: Path, clock: ManualClock) -> None:
    """After reopening too; each conversation has another."""
    async with KeyStore.open(path, MASTER, clock) as keys:
        made = {talk(n): await keys.open_conversation(talk(n)) for n in range(3)}
        assert len({bytes(key) for key in made.values()}) == 3
    async with KeyStore.open(path, MASTER, clock) as keys:
        assert {each: await keys.conversation(each) for each in made} == made
        assert await keys.conversation(talk(99)) is None


async def test_a_second_key_for_one_conversation_is_refused(clock: ManualClock) -> None:
    """The first stays: a seal may lie under it already. Others at the same moment are not harmed."""
    async with KeyStore.open(None, MASTER, clock) as keys:
        first = await keys.open_conversation(talk(1))
        again, other = await together(keys.open_conversation(talk(1)), keys.open_conversation(talk(2)))
        assert isinstance(again, Refused)
        assert isinstance(other, Key)
        assert await keys.conversation(talk(1)) == first


async def test_many_keys_at_once_are_all_kept(path: Path, clock: ManualClock) -> None:
    """A burst shares commits, and each caller has the key that is on disk."""
    async with KeyStore.open(path, MASTER, clock) as keys:
        made = await together(*(keys.open_conversation(talk(n)) for n in range(200)))
    async with KeyStore.open(path, MASTER, clock) as keys:
        assert [await keys.conversation(talk(n)) for n in range(200)] == made


async def test_a_store_that_cannot_write_tells_every_caller(path: Path, clock: ManualClock) -> None:
    """Nobody of a shared commit is left to believe that a key was kept; later calls work again."""
    async with KeyStore.open(path, MASTER, clock) as keys:
        await keys._run(lambda sql: sql.execute("PRAGMA query_only = ON"))
        failed = await together(*(keys.open_conversation(talk(n)) for n in range(5)))
        assert [type(each) for each in failed] == [TryLater] * 5
        with pytest.raises(TryLater, match="readonly"):
            await keys.epochs(NOISE, clock.now())
        await keys._run(lambda sql: sql.execute("PRAGMA query_only = OFF"))
        assert await keys.conversations() == frozenset()
        assert isinstance(await keys.open_conversation(talk(1)), Key)


async def test_a_cancelled_caller_leaves_the_store_whole(clock: ManualClock) -> None:
    """The hop runs to its end: at worst a key that nobody needs, for the sweep."""
    async with KeyStore.open(None, MASTER, clock) as keys:
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0):
                await keys.open_conversation(talk(1))
        await keys.open_conversation(talk(2))
        assert await keys.conversations() == {talk(1), talk(2)}


async def test_keys_made_before_a_time(clock: ManualClock) -> None:
    """What the sweep asks for."""
    async with KeyStore.open(None, MASTER, clock) as keys:
        await keys.open_conversation(talk(1))
        clock.passes(hours=1)
        await keys.open_conversation(talk(2))
        assert await keys.conversations(before=clock.now()) == {talk(1)}


async def test_two_libraries_share_a_file_and_no_key(path: Path, clock: ManualClock) -> None:
    """The library leads every row."""
    async with KeyStore.open(path, MASTER, clock, library="north") as keys:
        await keys.open_conversation(talk(1))
        north = await keys.epochs(NOISE, clock.now())
    async with KeyStore.open(path, MASTER, clock, library="south") as keys:
        assert await keys.conversation(talk(1)) is None
        assert await keys.epochs(NOISE, clock.now()) != north


async def test_no_key_lies_in_the_file_in_clear(path: Path, clock: ManualClock) -> None:
    """Only wrapped ones do."""
    async with KeyStore.open(path, MASTER, clock) as keys:
        secret = [*await keys.epochs(NOISE, clock.now()), await keys.open_conversation(talk(1)), MASTER]
        raw = on_disk(path)
        assert len(raw) > 4096
        assert not any(bytes(key) in raw for key in secret)


async def test_a_destroyed_key_is_in_no_byte_of_the_file_or_its_log(path: Path, clock: ManualClock) -> None:
    """The wrapped key was there; after the call no piece of it is, while the store is still open."""
    async with KeyStore.open(path, MASTER, clock) as keys:
        for n in range(40):
            await keys.open_conversation(talk(n))
    before = wrapped(path)
    async with KeyStore.open(path, MASTER, clock) as keys:
        assert before[talk(7)] in on_disk(path)
        await keys.destroy((talk(7), talk(8), talk(99)))
        raw = on_disk(path)
        assert not any(piece in raw for gone in (7, 8) for piece in pieces(before[talk(gone)]))
        assert before[talk(9)] in raw
        assert await keys.conversation(talk(7)) is None
        await keys.destroy((talk(7),))


async def test_no_trace_is_left_whatever_the_order(path: Path, clock: ManualClock) -> None:
    """Keys come and go in a random order, so that pages split and join: no destroyed one leaves its nonce behind."""
    random, nonces = Random(5), dict[ConversationId, bytes]()
    taken: list[bytes] = []

    def entropy(size: int) -> bytes:
        taken.append(random.randbytes(size))
        return taken[-1]

    async with KeyStore.open(path, MASTER, clock, entropy=entropy) as keys:
        destroyed: list[bytes] = []
        for n in random.sample(range(2000), 400):
            await keys.open_conversation(talk(n))
            nonces[talk(n)] = taken[-1]
            if n % 9 == 0:
                gone = random.sample(sorted(nonces), min(len(nonces), 12))
                await keys.destroy(tuple(gone))
                destroyed += [nonces.pop(each) for each in gone]
                raw = on_disk(path)
                assert not any(nonce in raw for nonce in destroyed)
        assert len(destroyed) > 100
        assert all(nonce in on_disk(path) for nonce in nonces.values())


async def test_an_expired_epoch_key_is_in_no_byte_either(path: Path, clock: ManualClock) -> None:
    """Rotated handles can't be made again from the disk."""
    random, taken = Random(1), list[bytes]()

    def entropy(size: int) -> bytes:
        taken.append(random.randbytes(size))
        return taken[-1]

    async with KeyStore.open(path, MASTER, clock, entropy=entropy) as keys:
        await keys.epochs(NOISE, clock.now())
        nonce = taken[-1][-12:]
        assert nonce in on_disk(path)
        await keys.expire(plus(clock.now(), 30 * DAY))
        assert nonce not in on_disk(path)


async def test_a_log_that_cannot_be_emptied_yet_is_told_and_finished_later(path: Path, clock: ManualClock) -> None:
    """The key is out of use at once; the same call, repeated, ends the work."""
    async with KeyStore.open(path, MASTER, clock) as keys:
        await keys.open_conversation(talk(1))
        await keys.open_conversation(talk(2))
        reading = await keys._run(lambda sql: sql.execute("SELECT * FROM conversation_keys"))
        await keys._run(lambda _: reading.fetchone())
        with pytest.raises(TryLater):
            await keys.destroy((talk(1),))
        await keys._run(lambda _: reading.close())
        await keys.destroy((talk(1),))
        assert await keys.conversations() == {talk(2)}
        assert not any(log.stat().st_size for log in path.parent.glob("*-wal"))


def crash(path: Path, to: Path) -> Path:
    """What the disk holds if the process dies now, as a key store elsewhere."""
    to.mkdir()
    for each in path.parent.glob(path.name + "*"):
        shutil.copy(each, to / each.name)
    return to / path.name


async def test_after_a_crash_every_key_that_was_given_out_is_there(
    path: Path, clock: ManualClock, tmp_path: Path
) -> None:
    """And none that was destroyed."""
    async with KeyStore.open(path, MASTER, clock) as keys:
        first, second = await keys.open_conversation(talk(1)), await keys.open_conversation(talk(2))
        before = crash(path, tmp_path / "before")
        await keys.destroy((talk(1),))
        after = crash(path, tmp_path / "after")
    async with KeyStore.open(before, MASTER, clock) as keys:
        assert [await keys.conversation(talk(n)) for n in (1, 2)] == [first, second]
    async with KeyStore.open(after, MASTER, clock) as keys:
        assert [await keys.conversation(talk(n)) for n in (1, 2)] == [None, second]


async def test_a_crash_between_deleting_and_emptying_the_log_is_made_good_on_opening(
    path: Path, clock: ManualClock, tmp_path: Path
) -> None:
    """The old page is still in the file then and the new one in the log: opening the store ends the work."""
    async with KeyStore.open(path, MASTER, clock) as keys:
        await keys.open_conversation(talk(1))
    (gone,) = wrapped(path).values()
    with closing(sqlite3.connect(path, isolation_level=None)) as sql:
        sql.execute("PRAGMA secure_delete = ON")
        sql.execute("DELETE FROM conversation_keys")
        crashed = crash(path, tmp_path / "crashed")
    assert gone in on_disk(crashed)
    async with KeyStore.open(crashed, MASTER, clock):
        assert not any(piece in on_disk(crashed) for piece in pieces(gone))


_KILLED = """
import asyncio, os, signal, sys
from pathlib import Path
from helpdesk.clock import ManualClock
from helpdesk.privacy import Key
from helpdesk.store.keys import KeyStore

async def main():
    async with KeyStore.open(Path(sys.argv[1]), Key(bytes([7]) * 32), ManualClock()) as keys:
        print((await keys.open_conversation("01TALK0001")).hex(), flush=True)
        os.kill(os.getpid(), signal.SIGKILL)

asyncio.run(main())
"""


async def test_a_killed_owner_leaves_its_keys_and_no_lock(path: Path, clock: ManualClock) -> None:
    """SIGKILL right after a key was given out: the next owner has it."""
    run = await asyncio.to_thread(subprocess.run, [sys.executable, "-c", _KILLED, str(path)], stdout=subprocess.PIPE)
    assert run.returncode == -signal.SIGKILL
    async with KeyStore.open(path, MASTER, clock) as keys:
        assert (await keys.conversation(talk(1)) or b"").hex() == run.stdout.decode().strip()


async def test_one_process_holds_the_file(path: Path, clock: ManualClock) -> None:
    """A second owner is refused, and may open it when the first is done."""
    async with KeyStore.open(path, MASTER, clock):
        with pytest.raises(Refused, match="in use"):
            async with KeyStore.open(path, MASTER, clock):
                pass
    async with KeyStore.open(path, MASTER, clock):
        pass


async def test_another_master_key_is_told_on_opening(path: Path, clock: ManualClock) -> None:
    """Before anything is read or written with it; the right one still opens the store."""
    async with KeyStore.open(path, MASTER, clock) as keys:
        kept = await keys.open_conversation(talk(1))
    with pytest.raises(BadConfig, match=r"store\.master_key.*not the key"):
        async with KeyStore.open(path, Key(b"\x08" * 32), clock):
            pass
    async with KeyStore.open(path, MASTER, clock) as keys:
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


async def test_a_seeded_store_in_memory_repeats_itself(clock: ManualClock) -> None:
    """What simulate needs: the same seed, the same keys."""
    seen = []
    for _ in range(2):
        async with KeyStore.open(None, MASTER, clock, entropy=Random(3).randbytes) as keys:
            seen.append((await keys.epochs(NOISE, clock.now()), await keys.open_conversation(talk(1))))
    assert seen[0] == seen[1]


async def test_the_debug_log_of_the_driver_shows_no_key(
    path: Path, clock: ManualClock, caplog: pytest.LogCaptureFixture
) -> None:
    """aiosqlite logs what it runs, arguments and all."""
    caplog.set_level(logging.DEBUG)
    async with KeyStore.open(path, MASTER, clock) as keys:
        key = await keys.open_conversation(talk(1))
        await keys.conversation(talk(1))
    assert "executing" in caplog.text
    for secret in (key, MASTER):
        assert str(bytes(secret))[2:-1] not in caplog.text
        assert secret.hex() not in caplog.text


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


async def together(*calls: object) -> list[object]:
    """Run the calls at the same moment; what each returned or raised, in order."""
    results: list[object] = [None] * len(calls)

    async def settle(place: int) -> None:
        try:
            results[place] = await calls[place]  # type: ignore[misc]
        except (Refused, TryLater) as error:
            results[place] = error

    async with asyncio.TaskGroup() as group:
        for place in range(len(calls)):
            group.create_task(settle(place))
    return results
