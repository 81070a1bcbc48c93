"""All that a pack is made from: the year's report, and what stands around it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from helpdesk.clock import Instant
from helpdesk.config import LineSettings
from helpdesk.reports.benchmark.comparison import Comparison
from helpdesk.reports.contents import Report
from helpdesk.reports.evidence.elements import Catalogue
from helpdesk.reports.evidence.kept import Kept
from helpdesk.reports.timeliness import Figure
from helpdesk.standards import Calendar, Standard, Version
from helpdesk.store.verbs.figures import Printed


@dataclass(frozen=True, slots=True, kw_only=True)
class Material:
    """What the parts of a pack draw on.

    ``report``       the period's report by month, with every miss
    ``year``         how the period is called ("2026-27")
    ``catalogue``    the elements of the standard
    ``history``      every version of every standard that was published by the time of the report
    ``in_force``     those in force at its end: the period's, or the report's where that came first
    ``calendars``    every version of every calendar that was published by then
    ``lines``        the inbound lines, by name, as they are set now
    ``contact``      how to reach the library, as it is set now; "" where nothing is said
    ``comparisons``  each promise beside the peers
    ``printed``      the figures that were given to the public, for months of the period
    ``destroyed``    when conversations on sealed lines were destroyed during the period
    ``overdue``      how many should have been by then and were not
    ``kept``         grades and notes of people
    """

    report: Report
    year: str
    catalogue: Catalogue
    history: tuple[Version, ...] = ()
    in_force: tuple[Version, ...] = ()
    calendars: tuple[Calendar, ...] = ()
    lines: Mapping[str, LineSettings] = field(default_factory=lambda: MappingProxyType({}))
    contact: str = ""
    comparisons: tuple[Comparison, ...] = ()
    printed: tuple[Printed, ...] = ()
    destroyed: tuple[Instant, ...] = ()
    overdue: int = 0
    kept: Kept = field(default_factory=Kept)

    @property
    def running(self) -> bool:
        """Whether the period is not over."""
        return self.report.now < self.report.days.instants(self.report.zone)[1]

    def standards_of(self, figure: Figure) -> tuple[Standard, ...]:
        """The versions that a figure was judged by, the latest last."""
        return tuple(each.standard for each in self.report.standards if each.digest in figure.versions)

    def title(self, name: str) -> str:
        """A standard's latest public wording, without its full stop; its name where none is known."""
        known = (*self.history, *self.report.standards, *self.in_force)
        titles = [each.standard.title for each in known if each.standard.name == name]
        return titles[-1].rstrip(".") if titles else name

    def quoted(self, name: str) -> str:
        """The same in quotation marks, for the middle of a sentence."""
        return f"\N{LEFT DOUBLE QUOTATION MARK}{self.title(name)}\N{RIGHT DOUBLE QUOTATION MARK}"

    def working(self, figure: Figure) -> bool:
        """Whether its times are opening hours."""
        return any(each.limit.working for each in self.standards_of(figure))
