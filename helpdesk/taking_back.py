"""A reply that waits before it goes out, and what becomes of its ticket if its writer takes it back. Pure.

What it did to the ticket is undone as far as nobody has changed it since: what the patron or a colleague did meanwhile
stands. Of its facts the log says that they were taken back (:func:`helpdesk.events.standing`), so that clocks run on
as if it had never been.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from helpdesk.clock import SECOND, Instant
from helpdesk.events import Fact, Kind
from helpdesk.message import Channel, EntryId, OutboxId, StaffId
from helpdesk.ticket import LIVE, Change, Flag, State, Ticket, change_of


@dataclass(frozen=True, slots=True)
class Windows:
    """How long a reply waits, in milliseconds: to ``one`` who wrote, and to ``many`` at once. 0: it goes at once."""

    one: int = 0
    many: int = 0

    def of(self, channel: Channel, recipients: int) -> int:
        """For a reply to so many. A line of a chat never waits: whoever talks with somebody sees what they said."""
        if channel is Channel.CHAT:
            return 0
        return self.many if recipients > 1 else self.one


AT_ONCE = Windows()


def windows(one: int, many: int) -> Windows:
    """From seconds, as they are set; to many nothing goes sooner than to one, and with 0 to one all goes at once."""
    return Windows(one * SECOND, max(one, many) * SECOND) if one else AT_ONCE


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """What a reply may change of a ticket."""

    state: State
    owner: StaffId | None
    held_until: Instant | None
    unanswered: Instant | None
    snoozed_until: Instant | None
    closes: Instant | None
    flags: frozenset[Flag]


def standing(ticket: Ticket) -> Standing:
    """How it stands."""
    return Standing(
        state=ticket.state,
        owner=ticket.owner,
        held_until=ticket.held_until,
        unanswered=ticket.unanswered,
        snoozed_until=ticket.snoozed_until,
        closes=ticket.closes,
        flags=ticket.flags,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Undone:
    """A reply that is taken back: how its ticket stood before it, how after, and the facts ``first`` to ``last``."""

    entry: EntryId
    outbox: OutboxId
    before: Standing
    after: Standing
    first: int
    last: int


def take_back(ticket: Ticket, undone: Undone, *, by: StaffId, now: Instant) -> Change:
    """The ticket as it would stand without the reply."""
    back = _without(ticket, undone.before, undone.after)
    data: dict[str, Fact] = {
        "entry": undone.entry,
        "outbox": undone.outbox,
        "first": undone.first,
        "last": undone.last,
    }
    return change_of(ticket, back, now, by, (Kind.UNSENT, data))


def _without(ticket: Ticket, before: Standing, after: Standing) -> Ticket:
    now = standing(ticket)
    back = ticket
    if (now.state, now.closes, now.snoozed_until) == (after.state, after.closes, after.snoozed_until):
        back = replace(back, state=before.state, closes=before.closes, snoozed_until=before.snoozed_until)
    if (now.owner, now.held_until) == (after.owner, after.held_until):
        back = replace(back, owner=before.owner, held_until=before.held_until)
    flags = (now.flags - (after.flags - before.flags)) | (before.flags - after.flags)
    return replace(back, flags=flags, unanswered=_since(back.state, before, now))


def _since(state: State, before: Standing, now: Standing) -> Instant | None:
    """Since when the patron waits: as before the reply, or from what they wrote since. Nobody waits in what is over."""
    if state not in LIVE and state is not before.state:
        return now.unanswered
    waits = (before.unanswered, now.unanswered)
    return min((each for each in waits if each is not None), default=None)
