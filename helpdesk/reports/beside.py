"""What stands beside the figures: run charts, dips, misses one by one, figures that were published otherwise."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date

from helpdesk.daily import Day
from helpdesk.events import Seq
from helpdesk.ports import Sql
from helpdesk.reports import dips, restating, runs, suspending
from helpdesk.reports import misses as listing
from helpdesk.reports.contents import Dip, Group, Miss, Restated, Run
from helpdesk.reports.period import Days, Stretch, local_day, stretches
from helpdesk.reports.question import Question
from helpdesk.reports.restating import Ruling
from helpdesk.reports.sums import Ground, Sums
from helpdesk.store.verbs import changes, figures, misses, rulebook
from helpdesk.store.verbs.changes import Between, Life
from helpdesk.store.verbs.figures import Printed
from helpdesk.store.verbs.hindsight import Past

Read = Callable[[Days], Iterable[tuple[date, Day]]]
"""What each of some days came to."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Beside:
    """Makes what stands beside a report's figures.

    ``cut``    the last event that the report knows
    ``past``   the log as it stood there, None where that is its end
    ``known``  the report's days, within those of the log
    ``began``  the log's first day
    """

    sql: Sql
    question: Question
    ground: Ground
    cut: Seq
    past: Past | None
    known: Days
    began: date
    read: Read

    def months(self, made: Iterable[Group]) -> tuple[Group, ...]:
        """The months that run charts show; those that the report has ``made`` are not made again."""
        span = runs.charted(self.known, self.began, local_day(self.question.told, self.question.zone))
        have = {(group.key, group.days): group for group in made}
        found: Iterator[Stretch] = stretches(span, "month") if span else iter(())
        return tuple(have.get((each.key, each.days)) or self._month(each) for each in found)

    def _month(self, stretch: Stretch) -> Group:
        sums = Sums(self.ground, "month", stretch.days)
        sums.begin(stretch)
        for when, day in self.read(stretch.days):
            sums.add(when, day)
        (group,), _ = sums.groups()
        return group

    def touched(self, months: Iterable[Group]) -> tuple[Group, ...]:
        """Of the months of run charts those that the report's own days lie in."""
        return tuple(month for month in months if month.days.end > self.known.begin)

    def misses(self) -> tuple[Miss, ...]:
        """The latest misses, as many as were asked for."""
        begin, end = self.known.instants(self.question.zone)
        told = self.question.told
        found = misses.missed(self.sql, begin, end, told, self.question.misses, self.past)
        reasons = figures.explanations(self.sql, (each.row.ticket for each in found), self.cut)
        return listing.misses(found, reasons, self.ground.suspended, self.ground.spent, told)

    def runs(self, months: tuple[Group, ...], total: Group) -> tuple[Run, ...]:
        """A run chart for each promise that the report has a figure of."""
        promises = [(figure.standard, figure.promised) for figure in total.figures]
        return runs.runs(months, promises, self.question.few)

    def dips(self, months: Iterable[Group]) -> tuple[Dip, ...]:
        """The months below their promise, with what was said of them."""
        return dips.dips(months, figures.accounts(self.sql, self.cut))

    def restated(self, months: Iterable[Group]) -> tuple[Restated, ...]:
        """The figures of these months that were published otherwise."""
        ground = self.ground
        ruling = Ruling(published=ground.published, suspended=ground.suspended, told=ground.told)
        printed = figures.published_figures(self.sql, self.cut)
        return restating.restated(printed, months, ruling, self._lives)

    def _lives(self, printed: Printed, month: Days) -> tuple[Iterable[Life], Ruling]:
        """The clocks of a published figure, then and now, and by what they were judged then."""
        then = Ruling(
            published=rulebook.published(self.sql, printed.figure.seq),
            suspended=suspending.rule(figures.suspensions(self.sql, printed.figure.seq)),
            told=printed.noted,
        )
        between = Between(first=printed.figure.seq, last=self.cut, then=then.published, now=self.ground.published)
        begin, end = month.instants(self.question.zone)
        return changes.lives(self.sql, printed.figure.standard, begin, end, between), then
