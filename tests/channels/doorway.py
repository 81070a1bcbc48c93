"""A door that remembers: what a channel's test needs of intake, in memory."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field

from helpdesk.clock import Instant
from helpdesk.errors import HelpdeskError, TryLater
from helpdesk.message import (
    Channel,
    DeliveryReport,
    EntryId,
    Envelope,
    Inbound,
    LineId,
    Receipt,
    TicketId,
)


@dataclass
class Doorway:
    """Meets the Door port. ``shut``: every call raises TryLater; ``refuses``: what receive raises for a text."""

    received: list[Inbound] = field(default_factory=list)
    quarantined: list[tuple[LineId, str, int, str]] = field(default_factory=list)
    reports: list[DeliveryReport] = field(default_factory=list)
    refused: list[tuple[Channel, LineId | None, str]] = field(default_factory=list)
    cursors: dict[str, Instant] = field(default_factory=dict)
    duplicates: int = 0
    shut: bool = False
    refuses: dict[str, HelpdeskError | ZeroDivisionError] = field(default_factory=dict)
    _known: set[tuple[str, str, str]] = field(default_factory=set)
    _reported: asyncio.Event = field(default_factory=asyncio.Event)

    def _open(self) -> None:
        if self.shut:
            raise TryLater("The store is full.", retry_after=30)

    def _again(self, account: str, external_id: str, digest: str) -> bool:
        key = (account, external_id, digest)
        again = key in self._known
        self._known.add(key)
        self.duplicates += again
        return again

    async def receive(self, inbound: Inbound) -> Receipt:
        """Remember a message once."""
        self._open()
        if inbound.text in self.refuses:
            raise self.refuses[inbound.text]
        again = self._again(inbound.account, inbound.external_id, inbound.digest)
        if not again:
            self.received.append(inbound)
        return Receipt(ticket=TicketId("t"), entry=EntryId("e"), duplicate=again)

    async def keep(self, envelope: Envelope) -> Receipt:
        """No mail comes through here."""
        raise NotImplementedError

    async def report(self, report: DeliveryReport) -> None:
        """Remember a report."""
        self._open()
        self.reports.append(report)
        self._reported.set()

    async def hears(self, count: int) -> None:
        """Wait until ``count`` reports have come in all."""
        async with asyncio.timeout(30):
            while len(self.reports) < count:
                self._reported.clear()
                await self._reported.wait()

    async def turned_away(self, channel: Channel, line: LineId | None, reason: str) -> None:
        """Remember a refusal."""
        self.refused.append((channel, line, reason))

    async def quarantine(
        self, channel: Channel, line: LineId, external_id: str, digest: str, size: int, reason: str
    ) -> Receipt:
        """Remember a trace once."""
        self._open()
        again = self._again("", external_id, digest)
        if not again:
            self.quarantined.append((line, external_id, size, reason))
        return Receipt(ticket=TicketId("q"), entry=None, duplicate=again, quarantined=True)

    async def cursor(self, name: str) -> Instant | None:
        """A remembered cursor."""
        self._open()
        return self.cursors.get(name)

    async def move_cursor(self, name: str, when: Instant) -> None:
        """Remember a cursor."""
        self._open()
        self.cursors[name] = when

    @property
    def texts(self) -> list[str]:
        """The words received, in order."""
        return [inbound.text for inbound in self.received]
