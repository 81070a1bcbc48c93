"""The key store of sealed lines: apart from the store, and in none of its backups.

Two kinds of keys live here, each random and wrapped under the master key:

============  ===================================================  ============================================
epoch         makes handles on one line for a week (a setting)     destroyed a thread window after its epoch
conversation  opens the reply address of one conversation          destroyed when the conversation is over
============  ===================================================  ============================================

It is a file that one process holds (:mod:`helpdesk.store.key_file`), or a PostgreSQL database that servers share
(:mod:`helpdesk.store.key_database`); either says what destroyed means there. What is asked of it are verbs
(:mod:`helpdesk.store.key_rows`), and calls at the same moment share a commit.
"""

from __future__ import annotations

import os
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager, contextmanager
from io import BytesIO
from pathlib import Path
from typing import Protocol, TypeVar

from pydantic import SecretStr

from helpdesk.clock import DAY, Clock, Instant
from helpdesk.errors import BadConfig, Refused, TryLater
from helpdesk.events import Seq
from helpdesk.extras import install
from helpdesk.ids import Entropy
from helpdesk.message import ConversationId, LineId
from helpdesk.ports import Sql
from helpdesk.privacy import KEY_BYTES, NONCE_BYTES, Key, KeysHeld, new_key, unwrap, wrap
from helpdesk.store import key_file, key_rows, rewrapping
from helpdesk.store.commits import Engine, SharedStore, running
from helpdesk.store.key_rows import Epoch, KeyRows

T = TypeVar("T")

KeysAt = Path | SecretStr
"""Where a key store is: a file, or the URL of a PostgreSQL database."""

EPOCH = 7 * DAY
WINDOW = 7 * DAY

_EPOCH_ENTROPY = KEY_BYTES + NONCE_BYTES
"""What a new epoch needs of randomness: a key, and the nonce that it is wrapped with."""

_MONDAY = 4 * DAY
"""Epochs are counted from Monday, 5 January 1970, 00:00 UTC."""


class KeyEngine(Engine, Protocol):
    """Runs the verbs of a key store."""

    async def others(self) -> int:
        """How many connections others have to it."""
        ...


