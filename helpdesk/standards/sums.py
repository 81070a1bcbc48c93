"""The working of a clock's time: every stretch that was counted, every one that was not, and why."""

from __future__ import annotations

from collections.abc import Iterator

from helpdesk.clock import Instant
from helpdesk.errors import NeverOpen
from helpdesk.hours.calendars import frozen_from_text
from helpdesk.hours.working import Step, worked
from helpdesk.standards.deadlines import limits_of, spent_until
from helpdesk.standards.facts import Facts
from helpdesk.standards.promises import Measure
from helpdesk.standards.published import Calendar, Published
from helpdesk.standards.rows import ClockRow, Pause
from helpdesk.standards.times import Times, length

SHOWN = 30
"""The most stretches of one working that are listed one by one; the middle ones of more are told as a sum."""


class Sums:
    """One clock's working, from its start until it stopped, or until now."""

    def __init__(self, clock: Facts, row: ClockRow, published: Published, now: Instant, times: Times) -> None:
        self._clock = clock
        self._end = now if row.stopped is None else row.stopped
        self._stopped = row.stopped is not None
        self._limits = limits_of(clock, published)
        self._calendar = next((each for each in published.calendars() if each.digest == self._limits.calendar), None)
        self._times = times

    def working(self) -> tuple[str, ...]:
        """Line by line, the sum last."""
        return tuple(self._lines())

    def _lines(self) -> Iterator[str]:
        clock, end = self._clock, self._end
        if self._limits.ruler is None:
            yield "Nothing can be counted before the calendar is published."
            return
        yield self._counted_by()
        if end <= clock.started:
            yield "It was answered before it began, so it took no time." if self._stopped else "It has not begun yet."
            return
        spent = spent_until(clock, end, self._limits)
        if spent is None:
            yield "The calendar was not published as far as the end, so the sum is not known."
            return
        steps = list(self._steps())
        yield from _shortened([self._line(step) for step in steps], steps)
        yield f"sum {length(spent)}{'' if self._stopped else ' so far'}{self._of_limit()}"

    def _counted_by(self) -> str:
        calendar = self._calendar
        if calendar is None:
            return "By the clock on the wall: every hour of every day counts."
        return (
            f"In opening hours of the calendar {calendar.name}, version {calendar.digest[:8]}, in force from"
            f" {self._times.said(calendar.since)}."
        )

    def _of_limit(self) -> str:
        limit = self._clock.standard.limit
        return f", of {limit}" if limit.millis and self._clock.measure is not Measure.KEEP_INFORMED else ""

    def _steps(self) -> Iterator[Step]:
        """The stretches from start to end; what it stood still is one that was skipped."""
        reached = self._clock.started
        for pause in self._limits.pauses:
            until = self._end if pause.end is None else min(pause.end, self._end)
            if pause.begin >= until:
                break
            yield from self._running(reached, pause.begin)
            yield Step(pause.begin, until, False, self._why(pause))
            reached = until
        yield from self._running(reached, self._end)

    def _why(self, pause: Pause) -> str:
        """Why it stood still: where its line was closed, the reason of that."""
        reasons = [each.reason for each in self._clock.closings if each.begins <= pause.begin < each.ends]
        return f"closed ({reasons[0]})" if reasons and reasons[0] else "closed" if reasons else "it stood still"

    def _running(self, begin: Instant, end: Instant) -> Iterator[Step]:
        if begin >= end:
            return
        if self._calendar is None:
            yield Step(begin, end, True, "")
            return
        yield from _of_calendar(self._calendar, begin, end)

    def _line(self, step: Step) -> str:
        begin, end = self._times.said(step.begin), self._times.said(step.end)
        if step.counted:
            return f"counted {begin} to {end}: {length(step.millis)}"
        return f"skipped {begin} to {end}: {step.reason}"


def _of_calendar(calendar: Calendar, begin: Instant, end: Instant) -> Iterator[Step]:
    try:
        yield from worked(frozen_from_text(calendar.text), begin, end)
    except NeverOpen:
        return


def _shortened(lines: list[str], steps: list[Step]) -> list[str]:
    """All of them, or the first and the last with the sum of those between."""
    if len(lines) <= SHOWN:
        return lines
    edge = SHOWN // 2
    between = steps[edge:-edge]
    counted = sum(step.millis for step in between)
    openings = sum(step.counted for step in between)
    return [*lines[:edge], f"... and {openings} more openings: {length(counted)}", *lines[-edge:]]
