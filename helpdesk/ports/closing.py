"""The seam to closing by hand: a fire alarm, a burst pipe, nobody at the desk for half an hour."""

from __future__ import annotations

from typing import Protocol

from helpdesk.clock import Instant
from helpdesk.events import Seq
from helpdesk.message import StaffId
from helpdesk.standards import Closing


class ClosingDesk(Protocol):
    """Closes and opens lines. Each is one act: page, automatic texts, opening hours, clocks and promises follow."""

    async def current(self, actor: StaffId) -> tuple[Closing, ...]:
        """What is closed by hand now, the earliest first."""
        ...

    async def close(self, actor: StaffId, what: str, until: Instant, why: str) -> Closing:
        """Close a channel ("chat"), a line by its id, or "all", from now until a time to come, with a reason.

        Whoever works may close for 24 hours, a lead for 31 days. NotFound names what can be closed.
        """
        ...

    async def open(self, actor: StaffId, closing: Seq, *, undo: bool = False) -> Closing:
        """End a closing now; with ``undo`` take it back, as if it had never been. Returns it as it was."""
        ...
