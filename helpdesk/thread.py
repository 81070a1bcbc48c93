"""A ticket with everything that was written in it, as staff read it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from helpdesk.clock import Instant
from helpdesk.events import Fact, Kind, Seq, standing
from helpdesk.message import Address, Channel, Delivery, EntryId, StaffId
from helpdesk.standards import ClockRow
from helpdesk.ticket import State, Ticket


class EntryKind(StrEnum):
    """Who speaks to whom."""

    IN = "in"
    OUT = "out"
    AUTO = "auto"
    NOTE = "note"


@dataclass(frozen=True, slots=True, kw_only=True)
class File:
    """An attachment by name; its bytes are fetched by ``digest`` when somebody asks."""

    name: str
    media_type: str
    size: int
    digest: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One message or note.

    ``delivery``    how far an outgoing entry has come, None for what came in and for notes
    ``trouble``     why it could not be delivered, in words, "" if it could
    ``goes``        when it goes out: until then its writer can take it back; None where it has gone or nobody can
    ``quote_from``  where quoted text starts in ``text``: the desk folds it from there
    ``came_with``   the number of the merged ticket that it was written in, None for the ticket's own
    """

    id: EntryId
    kind: EntryKind
    author: str
    text: str
    written: Instant
    quote_from: int | None = None
    delivery: Delivery | None = None
    trouble: str = ""
    goes: Instant | None = None
    segments: int = 1
    files: tuple[File, ...] = ()
    came_with: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Moment:
    """One line of a ticket's history.

    ``remark``  free text (a reason, what the reader of a mail noticed), "" where there is none or it was erased
    ``other``   the number of another ticket that the fact names (followed on from, merged with), None where none is
    """

    seq: Seq
    kind: Kind
    when: Instant
    actor: str
    data: dict[str, Fact]
    remark: str = ""
    other: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Contact:
    """Another ticket beside this one: what it is about, and where it stands."""

    number: int
    channel: Channel
    subject: str
    state: State
    updated: Instant


@dataclass(frozen=True, slots=True, kw_only=True)
class Thread:
    """A ticket, its entries oldest first, its history and its clocks.

    ``participants``  who else is on the ticket; ``unverified``: who wrote to its address without being on it, so
    that the next reply must say whom to include
    ``linked``        numbers of tickets it follows on from
    ``merged_in``     numbers of tickets that were merged into it; their entries stand among its own
    ``merged_into``   the number of the ticket that goes on in its place, None where it goes on itself
    ``promised``      by when news was promised to the patron that they have not had yet, None where none is owed
    ``anonymous``     when it was forgotten who wrote it, ``forgotten`` when what was written; None where they are kept
    ``contacts``      other tickets of the same person, the latest first, at most eight; none on a sealed line: there
                      nobody is told that the same one wrote twice
    ``related``       tickets that staff linked to it, by number; ``followers``: who is told of what happens on it
    ``muted_until``   until when staff have muted the texter, None where they have not (any more)
    """

    ticket: Ticket
    entries: tuple[Entry, ...]
    history: tuple[Moment, ...]
    clocks: tuple[ClockRow, ...]
    participants: tuple[Address, ...] = ()
    unverified: tuple[Address, ...] = ()
    linked: tuple[int, ...] = ()
    merged_in: tuple[int, ...] = ()
    merged_into: int | None = None
    promised: Instant | None = None
    contacts: tuple[Contact, ...] = ()
    related: tuple[Contact, ...] = ()
    followers: tuple[StaffId, ...] = ()
    muted_until: Instant | None = None
    anonymous: Instant | None = None
    forgotten: Instant | None = None


def owed(history: Iterable[Moment]) -> Instant | None:
    """By when news is owed to the patron: the latest promise that no person's reply has kept since, None if none.

    A reply that proved undeliverable kept nothing; a ticket that was solved or merged owes nothing.
    """
    promises: list[Moment] = []
    kept: dict[Fact, Seq] = {}
    for moment in standing(history):
        match moment.kind:
            case Kind.PROMISED:
                promises.append(moment)
            case Kind.REPLIED if not moment.data.get("automatic"):
                kept[moment.data.get("entry")] = moment.seq
            case Kind.UNDELIVERABLE:
                kept.pop(moment.data.get("entry"), None)
            case Kind.SOLVED | Kind.MERGED:
                promises.clear()
    since = max(kept.values(), default=0)
    open_ones = [moment.data.get("by") for moment in promises if moment.seq > since]
    return Instant(open_ones[-1]) if open_ones and isinstance(open_ones[-1], int) else None
