"""The key store as a PostgreSQL database: several servers use it at once, and what is destroyed is in no file of it."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import psycopg
import pytest
from pydantic import SecretStr

from helpdesk.clock import DAY, ManualClock, plus
from helpdesk.config import StoreSettings
from helpdesk.errors import BadConfig, Refused, TryLater
from helpdesk.message import ConversationId
from helpdesk.privacy import Key
from helpdesk.store.holdings import compare, held_apart, is_there
from helpdesk.store.keys import KeyStore, look
from helpdesk.store.master_key import create_master_key, read_master_key
from helpdesk.store.rotation import rotate
from helpdesk.store.stolen import WrappedKeys, wrapped_rows
from tests.keys.disk import MASTER, NOISE, pieces, talk
from tests.postgres import FAST, Server, server

pytestmark = pytest.mark.full


def asked(url: SecretStr, text: str) -> list[tuple[object, ...]]:
    """What the database itself says."""
    with closing(psycopg.connect(url.get_secret_value(), autocommit=True)) as connection:
        return connection.execute(text.encode()).fetchall()


async def test_two_servers_that_begin_an_epoch_at_once_have_one_key(database: SecretStr, clock: ManualClock) -> None:
    """Whoever is first, the texters' handles are the same at both; for as many weeks as it takes."""
    async with (
        KeyStore.open(database, MASTER, clock) as one,
        KeyStore.open(database, MASTER, clock) as two,
        KeyStore.open(database, MASTER, clock) as three,
    ):
        for _ in range(8):
            async with asyncio.TaskGroup() as group:
                calls = [group.create_task(each.epochs(NOISE, clock.now())) for each in (one, two, three) * 3]
            assert len({call.result() for call in calls}) == 1
            clock.passes(days=7)
    assert asked(database, "SELECT count(*), count(DISTINCT starts) FROM epoch_keys") == [(8, 8)]


async def test_servers_that_start_at_once_make_one_key_store(database: SecretStr, clock: ManualClock) -> None:
    """Its tables and its mark of the master key are made by whichever comes first."""

    async def started() -> tuple[Key, ...]:
        async with KeyStore.open(database, MASTER, clock) as keys:
            return await keys.epochs(NOISE, clock.now())

    async with asyncio.TaskGroup() as group:
        calls = [group.create_task(started()) for _ in range(5)]
    assert len({call.result() for call in calls}) == 1


async def test_a_conversation_has_one_key_whoever_makes_it(database: SecretStr, clock: ManualClock) -> None:
    """The second server is refused, as the second call would be; both read the first one's key."""
    async with KeyStore.open(database, MASTER, clock) as one, KeyStore.open(database, MASTER, clock) as two:
        made: list[Key] = []
        refused: list[KeyStore] = []

        async def make(keys: KeyStore) -> None:
            try:
                made.append(await keys.open_conversation(talk(1)))
            except Refused:
                refused.append(keys)

        async with asyncio.TaskGroup() as group:
            for keys in (one, two, one, two):
                group.create_task(make(keys))
        assert (len(made), len(refused)) == (1, 3)
        assert [await keys.conversation(talk(1)) for keys in (one, two)] == made * 2
        await two.destroy((talk(1),))
        assert await one.conversation(talk(1)) is None


@pytest.fixture(scope="module")
def apart() -> Iterator[Server]:
    """A server whose files are looked at."""
    with server(*FAST) as running:
        yield running


def on_disk(at: Server, database: SecretStr) -> bytes:
    """Every byte of the database's tables, indexes and catalogues: all but the server's write-ahead log."""
    at.administer("CHECKPOINT")
    [(oid,)] = asked(database, "SELECT oid FROM pg_database WHERE datname = current_database()")
    return b"".join(file.read_bytes() for file in sorted((at.folder / "data" / "base" / str(oid)).iterdir()))


