"""The API over loopback HTTP, with tokens, fifty desks open: calls, changes, durable writes.

Budgets: a desk call within 20 ms (p99), a change on all fifty desks within 100 ms (p99), 500 durable writes a second.
The server is a process of its own, its callers are this one: two cores. ``HELPDESK_BENCH_TICKETS`` says how many
tickets there are (100,000 unless told otherwise). Prints; asserts no time. Run by ``make bench``.
"""

from __future__ import annotations

import asyncio
import json
import os
import sys
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AsyncExitStack, asynccontextmanager
from itertools import count
from pathlib import Path
from time import perf_counter

import pytest
from websockets.asyncio.client import ClientConnection, connect

from helpdesk.api.routes import LIVE, ROOT
from helpdesk.clock import SystemClock, plus
from tests.bench.api_house import DESKS, Filled, filled

TICKETS = int(os.environ.get("HELPDESK_BENCH_TICKETS", "100000"))
ROUNDS = 400
CHANGES = 200
PAUSE = 20
"""Between calls, in milliseconds: fifty a second, as fifty busy desks make."""

WRITERS = 64
WRITES = 4_000


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


class Office:
    """The server's process, and whoever calls it."""

    def __init__(self, url: str, library: Filled, stack: AsyncExitStack) -> None:
        self.library = library
        self._url = url
        self._stack = stack

    async def caller(self, n: int) -> Caller:
        """Another connection of a member's."""
        host, port = self._url.removeprefix("http://").split(":")
        reader, writer = await asyncio.open_connection(host, int(port))
        self._stack.callback(writer.close)
        return Caller(reader, writer, self.library.tokens[n % DESKS])

    async def desks(self) -> list[ClientConnection]:
        """Fifty open desks' live lines, up to date."""
        seq = json.loads(await (await self.caller(0)).ask("GET", "/hello"))["seq"]
        lines = []
        for token in self.library.tokens:
            where = f"ws{self._url.removeprefix('http')}{LIVE}?after={seq}"
            line = connect(where, additional_headers={"Authorization": f"Bearer {token}"}, proxy=None)
            lines.append(await self._stack.enter_async_context(line))
        return lines


@asynccontextmanager
async def office(folder: Path) -> AsyncIterator[Office]:
    """A library of many tickets that is served by another process."""
    library = await filled(folder, TICKETS)
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "tests.bench.api_house", str(folder)),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
    )
    assert process.stdout is not None
    assert process.stdin is not None
    try:
        url = json.loads(await process.stdout.readline())["url"]
        async with AsyncExitStack() as stack:
            yield Office(url, library, stack)
    finally:
        process.stdin.close()
        await process.wait()


def percentiles(took: list[float]) -> tuple[float, float]:
    """Median and 99th percentile, in milliseconds."""
    took = sorted(took)
    return took[len(took) // 2] * 1000, took[len(took) * 99 // 100] * 1000


async def heard(line: ClientConnection, ticket: str) -> float:
    """When a desk hears of a ticket."""
    while not any(each["ticket"] == ticket for each in json.loads(await line.recv())):
        pass
    return perf_counter()


async def calls(place: Office) -> None:
    """The calls that a desk makes, one by one, fifty a second, while fifty live lines are open."""
    caller, clock = await place.caller(1), SystemClock()
    tickets = place.library.tickets
    asked: dict[str, Callable[[int], tuple[str, str]]] = {
        "counts": lambda n: ("GET", "/views"),
        "50 rows": lambda n: ("GET", "/views/unanswered?count=50"),
        "thread": lambda n: ("GET", f"/tickets/{tickets[n % len(tickets)]}"),
        "claim": lambda n: ("PUT", f"/tickets/{tickets[1]}/claim"),
    }
    together = []
    for name, call in asked.items():
        took = []
        for n in range(ROUNDS):
            await clock.until(plus(clock.now(), PAUSE))
            began = perf_counter()
            await caller.ask(*call(n))
            took.append(perf_counter() - began)
        together += took
        p50, p99 = percentiles(took)
        print(f"\n{name:8} p50 {p50:.1f} ms, p99 {p99:.1f} ms", end="")
    p50, p99 = percentiles(together)
    print(f"\nall calls p50 {p50:.1f} ms, p99 {p99:.1f} ms (budget 20), {DESKS} desks open, {TICKETS:,} tickets")


async def changes(place: Office, lines: list[ClientConnection]) -> None:
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
    p50, p99 = percentiles(took)
    print(f"\na change on all {DESKS} desks: p50 {p50:.1f} ms, p99 {p99:.1f} ms (budget 100)", end="")


async def listening_on(lines: list[ClientConnection]) -> None:
    """What open desks do while others write."""

    async def listen(line: ClientConnection) -> None:
        async for _ in line:
            pass

    async with asyncio.TaskGroup() as group:
        for line in lines:
            group.create_task(listen(line))


async def writes(place: Office, words: str) -> None:
    """Notes from many connections at a time; each is answered after its commit is on disk."""
    numbers: Iterator[int] = count()
    tickets = place.library.tickets

    async def write(n: int) -> None:
        caller = await place.caller(n)
        while (each := next(numbers)) < WRITES:
            await caller.ask("POST", f"/tickets/{tickets[each % len(tickets)]}/notes", {"text": f"Note {each}"})

    began = perf_counter()
    async with asyncio.TaskGroup() as group:
        for n in range(WRITERS):
            group.create_task(write(n))
    print(
        f"\ndurable writes, {WRITERS} at a time{words}: {WRITES / (perf_counter() - began):,.0f}/s (budget 500)", end=""
    )


@pytest.mark.bench
async def test_the_api_with_fifty_desks_open(tmp_path: Path) -> None:
    """One desk's calls; a change on every desk; writes as fast as they go, with and without desks that listen."""
    async with office(tmp_path) as place:
        lines = await place.desks()
        await calls(place)
        await changes(place, lines)
        async with asyncio.TaskGroup() as group:
            listeners = group.create_task(listening_on(lines))
            await writes(place, f", {DESKS} desks listening")
            listeners.cancel()
        for line in lines:
            await line.close()
        await writes(place, ", nobody listening")
