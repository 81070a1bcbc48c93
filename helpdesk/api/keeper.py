"""What another process may ask of the store's owner besides the desk: work on the store as a whole."""

from __future__ import annotations

from typing import Protocol


class Keeper(Protocol):
    """Looks after the store. Each call returns lines that say what was done."""

    async def publish(self) -> tuple[str, ...]:
        """Publish the calendars and standards as their files stand now; BadConfig where a file is wrong."""
        ...

    async def rebuild(self) -> tuple[str, ...]:
        """Make every projection (clocks, counts) again from the event log."""
        ...
