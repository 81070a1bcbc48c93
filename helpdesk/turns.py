"""A few things of a kind that one caller at a time may use, handed out in the order in which they were asked for."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from typing import Generic, TypeVar

T = TypeVar("T")


class Turns(Generic[T]):
    """Hands them out; whoever asks again and again waits behind those who asked before.

    (An ``asyncio.Queue`` of them would not do: whoever gives one back and asks at once has it again, however long
    others have waited.)
    """

    def __init__(self, things: Iterable[T]) -> None:
        self._free = list(things)
        self._turn = asyncio.Semaphore(len(self._free))

    @asynccontextmanager
    async def one(self) -> AsyncIterator[T]:
        """One of them, for as long as the block lasts. The last given back is the first to be used again."""
        async with self._turn:
            thing = self._free.pop()
            try:
                yield thing
            finally:
                self._free.append(thing)
