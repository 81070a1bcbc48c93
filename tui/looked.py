"""Which tickets changed since a member last looked at them: what the list marks. Pure.

It is heard from the desk's changes and kept as long as the desk is open. It is stored nowhere: a table of who looked at
what, and when, would watch staff, and that a patron waits is kept with the ticket anyway.
"""

from __future__ import annotations

from collections.abc import Iterable

from helpdesk.events import Kind
from helpdesk.message import StaffId, TicketId
from helpdesk.sight import Told

SIGN = "*"
"""What stands before a row that changed."""

KEPT = 5_000
"""How many marks are kept, the latest: nobody looks at more in a day."""

MARKING = frozenset({
    Kind.OPENED, Kind.RECEIVED, Kind.QUARANTINED, Kind.ASSIGNED, Kind.NOTED, Kind.REPLIED, Kind.UNSENT, Kind.ATTENDED,
    Kind.UNDELIVERABLE, Kind.PAUSED, Kind.RESUMED, Kind.SNOOZED, Kind.WOKEN, Kind.SOLVED, Kind.REOPENED, Kind.SPAM,
    Kind.NOT_SPAM, Kind.LEFT, Kind.LINKED, Kind.MERGED, Kind.TAGGED, Kind.SORTED, Kind.PROMISED, Kind.CORRECTED,
    Kind.PLACED, Kind.JOINED, Kind.PARTED, Kind.CONCERN, Kind.ESCALATED, Kind.OPTED_OUT, Kind.OPTED_IN, Kind.MUTED,
    Kind.UNMUTED, Kind.SET_APART, Kind.PUT_BACK,
})  # fmt: skip
"""What marks a ticket. That a colleague holds it for a while stands in its row; how a reply travels, in its thread."""


class Looked:
    """What changed since one member last looked: ``changed`` is read by every row that is drawn, so it is made once."""

    def __init__(self) -> None:
        self._marks: dict[TicketId, None] = {}
        self.changed: frozenset[TicketId] = frozenset()

    def hear(self, told: Iterable[Told], me: StaffId) -> None:
        """Changes: what others did marks a ticket, and so does what nobody did; one's own doing does not."""
        heard = [each.ticket for each in told if each.ticket and each.actor != me and each.kind in MARKING]
        if heard:
            self.mark(heard)

    def mark(self, tickets: Iterable[TicketId]) -> None:
        """These changed."""
        for ticket in tickets:
            self._marks.pop(ticket, None)
            self._marks[ticket] = None
        for oldest in list(self._marks)[:-KEPT]:
            del self._marks[oldest]
        self.changed = frozenset(self._marks)

    def at(self, tickets: Iterable[TicketId]) -> tuple[TicketId, ...]:
        """The member looks at these now: which of them were marked, in the order in which they changed."""
        looked_at = set(tickets)
        were = tuple(each for each in self._marks if each in looked_at)
        for each in were:
            del self._marks[each]
        if were:
            self.changed = frozenset(self._marks)
        return were
