"""PostgreSQL refuses, restarts, hangs or was overtaken: who asked hears it in words, and nothing is half done."""

from __future__ import annotations

import asyncio
import signal
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

import psycopg
import pytest

from helpdesk.errors import BadConfig, TryLater
from helpdesk.events import Seq
from helpdesk.ports import Sql
from helpdesk.store import pg_listening, postgres, schema
from helpdesk.store.postgres import open_reader, open_store
from tests.postgres import FAST, Server, server
from tests.store.calls import at_peace, at_rest, error_of, happened, names, put, said, works

pytestmark = pytest.mark.full


@pytest.fixture(scope="module")
def private() -> Iterator[Server]:
    """A server of these tests' own, which they stop, kill and hang; few connections fit."""
    with server(*FAST, "max_connections=12", "superuser_reserved_connections=0") as running:
        yield running


@pytest.fixture
def url(private: Server) -> Iterator[str]:
    """A database on it."""
    with private.fresh() as found:
        yield found


# It goes, and comes back


async def test_a_server_that_is_stopped_and_started(private: Server, url: str) -> None:
    """Writes and reads hear TryLater and nothing was kept; the desk is told; then all goes on by itself."""
    async with open_store(url) as store:
        await store.write(put, "one")
        private.stop()
        for call in (store.write(put, "two"), store.read(names)):
            with pytest.raises(TryLater, match="PostgreSQL"):
                await call
        assert "can't be" in store.trouble
        private.start()
        await works(store, "three")
        assert await store.read(names) == {"one", "three"}
        await at_peace(store)
        async with open_store(url) as other, asyncio.TaskGroup() as tasks:  # and it listens again
            waiting = tasks.create_task(store.changed(Seq(0)))
            await other.write(happened)
            assert await waiting == 1


async def test_a_lost_connection_that_nobody_used(private: Server, url: str) -> None:
    """An administrator ended them all: the next write and the next read notice nothing."""
    async with open_store(url) as store:
        await store.write(put, "one")
        await store.read(names)
        private.administer("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid()")
        assert await store.write(put, "two") == "two"
        assert await store.read(names) == {"one", "two"}


async def test_a_server_that_crashes_in_a_batch(url: str) -> None:
    """The connection is lost before COMMIT was sent: nothing was kept, and the words say so."""

    def ends_itself(sql: Sql) -> None:
        put(sql, "half")
        sql("SELECT pg_terminate_backend(pg_backend_pid())")

    async with open_store(url) as store:
        async with asyncio.TaskGroup() as tasks:
            beside = tasks.create_task(error_of(store.write(put, "beside")))
            failed = tasks.create_task(error_of(store.write(ends_itself)))
        for error in (beside.result(), failed.result()):
            assert isinstance(error, TryLater)
            assert "Nothing was kept." in str(error)
        assert "Nothing was kept." in store.trouble
        assert await store.write(put, "after") == "after"
        assert await store.read(names) == {"after"}


async def test_a_commit_that_nobody_answers_for(private: Server, url: str) -> None:
    """Lost during COMMIT: kept or not, nobody knows, and so it says; it is never done twice in silence."""
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(
            "CREATE FUNCTION gone() RETURNS trigger LANGUAGE plpgsql AS"
            " 'BEGIN PERFORM pg_terminate_backend(pg_backend_pid()); RETURN NULL; END'"
        )
        connection.execute(
            "CREATE CONSTRAINT TRIGGER gone AFTER INSERT ON remarks DEFERRABLE INITIALLY DEFERRED"
            " FOR EACH ROW EXECUTE FUNCTION gone()"
        )
        async with open_store(url) as store:
            with pytest.raises(TryLater, match="not known"):
                await store.write(put, "one")
            assert "not known" in store.trouble
            connection.execute("DROP TRIGGER gone ON remarks")
            assert await store.write(put, "two") == "two"
            await at_peace(store)


