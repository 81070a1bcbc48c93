"""What stands beside the figures: run charts, dips, misses one by one, figures that were published otherwise."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date

from helpdesk.events import Seq
from helpdesk.ports import Sql
from helpdesk.reports import dips, restating, runs, suspending
from helpdesk.reports import misses as listing
from helpdesk.reports.contents import Dip, Group, Miss, Restated, Run
from helpdesk.reports.period import Days, Stretch, local_day, stretches
from helpdesk.reports.question import Question
from helpdesk.reports.reading import days_of
from helpdesk.reports.restating import Ruling
from helpdesk.reports.sums import Ground
from helpdesk.store.verbs import changes, figures, misses, rulebook
from helpdesk.store.verbs.changes import Between, Life, Span
from helpdesk.store.verbs.figures import Printed
from helpdesk.store.verbs.hindsight import Past


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

    def months(self, made: Iterable[Group]) -> tuple[Group, ...]:
        """The months that run charts show; those that the report has ``made`` are not made again."""
        span = runs.charted(self.known, self.began, local_day(self.question.told, self.question.zone))
        have = {(group.key, group.days): group for group in made}
        found: Iterator[Stretch] = stretches(span, "month") if span else iter(())
        return tuple(have.get((each.key, each.days)) or self._month(each) for each in found)

    def _month(self, stretch: Stretch) -> Group:
        read = days_of(self.sql, stretch.days, self.question.zone, self.ground.spent, self.past)
        return runs.month(stretch, (day for _, day in read), self.ground)

    def touched(self, months: Iterable[Group]) -> tuple[Group, ...]:
        """Of the months of run charts those that the report's own days lie in."""
        return tuple(month for month in months if month.days.end > self.known.begin)

    def misses(self) -> tuple[Miss, ...]:
        """The latest misses, as many as were asked for."""
        begin, end = self.known.instants(self.question.zone)
        told = self.question.told
        found = misses.missed(self.sql, begin, end, told, self.question.misses, self.past)
        reasons = figures.explanations(self.sql, (each.row.ticket for each in found), self.cut)
        return listing.misses(found, reasons, self.ground)

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

    def _lives(self, printed: Printed, month: Days) -> tuple[tuple[Life, ...], Ruling]:
        """The clocks of a published month that may count otherwise now, and by what they were judged then."""
        cut = printed.figure.seq
        then, now = figures.suspensions(self.sql, cut), figures.suspensions(self.sql, self.cut)
        ruling = Ruling(
            published=rulebook.published(self.sql, cut), suspended=suspending.rule(then), told=printed.noted
        )
        between = Between(
            first=cut,
            last=self.cut,
            told=Span(printed.noted, self.ground.told),
            then=ruling.published,
            now=self.ground.published,
            suspended=[Span(each.begins, each.ends) for each in set(then) ^ set(now)],
        )
        return changes.lives(self.sql, Span(*month.instants(self.question.zone)), between), ruling
