"""The seam to who is on: on which channel, with how many chats."""

from __future__ import annotations

from typing import Protocol

from helpdesk.message import StaffId
from helpdesk.sight import OnDuty, OwnChat


class Duty(Protocol):
    """Who is at the desk, and how many chats each takes at once."""

    async def now(self, actor: StaffId) -> tuple[OnDuty, ...]:
        """Members who gave a sign of life in the last minutes, by name."""
        ...

    async def chats(self, actor: StaffId) -> tuple[OwnChat, ...]:
        """One's own open chats: what is new in each, and whose visitor is writing."""
        ...

    async def take_at_once(self, actor: StaffId, chats: int) -> int:
        """Take so many chats at once, 1 to 12, for now; 0 for as many as everybody. Returns how many that is.

        Who has as many gets no further chat by ``take_next``, until one ends or is given away.
        """
        ...
