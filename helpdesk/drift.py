"""Several servers on one database: one whose clock differs from the database's is told of, at every desk.

Leases, deadlines and the times of the log are by the servers' own clocks. Two servers that each keep within
:data:`LIMIT` of the database's clock are at most twice as much apart, and by so much a leader lays its work down before
its lease ends (``leading.MARGIN``): so none begins to lead by a fast clock while another one still does.

SQLite has one process and no clock to compare with: there nothing is ever told.
"""

from __future__ import annotations

from collections.abc import Callable

import structlog

from helpdesk.clock import MINUTE, SECOND, Clock, Instant, plus
from helpdesk.ports import Sql, Store
from helpdesk.store.verbs import notices

LIMIT = 2 * SECOND
"""A clock may differ by so much, in milliseconds. Where a time service runs it is a few of them."""

EVERY = MINUTE
"""How often the clocks are compared, in milliseconds."""

SHOWN = 5 * MINUTE
"""For so long a server that says nothing more is told of, in milliseconds: it has gone, or the database has."""

DIFFERS = (
    "The clock of {machine} is {seconds} seconds {way} the database's. Have both synchronised by NTP (chrony or"
    " systemd-timesyncd; look with timedatectl): times that this server writes are wrong by as much, and work that one"
    " server does at a time may be begun by two."
)

_log = structlog.get_logger()


class Drift:
    """Compares this server's clock with the database's. :meth:`look` is the step of a loop.

    ``machine``  the server's name, for who reads the notice
    ``tell``     hears how the clock is wrong, in a few words; "" where it is right
    """

    def __init__(self, store: Store, clock: Clock, machine: str, *, tell: Callable[[str], object]) -> None:
        self._store = store
        self._clock = clock
        self._machine = machine
        self._tell = tell
        self._told = ""

    async def look(self) -> None:
        """Compare, and tell where they begin or cease to differ. TryLater where the database does not answer."""
        before = self._clock.now()
        theirs = await self._store.database_time()
        if theirs is None:
            return
        off = difference(before, theirs, self._clock.now())
        words = self._words(off) if abs(off) > LIMIT else ""
        self._tell(f"this server's clock differs from the database's by {_seconds(off)} seconds" if words else "")
        await self._store.write(_tell, self._machine, words, theirs)
        if words and not self._told:
            _log.error("the clock differs", seconds=off // SECOND)
        self._told = words

    def _words(self, off: int) -> str:
        way = "ahead of" if off > 0 else "behind"
        return DIFFERS.format(machine=self._machine, seconds=_seconds(off), way=way)


def difference(before: Instant, theirs: Instant, after: Instant) -> int:
    """By how much our clock is certainly ahead of theirs (behind: below 0), in milliseconds.

    They told theirs somewhere between ``before`` and ``after`` of ours, so a slow answer never looks like a difference.
    """
    return max(0, before - theirs) or min(0, after - theirs)


def _seconds(off: int) -> int:
    return round(abs(off) / SECOND)


def _tell(sql: Sql, machine: str, words: str, now: Instant) -> None:
    """What stands at the desks from now on; of servers that have gone nothing."""
    if words:
        notices.raise_notice(sql, key_of(machine), "error", words, now)
    else:
        notices.clear_notice(sql, key_of(machine))
    notices.clear_older(sql, key_of(""), plus(now, -SHOWN))


def key_of(machine: str) -> str:
    """Under which the desks are told of a server's clock."""
    return f"clock:{machine}"
