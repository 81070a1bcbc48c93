"""How far a long task has come, and how it is stopped. No Textual: the full screen and line mode share it.

Whoever works on something long has a :class:`Meter` and says how far they have come; whoever shows it owns the line
in which it stands (``screens.metered`` for a screen, ``line.progress`` for line mode)::

    meter = Meter("Solving", len(tickets), stops="stops after this one")
    with self.metering(meter):
        for each in tickets:
            if meter.stopping:
                break
            await solve(each)
            meter.done += 1

What can't be counted is one call: ``await meter.unless_stopped(desk.search(actor, words))`` gives None where it was
stopped. Nothing shows for the first :data:`AFTER` seconds: most tasks are over by then.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import TypeVar

from helpdesk.clock import stopwatch
from helpdesk.errors import TryLater
from tui.plain import width
from tui.words import Line, Tone

AFTER = 0.3
"""A task that is over within so many seconds is not shown."""

BAR = 20
"""How wide a bar is, in cells."""

T = TypeVar("T")


class Stopped(TryLater):
    """The reader stopped it; what is left can be done later. The words say how far it came."""


class Meter:
    """How far one task has come.

    ``doing``  what goes on: "Solving"
    ``total``  how many there are, 0 for what can't be counted; ``done`` of them are done
    ``stops``  what esc does, behind its key: "stops after this one"; "" for what can't be stopped
    ``acts``   something is changed, so that esc stops it before it shows, too
    """

    def __init__(
        self,
        doing: str,
        total: int = 0,
        *,
        stops: str = "stops",
        acts: bool = False,
        seconds: Callable[[], float] | None = None,
    ) -> None:
        self.doing, self.total, self.stops, self.acts = doing, total, stops, acts
        self.done = 0
        self.stopping = False
        self._seconds = seconds or stopwatch()
        self._scope: asyncio.Timeout | None = None

    @property
    def seconds(self) -> float:
        """For how long it has gone on."""
        return self._seconds()

    @property
    def shows(self) -> bool:
        """Whether it takes long enough to be shown."""
        return self.seconds >= AFTER

    def begin(self, doing: str, total: int) -> None:
        """Begin to count, from none."""
        self.doing, self.total, self.done, self.stopping = doing, total, 0, False
        self._seconds = stopwatch()

    def stop(self) -> None:
        """Stop: after the step at hand, or at once where it is one call."""
        if not self.stops or self.stopping:
            return
        self.stopping = True
        if self._scope is not None:
            self._scope.reschedule(asyncio.get_running_loop().time())

    async def unless_stopped(self, doing: Awaitable[T]) -> T | None:
        """What a call returns, None where it was stopped before it did."""
        try:
            async with asyncio.timeout(None) as self._scope:
                return await doing
        except TimeoutError:
            if not self.stopping:
                raise
            return None
        finally:
            self._scope = None


def share(meter: Meter) -> int:
    """How much of it is done, in whole per cent; 100 only when all is."""
    return 100 * meter.done // max(meter.total, 1)


def progress_words(meter: Meter) -> str:
    """ "Solving 17 of 40, 42 %"; what can't be counted says how long it takes: "Searching, 4 s"."""
    if meter.total:
        return f"{meter.doing} {meter.done} of {meter.total}, {share(meter)} %"
    return f"{meter.doing}, {int(meter.seconds)} s" if meter.seconds >= 1 else f"{meter.doing} …"


def progress_line(meter: Meter, key: str, cells: int) -> Line:
    """The words, a bar where it can be counted, and how to stop; what has no room goes, the bar first.

    ``key`` stops it.
    """
    words, how = f" {progress_words(meter)} ", _how(meter, key)
    bar = BAR if meter.total and width(words) + BAR + width(how) <= cells else 0
    how = how if width(words) + width(how) <= cells else ""
    full = bar * meter.done // max(meter.total, 1)
    return ((words, Tone.ACCENT), ("█" * full, Tone.ACCENT), ("░" * (bar - full), Tone.FAINT), (how, Tone.DIM))


def _how(meter: Meter, key: str) -> str:
    if not meter.stops:
        return ""
    return "   stopping …" if meter.stopping else f"   {key} {meter.stops}"
