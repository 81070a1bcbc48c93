"""What a ticket's clocks show: a fold over its events.

Each event moves the rows one step (:func:`advance`); :func:`replay` is the same steps from the first
event on, so a rebuild gives the rows that the store already has. A row holds the facts that its events
told (when it started, which answers were given, whether the patron left, why it is not counted) and what
follows from them by the published standard and calendar. Nothing is forgotten on the way, so an answer
that turns out undeliverable, or spam that was none, needs no second reading of the log.

What the rules decide:

- **An answer** is a reply by a person. Of several, the earliest that was not undeliverable counts; the
  clock runs from its start until then. A note is none, nor is an automatic message (save that a standard
  may let one acknowledge). A first claim counts, whether or not it was released
  later; so does assigning the ticket to oneself, or a reply; being assigned it by somebody else does not.
- **Met** if the time spent is within the limit. Where the limit is reached exactly at closing, an answer
  in the closed hours after has spent no more and meets it still: ``due`` is closing time, ``lapses`` the
  next opening. A limit in working days ends with its day.
- **Solved without an answer** stops nothing: what was never answered and fell due was missed, whatever
  staff thought it needed.
- **Left** (a chat's visitor went): unanswered until then, it is *left early* up to the limit, a miss after.
- **Left out** (spam, a test, merged into another ticket, opened by an automatic message): the facts are
  kept and counted apart; ``NOT_SPAM`` brings the row back.
- **Undetermined**: no published calendar can say when it falls due. The store replays such tickets after
  the next publish; the next event does it too.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from functools import reduce

from helpdesk.clock import Instant
from helpdesk.errors import NeverOpen
from helpdesk.events import Event, Fact, Kind
from helpdesk.hours import Hours
from helpdesk.message import EntryId, TicketId
from helpdesk.standards.promises import Measure, Standard, Subject
from helpdesk.standards.published import Published, Version
from helpdesk.standards.rows import Answer, Bar, ClockRow, Outcome, Rows

ANSWERS_KEPT = 5
"""How many good answers a row remembers, earliest first, in case earlier ones prove undeliverable."""


def advance(rows: Rows, event: Event, subject: Subject, published: Published) -> Rows:
    """The rows of a ticket after one more of its events. Total: it raises for no event and no calendar."""
    if event.kind is Kind.OPENED and event.ticket is not None and not rows:
        return _opened(event, event.ticket, subject, published)
    return tuple(_step(row, event, published) for row in rows)


def replay(events: Iterable[Event], subject: Subject, published: Published) -> Rows:
    """The rows of a ticket from its whole history, in the order of the log."""

    def step(rows: Rows, event: Event) -> Rows:
        return advance(rows, event, subject, published)

    return reduce(step, events, ())


def _opened(event: Event, ticket: TicketId, subject: Subject, published: Published) -> Rows:
    barred = [Bar.AUTOMATIC] if event.data.get("automatic") else []
    barred += [Bar.TEST] if subject.test else []
    return tuple(
        _reckoned(_new(ticket, version, event.when, tuple(barred)), published)
        for version in published.versions_at(event.when)
        if version.standard.covers.cover(subject)
    )


def _new(ticket: TicketId, version: Version, when: Instant, barred: tuple[Bar, ...]) -> ClockRow:
    standard = version.standard
    return ClockRow(
        ticket=ticket,
        standard=standard.name,
        version=version.digest,
        measure=standard.measure,
        started=when,
        barred=barred,
    )


def _step(row: ClockRow, event: Event, published: Published) -> ClockRow:
    if event.kind not in _HEARD and row.outcome is not Outcome.UNDETERMINED:
        return row
    version = published.version(row.version)
    if version is None:
        return row
    told = _told(row, event, version.standard)
    if told is row and row.outcome is not Outcome.UNDETERMINED:
        return row
    return _reckoned(told, published)


# The facts that events tell

_STOPS: dict[Measure, frozenset[Kind]] = {
    Measure.ACKNOWLEDGED: frozenset({Kind.ACKNOWLEDGED, Kind.REPLIED}),
    Measure.CLAIMED: frozenset({Kind.CLAIMED, Kind.ASSIGNED, Kind.REPLIED}),
    Measure.ATTENDED: frozenset({Kind.ATTENDED}),
    Measure.FIRST_RESPONSE: frozenset({Kind.REPLIED}),
}
"""Which events stop a measure's clock. All start with OPENED; UNDELIVERABLE voids an answer of any."""

_HEARD = frozenset().union(*_STOPS.values()) | {
    Kind.UNDELIVERABLE,
    Kind.LEFT,
    Kind.SPAM,
    Kind.NOT_SPAM,
    Kind.TESTED,
    Kind.MERGED,
}
"""Every event that can tell a clock something; the rest of the log passes it by."""


