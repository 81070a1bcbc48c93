"""A ticket with everything that was written in it, as staff read it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from helpdesk.clock import Instant
from helpdesk.events import Fact, Kind, Seq
from helpdesk.message import Address, Delivery, EntryId
from helpdesk.standards import ClockRow
from helpdesk.ticket import Ticket


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
    ``quote_from``  where quoted text starts in ``text``: the desk folds it from there
    """

    id: EntryId
    kind: EntryKind
    author: str
    text: str
    written: Instant
    quote_from: int | None = None
    delivery: Delivery | None = None
    trouble: str = ""
    segments: int = 1
    files: tuple[File, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Moment:
    """One line of a ticket's history. ``remark`` is free text, "" where there is none or it was erased."""

    seq: Seq
    kind: Kind
    when: Instant
    actor: str
    data: dict[str, Fact]
    remark: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Thread:
    """A ticket, its entries oldest first, its history and its clocks.

    ``participants``  who else is on the ticket; ``unverified``: who wrote to its address without being on it, so
    that the next reply must say whom to include
    ``linked``        numbers of tickets it follows on from
    """

    ticket: Ticket
    entries: tuple[Entry, ...]
    history: tuple[Moment, ...]
    clocks: tuple[ClockRow, ...]
    participants: tuple[Address, ...] = ()
    unverified: tuple[Address, ...] = ()
    linked: tuple[int, ...] = ()
