"""A colleague has given a ticket to whoever sits here: that is told at once, with the note in sight. No Textual."""

from __future__ import annotations

from collections.abc import Iterable

from helpdesk.errors import HelpdeskError
from helpdesk.events import Kind
from helpdesk.message import StaffId, TicketId
from helpdesk.sight import Told
from helpdesk.thread import EntryKind, Thread
from tui.plain import cut, one_line
from tui.sitting import Sitting
from tui.words import VIA

NOTE = 120
"""How much of a note a toast shows, in cells."""


def given(told: Iterable[Told], me: StaffId) -> tuple[TicketId, ...]:
    """Tickets that a colleague gave to somebody, perhaps to whoever sits here; each once."""
    found = (each.ticket for each in told if each.kind is Kind.ASSIGNED and each.actor != me)
    return tuple(dict.fromkeys(ticket for ticket in found if ticket is not None))


async def read(sitting: Sitting, ticket: TicketId) -> Thread | None:
    """The ticket, where it is with whoever sits here; None where it is not, or can't be read now."""
    try:
        thread = await sitting.desk.thread(sitting.actor, ticket)
    except (HelpdeskError, OSError):
        return None
    mine = thread.ticket.owner == sitting.actor and thread.ticket.held_until is None
    return thread if mine else None


def call_words(thread: Thread) -> str:
    """What the desk calls out: it names nobody, as it may stand on a locked screen."""
    return f"Ticket {thread.ticket.number}, {VIA[thread.ticket.channel]}, was handed to you"


def said_words(thread: Thread, sitting: Sitting) -> str:
    """What a toast says: by whom, and the note that came with it."""
    by = [moment for moment in thread.history if moment.kind is Kind.ASSIGNED][-1]
    who = one_line(sitting.name(by.actor))
    notes = [entry for entry in thread.entries if entry.kind is EntryKind.NOTE and entry.written == by.when]
    note = f": {cut(one_line(notes[-1].text), NOTE)}" if notes else "."
    return f"{who} handed ticket {thread.ticket.number} to you{note}"
