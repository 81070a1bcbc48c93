"""Figures that were published, against what the log says now: nothing changes in silence.

Each clock of a published month that may count otherwise is set beside what it was when the figure was made, and told
under what changed it: a correction, spam, a suspension, an answer to what was still open then. If all these changes
don't lead from the published figure to that of now, the rest is said to be unexplained, as it is: the figure, the log
or the rules of this program were changed.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from helpdesk.clock import Instant
from helpdesk.errors import Refused
from helpdesk.events import Kind
from helpdesk.reports.contents import Group, Report, Restated
from helpdesk.reports.period import Days, local_day
from helpdesk.reports.suspending import Rule
from helpdesk.standards import Bar, ClockRow, Outcome, Published, judged
from helpdesk.store.verbs.changes import Life
from helpdesk.store.verbs.figures import Printed, PublishedFigure

# What is published


def to_publish(report: Report) -> tuple[PublishedFigure, ...]:
    """The figures of a report by month that can be published: of whole months that are over, judged ones.

    Refused where the report is by something else.
    """
    if report.by != "month":
        raise Refused(f"Figures are published by month. This report is by {report.by}: make one by month.")
    today = local_day(report.now, report.zone)
    return tuple(
        PublishedFigure(
            standard=figure.standard,
            promised=figure.promised,
            month=group.key,
            met=figure.met,
            missed=figure.missed,
            pending=figure.pending,
            seq=report.log.end.seq,
        )
        for group in report.groups
        if group.days.end <= today and _whole(group.days, report.began)
        for figure in group.figures
        if figure.judged
    )


def _whole(days: Days, began: date | None) -> bool:
    """Whether they are a month, or what the log has of its first one."""
    return days.end.day == 1 and (days.begin.day == 1 or days.begin == began)


# What was published otherwise


class Cause(StrEnum):
    """Why a clock is counted otherwise than it was, in the words of "2 corrected"."""

    SUSPENDED = "suspended"
    HELD_AGAIN = "no longer suspended"
    SPAM = "marked as spam"
    NOT_SPAM = "no spam after all"
    MUTED = "muted since"
    NOT_MUTED = "muted no longer"
    TEST = "marked as a test"
    NOT_TEST = "no test after all"
    MERGED = "merged into another"
    CORRECTED = "corrected"
    OPEN = "still open then"
    UNDELIVERABLE = "undeliverable after all"
    CAUGHT_UP = "caught up since"
    TAGGED = "tagged otherwise"
    CLOSED = "closed then, as was said since"
    SORTED = "of another kind or site"
    CALENDAR = "by a calendar published since"
    ENTERED = "entered since"
    UNEXPLAINED = "that the log does not explain"


@dataclass(frozen=True, slots=True, kw_only=True)
class Ruling:
    """By what clocks are judged: what was published, which promises were suspended, at which moment."""

    published: Published
    suspended: Rule
    told: Instant

    def side(self, row: ClockRow | None, figure: PublishedFigure) -> Outcome | None:
        """Whether a clock counts as met or as missed in a figure; None where in neither."""
        if row is None or row.standard != figure.standard or self._promised(row) != figure.promised:
            return None
        if self.apart(row):
            return None
        outcome = judged(row, self.told)
        return outcome if outcome in (Outcome.MET, Outcome.MISSED) else None

    def apart(self, row: ClockRow) -> bool:
        """Whether its promise did not hold when it began: suspended, or its line was closed."""
        return row.closed or self.suspended(row.standard, row.started)

    def _promised(self, row: ClockRow) -> str:
        version = self.published.version(row.version)
        return f"{version.standard.share:g}" if version else "100"


Lives = Callable[[Printed, Days], tuple[Iterable[Life], Ruling]]
"""What has become of all clocks of a month since a figure was published, and by what they were judged then."""


def restated(printed: Iterable[Printed], months: Iterable[Group], ruling: Ruling, lives: Lives) -> tuple[Restated, ...]:
    """The published figures of these months that are other ones now, by month, standard and time of publishing.

    ``months``  whole months that are over, as ``ruling`` judges them; a figure that fell away has no met and no missed
    ``lives``   asked of figures that differ only
    """
    now = {month.key: month for month in months}
    once: dict[tuple[str, int, Instant], tuple[Iterable[Life], Ruling]] = {}

    def kept(each: Printed, days: Days) -> tuple[Iterable[Life], Ruling]:
        """What was published together is asked for once."""
        key = each.figure.month, each.figure.seq, each.noted
        if key not in once:
            once[key] = lives(each, days)
        return once[key]

    found = (_restated(each, now[each.figure.month], ruling, kept) for each in printed if each.figure.month in now)
    return tuple(sorted((each for each in found if each), key=_in_order))


def _in_order(each: Restated) -> tuple[str, str, str, Instant]:
    return each.month, each.standard, each.promised, each.published


def _restated(printed: Printed, month: Group, ruling: Ruling, lives: Lives) -> Restated | None:
    was = printed.figure
    before, after = (was.met, was.missed), (0, 0)
    for figure in month.figures:
        if (figure.standard, figure.promised) == (was.standard, was.promised):
            after = figure.met, figure.missed
    if before == after:
        return None
    found, then = lives(printed, month.days)
    return Restated(
        standard=was.standard,
        promised=was.promised,
        month=was.month,
        published=printed.noted,
        before=before,
        after=after,
        why=_why(found, was, after, then, ruling),
    )


def _why(
    lives: Iterable[Life], was: PublishedFigure, after: tuple[int, int], then: Ruling, now: Ruling
) -> Mapping[str, int]:
    """How many clocks count otherwise, by cause; and by how many the figures differ beyond that."""
    causes: Counter[Cause] = Counter()
    counted = Counter({Outcome.MET: was.met, Outcome.MISSED: was.missed})
    for life in lives:
        before, since = then.side(life.then, was), now.side(life.now, was)
        if before is not since:
            causes[_cause(life, then, now)] += 1
            counted.subtract([before] if before else [])
            counted.update([since] if since else [])
    met, missed = after
    causes[Cause.UNEXPLAINED] += max(abs(counted[Outcome.MET] - met), abs(counted[Outcome.MISSED] - missed))
    return {str(cause): causes[cause] for cause in Cause if causes[cause]}


def _cause(life: Life, then: Ruling, now: Ruling) -> Cause:
    """What made a clock count otherwise: the first that holds."""
    return next(_causes(life, then, now), Cause.UNEXPLAINED)


def _causes(life: Life, then: Ruling, now: Ruling) -> Iterator[Cause]:
    told = {event.kind for event in life.since}
    if life.then is None or life.now is None:
        yield from _came_or_went(told)
        return
    yield from _set_apart(life.then, life.now, then, now)
    if life.then.corrections != life.now.corrections:
        yield Cause.CORRECTED
    if judged(life.then, then.told) is Outcome.PENDING:
        yield Cause.OPEN
    if Kind.UNDELIVERABLE in told:
        yield Cause.UNDELIVERABLE
    if life.then.calendar == life.now.calendar and life.then.due != life.now.due and not told:
        yield Cause.CLOSED
    if (life.then.calendar, life.then.due) != (life.now.calendar, life.now.due):
        yield Cause.CALENDAR
    if told:
        yield Cause.ENTERED


def _came_or_went(told: set[Kind]) -> Iterator[Cause]:
    """A clock that was not there then, or is not there now."""
    if Kind.TAGGED in told:
        yield Cause.TAGGED
    if Kind.SORTED in told:
        yield Cause.SORTED
    if told:
        yield Cause.CAUGHT_UP


_BARRED = {Bar.TEST: Cause.TEST, Bar.SPAM: Cause.SPAM, Bar.MERGED: Cause.MERGED, Bar.MUTED: Cause.MUTED}
_UNBARRED = {Bar.TEST: Cause.NOT_TEST, Bar.SPAM: Cause.NOT_SPAM, Bar.MUTED: Cause.NOT_MUTED}


def _set_apart(before: ClockRow, after: ClockRow, then: Ruling, now: Ruling) -> Iterator[Cause]:
    """What put a clock beside the figures, or back among them."""
    was, is_now = (ruling.apart(row) for ruling, row in ((then, before), (now, after)))
    if was != is_now:
        yield Cause.SUSPENDED if is_now else Cause.HELD_AGAIN
    yield from (cause for bar, cause in _BARRED.items() if bar in after.barred and bar not in before.barred)
    yield from (cause for bar, cause in _UNBARRED.items() if bar in before.barred and bar not in after.barred)