def _told(row: ClockRow, event: Event, standard: Standard) -> ClockRow:
    match event.kind:
        case Kind.UNDELIVERABLE:
            return replace(row, answers=_without(row.answers, event.data.get("entry")))
        case Kind.LEFT:
            return replace(row, left=event.when if row.left is None else min(row.left, event.when))
        case Kind.SPAM:
            return _barred(row, Bar.SPAM, True)
        case Kind.NOT_SPAM:
            return _barred(row, Bar.SPAM, False)
        case Kind.TESTED:
            return _barred(row, Bar.TEST, event.data.get("test") is not False)
        case Kind.MERGED:
            return _barred(row, Bar.MERGED, True)
        case _ if _answers(event, standard):
            return replace(row, answers=_with(row.answers, event))
    return row


def _barred(row: ClockRow, bar: Bar, on: bool) -> ClockRow:
    kept = {*row.barred, bar} if on else {*row.barred} - {bar}
    return replace(row, barred=tuple(sorted(kept)))


def _answers(event: Event, standard: Standard) -> bool:
    if standard.attended_answers and event.kind is Kind.ATTENDED:
        return True
    if event.data.get("automatic") and not standard.counts_automatic:
        return False
    if event.kind is Kind.ASSIGNED and event.data.get("to") != event.actor:
        return False
    return event.kind in _STOPS.get(standard.measure, frozenset())


def _with(answers: tuple[Answer, ...], event: Event) -> tuple[Answer, ...]:
    entry = event.data.get("entry")
    answer = Answer(event.when, EntryId(entry) if isinstance(entry, str) else None)
    return tuple(sorted({*answers, answer}, key=_by_time)[:ANSWERS_KEPT])


def _without(answers: tuple[Answer, ...], entry: Fact) -> tuple[Answer, ...]:
    return tuple(answer for answer in answers if answer.entry is None or answer.entry != entry)


def _by_time(answer: Answer) -> tuple[Instant, str]:
    return answer.when, answer.entry or ""


# What follows from the facts


def _reckoned(row: ClockRow, published: Published) -> ClockRow:
    """The row with everything that follows from its facts, anew; a deadline once known stays."""
    version = published.version(row.version)
    if version is None:
        return row
    if row.due is None or row.lapses is None:
        calendar, due, lapses = _deadline(version.standard, row.started, published)
    else:
        calendar, due, lapses = row.calendar, row.due, row.lapses
    stopped = _stopped(row)
    return replace(
        row,
        calendar=calendar,
        due=due,
        lapses=lapses,
        stopped=stopped,
        spent=None if stopped is None or due is None else _spent(row.started, stopped, calendar, published),
        outcome=_outcome(row, stopped, lapses),
    )


Deadline = tuple[str, Instant | None, Instant | None]
"""The calendar's digest, when the limit is reached, and the last moment at which an answer meets it."""


def _deadline(standard: Standard, started: Instant, published: Published) -> Deadline:
    if not standard.limit.working:
        due = Instant(started + standard.limit.millis)
        return "", due, due
    for calendar in published.calendars_for(standard.calendar, started):
        try:
            return calendar.digest, *_working_deadline(standard, calendar.hours, started)
        except NeverOpen:
            continue
    return "", None, None


def _working_deadline(standard: Standard, hours: Hours, started: Instant) -> tuple[Instant, Instant]:
    limit = standard.limit
    if limit.days:
        due = hours.days_due(started, limit.days, standard.working_day)
        return due, due
    due = hours.due(started, limit.millis)
    try:
        return due, hours.next_open(due)
    except NeverOpen:
        return due, due


def _stopped(row: ClockRow) -> Instant | None:
    """The earliest answer, unless the visitor had left by then."""
    times = [answer.when for answer in row.answers[:1]]
    times += [] if row.left is None else [row.left]
    return min(times, default=None)


def _spent(started: Instant, stopped: Instant, calendar: str, published: Published) -> int | None:
    """Time from start to stop; an answer from before the start took 0. None past the calendar's horizon."""
    stopped = max(stopped, started)
    if not calendar:
        return stopped - started
    hours = published.hours(calendar)
    try:
        return hours.spent(started, stopped) if hours else None
    except NeverOpen:
        return None


def _outcome(row: ClockRow, stopped: Instant | None, lapses: Instant | None) -> Outcome:
    if row.barred:
        return Outcome.LEFT_OUT
    if lapses is None:
        return Outcome.UNDETERMINED
    if stopped is None:
        return Outcome.PENDING
    if stopped > lapses:
        return Outcome.MISSED
    return Outcome.LEFT_EARLY if _unanswered(row) else Outcome.MET


def _unanswered(row: ClockRow) -> bool:
    """Whether the visitor left with no answer given by then."""
    return not row.answers or (row.left is not None and row.left < row.answers[0].when)
