"""What the tests ask a store to do, and how they watch a call fail."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterator, Sequence
from contextlib import contextmanager

from helpdesk.clock import ManualClock, SystemClock, plus
from helpdesk.errors import TryLater
from helpdesk.events import Kind, NewEvent, Seq
from helpdesk.ports import Sql, Store
from helpdesk.store.commits import Done, SharedStore, Verb
from helpdesk.store.postgres import Postgres
from helpdesk.store.sqlite import Sqlite
from helpdesk.store.verbs import events

NOW = ManualClock().now()


def put(sql: Sql, name: str, size: int = 1) -> str:
    """Write one row; ``size`` in bytes."""
    sql("INSERT INTO remarks (library, id, ticket, text) VALUES (:library, :id, NULL, :text)", id=name, text="x" * size)
    return name


def names(sql: Sql) -> set[str]:
    """What :func:`put` wrote."""
    return {row["id"] for row in sql("SELECT id FROM remarks WHERE library = :library")}


def happened(sql: Sql) -> Seq:
    """Append one event."""
    fact = NewEvent(kind=Kind.TESTED, ticket=None, when=NOW, actor="system")
    return events.append(sql, [fact], NOW)[0].seq


def sqlite_of(store: Store) -> Sqlite:
    """The engine of a store on SQLite."""
    assert isinstance(store, SharedStore)
    assert isinstance(store._engine, Sqlite)
    return store._engine


class Gone:
    """An engine whose database does not answer."""

    reads_apart = True

    async def commit(self, verbs: Sequence[Verb]) -> Done:
        """Nothing is kept."""
        return Done.nothing(verbs, TryLater("The store can't be written just now: it has not answered."))

    async def read(self, verb: object) -> object:
        """Nothing is read."""
        raise TryLater("The store can't be read just now: it has not answered.")

    async def purge(self, *, words: bool) -> bool:
        """Nothing is wiped."""
        return False


@contextmanager
def gone(store: Store) -> Iterator[None]:
    """While the block lasts, nothing answers behind the store."""
    assert isinstance(store, SharedStore)
    real, store._engine = store._engine, Gone()  # type: ignore[assignment]
    try:
        yield
    finally:
        store._engine = real


async def on_writer(store: Store, verb: Callable[[Sql], object]) -> None:
    """Run something on the writing connection outside any transaction, as an administrator's mistake would."""
    engine = sqlite_of(store)

    def work() -> None:
        verb(engine.session(engine.writer._conn))

    await engine.writer._execute(work)  # type: ignore[no-untyped-call]


async def eventually(holds: Callable[[], Awaitable[bool]]) -> None:
    """Wait until it does; TimeoutError if that takes too long."""
    clock = SystemClock()
    async with asyncio.timeout(30):
        while not await holds():
            await clock.until(plus(clock.now(), 20))


async def said(store: Store, trouble: str) -> None:
    """Wait until the store says of itself that it is in this trouble."""

    async def holds() -> bool:
        return trouble in store.trouble

    await eventually(holds)


async def at_peace(store: Store) -> None:
    """Wait until the store is in no trouble."""

    async def holds() -> bool:
        return not store.trouble

    await eventually(holds)


async def works(store: Store, name: str) -> None:
    """Wait until a write of ``name`` is kept."""

    async def holds() -> bool:
        return await error_of(store.write(put, name)) is None

    await eventually(holds)


async def at_rest(store: Store) -> bool:
    """Whether the writing connection is in no transaction."""
    assert isinstance(store, SharedStore)
    engine = store._engine
    if isinstance(engine, Sqlite):
        return not engine.writer._conn.in_transaction
    assert isinstance(engine, Postgres)
    assert engine.writer is not None
    writer = engine.writer
    return await writer.run(lambda: writer.connection().info.transaction_status.name) == "IDLE"


async def error_of(call: object) -> BaseException | None:
    """What a call failed with; None if it went well."""
    try:
        await call  # type: ignore[misc]
    except Exception as error:  # noqa: BLE001 - it is what the test looks at
        return error
    return None


async def cancel(task: asyncio.Task[str]) -> None:
    """Cancel ``task``, from a task of its own."""
    task.cancel()
