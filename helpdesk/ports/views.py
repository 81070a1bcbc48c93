"""The seam to views that staff made: queries with a name, what they list, and what is next in them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

from helpdesk.message import StaffId, TicketId
from helpdesk.worklist import Anchor, Row

CAP = 1000
"""How far a saved view is counted for its tab."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SavedView:
    """A query with a name.

    ``digit``   the digit that opens it in place of a fixed view, "" for none
    ``shared``  whether the library shares it; else it is its member's own
    ``count``   how many tickets stand in it, up to :data:`CAP`
    ``whole``   whether all were looked at: if not, there may be more
    """

    name: str
    query: str
    digit: str = ""
    shared: bool = False
    count: int = 0
    whole: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Listing:
    """Rows ``start`` to ``start + len(rows)`` of the ``total`` that a query lists, as far as it was counted.

    ``whole``    whether all tickets were looked at: if not, more may come below, and ``total`` grows on the way there
    ``anchors``  the sort keys of the first and the last row: hand the nearer one back for the next page. None where
                 words are looked for: what they find is listed from its top, and below it comes no more
    """

    start: int
    rows: tuple[Row, ...]
    total: int
    whole: bool = True
    anchors: tuple[Anchor, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Ahead:
    """An unanswered ticket of a list, ``steps`` rows from where one stood: down, or up where it is negative."""

    row: Row
    steps: int


class Views(Protocol):
    """What a desk can do with queries and the views that are made of them. A query that can't be read is Refused."""

    async def saved(self, actor: StaffId) -> tuple[SavedView, ...]:
        """The library's shared views, then the actor's own, by name, each with its count."""
        ...

    async def rows(
        self, actor: StaffId, query: str, *, start: int = 0, count: int = 50, near: Anchor | None = None
    ) -> Listing:
        """What a query lists: what is to be worked on by urgency, what is over by its latest change."""
        ...

    async def ahead(
        self, actor: StaffId, query: str, *, ticket: TicketId | None = None, back: bool = False
    ) -> Ahead | None:
        """The next unanswered ticket in a query's list after ``ticket`` (None: from the top), or ``back`` before it."""
        ...

    async def known(self, actor: StaffId) -> Mapping[str, tuple[str, ...]]:
        """The tags, kinds and sites of the newest tickets, the commonest first, by the field that takes them."""
        ...

    async def keep(self, actor: StaffId, name: str, query: str, *, digit: str = "", was: str = "") -> SavedView:
        """Save a view of one's own; one of this name is replaced, the one called ``was`` is renamed.

        ``digit`` opens it ("" for none): whichever of one's own had it has none then.
        """
        ...

    async def drop(self, actor: StaffId, name: str) -> None:
        """Drop a view of one's own. NotFound where there is none."""
        ...

    async def share(self, actor: StaffId, name: str, query: str, *, digit: str = "", was: str = "") -> SavedView:
        """Save a view for all of the library, as :meth:`keep` does for oneself."""
        ...

    async def withdraw(self, actor: StaffId, name: str) -> None:
        """Drop a view of the library's. NotFound where there is none."""
        ...
