"""Queries and saved views, on the store of this process. See :class:`helpdesk.ports.views.Views`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from helpdesk.clock import Clock
from helpdesk.errors import Refused
from helpdesk.message import StaffId, TicketId
from helpdesk.ports import Sql, Store
from helpdesk.ports.views import Ahead, Listing, SavedView
from helpdesk.queries import NotAQuery, Query, read, written
from helpdesk.store.verbs import listing, saved_views
from helpdesk.store.verbs.sifting import Asker, sift
from helpdesk.wording import plain
from helpdesk.worklist import Anchor

LONGEST_NAME = 24
"""The most letters of a view's name: it stands in a tab."""

MOST_ROWS = 500
"""How many rows one call shows."""

DIGITS = frozenset("1234567890")


class LocalViews:
    """Queries and saved views on this process's own store; days are those of ``zone``."""

    def __init__(self, *, store: Store, clock: Clock, zone: str) -> None:
        self._store = store
        self._clock = clock
        self._zone = zone

    def _asker(self, actor: StaffId) -> Asker:
        return Asker(actor=actor, now=self._clock.now(), zone=self._zone)

    async def saved(self, actor: StaffId) -> tuple[SavedView, ...]:
        """The library's shared views, then the actor's own, by name, each with its count."""
        return await self._store.read(_counted, self._asker(actor))

    async def rows(
        self, actor: StaffId, query: str, *, start: int = 0, count: int = 50, near: Anchor | None = None
    ) -> Listing:
        """What a query lists."""
        sifted = sift(_understood(query), self._asker(actor))
        return await self._store.read(listing.listed, sifted, start, max(0, min(count, MOST_ROWS)), near)

    async def ahead(
        self, actor: StaffId, query: str, *, ticket: TicketId | None = None, back: bool = False
    ) -> Ahead | None:
        """The next unanswered ticket in a query's list after ``ticket``, or ``back`` before it."""
        sifted = sift(_understood(query), self._asker(actor))
        return await self._store.read(listing.ahead, sifted, ticket, back=back)

    async def known(self, actor: StaffId) -> Mapping[str, tuple[str, ...]]:
        """The tags, kinds and sites of the newest tickets."""
        return await self._store.read(listing.known)

    async def keep(self, actor: StaffId, name: str, query: str, *, digit: str = "", was: str = "") -> SavedView:
        """Save a view of one's own."""
        view = _fit(name, query, digit, shared=False)
        return await self._store.write(saved_views.keep, actor, view, was, self._clock.now())

    async def drop(self, actor: StaffId, name: str) -> None:
        """Drop a view of one's own."""
        await self._store.write(saved_views.drop, actor, name)

    async def share(self, actor: StaffId, name: str, query: str, *, digit: str = "", was: str = "") -> SavedView:
        """Save a view for all of the library."""
        view = _fit(name, query, digit, shared=True)
        return await self._store.write(saved_views.keep, saved_views.LIBRARY, view, was, self._clock.now())

    async def withdraw(self, actor: StaffId, name: str) -> None:
        """Drop a view of the library's."""
        await self._store.write(saved_views.drop, saved_views.LIBRARY, name)


def _counted(sql: Sql, asker: Asker) -> tuple[SavedView, ...]:
    """All of a member's views with their counts; one that can't be read any more lists nothing."""
    found = []
    for view in saved_views.of(sql, asker.actor):
        try:
            count, whole = listing.counted(sql, sift(read(view.query), asker))
        except NotAQuery:
            count, whole = 0, False
        found.append(replace(view, count=count, whole=whole))
    return tuple(found)


def _understood(query: str) -> Query:
    try:
        return read(query)
    except NotAQuery as error:
        raise Refused(str(error)) from None


def _fit(name: str, query: str, digit: str, *, shared: bool) -> SavedView:
    """A view as it may be kept. Refused where its name, its key or its query is none."""
    name = " ".join(plain(name).split())
    if not name or len(name) > LONGEST_NAME:
        raise Refused(f"Give the view a name of 1 to {LONGEST_NAME} letters.")
    if digit and digit not in DIGITS:
        raise Refused("A view's key is a digit, 1 to 9 or 0; leave it out for none.")
    return SavedView(name=name, query=written(_understood(query)), digit=digit, shared=shared)
