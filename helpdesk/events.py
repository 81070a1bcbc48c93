"""The facts of the append-only log.

An event holds ids, enums, numbers and times, never a patron's text, address or seal. Free text (a
reason, a hand-over note) is a *remark*, a row of its own that can be erased; its event carries the
remark's id. Clocks, reports and the history of a ticket are folds over these rows.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import StrEnum
from typing import NewType, Protocol, TypeVar

from helpdesk.clock import Instant
from helpdesk.message import TicketId

Seq = NewType("Seq", int)
"""An event's place in the log: 1, 2, 3 ... without a gap, per library."""

Fact = str | int | bool | None
"""What an event's data may hold."""


class Kind(StrEnum):
    """What happened."""

    OPENED = "opened"
    RECEIVED = "received"
    KEPT = "kept"
    QUARANTINED = "quarantined"
    CLAIMED = "claimed"
    RELEASED = "released"
    ASSIGNED = "assigned"
    NOTED = "noted"
    REPLIED = "replied"
    UNSENT = "unsent"
    ACKNOWLEDGED = "acknowledged"
    ATTENDED = "attended"
    SENT = "sent"
    DEFERRED = "deferred"
    DELIVERED = "delivered"
    UNDELIVERABLE = "undeliverable"
    RESENT_UNCLEAR = "resent_unclear"
    PAUSED = "paused"
    RESUMED = "resumed"
    SNOOZED = "snoozed"
    WOKEN = "woken"
    SOLVED = "solved"
    CLOSED = "closed"
    REOPENED = "reopened"
    SPAM = "spam"
    NOT_SPAM = "not_spam"
    LEFT = "left"
    LINKED = "linked"
    MERGED = "merged"
    SPLIT = "split"
    RELATED = "related"
    UNRELATED = "unrelated"
    FOLLOWED = "followed"
    UNFOLLOWED = "unfollowed"
    TURNED_TO_MAIL = "turned_to_mail"
    TESTED = "tested"
    TAGGED = "tagged"
    SORTED = "sorted"
    GRADED = "graded"
    PROMISED = "promised"
    CORRECTED = "corrected"
    EXPLAINED = "explained"
    PLACED = "placed"
    JOINED = "joined"
    PARTED = "parted"
    DISPATCHED = "dispatched"
    CONCLUDED = "concluded"
    INCIDENT_REOPENED = "incident_reopened"
    INCIDENT_NOTED = "incident_noted"
    CONCERN = "concern"
    ESCALATED = "escalated"
    ESCALATION_TAKEN = "escalation_taken"
    OPTED_OUT = "opted_out"
    OPTED_IN = "opted_in"
    FETCHED = "fetched"
    NOT_TOLD = "not_told"
    LINE_CAPPED = "line_capped"
    MUTED = "muted"
    UNMUTED = "unmuted"
    SET_APART = "set_apart"
    PUT_BACK = "put_back"
    BREACH_NOTICED = "breach_noticed"
    PUBLISHED = "published"
    SUSPENDED = "suspended"
    UNSUSPENDED = "unsuspended"
    ACCOUNTED = "accounted"
    FIGURE_PUBLISHED = "figure_published"
    REFUSED_AT_DOOR = "refused_at_door"
    LINE_PAUSED = "line_paused"
    LINE_RESUMED = "line_resumed"
    LINES_CLOSED = "lines_closed"
    LINES_OPENED = "lines_opened"
    PRESENCE = "presence"
    STAFF_ADDED = "staff_added"
    STAFF_ROLE = "staff_role"
    STAFF_DISABLED = "staff_disabled"
    STAFF_ENABLED = "staff_enabled"
    TOKEN_ISSUED = "token_issued"
    TOKEN_REVOKED = "token_revoked"
    HOOK_CHANGED = "hook_changed"
    PROBE_WANTED = "probe_wanted"
    PROBE_PASSED = "probe_passed"
    PROBE_FAILED = "probe_failed"
    FORGOTTEN = "forgotten"
    SHREDDED = "shredded"
    CARRIER_DELETED = "carrier_deleted"
    IMPORTED = "imported"
    UNDONE = "undone"


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """One fact, as the log holds it.

    ``when``   when it became true for the clocks (a caught-up text: the carrier's time)
    ``noted``  when it was written: our commit
    ``actor``  a member's id, or "patron", "system"
    """

    seq: Seq
    kind: Kind
    ticket: TicketId | None
    when: Instant
    noted: Instant
    actor: str
    data: dict[str, Fact] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class NewEvent:
    """A fact about to be appended: an :class:`Event` that has no place in the log yet."""

    kind: Kind
    ticket: TicketId | None
    when: Instant
    actor: str
    data: dict[str, Fact] = field(default_factory=dict)


PATRON = "patron"
SYSTEM = "system"


class Told(Protocol):
    """A fact with its place in the log."""

    @property
    def seq(self) -> Seq:
        """Its place."""
        ...

    @property
    def kind(self) -> Kind:
        """What happened."""
        ...

    @property
    def data(self) -> dict[str, Fact]:
        """What more is known of it."""
        ...


T = TypeVar("T", bound=Told)


def standing(history: Iterable[T]) -> list[T]:
    """Of one ticket's facts those that hold: without what was taken back.

    A fact of kind undone or unsent names the first and the last event that it takes back; those of this ticket are
    meant. What counts goes by this; what tells of all that happened does not. That a reply was taken back before it was
    sent stays in it; that something was undone does not: it is as if neither had happened. A message that was split off
    came in on the other ticket.
    """
    told = list(history)
    turns = [event for event in told if event.kind in _TURNS]
    if not turns:
        return told
    spans = [_span(event.data) for event in turns if event.kind is not Kind.SPLIT]
    holding = [
        event
        for event in told
        if event.kind is not Kind.UNDONE and not any(first <= event.seq <= last for first, last in spans)
    ]
    over = {entry for event in holding if event.kind is Kind.SPLIT for entry in _gone_over(event.data)}
    return [event for event in holding if event.kind is not Kind.RECEIVED or event.data.get("entry") not in over]


_TURNS = frozenset({Kind.UNDONE, Kind.UNSENT, Kind.SPLIT})
"""Facts after which others hold no more."""


def _gone_over(data: dict[str, Fact]) -> list[str]:
    """The messages that went over to another ticket when this one was split."""
    return str(data.get("entries") or "").split() if "into" in data else []


def _span(data: dict[str, Fact]) -> tuple[int, int]:
    """The places of the facts that were taken back."""
    first, last = data.get("first"), data.get("last")
    return (first, last) if isinstance(first, int) and isinstance(last, int) else (1, 0)
