"""The API of `helpdesk serve` over TLS on loopback, fifty desks open: calls, changes, durable writes; on each engine.

Budgets: a desk call within 20 ms (p99), a change on all fifty desks within 100 ms (p99), 500 durable writes a second.
Beside them what the machine does in the same run with nothing around it: an echo between two processes after each
call, and the engine's own library committing one row at a time. ``HELPDESK_BENCH_TICKETS`` says how many tickets there
are (1,000,000 unless told otherwise). Prints; asserts no time. Run by ``make bench``.
"""

from __future__ import annotations

import asyncio
import json
import sqlite3
import ssl
import sys
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AsyncExitStack, asynccontextmanager, closing
from itertools import count
from time import perf_counter
from typing import NamedTuple

import psycopg
import pytest
from websockets.asyncio.client import ClientConnection, connect

from helpdesk.api.routes import LIVE, ROOT
from helpdesk.clock import SystemClock, plus
from tests.bench.api_house import DESKS, Filled
from tests.bench.api_office import Office, office

ROUNDS = 400
CHANGES = 200
PAUSE = 20
"""Between calls, in milliseconds: fifty a second, as fifty busy desks make."""

WRITERS = 64
WRITES = 4_000
COMMITS = 1_000

ECHO = """
import sys
while line := sys.stdin.buffer.readline():
    sys.stdout.buffer.write(line)
    sys.stdout.buffer.flush()
"""


class Caller:
    """One connection that is kept, and as little of HTTP as can be: its work must not count as the server's."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, token: str) -> None:
        self._reader = reader
        self._writer = writer
        self._head = f"host: desk\r\nauthorization: Bearer {token}\r\ncontent-type: application/json\r\n"

    async def ask(self, method: str, path: str, body: object = None) -> bytes:
        """Make a call; its answer."""
        content = b"" if body is None else json.dumps(body).encode()
        head = f"{method} {ROOT}{path} HTTP/1.1\r\n{self._head}content-length: {len(content)}\r\n\r\n"
        self._writer.write(head.encode() + content)
        answer = await self._reader.readuntil(b"\r\n\r\n")
        length = int(answer.lower().partition(b"content-length: ")[2].partition(b"\r")[0] or b"0")
        content = await self._reader.readexactly(length)
        assert answer.startswith(b"HTTP/1.1 20"), content
        return content


class Town:
    """Whoever calls a server."""

    def __init__(self, place: Office, stack: AsyncExitStack) -> None:
        self.library = place.library
        self.cpu = place.cpu
        self._place = place
        self._stack = stack
        self._trusting = ssl.create_default_context(cafile=str(place.authority))

    async def caller(self, n: int) -> Caller:
        """Another connection of a member's."""
        reader, writer = await asyncio.open_connection("127.0.0.1", self._place.port, ssl=self._trusting)
        self._stack.callback(writer.close)
        return Caller(reader, writer, self.library.tokens[n % DESKS])

    async def desks(self) -> list[ClientConnection]:
        """Fifty open desks' live lines, up to date."""
        seq = json.loads(await (await self.caller(0)).ask("GET", "/hello"))["seq"]
        where = f"wss://127.0.0.1:{self._place.port}{LIVE}?after={seq}"
        lines = []
        for token in self.library.tokens:
            bearer = {"Authorization": f"Bearer {token}"}
            line = connect(where, ssl=self._trusting, additional_headers=bearer, proxy=None, compression=None)
            lines.append(await self._stack.enter_async_context(line))
        return lines


@asynccontextmanager
async def town(library: Filled) -> AsyncIterator[Town]:
    """A library of many tickets that is served by another process."""
    async with office(library) as place, AsyncExitStack() as stack:
        yield Town(place, stack)


@asynccontextmanager
async def echo() -> AsyncIterator[Callable[[], AsyncIterator[float]]]:
    """What a line to another process and back takes on this machine now, in seconds."""
    pipes = asyncio.subprocess.PIPE
    process = await asyncio.create_subprocess_exec(sys.executable, "-c", ECHO, stdin=pipes, stdout=pipes)
    assert process.stdin is not None
    assert process.stdout is not None
    asking, answering = process.stdin, process.stdout

    async def took() -> AsyncIterator[float]:
        while True:
            began = perf_counter()
            asking.write(b"there and back\n")
            await answering.readline()
            yield perf_counter() - began

    try:
        yield took
    finally:
        asking.close()
        await process.wait()


def percentiles(took: list[float]) -> str:
    """Median and 99th percentile, in milliseconds."""
    took = sorted(took)
    return f"p50 {took[len(took) // 2] * 1000:.1f} ms, p99 {took[len(took) * 99 // 100] * 1000:.1f} ms"


async def heard(line: ClientConnection, ticket: str) -> float:
    """When a desk hears of a ticket."""
    while not any(each["ticket"] == ticket for each in json.loads(await line.recv())):
        pass
    return perf_counter()


