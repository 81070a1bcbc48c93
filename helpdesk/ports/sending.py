"""The seam to replies that wait before they go out: what waits, and taking it back."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from helpdesk.clock import Instant
from helpdesk.message import Address, IncidentId, OutboxId, StaffId, TicketId
from helpdesk.noise.incidents import NoiseOutcome
from helpdesk.ticket import Then


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """A reply that has not gone out yet, or one text to many: what is taken back in one go.

    ``act``       its id; ``actor``: who wrote it
    ``ticket``    where it was written, ``number`` what staff call that; of a text to many the first of its tickets
    ``incident``  the noise that it was written about, to all who told of it; None elsewhere
    ``goes``      when it goes out
    ``texts``     to how many
    """

    act: OutboxId
    actor: StaffId
    ticket: TicketId
    number: int
    incident: IncidentId | None
    goes: Instant
    texts: int


@dataclass(frozen=True, slots=True, kw_only=True)
class TakenBack:
    """What was taken back, as its writer had written it: it can be put right and sent again, under a new key.

    ``then``     what was to become of the ticket
    ``include``  whom the writer had chosen to include of those who wrote unasked, ``exclude``: whom not
    ``outcome``  what came of the noise that it told of and ended; None elsewhere
    """

    act: OutboxId
    ticket: TicketId
    number: int
    incident: IncidentId | None
    text: str
    then: Then
    include: tuple[Address, ...] = ()
    exclude: tuple[Address, ...] = ()
    outcome: NoiseOutcome | None = None


class Sending(Protocol):
    """Replies on their way out. A reply is stored as it is sent; it waits a few seconds for second thoughts."""

    async def held(self, actor: StaffId) -> tuple[Held, ...]:
        """What waits, of all members, the soonest first."""
        ...

    async def take_back(self, actor: StaffId, act: OutboxId) -> TakenBack:
        """It was never sent: its entry goes, its ticket and clocks are as they would be without it.

        A text to many is taken back from all; what it ended goes on. Refused once it goes out, and to anybody but its
        writer.
        """
        ...
