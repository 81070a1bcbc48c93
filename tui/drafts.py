"""What members have half written, by writer, ticket or incident, and kind: here at once, soon in the store."""

from __future__ import annotations

import secrets
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import TypeVar

from helpdesk.clock import Instant
from helpdesk.drafts import DraftKind, KeptDraft, Tried, Written
from helpdesk.errors import KeyUsed, Stale
from helpdesk.message import Address, IncidentId, StaffId, TicketId
from helpdesk.noise.incidents import NoiseOutcome
from helpdesk.ticket import Then

Kind = DraftKind
"""To a patron, for colleagues, to all reporters of an incident, or to them as it ends."""

On = TicketId | IncidentId
"""What is written on."""

T = TypeVar("T")

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
            return replace(self, text=text).anew()
        return replace(self, text=text)

    def anew(self) -> Draft:
        """The same as another message."""
        return replace(self, key=_key())

    @property
    def empty(self) -> bool:
        """Whether there is nothing worth keeping."""
        return not self.text.strip()


class SentElsewhere(Stale):
    """Another text of this draft was sent, at another desk of the writer's: what stands here needs a key of its own."""


async def once(sending: Awaitable[T]) -> T:
    """What sending a draft returns; SentElsewhere where another text of it was sent."""
    try:
        return await sending
    except KeyUsed:
        raise SentElsewhere("You sent another message from this draft already, at another desk.") from None


Slot = tuple[StaffId, On, Kind]
"""Whose draft it is, on what, and what it is to be."""


def _nobody_hears() -> None:
    """Where no store keeps them."""


class Drafts:
    """All drafts of this terminal. ``changed`` is called when the store has one no longer as it stands here."""

    def __init__(self) -> None:
        self._kept: dict[Slot, Draft] = {}
        self._stored: set[Slot] = set()
        self._ahead: dict[Slot, None] = {}
        self.changed: Callable[[], None] = _nobody_hears

    @property
    def count(self) -> int:
        """How many are kept."""
        return len(self._kept)

    @property
    def unstored(self) -> int:
        """How many would be lost with this terminal."""
        return sum(slot in self._kept for slot in self._ahead)

    def get(self, writer: StaffId, ticket: On, kind: Kind) -> Draft:
        """The draft that was begun, or a new one."""
        return self._kept.get((writer, ticket, kind)) or Draft(kind=kind)

    def keep(self, writer: StaffId, ticket: On, draft: Draft) -> None:
        """Keep a draft; an empty one is let go, but not an outcome that could not be sent: that may be wordless."""
        slot = (writer, ticket, draft.kind)
        if draft.empty and not (draft.unsent and draft.kind == "outcome"):
            self.drop(*slot)
        else:
            before, self._kept[slot] = self._kept.get(slot), draft
            if before != draft:
                self._goes_ahead(slot)

    def drop(self, writer: StaffId, ticket: On, kind: Kind) -> None:
        """It was sent, or let go."""
        slot = (writer, ticket, kind)
        self._kept.pop(slot, None)
        if slot in self._stored or slot in self._ahead:
            self._goes_ahead(slot)

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

    # What the store has

    def _goes_ahead(self, slot: Slot) -> None:
        self._ahead[slot] = None
        self.changed()

    def ahead(self) -> tuple[tuple[Slot, Draft | None], ...]:
        """What the store has not as it stands here, the first that was changed first; None where it is gone here."""
        return tuple((slot, self._kept.get(slot)) for slot in self._ahead)

    def settled(self, slot: Slot, draft: Draft | None, *, stored: bool) -> None:
        """The store has heard of a draft as it was then; ``stored``: it has it now."""
        (self._stored.add if stored else self._stored.discard)(slot)
        if self._kept.get(slot) == draft:
            self._ahead.pop(slot, None)

    def take(self, writer: StaffId, found: Sequence[KeptDraft]) -> None:
        """What the store has of a writer's. What was changed here since goes before it."""
        there: dict[Slot, KeptDraft] = {(writer, TicketId(each.on), each.kind): each for each in found}
        for slot in [each for each in self._stored if each[0] == writer and each not in there]:
            self._stored.discard(slot)
            if slot not in self._ahead:
                self._kept.pop(slot, None)
        for slot, each in there.items():
            self._stored.add(slot)
            if slot not in self._ahead and written(self._kept.get(slot)) != each.written:
                self._kept[slot] = begun(each)


def written(draft: Draft | None) -> Written | None:
    """A draft as the store keeps it."""
    if draft is None:
        return None
    tried = draft.unsent
    return Written(
        text=draft.text,
        then=draft.then,
        include=draft.include,
        exclude=draft.exclude,
        outcome=draft.outcome,
        key=draft.key,
        tried=Tried(when=tried.when, version=tried.version, entries=tried.entries) if tried is not None else None,
    )


def begun(kept: KeptDraft) -> Draft:
    """A draft as the store kept it."""
    found, tried = kept.written, kept.written.tried
    unsent = None
    if tried is not None:
        unsent = Unsent(when=tried.when, number=kept.number, version=tried.version, entries=tried.entries)
    return Draft(
        kind=kept.kind,
        text=found.text,
        then=found.then,
        include=found.include,
        exclude=found.exclude,
        outcome=found.outcome,
        key=found.key or _key(),
        unsent=unsent,
    )


def next_then(draft: Draft) -> Draft:
    """The next choice of what becomes of the ticket."""
    return replace(draft, then=NEXT_THEN[draft.then])
