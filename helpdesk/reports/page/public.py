"""The public performance page: what is promised, what was kept, month by month, and how to reach the library.

It is told from whole months of a report by month. Nothing internal stands on it: no ticket, no member of staff, no
miss by itself, no count so small that somebody could be recognised (see :mod:`~helpdesk.reports.suppression`).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from markupsafe import Markup

from helpdesk.errors import Refused
from helpdesk.reports import suppression, words
from helpdesk.reports.contents import Group, Report, Run, RunPoint
from helpdesk.reports.page import names
from helpdesk.reports.page.contacting import contacting
from helpdesk.reports.page.loudness import public_map
from helpdesk.reports.page.opening import unusual, week_of
from helpdesk.reports.page.reaching import Reaching
from helpdesk.reports.page.runs import run
from helpdesk.reports.page.sheets import rendered, share_of
from helpdesk.reports.period import Days, local_day
from helpdesk.reports.timeliness import Figure, Result
from helpdesk.standards import Version


@dataclass(frozen=True, slots=True)
class Month:
    """A month of a promise. ``notes`` are numbers of its remarks."""

    name: str
    figure: Figure | None
    notes: tuple[int, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Promise:
    """A standard at one promised share, for the public. ``latest``: its last month with anything to judge."""

    id: str
    title: str
    measured: str
    total: Figure
    months: tuple[Month, ...]
    latest: Month | None
    trend: Markup
    notes: tuple[str, ...]


def performance_page(report: Report, front: Reaching, *, small: int, noise: bool = False) -> str:
    """The page as HTML; the same report and front give the same text. Counts under ``small`` are not shown.

    ``noise``: whether it shows where and when it was noisy.

    Refused where the report is not by month, or its log is not whole.
    """
    if report.by != "month":
        raise Refused("The performance page is told by month: make the report by month.")
    if not report.log.whole:
        raise Refused(f"The log is broken, so nothing is published. {report.log.fault}")
    report = _since_it_began(report)
    today = local_day(report.now, report.zone)
    volumes = _volumes(report, small)
    came = contacting(suppression.heat(report.heat, small)) if report.heat else None
    return rendered(
        "standards.html",
        report,
        promises=tuple(_promises(report)),
        silent=tuple(_silent(report, front)),
        front=front,
        ways=front.ways,
        week=week_of(front.calendars, today) if front.calendars else None,
        coming=unusual(front.calendars, today),
        volumes=volumes,
        hides=any(_HIDDEN in row for row in volumes),
        came=came,
        weekdays=words.WEEKDAYS,
        noise=public_map(report.noise, suppression.noise(report.noise, small)) if noise and report.noise else None,
        not_people=words.NOT_PEOPLE,
    )


def _since_it_began(report: Report) -> Report:
    """Without the months before the log's first contact."""
    began = report.began
    if began is None or began <= report.days.begin:
        return report
    groups = tuple(group for group in report.groups if group.days.end > began)
    begin = min(began, report.days.end)
    return replace(report, groups=groups, days=Days(begin, report.days.end))


def _promises(report: Report) -> Iterator[Promise]:
    shares = [figure.standard for figure in report.total.figures]
    for place, total in enumerate(report.total.figures, start=1):
        versions = tuple(each for each in report.standards if each.digest in total.versions)
        yield _promise(report, total, versions, place, several=shares.count(total.standard) > 1)


def _silent(report: Report, front: Reaching) -> Iterator[tuple[str, str]]:
    """Promises in force under which nothing came in: title and share promised."""
    known = {(figure.standard, figure.promised) for figure in report.total.figures}
    for each in front.promises:
        if (each.name, f"{each.share:g}") not in known:
            yield words.plain(each.title).rstrip("."), f"{each.share:g}"


def _promise(report: Report, total: Figure, versions: Sequence[Version], place: int, *, several: bool) -> Promise:
    notes: list[str] = []
    corrected = _corrected(report, total)
    months = tuple(_month(report, total, group, corrected, notes) for group in report.groups)
    judged = [each for each in months if each.figure and each.figure.judged]
    title = words.plain(versions[-1].standard.title).rstrip(".") if versions else total.standard
    name = f"promise-{place}"
    return Promise(
        id=name,
        title=title + (f" (promised for {total.promised} %)" if several else ""),
        measured=words.publicly(tuple(each.standard for each in versions)) if versions else "",
        total=total,
        months=months,
        latest=judged[-1] if judged else None,
        trend=_trend(name, title, total, report.groups) if len(judged) > 1 else Markup(""),
        notes=tuple(notes),
    )