async def calls(place: Town) -> None:
    """The calls that a desk makes, one by one, fifty a second, while fifty live lines are open."""
    caller, clock = await place.caller(1), SystemClock()
    tickets = place.library.tickets
    asked: dict[str, Callable[[int], tuple[str, str]]] = {
        "counts": lambda n: ("GET", "/views"),
        "50 rows": lambda n: ("GET", "/views/unanswered?count=50"),
        "thread": lambda n: ("GET", f"/tickets/{tickets[n % len(tickets)]}"),
        "claim": lambda n: ("PUT", f"/tickets/{tickets[1]}/claim"),
    }
    together, bare = [], []
    async with echo() as there_and_back:
        echoes = there_and_back()
        for name, call in asked.items():
            took, cpu = [], place.cpu()
            for n in range(ROUNDS):
                await clock.until(plus(clock.now(), PAUSE))
                began = perf_counter()
                await caller.ask(*call(n))
                took.append(perf_counter() - began)
                bare.append(await anext(echoes))
            together += took
            print(f"\n  {name:8} {percentiles(took)}; {(place.cpu() - cpu) / ROUNDS * 1000:.2f} ms CPU", end="")
    print(f"\n  all calls {percentiles(together)} (budget 20); an echo {percentiles(bare)}", end="")


async def changes(place: Town, lines: list[ClientConnection]) -> None:
    """From a note's request until the last of fifty desks has heard of it."""
    caller, clock = await place.caller(2), SystemClock()
    took = []
    for n in range(CHANGES):
        await clock.until(plus(clock.now(), PAUSE))
        ticket = place.library.tickets[n % len(place.library.tickets)]
        async with asyncio.TaskGroup() as group:
            waiting = [group.create_task(heard(line, ticket)) for line in lines]
            began = perf_counter()
            await caller.ask("POST", f"/tickets/{ticket}/notes", {"text": f"Note {n}"})
            took.append(max([await each for each in waiting]) - began)
    print(f"\n  a change on all {DESKS} desks: {percentiles(took)} (budget 100)", end="")


async def listening_on(lines: list[ClientConnection]) -> None:
    """What open desks do while others write."""

    async def listen(line: ClientConnection) -> None:
        async for _ in line:
            pass

    async with asyncio.TaskGroup() as group:
        for line in lines:
            group.create_task(listen(line))


class Rate(NamedTuple):
    """How many a second, and how many milliseconds of the server's CPU time each took."""

    each_second: float
    cpu: float

    def __str__(self) -> str:
        return f"{self.each_second:,.0f}/s ({self.cpu:.2f} ms CPU each)"


async def writes(place: Town) -> Rate:
    """Notes from many connections at a time; each is answered after its commit is on disk."""
    numbers: Iterator[int] = count()
    tickets = place.library.tickets
    callers = [await place.caller(n) for n in range(WRITERS)]

    async def write(caller: Caller) -> None:
        while (each := next(numbers)) < WRITES:
            await caller.ask("POST", f"/tickets/{tickets[each % len(tickets)]}/notes", {"text": f"Note {each}"})

    began, cpu = perf_counter(), place.cpu()
    async with asyncio.TaskGroup() as group:
        for caller in callers:
            group.create_task(write(caller))
    return Rate(WRITES / (perf_counter() - began), (place.cpu() - cpu) / WRITES * 1000)


def bare_commits(library: Filled) -> float:
    """Rows a second that the engine's own Python library inserts, each in a commit of its own, as durable as ours."""
    if library.urls is not None:
        with psycopg.connect(library.urls.store, autocommit=True) as connection:
            connection.execute("CREATE TABLE IF NOT EXISTS bare (id BIGINT PRIMARY KEY, text TEXT)")
            connection.execute("TRUNCATE bare")
            return _rate(lambda n: connection.execute("INSERT INTO bare VALUES (%s, 'A note')", (n,)))
    with closing(sqlite3.connect(library.folder / "bare.sqlite", isolation_level=None)) as file:
        file.execute("PRAGMA journal_mode = WAL")
        file.execute("PRAGMA synchronous = FULL")
        file.execute("DROP TABLE IF EXISTS bare")
        file.execute("CREATE TABLE bare (id INTEGER PRIMARY KEY, text TEXT)")
        return _rate(lambda n: file.execute("INSERT INTO bare VALUES (?, 'A note')", (n,)))


def _rate(commit: Callable[[int], object]) -> float:
    began = perf_counter()
    for n in range(COMMITS):
        commit(n)
    return COMMITS / (perf_counter() - began)


@pytest.mark.bench
async def test_the_api_with_fifty_desks_open(library: Filled) -> None:
    """One desk's calls; a change on every desk; writes as fast as they go, with and without desks that listen."""
    bare = await asyncio.to_thread(bare_commits, library)
    async with town(library) as place:
        print(f"\n{library.engine}, {library.count:,} tickets, {DESKS} desks open:", end="")
        lines = await place.desks()
        await calls(place)
        await changes(place, lines)
        async with asyncio.TaskGroup() as group:
            listeners = group.create_task(listening_on(lines))
            heard_by_all = await writes(place)
            listeners.cancel()
        for line in lines:
            await line.close()
        print(f"\n  durable writes, {WRITERS} at a time: {heard_by_all} with {DESKS} desks listening", end="")
        print(f", {await writes(place)} with none (budget 500/s)", end="")
        print(f"; bare commits of a row {bare:,.0f}/s: ratio {heard_by_all.each_second / bare:.2f}")
