"""The figures of our own report in the form of a peer: aggregates of whole standards, nothing finer.

A standard's own met and missed are published figures and are given whole, however few they are. Nothing is given by
site, hour or weekday, no ticket, no reason and no text, so there is nothing that a small number could betray.
"""

from __future__ import annotations

from collections.abc import Iterator

from helpdesk.plurals import plural
from helpdesk.reports import words
from helpdesk.reports.benchmark.peers import ALL, WORKING_DAYS, Peer, peers_text
from helpdesk.reports.contents import Report
from helpdesk.reports.timeliness import Figure
from helpdesk.reports.years import named
from helpdesk.standards import Covers, Limit, Measure, Standard
from helpdesk.standards.promises import Manner


def ours(report: Report) -> tuple[Peer, ...]:
    """One row for each promise of the report's whole period under which anything was judged."""
    return tuple(peer(report, figure) for figure in report.total.figures if figure.judged)


def peer(report: Report, figure: Figure) -> Peer:
    """A figure of the report as a peer would publish it; versions of several limits or measures give neither."""
    versions = [each.standard for each in report.standards if each.digest in figure.versions]
    latest = versions[-1] if versions else None
    limit, measure, covers = _limit(versions), _measure(versions), _covers(versions)
    return Peer(
        institution=report.library,
        promise=latest.title if latest else figure.standard,
        channels=tuple(sorted(covers.channels)) or ((ALL,) if versions else ()),
        kind=" ".join(sorted(covers.kinds)),
        measure=measure,
        limit=limit,
        clock=_clock(limit),
        working_day=WORKING_DAYS[latest.working_day] if latest and limit and limit.days else "",
        period=named(report.days),
        counted="census",
        target=_hundredths(figure.promised),
        figure=figure.share,
        judged=figure.judged,
        met=figure.met,
        source=f"{report.library}, help desk log of {words.count(report.log.end.seq)} events",
        note=" ".join(_notes(report, figure, versions, covers)),
    )


def _limit(versions: list[Standard]) -> Limit | None:
    limits = {each.limit for each in versions}
    return limits.pop() if len(limits) == 1 else None


def _clock(limit: Limit | None) -> str:
    """Which clock it counts by; "" where there is no length to count."""
    if limit is None or limit.manner is Manner.AS_PROMISED:
        return ""
    return "working" if limit.working else "wall"


def _measure(versions: list[Standard]) -> Measure | None:
    measures = {each.measure for each in versions}
    return measures.pop() if len(measures) == 1 else None


def _covers(versions: list[Standard]) -> Covers:
    """Whom the latest version covers."""
    return versions[-1].covers if versions else Covers()


def _hundredths(percent: str) -> int:
    whole, _, part = percent.partition(".")
    return int(whole) * 100 + int(part.ljust(2, "0")[:2] or 0)


def _notes(report: Report, figure: Figure, versions: list[Standard], covers: Covers) -> Iterator[str]:
    if report.now < report.days.instants(report.zone)[1]:
        yield f"Up to {words.moment_of(report.now, report.zone)}; the period is not over."
    if report.began and report.began > report.days.begin:
        yield f"From {words.day(report.began)}, when the log begins."
    if len({each.limit for each in versions}) > 1:
        yield f"The limit changed within the period: {words.measured(tuple(versions))}."
    if len({each.covers for each in versions}) > 1:
        yield "Whom it covers changed within the period."
    for what, names in (("lines", covers.lines), ("sites", covers.sites), ("tags", covers.tags)):
        if names:
            yield f"Only the {what} {', '.join(names)}."
    if figure.suspended:
        yield f"{plural(figure.suspended, 'contact of suspended days is', 'contacts of suspended days are')} not in it."
    if figure.corrected:
        yield f"{words.count(figure.corrected)} corrected later: {_share(*figure.recorded)} without the corrections."
    if not report.log.whole:
        yield "The log did not pass its check."


def _share(met: int, missed: int) -> str:
    return words.share(met * 10_000 // (met + missed) if met + missed else None)


def exported(report: Report) -> str:
    """Our own figures as a file for colleagues, as :func:`~helpdesk.reports.benchmark.peers.read_peers` reads it."""
    head = (
        f"What {report.library} promised and how it did, {named(report.days)}, for benchmarking with other libraries.",
        f"Made on {words.moment_of(report.now, report.zone)} ({report.zone}) from the log's events"
        f" 1 to {words.count(report.log.end.seq)}, digest",
        report.log.end.digest,
        *([f"The log did not pass its check: {report.log.fault}"] if not report.log.whole else []),
        "Whole standards only: nothing by site, hour or person.",
    )
    return peers_text(ours(report), head=head)
