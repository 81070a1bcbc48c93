"""Suspended promises: which day of which standard is set apart, and how a report tells of it.

A suspension covers whole days by the library's clock. A contact that came in on such a day counts in neither met nor
missed of the standard, whatever became of it and whenever it was answered; the figure with it stands beside. One
that came in before and fell due on such a day counts as always: its promise was given.

What came in while its line was closed by hand is set apart in the same way, to the moment: its clock's row says so.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import timedelta

from helpdesk.clock import Instant
from helpdesk.local_days import local_day
from helpdesk.reports.contents import Suspension
from helpdesk.reports.period import Days
from helpdesk.standards import Closing, Published
from helpdesk.store.verbs.figures import Suspended

Rule = Callable[[str, Instant], bool]
"""Whether a standard's promise was suspended for what came in at a time."""


def rule(told: Iterable[Suspended]) -> Rule:
    """The rule that some suspensions make together. They may overlap, or be about every standard."""
    held = tuple(told)

    def suspended(standard: str, when: Instant) -> bool:
        return any(each.covers(standard, when) for each in held)

    return suspended


def closings(published: Published, days: Days, zone: str) -> tuple[Suspension, ...]:
    """What was closed by hand during a report's days, with the promises that did not hold there."""
    begin, end = days.instants(zone)
    return tuple(
        Suspension(
            seq=each.seq,
            standard="",
            days=Days(local_day(each.begins, zone), local_day(Instant(each.ends - 1), zone) + timedelta(days=1)),
            reason=each.reason,
            by=each.by,
            noted=each.noted,
            closed=each.what,
            span=(each.begins, each.ends),
            among=_among(each, published),
        )
        for each in published.closings.every
        if each.begins < end and begin < each.ends
    )


def _among(closing: Closing, published: Published) -> tuple[str, ...]:
    """The standards that cover what was closed, as far as channel and line say so."""
    names = (
        version.standard.name
        for version in published.versions_at(closing.begins)
        if closing.line in ("", *(version.standard.covers.lines or (closing.line,)))
        and closing.channel in ("", *(version.standard.covers.channels or (closing.channel,)))
    )
    return tuple(names)


def suspensions(told: Iterable[Suspended], days: Days) -> tuple[Suspension, ...]:
    """Those that touch a report's days, the earliest first."""
    touching = [each for each in told if each.first < days.end and days.begin < each.end]
    return tuple(
        Suspension(
            seq=each.seq,
            standard=each.standard,
            days=Days(each.first, each.end),
            reason=each.reason,
            by=each.by,
            noted=each.noted,
        )
        for each in sorted(touching, key=lambda each: (each.begins, each.seq))
    )
