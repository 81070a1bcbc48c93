"""A ticket's life, as pure transitions.

Each function takes a ticket as it was read and returns a :class:`Change`: the ticket as it shall be and
the facts to append. Nothing here reads time or the store. What the life forbids is Refused, in words.

::

    new ──claim/reply──> open <──patron writes── waiting, snoozed, solved (within its window)
    open ──reply──> open | waiting | solved      open ──snooze──> snoozed ──time──> open
    solved ──window over──> closed               any ──spam──> spam ──not spam──> open
    any ──merged into another──> closed           muted (its sender was muted) ──reopen──> open

What staff state about a ticket (attended, corrected, tagged ...) is :mod:`helpdesk.statements`'s; what its patron does
(write, leave), and what becomes of a reply, is :mod:`helpdesk.befalling`'s.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Literal

from helpdesk.clock import DAY, HOUR, Instant, plus
from helpdesk.errors import NotAllowed, Refused, Stale
from helpdesk.events import PATRON, SYSTEM, Fact, Kind, NewEvent
from helpdesk.message import (
    Channel,
    ConversationId,
    EntryId,
    IncidentId,
    LineId,
    OutboxId,
    PersonId,
    StaffId,
    TicketId,
)


class State(StrEnum):
    """Where a ticket stands."""

    NEW = "new"
    OPEN = "open"
    WAITING = "waiting"
    SNOOZED = "snoozed"
    SOLVED = "solved"
    CLOSED = "closed"
    SPAM = "spam"
    MUTED = "muted"


class Flag(StrEnum):
    """What staff must see of a ticket at a glance."""

    QUARANTINED = "quarantined"
    UNDELIVERABLE = "undeliverable"
    AUTOMATIC = "automatic"
    UNVERIFIED = "unverified"
    LEFT = "left"
    BY_MAIL = "by_mail"
    TEST = "test"
    OPTED_OUT = "opted_out"


OPTED_OUT = "The patron has texted STOP, so no text may go to them. If they text START, you can reply again."
"""Why nothing is texted to a patron who wants no texts."""

LIVE = frozenset({State.NEW, State.OPEN, State.WAITING, State.SNOOZED})
"""States of a ticket that is not finished."""

ASIDE = frozenset({State.SPAM, State.MUTED})
"""States of a ticket that is in no queue and in no figure, whatever comes in."""

TAG = re.compile(r"[a-z0-9][a-z0-9-]{0,30}")
"""How a tag is written, the whole of it."""

LONGEST_SNOOZE = 366 * DAY
"""How far ahead a ticket can be snoozed, in milliseconds: what is put off longer is forgotten."""

Then = Literal["open", "waiting", "solved"]
"""What becomes of a ticket when a reply has gone out."""

WINDOW = {Channel.MAIL: 14 * DAY, Channel.SMS: 24 * HOUR, Channel.PHONE: DAY, Channel.DESK: DAY}
"""How long a solved ticket can be reopened by the patron, in milliseconds; a contact that was logged is closed once it
can't be taken back any more. A chat's window is open until its end.
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ticket:
    """One contact, from its first message to its end.

    ``number``       what staff call it: 1, 2, 3 ... per library
    ``person``       who wrote, on an open line; None on a sealed one
    ``conversation`` the sealed or chat conversation it belongs to, None elsewhere
    ``name``         how the patron is shown (a friendly name on a sealed line)
    ``held_until``   a claim's end; None where nobody holds it or it was assigned for good
    ``unanswered``   since when the patron has been waiting for a person's reply, None if nobody waits
    ``closes``       when a solved ticket's window is over
    ``version``      rises with every write: a writer says which one it saw
    ``touched_by``   who wrote last: what Stale tells the loser
    ``due``          the earliest deadline of its running clocks, None if none runs
    ``answered``     when a person first answered; None where nobody did, or it could not be delivered
    ``tags``         sorted
    ``merged_into``  the ticket that goes on in its place: what the patron writes to this one comes to that one
    ``incident``     the noise that it tells of, with others perhaps; None elsewhere
    ``zone``         the id of the zone that it is about, "" where nobody knows
    ``effort``       its READ level, 1 to 6, and whether one contact was enough; None where nobody said
    ``concern``      why somebody may be in danger (:class:`helpdesk.noise.concerns.Concern`), "" if nothing says so
    """

    id: TicketId
    number: int
    channel: Channel
    line: LineId
    kind: str = "enquiry"
    site: str = ""
    subject: str
    preview: str = ""
    name: str
    person: PersonId | None = None
    conversation: ConversationId | None = None
    state: State = State.NEW
    owner: StaffId | None = None
    held_until: Instant | None = None
    opened: Instant
    updated: Instant
    unanswered: Instant | None = None
    snoozed_until: Instant | None = None
    closes: Instant | None = None
    flags: frozenset[Flag] = frozenset()
    version: int = 1
    touched_by: str = PATRON
    due: Instant | None = None
    due_standard: str = ""
    answered: Instant | None = None
    tags: tuple[str, ...] = ()
    merged_into: TicketId | None = None
    incident: IncidentId | None = None
    zone: str = ""
    concern: str = ""
    effort: int | None = None
    first_contact: bool | None = None

    @property
    def live(self) -> bool:
        """Whether work may still be needed."""
        return self.state in LIVE

    @property
    def goes_by(self) -> Channel:
        """How replies go out: as the patron wrote, or by mail where a chat goes on so."""
        return Channel.MAIL if Flag.BY_MAIL in self.flags else self.channel


