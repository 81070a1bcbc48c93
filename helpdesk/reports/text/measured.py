"""How it is measured, by which rules, and from which log."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from helpdesk.hours import WorkingDay
from helpdesk.reports import words
from helpdesk.reports.contents import Report
from helpdesk.reports.text.lines import headline, wrapped
from helpdesk.standards import Measure, Standard
from helpdesk.standards.promises import Manner


def measured(report: Report) -> Iterator[str]:
    """What the words and columns mean, for the standards of this report."""
    yield from headline("How it is measured")
    standards = [each.standard for each in report.standards]
    yield from wrapped(
        f"Days, weeks and months are calendar days in {report.zone}; weeks start on Monday (ISO). A contact belongs to "
        "the day it came in, whenever it was answered."
    )
    if report.total.figures:
        for note in (*_figures(report), *_limits(standards), *_answers(standards)):
            yield from wrapped(note)


def _figures(report: Report) -> Iterator[str]:
    yield (
        "Share: met of met and missed, cut to one decimal. What was never answered and fell due is missed. "
        "Interval: Wilson's, 95 %: where the share may lie when chance is allowed for."
    )
    yield (
        f"Result: the point figure against the promise; under {report.few} judged contacts it is too few to tell. "
        f"Within {report.amber_points:g} points: below the promise, by no more than that."
    )
    yield (
        "Median and P90 (nine in ten took no longer) by Kaplan and Meier: what is still unanswered counts as longer "
        "than it has waited so far, never as absent. Not reached: too many are unanswered to tell. Rounded up."
    )
    yield (
        "Pending: not answered and not yet due. Quit: the visitor left before the limit. Out: left out, for the "
        "reasons given. Unset: no published calendar says when they fall due. None of these is in the share."
    )
    if report.suspensions:
        yield "What began in a suspended period is in no count and no time; its figures stand apart."


def _limits(standards: Iterable[Standard]) -> Iterator[str]:
    """How limits end that are no length of time."""
    ways = {each.working_day for each in standards if each.limit.days}
    if WorkingDay.END in ways:
        yield (
            "A working day is a day on which the calendar opens. A limit in working days ends with the last closing "
            "of its last day; the day of the contact is not counted."
        )
    if WorkingDay.SAME_TIME in ways:
        yield (
            "A limit in working days by the same time ends at the same time of day on its last day on which the "
            "calendar opens; a contact out of hours counts from the next opening."
        )
    yield from (said for manner, said in _MANNERS.items() if any(each.limit.manner is manner for each in standards))
    if any(each.calendar for each in standards):
        yield "Times under a standard with a calendar are opening hours; all others are round the clock."


_MANNERS = {
    Manner.SAME_DAY: (
        "The same day, if before a time: until the end of the working day for what came in before it on a working "
        "day, else until the end of the next one."
    ),
    Manner.NEXT_SHIFT: (
        "Of the next shift: so many opening hours, which what came in out of hours has from the next opening on."
    ),
    Manner.AS_PROMISED: "As promised: by the moment that staff promised the patron.",
}


def _answers(standards: Iterable[Standard]) -> Iterator[str]:
    """What starts and stops a clock, and what does not."""
    yield "An answer is a person's; notes and automatic messages answer nothing. One that is undeliverable is void."
    measures = {each.measure for each in standards}
    yield from (said for measure, said in _MEASURES.items() if measure in measures)


_MEASURES = {
    Measure.ACKNOWLEDGED: "Acknowledged: whether an automatic message counts stands with each standard.",
    Measure.CLAIMED: "Claimed: a member of staff took the chat. Left before the limit it is quit, later it is missed.",
    Measure.ATTENDED: "Attended: somebody went there; the time is the one they entered.",
    Measure.NEXT_RESPONSE: (
        "Next response: timed from the first message that a patron wrote after a reply, each exchange by itself."
    ),
    Measure.KEEP_INFORMED: "Kept informed: each promise of news is timed by itself; a later one takes none back.",
    Measure.RESOLUTION: (
        "Resolved: staff said so. Waiting on the patron, and the time from solved to reopened, stop the clock."
    ),
}


def rules(report: Report) -> Iterator[str]:
    """Every version of a standard or calendar that the figures stand on, with its whole digest."""
    if not report.standards and not report.calendars:
        return
    yield from headline("Rules used")
    named = [("standard", each.standard.name, each.published, each.digest) for each in report.standards]
    named += [("calendar", each.name, each.published, each.digest) for each in report.calendars]
    for what, name, published, digest in named:
        yield from wrapped(f"{what} {name}, published on {words.moment_of(published, report.zone)}", rest="  ")
        yield f"  {digest}"


def seal(report: Report) -> Iterator[str]:
    """Where the log ended that the report was made from."""
    end = report.log.end
    yield from headline("The log")
    events = f"events 1 to {words.count(end.seq)} of the log" if end.seq else "an empty log"
    yield f"Made from {events}, whose digest is"
    yield f"  {end.digest}"
    yield "The same log, rules and moment give the same report."
