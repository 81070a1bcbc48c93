"""Run charts: a standard's share month by month, with the limits within which months differ by chance.

A month stands in a chart once it is over: while it runs, what was answered fast is met already and what is slow is
not judged yet, so its share flatters. A month with few judged contacts stands in it too, but neither makes limits nor
carries a signal: its share leaps for want of contacts. A month in which nothing was judged is left out, and its
neighbours follow each other.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from datetime import date, timedelta

from helpdesk.daily import Day
from helpdesk.reports.contents import Group, Run, RunPoint
from helpdesk.reports.period import Days, Stretch
from helpdesk.reports.statistics import BASELINE, Chart, xmr
from helpdesk.reports.sums import Ground
from helpdesk.reports.timeliness import Figure, Promise
from helpdesk.standards import Outcome

BEFORE = BASELINE
"""So many months before a report's first are charted with it, where the log has them: they make the limits."""


def charted(known: Days, began: date, today: date) -> Days | None:
    """The days of the months that a chart shows: whole months that are over on ``today``, no earlier than the log.

    They are those that ``known`` touches (a report's days, within the log's) and :data:`BEFORE` before; None where
    there is none.
    """
    first, after = known.begin.replace(day=1), _month_after(known.end - timedelta(days=1))
    for _ in range(BEFORE):
        first = (first - timedelta(days=1)).replace(day=1) if first > began else first
    begin, end = max(first, began), min(after, today.replace(day=1))
    return Days(begin, end) if begin < end else None


def _month_after(day: date) -> date:
    return (day.replace(day=1) + timedelta(days=32)).replace(day=1)


def month(stretch: Stretch, days: Iterable[Day], ground: Ground) -> Group:
    """A month with its met and missed alone: charts and dips need no times, and a year of them is read for a month."""
    months = Months(ground)
    for day in days:
        months.add(stretch.key, day)
    return months.group(stretch)


class Months:
    """Counts met and missed month by month."""

    def __init__(self, ground: Ground) -> None:
        self._ground = ground
        self._counted: dict[str, Counter[tuple[str, str, Outcome]]] = {}

    def add(self, key: str, day: Day) -> None:
        """Count one day of a month. Where a promise was suspended it counts in neither."""
        ground, counted = self._ground, self._counted.setdefault(key, Counter())
        for line in day.lines:
            under = line.under
            if not (under.closed or ground.suspended(under.standard, day.begins)):
                for standing, n in line.judged(ground.told).items():
                    counted[under.standard, under.version, standing.outcome] += n

    def group(self, stretch: Stretch) -> Group:
        """What was counted of a month."""
        sums: defaultdict[Promise, Counter[Outcome]] = defaultdict(Counter)
        for (standard, version, outcome), n in self._counted.get(stretch.key, {}).items():
            sums[self._ground.promise(standard, version)][outcome] += n
        figures = (
            Figure(
                standard=standard,
                promised=promised,
                met=counts[Outcome.MET],
                missed=counts[Outcome.MISSED],
                few=self._ground.few,
            )
            for (standard, promised), counts in sorted(sums.items())
        )
        return Group(key=stretch.key, days=stretch.days, figures=tuple(figures))


def runs(months: Sequence[Group], promises: Iterable[Promise], few: int) -> tuple[Run, ...]:
    """A chart for each promise that has a point, in the order of the promises.

    ``months``: those of :func:`charted`, one after the other.
    """
    found = ((promise, _judged(months, promise)) for promise in promises)
    return tuple(_run(promise, figures, few) for promise, figures in found if figures)


def _judged(months: Iterable[Group], promise: Promise) -> list[tuple[str, Figure]]:
    """The figures of the months in which something was judged, by month."""
    return [
        (month.key, figure)
        for month in months
        for figure in month.figures
        if (figure.standard, figure.promised) == promise and figure.judged
    ]


def _run(promise: Promise, figures: Sequence[tuple[str, Figure]], few: int) -> Run:
    standard, promised = promise
    enough = {key: _share(figure) for key, figure in figures if figure.judged >= few}
    chart = xmr(tuple(enough.values()))
    signals = _signals(tuple(enough), chart)
    return Run(
        standard=standard,
        promised=promised,
        points=tuple(
            RunPoint(key=key, share=_share(figure), judged=figure.judged, signal=signals.get(key, ""))
            for key, figure in figures
        ),
        centre=chart.centre if chart else None,
        lower=chart.lower if chart else None,
        upper=chart.upper if chart else None,
    )


def _share(figure: Figure) -> int:
    share = figure.share
    return 0 if share is None else share


def _signals(keys: Sequence[str], chart: Chart | None) -> dict[str, str]:
    """What marks a month, by its key."""
    if chart is None:
        return {}
    return {key: str(signal) for key, signal in zip(keys, chart.signals, strict=True) if signal is not None}
