"""A report in the order in which a page tells it: a section for each promise, with all that belongs to it (pure)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup

from helpdesk.reports import words
from helpdesk.reports.contents import Dip, Miss, Report, Restated, Run, Suspension
from helpdesk.reports.page import names
from helpdesk.reports.page.intervals import Strip, intervals
from helpdesk.reports.page.runs import run
from helpdesk.reports.timeliness import Figure
from helpdesk.standards import Measure, Standard, Version


@dataclass(frozen=True, slots=True)
class Row:
    """A line of a section's tables. ``restated``: the number of the remark that says why, 0 where there is none."""

    name: str
    figure: Figure | None
    restated: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """A promise: one standard at one promised share.

    ``working``  whether its times are opening hours
    ``rows``     a line for each group
    ``run``      None where fewer than two months are known
    ``misses``   those that the report lists
    ``dips``     months of which something was said to the public; ``untold`` the others below the promise
    """

    id: str
    title: str
    promise: str
    facts: tuple[tuple[str, str], ...]
    working: bool
    total: Row
    rows: tuple[Row, ...]
    intervals: Markup
    run: Run | None
    run_chart: Markup
    misses: tuple[Miss, ...]
    suspensions: tuple[Suspension, ...]
    dips: tuple[Dip, ...]
    untold: tuple[Dip, ...]


def sections(report: Report) -> tuple[Section, ...]:
    """A section for each promise, in the order of the whole period's figures."""
    several = _names_twice(report.total.figures)
    return tuple(
        _section(report, figure, place, figure.standard in several)
        for place, figure in enumerate(report.total.figures, start=1)
    )


def _names_twice(figures: Sequence[Figure]) -> set[str]:
    """Standards that promised more than one share during the period."""
    seen = [figure.standard for figure in figures]
    return {name for name in seen if seen.count(name) > 1}


def _section(report: Report, total: Figure, place: int, several: bool) -> Section:
    versions = _versions(report, total)
    name = f"standard-{place}"
    title = _title(versions, total) + (f" (promised for {total.promised} %)" if several else "")
    rows = _rows(report, total)
    found = next((each for each in report.runs if _same(each, total)), None)
    below = [each for each in report.dips if _same(each, total)]
    return Section(
        id=name,
        title=title,
        promise=versions[-1].standard.title if versions else total.standard,
        facts=tuple(_facts(versions)),
        working=any(each.standard.limit.working for each in versions),
        total=Row("In all", total, _remark(report, total, "")),
        rows=rows,
        intervals=intervals(f"{name}-shares", f"Share kept: {title}", [Strip(each.name, each.figure) for each in rows]),
        run=found,
        run_chart=run(f"{name}-run", f"Run of months: {title}", found) if found else Markup(""),
        misses=tuple(each for each in report.misses if _same(each, total)),
        suspensions=tuple(each for each in report.suspensions if each.about(total.standard)),
        dips=tuple(each for each in below if _told(each)),
        untold=tuple(each for each in below if not _told(each)),
    )


def _same(each: Run | Dip | Restated | Miss | Figure, total: Figure) -> bool:
    """Whether it is about the same promise."""
    return (each.standard, each.promised) == (total.standard, total.promised)


def _told(dip: Dip) -> bool:
    return bool(dip.explanation or dip.action)


def _versions(report: Report, figure: Figure) -> tuple[Version, ...]:
    return tuple(each for each in report.standards if each.digest in figure.versions)


def _title(versions: Sequence[Version], figure: Figure) -> str:
    return words.plain(versions[-1].standard.title).rstrip(".") if versions else figure.standard


def _rows(report: Report, total: Figure) -> tuple[Row, ...]:
    if report.by == "standard":
        return ()
    rows = []
    names_of_rows = names.rows([group.key for group in report.groups], report.by)
    for group, name in zip(report.groups, names_of_rows, strict=True):
        found = next((each for each in group.figures if _same(each, total)), None)
        if found is not None or report.by not in ("channel", "site", "hour", "weekday"):
            rows.append(Row(name, found, _remark(report, total, group.key)))
    return tuple(rows)


def _remark(report: Report, total: Figure, key: str) -> int:
    """The number of the remark on a month that was published otherwise; 0 where there is none."""
    places = (at for at, each in enumerate(report.restated, start=1) if _same(each, total) and each.month == key)
    return next(places, 0)


def _facts(versions: Sequence[Version]) -> list[tuple[str, str]]:
    if not versions:
        return []
    latest = versions[-1].standard
    facts = [
        ("Measured", words.measured(tuple(each.standard for each in versions)) + "".join(_also(latest))),
        ("Covers", _covered(latest)),
        ("Calendar", latest.calendar or "none: round the clock"),
    ]
    named = (("Owner", latest.owner), ("Source", latest.source))
    return facts + [(term, words.plain(said)) for term, said in named if said]


def _also(standard: Standard) -> list[str]:
    said = []
    if standard.measure is Measure.ACKNOWLEDGED:
        said.append(f"; an automatic message {'counts' if standard.counts_automatic else 'does not count'}")
    if standard.attended_answers:
        said.append("; going there answers as much as a message does")
    return said


def _covered(standard: Standard) -> str:
    covers = standard.covers
    channels = [names.channel(each) for each in covers.channels]
    said = [
        *([f"by {_list(channels)}"] if channels else []),
        *([f"on the line {_list(covers.lines)}"] if covers.lines else []),
        *([f"of the kind {_list(covers.kinds)}"] if covers.kinds else []),
        *([f"at the site {_list(covers.sites)}"] if covers.sites else []),
        *([f"tagged {_list(covers.tags)}"] if covers.tags else []),
    ]
    return "contacts " + ", ".join(said) if said else "every contact"


def _list(names_of: Sequence[str]) -> str:
    return " or ".join(names_of)
