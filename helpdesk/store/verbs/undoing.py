"""Taking back what a member did last: a new fact, never a deleted one.

What was done stays in the log. A fact of kind undone names its events, and from then on whatever counts (clocks,
reports, promises owed) goes by the others alone (:func:`helpdesk.events.standing`). The ticket's row, and that of the
noise it tells of, are put back as they were; so are those of every other ticket that the same call changed.

Nobody takes back a colleague's deed, nor one that something came after: that would undo what came after, too. Nor what
has gone out to a patron, nor a note: somebody may have read it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from helpdesk import statements
from helpdesk.clock import Instant
from helpdesk.errors import Refused, Stale
from helpdesk.events import PATRON, SYSTEM, Event, Fact, Kind, NewEvent, Seq, standing
from helpdesk.message import IncidentId, StaffId, TicketId
from helpdesk.noise import life
from helpdesk.noise.incidents import Incident
from helpdesk.ports import Sql
from helpdesk.standards import Published
from helpdesk.store.verbs import by_mail, events, incident_rows, splitting, tickets, undoable
from helpdesk.store.verbs.undoable import Part
from helpdesk.ticket import Change, Ticket, change_of

TAKEN_BACK = frozenset(
    {
        Kind.CLAIMED,
        Kind.RELEASED,
        Kind.ASSIGNED,
        Kind.PAUSED,
        Kind.RESUMED,
        Kind.SNOOZED,
        Kind.SOLVED,
        Kind.REOPENED,
        Kind.SPAM,
        Kind.NOT_SPAM,
        Kind.PUT_BACK,
        Kind.TAGGED,
        Kind.SORTED,
        Kind.GRADED,
        Kind.TESTED,
        Kind.MERGED,
        Kind.TURNED_TO_MAIL,
        Kind.LINKED,
        Kind.SPLIT,
        Kind.ATTENDED,
        Kind.CORRECTED,
        Kind.EXPLAINED,
        Kind.PROMISED,
        Kind.PLACED,
        Kind.JOINED,
        Kind.PARTED,
        Kind.DISPATCHED,
        Kind.CONCLUDED,
        Kind.INCIDENT_REOPENED,
    }
)
"""What can be taken back: all that it did is in the rows of its tickets and their noise, and in what follows from the
log. Whoever adds a kind of fact that changes another table leaves it out here, or puts that table back, too.
"""

_WHY_NOT: Mapping[Kind, str] = {
    Kind.REPLIED: "What was sent can't be taken back. Write once more to put it right.",
    Kind.NOTED: "A note stays: somebody may have read it. Write another one.",
    Kind.MUTED: "Unmute the texter instead.",
    Kind.UNMUTED: "Mute the texter again instead.",
    Kind.FOLLOWED: "Unfollow it instead.",
    Kind.UNFOLLOWED: "Follow it again instead.",
    Kind.RELATED: "Unlink them instead.",
    Kind.UNRELATED: "Link them again instead.",
}

_QUIET = frozenset(
    {
        Kind.BREACH_NOTICED,
        Kind.SENT,
        Kind.DELIVERED,
        Kind.DEFERRED,
        Kind.NOT_TOLD,
        Kind.RESENT_UNCLEAR,
        Kind.UNSENT,
        Kind.FETCHED,
        Kind.ACKNOWLEDGED,
        Kind.ESCALATED,
        Kind.CARRIER_DELETED,
        Kind.FOLLOWED,
        Kind.UNFOLLOWED,
        Kind.RELATED,
        Kind.UNRELATED,
    }
)
"""What may come after a deed and leaves it free to be taken back: it is about something earlier."""

_GONE = "This can't be taken back any more."


@dataclass(frozen=True, slots=True)
class _Deed:
    """A deed that is about to be taken back: its parts, and from which to which event of the log it went."""

    parts: tuple[Part, ...]
    first: Seq
    last: Seq
    actor: StaffId
    now: Instant

    def holds(self, event: Event) -> bool:
        """Whether an event is of this deed."""
        return self.first <= event.seq <= self.last

    @property
    def tickets(self) -> tuple[TicketId, ...]:
        """The tickets that it changed, each once."""
        return tuple(dict.fromkeys(part.ticket for part in self.parts))

    def was(self, ticket: TicketId) -> dict[str, Any]:
        """What of a ticket was otherwise before all of it."""
        found: dict[str, Any] = {}
        for part in reversed(self.parts):
            if part.ticket == ticket:
                found |= part.was
        return found


def undo(
    sql: Sql,
    about: TicketId | IncidentId,
    version: int,
    actor: StaffId,
    now: Instant,
    published: Published,
) -> None:
    """Take back what made this version of a ticket or an incident, with all that the same call did.

    Refused, with what to do, where it is a colleague's, a day old or of a kind that stays; Stale, naming who, where
    something came after it. A contact that was logged stays as a test: it leaves the figures and is counted apart.
    """
    parts = undoable.deed(sql, about, version)
    if not parts:
        raise Refused(_GONE)
    if parts[0].actor != actor:
        raise Refused("Only who did something can take it back.")
    deed = _Deed(parts, min(part.deed for part in parts), max(part.last for part in parts), actor, now)
    histories = {ticket: events.of_ticket(sql, ticket) for ticket in deed.tickets}
    for ticket, history in histories.items():
        _still_last(tickets.get(sql, ticket), history, deed)
    done = [event for history in histories.values() for event in history if deed.holds(event)]
    if (fact := splitting.was_split(done)) is not None:
        _rejoin(sql, fact, histories, deed, published)
        return
    if any(event.kind is Kind.OPENED for event in done):
        _becomes_a_test(sql, deed, published)
        return
    _may_be_taken_back(done)
    turns = _turns(sql, done, deed)
    for turn in turns.values():
        incident_rows.save(sql, turn.incident)
    for ticket, history in histories.items():
        _take_back(sql, ticket, [event for event in history if deed.holds(event)], deed, turns, published)


def _still_last(ticket: Ticket, history: list[Event], deed: _Deed) -> None:
    """Refused where it was taken back before; Stale where something came after it."""
    holding = standing(history)
    if not any(deed.holds(event) for event in holding):
        raise Refused(_GONE)
    after = [event for event in holding if event.seq > deed.last and event.kind not in _QUIET]
    if after:
        if [event.kind for event in after] == [Kind.CLOSED]:
            raise Refused(f"Ticket {ticket.number} was closed since: nobody can write to it again. Reopen it instead.")
        by = after[-1].actor
        who = {PATRON: "the patron", SYSTEM: "the desk itself", deed.actor: "you"}.get(by, by)
        raise Stale(
            f"Ticket {ticket.number} was changed by {who} since, so what you did before can't be taken back.", by=by
        )


def _becomes_a_test(sql: Sql, deed: _Deed, published: Published) -> None:
    """A contact that was logged by mistake: nothing is deleted, and it counts in no figure."""
    [ticket] = deed.tickets
    before = tickets.get(sql, ticket)
    tickets.apply(sql, before, statements.mark_test(before, by=deed.actor, now=deed.now), deed.now, published)


def _rejoin(
    sql: Sql, fact: Event, histories: Mapping[TicketId, list[Event]], deed: _Deed, published: Published
) -> None:
    """What was split off comes back to the ticket that it was written on."""
    own = {ticket: [event for event in history if deed.holds(event)] for ticket, history in histories.items()}
    [gone] = [ticket for ticket in own if ticket != fact.ticket]
    back = TicketId(str(fact.ticket))
    told: dict[str, Fact] = {"first": own[gone][0].seq, "last": own[gone][-1].seq}
    splitting.come_back(sql, fact, told, deed.actor, deed.now, published)
    _take_back(sql, back, own[back], deed, {}, published)
    tickets.overwrite(sql, replace(tickets.get(sql, back), preview=splitting.latest_words(sql, back)))


def _may_be_taken_back(done: list[Event]) -> None:
    for event in done:
        if event.kind not in TAKEN_BACK:
            raise Refused(_WHY_NOT.get(event.kind, _GONE))


def _take_back(
    sql: Sql,
    ticket: TicketId,
    own: list[Event],
    deed: _Deed,
    turns: Mapping[IncidentId, life.Turn],
    published: Published,
) -> None:
    """Put one ticket back, with the facts that say so: the ticket's, and those of each noise that it told of."""
    before = tickets.get(sql, ticket)
    after = undoable.put_back(before, deed.was(ticket))
    told: dict[str, Fact] = {"first": own[0].seq, "last": own[-1].seq, "state": str(after.state), "owner": after.owner}
    change = change_of(before, after, deed.now, deed.actor, (Kind.UNDONE, told))
    facts = [incident_rows.fact(turns[each], after) for each in _named(own)]
    tickets.put_back(sql, before, _with(change, facts), deed.now, published)
    for event in own:
        if event.kind is Kind.MERGED:
            _point_back(sql, ticket, TicketId(str(event.data["into"])))
        if event.kind is Kind.TURNED_TO_MAIL:
            by_mail.take_back(sql, before)