@dataclass(frozen=True, slots=True)
class Change:
    """A ticket as it shall be, and the facts that say why."""

    ticket: Ticket
    events: tuple[NewEvent, ...] = ()


Transition = Callable[[Ticket], Change]
"""What a store verb applies to the ticket it has just read."""


def change_of(before: Ticket, after: Ticket, now: Instant, by: str, *facts: tuple[Kind, dict[str, Fact]]) -> Change:
    """``after`` with its version raised, and the facts of the change as ``by`` told them ``now``."""
    after = replace(after, version=before.version + 1, updated=now, touched_by=by)
    return Change(
        after,
        tuple(NewEvent(kind=kind, ticket=before.id, when=now, actor=by, data=data) for kind, data in facts),
    )


def seen(ticket: Ticket, version: int) -> None:
    """Stale, naming who, unless ``version`` is the ticket's own."""
    if ticket.version != version:
        who = {PATRON: "the patron", SYSTEM: "the desk itself"}.get(ticket.touched_by, ticket.touched_by)
        raise Stale(
            f"Ticket {ticket.number} was changed by {who} meanwhile. Look again, then decide.",
            by=ticket.touched_by,
        )


def unmerged(ticket: Ticket) -> None:
    """Refused where the ticket is closed because another one goes on in its place."""
    if ticket.merged_into is not None and ticket.state is State.CLOSED:
        raise Refused(f"Ticket {ticket.number} was merged into another one. Open that one instead.")


def workable(ticket: Ticket) -> None:
    """Refused, with what to do first, where the ticket is closed, in spam or merged into another."""
    unmerged(ticket)
    if ticket.state is State.CLOSED:
        raise Refused(f"Ticket {ticket.number} is closed. Reopen it first.")
    if ticket.state is State.SPAM:
        raise Refused(f"Ticket {ticket.number} is in spam. Take it out of spam first.")
    if ticket.state is State.MUTED:
        raise Refused(f"Ticket {ticket.number} is in the muted folder. Take it out first.")


def reachable(ticket: Ticket) -> None:
    """Refused, in words, where nothing can be sent to the patron."""
    if ticket.channel in {Channel.PHONE, Channel.DESK}:
        raise Refused("A phone or desk contact has no address to reply to. Write a note instead.")
    if Flag.LEFT in ticket.flags and Flag.BY_MAIL not in ticket.flags:
        raise Refused("The visitor has left this chat. Nothing can be sent to it any more.")
    if Flag.OPTED_OUT in ticket.flags:
        raise Refused(OPTED_OUT)
    if ticket.person is None and ticket.conversation is None:
        raise Refused(f"Ticket {ticket.number} has no address to reply to: the message named no sender.")


