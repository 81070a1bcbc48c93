"""What a scripted desk says of followers and links, and a table of every call about them."""

from __future__ import annotations

from typing import Any

from helpdesk.message import EntryId, StaffId, TicketId
from helpdesk.ticket import Ticket

ANA = StaffId("ana")


def ties_calls(ticket: Ticket) -> list[tuple[str, dict[str, Any], Any]]:
    """Every call: its name, what is given, what comes back. ``ticket`` is the one that most return."""
    on = {"actor": ANA, "ticket": ticket.id}
    return [
        ("followed", {"actor": ANA}, (ticket.id, TicketId("T2"))),
        ("follow", on, ticket),
        ("unfollow", on, ticket),
        ("link", {**on, "other": 12}, ticket),
        ("unlink", {**on, "other": 12}, ticket),
        (
            "split",
            {**on, "version": 3, "entries": (EntryId("E1"), EntryId("E2")), "subject": "The “lift”", "key": "k"},
            ticket,
        ),
    ]
