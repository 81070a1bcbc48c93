"""The seam to probes: messages to ourselves by every line, which show that it is alive."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Protocol

from helpdesk.clock import Instant
from helpdesk.message import Channel, LineId, OutboxId, StaffId


class ProbeState(StrEnum):
    """How far a probe has come."""

    WANTED = "wanted"
    """It is to be sent."""
    SENDING = "sending"
    SENT = "sent"
    """It is on its way back."""
    PASSED = "passed"
    FAILED = "failed"

    @property
    def over(self) -> bool:
        """Whether nothing more is waited for."""
        return self in {ProbeState.PASSED, ProbeState.FAILED}


@dataclass(frozen=True, slots=True, kw_only=True)
class Probe:
    """One probe of one line.

    ``id``     of this probe: later ones sort behind it
    ``daily``  whether it went by itself
    ``texts``  whether a text may be sent for it; else a text line's account is looked at
    ``until``  when it has failed if it has not come back
    ``sent``   when it was taken in hand, ``came`` when it was back; None where it was not, or not yet
    ``said``   what came of it, in words: what it shows, or what is wrong and what to do
    ``warning`` what is not right though it came back; ``said`` holds it, too
    """

    id: str
    line: LineId
    channel: Channel
    state: ProbeState
    begun: Instant
    until: Instant
    daily: bool = False
    texts: bool = False
    sent: Instant | None = None
    came: Instant | None = None
    said: str = ""
    warning: str = ""

    @property
    def took(self) -> int | None:
        """From sending to arrival, in milliseconds; None where it did not arrive."""
        return None if self.came is None or self.sent is None else max(0, self.came - self.sent)


class Probes(Protocol):
    """Begins probes and says how they went."""

    async def latest(self, actor: StaffId) -> tuple[Probe, ...]:
        """The latest probe of each line that was ever probed, by line."""
        ...

    async def begin(self, actor: StaffId, *, lines: tuple[str, ...] = (), texts: bool = True) -> tuple[Probe, ...]:
        """Probe these lines now, or all; :meth:`latest` says how it goes on. ``texts``: one may be sent, which costs.

        NotFound for a line that is not in the settings. A line whose probe is still under way is not probed again.
        """
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Errand:
    """A probe in hand of whoever sends it.

    ``text``    what it says, its token included
    ``outbox``  the id that comes back in the carrier's callbacks, or as the Message-ID
    """

    line: LineId
    text: str = field(repr=False)
    outbox: OutboxId
    created: Instant
    texts: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Reached:
    """What came of sending a probe.

    ``shows``     what it shows if it comes back, in words: "came by the relay and was read"
    ``missing``   what to look at if it does not
    ``warning``   what is not right though it may come back: a clock that is wrong
    ``segments``  texts that were paid for, 0 for none
    """

    shows: str
    missing: str
    warning: str = ""
    segments: int = 0
    by: LineId | None = None


class Prober(Protocol):
    """Sends probes by one channel."""

    async def send(self, errand: Errand) -> Reached:
        """Send a probe to one of our own lines. A HelpdeskError that says what to do where it can't be sent."""
        ...


Probers = Mapping[Channel, Prober]