def holder(ticket: Ticket, now: Instant) -> StaffId | None:
    """Who has the ticket now: its owner, unless their claim has run out."""
    if ticket.held_until is not None and ticket.held_until <= now:
        return None
    return ticket.owner


def free_for(ticket: Ticket, *, by: StaffId, now: Instant) -> None:
    """NotAllowed where a colleague has the ticket: what leads may take away, others ask for."""
    has = holder(ticket, now)
    if has is not None and has != by:
        raise NotAllowed(f"{has} has ticket {ticket.number}. Ask {has} to hand it over, or a lead to do it.")


def claim(ticket: Ticket, *, by: StaffId, now: Instant, until: Instant) -> Change:
    """Hold the ticket until ``until``. A colleague's running claim makes it Stale; one's own is renewed."""
    workable(ticket)
    has = holder(ticket, now)
    if has is not None and has != by:
        raise Stale(f"{has} has ticket {ticket.number}.", by=has)
    if has == by and ticket.held_until is None:
        return Change(ticket)
    state = State.OPEN if ticket.state is State.NEW else ticket.state
    after = replace(ticket, owner=by, held_until=until, state=state)
    return change_of(ticket, after, now, by, (Kind.CLAIMED, {"until": until, "again": has == by}))


def release(ticket: Ticket, *, by: str, now: Instant) -> Change:
    """Put the ticket back for whoever is next."""
    if ticket.owner is None:
        return Change(ticket)
    after = replace(ticket, owner=None, held_until=None)
    return change_of(ticket, after, now, by, (Kind.RELEASED, {"from": ticket.owner}))


def expire(ticket: Ticket, *, now: Instant) -> Change:
    """A claim has run out: whoever is next may take it."""
    if ticket.held_until is None or ticket.held_until > now:
        return Change(ticket)
    return release(ticket, by=SYSTEM, now=now)


def assign(ticket: Ticket, *, to: StaffId, by: StaffId, now: Instant) -> Change:
    """Give the ticket to ``to`` for good."""
    workable(ticket)
    state = State.OPEN if ticket.state is State.NEW else ticket.state
    after = replace(ticket, owner=to, held_until=None, state=state)
    return change_of(ticket, after, now, by, (Kind.ASSIGNED, {"to": to}))


def note(ticket: Ticket, *, entry: EntryId, by: StaffId, now: Instant) -> Change:
    """Write something for colleagues only. It answers nothing."""
    return change_of(ticket, ticket, now, by, (Kind.NOTED, {"entry": entry}))


def reply(
    ticket: Ticket, *, entry: EntryId, outbox: OutboxId, by: StaffId, now: Instant, then: Then = "open", wait: int = 0
) -> Change:
    """Answer the patron; the writer becomes the owner where there is none.

    It goes out after ``wait`` milliseconds, and answers then: nobody is answered by what can still be taken back.
    """
    workable(ticket)
    reachable(ticket)
    has = holder(ticket, now)
    after = replace(
        ticket,
        owner=has or by,
        held_until=None,
        unanswered=None,
        snoozed_until=None,
        state=State.OPEN,
        closes=None,
    )
    fact: dict[str, Fact] = {"entry": entry, "outbox": outbox, "automatic": False}
    facts: list[tuple[Kind, dict[str, Fact]]] = [(Kind.REPLIED, fact)]
    if ticket.state is State.WAITING:
        facts.append((Kind.RESUMED, {}))
    if then == "waiting":
        after = replace(after, state=State.WAITING)
        facts.append((Kind.PAUSED, {}))
    if then == "solved":
        closes = _closes(ticket, now)
        after = replace(after, state=State.SOLVED, closes=closes)
        facts.append((Kind.SOLVED, {"closes": closes}))
    change = change_of(ticket, after, now, by, *facts)
    return Change(change.ticket, tuple(replace(fact, when=plus(now, wait)) for fact in change.events))


