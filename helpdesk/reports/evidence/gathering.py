"""Gathers what a pack is made from: the report and what the store has beside it, and the files that people keep."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from helpdesk.clock import Instant, plus
from helpdesk.config import Settings
from helpdesk.ports import Sql, Store
from helpdesk.reports.benchmark.comparison import Centre, compared
from helpdesk.reports.benchmark.peers import Peer, read_peers, starter
from helpdesk.reports.contents import Report
from helpdesk.reports.evidence.elements import catalogue
from helpdesk.reports.evidence.kept import Kept, read_kept
from helpdesk.reports.evidence.material import Material
from helpdesk.reports.making import report
from helpdesk.reports.question import Question
from helpdesk.reports.years import named
from helpdesk.standards import Published, Version
from helpdesk.store.verbs import erasures, figures, rulebook
from helpdesk.store.verbs.figures import Printed


def peers_of(settings: Settings) -> tuple[Peer, ...]:
    """The library's file of peers, or the one that ships with the project; BadConfig where it is wrong."""
    return read_peers(settings.report.peers) if settings.report.peers else starter()


def kept_of(settings: Settings) -> Kept:
    """What people keep of grades and notes; nothing where no file is set. BadConfig where it is wrong."""
    return read_kept(settings.report.evidence) if settings.report.evidence else Kept()


async def gathered(store: Store, question: Question, settings: Settings) -> Material:
    """All that a pack of the question's days is made from. The question is by month, with every miss.

    ``store`` may be a reader beside the owner. BadConfig where a file of people's is wrong, before anything is read.
    """
    peers, kept = peers_of(settings), kept_of(settings)
    made = await report(store, question)
    beside = await store.read(_beside, made)
    return Material(
        report=made,
        year=named(made.days),
        catalogue=catalogue(),
        history=tuple(each for each in beside.published.standards() if each.published <= made.now),
        in_force=_in_force(beside.published, made),
        calendars=tuple(each for each in beside.published.calendars() if each.published <= made.now),
        lines=settings.lines,
        contact=settings.report.contact,
        comparisons=compared(made, peers, around=Centre.PROMISE),
        printed=beside.printed,
        destroyed=beside.destroyed,
        overdue=beside.overdue,
        kept=kept,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Beside:
    """What the store has beside the report."""

    published: Published
    printed: tuple[Printed, ...]
    destroyed: tuple[Instant, ...]
    overdue: int


def _beside(sql: Sql, made: Report) -> _Beside:
    begin, end = made.days.instants(made.zone)
    months = _months(made)
    printed = figures.published_figures(sql, made.log.end.seq)
    return _Beside(
        published=rulebook.published(sql),
        printed=tuple(each for each in printed if each.figure.month in months),
        destroyed=erasures.destroyed(sql, begin, min(end, plus(made.now, 1))),
        overdue=erasures.overdue(sql, made.now),
    )


def _months(made: Report) -> set[str]:
    """The months that the period touches."""
    days = (made.days.begin + timedelta(days=n) for n in range((made.days.end - made.days.begin).days))
    return {f"{day:%Y-%m}" for day in days}


def _in_force(published: Published, made: Report) -> tuple[Version, ...]:
    """The standards in force at the end of the period, or at the time of the report where that came first."""
    end = plus(made.days.instants(made.zone)[1], -1)
    return published.versions_at(min(end, made.now))
