"""Who is signed in over a live line, and the moment at which they are no longer.

A live line takes an event from :meth:`Sessions.open`; it is set as soon as this server hears that the member was
disabled, that the token was revoked, or when the token has expired. Lines that are gone are forgotten by themselves.
"""

from __future__ import annotations

import asyncio
from collections.abc import Collection
from weakref import WeakKeyDictionary

from helpdesk.clock import Clock, Instant
from helpdesk.events import Kind, Seq
from helpdesk.message import StaffId
from helpdesk.ports import Sql, Store
from helpdesk.store.verbs import events, staff, tokens

ENDING = frozenset({Kind.STAFF_DISABLED, Kind.TOKEN_REVOKED})
"""Facts after which somebody may be signed in no longer."""

Session = tuple[StaffId, str]
"""A member, and the id of the token they came with ("" at the owner's socket)."""


class Sessions:
    """The sessions of one server. :meth:`check_due` is the step of a loop that hears of every change."""

    def __init__(self, store: Store, clock: Clock) -> None:
        self._store = store
        self._clock = clock
        self._open: WeakKeyDictionary[asyncio.Event, tuple[Session, Instant | None]] = WeakKeyDictionary()
        self._heard: Seq | None = None

    def open(self, member: StaffId, token: str = "", *, expires: Instant | None = None) -> asyncio.Event:
        """An event that is set once the member may ask no more by this token."""
        ended = asyncio.Event()
        self._open[ended] = ((member, token), expires)
        return ended

    @property
    def count(self) -> int:
        """How many are open, requests that are under way among them."""
        return len(self._open)

    async def check_due(self) -> Instant | None:
        """End what is over; returns when the next token expires."""
        now = self._clock.now()
        heard, ending = await self._store.read(_heard, self._heard)
        self._heard = heard
        if ending:
            sessions = {session for session, _ in self._open.values()}
            for session in await self._store.read(_over, sessions, now):
                self._end(session)
        for ended, (_, expires) in list(self._open.items()):
            if expires is not None and expires <= now:
                ended.set()
        later = [expires for _, expires in self._open.values() if expires is not None and expires > now]
        return min(later, default=None)

    def _end(self, over: Session) -> None:
        for ended, (session, _) in list(self._open.items()):
            if session == over:
                ended.set()


def _heard(sql: Sql, after: Seq | None) -> tuple[Seq, bool]:
    """How far the log goes, and whether anything behind ``after`` may end a session; None: nothing was heard yet."""
    last = events.last(sql)
    if after is None:
        return last, True
    named = ", ".join(f"'{kind}'" for kind in sorted(ENDING))
    rows = sql(
        "SELECT 1 FROM events WHERE library = :library AND seq > :after AND seq <= :last"
        f" AND kind IN ({named}) LIMIT 1",
        after=after,
        last=last,
    )
    return last, bool(rows)


def _over(sql: Sql, sessions: Collection[Session], now: Instant) -> list[Session]:
    """Those of whom the store says that they may ask no more."""
    return [session for session in sessions if _is_over(sql, *session, now)]


def _is_over(sql: Sql, member: StaffId, token: str, now: Instant) -> bool:
    if token:
        opening = tokens.opening(sql, token)
        return opening is None or bool(opening.why_not(now))
    found = staff.member(sql, member)
    return found is not None and found.disabled