def _with(change: Change, facts: list[NewEvent]) -> Change:
    return replace(change, events=(*change.events, *facts))


def _point_back(sql: Sql, ticket: TicketId, into: TicketId) -> None:
    """What was merged into a ticket, and went on with it into another, comes back with it."""
    for other, _ in tickets.merged_in(sql, into):
        merged = [event for event in standing(events.of_ticket(sql, other)) if event.kind is Kind.MERGED]
        if merged and merged[-1].data.get("into") == ticket:
            tickets.overwrite(sql, replace(tickets.get(sql, other), merged_into=ticket))


# The noise that it was about


def _named(done: list[Event]) -> list[IncidentId]:
    """The incidents of which these facts say what became of them, in order, each once."""
    named = (event.data.get("incident") for event in done if "version" in event.data)
    return list(dict.fromkeys(IncidentId(each) for each in named if isinstance(each, str)))


def _turns(sql: Sql, done: list[Event], deed: _Deed) -> dict[IncidentId, life.Turn]:
    """What becomes of each noise that the deed changed."""
    return {incident: _turn(sql, incident, deed) for incident in _named(sorted(done, key=lambda each: each.seq))}


def _turn(sql: Sql, incident: IncidentId, deed: _Deed) -> life.Turn:
    told = incident_rows.history(sql, incident, deed.last)
    before = life.folded(event for event in told if event.seq < deed.first).get(incident)
    after = life.folded(told)[incident]
    now = incident_rows.get(sql, incident)
    if before is None:
        _unchanged(now, life.changed_between(after, now))
        return life.change_members(now, None, kind=Kind.UNDONE, by=deed.actor, now=deed.now)
    was = life.changed_between(after, before)
    _unchanged(now, was.keys() & life.changed_between(after, now).keys())
    return life.take_back(now, was, by=deed.actor, now=deed.now)


def _unchanged(incident: Incident, differs: object) -> None:
    """Stale, naming who, where a field that would be put back was changed since."""
    if differs:
        life.seen(incident, -1)