async def test_a_server_that_hangs(private: Server, url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """It answers nothing: the desk is told soon, and whoever waits is let go; it recovers when the server does."""
    monkeypatch.setattr(postgres, "ANSWER_SECONDS", 0.3)
    monkeypatch.setattr(postgres, "WRITE_SECONDS", 0.5)
    monkeypatch.setattr(pg_listening, "LOOK_SECONDS", 0.05)
    async with open_store(url) as store:
        await store.write(put, "one")
        private.signal(signal.SIGSTOP)
        try:
            await said(store, "can't be reached")
            with pytest.raises(TryLater, match="does not answer"):
                await store.write(put, "two")
        finally:
            private.signal(signal.SIGCONT)
        await works(store, "three")
        await at_peace(store)
        assert await store.read(names) >= {"one", "three"}


async def test_a_crash(private: Server, url: str) -> None:
    """All its processes are killed: what was acknowledged is there when it has started again."""
    async with open_store(url) as store:
        await store.write(put, "one")
        private.crash()
        assert isinstance(await error_of(store.write(put, "two")), TryLater)
        private.start()
        await works(store, "three")
        assert await store.read(names) >= {"one", "three"}


# It is busy, full or shut


@contextmanager
def all_taken(private: Server) -> Iterator[None]:
    """No connection is left."""
    with ExitStack() as stack:
        try:
            while True:
                stack.enter_context(psycopg.connect(private.url("postgres")))
        except psycopg.OperationalError:
            yield


async def test_no_connection_is_left(private: Server, url: str) -> None:
    """On opening, and for a store that has lost its own: in words that say what to raise."""
    async with open_store(url) as store:
        private.administer("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid()")
        with all_taken(private):
            with pytest.raises(TryLater, match="max_connections"):
                await store.write(put, "one")
            with pytest.raises(TryLater, match="max_connections"):
                async with open_store(url):
                    pass
        assert await store.write(put, "two") == "two"


async def test_who_holds_the_store_too_long(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Another server hangs in a transaction: writes wait a while, then hear who may be the cause."""
    monkeypatch.setattr(postgres, "WRITING", "SET lock_timeout = '100ms'")
    async with open_store(url) as store:
        await store.write(put, "one")
        with psycopg.connect(url) as other:
            other.execute("SELECT seq FROM chain FOR UPDATE")
            with pytest.raises(TryLater, match="another server has held"):
                await store.write(put, "two")
        assert await store.write(put, "three") == "three"


async def test_a_statement_that_takes_too_long(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its caller and those in its commit hear it; the next write goes on."""
    monkeypatch.setattr(postgres, "WRITING", "SET statement_timeout = '100ms'")
    async with open_store(url) as store:
        with pytest.raises(TryLater, match="took too long"):
            await store.write(lambda sql: sql("SELECT pg_sleep(30)"))
        assert await store.write(put, "one") == "one"


async def test_a_server_that_only_reads(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """As a stand-by does: it says what to name instead."""
    async with open_store(url) as store:
        await store.write(lambda sql: sql("SET default_transaction_read_only = on"))
        with pytest.raises(TryLater, match="primary"):
            await store.write(put, "two")
        assert "primary" in store.trouble
        assert await store.read(names) == set()


async def test_transactions_in_each_other_s_way_are_done_again(url: str) -> None:
    """As often as it may help, whole; and not for ever."""
    tried: list[str] = []

    def clashes(sql: Sql, times: int) -> int:
        put(sql, f"try{len(tried)}")
        tried.append("one")
        if len(tried) < times:
            raise psycopg.errors.SerializationFailure("could not serialize access")
        return len(tried)

    async with open_store(url) as store:
        assert await store.write(clashes, 3) == 3
        assert await store.read(names) == {"try2"}
        tried.clear()
        with pytest.raises(TryLater):
            await store.write(clashes, 1000)
        assert len(tried) == postgres.TRIES
        assert await at_rest(store)


# Whose it is


async def test_a_newer_program_was_here(url: str) -> None:
    """An older one does not start on it, and one that runs stops writing and says why."""
    async with open_store(url) as store:
        await store.write(put, "one")
        with psycopg.connect(url) as connection:
            connection.execute("UPDATE helpdesk_schema SET version = version + 1")
        with pytest.raises(TryLater, match="Use the newer program"):
            await store.write(put, "two")
        await said(store, "newer program")
        for opening in (open_store, open_reader):
            with pytest.raises(BadConfig, match=f"schema {schema.newest() + 1}, this program knows {schema.newest()}"):
                async with opening(url):
                    pass


async def test_a_migration_that_fails_changes_nothing(
    private: Server, url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """All of them are one transaction."""
    every = schema.migrations()
    wrong = [*every, (every[-1][0] + 1, "CREATE TABLE added (a INTEGER NOT NULL) STRICT; SELECT nonsense;")]
    monkeypatch.setattr("helpdesk.store.pg_schema.migrations", lambda: wrong)
    monkeypatch.setattr("helpdesk.store.pg_schema.newest", lambda: wrong[-1][0])
    with pytest.raises(psycopg.errors.UndefinedColumn):
        async with open_store(url):
            pass
    monkeypatch.undo()
    async with open_store(url) as store:
        assert await store.write(put, "one") == "one"
        assert not await store.read(lambda sql: sql("SELECT 1 FROM pg_tables WHERE tablename = 'added'"))


async def test_another_program_s_database(private: Server) -> None:
    """Nothing is made in it."""
    with private.fresh("template0") as url, psycopg.connect(url, autocommit=True) as connection:
        connection.execute("CREATE TABLE tickets (id INTEGER)")
        with pytest.raises(BadConfig, match="another program's tables"):
            async with open_store(url):
                pass
        tables = connection.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'").fetchall()
        assert tables == [("tickets",)]


async def test_a_database_that_can_t_hold_every_letter(private: Server) -> None:
    """It says which encoding to make it with."""
    private.administer("CREATE DATABASE narrow TEMPLATE template0 ENCODING 'LATIN1' LC_COLLATE 'C' LC_CTYPE 'C'")
    with pytest.raises(BadConfig, match="UTF8"):
        async with open_store(private.url("narrow")):
            pass


async def test_a_user_who_may_make_no_tables(private: Server) -> None:
    """It says whose the database should be."""
    private.administer("CREATE ROLE guest LOGIN")
    with private.fresh("template0") as url, pytest.raises(BadConfig, match="owner"):
        async with open_store(url.replace("postgres@", "guest@")):
            pass


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ("postgresql://nobody:s3cret@/postgres?host={folder}", "no such database or user"),
        ("postgresql://postgres:s3cret@/nothing?host={folder}", "no such database or user"),
        ("postgresql://postgres:s3cret@no.such.host.example/x", "no host of this name"),
    ],
)
async def test_what_is_wrong_with_the_url_is_said_without_it(private: Server, wrong: str, words: str) -> None:
    """The setting's name, what is wrong, and no password."""
    with pytest.raises(BadConfig, match=words) as caught:
        async with open_store(wrong.format(folder=private.folder)):
            pass
    assert str(caught.value).startswith("store.url")
    assert "s3cret" not in str(caught.value)


async def test_nobody_listens_there() -> None:
    """No server at all: try later."""
    with pytest.raises(TryLater, match="does not answer"):
        async with open_store("postgresql://postgres:s3cret@127.0.0.1:1/x"):
            pass


async def test_an_error_shows_no_row(url: str) -> None:
    """PostgreSQL quotes what a row held: not to callers."""
    async with open_store(url) as store:
        await store.write(put, "their address")
        error = await error_of(store.write(put, "their address"))
        assert isinstance(error, psycopg.errors.UniqueViolation)
        assert "address" not in str(error)
