"""Pages of a list that is read out: from which known row the next one is read, and a row as its ticket is now."""

from __future__ import annotations

from helpdesk.ticket import Ticket
from helpdesk.worklist import Anchor, Row

DEEP = 1000
"""From which row on a page is read from a row that is known, and not from the top."""


class Known:
    """The rows of a list whose place is known, of the page that was read last."""

    def __init__(self) -> None:
        self._query = ""
        self._anchors: tuple[Anchor, ...] = ()

    def near(self, query: str, start: int) -> Anchor | None:
        """The one to read from; None near the top, and where another query was listed."""
        if start < DEEP or query != self._query:
            return None
        return min(self._anchors, key=lambda each: abs(each.index - start), default=None)

    def keep(self, query: str, anchors: tuple[Anchor, ...]) -> None:
        """A page of that query was read."""
        self._query, self._anchors = query, anchors


def replaced(row: Row, ticket: Ticket) -> Row:
    """A row as its ticket is now."""
    names = [name for name in Row.__dataclass_fields__ if name != "missed"]
    return Row(missed=row.missed, **{name: getattr(ticket, name) for name in names})
