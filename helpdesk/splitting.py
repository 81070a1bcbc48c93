"""A ticket that asks two things becomes two: the rules, pure.

What is split off is what the patron wrote. The message that opened the ticket stays where it is, and a copy of it goes
over; every other message goes over itself. The new ticket's clocks start when its earliest message came in, not when
it was split: nobody's waiting is made shorter by sorting it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from helpdesk.clock import Instant
from helpdesk.errors import Refused
from helpdesk.events import PATRON, Event, Fact, Kind, NewEvent
from helpdesk.message import EntryId, StaffId, TicketId
from helpdesk.ticket import ASIDE, Change, Flag, State, Ticket, change_of, unmerged, workable

FIXED = frozenset({"noise", "duty"})
"""Kinds that the desk itself gives: what is split off is a question like any other."""

_KEPT = frozenset({Flag.TEST, Flag.OPTED_OUT, Flag.LEFT, Flag.BY_MAIL})
"""What is true of the new ticket, too."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Parting:
    """What goes over: the ``moved`` messages, and ``copied``, the copy of the one that opened the ticket, if any.

    ``came``  the facts of both, as the first ticket's log has them, in order
    """

    moved: tuple[EntryId, ...]
    copied: EntryId | None
    came: tuple[Event, ...]


def parting(history: Sequence[Event], chosen: Iterable[EntryId], copy: EntryId) -> Parting:
    """What is split off, of a ticket's standing ``history``. Refused where something chosen is no patron's message."""
    wanted = frozenset(chosen)
    came = [event for event in history if event.kind is Kind.RECEIVED]
    found = [event for event in came if event.data.get("entry") in wanted]
    if not found or len(found) < len(wanted):
        raise Refused("Choose what the patron wrote on this ticket: replies and notes stay where they were written.")
    opening = came[0] in found
    moved = tuple(EntryId(str(event.data["entry"])) for event in found if event is not came[0])
    return Parting(moved=moved, copied=copy if opening else None, came=tuple(found))


def split_off(
    ticket: Ticket,
    what: Parting,
    *,
    id: TicketId,  # noqa: A002 - it is the new ticket's id
    number: int,
    subject: str,
    preview: str,
    by: StaffId,
    now: Instant,
) -> Change:
    """The new ticket: of the same patron, by the same line, unanswered since its earliest message came in."""
    began = min(event.when for event in what.came)
    automatic = all(bool(event.data.get("automatic")) for event in what.came)
    new = Ticket(
        id=id,
        number=number,
        channel=ticket.channel,
        line=ticket.line,
        kind="enquiry" if ticket.kind in FIXED else ticket.kind,
        site=ticket.site,
        subject=subject,
        preview=preview,
        name=ticket.name,
        person=ticket.person,
        conversation=ticket.conversation,
        opened=began,
        updated=now,
        unanswered=None if automatic else began,
        flags=(ticket.flags & _KEPT) | ({Flag.AUTOMATIC} if automatic else frozenset()),
        touched_by=by,
    )
    return Change(new, tuple(_facts(ticket, new, what, by, now, automatic=automatic)))


def _facts(
    ticket: Ticket, new: Ticket, what: Parting, by: StaffId, now: Instant, *, automatic: bool
) -> Iterable[NewEvent]:
    opening: dict[str, Fact] = {
        "channel": str(new.channel),
        "line": new.line,
        "automatic": automatic,
        "rule": "split",
        **_measured(what.came),
    }
    yield NewEvent(kind=Kind.OPENED, ticket=new.id, when=new.opened, actor=by, data=opening)
    for event in what.came:
        entry = event.data["entry"] if event.data["entry"] in what.moved else what.copied
        data: dict[str, Fact] = {**event.data, "entry": entry, "rule": "split"}
        yield NewEvent(kind=Kind.RECEIVED, ticket=new.id, when=event.when, actor=PATRON, data=data)
    yield NewEvent(kind=Kind.SPLIT, ticket=new.id, when=now, actor=by, data={"from": ticket.id})


def _measured(came: Iterable[Event]) -> dict[str, Fact]:
    """What was imported without whole times starts no clock here either."""
    return {"measured": False} if any(event.data.get("measured") is False for event in came) else {}


def left_behind(
    ticket: Ticket, what: Parting, into: TicketId, history: Sequence[Event], *, preview: str, by: StaffId, now: Instant
) -> Change:
    """The ticket without what went over: its patron waits since the earliest message that is still unanswered here."""
    unmerged(ticket)
    if ticket.state in ASIDE:
        workable(ticket)
    waits = ticket.unanswered
    if waits is not None:
        stay = (event for event in history if event.kind is Kind.RECEIVED and event.data["entry"] not in what.moved)
        waits = min(
            (event.when for event in stay if event.when >= waits and not event.data.get("automatic")), default=None
        )
    after = replace(ticket, unanswered=waits, preview=preview)
    data: dict[str, Fact] = {"into": into, "entries": " ".join(what.moved)}
    return change_of(ticket, after, now, by, (Kind.SPLIT, data))


def rejoined(ticket: Ticket, into: TicketId, told: dict[str, Fact], *, by: StaffId, now: Instant) -> Change:
    """What was split off by mistake is closed and points back; all that was said of it is taken back first."""
    after = replace(
        ticket,
        state=State.CLOSED,
        merged_into=into,
        unanswered=None,
        preview="",
        owner=None,
        held_until=None,
    )
    return change_of(ticket, after, now, by, (Kind.UNDONE, told), (Kind.MERGED, {"into": into}))
