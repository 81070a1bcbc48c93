"""Whether the house works: it gives a sign of life every few seconds, and says what is missing.

A sign of life is a row that is really written, and a look into the key store. A store that answers "no" (its disk is
full) is not ready but alive: a restart would not help it. One that does not answer at all hangs, as does a loop that
does not come out of a pass: then the watchdog may end the process.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass

from helpdesk.clock import MINUTE, SECOND, Clock, Instant, plus, stopwatch
from helpdesk.errors import HelpdeskError
from helpdesk.loops import Troubles
from helpdesk.meters import Meters
from helpdesk.ports import Keys, Store
from helpdesk.store.verbs import notices

EVERY = 5 * SECOND
"""How often a sign of life is given, in milliseconds."""

PULSE = SECOND
"""How often the event loop's lag is felt, in milliseconds."""

LATE_SECONDS = 30
"""After so long without an answer the store, or the key store, hangs."""

STUCK = 10 * MINUTE
"""A pass of a loop that takes longer hangs, in milliseconds."""

CURSOR = "sign_of_life"
"""The row that is written."""


@dataclass(frozen=True, slots=True)
class Check:
    """One thing that must be well. ``why`` it is not, "" where it is: without texts, names or addresses."""

    name: str
    why: str = ""

    @property
    def ok(self) -> bool:
        """Whether it is well."""
        return not self.why


class _Part:
    """Something that must answer: when it last did, and whether it said no."""

    def __init__(self) -> None:
        self.since = stopwatch()
        self.refused = False

    async def ask(self, question: Awaitable[object]) -> None:
        """Ask; an answer of either kind is a sign of life."""
        try:
            await question
        except HelpdeskError:
            self.refused = True
        else:
            self.refused = False
        self.since = stopwatch()

    @property
    def hangs(self) -> bool:
        """Whether there was no answer for too long."""
        return self.since() > LATE_SECONDS


class Readiness:
    """Signs of life of one house.

    Steps of loops, each of its own: :meth:`sign` and :meth:`look` every :data:`EVERY`, :meth:`feel` at each pulse.
    """

    def __init__(self, store: Store, keys: Keys, troubles: Troubles, clock: Clock, meters: Meters) -> None:
        self._store = store
        self._keys = keys
        self._troubles = troubles
        self._clock = clock
        self._meters = meters
        self._written = _Part()
        self._opened = _Part()
        self._turned: Callable[[], float] | None = None
        self._clock_trouble = ""

    def clock_differs(self, why: str) -> None:
        """This server's clock is wrong, or ("") right again. Other servers may be no better off: a trouble."""
        self._clock_trouble = why

    async def sign(self) -> None:
        """Write."""
        await self._written.ask(self._store.write(notices.move_cursor, CURSOR, self._clock.now()))

    async def look(self) -> None:
        """Look into the key store, however long the store takes."""
        await self._opened.ask(self._keys.conversations(before=Instant(0)))

    async def feel(self) -> None:
        """How late this step comes is how busy the event loop is. To be called :data:`PULSE` after it returned."""
        if self._turned is not None:
            self._meters.lags.took(max(0.0, self._turned() - PULSE / SECOND))
        self._turned = stopwatch()

    def checks(self) -> tuple[Check, ...]:
        """Everything that must be well, in a fixed order."""
        return (
            Check("store", self._store_trouble()),
            Check("keys", self._keys_trouble()),
            Check("loops", self._stuck()),
            Check("trouble", "; ".join(filter(None, (self._clock_trouble, self._failing())))),
        )

    def alive(self) -> bool:
        """Whether everything still turns, well or not: what the watchdog is told."""
        return not (self._written.hangs or self._opened.hangs or self._stuck())

    def _failing(self) -> str:
        return _listed("fails and is tried again", self._troubles.now)

    def _store_trouble(self) -> str:
        if self._store.trouble:  # in words of ours; it is over with the next commit, whosever that is
            return self._store.trouble
        return _silence(self._written, "the store")

    def _keys_trouble(self) -> str:
        if self._opened.refused:
            return "the key store refuses just now"
        return _silence(self._opened, "the key store")

    def _stuck(self) -> str:
        limit = plus(self._clock.now(), -STUCK)
        hanging = [name for name, since in self._troubles.passing.items() if since < limit]
        return _listed("does not come to an end", hanging)


def _silence(part: _Part, name: str) -> str:
    return f"{name} has not answered for {part.since():.0f} seconds" if part.hangs else ""


def _listed(what: str, names: Iterable[str]) -> str:
    found = ", ".join(sorted(names))
    return f"{found}: {what}" if found else ""
