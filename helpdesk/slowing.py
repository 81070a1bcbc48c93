"""Whoever guesses waits, longer with each try: bad tokens by address, wrong PINs by member.

Addresses stay in memory: they are counted and written nowhere.
"""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import Hashable
from contextlib import AbstractAsyncContextManager, nullcontext
from dataclasses import dataclass
from typing import TypeVar
from weakref import WeakValueDictionary

from helpdesk.clock import MINUTE, SECOND, Clock, Instant, plus

K = TypeVar("K", bound=Hashable)
V = TypeVar("V")

FREE = 3
"""So many slips cost nothing: a token that was pasted badly, a PIN that was mistyped."""

LONGEST = MINUTE
"""The longest wait, in milliseconds."""

FORGIVEN = 10 * MINUTE
"""After so long without a slip an address or a member begins anew, in milliseconds."""

MOST = 4_096
"""Of how many addresses tries are counted, and how many good tokens are known again; the oldest go first."""


@dataclass(frozen=True, slots=True)
class _Tries:
    n: int
    latest: Instant


class Slowing:
    """Counts slips by who made them. ``bad`` is their number so far: a figure to be watched."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._tries: OrderedDict[str, _Tries] = OrderedDict()
        self._good: OrderedDict[bytes, None] = OrderedDict()
        self._turns: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()
        self.bad = 0

    def wait(self, peer: str) -> float:
        """How many seconds an address or a member has to wait before another slip is answered; 0 for none."""
        tries = self._tries.get(peer)
        if tries is None:
            return 0
        now = self._clock.now()
        until = plus(tries.latest, _delay(tries.n))
        if not tries.latest <= now < plus(tries.latest, FORGIVEN):
            del self._tries[peer]
            return 0
        return max(0, until - now) / SECOND

    def turn(self, peer: str, hashed: bytes) -> AbstractAsyncContextManager[None]:
        """Held while a token is looked up. From an address that has to wait they are looked up one after the other.

        So many guesses at once are no more work than one at a time. A token that was good before needs no turn: a
        campus may sit behind one address, and who guesses there delays nobody who works.
        """
        if hashed in self._good or not self.wait(peer):
            return nullcontext()
        return self._turns.setdefault(peer, asyncio.Lock())

    def was_bad(self, peer: str) -> None:
        """An address showed a token that nobody was given."""
        self.bad += 1
        before = self._tries.get(peer)
        self._tries[peer] = _Tries(1 if before is None else before.n + 1, self._clock.now())
        _bounded(self._tries, peer)

    def was_early(self) -> None:
        """One was shown before its time. It counts, and the wait is as long as it was said to be."""
        self.bad += 1

    def was_good(self, hashed: bytes) -> None:
        """A token, by its hash, lets somebody in: it is known again."""
        self._good[hashed] = None
        _bounded(self._good, hashed)

    def is_good_no_more(self, hashed: bytes) -> None:
        """A token lets nobody in any longer."""
        self._good.pop(hashed, None)


def _delay(n: int) -> int:
    return 0 if n < FREE else min(SECOND << min(n - FREE, 10), LONGEST)


def _bounded(kept: OrderedDict[K, V], newest: K) -> None:
    kept.move_to_end(newest)
    if len(kept) > MOST:
        kept.popitem(last=False)
