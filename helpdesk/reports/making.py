"""Makes a report: one question, answered from one snapshot of the store."""

from __future__ import annotations

from collections.abc import Iterable

from helpdesk.ports import Sql, Store
from helpdesk.reports.contents import Group, Log, Report
from helpdesk.reports.period import By, Days, Stretch, asked, local_day, stretches
from helpdesk.reports.question import Question
from helpdesk.reports.timeliness import FEW, Figure, Tally
from helpdesk.reports.volumes import Contacts
from helpdesk.standards import Published, Version
from helpdesk.store.verbs import reporting, rulebook
from helpdesk.store.verbs.reporting import Lot


async def report(store: Store, question: Question) -> Report:
    """Timeliness of the contacts that came in on the days asked for.

    Refused, in words, where the period has no day. ``store`` may be a reader beside the owner.
    """
    return await store.read(_answer, question)


def _answer(sql: Sql, question: Question) -> Report:
    """The whole report, in one snapshot; it holds a week of the log at a time."""
    first = reporting.first_contact(sql)
    began = None if first is None else local_day(first, question.zone)
    today = local_day(question.now, question.zone)
    days = asked(question.begin, question.end, first=began, today=today)
    known = days.within(began, today) if began else None
    sums = _Sums(rulebook.published(sql), question.by, days)
    for stretch in stretches(known, question.by) if known else ():
        for piece in stretch.days.pieces():
            span = piece.instants(question.zone)
            sums.add(stretch, reporting.clocks_started(sql, *span, question.now))
            sums.contacts.add(reporting.contacts_opened(sql, *span))
    total = sums.total()
    return Report(
        library=question.library,
        zone=question.zone,
        by=question.by,
        days=days,
        now=question.now,
        began=began,
        log=Log(end=reporting.log_end(sql), whole=True, checked=0),
        few=FEW,
        groups=sums.groups(),
        total=Group(key="", days=days, figures=total),
        volumes=sums.contacts.volumes(),
        standards=_versions(total, sums.published),
    )


class _Sums:
    """What is counted on the way, group by group."""

    def __init__(self, published: Published, by: By, days: Days) -> None:
        self.published = published
        self.contacts = Contacts()
        self._by = by
        self._days = days
        self._groups: dict[str, tuple[Days, Tally]] = {}

    def add(self, stretch: Stretch, lots: Iterable[Lot]) -> None:
        """Count the clocks of one stretch."""
        if self._by in ("month", "week"):
            self._group(stretch.key, stretch.days)
        for lot in lots:
            self._of(lot, stretch).add(lot)

    def _of(self, lot: Lot, stretch: Stretch) -> Tally:
        match self._by:
            case "channel":
                return self._group(str(lot.channel), self._days)
            case "standard":
                return self._group(lot.standard, self._days)
            case _:
                return self._group(stretch.key, stretch.days)

    def _group(self, key: str, days: Days) -> Tally:
        if key not in self._groups:
            self._groups[key] = days, Tally(self.published)
        return self._groups[key][1]

    def total(self) -> tuple[Figure, ...]:
        """The figures of all groups together."""
        whole = Tally(self.published)
        for _, tally in self._groups.values():
            whole.merge(tally)
        return whole.figures()

    def groups(self) -> tuple[Group, ...]:
        """What was counted, by key."""
        return tuple(
            Group(key=key, days=days, figures=tally.figures()) for key, (days, tally) in sorted(self._groups.items())
        )


def _versions(figures: Iterable[Figure], published: Published) -> tuple[Version, ...]:
    digests = {digest for figure in figures for digest in figure.versions}
    found = (published.version(digest) for digest in digests)
    return tuple(sorted((each for each in found if each), key=lambda each: (each.standard.name, each.published)))
