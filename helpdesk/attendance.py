"""Whether somebody would answer a chat now: by the calendar, by what was closed by hand, and by who has room."""

from __future__ import annotations

from collections.abc import Callable
from enum import StrEnum

from helpdesk.clock import MINUTE, Clock, plus
from helpdesk.config import Settings
from helpdesk.message import Channel, ConversationId, LineId
from helpdesk.opening_again import opens
from helpdesk.ports import Store
from helpdesk.standards import Published
from helpdesk.store.verbs import duty

SIGN_OF_LIFE = 3 * MINUTE
"""How old a member's last sign of life may be for the chat to count as staffed, in milliseconds."""


class Availability(StrEnum):
    """Whether somebody would answer a chat now.

    ``BUSY``  somebody is there, and all who are have as many chats as they take at once
    """

    OPEN = "open"
    BUSY = "busy"
    CLOSED = "closed"
    NOBODY = "nobody"


class Attendance:
    """Says so of each chat page. ``is_open``: whether a line's calendar says that it is open now."""

    def __init__(
        self,
        *,
        store: Store,
        clock: Clock,
        settings: Settings,
        is_open: Callable[[LineId], bool],
        published: Callable[[], Published],
    ) -> None:
        self._store = store
        self._clock = clock
        self._settings = settings
        self._is_open = is_open
        self._published = published

    def refit(self, settings: Settings, is_open: Callable[[LineId], bool]) -> None:
        """Go by other settings from now on."""
        self._settings, self._is_open = settings, is_open

    async def availability(self, line: LineId) -> Availability:
        """Whether somebody would answer now."""
        if self.closed_until(line) or not self._is_open(line):
            return Availability.CLOSED
        now, most = self._clock.now(), self._settings.desk.chats_at_once
        there = await self._store.read(duty.on_chat, plus(now, -SIGN_OF_LIFE), now, most)
        if not there:
            return Availability.NOBODY
        return Availability.OPEN if any(each.room for each in there) else Availability.BUSY

    def closed_until(self, line: LineId) -> str:
        """When a chat that was closed by hand opens again, in words; "" where nobody closed it."""
        now = self._clock.now()
        found = self._published().closings.closed(Channel.CHAT, line, now)
        return opens(found.ends, now, self._settings.library.zone) if found else ""

    async def place(self, conversation: ConversationId) -> int:
        """A visitor's place among those who wait for somebody: 1 is next; 0 where they don't wait."""
        return await self._store.read(duty.place, conversation, self._clock.now())
