"""Lines that were closed for a while by hand: a fire alarm, a burst pipe, a strike of the network.

A closing lies over the published calendars and changes none of them: it is a fact of the log, as a reply is. What it
does to a clock follows from when it was, and from nothing else:

- A clock that runs in opening hours **stands still** while its line is closed, as one does that waits for the patron,
  if it could still keep its promise when the closing began. What was late already runs on; so does what runs by the
  clock on the wall, as it does at night.
- What comes in while its line is closed is **set apart**, as in days for which a promise is suspended: it counts in
  neither met nor missed, and reports show both figures.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from helpdesk.clock import Instant
from helpdesk.events import Seq
from helpdesk.message import Channel, LineId


@dataclass(frozen=True, slots=True, kw_only=True)
class Closing:
    """A channel, a line or all of them, closed from ``begins`` up to, not including, ``ends``.

    ``seq``             its event, by which it is named
    ``channel``, ``line``  what is closed: a line by its id, or all lines of a channel; both "" for everything
    ``ends``            as it was said, or when it was opened again earlier
    ``planned``         as it was said
    ``reason``          why, "" where it was erased
    """

    seq: Seq
    channel: str = ""
    line: str = ""
    begins: Instant
    ends: Instant
    planned: Instant
    reason: str = ""
    by: str = ""
    noted: Instant

    def covers(self, channel: str, line: str) -> bool:
        """Whether a line of a channel is closed by it."""
        return self.line in ("", line) and self.channel in ("", channel)

    def holds(self, when: Instant) -> bool:
        """Whether it goes on at a moment."""
        return self.begins <= when < self.ends

    @property
    def what(self) -> str:
        """What is closed, in one word: a line's id, a channel, or "all"."""
        return self.line or self.channel or "all"


class Closings:
    """Every closing that counts, in the order of their beginnings; it does not change."""

    def __init__(self, closings: Iterable[Closing] = ()) -> None:
        self.every = tuple(sorted(closings, key=lambda each: (each.begins, each.seq)))
        self._of: dict[tuple[str, str], tuple[Closing, ...]] = {}

    def of(self, channel: Channel, line: LineId) -> tuple[Closing, ...]:
        """Those of one line, the earliest first."""
        if not self.every:
            return ()
        found = self._of.get((channel, line))
        if found is None:
            found = tuple(each for each in self.every if each.covers(channel, line))
            self._of[channel, line] = found
        return found

    def closed(self, channel: Channel, line: LineId, when: Instant) -> Closing | None:
        """By what a line is closed at a moment: of several the one that ends last. None where it is not."""
        holding = [each for each in self.of(channel, line) if each.holds(when)]
        return max(holding, key=lambda each: each.ends, default=None)

    def going_on(self, when: Instant) -> tuple[Closing, ...]:
        """Those that hold at a moment."""
        return tuple(each for each in self.every if each.holds(when))


def came_in(closings: Sequence[Closing], when: Instant) -> bool:
    """Whether any of these held when something came in."""
    return any(each.holds(when) for each in closings)
