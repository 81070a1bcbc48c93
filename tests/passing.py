"""How time passes in a town of :mod:`tests.conversation`: from one thing that is due to the next."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest

from helpdesk.clock import DAY, HOUR, MINUTE, SECOND, Instant, ManualClock, plus

if TYPE_CHECKING:
    from tests.conversation import Town


@contextmanager
def rarely_swept() -> Iterator[None]:
    """For libraries that live through weeks of which hardly an hour leaves anything to sweep."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("helpdesk.watch.SWEEP", 8 * HOUR)
        yield


@dataclass(eq=False)
class Time:
    """The clock of the town."""

    clock: ManualClock
    town: Town

    @property
    def now(self) -> Instant:
        """The present moment."""
        return self.clock.now()

    async def passes(self, *, days: float = 0, hours: float = 0, minutes: float = 0, seconds: float = 0) -> None:
        """Go on to a later moment, stopping wherever the watch or the outbox asked to be woken."""
        end = plus(self.now, round(days * DAY + hours * HOUR + minutes * MINUTE + seconds * SECOND))
        await self.comes(end)

    async def comes(self, end: Instant) -> None:
        """As :meth:`passes`, to a given moment."""
        while (due := await self.town.settles()) is not None and due <= end:
            self.clock.move_to(max(due, self.now))
        self.clock.move_to(end)
        await self.town.settles()