class KeyStore:
    """See :class:`helpdesk.ports.Keys`. Made by :meth:`open`."""

    def __init__(
        self,
        store: SharedStore,
        engine: KeyEngine,
        master: Key,
        clock: Clock,
        *,
        epoch: int,
        window: int,
        entropy: Entropy,
    ) -> None:
        self._store = store
        self._engine = engine
        self._master = master
        self._clock = clock
        self._library = store.library
        self._epoch = epoch
        self._window = window
        self._entropy = entropy
        self._check = b""

    @staticmethod
    @asynccontextmanager
    async def open(
        where: KeysAt | None,
        master: Key,
        clock: Clock,
        *,
        library: str = "main",
        epoch: int = EPOCH,
        window: int = WINDOW,
        entropy: Entropy = os.urandom,
    ) -> AsyncIterator[KeyStore]:
        """Use the key store at ``where`` (made if it is missing; None: a private one in memory) until the block ends.

        ``epoch`` and ``window`` are milliseconds: how long one handle key serves, and how long it is looked under
        after that. BadConfig for another master key, a file that others may read, or a place that is not ours;
        Refused where another process holds the file; TryLater where a database does not answer.
        """
        async with _engine(where, library) as engine, running(engine, library, _no_log) as store:
            keys = KeyStore(store, engine, master, clock, epoch=epoch, window=window, entropy=entropy)
            await keys._begin(where)
            yield keys

    async def epochs(self, line: LineId, now: Instant) -> tuple[Key, ...]:
        """The handle keys to look under, the current epoch's first; it is made when it is due."""
        kept = await self._store.read(key_rows.epochs, line)
        if _current(kept, now) is None:
            drawn = self._entropy(_EPOCH_ENTROPY)  # here, not in the thread: a seeded run draws in one order
            kept = await self._store.write(self._begin_epoch, line, now, drawn)
        current = _current(kept, now)
        assert current is not None
        live = [each for each in kept if each is not current and each.ends > now - self._window]
        return tuple(self._epoch_key(line, each) for each in (current, *live))

    async def open_conversation(self, conversation: ConversationId) -> Key:
        """Make a conversation's key; returns it once it is on disk. Refused where it has one."""
        key = new_key(self._entropy)
        wrapped = self._wrapped(key, "conversation", conversation, self._entropy)
        await self._store.write(self._under_our_key(key_rows.keep), conversation, self._clock.now(), wrapped)
        return key

    async def conversation(self, conversation: ConversationId) -> Key | None:
        """A conversation's key, None once it is destroyed."""
        wrapped = await self._store.read(key_rows.of_conversation, conversation)
        return None if wrapped is None else self._unwrapped(wrapped, "conversation", conversation)

    async def conversations(self, *, before: Instant | None = None) -> frozenset[ConversationId]:
        """All conversations that have a key, or those whose key was made before ``before``."""
        return await self._store.read(key_rows.conversations, before)

    async def destroy(self, conversations: tuple[ConversationId, ...]) -> None:
        """Destroy keys for good; what is destroyed already is no error.

        TryLater if somebody still reads what was deleted: the keys are out of use, and a repeated call ends the work.
        """
        await self._store.write(key_rows.delete, conversations)
        await self._wipe()

    async def expire(self, now: Instant) -> int:
        """Destroy the epoch keys whose window is over; returns how many. TryLater as for :meth:`destroy`."""
        gone = await self._store.write(key_rows.expire, now, now - self._window)
        await self._wipe()
        return gone

    async def grant(self, successor: Key) -> None:
        """Let a new master key open the store, too; opened with it, everything is wrapped under it."""
        await self._store.write(self._under_our_key(rewrapping.grant), self._master, successor, self._entropy)

    async def everything(self) -> KeyRows:
        """All that is kept for the library, as it lies there: what moves to another key store."""
        return await self._store.read(key_rows.everything)

    async def take_in(self, rows: KeyRows) -> None:
        """Keep what another key store under the same master key had; Refused where other keys are here."""
        await self._store.write(self._under_our_key(key_rows.take_in), rows)

    async def leave(self) -> None:
        """Destroy all keys of the library. TryLater as for :meth:`destroy`."""
        await self._store.write(key_rows.leave)
        await self._wipe()

    async def alone(self) -> None:
        """Refused while somebody else uses the key store, too."""
        if others := await self._engine.others():
            raise Refused(
                f"The key store is in use: {others} other connections. Stop the help desk on every machine, then do "
                "this on one of them."
            )

    async def held(self) -> KeysHeld:
        """Which keys are here, and until when."""
        return await self._store.read(key_rows.held, self._window)

    async def count(self) -> int:
        """How many keys are here, of all libraries."""
        return await self._store.read(key_rows.count)

    async def reply_keys(self) -> tuple[tuple[Key, Instant], ...]:
        """The keys of reply addresses that earlier master keys signed, each with the end of its time."""
        return await self._store.read(rewrapping.reply_keys, self._master)

    async def _begin(self, where: KeysAt | None) -> None:
        """BadConfig for another master key; one that was granted takes over now."""
        check = await self._store.read(key_rows.check)
        if check is None:
            value = wrap(self._master, new_key(self._entropy), purpose="check", name="", entropy=self._entropy)
            check = await self._store.write(key_rows.begin, value)
        if not opens(self._master, check):
            taken = await self._store.write(rewrapping.finish, self._master, self._clock.now(), self._entropy)
            if taken is None:
                raise BadConfig(another_key(where))
            check = taken
            await self._wipe()
        self._check = check

    def _under_our_key(self, verb: Callable[..., T]) -> Callable[..., T]:
        """A verb that writes what we have wrapped: TryLater, and nothing written, under another master key."""

        def guarded(sql: Sql, *args: object) -> T:
            key_rows.require(sql, self._check)
            return verb(sql, *args)

        return guarded

    def _begin_epoch(self, sql: Sql, line: LineId, now: Instant, drawn: bytes) -> list[Epoch]:
        """The line's epochs, the current one among them, whichever server was first to begin it."""
        key_rows.require(sql, self._check)
        kept = key_rows.epochs(sql, line)
        if _current(kept, now) is not None:
            return kept
        entropy, first = BytesIO(drawn).read, now - (now - _MONDAY) % self._epoch
        starts = max([first, *(each.ends for each in kept if each.ends <= now)])
        wrapped = self._wrapped(new_key(entropy), "epoch", f"{line} {starts}", entropy)
        key_rows.keep_epoch(sql, line, Epoch(starts, first + self._epoch, wrapped))
        return key_rows.epochs(sql, line)

    async def _wipe(self) -> None:
        if not await self._store.purge(words=False):
            raise TryLater(
                "Somebody still reads the key store, so what was deleted can't be wiped from it yet. Shredding goes on "
                "at the next pass."
            )

    def _wrapped(self, key: Key, purpose: str, name: str, entropy: Entropy) -> bytes:
        return wrap(self._master, key, purpose=purpose, name=f"{self._library} {name}", entropy=entropy)

    def _epoch_key(self, line: LineId, epoch: Epoch) -> Key:
        try:
            return self._unwrapped(epoch.wrapped, "epoch", f"{line} {epoch.starts}")
        except Refused as error:  # what came in is asked for again until the store is mended
            raise TryLater(f"The key store is damaged. {error} Put it back as it was.") from None

    def _unwrapped(self, wrapped: bytes, purpose: str, name: str) -> Key:
        return unwrap(self._master, wrapped, purpose=purpose, name=f"{self._library} {name}")


