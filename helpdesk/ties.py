"""Which tickets may be linked. Pure.

A link stands on both tickets for every member to read. So it must never say what the desk keeps apart: that two texters
of the Noiseline are one person, or that a texter is somebody whose name an open ticket knows.
"""

from __future__ import annotations

from helpdesk.errors import Refused
from helpdesk.message import Channel
from helpdesk.ticket import Ticket

MOST_LINKS = 20
"""How many other tickets one may be linked to."""

_APART = (
    "Who writes to the Noiseline stays unknown, so ticket {number} is linked only to tickets about the same noise or "
    "of the same conversation. Write a note instead."
)


def is_sealed(ticket: Ticket) -> bool:
    """Whether its writer is known by a friendly name alone."""
    return ticket.conversation is not None and ticket.channel is not Channel.CHAT


def may_link(ticket: Ticket, other: Ticket) -> None:
    """Refused, in words, where two tickets may not be linked.

    A sealed ticket is linked only to one that the desk shows together with it already: of its incident, or of its own
    conversation, which never outlives an epoch's thread window. Never to an open one.
    """
    if ticket.id == other.id:
        raise Refused(f"This is ticket {ticket.number} itself. Name another one.")
    sealed = [each for each in (ticket, other) if is_sealed(each)]
    if sealed and not _shown_together(ticket, other):
        raise Refused(_APART.format(number=sealed[0].number))


def _shown_together(ticket: Ticket, other: Ticket) -> bool:
    if not (is_sealed(ticket) and is_sealed(other)):
        return False
    same_noise = ticket.incident is not None and ticket.incident == other.incident
    return same_noise or ticket.conversation == other.conversation
