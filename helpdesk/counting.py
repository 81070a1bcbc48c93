"""The rules by which clocks and contacts are counted: what is left out and why, what is an answer, how long it took."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence

from helpdesk.clock import Instant, plus
from helpdesk.events import Event, Fact, Kind, standing
from helpdesk.message import Channel
from helpdesk.standards import Bar, ClockRow, Outcome, Pause, Published

_REASONS = (Bar.TEST, Bar.SPAM, Bar.MERGED, Bar.MUTED, Bar.AUTOMATIC, *Bar)


def reason(barred: Iterable[Bar]) -> Bar | None:
    """The reason under which what is left out is counted: of several the first; None where there is none."""
    return min(barred, key=_REASONS.index, default=None)


Spent = Callable[[str, Instant, Instant], int | None]
"""Milliseconds of open time by a calendar's digest ("" for wall time) from one moment to another; None if unknown."""


def spent_by(published: Published) -> Spent:
    """Open time by the calendars that were published. What lies past a calendar's horizon is not counted."""

    def spent(calendar: str, begin: Instant, end: Instant) -> int | None:
        if not calendar:
            return end - begin
        hours = published.hours(calendar)
        if hours is None:
            return None
        begin, end = max(begin, hours.first), min(end, hours.last)
        return hours.spent(begin, end) if begin < end else 0

    return spent


EVER = Instant(0)
"""Before anything that is counted."""


def reckoned(calendar: str, started: Instant, pauses: Sequence[Pause], spent: Spent) -> tuple[int | None, int]:
    """Of a clock that nobody stopped: seconds run if it stands still now (else None), and since when it runs.

    That is in milliseconds of its standard's time, from the very beginning, and later by the time it stood still: what
    has gone by at any moment, less that, is how long it has run.
    """
    since = spent(calendar, EVER, started) or 0
    if pauses:
        since += sum(spent(calendar, each.begin, each.end) or 0 for each in pauses if each.end is not None)
    if not pauses or pauses[-1].end is not None:
        return None, since
    run = spent(calendar, EVER, pauses[-1].begin)
    return (None if run is None else seconds(run - since)), since


def answered(row: ClockRow) -> bool:
    """Whether a person's answer stopped a clock: not the visitor, who had left before any came."""
    if row.outcome is not Outcome.MISSED:
        return row.outcome is Outcome.MET
    answers = [*(each.when for each in row.answers[:1]), *row.corrections[:1]]
    return bool(answers) and (row.left is None or min(answers) <= row.left)


def seconds(millis: int) -> int:
    """Whole seconds, rounded up: a figure never flatters."""
    return -(-millis // 1000)


def first_answer(events: Iterable[Event]) -> Instant | None:
    """When a person first answered a contact, None where nobody did; void where the answer was undeliverable
    or taken back.

    A reply is an answer, so is going there, and an answer by phone that was entered later. A contact at the desk or
    on the phone is answered as it is taken.
    """
    answers: dict[Fact, Instant] = {}
    for event in standing(events):
        told = _TOLD.get(event.kind)
        if told is not None and (found := told(event)) is not None:
            answers.setdefault(*found)  # an entry that is told of twice answered the first time
        elif event.kind in _VOID:
            answers.pop(event.data.get("entry"), None)
    return min(answers.values(), default=None)


# The answer that an event tells of, by its entry or, where nothing was sent, by the event's own number

_Answer = tuple[Fact, Instant] | None


def _replied(event: Event) -> _Answer:
    return None if event.data.get("automatic") else (event.data.get("entry"), event.when)


def _attended(event: Event) -> _Answer:
    return event.seq, event.when


def _corrected(event: Event) -> _Answer:
    answered = event.data.get("answered")
    return (event.seq, Instant(answered)) if isinstance(answered, int) else None


def _opened(event: Event) -> _Answer:
    if event.data.get("channel") not in (Channel.PHONE, Channel.DESK):
        return None
    waited = event.data.get("waited")
    return event.seq, plus(event.when, waited if isinstance(waited, int) else 0)


_VOID = frozenset({Kind.UNDELIVERABLE, Kind.UNSENT})
"""What says of an entry that it answered nothing."""

_TOLD: Mapping[Kind, Callable[[Event], _Answer]] = {
    Kind.REPLIED: _replied,
    Kind.ATTENDED: _attended,
    Kind.CORRECTED: _corrected,
    Kind.OPENED: _opened,
}
