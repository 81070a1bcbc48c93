"""One question to a calendar, answered in lines of text that show the working: what was counted, what was skipped.

The answer is the last line. NeverOpen where the calendar has none.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date, timedelta
from itertools import groupby

from helpdesk.clock import Instant
from helpdesk.errors import NeverOpen
from helpdesk.hours.calendars import Frozen, Planner
from helpdesk.hours.localtime import LocalTime
from helpdesk.hours.moments import clock_text, day_of, length_text, moment_text
from helpdesk.hours.reckoning import Hours, OpenDay, WorkingDay, compile_hours
from helpdesk.hours.working import Step, worked

Lines = tuple[str, ...]


def spent(frozen: Frozen, a: Instant, b: Instant) -> Lines:
    """How much open time lies between two moments."""
    hours = compile_hours(frozen)
    earlier, later = sorted((a, b))
    steps = worked(frozen, earlier, later)
    total = f"spent {length_text(hours.spent(a, b))}"
    return (*_steps(steps, hours.local), total + (", below 0: the second time is the earlier" if b < a else ""))


def due(frozen: Frozen, start: Instant, millis: int) -> Lines:
    """When so much open time has run."""
    hours = compile_hours(frozen)
    end = hours.due(start, millis)
    return (*_steps(worked(frozen, start, end), hours.local), *_until(hours, end), _due(end, hours))


def before(frozen: Frozen, end: Instant, millis: int) -> Lines:
    """From when so much open time runs until ``end``."""
    hours = compile_hours(frozen)
    begin = hours.before(end, millis)
    return (*_steps(worked(frozen, begin, end), hours.local), f"from {moment_text(begin, hours.local)}")


def days_due(frozen: Frozen, start: Instant, days: int, by: WorkingDay) -> Lines:
    """The end of the n-th working day, or the same time of day on it, with every day on the way."""
    hours = compile_hours(frozen)
    answer = hours.days_due(start, days, by)
    told = [f"{'start':>8}  {moment_text(start, hours.local)}"]
    counted = hours.next_open(start) if by is WorkingDay.SAME_TIME else start
    if counted != start:
        told.append(f"{'':8}  out of hours: it counts as at {moment_text(counted, hours.local)}")
    last = _day_of(counted, hours)
    for number, open_day in enumerate(hours.working_days(counted, days), 1):
        day = _date(open_day)
        told += _skipped(frozen, last, day)
        told.append(f"{f'day {number}':>8}  {_short(day)}, until {_end(open_day.opens, open_day.closes, hours.local)}")
        last = day
    return (*told, _due(answer, hours))


def same_day_due(frozen: Frozen, start: Instant, cutoff: int) -> Lines:
    """The end of the day if ``start`` lies before a time of day (in milliseconds), else of the next working day."""
    hours = compile_hours(frozen)
    end = hours.same_day_due(start, cutoff)
    day = hours.day_at(start)
    same = day is not None and day.closes == end
    told = [
        f"{'start':>8}  {moment_text(start, hours.local)}",
        f"{'':8}  {'in time for the same day' if same else 'too late for the same day'}",
    ]
    if not same:
        told += _skipped(frozen, _day_of(start, hours), _date(hours.working_days(start, 1)[0]))
    return (*told, _due(end, hours))


def is_open(frozen: Frozen, when: Instant) -> Lines:
    """Whether it is open, why, and when that changes."""
    hours = compile_hours(frozen)
    if hours.is_open(when):
        [step] = worked(frozen, when, Instant(when + 1))
        return (f"{'why':>8}  {step.reason}", f"open until {_closing(hours, when)}")
    try:
        opening = hours.next_open(when)
    except NeverOpen:
        return (f"closed, and no opening is known after {moment_text(when, hours.local)}",)
    [step] = worked(frozen, when, opening)
    return (f"{'why':>8}  {step.reason}", f"closed until {moment_text(opening, hours.local)}")


def _closing(hours: Hours, when: Instant) -> str:
    end = next(closes for opens, closes in hours.intervals if opens <= when < closes)
    return moment_text(end, hours.local) if end < hours.last else "as far as is known"


def _due(end: Instant, hours: Hours) -> str:
    return f"due {moment_text(end, hours.local)}"


def _until(hours: Hours, end: Instant) -> Iterator[str]:
    """Where the limit is used up exactly at closing, nothing runs until the next opening."""
    try:
        opening = hours.next_open(end)
    except NeverOpen:
        return
    if opening > end:
        yield f"{'':8}  used up at closing: an answer before {moment_text(opening, hours.local)} has spent no more"


def _steps(steps: Iterable[Step], local: LocalTime) -> Iterator[str]:
    for step in steps:
        if step.counted:
            begin = f"{_short(day_of(step.begin, local))}  {clock_text(step.begin, local)}"
            stretch = f"{begin}-{_end(step.begin, step.end, local)}"
            yield f"{'counted':>8}  {stretch:34}  {length_text(step.millis)}"
        else:
            yield f"{'skipped':>8}  {'until ' + moment_text(step.end, local):34}  {step.reason}"


def _end(begin: Instant, end: Instant, local: LocalTime) -> str:
    """The end's time of day, with the day where it is another one and not just its midnight."""
    last = day_of(Instant(end - 1), local)
    if last == day_of(begin, local):
        return clock_text(end, local) if day_of(end, local) == last else "24:00"
    return moment_text(end, local)


def _short(day: date) -> str:
    return f"{day:%a} {day.day:2} {day:%b}"


def _date(day: OpenDay) -> date:
    return date(1970, 1, 1) + timedelta(days=day.number)


def _day_of(when: Instant, hours: Hours) -> date:
    """The day that a moment is counted to: small hours that are open still belong to the day before."""
    day = hours.day_at(when)
    return _date(day) if day else day_of(when, hours.local)


def _skipped(frozen: Frozen, last: date, day: date) -> Iterator[str]:
    """The days between two working days, and why none of them is one."""
    planner = Planner(frozen)
    between = [last + timedelta(days=n) for n in range(1, (day - last).days)]
    for reason, run in groupby(between, key=lambda each: planner.plan(each).reason):
        days = list(run)
        stretch = _short(days[0]) + (f" to {_short(days[-1])}" if len(days) > 1 else "")
        yield f"{'skipped':>8}  {stretch}: {'no hours' if reason == 'default week' else reason}"
