"""What a report is asked: which days, by what, as of when, and how its figures are judged."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from helpdesk.clock import Instant
from helpdesk.config import Settings
from helpdesk.reports.period import By
from helpdesk.reports.timeliness import FEW
from helpdesk.zones import EMPTY, Plan, Zone


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """One question to the log. The same question to the same log gives the same report, byte for byte.

    ``zone``          the library's: its days are counted
    ``library``       its name, for the heading
    ``now``           when it is asked
    ``begin``         the first day, None: the log's first
    ``end``           the first day after the period, None: up to and with today
    ``as_of``         answer from the log as it stood then, None: as it stands now
    ``few``           under so many judged contacts a share is too few to tell
    ``amber_points``  the band below a promise that is amber, in points
    ``calendar``      whose terms and staffed hours are shown; "" for the first by name
    ``misses``        how many misses to list, the latest first
    ``noisy``         whether the library has a line for noise: then its noise is told of, also where there was none
    ``zones``         the plan that gives zones their names
    """

    zone: str
    library: str
    now: Instant
    begin: date | None = None
    end: date | None = None
    by: By = "month"
    as_of: Instant | None = None
    few: int = FEW
    amber_points: float = 5
    calendar: str = ""
    misses: int = 100
    noisy: bool = False
    zones: tuple[Zone, ...] = ()

    @property
    def told(self) -> Instant:
        """The moment that the report tells of: clocks are judged as they stood then."""
        return self.now if self.as_of is None else self.as_of


def question_for(
    settings: Settings,
    now: Instant,
    *,
    begin: date | None = None,
    end: date | None = None,
    by: By = "month",
    as_of: Instant | None = None,
    misses: int = 100,
    plan: Plan = EMPTY,
) -> Question:
    """A question by a library's settings and its ``plan`` of zones."""
    return Question(
        zone=settings.library.zone,
        library=settings.library.name,
        now=now,
        begin=begin,
        end=end,
        by=by,
        as_of=as_of,
        few=settings.report.few,
        amber_points=settings.report.amber_points,
        calendar=settings.report.calendar,
        misses=misses,
        noisy=any(line.kind == "noise" for line in settings.lines.values()),
        zones=plan.zones,
    )
