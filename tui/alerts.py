"""When the desk rings: a patron came, or a deadline passed. Pure."""

from __future__ import annotations

from collections.abc import Iterable

from helpdesk.clock import SECOND, Instant
from helpdesk.events import PATRON, Kind
from helpdesk.sight import Told

QUIET = 5 * SECOND
"""The bell rings once in so long at most, in milliseconds of the wall clock."""

_RINGS = frozenset({Kind.OPENED, Kind.RECEIVED, Kind.LEFT})


class Bell:
    """Says whether to ring. ``on`` False keeps it silent."""

    def __init__(self, *, on: bool = True) -> None:
        self.on = on
        self._last = Instant(-QUIET)

    def rings(self, told: Iterable[Told], now: Instant) -> bool:
        """Whether these changes are worth a sound now."""
        heard = self.on and any(worth_ringing(each) for each in told)
        if not heard or now - self._last < QUIET:
            return False
        self._last = now
        return True


def worth_ringing(told: Told) -> bool:
    """A patron wrote or left, a standard was missed, or a reply came back."""
    return (told.actor == PATRON and told.kind in _RINGS) or told.kind in {Kind.BREACH_NOTICED, Kind.UNDELIVERABLE}
