"""Whether contacts come to this member: what they chose, and whether they are at the desk. No Textual."""

from __future__ import annotations

import asyncio

from helpdesk.clock import MINUTE, Clock
from helpdesk.errors import HelpdeskError
from tui.roles import works
from tui.sitting import CHANNELS, Sitting


class Presence:
    """Counts idle time by the wall clock: a member is away after ``away``, the desk locks after ``lock`` minutes.

    ``wanted``  whether they chose to be available; ``takes``: for which channels
    """

    def __init__(self, wall: Clock, *, away: int, lock: int) -> None:
        self._wall = wall
        self._away = away * MINUTE
        self._lock = lock * MINUTE
        self._touched = wall.now()
        self._turn = asyncio.Lock()
        self.begin()

    def begin(self) -> None:
        """Somebody sits down: all contacts come to them until they say otherwise."""
        self.wanted = True
        self.takes = set(CHANNELS)

    def touched(self) -> None:
        """A key was pressed."""
        self._touched = self._wall.now()

    @property
    def _idle(self) -> int:
        return self._wall.now() - self._touched

    @property
    def available(self) -> bool:
        """Whether contacts come to the member now."""
        return self.wanted and not (self._away and self._idle >= self._away)

    @property
    def must_lock(self) -> bool:
        """Whether the desk has been idle for too long."""
        return bool(self._lock) and self._idle >= self._lock

    async def tell(self, sitting: Sitting) -> None:
        """A sign of life for every channel, one after the other: the last one told is how it is.

        A desk that can't be reached hears it the next time.
        """
        async with self._turn:
            sitting.available = available = self.available and works(sitting.role)
            if not works(sitting.role):  # who answers nothing is neither available nor away
                return
            try:
                for channel in CHANNELS:
                    await sitting.desk.set_presence(sitting.actor, channel, available and channel in self.takes)
            except (HelpdeskError, OSError):
                return

    async def leave(self, sitting: Sitting) -> None:
        """No contacts come to the member any more, whatever beats meanwhile."""
        self.wanted = False
        await self.tell(sitting)
