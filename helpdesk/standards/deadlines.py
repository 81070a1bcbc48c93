"""What follows from a clock's facts: when it falls due, when it stopped, how long that was, and whether it kept the
promise.

The rules:

- **Met** if the time spent is within the limit. Where the limit is reached exactly at closing, an answer in the
  closed hours after has spent no more and meets it still: ``due`` is closing time, ``lapses`` the next opening. A limit
  in working days, and "same day", end with their day.
- **Pauses** (waiting on the patron, closed until reopened) are taken out of the time spent, and put the deadline off by
  the same time: opening hours of the calendar where the limit counts by one, wall time otherwise. A limit in working
  days is put off by opening hours too, from the end of its day on: three hours of waiting give three opening hours
  more. What begins to stand still after its last moment gains nothing by it. While a clock stands still it has no
  deadline, and is pending.
- **Closed by hand**: in a closing of its line a clock stands still as in a pause, if it counts by a calendar and its
  last moment had not gone by when the closing began.
- **Undetermined**: no published calendar can say when it falls due.
- **Corrections** count like answers; what the row would say without them stands beside it.
"""

from __future__ import annotations

from typing import NamedTuple, Protocol

from helpdesk.clock import Instant
from helpdesk.errors import NeverOpen
from helpdesk.hours import WorkingDay
from helpdesk.standards.closings import came_in
from helpdesk.standards.facts import Facts
from helpdesk.standards.promises import LeftEarly, Manner
from helpdesk.standards.published import Published
from helpdesk.standards.rows import ClockRow, Outcome, Pause


class Reckoning(NamedTuple):
    """What follows from facts; the names are those of :class:`~helpdesk.standards.rows.ClockRow`."""

    calendar: str
    due: Instant | None
    lapses: Instant | None
    stopped: Instant | None
    spent: int | None
    outcome: Outcome
    pauses: tuple[Pause, ...] = ()
    closed: bool = False
    recorded: Outcome | None = None
    recorded_spent: int | None = None


def reckon(facts: Facts, published: Published) -> Reckoning:
    """What follows from these facts. Raises for no calendar."""
    limits = limits_of(facts, published)
    stopped, spent, outcome = _judgement(facts, limits, facts.corrections)
    recorded, recorded_spent = None, None
    if facts.corrections:
        _, recorded_spent, without = _judgement(facts, limits, ())
        recorded = without if without is not outcome else None
    closed = came_in(facts.closings, facts.started)
    return Reckoning(
        limits.calendar,
        limits.due,
        limits.lapses,
        stopped,
        spent,
        outcome,
        limits.pauses,
        closed,
        recorded,
        recorded_spent,
    )


def reckoned(facts: Facts, published: Published) -> ClockRow:
    """The row of these facts. Raises for no calendar."""
    return ClockRow(
        ticket=facts.ticket,
        standard=facts.standard.name,
        version=facts.version,
        measure=facts.measure,
        exchange=facts.exchange,
        started=facts.started,
        answers=facts.answers,
        corrections=facts.corrections,
        left=facts.left,
        barred=facts.barred,
        **reckon(facts, published)._asdict(),
    )


# By what time is counted


class Ruler(Protocol):
    """Counts time: a calendar's opening hours, or the wall clock."""

    def spent(self, a: Instant, b: Instant) -> int:
        """How much of it lies between two moments."""
        ...

    def due(self, start: Instant, millis: int) -> Instant:
        """When so much of it has run."""
        ...

    def next_open(self, when: Instant) -> Instant:
        """From when it runs on."""
        ...

    def days_due(self, start: Instant, days: int, by: WorkingDay = WorkingDay.END) -> Instant:
        """The end of so many working days."""
        ...

    def same_day_due(self, start: Instant, cutoff: int) -> Instant:
        """The end of the day, or of the next working day."""
        ...


class _Wall:
    """Wall time: all of it counts."""

    def spent(self, a: Instant, b: Instant) -> int:
        return b - a

    def due(self, start: Instant, millis: int) -> Instant:
        return Instant(start + millis)

    def next_open(self, when: Instant) -> Instant:
        return when

    def days_due(self, start: Instant, days: int, by: WorkingDay = WorkingDay.END) -> Instant:
        raise NeverOpen("wall time has no working days")

    def same_day_due(self, start: Instant, cutoff: int) -> Instant:
        raise NeverOpen("wall time has no working days")


WALL: Ruler = _Wall()


class Limits(NamedTuple):
    """By what a clock is counted, and until when it may run.

    ``ruler``     None where no published calendar can tell: then nothing else is known
    ``calendar``  the calendar's digest, "" for wall time
    ``due``       None while it stands still, and where nothing can tell
    ``pauses``    in which it stands still: its own, and closings of its line
    """

    ruler: Ruler | None
    calendar: str
    due: Instant | None
    lapses: Instant | None
    pauses: tuple[Pause, ...]


def limits_of(facts: Facts, published: Published) -> Limits:
    """By the first published calendar that can tell; without a pause, a deadline once known stays."""
    row = facts.row
    settled = row is not None and not facts.pauses and not row.pauses
    if row is not None and settled and row.due is not None and row.lapses is not None:
        ruler = published.hours(row.calendar) if row.calendar else WALL
        return Limits(ruler, row.calendar, row.due, row.lapses, ())
    if not facts.standard.limit.working:
        return Limits(WALL, "", *_deadline(facts, facts.pauses, WALL), facts.pauses)
    for calendar in published.calendars_for(facts.standard.calendar, facts.started):
        try:
            hours = calendar.hours
            pauses = _with_closings(facts, hours)
            return Limits(hours, calendar.digest, *_deadline(facts, pauses, hours), pauses)
        except NeverOpen:
            continue
    return Limits(None, "", None, None, facts.pauses)


