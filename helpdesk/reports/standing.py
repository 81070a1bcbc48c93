"""How the library stands now: today, this week and this month per promise, what is about to breach, the heat map.

Made from the same days as a report, so that both say the same; the desk asks for it every half minute.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import timedelta

from helpdesk.clock import Instant
from helpdesk.counting import spent_by
from helpdesk.daily import Day
from helpdesk.ports import Sql
from helpdesk.reports import suspending
from helpdesk.reports.contents import Heat
from helpdesk.reports.demand import Demand
from helpdesk.reports.period import Days, local_day
from helpdesk.reports.reading import days_of
from helpdesk.reports.statistics import amber
from helpdesk.reports.timeliness import FEW, Figure, Promise, Result
from helpdesk.sight import HeatMap, Kept, PromiseNow, Standing
from helpdesk.standards import Outcome, Published, Version
from helpdesk.store.verbs import figures, nearing

WEEKS = 4
"""How many weeks the heat map shows, this day included: as many Mondays as Sundays."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Bands:
    """By whose rules a share is called met: as in :class:`helpdesk.config.ReportSettings`.

    ``zone``  the library's; ``calendar``  whose staffed hours the heat map shows, "" for the first
    """

    zone: str
    few: int = FEW
    amber_points: float = 5
    calendar: str = ""


def standing(sql: Sql, now: Instant, published: Published, bands: Bands) -> Standing:
    """How it stands now, from one snapshot. It reads the days since the month began, or four weeks if that is more."""
    today = local_day(now, bands.zone)
    week, month = today - timedelta(days=today.weekday()), today.replace(day=1)
    weeks = Days(today - timedelta(days=7 * WEEKS - 1), today + timedelta(days=1))
    suspended = suspending.rule(figures.suspensions(sql))
    since = _Since(published, suspended, now)
    demand = Demand(now, suspended)
    read = Days(min(month, weeks.begin), weeks.end)
    for each, day in days_of(sql, read, bands.zone, spent_by(published)):
        since.add(day, [name for name, begin in (("today", today), ("week", week), ("month", month)) if each >= begin])
        if each >= weeks.begin:
            demand.add(each, day)
    heat = demand.heat(published, published.first_calendar(bands.calendar), weeks, bands.zone)
    return Standing(
        now=now,
        today=today,
        promises=since.promises(bands),
        nearing=nearing.soonest(sql, now),
        late=nearing.latest(sql, now),
        heat=_heat_map(heat, weeks) if heat else None,
    )


def _heat_map(heat: Heat, weeks: Days) -> HeatMap:
    return HeatMap(
        begin=weeks.begin,
        end=weeks.end,
        calendar=heat.calendar,
        received=heat.received,
        missed=heat.missed,
        staffed=heat.staffed,
        possible=heat.possible,
    )


@dataclass(slots=True)
class _Count:
    met: int = 0
    missed: int = 0
    pending: int = 0
    suspended: int = 0


@dataclass(slots=True)
class _Counts:
    version: Version
    spans: dict[str, _Count] = field(default_factory=lambda: {name: _Count() for name in ("today", "week", "month")})


class _Since:
    """Counts clocks since today, this week and this month began, by promise."""

    def __init__(self, published: Published, suspended: suspending.Rule, now: Instant) -> None:
        self._published, self._suspended, self._now = published, suspended, now
        self._counts: dict[Promise, _Counts] = {}
        for version in published.versions_at(now):
            self._of(version)

    def _of(self, version: Version) -> _Counts:
        promise = version.standard.name, f"{version.standard.share:g}"
        found = self._counts.setdefault(promise, _Counts(version))
        if version.begins > found.version.begins:
            found.version = version
        return found

    def add(self, day: Day, names: Iterable[str]) -> None:
        """Count one day to the spans of these names."""
        spans = tuple(names)
        for line in day.lines if spans else ():
            version = self._published.version(line.under.version)
            if version is None:
                continue
            judged = line.judged(self._now)
            met, missed, pending = (
                sum(n for standing, n in judged.items() if standing.outcome is outcome)
                for outcome in (Outcome.MET, Outcome.MISSED, Outcome.PENDING)
            )
            apart = line.under.closed or self._suspended(line.under.standard, day.begins)
            for name in spans:
                count = self._of(version).spans[name]
                if apart:
                    count.suspended += met + missed + pending
                else:
                    count.met, count.missed = count.met + met, count.missed + missed
                    count.pending += pending

    def promises(self, bands: Bands) -> tuple[PromiseNow, ...]:
        """What was counted, by standard and share."""
        return tuple(
            PromiseNow(
                standard=name,
                title=counts.version.standard.title,
                measure=counts.version.standard.measure,
                limit=str(counts.version.standard.limit),
                promised=promised,
                **{span: _kept(name, promised, count, bands) for span, count in counts.spans.items()},
            )
            for (name, promised), counts in sorted(self._counts.items())
        )


def _kept(standard: str, promised: str, count: _Count, bands: Bands) -> Kept:
    figure = Figure(standard=standard, promised=promised, met=count.met, missed=count.missed, few=bands.few)
    near = figure.result is Result.NOT_MET and amber(count.met, count.met + count.missed, promised, bands.amber_points)
    return Kept(
        met=count.met,
        missed=count.missed,
        pending=count.pending,
        suspended=count.suspended,
        share=figure.share,
        result=str(figure.result),
        amber=near,
    )
