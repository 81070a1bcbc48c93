"""A balancer before several servers: one port to the outside, and behind it whichever server still answers."""

from __future__ import annotations

import asyncio
from asyncio import StreamReader, StreamWriter
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, suppress

CHUNK = 65_536


class Front:
    """Hands each connection to one of ``ports``, all on loopback.

    ``taking_turns``  each new connection goes to the next server; else to the same one for as long as it answers
    """

    def __init__(self, ports: Sequence[int], *, first: int = 0, taking_turns: bool = False) -> None:
        self._ports = ports
        self._at = first
        self._taking_turns = taking_turns
        self._open: set[StreamWriter] = set()

    @asynccontextmanager
    async def listening(self, port: int) -> AsyncIterator[None]:
        """Take connections on ``port`` until the block ends; then all of them are closed."""
        server = await asyncio.start_server(self._hand_over, "127.0.0.1", port)
        try:
            yield
        finally:
            server.close()
            for writer in list(self._open):
                writer.transport.abort()
            await server.wait_closed()

    async def _hand_over(self, reader: StreamReader, writer: StreamWriter) -> None:
        self._open.add(writer)
        try:
            if (behind := await self._connected()) is not None:
                self._open.add(behind[1])
                try:
                    await _until_either_ends((reader, behind[1]), (behind[0], writer))
                finally:
                    self._open.discard(behind[1])
                    behind[1].transport.abort()
        finally:
            self._open.discard(writer)
            writer.transport.abort()

    async def _connected(self) -> tuple[StreamReader, StreamWriter] | None:
        """A connection to the server whose turn it is, or to the next one that answers; None where none does."""
        if self._taking_turns:
            self._at += 1
        for _ in self._ports:
            with suppress(OSError):
                return await asyncio.open_connection("127.0.0.1", self._ports[self._at % len(self._ports)])
            self._at += 1
        return None


async def _until_either_ends(*ways: tuple[StreamReader, StreamWriter]) -> None:
    async with asyncio.TaskGroup() as group:
        tasks = [group.create_task(_carry(*way)) for way in ways]
        await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        for task in tasks:
            task.cancel()


async def _carry(reader: StreamReader, writer: StreamWriter) -> None:
    """Pass on all that comes, until no more does."""
    with suppress(OSError):
        while some := await reader.read(CHUNK):
            writer.write(some)
            await writer.drain()
        await writer.drain()
        if writer.can_write_eof():
            writer.write_eof()