# Until when


class _Base(NamedTuple):
    """A limit as ``millis`` from ``start``; ``by_day``: it ends with its day, whatever is closed after it."""

    start: Instant
    millis: int
    by_day: bool = True


def _base(facts: Facts, ruler: Ruler) -> _Base:
    limit = facts.standard.limit
    if millis := limit.millis:
        return _Base(facts.started, millis, by_day=False)
    if limit.days:
        return _Base(ruler.days_due(facts.started, limit.days, facts.standard.working_day), 0)
    if limit.manner is Manner.SAME_DAY:
        return _Base(ruler.same_day_due(facts.started, limit.before), 0)
    return _Base(facts.promised or facts.started, 0)


def _with_closings(facts: Facts, ruler: Ruler) -> tuple[Pause, ...]:
    """Its pauses, and the closings that began while it could still keep its promise and nobody had answered."""
    pauses = facts.pauses
    if facts.barred or not facts.closings:
        return pauses
    ended = [each.when for each in facts.answers[:1]] + list(facts.corrections[:1])
    ended += [] if facts.left is None else [facts.left]
    for closing in facts.closings:
        begin = max(closing.begins, facts.started)
        if closing.ends <= begin or (ended and begin >= max(ended)):
            continue
        _, lapses = _deadline(facts, tuple(each for each in pauses if each.begin <= begin), ruler)
        if lapses is not None and begin <= lapses:
            pauses = _joined([*pauses, Pause(begin, closing.ends)])
    return pauses


def _joined(pauses: list[Pause]) -> tuple[Pause, ...]:
    """In order, and as one where one touches or overlaps the next."""
    joined: list[Pause] = []
    for pause in sorted(pauses, key=lambda each: each.begin):
        last = joined[-1] if joined else None
        if last is None or (last.end is not None and last.end < pause.begin):
            joined.append(pause)
        elif last.end is not None:
            joined[-1] = Pause(last.begin, None if pause.end is None else max(last.end, pause.end))
    return tuple(joined)


def _deadline(facts: Facts, pauses: tuple[Pause, ...], ruler: Ruler) -> tuple[Instant | None, Instant | None]:
    """When the limit is reached, and the last moment at which an answer meets it; (None, None) while standing still."""
    base = _base(facts, ruler)
    due = ruler.due(base.start, base.millis)
    lapses = _last_moment(due, base, ruler)
    still = 0
    for pause in pauses:
        if pause.begin > lapses:
            break
        if pause.end is None:
            return None, None
        if pause.begin < due:
            still += ruler.spent(pause.begin, pause.end)
            due = ruler.due(base.start, base.millis + still)
            lapses = _last_moment(due, base, ruler)
        else:
            lapses = max(lapses, _last_moment(pause.end, base, ruler))
    return due, lapses


def _last_moment(when: Instant, base: _Base, ruler: Ruler) -> Instant:
    """Until when no more is spent than at ``when``."""
    if base.by_day:
        return when
    try:
        return ruler.next_open(when)
    except NeverOpen:
        return when


# How it came out


def _judgement(
    facts: Facts, limits: Limits, corrections: tuple[Instant, ...]
) -> tuple[Instant | None, int | None, Outcome]:
    """When it stopped, the time spent until then, and how it stands."""
    answered = _answered(facts, corrections)
    left = facts.left
    gone = left is not None and (answered is None or left < answered)
    stopped = left if gone else answered
    spent = None if stopped is None else spent_until(facts, stopped, limits)
    return stopped, spent, _outcome(facts, limits, stopped, gone)


def _answered(facts: Facts, corrections: tuple[Instant, ...]) -> Instant | None:
    """The earliest answer."""
    if not corrections:
        return facts.answers[0].when if facts.answers else None
    return min(corrections[0], facts.answers[0].when) if facts.answers else corrections[0]


def _outcome(facts: Facts, limits: Limits, stopped: Instant | None, gone: bool) -> Outcome:
    if facts.barred:
        return Outcome.LEFT_OUT
    if limits.ruler is None:
        return Outcome.UNDETERMINED
    if stopped is None:
        return Outcome.PENDING
    if limits.lapses is not None and stopped > limits.lapses:
        return Outcome.MISSED
    if not gone:
        return Outcome.MET
    return Outcome.MISSED if facts.standard.left_early is LeftEarly.MISSED else Outcome.LEFT_EARLY


def spent_until(facts: Facts, when: Instant, limits: Limits) -> int | None:
    """The standard's time from the start until ``when``, pauses left out; before the start it is 0.

    None where the calendar can't tell: past its horizon, or where there is none.
    """
    ruler = limits.ruler
    if ruler is None:
        return None
    when = max(when, facts.started)
    try:
        spent = ruler.spent(facts.started, when)
        for pause in limits.pauses:
            if pause.begin < when:
                spent -= ruler.spent(pause.begin, when if pause.end is None else min(pause.end, when))
    except NeverOpen:
        return None
    return spent