def _trend(name: str, title: str, total: Figure, groups: Sequence[Group]) -> Markup:
    points = [RunPoint(key=group.key, share=0, judged=0) for group in groups]
    for place, group in enumerate(groups):
        figure = _same(total, group)
        if figure and figure.share is not None:
            points[place] = RunPoint(key=group.key, share=figure.share, judged=figure.judged)
    shown = Run(
        standard=total.standard, promised=total.promised, points=tuple(points), centre=None, lower=None, upper=None
    )
    return run(f"{name}-trend", f"Kept, month by month: {title}", shown)


def _same(total: Figure, group: Group) -> Figure | None:
    promise = total.standard, total.promised
    return next((each for each in group.figures if (each.standard, each.promised) == promise), None)


# Remarks


def _month(report: Report, total: Figure, group: Group, corrected: str, notes: list[str]) -> Month:
    """A month with its remarks; each new remark gets the next number."""
    figure = _same(total, group)
    numbers = []
    said_of_it = [*_remarks(report, total, group, figure), *([corrected] if _was_corrected(figure) else [])]
    for said in said_of_it:
        if said not in notes:
            notes.append(said)
        numbers.append(notes.index(said) + 1)
    return Month(names.short_month(group.key), figure, tuple(sorted(numbers)))


def _remarks(report: Report, total: Figure, group: Group, figure: Figure | None) -> Iterator[str]:
    about = (total.standard, total.promised, group.key)
    yield from _suspended(report, total.standard, group, figure)
    for again in (each for each in report.restated if (each.standard, each.promised, each.month) == about):
        told = words.day(local_day(again.published, report.zone))
        why = ", ".join(map(words.plain, again.why)) or "nothing that the log tells apart"
        yield f"Restated: on {told} this was published as {share_of(again.before)}. What changed since: {why}."
    for dip in report.dips:
        if (dip.standard, dip.promised, dip.month) == about:
            yield from _explained(dip.month, dip.explanation, dip.action)
    if figure and figure.judged and figure.result is Result.TOO_FEW:
        yield f"Under {report.few} contacts a share is too few to tell."
    if figure and figure.pending:
        yield "Some contacts are not answered and not due yet: this figure may still change."


def _was_corrected(figure: Figure | None) -> bool:
    return figure is not None and figure.corrected > 0 and figure.recorded != (figure.met, figure.missed)


def _corrected(report: Report, total: Figure) -> str:
    """Of every month whose figure answers that were entered later changed: what it was as first recorded."""
    figures = [(group.key, _same(total, group)) for group in report.groups]
    before = [
        f"{names.short_month(key)} {share_of(figure.recorded)}"
        for key, figure in figures
        if figure is not None and _was_corrected(figure)
    ]
    return f"With answers that staff entered later. As first recorded: {', '.join(before)}."


def _suspended(report: Report, standard: str, group: Group, figure: Figure | None) -> Iterator[str]:
    """Why days of the month are left out, and what was kept with them."""
    for each in report.suspensions:
        if not each.about(standard) or not _overlap(each.days, group.days):
            continue
        reason = "" if each.closed else words.plain(each.reason)  # what is said in haste is for colleagues
        yield f"Suspended {words.suspended(each, report.zone)}{f': {reason}' if reason else '.'}"
    if figure and figure.suspended:
        yield f"What came in then is left out of this month; with it {share_of(figure.whole)} was kept."


def _overlap(one: Days, other: Days) -> bool:
    return one.begin < other.end and other.begin < one.end


def _explained(month: str, explanation: str, action: str) -> Iterator[str]:
    said = [words.plain(explanation), f"What we do: {words.plain(action)}" if action else ""]
    if any(said):
        yield f"{words.month(month)}: {' '.join(filter(None, said))}"


def _volumes(report: Report, small: int) -> tuple[tuple[str, str, str], ...]:
    """Channel, received and answered, for the public; "not shown" where it could point at somebody."""
    shown = suppression.volumes(report.volumes, small)
    return tuple(
        (names.channel(channel), _count(received), _count(answered)) for channel, (received, answered) in shown.items()
    )


_HIDDEN = "not shown"


def _count(number: int | None) -> str:
    return _HIDDEN if number is None else words.count(number)
