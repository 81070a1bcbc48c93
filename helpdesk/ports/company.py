"""The seam to who is where: members at the same ticket see each other before they write. Nothing of it is stored."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, Protocol

from helpdesk.message import StaffId, TicketId

Doing = Literal["reads", "writes"]
"""What a member does on a ticket."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Near:
    """A member with a ticket before them."""

    staff: StaffId
    ticket: TicketId
    doing: Doing


class Company(Protocol):
    """Where members are now. Who says nothing more is nowhere after half a minute."""

    async def at(self, actor: StaffId, ticket: str = "", doing: Doing = "reads") -> tuple[Near, ...]:
        """Say which ticket one has open ("" for none), every few seconds; all others who have one open, by name."""
        ...
