"""The report for those who run the service: everything in it on one page, tickets by number."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from helpdesk.hours import WorkingDay
from helpdesk.reports import words
from helpdesk.reports.contents import Report
from helpdesk.reports.effort_words import FIRST_CONTACT, SCALE, named
from helpdesk.reports.page import names
from helpdesk.reports.page.intervals import Strip, intervals
from helpdesk.reports.page.loudness import loudness
from helpdesk.reports.page.sections import sections
from helpdesk.reports.page.sheets import rendered
from helpdesk.reports.page.week import week, week_chart


def as_html(report: Report) -> str:
    """The whole report as one page of HTML; the same report gives the same text."""
    told = sections(report)
    shown = week(report.heat) if report.heat else None
    strips = [Strip(each.title, each.total.figure) for each in told]
    return rendered(
        "report.html",
        report,
        sections=told,
        glance=intervals("glance", "Share kept, of every promise", strips, above=True),
        legend=legend(report),
        head=names.head(report.by),
        by=names.by(report.by),
        events=_events(report),
        going_on=words.unfinished(report.days, report.now, report.zone),
        title_of=_titles(report),
        week=shown,
        week_chart=week_chart("week-chart", "Contacts by weekday and hour", shown) if shown else "",
        weekdays=words.WEEKDAYS,
        effort=tuple(named(report.effort)) if report.effort else (),
        effort_said=(SCALE, FIRST_CONTACT),
        noise=loudness(report.noise) if report.noise else None,
        notes=tuple(_notes(report)),
    )


def legend(report: Report) -> str:
    """What the shapes of an interval chart mean."""
    near = f", half not met but within {report.amber_points:g} points" if report.amber_points else ""
    return (
        f"Dot: the share kept (full: met{near}, open: not met, small: too few to tell). Whiskers: its "
        "95\N{NO-BREAK SPACE}% interval. Dashed line: the promise. The scale does not begin at 0."
    )


def _events(report: Report) -> str:
    if not report.log.end.seq:
        return "an empty log"
    return f"events 1 to {words.count(report.log.end.seq)} of the log"


def _titles(report: Report) -> Callable[[str], str]:
    """The latest public wording of a standard, by its name."""
    titles = {each.standard.name: words.plain(each.standard.title).rstrip(".") for each in report.standards}
    return lambda name: titles.get(name, name)


def _notes(report: Report) -> Iterator[str]:
    """How to read the figures, in the order in which a reader asks."""
    yield (
        f"Days, weeks and months are calendar days in {report.zone}; weeks start on Monday. A contact belongs to the "
        "day it came in, whenever it was answered."
    )
    yield (
        "Kept is met of met and missed, cut to one decimal, never rounded up. What was never answered and fell due is "
        f"missed. Under {report.few} judged contacts it is too few to tell. Whether a promise was met is said by this "
        "figure; the 95\N{NO-BREAK SPACE}% interval (Wilson) beside it says how far chance alone may have moved it."
    )
    yield (
        "Median and P90 count what is still unanswered as longer than it has waited so far (Kaplan and Meier), never "
        "as absent; where too many are unanswered to tell, they are not reached. Rounded up."
    )
    yield (
        "Left early: the visitor left before the limit. Left out: spam, muted, tests, merged and automatic ones, and "
        "contacts whose wait was not measured. Undetermined: no published calendar says when they fall due. None of "
        "these, nor what is pending or suspended, is in the share."
    )
    yield from _working_days(report)


def _working_days(report: Report) -> Iterator[str]:
    standards = [version.standard for version in report.standards]
    ways = {each.working_day for each in standards if each.limit.days}
    if WorkingDay.END in ways:
        yield (
            "A working day is a day on which the calendar opens. A limit in working days ends with the last closing of "
            "its last day; the day of the contact is not counted."
        )
    if WorkingDay.SAME_TIME in ways:
        yield (
            "A limit in working days by the same time ends at the same time of day on its last day on which the "
            "calendar opens; a contact out of hours counts from the next opening."
        )
    if any(each.calendar for each in standards):
        yield "Times under a standard with a calendar are opening hours; all others are round the clock."