def opens(master: Key, check: bytes) -> bool:
    """Whether a master key is the one that a store is under."""
    try:
        unwrap(master, check, purpose="check", name="")
    except Refused:
        return False
    return True


def another_key(where: KeysAt | None) -> str:
    """What to say where a store is under another master key."""
    if isinstance(where, SecretStr):
        return (
            f"store.master_key: this is not the key that {named(where)} was made with. Every server of the library "
            "needs the same one: copy it from a server that works. Without it no open conversation of a sealed line "
            "can be answered."
        )
    return (
        f"store.master_key: this is not the key that {where} was made with. Put the right one back: without it "
        f"no open conversation of a sealed line can be answered. To begin anew without them, move {where} away."
    )


def look(where: KeysAt, library: str, verb: Callable[[Sql], T]) -> T | None:
    """Read a key store that this process does not use; None where there is none yet.

    TryLater while its owner holds a file, BadConfig for what is no key store.
    """
    if isinstance(where, Path):
        return key_file.look(where, library, verb) if where.exists() else None
    with _extra():
        from helpdesk.store import key_database
    return key_database.look(where.get_secret_value(), library, verb)


def named(where: KeysAt) -> str:
    """What a key store is called where people read it: never with a password."""
    if isinstance(where, Path):
        return str(where)
    with _extra():
        from helpdesk.store.pg_link import place
    return place(where.get_secret_value())


def _engine(where: KeysAt | None, library: str) -> AbstractAsyncContextManager[KeyEngine]:
    if not isinstance(where, SecretStr):
        return key_file.opened(where, library)
    with _extra():
        from helpdesk.store import key_database
    return key_database.opened(where.get_secret_value(), library)


@contextmanager
def _extra() -> Iterator[None]:
    """What PostgreSQL needs is installed with an extra."""
    try:
        yield
    except ImportError as error:
        raise BadConfig(f"store.keys_url: PostgreSQL needs psycopg: {install('postgres')}") from error


def _current(kept: list[Epoch], now: Instant) -> Epoch | None:
    return next((each for each in kept if each.starts <= now < each.ends), None)


def _no_log(_: Sql) -> Seq:
    """A key store has no log of events."""
    return Seq(0)