async def test_a_destroyed_key_is_in_no_table_of_the_server(apart: Server, clock: ManualClock) -> None:
    """The wrapped key was there; after the call no piece of it is, while others still are. Nor in its statistics."""
    with apart.fresh("template1") as url:
        database = SecretStr(url)
        async with KeyStore.open(database, MASTER, clock) as keys:
            for n in range(60):
                await keys.open_conversation(talk(n))
            await keys.epochs(NOISE, clock.now())
            before = {
                ConversationId(str(name)): bytes(wrapped)  # type: ignore[call-overload]
                for name, wrapped in asked(database, "SELECT conversation, wrapped FROM conversation_keys")
            }
            [(epoch,)] = asked(database, "SELECT wrapped FROM epoch_keys")
            with closing(psycopg.connect(url, autocommit=True)) as connection:
                connection.execute("ANALYZE")
            raw = on_disk(apart, database)
            assert all(wrapped in raw for wrapped in before.values())
            gone = tuple(talk(n) for n in range(0, 60, 3))
            await keys.destroy(gone)
            raw = on_disk(apart, database)
            assert not any(piece in raw for each in gone for piece in pieces(before[each]))
            assert all(before[each] in raw for each in before.keys() - set(gone))
            assert bytes(epoch) in raw  # type: ignore[call-overload]
            await keys.expire(plus(clock.now(), 30 * DAY))
            assert not any(piece in on_disk(apart, database) for piece in pieces(bytes(epoch)))  # type: ignore[call-overload]


async def test_who_still_reads_what_was_deleted_is_waited_for(database: SecretStr, clock: ManualClock) -> None:
    """A transaction of somebody else's could see the row: the key is out of use, and the same call ends the work."""
    async with KeyStore.open(database, MASTER, clock) as keys:
        await keys.open_conversation(talk(1))
        with closing(psycopg.connect(database.get_secret_value())) as reading:
            reading.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
            reading.execute("SELECT 1")
            with pytest.raises(TryLater, match="still reads"):
                await keys.destroy((talk(1),))
            assert await keys.conversation(talk(1)) is None
        await keys.destroy((talk(1),))


async def test_the_stores_own_database_is_refused(postgres: Server, clock: ManualClock) -> None:
    """A dump of it would hold the keys; so is another program's, and nothing is made there."""
    own = r"store\.keys_url names the database of the store itself"
    with postgres.empty() as url, pytest.raises(BadConfig, match=own):
        async with KeyStore.open(SecretStr(url), MASTER, clock):
            pass
    with postgres.fresh("template1") as url:
        asked_of = SecretStr(url)
        with closing(psycopg.connect(url, autocommit=True)) as connection:
            connection.execute("CREATE TABLE theirs (a INT)")
        with pytest.raises(BadConfig, match=r"store\.keys_url names a database of another program"):
            async with KeyStore.open(asked_of, MASTER, clock):
                pass
        assert asked(asked_of, "SELECT tablename FROM pg_tables WHERE schemaname = 'public'") == [("theirs",)]


async def test_a_database_that_is_not_there_is_named_by_its_setting(postgres: Server, clock: ManualClock) -> None:
    """So that the right line of the settings is mended."""
    with pytest.raises(BadConfig, match=r"store\.keys_url: PostgreSQL has no such database"):
        async with KeyStore.open(SecretStr(postgres.url("nowhere")), MASTER, clock):
            pass


async def test_what_a_thief_of_the_database_holds(database: SecretStr, clock: ManualClock) -> None:
    """`helpdesk noiseline attack` counts what is wrapped, and opens it with the master key alone."""
    async with KeyStore.open(database, MASTER, clock) as keys:
        await keys.open_conversation(talk(1))
        epoch = await keys.epochs(NOISE, clock.now())
    wrapped = look(database, "main", lambda sql: wrapped_rows(sql, None))
    opened = look(database, "main", lambda sql: wrapped_rows(sql, MASTER))
    assert wrapped == WrappedKeys(epochs=1, conversations=1)
    assert opened == WrappedKeys(epochs=1, conversations=1, opened=epoch)


