"""What staff have begun to write and not sent: kept for whoever writes it, and shown to nobody else."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from helpdesk.clock import Instant
from helpdesk.message import Address
from helpdesk.noise.incidents import NoiseOutcome
from helpdesk.ticket import Then

DraftKind = Literal["reply", "note", "all", "outcome"]
"""To a patron, for colleagues, to all reporters of an incident, or to them as it ends."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Tried:
    """A try to send it that nobody answered: ``when``, and as what the ticket or incident was seen then."""

    when: Instant
    version: int
    entries: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """A composition as it stands.

    ``then``   what becomes of the ticket, ``outcome`` of the noise
    ``include``, ``exclude``  who of the strangers on the ticket gets it, who does not
    ``key``    goes with every try to send it, so that none sends it twice
    ``tried``  the latest try that nobody answered, None where there was none
    """

    text: str
    then: Then = "open"
    include: tuple[Address, ...] = ()
    exclude: tuple[Address, ...] = ()
    outcome: NoiseOutcome | None = None
    key: str = ""
    tried: Tried | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptDraft:
    """A draft in the store. ``on``: the id of the ticket or incident of ``number``; ``kept``: when it was last kept."""

    on: str
    kind: DraftKind
    number: int
    kept: Instant
    written: Written