def wait(ticket: Ticket, *, by: StaffId, now: Instant) -> Change:
    """Waiting on the patron: stops the resolution clock only."""
    workable(ticket)
    if ticket.state is State.WAITING:
        raise Refused(f"Ticket {ticket.number} is waiting on the patron already.")
    after = replace(ticket, state=State.WAITING, snoozed_until=None, closes=None)
    return change_of(ticket, after, now, by, (Kind.PAUSED, {}))


def snooze(ticket: Ticket, *, until: Instant, by: StaffId, now: Instant) -> Change:
    """Out of sight until ``until``, or until the patron writes. The clocks run on."""
    workable(ticket)
    if until <= now:
        raise Refused("Snooze until a time that is still to come.")
    if until > plus(now, LONGEST_SNOOZE):
        raise Refused("Snooze for a year at most.")
    facts: list[tuple[Kind, dict[str, Fact]]] = [(Kind.SNOOZED, {"until": until})]
    if ticket.state is State.WAITING:
        facts.insert(0, (Kind.RESUMED, {}))
    after = replace(ticket, state=State.SNOOZED, snoozed_until=until, closes=None)
    return change_of(ticket, after, now, by, *facts)


def wake(ticket: Ticket, *, now: Instant) -> Change:
    """A snooze's time has come."""
    if ticket.state is not State.SNOOZED or ticket.snoozed_until is None or ticket.snoozed_until > now:
        return Change(ticket)
    after = replace(ticket, state=State.OPEN, snoozed_until=None)
    return change_of(ticket, after, now, SYSTEM, (Kind.WOKEN, {}))


def solve(ticket: Ticket, *, by: StaffId, now: Instant) -> Change:
    """Staff say that it is done. The patron can still reopen it within the channel's window."""
    workable(ticket)
    if ticket.state is State.SOLVED:
        raise Refused(f"Ticket {ticket.number} is solved already.")
    closes = _closes(ticket, now)
    after = replace(
        ticket,
        state=State.SOLVED,
        closes=closes,
        snoozed_until=None,
        unanswered=None,
        owner=ticket.owner or by,
        held_until=None,
    )
    return change_of(ticket, after, now, by, (Kind.SOLVED, {"closes": closes}))


def _closes(ticket: Ticket, now: Instant) -> Instant | None:
    """When the window of a ticket solved now is over; None for a chat whose visitor is still there."""
    if ticket.goes_by is Channel.CHAT:
        return now if Flag.LEFT in ticket.flags else None
    return plus(now, WINDOW[ticket.goes_by])


def close(ticket: Ticket, *, now: Instant) -> Change:
    """A solved ticket's window is over."""
    if ticket.state is not State.SOLVED or ticket.closes is None or ticket.closes > now:
        return Change(ticket)
    after = replace(ticket, state=State.CLOSED, closes=None)
    return change_of(ticket, after, now, SYSTEM, (Kind.CLOSED, {}))


def reopen(ticket: Ticket, *, by: StaffId, now: Instant) -> Change:
    """Staff take a solved or closed ticket up again, or one out of the muted folder: that one has waited all along."""
    if ticket.state is State.MUTED:
        waits = replace(ticket, state=State.OPEN, unanswered=ticket.opened)
        return change_of(ticket, waits, now, by, (Kind.PUT_BACK, {}))
    if ticket.state not in {State.SOLVED, State.CLOSED}:
        raise Refused(f"Ticket {ticket.number} is not solved or closed.")
    unmerged(ticket)
    after = replace(ticket, state=State.OPEN, closes=None)
    return change_of(ticket, after, now, by, (Kind.REOPENED, {}))


def mark_spam(ticket: Ticket, *, by: StaffId, now: Instant) -> Change:
    """Nobody's question: out of the queue and out of the figures. Done again, it is taken back."""
    unmerged(ticket)
    if ticket.state is State.MUTED:
        workable(ticket)
    if ticket.state is State.SPAM:
        after = replace(ticket, state=State.OPEN)
        return change_of(ticket, after, now, by, (Kind.NOT_SPAM, {}))
    after = replace(ticket, state=State.SPAM, snoozed_until=None, closes=None, held_until=None)
    return change_of(ticket, after, now, by, (Kind.SPAM, {}))
