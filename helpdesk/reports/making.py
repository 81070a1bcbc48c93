"""Makes a report: one question, answered from one snapshot of the store.

Days that are kept are read, the others folded on the way: both give the same figures. As of an earlier time the log
is read up to where it ended then, and what changed since is folded as it stood.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from helpdesk.counting import spent_by
from helpdesk.errors import Refused
from helpdesk.events import Seq
from helpdesk.local_days import local_day
from helpdesk.ports import Sql, Store
from helpdesk.reports import suspending
from helpdesk.reports.beside import Beside
from helpdesk.reports.contents import Group, Log, Report
from helpdesk.reports.demand import Demand
from helpdesk.reports.effort import Grades
from helpdesk.reports.noise import Noises
from helpdesk.reports.period import Days, asked, stretches
from helpdesk.reports.question import Question
from helpdesk.reports.reading import days_of
from helpdesk.reports.runs import Months
from helpdesk.reports.sums import Ground, Sums
from helpdesk.reports.terms import Terms
from helpdesk.reports.timeliness import Figure
from helpdesk.reports.volumes import Volumes
from helpdesk.standards import Calendar, Published, Version
from helpdesk.store.verbs import chain, figures, hindsight, reporting, rulebook
from helpdesk.store.verbs.figures import Suspended
from helpdesk.store.verbs.hindsight import Past


async def report(store: Store, question: Question) -> Report:
    """Timeliness of the contacts that came in on the days asked for.

    Refused, in words, where the period has no day, or the time it is asked as of is still to come. ``store`` may be a
    reader beside the owner.
    """
    if question.told > question.now:
        raise Refused("A report can't be made as of a time that is still to come. Choose an earlier --as-of.")
    return await store.read(answer, question)


@dataclass(frozen=True, slots=True, kw_only=True)
class Scene:
    """Where a report stands in the log. ``cut``: its last event; ``past``: None where that is the log's last."""

    cut: Seq
    published: Published
    suspensions: tuple[Suspended, ...]
    ground: Ground
    past: Past | None


def scene(sql: Sql, question: Question) -> Scene:
    """What the log says up to the moment that the question is about."""
    cut = end = reporting.log_end(sql).seq
    if question.as_of is not None:
        cut = hindsight.last_noted_by(sql, question.as_of)
    published = rulebook.published(sql, cut)
    suspensions = figures.suspensions(sql, cut)
    ground = Ground(
        published=published,
        spent=spent_by(published),
        suspended=suspending.rule(suspensions),
        told=question.told,
        few=question.few,
        amber_points=question.amber_points,
    )
    past = None if cut == end else hindsight.past(sql, cut, question.told, published)
    return Scene(cut=cut, published=published, suspensions=suspensions, ground=ground, past=past)


def answer(sql: Sql, question: Question) -> Report:
    """The whole report, in one snapshot."""
    stands = scene(sql, question)
    first = reporting.first_contact(sql, stands.cut)
    began = None if first is None else local_day(first, question.zone)
    today = local_day(question.told, question.zone)
    period = asked(question.begin, question.end, first=began, today=today)
    known = period.within(began, today) if began else None
    calendar = stands.published.first_calendar(question.calendar)
    terms = Terms(each.text for each in stands.published.calendars(calendar)) if calendar else Terms()
    sums, volumes = Sums(stands.ground, question.by, period), Volumes()
    demand, months = Demand(question.told, stands.ground.suspended), Months(stands.ground)
    noises, grades = Noises(stands.ground, question.zones), Grades()
    for stretch in stretches(known, question.by, terms) if known else ():
        sums.begin(stretch)
        for each, day in days_of(sql, stretch.days, question.zone, stands.ground.spent, stands.past):
            sums.add(each, day)
            volumes.add(day.contacts)
            grades.add(day.contacts)
            demand.add(each, day)
            noises.add(each, day)
            months.add(f"{each:%Y-%m}", day)
    groups, total = sums.groups()
    made = Report(
        library=question.library,
        zone=question.zone,
        by=question.by,
        days=period,
        now=question.told,
        began=began,
        log=_log(sql, stands.cut),
        few=question.few,
        amber_points=question.amber_points,
        groups=groups,
        total=total,
        volumes=volumes.volumes(),
        standards=_versions(total.figures, stands.published),
        calendars=_calendars(total.figures, stands.published),
        heat=demand.heat(stands.published, calendar, known, question.zone) if known else None,
        suspensions=(
            *suspending.suspensions(stands.suspensions, period),
            *suspending.closings(stands.published, period, question.zone),
        ),
        noise=noises.noise(asked=question.noisy),
        effort=grades.efforts(),
        imported=reporting.imported(sql, period.instants(question.zone), stands.cut),
    )
    if known is None:
        return made
    return _with_more(sql, question, stands, made, known, [months.group(each) for each in stretches(known, "month")])


def _with_more(
    sql: Sql, question: Question, stands: Scene, made: Report, known: Days, months: Iterable[Group]
) -> Report:
    """A report with what stands beside its figures; ``months`` are those of its days."""
    beside = Beside(
        sql=sql,
        question=question,
        ground=stands.ground,
        cut=stands.cut,
        past=stands.past,
        known=known,
        began=made.began or known.begin,
    )
    charted = beside.months(months)
    touched = beside.touched(charted)
    return replace(
        made,
        misses=beside.misses(),
        missed=sum(missed for _, missed in (figure.whole for figure in made.total.figures)),
        runs=beside.runs(charted, made.total),
        dips=beside.dips(touched),
        restated=beside.restated(touched),
    )


def _log(sql: Sql, cut: Seq) -> Log:
    """How the log stands at ``cut``; where the very event is gone its number stands all the same."""
    walked = chain.health(sql, cut)
    end = reporting.log_end(sql, cut)._replace(seq=cut)
    return Log(end=end, whole=not walked.fault, checked=walked.seq, fault=walked.fault)


def _versions(named: Iterable[Figure], published: Published) -> tuple[Version, ...]:
    digests = {digest for figure in named for digest in figure.versions}
    found = (published.version(digest) for digest in digests)
    return tuple(sorted((each for each in found if each), key=lambda each: (each.standard.name, each.published)))


def _calendars(named: Iterable[Figure], published: Published) -> tuple[Calendar, ...]:
    digests = {digest for figure in named for digest in figure.calendars}
    return tuple(each for each in published.calendars() if each.digest in digests)
