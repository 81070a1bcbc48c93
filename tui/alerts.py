"""When the desk rings: a patron came, somebody may be in danger, or a deadline passed. Pure."""

from __future__ import annotations

from collections.abc import Iterable

from helpdesk.clock import SECOND, Instant
from helpdesk.events import PATRON, Kind
from helpdesk.sight import Told

QUIET = 5 * SECOND
"""The bell rings once in so long at most, in milliseconds of the wall clock."""

_RINGS = frozenset({Kind.OPENED, Kind.RECEIVED, Kind.LEFT})
_ALWAYS = frozenset({Kind.BREACH_NOTICED, Kind.UNDELIVERABLE, Kind.CONCERN, Kind.ESCALATED})


class Bell:
    """Says whether to ring. ``on`` False keeps it silent."""

    def __init__(self, *, on: bool = True) -> None:
        self.on = on
        self._last = Instant(-QUIET)

    def rings(self, told: Iterable[Told], now: Instant) -> bool:
        """Whether these changes are worth a sound now; danger is, whatever rang a moment ago."""
        kinds = {each.kind for each in told if worth_ringing(each)} if self.on else set()
        if not kinds or (now - self._last < QUIET and Kind.CONCERN not in kinds):
            return False
        self._last = now
        return True


def worth_ringing(told: Told) -> bool:
    """A patron wrote or left, somebody may be in danger, a standard was missed, or a reply came back."""
    return (told.actor == PATRON and told.kind in _RINGS) or told.kind in _ALWAYS
