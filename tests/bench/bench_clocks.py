"""The fold of clocks: microseconds a clock row, from the log alone (a rebuild's arithmetic, no store).

Prints; asserts no time. Run by ``make bench``.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from time import process_time

import pytest

from helpdesk.clock import MINUTE, Instant, moment
from helpdesk.events import Event, Kind, Seq
from helpdesk.hours.almanac import freeze
from helpdesk.hours.calendars import always_open
from helpdesk.message import Channel, LineId, TicketId
from helpdesk.standards.clocks import replay
from helpdesk.standards.promises import Limit, Measure, Standard, Subject, Unit
from helpdesk.standards.published import Published

TICKETS = 10_000
START = Instant(1_790_000_000_000)
LIFE = (Kind.OPENED, Kind.RECEIVED, Kind.CLAIMED, Kind.REPLIED, Kind.SENT, Kind.DELIVERED, Kind.SOLVED, Kind.CLOSED)


def published() -> Published:
    """A calendar and two standards, one in wall time and one in working time."""
    day = moment(START).date() - timedelta(days=1)
    calendar = freeze(always_open("main"), day, day + timedelta(days=700))
    claimed = Standard(
        name="claimed",
        title="t",
        measure=Measure.CLAIMED,
        limit=Limit(60, Unit.SECONDS),
        share=98,
        from_date=date(2020, 1, 1),
    )
    answered = replace(
        claimed,
        name="answered",
        measure=Measure.FIRST_RESPONSE,
        limit=Limit(4, Unit.HOURS, working=True),
        calendar="main",
    )
    return Published([(one.to_text(), START) for one in (claimed, answered)], [(calendar.to_text(), START)])


def life() -> list[Event]:
    """A ticket's events, a minute apart."""
    return [
        Event(
            seq=Seq(n + 1),
            kind=kind,
            ticket=TicketId("t"),
            when=(when := Instant(START + n * MINUTE)),
            noted=when,
            actor="ana",
            data={"entry": f"e{n}"},
        )
        for n, kind in enumerate(LIFE)
    ]


@pytest.mark.bench
def test_clocks_in_microseconds() -> None:
    """Replay of a ticket of eight events under two standards."""
    events, rules = life(), published()
    subject = Subject(channel=Channel.CHAT, line=LineId("chat"))
    began = process_time()
    for _ in range(TICKETS):
        rows = replay(events, subject, rules)
    each = (process_time() - began) / TICKETS / len(rows) * 1e6
    print(f"\nreplay: {each:.1f} us a clock row; 2,000,000 rows in {each * 2:.0f} s")
