"""Tickets: read them, change them by a pure transition, and let counts and clocks follow."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from helpdesk import counting
from helpdesk.clock import Instant
from helpdesk.errors import NotFound
from helpdesk.events import Event, Kind
from helpdesk.message import Channel, ConversationId, IncidentId, LineId, PersonId, StaffId, TicketId
from helpdesk.ports import Record, Sql
from helpdesk.standards import Published, Subject
from helpdesk.store.verbs import clocks, days, events, incident_rows, undoable
from helpdesk.ticket import ASIDE, Change, Flag, State, Ticket, Transition, seen
from helpdesk.worklist import shelves, urgency

_COLUMNS = (
    "number channel line kind site subject preview name person conversation state owner held_until opened updated"
    " unanswered snoozed_until closes flags version touched_by due due_standard answered tags merged_into"
    " incident zone concern effort first_contact urgency"
).split()
_INSERT = (
    f"INSERT INTO tickets (library, id, {', '.join(_COLUMNS)})"
    f" VALUES (:library, :id, {', '.join(':' + name for name in _COLUMNS)})"
)
_UPDATE = (
    f"UPDATE tickets SET {', '.join(f'{name} = :{name}' for name in _COLUMNS)} WHERE library = :library AND id = :id"
)


def read(row: Record) -> Ticket:
    """A ticket from its row."""
    return Ticket(
        id=TicketId(row["id"]),
        number=row["number"],
        channel=Channel(row["channel"]),
        line=LineId(row["line"]),
        kind=row["kind"],
        site=row["site"],
        subject=row["subject"],
        preview=row["preview"],
        name=row["name"],
        person=None if row["person"] is None else PersonId(row["person"]),
        conversation=None if row["conversation"] is None else ConversationId(row["conversation"]),
        state=State(row["state"]),
        owner=None if row["owner"] is None else StaffId(row["owner"]),
        held_until=row["held_until"],
        opened=row["opened"],
        updated=row["updated"],
        unanswered=row["unanswered"],
        snoozed_until=row["snoozed_until"],
        closes=row["closes"],
        flags=frozenset(Flag(flag) for flag in row["flags"].split()),
        version=row["version"],
        touched_by=row["touched_by"],
        due=row["due"],
        due_standard=row["due_standard"],
        answered=row["answered"],
        tags=tuple(row["tags"].split()),
        merged_into=None if row["merged_into"] is None else TicketId(row["merged_into"]),
        incident=None if row["incident"] is None else IncidentId(row["incident"]),
        zone=row["zone"],
        concern=row["concern"],
        effort=row["effort"],
        first_contact=None if row["first_contact"] is None else bool(row["first_contact"]),
    )


def _plain(ticket: Ticket) -> dict[str, object]:
    values = {name: getattr(ticket, name) for name in _COLUMNS if name not in {"urgency", "flags"}}
    return {
        **values,
        "id": ticket.id,
        "channel": str(ticket.channel),
        "state": str(ticket.state),
        "flags": " ".join(sorted(ticket.flags)),
        "tags": " ".join(ticket.tags),
        "first_contact": None if ticket.first_contact is None else int(ticket.first_contact),
        "urgency": urgency(ticket),
    }


def get(sql: Sql, ticket: TicketId) -> Ticket:
    """One ticket; NotFound if there is none of that id."""
    rows = sql("SELECT * FROM tickets WHERE library = :library AND id = :id", id=ticket)
    if not rows:
        raise NotFound("There is no such ticket. It may have been forgotten.")
    return read(rows[0])


def is_there(sql: Sql, ticket: TicketId) -> bool:
    """Whether there is a ticket of this id."""
    return bool(sql("SELECT 1 FROM tickets WHERE library = :library AND id = :id", id=ticket))


_NO_NUMBER = 2**62
"""Above every ticket's number, and within a column's reach."""


def by_number(sql: Sql, number: int) -> Ticket:
    """One ticket by what staff call it; NotFound if there is none."""
    wanted = max(0, min(number, _NO_NUMBER))
    rows = sql("SELECT * FROM tickets WHERE library = :library AND number = :number", number=wanted)
    if not rows:
        raise NotFound(f"There is no ticket {number}.")
    return read(rows[0])


def next_number(sql: Sql) -> int:
    """The next ticket's number."""
    rows = sql(
        "INSERT INTO counters (library, name, value) VALUES (:library, 'ticket', 1)"
        " ON CONFLICT (library, name) DO UPDATE SET value = counters.value + 1 RETURNING value"
    )
    return int(rows[0]["value"])


