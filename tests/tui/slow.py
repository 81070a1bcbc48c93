"""A desk on which a call takes as long as the test says."""

from __future__ import annotations

import asyncio
from typing import Any


class Slow:
    """A desk, or a part of it, on which one call waits until the test lets it go on; all else goes to the real one.

    ``call``: its name, "" for none. ``free``: so many of them go through at once.
    """

    reports: Any

    def __init__(self, desk: object, call: str = "", free: int = 0) -> None:
        self._desk = desk
        self.holds(call, free)

    def holds(self, call: str, free: int = 0) -> None:
        """From now on this call waits."""
        self._call, self._free = call, free
        self.goes_on = asyncio.Event()

    def __getattr__(self, name: str) -> Any:
        found = getattr(self._desk, name)
        if name != self._call:
            return found

        async def waits(*args: object, **kwargs: object) -> object:
            self._free -= 1
            if self._free < 0:
                await self.goes_on.wait()
            return await found(*args, **kwargs)

        return waits
