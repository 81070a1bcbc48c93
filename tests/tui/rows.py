"""Rows and tickets made up for the pure tests."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

from helpdesk.clock import Instant, instant
from helpdesk.message import Channel, LineId, PersonId, StaffId, TicketId
from helpdesk.ticket import State, Ticket
from helpdesk.worklist import Anchor, Page, Row, View
from tui.render import Eye

NOON = instant(datetime(2026, 11, 23, 12, 0, tzinfo=UTC))
LONDON = ZoneInfo("Europe/London")
ANA, BEN = StaffId("ana"), StaffId("ben")
EYE = Eye(NOON, LONDON, ANA, {ANA: "Ana", BEN: "Ben"})

ROW = Row(
    id=TicketId("T1"),
    number=1,
    channel=Channel.SMS,
    line="noise",
    name="Quiet Heron",
    subject="",
    preview="loud on level 3",
    state=State.NEW,
    owner=None,
    held_until=None,
    opened=NOON,
    updated=NOON,
    unanswered=NOON,
    snoozed_until=None,
    due=Instant(NOON + 900_000),
    due_standard="noise-texts",
    flags=frozenset(),
    version=1,
)

TICKET = Ticket(
    id=TicketId("T1"),
    number=1,
    channel=Channel.MAIL,
    line=LineId("help"),
    subject="Renewal",
    preview="Can I renew?",
    name="Mina Okafor",
    person=PersonId("P1"),
    state=State.OPEN,
    opened=NOON,
    updated=NOON,
    unanswered=NOON,
    due=Instant(NOON + 900_000),
)


def row(number: int = 1, **changes: Any) -> Row:
    """A row of its own."""
    return replace(ROW, id=TicketId(f"T{number}"), number=number, **changes)


def page(numbers: list[int], *, start: int = 0, total: int | None = None) -> Page:
    """A page of rows with these numbers."""
    rows = tuple(row(number) for number in numbers)
    anchors = tuple(Anchor(index=start + at, order=at, id=rows[at].id) for at in (0, len(rows) - 1)) if rows else ()
    return Page(view=View.OPEN, start=start, rows=rows, total=len(rows) if total is None else total, anchors=anchors)