def open_new(sql: Sql, change: Change, noted: Instant, published: Published) -> Ticket:
    """Store a ticket that was not there before, with its first events and clocks."""
    sql(_INSERT, **_plain(change.ticket))
    _count(sql, frozenset(), shelves(change.ticket))
    ticket = change.ticket
    return _follow(sql, ticket, ticket, events.append(sql, change.events, noted), published, new=True)


def apply(sql: Sql, before: Ticket, change: Change, noted: Instant, published: Published) -> Ticket:
    """Store what a transition made of ``before``: ticket, events, clocks, counts."""
    if not change.events and change.ticket == before:
        return before
    if before.incident is not None:
        change = incident_rows.following(sql, before, change)
    written = events.append(sql, change.events, noted)
    undoable.keep(sql, before, change.ticket, written)
    return _follow(sql, before, change.ticket, written, published)


def put_back(sql: Sql, before: Ticket, change: Change, noted: Instant, published: Published) -> Ticket:
    """Store a ticket as it was before something that is taken back, with the facts that say so. Its noise is left."""
    return _follow(sql, before, change.ticket, events.append(sql, change.events, noted), published)


def overwrite(sql: Sql, ticket: Ticket) -> None:
    """Store a ticket's row as it is, with no event: for projections that are made again from the log."""
    days.touched(sql, (ticket.opened,))
    sql(_UPDATE, **_plain(ticket))


def change(
    sql: Sql,
    ticket: TicketId,
    transition: Transition,
    *,
    now: Instant,
    published: Published,
    version: int | None = None,
) -> Ticket:
    """Read a ticket, check the version the caller saw (None: any), apply ``transition``, store the outcome."""
    before = get(sql, ticket)
    if version is not None:
        seen(before, version)
    return apply(sql, before, transition(before), now, published)


def subject_of(ticket: Ticket) -> Subject:
    """What of a ticket decides which standards cover it."""
    return Subject(
        channel=ticket.channel,
        line=ticket.line,
        kind=ticket.kind,
        site=ticket.site,
        tags=ticket.tags,
        test=Flag.TEST in ticket.flags,
    )


def briefly(sql: Sql, first: TicketId, last: TicketId) -> list[Record]:
    """Of the tickets from ``first`` to ``last`` by id what clocks go by, and what follows from clocks."""
    return sql(
        "SELECT id, number, channel, line, kind, site, tags, flags, due, due_standard, answered FROM tickets"
        " WHERE library = :library AND id >= :first AND id <= :last ORDER BY id",
        first=first,
        last=last,
    )


def _follow(
    sql: Sql, before: Ticket, after: Ticket, written: Iterable[Event], published: Published, *, new: bool = False
) -> Ticket:
    """Let clocks follow the events, and deadline, counts and the day's sums the clocks."""
    written = list(written)
    due, standard = clocks.follow(sql, after.id, written, subject_of(after), published, new=new)
    if (due, standard) != (after.due, after.due_standard):
        after = replace(after, due=due, due_standard=standard)
    answered = _answered(sql, after, written)
    if answered != after.answered:
        after = replace(after, answered=answered)
    if (new and not standard) or _counted(after) != _counted(before):  # a new ticket's clocks start as it opens
        noises = incident_rows.begins(sql, (before.incident, after.incident))
        days.touched(sql, (after.opened, *noises, *_moved(sql, before, after)))
    if after != before:
        sql(_UPDATE, **_plain(after))
        _count(sql, shelves(before), shelves(after))
    return after


_TAKE_BACK = frozenset({Kind.UNDELIVERABLE, Kind.UNSENT, Kind.UNDONE})


def _answered(sql: Sql, ticket: Ticket, written: list[Event]) -> Instant | None:
    """When a person first answered; one that was undeliverable, never sent or taken back is none."""
    if any(event.kind in _TAKE_BACK for event in written):
        return counting.first_answer(events.of_ticket(sql, ticket.id))
    times = (ticket.answered, counting.first_answer(written))
    return min((when for when in times if when is not None), default=None)


def _counted(ticket: Ticket) -> tuple[object, ...]:
    """What the sums of its day say of a contact, and of the noise that it tells of."""
    aside = ticket.state if ticket.state in ASIDE else None
    apart = aside, ticket.merged_into is not None, ticket.flags & {Flag.AUTOMATIC, Flag.TEST}
    noise = ticket.incident, ticket.zone, ticket.concern != ""
    return ticket.answered is not None, apart, ticket.site, ticket.effort, ticket.first_contact, *noise


def _moved(sql: Sql, before: Ticket, after: Ticket) -> list[Instant]:
    """When the clocks of a ticket that is of another site now started: sums are kept by site."""
    return [] if before.site == after.site else [row.started for row in clocks.of_ticket(sql, after.id)]


