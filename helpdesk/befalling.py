"""What befalls a ticket by its patron's or a carrier's doing, as pure transitions: beside its life in
:mod:`helpdesk.ticket`.
"""

from __future__ import annotations

from dataclasses import replace

from helpdesk.clock import Instant
from helpdesk.events import PATRON, SYSTEM, Fact, Kind
from helpdesk.message import EntryId, OutboxId
from helpdesk.ticket import ASIDE, Change, Flag, State, Ticket, change_of


def received(ticket: Ticket, *, entry: EntryId, when: Instant, now: Instant, automatic: bool, rule: str) -> Change:
    """The patron wrote again, and ``rule`` says why it belongs here. An automatic message wakes nobody."""
    facts: list[tuple[Kind, dict[str, Fact]]] = []
    after = ticket
    if not automatic and ticket.state not in ASIDE:
        if ticket.state in {State.SOLVED, State.CLOSED}:
            facts.append((Kind.REOPENED, {}))
        if ticket.state is State.WAITING:
            facts.append((Kind.RESUMED, {}))
        state = State.NEW if ticket.state is State.NEW else State.OPEN
        waits = ticket.unanswered if ticket.unanswered is not None else when
        after = replace(ticket, state=state, unanswered=waits, snoozed_until=None, closes=None)
    facts.append((Kind.RECEIVED, {"entry": entry, "automatic": automatic, "rule": rule}))
    change = change_of(ticket, after, now, PATRON, *facts)
    return Change(change.ticket, tuple(replace(e, when=when) if e.kind is Kind.RECEIVED else e for e in change.events))


def left(ticket: Ticket, *, now: Instant) -> Change:
    """A chat visitor ended the conversation or went away for good; a solved chat's window is over with it.

    Where it goes on by mail, nobody has left.
    """
    if ticket.flags & {Flag.LEFT, Flag.BY_MAIL}:
        return Change(ticket)
    closes = now if ticket.state is State.SOLVED else ticket.closes
    after = replace(ticket, flags=ticket.flags | {Flag.LEFT}, closes=closes)
    return change_of(ticket, after, now, PATRON, (Kind.LEFT, {}))


def undeliverable(ticket: Ticket, *, entry: EntryId, outbox: OutboxId, code: str, now: Instant) -> Change:
    """A reply can never reach the patron: the ticket comes back, and the answer is void."""
    state = ticket.state if ticket.state in ASIDE else State.OPEN
    after = replace(
        ticket,
        state=state,
        flags=ticket.flags | {Flag.UNDELIVERABLE},
        unanswered=ticket.unanswered if ticket.unanswered is not None else now,
        closes=None,
        snoozed_until=None,
    )
    data: dict[str, Fact] = {"entry": entry, "outbox": outbox, "code": code}
    return change_of(ticket, after, now, SYSTEM, (Kind.UNDELIVERABLE, data))
