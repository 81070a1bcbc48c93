"""The seams to what is kept: the store and the key store."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Concatenate, ParamSpec, Protocol, TypeVar

from helpdesk.clock import Instant
from helpdesk.events import Seq
from helpdesk.message import ConversationId, LineId

P = ParamSpec("P")
T = TypeVar("T")

Record = Mapping[str, Any]
"""A row as the database gives it, by column name."""


class FullText(Protocol):
    """The word index over entries: one of the three things in which databases differ."""

    def add(self, sql: Sql, row: int, text: str) -> None:
        """Index ``text`` as entry row ``row``."""
        ...

    def remove(self, sql: Sql, row: int, text: str) -> None:
        """Take entry row ``row`` out; ``text`` is what was indexed."""
        ...

    def find(self, sql: Sql, words: str, limit: int) -> list[int]:
        """The newest ``limit`` entry rows that hold all ``words``; the last word may be unfinished."""
        ...

    def purge(self, sql: Sql) -> None:
        """Keep no removed word in the file."""
        ...


class Sql(Protocol):
    """One open transaction of one library. ``:library`` is bound in every statement."""

    library: str
    full_text: FullText

    def __call__(self, text: str, /, **params: object) -> list[Record]:
        """Run one statement of portable SQL with ``:named`` parameters; all its rows."""
        ...


class Store(Protocol):
    """Runs verbs. Who wrote, and when others hear of it, is the store's business.

    ``trouble``    why the last write failed, in words for the desk; "" since the last one that did not
    ``falls``      how often it has fallen into trouble so far
    ``overheard``  is told what other servers say :meth:`aside`
    """

    library: str
    trouble: str
    falls: int
    overheard: Callable[[str], object]

    async def write(self, verb: Callable[Concatenate[Sql, P], T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Run ``verb`` in a shared commit and return after it is on disk.

        What the verb raises undoes its own writes alone and arrives here. TryLater where the store is full, read-only
        or closing; nothing is acknowledged then. Cancelling the caller does not undo or repeat the write.
        """
        ...

    async def read(self, verb: Callable[Concatenate[Sql, P], T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Run ``verb`` on a read-only connection, in one snapshot."""
        ...

    async def purge(self, *, words: bool = True) -> bool:
        """Leave no trace of deleted text or keys in the write-ahead log and (costly: ``words``) the word index.

        False where a reader held the log: try again later.
        """
        ...

    async def database_time(self) -> Instant | None:
        """What the database's own clock says; None where the store has no clock but this machine's."""
        ...

    async def aside(self, words: str) -> None:
        """Tell the other servers on the same store something that is not stored, and that may be lost. Never a text."""
        ...

    async def changed(self, after: Seq) -> Seq:
        """Return the last event's number as soon as it is above ``after``."""
        ...

    async def changed_or_fell(self, after: Seq | None, falls: int) -> None:
        """Return as soon as the last event's number is above ``after``, or it has fallen into trouble more often.

        None for ``after``: wait for trouble alone.
        """
        ...


class Keys(Protocol):
    """The key store of sealed lines: apart from the store, and in none of its backups."""

    async def epochs(self, line: LineId, now: Instant) -> tuple[bytes, ...]:
        """The handle keys to look under, the current epoch's first (it is made when it is due)."""
        ...

    async def open_conversation(self, conversation: ConversationId) -> bytes:
        """Make and keep the key of a new conversation; returns it."""
        ...

    async def conversation(self, conversation: ConversationId) -> bytes | None:
        """A conversation's key, None once it is destroyed."""
        ...

    async def destroy(self, conversations: tuple[ConversationId, ...]) -> None:
        """Destroy keys for good, the write-ahead log included."""
        ...

    async def conversations(self, *, before: Instant | None = None) -> frozenset[ConversationId]:
        """All conversations that have a key, or those whose key was made ``before``: what a sweep compares."""
        ...

    async def expire(self, now: Instant) -> int:
        """Destroy the epoch keys that no lookup needs any more; returns how many."""
        ...
