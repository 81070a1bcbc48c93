"""A ticket's clocks told as stories: one ticket, its events, and the rows that they fold into.

The office is open from 09:00 to 13:00 and from 14:00 to 17:00, Monday to Friday, in UTC. Every story
starts on Monday 16 November 2026.
"""

from __future__ import annotations

from datetime import UTC, date, datetime

from helpdesk.clock import Instant, instant
from helpdesk.events import PATRON, Event, Fact, Kind, Seq
from helpdesk.hours.almanac import freeze
from helpdesk.hours.calendars import CLOSED, Rules, span_from_text
from helpdesk.message import Channel, LineId, TicketId
from helpdesk.standards import ClockRow, Rows, advance, replay
from helpdesk.standards.promises import Measure, Standard, Subject, limit_from_text
from helpdesk.standards.published import Published

TICKET = TicketId("t1")
OFFICE = (span_from_text("09:00-13:00"), span_from_text("14:00-17:00"))
RULES = Rules(name="office", zone="UTC", week=(OFFICE, OFFICE, OFFICE, OFFICE, OFFICE, CLOSED, CLOSED))
PUBLISHED = instant(datetime(2026, 9, 1, tzinfo=UTC))
MAIL = Subject(channel=Channel.MAIL, line=LineId("desk"))


def at(clock: str, day: int = 16) -> Instant:
    """A time of day in November 2026; the 16th is a Monday."""
    hour, minute = clock.split(":")
    return instant(datetime(2026, 11, day, int(hour), int(minute), tzinfo=UTC))


def standard(measure: Measure = Measure.FIRST_RESPONSE, limit: str = "4 working hours", name: str = "s") -> Standard:
    """A standard of that name, over all that it may cover, in force since September."""
    found = limit_from_text(limit)
    return Standard(
        name=name,
        title="t",
        measure=measure,
        limit=found,
        calendar="office" if found.working else "",
        share=90,
        from_date=date(2026, 9, 1),
    )


def publish(*standards: Standard, last: date = date(2027, 12, 31)) -> Published:
    """These standards, published with the office's calendar up to ``last``."""
    frozen = freeze(RULES, date(2026, 1, 1), last)
    return Published([(one.to_text(), PUBLISHED) for one in standards], [(frozen.to_text(), PUBLISHED)])


class Story:
    """One ticket and its events, told in order."""

    def __init__(self, *standards: Standard, subject: Subject = MAIL, published: Published | None = None) -> None:
        self.published = published or publish(*standards)
        self.subject = subject
        self.events: list[Event] = []
        self.rows: Rows = ()

    def tells(self, kind: Kind, when: Instant, actor: str = "ana", /, **data: Fact) -> Story:
        """One more event; the rows are advanced by it."""
        seq = Seq(len(self.events) + 1)
        event = Event(seq=seq, kind=kind, ticket=TICKET, when=when, noted=when, actor=actor, data=data)
        self.events.append(event)
        rows = advance(self.rows, [event], self.subject, self.published)
        self.rows = replay(self.events, self.subject, self.published) if rows is None else rows
        return self

    def opened(self, when: Instant, **data: Fact) -> Story:
        """The patron writes."""
        return self.tells(Kind.OPENED, when, PATRON, channel=str(self.subject.channel), line="desk", **data)

    def writes(self, when: Instant) -> Story:
        """The patron writes again."""
        return self.tells(Kind.RECEIVED, when, PATRON, entry=f"m{len(self.events)}", automatic=False)

    def replied(self, when: Instant, entry: str = "e1", automatic: bool = False) -> Story:
        """Staff answer, or the desk by itself."""
        return self.tells(Kind.REPLIED, when, entry=entry, outbox=f"o-{entry}", automatic=automatic)

    def bounced(self, when: Instant, entry: str = "e1") -> Story:
        """An answer could not be delivered."""
        return self.tells(Kind.UNDELIVERABLE, when, "system", entry=entry, outbox=f"o-{entry}", code="550")

    @property
    def row(self) -> ClockRow:
        """The only row there is."""
        (row,) = self.rows
        return row
