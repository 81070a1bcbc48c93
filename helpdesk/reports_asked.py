"""The figures of a period, from the store of this process. See :class:`helpdesk.ports.reports.ReportsDesk`.

All of it, figures and pages, is made in one read on the store's own threads: no key waits for it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

from helpdesk.clock import Clock
from helpdesk.config import Settings
from helpdesk.message import StaffId
from helpdesk.ports import Sql, Store
from helpdesk.ports.reports import (
    LISTED,
    Figures,
    Form,
    Length,
    Missed,
    Period,
    Promised,
    Said,
    Table,
    Written,
)
from helpdesk.reports import Question, Report, as_csv, as_text, question_for, words
from helpdesk.reports.contents import Heat, Miss, Suspension
from helpdesk.reports.effort import Efforts
from helpdesk.reports.effort_words import named
from helpdesk.reports.making import answer
from helpdesk.reports.page import as_html
from helpdesk.reports.period import Days, local_day
from helpdesk.reports.spans import period
from helpdesk.reports.terms import Terms
from helpdesk.reports.timeliness import Figure
from helpdesk.settings.zoning import zone_plan
from helpdesk.sight import HeatMap
from helpdesk.standards import Published, Version

EVERY = 2**31
"""More misses than there can be."""

SHOWN: Mapping[Form, int] = {"text": 20, "html": 100, "csv": EVERY}
"""So many misses stand in each form: as many as ``helpdesk report`` puts there where nothing is said."""

ENDINGS: Mapping[Form, str] = {"text": "txt", "html": "html", "csv": "csv"}


class LocalReports:
    """Satisfies the ReportsDesk protocol on the store of this process."""

    def __init__(self, settings: Settings, *, store: Store, clock: Clock, published: Callable[[], Published]) -> None:
        self._settings = settings
        self._store = store
        self._clock = clock
        self._published = published

    def refit(self, settings: Settings) -> None:
        """Go by other settings from now on."""
        self._settings = settings

    async def figures(self, actor: StaffId, *, length: Length = "month", back: int = 0) -> Figures:
        """How the promises were kept, when contacts came, what was missed."""
        span = self._period(length, back)
        return await self._store.read(_figures, self._question(span, LISTED), span, self._published())

    async def written(
        self, actor: StaffId, *, length: Length = "month", back: int = 0, form: Form = "text", table: Table = "figures"
    ) -> Written:
        """The same bytes as `helpdesk report` writes of these days."""
        return await self._write(self._period(length, back), form, table, SHOWN[form])

    async def written_briefly(
        self, actor: StaffId, *, length: Length = "month", back: int = 0, form: Form = "text", table: Table = "figures"
    ) -> Written:
        """The same with no miss listed."""
        return await self._write(self._period(length, back), form, table, 0)

    async def _write(self, span: Period, form: Form, table: Table, misses: int) -> Written:
        text = await self._store.read(_text, self._question(span, misses), form, table)
        last = f"{Days(span.begin, span.end).last}"
        days = f"{span.begin}" if f"{span.begin}" == last else f"{span.begin}-to-{last}"
        what = table if form == "csv" else "report"
        return Written(name=f"{what}-{days}.{ENDINGS[form]}", text=text)

    def _period(self, length: Length, back: int) -> Period:
        published = self._published()
        calendar = published.first_calendar(self._settings.report.calendar)
        terms = Terms(each.text for each in published.calendars(calendar)) if calendar else Terms()
        return period(length, back, local_day(self._clock.now(), self._settings.library.zone), terms)

    def _question(self, span: Period, misses: int) -> Question:
        settings = self._settings
        return question_for(
            settings, self._clock.now(), begin=span.begin, end=span.end, misses=misses, plan=zone_plan(settings)
        )


def _text(sql: Sql, question: Question, form: Form, table: Table) -> str:
    """A whole report, as it is written."""
    made = answer(sql, question)
    match form:
        case "text":
            return as_text(made)
        case "html":
            return as_html(made)
        case "csv":
            return as_csv(made, table)


def _figures(sql: Sql, question: Question, span: Period, published: Published) -> Figures:
    """What the desk shows of a report."""
    made = answer(sql, question)
    return Figures(
        period=span,
        made=made.now,
        began=made.began,
        contacts=(sum(each.received for each in made.volumes), sum(each.answered for each in made.volumes)),
        few=made.few,
        promises=tuple(_promises(made, published)),
        footnotes=tuple(_footnotes(made)),
        heat=_heat(made.heat, made.days) if made.heat else None,
        effort=tuple(_said(made.effort)) if made.effort else (),
        misses=tuple(map(_miss, made.misses)),
        missed=made.missed,
    )


def _promises(made: Report, published: Published) -> Iterator[Promised]:
    """Each promise that has figures, then those in force under which nothing came."""
    versions = {each.digest: each for each in made.standards}
    for figure in made.total.figures:
        said = [versions[digest] for digest in figure.versions if digest in versions]
        yield _promised(figure, max(said, key=lambda each: each.published, default=None))
    told = {(figure.standard, figure.promised) for figure in made.total.figures}
    for version in published.versions_at(made.now):
        standard = version.standard
        promised = f"{standard.share:g}"
        if (standard.name, promised) not in told:
            yield _promised(Figure(standard=standard.name, promised=promised, few=made.few), version)


def _promised(figure: Figure, version: Version | None) -> Promised:
    return Promised(
        standard=figure.standard,
        title=version.standard.title if version else "",
        limit=str(version.standard.limit) if version else "",
        promised=figure.promised,
        met=figure.met,
        missed=figure.missed,
        pending=figure.pending,
        left_out=figure.left_early + figure.undetermined + figure.set_apart,
        suspended=figure.suspended,
        corrected=figure.corrected,
        share=figure.share,
        interval=figure.interval,
        result=str(figure.result),
        amber=figure.amber,
        median=figure.median,
        p90=figure.p90,
        working=bool(version and version.standard.calendar),
        whole=figure.whole,
    )


def _footnotes(made: Report) -> Iterator[str]:
    """Why a promise did not hold, and whether the log can be trusted."""
    if not made.log.whole:
        yield f"The log is not whole: {words.plain(made.log.fault)}"
    for each in made.suspensions:
        reason = words.plain(each.reason).rstrip(".") or "the reason was erased"
        yield f"{words.suspended(each, made.zone)}: {_whose(each)} suspended ({reason})."
    if made.imported:
        yield words.imported(made.imported)


def _whose(each: Suspension) -> str:
    return ", ".join(each.among) or "no promise was" if each.closed else each.standard or "every promise"


def _heat(heat: Heat, days: Days) -> HeatMap:
    return HeatMap(
        begin=days.begin,
        end=days.end,
        calendar=heat.calendar,
        received=heat.received,
        missed=heat.missed,
        staffed=heat.staffed,
        possible=heat.possible,
    )


def _said(efforts: Efforts) -> Iterator[Said]:
    for name, each in named(efforts):
        yield Said(
            of="" if each is efforts.total else name,
            received=each.received,
            levels=each.levels,
            yes=each.yes,
            no=each.no,
            share=each.share,
            interval=each.interval,
        )


def _miss(miss: Miss) -> Missed:
    return Missed(
        number=miss.number,
        standard=miss.standard,
        channel=miss.channel,
        started=miss.started,
        due=miss.due,
        answered=miss.answered,
        spent=miss.spent,
        suspended=miss.suspended,
        explained=bool(miss.reason),
    )
