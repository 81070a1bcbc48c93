"""A service manager, as far as it listens: what its services tell it, over a real datagram socket."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

PATIENCE = 30
"""Seconds that a test waits for what must be told."""


class Manager:
    """It reads what comes as it comes, as systemd does. ``heard``: every message, as it came."""

    def __init__(self, bound: socket.socket, address: str) -> None:
        self.address = address
        self.heard: list[str] = []
        self._bound = bound
        self._news = asyncio.Event()
        self._read = 0

    def reads(self) -> None:
        """Take one message."""
        self.heard.append(self._bound.recv(4096).decode())
        self._news.set()

    async def hears(self, wanted: str) -> dict[str, str]:
        """The next message with ``wanted`` in it; those before it are passed over."""
        async with asyncio.timeout(PATIENCE):
            while True:
                while self._read < len(self.heard):
                    self._read += 1
                    if wanted in (told := self.heard[self._read - 1]):
                        return dict(line.split("=", 1) for line in told.split("\n"))
                self._news.clear()
                await self._news.wait()


@asynccontextmanager
async def listening_manager(folder: Path) -> AsyncIterator[Manager]:
    """It listens in ``folder`` while the block lasts."""
    address, loop = str(folder / "notify"), asyncio.get_running_loop()
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as bound:
        bound.setblocking(False)
        bound.bind(address)
        manager = Manager(bound, address)
        loop.add_reader(bound.fileno(), manager.reads)
        try:
            yield manager
        finally:
            loop.remove_reader(bound.fileno())
