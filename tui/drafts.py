"""What members have half written. Kept while the desk runs, per writer, ticket or incident, and kind."""

from __future__ import annotations

import secrets
from dataclasses import dataclass, field, replace
from typing import Literal

from helpdesk.clock import Instant
from helpdesk.message import Address, IncidentId, StaffId, TicketId
from helpdesk.noise.incidents import NoiseOutcome
from helpdesk.ticket import Then

Kind = Literal["reply", "note", "all", "outcome"]
"""To a patron, for colleagues, to all reporters of an incident, or to them as it ends."""

On = TicketId | IncidentId
"""What is written on."""

NEXT_THEN: dict[Then, Then] = {"open": "waiting", "waiting": "solved", "solved": "open"}


def _key() -> str:
    return secrets.token_hex(16)


@dataclass(frozen=True, slots=True, kw_only=True)
class Unsent:
    """A try to send that nobody answered: ``when``, and as what the ticket or incident of ``number`` was seen then."""

    when: Instant
    number: int
    version: int
    entries: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """One composition. ``key`` goes with every try to send it, so that two tries can't send it twice.

    ``unsent``  the latest try that nobody answered, None where there was none
    """

    kind: Kind
    text: str = ""
    then: Then = "open"
    include: tuple[Address, ...] = ()
    exclude: tuple[Address, ...] = ()
    outcome: NoiseOutcome | None = None
    key: str = field(default_factory=_key)
    unsent: Unsent | None = None

    def saying(self, text: str) -> Draft:
        """The draft with another text. After a try that nobody answered that is another message: it may be there."""
        if self.unsent is not None and text != self.text:
            return replace(self, text=text, key=_key())
        return replace(self, text=text)

    @property
    def empty(self) -> bool:
        """Whether there is nothing worth keeping."""
        return not self.text.strip()


class Drafts:
    """All drafts of this terminal."""

    def __init__(self) -> None:
        self._kept: dict[tuple[StaffId, On, Kind], Draft] = {}

    @property
    def count(self) -> int:
        """How many are kept."""
        return len(self._kept)

    def get(self, writer: StaffId, ticket: On, kind: Kind) -> Draft:
        """The draft that was begun, or a new one."""
        return self._kept.get((writer, ticket, kind)) or Draft(kind=kind)

    def keep(self, writer: StaffId, ticket: On, draft: Draft) -> None:
        """Keep a draft; an empty one is let go, but not an outcome that could not be sent: that may be wordless."""
        if draft.empty and not (draft.unsent and draft.kind == "outcome"):
            self.drop(writer, ticket, draft.kind)
        else:
            self._kept[writer, ticket, draft.kind] = draft

    def drop(self, writer: StaffId, ticket: On, kind: Kind) -> None:
        """It was sent."""
        self._kept.pop((writer, ticket, kind), None)

    def unsent(self, writer: StaffId) -> tuple[tuple[On, Draft], ...]:
        """What a writer tried to send while nobody answered, the earliest first."""
        tried = [(where, draft) for (who, where, _), draft in self._kept.items() if who == writer and draft.unsent]
        return tuple(sorted(tried, key=lambda each: each[1].unsent.when if each[1].unsent else 0))

    def tickets(self, writer: StaffId) -> frozenset[On]:
        """On which tickets and incidents a writer has begun something."""
        return frozenset(where for who, where, _ in self._kept if who == writer)

    def of(self, writer: StaffId, ticket: On) -> tuple[Draft, ...]:
        """What a writer has begun on a ticket."""
        return tuple(draft for (who, where, _), draft in self._kept.items() if (who, where) == (writer, ticket))


def next_then(draft: Draft) -> Draft:
    """The next choice of what becomes of the ticket."""
    return replace(draft, then=NEXT_THEN[draft.then])