async def test_it_is_looked_at_beside_those_who_use_it(database: SecretStr, clock: ManualClock) -> None:
    """For status and check: whose keys, and whether this machine has the right master key."""
    assert not is_there(database, "main")
    assert held_apart(database, "main", DAY).conversations == frozenset()
    async with KeyStore.open(database, MASTER, clock) as keys:
        await keys.open_conversation(talk(1))
        await keys.epochs(NOISE, clock.now())
        assert is_there(database, "main")
        assert held_apart(database, "main", 7 * DAY) == await keys.held()
        assert compare(database, "main", MASTER)
        with pytest.raises(BadConfig, match=r"store\.master_key.*copy it from a server that works"):
            compare(database, "main", Key(b"\x08" * 32))


@pytest.fixture
def library(tmp_path: Path, database: SecretStr) -> StoreSettings:
    """A server's place, its store and keys in databases."""
    create_master_key(tmp_path / "master.key")
    return StoreSettings(
        path=tmp_path / "helpdesk.sqlite", url=SecretStr("postgresql://none/at-all"), keys_url=database
    )


async def test_a_new_master_key_for_all_servers(library: StoreSettings, clock: ManualClock) -> None:
    """Everything opens under it; a server that has the old one is told where to get the new one."""
    where, master = library.keys_url, library.path.with_name("master.key")
    old = read_master_key(master)
    async with KeyStore.open(where, old, clock) as keys:
        kept, epochs = await keys.open_conversation(talk(1)), await keys.epochs(NOISE, clock.now())
    done = await rotate(library, clock, {})
    assert done.lines()[-1] == "Copy it to every other server of the library before you start them."
    async with KeyStore.open(where, read_master_key(master), clock) as keys:
        assert await keys.conversation(talk(1)) == kept
        assert await keys.epochs(NOISE, clock.now()) == epochs
        assert len(await keys.reply_keys()) == 1
    with pytest.raises(BadConfig, match="not the key"):
        async with KeyStore.open(where, old, clock):
            pass


async def test_not_while_another_server_runs(library: StoreSettings, clock: ManualClock) -> None:
    """What it keeps under the old key nobody could open."""
    master = library.path.with_name("master.key")
    old = read_master_key(master)
    async with KeyStore.open(library.keys_url, old, clock):
        with pytest.raises(Refused, match="Stop the help desk on every machine"):
            await rotate(library, clock, {})
    assert read_master_key(master) == old
    alone = library.model_copy(update={"keys_url": None})
    with pytest.raises(Refused, match=r"Set store\.keys_url first"):
        await rotate(alone, clock, {})


async def test_nothing_is_kept_under_a_key_that_was_replaced(database: SecretStr, clock: ManualClock) -> None:
    """A server that ran on, unseen, while the master key was replaced: what it would wrap is not written."""
    new = Key(b"\x09" * 32)
    async with KeyStore.open(database, MASTER, clock) as late:
        async with KeyStore.open(database, MASTER, clock) as keys:
            await keys.grant(new)
        async with KeyStore.open(database, new, clock) as keys:
            with pytest.raises(TryLater, match="master key was replaced"):
                await late.open_conversation(talk(1))
            with pytest.raises(TryLater, match="master key was replaced"):
                await late.epochs(NOISE, clock.now())
            assert await keys.conversations() == frozenset()


async def test_a_database_that_was_started_anew(clock: ManualClock) -> None:
    """While it is away TryLater says why; then the same store works on."""
    with server(*FAST) as running, running.fresh("template1") as url:
        async with KeyStore.open(SecretStr(url), MASTER, clock) as keys:
            kept = await keys.open_conversation(talk(1))
            running.stop()
            with pytest.raises(TryLater, match="key store can't be used just now"):
                await keys.conversation(talk(1))
            with pytest.raises(TryLater, match="key store can't be used just now"):
                await keys.open_conversation(talk(2))
            running.start()
            assert await keys.conversation(talk(1)) == kept
            await keys.open_conversation(talk(2))
            running.stop()
            running.start()
            await keys.open_conversation(talk(3))
            await keys.destroy((talk(3),))
