"""The seam to what other systems read: every ticket and every fact by cursor, what is published, and the figures."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any, Literal, Protocol

from helpdesk.clock import Instant
from helpdesk.events import Event, Seq
from helpdesk.message import Channel, StaffId
from helpdesk.ticket import State, Ticket

BEGINNING = Seq(0)
"""Before the log's first event."""

Grouping = Literal[
    "month", "week", "quarter", "term", "sconul", "year", "channel", "standard", "site", "hour", "weekday"
]  # fmt: skip
"""What the rows of a report are, as ``helpdesk report --by`` names them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TicketPage:
    """Some tickets, the newest first.

    ``next``  the cursor of the page after it, "" where there is none. A page may hold fewer than were asked for, even
    none, and still have a next one: a call looks at so many tickets and no more.
    """

    tickets: tuple[Ticket, ...]
    next: str


@dataclass(frozen=True, slots=True, kw_only=True)
class EventPage:
    """Some facts of the log, in order. ``next``: hand it over as ``after``, now or when something has happened."""

    events: tuple[Event, ...]
    next: Seq


@dataclass(frozen=True, slots=True, kw_only=True)
class PublishedText:
    """A calendar or a standard as it was published.

    ``published``  since when it counts
    ``digest``     SHA-256 of its text, in hex: what reports name it by
    ``text``       as it was frozen: JSON, with its opening hours or its limit
    ``in_force``   whether it is the latest of its name
    """

    name: str
    published: Instant
    digest: str
    text: str
    in_force: bool


class Records(Protocol):
    """What other systems want, and the terminal does not. Nothing here changes anything."""

    async def tickets(
        self,
        actor: StaffId,
        *,
        cursor: str = "",
        limit: int = 50,
        state: State | None = None,
        channel: Channel | None = None,
        line: str = "",
        site: str = "",
        updated_since: Instant | None = None,
    ) -> TicketPage:
        """All tickets, the newest first, ``limit`` (1 to 200) at a time; those that come meanwhile shift nothing."""
        ...

    async def events(self, actor: StaffId, *, after: Seq = BEGINNING, limit: int = 200) -> EventPage:
        """The facts of the log after ``after``, in order, ``limit`` (1 to 500) at a time: ids, enums and numbers."""
        ...

    async def standards(self, actor: StaffId) -> tuple[PublishedText, ...]:
        """Every standard that was ever published, by name, the latest first."""
        ...

    async def calendars(self, actor: StaffId) -> tuple[PublishedText, ...]:
        """Every calendar that was ever published, by name, the latest first."""
        ...

    async def report(
        self,
        actor: StaffId,
        *,
        begin: date | None = None,
        end: date | None = None,
        by: Grouping = "month",
        as_of: Instant | None = None,
    ) -> dict[str, Any]:
        """Timeliness from ``begin`` up to, not including, ``end``: what `helpdesk report --format json` prints.

        Misses are counted and not listed: why one was missed is in its ticket.
        """
        ...
