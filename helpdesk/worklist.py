"""The queue as staff see it: views, rows, pages, and which ticket is next."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from helpdesk.clock import DAY, MINUTE, Instant
from helpdesk.message import Channel, IncidentId, StaffId, TicketId
from helpdesk.ticket import Flag, State, Ticket


class View(StrEnum):
    """A fixed view of the queue, in the order of its key: 1-9, then 0."""

    MINE = "mine"
    UNANSWERED = "unanswered"
    OPEN = "open"
    SMS = "sms"
    MAIL = "mail"
    CHAT = "chat"
    BREACHING = "breaching"
    SNOOZED = "snoozed"
    FINISHED = "finished"
    MUTED = "muted"


SOON = 10 * 60 * 1000
"""How close a deadline must be, in milliseconds, for the ticket to be in the breaching view."""

END_OF_TIME = 2**53
"""What a ticket that nobody waits for is sorted by: after every deadline."""

PATIENCE = {Channel.CHAT: MINUTE, Channel.SMS: 15 * MINUTE, Channel.MAIL: DAY}
"""How long a patron who waits with no clock running is taken to wait gladly, in milliseconds: for the order alone."""

_WORK = frozenset({State.NEW, State.OPEN, State.WAITING})


def urgency(ticket: Ticket) -> int:
    """What the views sort by: the earliest deadline; where no clock runs, when a waiting patron loses patience.

    A visitor's second question has no clock of its own, yet must not stand below next week's mail. Where somebody may
    be in danger and nobody has answered, nothing stands above it: of several the one that has waited longest.
    """
    if ticket.concern and ticket.unanswered is not None:
        return ticket.unanswered - END_OF_TIME
    if ticket.due is not None:
        return ticket.due
    if ticket.unanswered is None:
        return END_OF_TIME
    return ticket.unanswered + PATIENCE.get(ticket.goes_by, DAY)


def shelves(ticket: Ticket) -> frozenset[tuple[str, str]]:
    """The counted views that a ticket stands in, as (view, key) pairs.

    ``key`` is the owner for the view "mine" and "" elsewhere. The breaching view depends on the time of day
    and is therefore an index range, not a count.
    """
    found: set[tuple[str, str]] = set()
    if ticket.state in _WORK:
        found.add((View.OPEN, ""))
        if ticket.channel in {Channel.SMS, Channel.MAIL, Channel.CHAT}:
            found.add((str(ticket.channel), ""))
        if ticket.owner is not None:
            found.add((View.MINE, ticket.owner))
        if ticket.unanswered is not None:
            found.add((View.UNANSWERED, ""))
    if ticket.state is State.SNOOZED:
        found.add((View.SNOOZED, ""))
    if ticket.state in {State.SOLVED, State.CLOSED, State.SPAM}:
        found.add((View.FINISHED, ""))
    if ticket.state is State.MUTED:
        found.add((View.MUTED, ""))
    return frozenset(found)


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A ticket as one line of the worklist. What has the name of something of the ticket's is that.

    ``missed``  a standard was missed, as it stands or as it was recorded; what still runs may be late besides
    """

    id: TicketId
    number: int
    channel: Channel
    line: str
    name: str
    subject: str
    preview: str
    state: State
    owner: StaffId | None
    held_until: Instant | None
    opened: Instant
    updated: Instant
    unanswered: Instant | None
    snoozed_until: Instant | None
    due: Instant | None
    due_standard: str
    flags: frozenset[Flag]
    version: int
    tags: tuple[str, ...] = ()
    incident: IncidentId | None = None
    zone: str = ""
    concern: str = ""
    missed: bool = False
    kind: str = "enquiry"
    site: str = ""
    effort: int | None = None
    first_contact: bool | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Anchor:
    """A row whose place in a view is known: where a page near it starts to read."""

    index: int
    order: int
    id: TicketId


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """Rows ``start`` to ``start + len(rows)`` of a view that holds ``total``.

    ``anchors`` give the sort key of the first and the last row: hand the nearer one back for the next page.
    """

    view: View
    start: int
    rows: tuple[Row, ...]
    total: int
    anchors: tuple[Anchor, ...] = ()
