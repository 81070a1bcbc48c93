"""The reference adapter: a channel without a wire, which keeps every promise of the ports.

It is what ``simulate`` and the tests use where no wire is under test, and what the contract suite measures the
others against. What comes in goes through the same door; what goes out lands in :attr:`Loopback.sent`.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass

from helpdesk.clock import SECOND, Clock, plus
from helpdesk.errors import HelpdeskError, Unclear
from helpdesk.message import Channel, Delivery, DeliveryReport, Inbound, Outbound, OutboxId, Receipt, Sent
from helpdesk.ports import Door


@dataclass(frozen=True, slots=True, kw_only=True)
class _Mishap:
    error: HelpdeskError
    taken: bool


class Loopback:
    """One channel, in memory. ``seconds``: how long each hand-over takes on the clock."""

    def __init__(self, channel: Channel, door: Door, clock: Clock, *, seconds: float = 0.0) -> None:
        self.channel = channel
        self.sent: list[Outbound] = []
        """What reached the other side, in order; a message that was handed over twice stands here twice."""
        self.seconds = seconds
        self._door = door
        self._clock = clock
        self.erased: list[str] = []
        """The ids of what the other side was told to delete, and did."""
        self._mishaps: deque[_Mishap] = deque()
        self._held: deque[HelpdeskError | None] = deque()

    async def arrives(self, inbound: Inbound) -> Receipt:
        """A patron's message comes in; returns only once it is stored, and raises what the door raises."""
        return await self._door.receive(inbound)

    def fails(self, *errors: HelpdeskError, taken: bool = False) -> None:
        """Let the next hand-overs fail, in order. ``taken``: the message went out all the same (for Unclear)."""
        self._mishaps.extend(_Mishap(error=error, taken=taken) for error in errors)

    async def send(self, message: Outbound) -> Sent:
        """Hand a message over, or fail as scripted."""
        if self.seconds:
            await self._clock.until(plus(self._clock.now(), round(self.seconds * SECOND)))
        mishap = self._mishaps.popleft() if self._mishaps else None
        if mishap is None or mishap.taken:
            self.sent.append(message)
        if mishap is not None:
            raise mishap.error
        return self._as_sent(len(self.sent) - 1)

    async def find(self, message: Outbound) -> tuple[Sent, ...]:
        """What went out under this message's id; a mail channel can't look, so it raises Unclear."""
        if self.channel is Channel.MAIL:
            raise Unclear("A relay can't be asked what it took: the mail goes again under the same id.")
        return tuple(self._as_sent(place) for place, sent in enumerate(self.sent) if sent.id == message.id)

    def holds(self, *errors: HelpdeskError | None) -> None:
        """Let the next deletions fail, in order; None: not final yet."""
        self._held.extend(errors)

    async def erase(self, provider_id: str, account: str) -> bool:
        """Delete something on the other side, or fail as scripted."""
        if self._held:
            if (error := self._held.popleft()) is not None:
                raise error
            return False
        self.erased.append(provider_id)
        return True

    async def reports(
        self, outbox: OutboxId, status: Delivery = Delivery.DELIVERED, *, code: str = "", reason: str = ""
    ) -> None:
        """The other side tells how far a message came; may be called late, twice and in any order."""
        await self._door.report(DeliveryReport(outbox=outbox, status=status, code=code, reason=reason))

    def _as_sent(self, place: int) -> Sent:
        return Sent(provider_id=f"loopback-{place + 1}")
