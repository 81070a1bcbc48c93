"""What all engines share: callers hand in verbs and wait, and concurrent writes share a commit.

One task takes what waits, up to :data:`BATCH` verbs, and has the engine do it in one transaction: a savepoint per
verb, so that one bad write fails alone, then the commit, and only then does any caller hear. Cancelling a caller never
reaches the batch. The engine beneath knows connections and SQL, and nothing of callers.
"""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from contextlib import AbstractContextManager, asynccontextmanager, nullcontext, suppress
from dataclasses import dataclass
from typing import Any, Concatenate, ParamSpec, Protocol, TypeVar

import structlog

from helpdesk.beside import beside
from helpdesk.clock import Instant, stopwatch
from helpdesk.errors import TryLater
from helpdesk.events import Seq
from helpdesk.ports import Sql

P = ParamSpec("P")
T = TypeVar("T")

Verb = Callable[[Sql], Any]

BATCH = 256
"""The most verbs that share one commit."""

_BEGIN = Seq(0)

_log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one verb: its value, or what it failed with."""

    value: Any = None
    error: BaseException | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Done:
    """What became of a batch: an outcome for each verb, in their order.

    ``last``     the log's last event, as committed
    ``trouble``  why nothing could be written, in words; "" where the commit stands
    """

    outcomes: Sequence[Outcome]
    last: Seq = _BEGIN
    trouble: str = ""

    @classmethod
    def nothing(cls, batch: Sequence[object], error: TryLater) -> Done:
        """The whole batch failed, and nothing of it was kept as far as anybody knows."""
        return cls(outcomes=[Outcome(error=error) for _ in batch], trouble=str(error))


class Engine(Protocol):
    """Runs verbs on one kind of database.

    ``reads_apart``  whether reads have connections of their own; else they wait in line with the writes
    """

    reads_apart: bool

    async def commit(self, verbs: Sequence[Verb]) -> Done:
        """Run verbs in one transaction, each in a savepoint; returns after the commit is on disk. Raises nothing."""
        ...

    async def read(self, verb: Callable[[Sql], T]) -> T:
        """Run a verb in one read-only snapshot."""
        ...

    async def purge(self, *, words: bool) -> bool:
        """See :meth:`helpdesk.ports.Store.purge`."""
        ...


@dataclass(slots=True, eq=False)
class _Job:
    verb: Verb
    done: asyncio.Future[Any]
    writes: bool


class SharedStore:
    """See :class:`helpdesk.ports.Store`. Made by the engines' own modules, see :mod:`helpdesk.store.opening`.

    ``timed``   is entered around each commit, for whoever measures them
    ``clocked`` reads the database's own clock, where it has one
    ``telling`` tells other servers something aside, where there may be any; ``overheard`` is told what they say so
    """

    def __init__(self, engine: Engine, library: str) -> None:
        self.library = library
        self.trouble = ""
        self.falls = 0
        self.timed: Callable[[], AbstractContextManager[None]] = nullcontext
        self.clocked: Callable[[Sql], Instant] | None = None
        self.telling: Callable[[Sql, str], None] | None = None
        self.overheard: Callable[[str], object] = _ignored
        self._mark = os.urandom(6).hex()
        self._failing = ""
        self._cut_off = ""
        self._fallen = stopwatch()
        self._engine = engine
        self._jobs: asyncio.Queue[_Job | None] = asyncio.Queue()
        self._last = _BEGIN
        self._waiting: set[asyncio.Future[None]] = set()
        self._closed = False

    async def write(self, verb: Callable[Concatenate[Sql, P], T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Run ``verb`` in a shared commit; returns after the commit is on disk."""
        return await self._queue(lambda sql: verb(sql, *args, **kwargs))

    async def read(self, verb: Callable[Concatenate[Sql, P], T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Run ``verb`` in one read-only snapshot."""
        if not self._engine.reads_apart:
            return await self._queue(lambda sql: verb(sql, *args, **kwargs), writes=False)
        if self._closed:
            raise TryLater("The store is closed.")
        return await self._engine.read(lambda sql: verb(sql, *args, **kwargs))

    async def changed(self, after: Seq) -> Seq:
        """Return the last event's number as soon as it is above ``after``."""
        while self._last <= after:
            await self._stir()
        return self._last

    async def changed_or_fell(self, after: Seq | None, falls: int) -> None:
        """Return as soon as the last event's number is above ``after``, or it has fallen into trouble more often."""
        while (after is None or self._last <= after) and self.falls <= falls:
            await self._stir()

    async def purge(self, *, words: bool = True) -> bool:
        """Leave no trace of what was deleted, as far as the engine can; False where it must be tried again."""
        return await self._engine.purge(words=words)

    async def database_time(self) -> Instant | None:
        """What the database's own clock says; None where it has none of its own."""
        return None if self.clocked is None else await self.read(self.clocked)

    async def aside(self, words: str) -> None:
        """Tell the other servers on the same store something that is not stored; lost where the store is in trouble."""
        if self.telling is not None:
            with suppress(TryLater):
                await self.read(self.telling, f"{self._mark} {words}")

    def told_aside(self, said: str) -> None:
        """What a server has said aside; our own words come back, too, and are left."""
        mark, _, words = said.partition(" ")
        if mark != self._mark:
            self.overheard(words)

    def reached(self, last: Seq) -> None:
        """The log has come to ``last``, by a commit of ours or of another server: wake whoever waits for it."""
        if last > self._last:
            self._last = last
            self._wake()

    def troubled(self, text: str) -> None:
        """What the engine has noticed by itself, "" where it works (again)."""
        self._cut_off = text
        before, self.trouble = self.trouble, self._failing or self._cut_off
        if self.trouble and not before:
            self._fallen = stopwatch()
            self.falls += 1
            _log.error("the store is in trouble", why=self.trouble)
            self._wake()
        elif before and not self.trouble:
            _log.warning("the store works again", seconds=round(self._fallen(), 1))

    async def run(self) -> None:
        """Serve the callers until :meth:`stop`."""
        try:
            while (job := await self._jobs.get()) is not None:
                await self._serve(self._with_followers(job))
        finally:
            self._turn_away()

    def stop(self) -> None:
        """Take no more work; what is queued is still done."""
        self._closed = True
        self._jobs.put_nowait(None)

    async def _stir(self) -> None:
        """Wait until the log has grown, or the store has fallen into trouble."""
        told: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting.add(told)
        try:
            await told
        finally:
            self._waiting.discard(told)

    def _wake(self) -> None:
        for waiting in self._waiting:
            if not waiting.done():
                waiting.set_result(None)

    async def _queue(self, verb: Callable[[Sql], T], *, writes: bool = True) -> T:
        if self._closed:
            raise TryLater("The store is closed.")
        done: asyncio.Future[T] = asyncio.get_running_loop().create_future()
        self._jobs.put_nowait(_Job(verb, done, writes))
        return await done

    def _with_followers(self, job: _Job) -> list[_Job]:
        """What shares a commit with ``job``: all that waits, up to :data:`BATCH`."""
        batch = [job]
        while len(batch) < BATCH and not self._jobs.empty():
            more = self._jobs.get_nowait()
            if more is None:
                self._jobs.put_nowait(None)
                break
            batch.append(more)
        return batch

    def _turn_away(self) -> None:
        """Nobody waits for a store that has ended."""
        self._closed = True
        while not self._jobs.empty():
            if (job := self._jobs.get_nowait()) is not None:
                _settle(job.done, Outcome(error=TryLater("The store is closed.")))

    async def _serve(self, batch: list[_Job]) -> None:
        try:
            for job, outcome in zip(batch, await self._outcomes(batch), strict=True):
                _settle(job.done, outcome)
        finally:  # cancelled in the middle: what was kept is kept, and nobody waits
            for job in batch:
                _settle(job.done, Outcome(error=TryLater("The store closed before it could say what was kept.")))

    async def _outcomes(self, batch: list[_Job]) -> Sequence[Outcome]:
        if not any(job.writes for job in batch):
            return [await self._read_alone(job.verb) for job in batch]
        with self.timed():
            done = await self._engine.commit([job.verb for job in batch])
        self._failing = done.trouble
        self.troubled(self._cut_off if done.trouble else "")
        self.reached(done.last)
        return done.outcomes

    async def _read_alone(self, verb: Verb) -> Outcome:
        try:
            return Outcome(value=await self._engine.read(verb))
        except asyncio.CancelledError:
            raise
        except BaseException as error:  # noqa: BLE001 - it is handed to the caller as it is
            return Outcome(error=error)


def _ignored(words: str) -> None:
    """Nobody listens to what is said aside."""


def guarded(
    batch: Sequence[Verb], sql: Sql, control: Callable[[str], object], ends_all: Callable[[BaseException], bool]
) -> Iterator[Outcome]:
    """Run each verb in its savepoint. ``control`` runs a statement of the transaction.

    What a verb fails with undoes its own writes alone, but where it ``ends_all``: that is raised.
    """
    for verb in batch:
        control("SAVEPOINT verb")
        try:
            value = verb(sql)
            control("RELEASE verb")
        except BaseException as error:
            if ends_all(error):
                raise
            control("ROLLBACK TO verb")
            control("RELEASE verb")
            yield Outcome(error=error)
        else:
            yield Outcome(value=value)


@asynccontextmanager
async def running(engine: Engine, library: str, last: Callable[[Sql], Seq]) -> AsyncIterator[SharedStore]:
    """A store over ``engine`` for as long as the block lasts; ``last`` reads where the log stands on opening."""
    store = SharedStore(engine, library)
    async with beside(store.run(), stop=store.stop):
        store.reached(await store.read(last))
        yield store


def _settle(done: asyncio.Future[Any], outcome: Outcome) -> None:
    if done.done():  # the caller was cancelled; its write stands
        return
    if outcome.error is None:
        done.set_result(outcome.value)
    else:
        done.set_exception(outcome.error)