def _count(sql: Sql, before: frozenset[tuple[str, str]], after: frozenset[tuple[str, str]]) -> None:
    for step, places in ((-1, before - after), (1, after - before)):
        for view, key in sorted(places):
            sql(
                "INSERT INTO counts (library, view, key, n) VALUES (:library, :view, :key, :step)"
                " ON CONFLICT (library, view, key) DO UPDATE SET n = counts.n + :step",
                view=view,
                key=key,
                step=step,
            )


def due_to_wake(sql: Sql, now: Instant, limit: int = 200) -> list[TicketId]:
    """Snoozed tickets whose time has come."""
    rows = sql(
        "SELECT id FROM tickets WHERE library = :library AND state = 'snoozed' AND snoozed_until <= :now"
        " ORDER BY snoozed_until LIMIT :limit",
        now=now,
        limit=limit,
    )
    return [TicketId(row["id"]) for row in rows]


def due_to_release(sql: Sql, now: Instant, limit: int = 200) -> list[TicketId]:
    """Tickets whose claim has run out."""
    rows = sql(
        "SELECT id FROM tickets WHERE library = :library AND held_until IS NOT NULL AND held_until <= :now"
        " ORDER BY held_until LIMIT :limit",
        now=now,
        limit=limit,
    )
    return [TicketId(row["id"]) for row in rows]


def due_to_close(sql: Sql, now: Instant, limit: int = 200) -> list[TicketId]:
    """Solved tickets whose window is over."""
    rows = sql(
        "SELECT id FROM tickets WHERE library = :library AND closes IS NOT NULL AND closes <= :now"
        " ORDER BY closes LIMIT :limit",
        now=now,
        limit=limit,
    )
    return [TicketId(row["id"]) for row in rows]


def next_wake(sql: Sql) -> Instant | None:
    """The next moment at which a snooze, a claim or a window ends."""
    rows = sql(
        "SELECT min(t) AS t FROM ("
        "SELECT min(snoozed_until) AS t FROM tickets WHERE library = :library AND state = 'snoozed'"
        " UNION ALL SELECT min(held_until) FROM tickets WHERE library = :library AND held_until IS NOT NULL"
        " UNION ALL SELECT min(closes) FROM tickets WHERE library = :library AND closes IS NOT NULL) AS times"
    )
    found: Instant | None = rows[0]["t"]
    return found


def link(sql: Sql, ticket: TicketId, earlier: TicketId) -> None:
    """Say that a ticket follows on from an earlier one."""
    sql(
        "INSERT INTO links (library, ticket, earlier) VALUES (:library, :ticket, :earlier)"
        " ON CONFLICT (library, ticket, earlier) DO NOTHING",
        ticket=ticket,
        earlier=earlier,
    )


def linked(sql: Sql, ticket: TicketId) -> tuple[int, ...]:
    """The numbers of the tickets that a ticket follows on from, or that follow on from it."""
    rows = sql(
        "SELECT number FROM tickets WHERE library = :library AND id IN ("
        "SELECT earlier FROM links WHERE library = :library AND ticket = :ticket"
        " UNION SELECT ticket FROM links WHERE library = :library AND earlier = :ticket) ORDER BY number",
        ticket=ticket,
    )
    return tuple(row["number"] for row in rows)


def lasting(sql: Sql, ticket: TicketId) -> Ticket:
    """The ticket that goes on in a ticket's place: itself, or the one that it was merged into."""
    found = get(sql, ticket)
    return found if found.merged_into is None else get(sql, found.merged_into)


def merged_in(sql: Sql, ticket: TicketId) -> list[tuple[TicketId, int]]:
    """The tickets that were merged into a ticket, with their numbers, oldest first."""
    rows = sql(
        "SELECT id, number FROM tickets WHERE library = :library AND merged_into = :ticket ORDER BY number",
        ticket=ticket,
    )
    return [(TicketId(row["id"]), row["number"]) for row in rows]


def point_on(sql: Sql, before: TicketId, after: TicketId) -> None:
    """What was merged into ``before`` points to ``after`` from now on, so that one step always leads to the end."""
    sql(
        "UPDATE tickets SET merged_into = :after WHERE library = :library AND merged_into = :before",
        before=before,
        after=after,
    )


def numbers(sql: Sql, tickets: Iterable[TicketId | None]) -> dict[TicketId | None, int]:
    """What staff call some tickets; those that are not here are left out."""
    found: dict[TicketId | None, int] = {}
    for ticket in {each for each in tickets if each is not None}:
        for row in sql("SELECT number FROM tickets WHERE library = :library AND id = :id", id=ticket):
            found[ticket] = row["number"]
    return found
