"""Who tries the same again and again leaves one row and a count, not a row for each try."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Hashable
from typing import Generic, TypeVar

from helpdesk.clock import Instant, plus

K = TypeVar("K", bound=Hashable)

MOST = 1_000
"""Of how many different things repeats are counted at a time; of further ones the oldest is forgotten."""


class Repeats(Generic[K]):
    """Counts how often each thing came since it was last told of. ``quiet`` is in milliseconds."""

    def __init__(self, quiet: int) -> None:
        self._quiet = quiet
        self._told: OrderedDict[K, tuple[Instant, int]] = OrderedDict()

    def came(self, what: K, now: Instant) -> int:
        """It came once more: how often since it was last told of, if it is to be told of now, else 0."""
        told, n = self._told.get(what, (None, 0))
        if told is not None and told <= now < plus(told, self._quiet):
            self._told[what] = (told, n + 1)
            return 0
        self._told[what] = (now, 0)
        self._told.move_to_end(what)
        if len(self._told) > MOST:
            self._told.popitem(last=False)
        return n + 1

    def over(self, now: Instant) -> list[tuple[K, int]]:
        """What came again and has been quiet for long enough, with how often; it is begun anew with its next."""
        done = [what for what, (told, _) in self._told.items() if not told <= now < plus(told, self._quiet)]
        return [(what, n) for what, (_, n) in ((what, self._told.pop(what)) for what in done) if n]
