"""How tickets were before members changed them, kept for a day: what can be taken back is put back from here.

A *deed* is all that one call changed, on one ticket or on several; its events stand together in the log. Rows hold ids,
enums, numbers, times and tags, as the log does. Taking back is :mod:`~helpdesk.store.verbs.undoing`'s.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Concatenate, ParamSpec, TypeVar

from helpdesk.clock import DAY, Instant
from helpdesk.events import PATRON, SYSTEM, Event, Kind, Seq
from helpdesk.message import IncidentId, StaffId, TicketId
from helpdesk.noise.incidents import Incident
from helpdesk.ports import Sql
from helpdesk.store.verbs import events
from helpdesk.ticket import Flag, State, Ticket

KEPT = DAY
"""How long something can be taken back, in milliseconds."""

_NO_DEED = frozenset({Kind.UNDONE, Kind.ACKNOWLEDGED})
"""Taking back itself, and "with you in a moment": that leaves the ticket as it is, and what was done before free."""

P = ParamSpec("P")
D = TypeVar("D", bound=Ticket | Incident)

_READ: Mapping[str, Callable[[Any], Any]] = {
    "state": State,
    "flags": lambda flags: frozenset(map(Flag, flags)),
    "tags": tuple,
}
_COLUMNS = (
    "state owner held_until unanswered snoozed_until closes flags tags kind site effort first_contact merged_into"
    " incident zone concern person"
).split()
"""What of a ticket a deed may change, and taking it back puts back. The rest is the patron's, or follows from it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """What a deed did to one ticket.

    ``deed``         the first event of the deed
    ``first, last``  this ticket's own events
    ``was``          what was otherwise before, by the names of the ticket's fields
    """

    ticket: TicketId
    deed: Seq
    first: Seq
    last: Seq
    actor: StaffId
    was: Mapping[str, Any]


def keep(sql: Sql, before: Ticket, after: Ticket, written: Sequence[Event]) -> None:
    """Remember how a ticket was before a member changed it; what patrons and the desk itself do is not kept."""
    if not written or written[0].actor in {PATRON, SYSTEM} or written[0].kind in _NO_DEED:
        return
    was = {name: _plain(before, name) for name in _COLUMNS if getattr(before, name) != getattr(after, name)}
    sql(
        "INSERT INTO undoable (library, ticket, first, last, deed, about, version, actor, noted, was)"
        " VALUES (:library, :ticket, :first, :last, :first, :ticket, :version, :actor, :noted, :was)",
        ticket=after.id,
        first=written[0].seq,
        last=written[-1].seq,
        version=after.version,
        actor=written[0].actor,
        noted=written[-1].noted,
        was=json.dumps(was),
    )


def _plain(ticket: Ticket, name: str) -> object:
    value = getattr(ticket, name)
    return sorted(value) if isinstance(value, frozenset | tuple) else value


def put_back(ticket: Ticket, was: Mapping[str, Any]) -> Ticket:
    """The ticket with what a deed changed as it was before."""
    return replace(ticket, **{name: _READ.get(name, _same)(value) for name, value in was.items()})


def _same(value: Any) -> Any:
    return value


def as_one(sql: Sql, verb: Callable[Concatenate[Sql, P], D], *args: P.args, **named: P.kwargs) -> D:
    """Carry out a verb that changes several tickets: what it does is one deed, named by what it returns."""
    since = events.last(sql)
    done = verb(sql, *args, **named)
    sql(
        "UPDATE undoable SET deed = :deed, about = :about, version = :version"
        " WHERE library = :library AND deed > :since",
        deed=since + 1,
        about=done.id,
        version=done.version,
        since=since,
    )
    return done


def deed(sql: Sql, about: TicketId | IncidentId, version: int) -> tuple[Part, ...]:
    """The parts of the deed that made this version of a ticket or an incident, in order; () if none is kept."""
    rows = sql(
        "SELECT * FROM undoable WHERE library = :library AND deed = (SELECT max(deed) FROM undoable"
        " WHERE library = :library AND about = :about AND version = :version) ORDER BY first",
        about=about,
        version=version,
    )
    return tuple(
        Part(
            ticket=TicketId(row["ticket"]),
            deed=Seq(row["deed"]),
            first=Seq(row["first"]),
            last=Seq(row["last"]),
            actor=StaffId(row["actor"]),
            was=json.loads(row["was"]),
        )
        for row in rows
    )


def forget(sql: Sql, now: Instant) -> None:
    """What is older than a day can't be taken back any more."""
    sql("DELETE FROM undoable WHERE library = :library AND noted < :before", before=now - KEPT)
