"""Keys are kept through a crash, and destroyed for good: no byte of them is left, in the file, its log or ours."""

from __future__ import annotations

import asyncio
import logging
import shutil
import signal
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path
from random import Random

import pytest

from helpdesk.clock import DAY, ManualClock, plus
from helpdesk.errors import TryLater
from helpdesk.message import ConversationId
from helpdesk.store.keys import KeyStore
from tests.keys.disk import MASTER, NOISE, on_disk, pieces, talk, within, wrapped


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
        reading = await within(keys, lambda sql: sql.execute("SELECT * FROM conversation_keys"))
        await within(keys, lambda _: reading.fetchone())
        with pytest.raises(TryLater):
            await keys.destroy((talk(1),))
        await within(keys, lambda _: reading.close())
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
