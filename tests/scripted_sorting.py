"""What a scripted desk says of how staff sort their work, and a table of every call about it."""

from __future__ import annotations

from typing import Any

from helpdesk.message import Channel, StaffId
from helpdesk.sorts import Preset, Sorts
from helpdesk.ticket import Ticket

ANA = StaffId("ana")
SORTS = Sorts(
    kinds=("enquiry", "complaint"),
    sites=("Main & North",),
    presets=(
        Preset(number=1, title="Directions", channel=Channel.DESK, effort=1, first_contact=True, tags=("map",)),
        Preset(number=4, title="Phone", channel=Channel.PHONE, kind="loan", site="Main & North"),
    ),
    asks=True,
)


def sorting_calls(ticket: Ticket) -> list[tuple[str, dict[str, Any], Any]]:
    """Every call: its name, what is given, what comes back. ``ticket`` is the one that some return."""
    on = {"actor": ANA, "ticket": ticket.id, "version": 3}
    return [
        ("sorts", {"actor": ANA}, SORTS),
        ("sort", {**on, "kind": "complaint", "site": None}, ticket),
        ("sort", {**on, "kind": None, "site": ""}, ticket),
        ("grade", {**on, "effort": 6, "first_contact": False}, ticket),
        ("grade", {**on, "effort": None, "first_contact": None}, ticket),
        ("hand_over", {**on, "to": StaffId("ben"), "text": "She rings at 3.", "key": "k"}, ticket),
        ("strike", on, ticket),
        ("log", {"actor": ANA, "preset": 4, "text": "“card”", "key": "k"}, ticket),
    ]
