"""The one way to a store: whichever engine the settings name.

::

    async with open_store(settings.store, library=settings.library.id) as store:
        ...

Without ``store.url`` that is the SQLite file, else the PostgreSQL database. BadConfig where the URL is missing although
a server has the library in a database (:mod:`helpdesk.store.elsewhere`).
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager, contextmanager

from helpdesk.config import StoreSettings
from helpdesk.errors import BadConfig, Refused
from helpdesk.extras import install
from helpdesk.store import care, sqlite
from helpdesk.store.care import FileState
from helpdesk.store.commits import SharedStore
from helpdesk.store.elsewhere import file_of
from helpdesk.store.upgrading import Upgraded
from helpdesk.store.verbs import moves


def open_store(
    store: StoreSettings | None, *, library: str = "main", owner: str = "helpdesk"
) -> AbstractAsyncContextManager[SharedStore]:
    """Open a library's store until the block ends; None for a private one in memory. Migrations run first.

    An SQLite file has one ``owner``; a PostgreSQL database may have several servers.
    """
    if store is None or store.url is None:
        return _in_use(sqlite.open_store(None if store is None else file_of(store), library=library, owner=owner))
    with _extra():
        from helpdesk.store import postgres
    return _in_use(postgres.open_store(url_of(store), library=library))


@asynccontextmanager
async def _in_use(opened: AbstractAsyncContextManager[SharedStore]) -> AsyncIterator[SharedStore]:
    """Refused where the library has moved to another store."""
    async with opened as store:
        await store.read(moves.require)
        yield store


def open_reader(store: StoreSettings, *, library: str = "main") -> AbstractAsyncContextManager[SharedStore]:
    """Only read a library's store, beside whoever writes it."""
    if store.url is None:
        return sqlite.open_reader(file_of(store), library=library)
    with _extra():
        from helpdesk.store import postgres
    return postgres.open_reader(url_of(store), library=library)


def is_there(store: StoreSettings) -> bool:
    """Whether there is a store yet."""
    if store.url is None:
        return file_of(store).exists()
    with _extra():
        from helpdesk.store import pg_care
    return pg_care.is_there(url_of(store))


def state(store: StoreSettings, library: str) -> FileState:
    """What the store says of itself. BadConfig where it is no store of ours, or can't be opened."""
    if store.url is None:
        return care.state(file_of(store), library)
    with _extra():
        from helpdesk.store import pg_care
    return pg_care.state(url_of(store), library)


def examine(store: StoreSettings, library: str) -> tuple[str, ...]:
    """All that is unsound about the store, in words."""
    if store.url is None:
        return care.examine(file_of(store), library)
    with _extra():
        from helpdesk.store import pg_care
    return pg_care.examine(url_of(store), library)


def upgrade(store: StoreSettings, library: str) -> Upgraded:
    """Run the migrations that are due. Of a file a copy is kept; of a database its own backup is."""
    if store.url is None:
        return care.upgrade(file_of(store), library)
    with _extra():
        from helpdesk.store import pg_care
    return Upgraded(pg_care.upgrade(url_of(store)))


def refuse_database(store: StoreSettings, instead: str) -> None:
    """Refused where the store is no file. ``instead``: what to do then."""
    if store.url is not None:
        raise Refused(f"store.url names a PostgreSQL database, and this is done with files. {instead}")


def lax(store: StoreSettings) -> tuple[str, ...]:
    """In what a database's own settings are laxer than what is acknowledged promises, in words."""
    if store.url is None:
        return ()
    with _extra():
        from helpdesk.store import pg_care
    return pg_care.lax(url_of(store))


def place(store: StoreSettings) -> str:
    """What the store is called where people read it: never with a password."""
    if store.url is None:
        return str(store.path)
    with _extra():
        from helpdesk.store import pg_link
    return pg_link.place(url_of(store))


def url_of(store: StoreSettings) -> str:
    """The database's URL, with its password where it has one."""
    assert store.url is not None
    return store.url.get_secret_value()


@contextmanager
def _extra() -> Iterator[None]:
    """What PostgreSQL needs is installed with an extra."""
    try:
        yield
    except ImportError as error:
        raise BadConfig(f"store.url: PostgreSQL needs psycopg: {install('postgres')}") from error
