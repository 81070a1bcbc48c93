"""The machine's clock is set forward or back while the help desk runs: the desk is told, for its times count by it.

Nothing stops for it: what repeats goes on, what waits is looked at again. A clock that is merely wrong is found by the
daily probes, one that differs from other servers' by the database.
"""

from __future__ import annotations

from collections.abc import Callable

import structlog

from helpdesk.clock import DAY, HOUR, MINUTE, SECOND, Clock, Instant, uptime
from helpdesk.hours.moments import length_text
from helpdesk.ports import Sql, Store
from helpdesk.store.verbs import notices

LEAST = MINUTE
"""From so much on a jump is told of, in milliseconds: time services put less right every day."""

SHOWN = DAY
"""How long it is shown, in milliseconds; a clock that is put right again takes it away at once."""

JUMPED = (
    "The clock of {} was set {} by {}. Look whether it is right now (timedatectl): times since then count by it, and"
    " a lead can correct those that are wrong."
)

_log = structlog.get_logger()


class Jumps:
    """Compares the clock with the time that has passed since the machine started, which nobody sets.

    ``machine`` is its name; ``passed`` tells the seconds since some moment, the machine's sleep among them.
    """

    def __init__(self, store: Store, clock: Clock, machine: str, *, passed: Callable[[], float] = uptime) -> None:
        self._store = store
        self._clock = clock
        self._machine = machine
        self._passed = passed
        self._before = clock.now(), passed()
        self._off = 0
        self._tidied = Instant(0)

    async def look(self) -> None:
        """Tell of a jump since the last look; a store that can't be written hears of it with the next."""
        now, passed = self._clock.now(), self._passed()
        then, had_passed = self._before
        by = now - then - round((passed - had_passed) * SECOND)
        if abs(by) >= LEAST:
            off = self._off + by
            await self._store.write(_tell, self._machine, self._words(off), now)
            _log.warning("the clock jumped", seconds=by // SECOND)
            self._off = off
        elif not 0 <= now - self._tidied < HOUR:
            await self._store.write(_forget_old, self._machine, now)
            self._tidied = now
        self._before = now, passed

    def _words(self, off: int) -> str:
        """What the desk is told of a clock that is off by so many milliseconds; "" where it is right again."""
        if abs(off) < LEAST:
            return ""
        return JUMPED.format(
            self._machine, "forward" if off > 0 else "back", length_text(round(abs(off) / MINUTE) * MINUTE)
        )


def key_of(machine: str) -> str:
    """Under which the desk is told of a machine's clock."""
    return f"jumped:{machine}"


def _tell(sql: Sql, machine: str, words: str, now: Instant) -> None:
    if words:
        notices.raise_notice(sql, key_of(machine), "warning", words, now)
    else:
        notices.clear_notice(sql, key_of(machine))


def _forget_old(sql: Sql, machine: str, now: Instant) -> None:
    latest = notices.latest(sql, key_of(machine))
    if latest is not None and not 0 <= now - latest < SHOWN:
        notices.clear_notice(sql, key_of(machine))
