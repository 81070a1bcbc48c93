"""Days into figures: what their clocks add up to, group by group and over the whole period (pure).

Times are reckoned with in whole seconds, as the days have them, and said in milliseconds.
"""

from __future__ import annotations

from array import array
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from itertools import chain

from helpdesk.clock import SECOND, Instant
from helpdesk.counting import EVER, Spent
from helpdesk.daily import Day, Part, Under
from helpdesk.packing import TIMES
from helpdesk.reports.contents import Group
from helpdesk.reports.gathering import ByHour, Together
from helpdesk.reports.period import IN_TIME, By, Days, Stretch, weekday
from helpdesk.reports.statistics import Answers, amber, quantiles, wilson
from helpdesk.reports.suspending import Rule
from helpdesk.reports.timeliness import FEW, Figure, Promise
from helpdesk.standards import Bar, Outcome, Published

CHRONOLOGICAL = frozenset({"month", "week", "quarter", "sconul", "year"})
"""Groups that are over for good when the next begins."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ground:
    """What figures stand on: what was published, which promises were suspended, when clocks are judged.

    ``spent``  reckons how long a clock has run until ``told``
    """

    published: Published
    spent: Spent
    suspended: Rule
    told: Instant
    few: int = FEW
    amber_points: float = 5

    def promise(self, standard: str, version: str) -> Promise:
        """What a version of a standard promises: it has figures of its own for each share."""
        found = self.published.version(version)
        return standard, f"{found.standard.share:g}" if found else "100"


class Sums:
    """Counts the clocks of day after day in groups."""

    def __init__(self, ground: Ground, by: By, days: Days) -> None:
        self._ground, self._by, self._days = ground, by, days
        self._key = _KEYS.get(by)
        self._together: defaultdict[tuple[str, Under, bool], Together] = defaultdict(Together)
        self._by_hour: defaultdict[tuple[Under, bool], ByHour] = defaultdict(ByHour)
        self._open: dict[str, tuple[Days, Tally]] = {}
        self._groups: list[Group] = []
        self._total = Tally(ground)

    def begin(self, stretch: Stretch) -> None:
        """The days that follow are a stretch's: it is a group, also where nothing came in."""
        self._count()
        if self._by not in IN_TIME:
            return
        if self._by in CHRONOLOGICAL:
            self._finish()
        days, tally = self._open.get(stretch.key, (stretch.days, Tally(self._ground)))
        self._open[stretch.key] = days.with_all(stretch.days), tally
        self._current = tally

    def add(self, date: date, day: Day) -> None:
        """Gather the clocks of one day."""
        key = self._key
        for line in day.lines:
            under = line.under
            apart = under.closed or self._ground.suspended(under.standard, day.begins)
            if self._by == "hour":
                self._by_hour[under, apart].add(line)
            else:
                self._together["" if key is None else key(date, under), under, apart].add(line)

    def _count(self) -> None:
        """Count what was gathered."""
        for (under, apart), gathered in self._by_hour.items():
            for hour, part in gathered.parts(under):
                self._of(f"{hour:02}").add(part, apart)
        for (key, under, apart), together in self._together.items():
            tally = self._current if self._key is None else self._of(key)
            tally.add(together.part(under), apart)
        self._by_hour.clear()
        self._together.clear()

    def _of(self, key: str) -> Tally:
        if key not in self._open:
            self._open[key] = self._days, Tally(self._ground)
        return self._open[key][1]

    def _finish(self) -> None:
        """The open groups are complete: keep their figures, not what they were made from."""
        for key, (days, tally) in self._open.items():
            self._groups.append(Group(key=key, days=days, figures=tally.figures()))
            self._total.merge(tally)
        self._open.clear()

    def groups(self) -> tuple[tuple[Group, ...], Group]:
        """The groups by key, and all together."""
        self._count()
        self._finish()
        groups = tuple(sorted(self._groups, key=lambda group: group.key))
        return groups, Group(key="", days=self._days, figures=self._total.figures())


_KEYS: dict[By, Callable[[date, Under], str]] = {
    "channel": lambda _, under: str(under.channel),
    "standard": lambda _, under: under.standard,
    "site": lambda _, under: under.site,
    "weekday": lambda day, _: weekday(day),
}
"""What groups are called that are no stretches of time."""


class Tally:
    """Counts the clocks of one group, by promise."""

    def __init__(self, ground: Ground) -> None:
        self._ground = ground
        self._sums: dict[Promise, _Sum] = {}

    def add(self, part: Part, suspended: bool) -> None:
        """Count some clocks; ``suspended``: their promise did not hold then."""
        promise = self._ground.promise(part.under.standard, part.under.version)
        sums = self._sums.get(promise)
        if sums is None:
            sums = self._sums[promise] = _Sum()
        sums.add(part, self._ground, suspended)

    def merge(self, other: Tally) -> None:
        """Count all that another tally of other clocks counted."""
        for promise, more in other._sums.items():
            self._sums.setdefault(promise, _Sum()).merge(more)

    def figures(self) -> tuple[Figure, ...]:
        """What was counted, by standard and promised share."""
        return tuple(
            each.figure(*promise, self._ground) for promise, each in sorted(self._sums.items(), key=_by_name_and_share)
        )


def _by_name_and_share(item: tuple[Promise, _Sum]) -> tuple[str, Decimal]:
    (name, promised), _ = item
    return name, Decimal(promised)


@dataclass(slots=True)
class _Sum:
    """Counts of one promise.

    ``apart``    of those that began while it was suspended
    ``earlier``  the answers of what was merged, and of what was put in order; ``times``: the others, in seconds
    ``waiting``  how long the unanswered have waited, in seconds
    """

    standings: Counter[Outcome] = field(default_factory=Counter)
    recorded: Counter[Outcome] = field(default_factory=Counter)
    apart: Counter[Outcome] = field(default_factory=Counter)
    left_out: Counter[Bar] = field(default_factory=Counter)
    answered: int = 0
    corrected: int = 0
    earlier: Answers = field(default_factory=Answers)
    times: array[int] = field(default_factory=lambda: array(TIMES))
    waiting: array[int] = field(default_factory=lambda: array(TIMES))
    versions: set[str] = field(default_factory=set)
    calendars: set[str] = field(default_factory=set)

    def add(self, part: Part, ground: Ground, suspended: bool) -> None:
        self.versions.add(part.under.version)
        if part.under.calendar:
            self.calendars.add(part.under.calendar)
        judged = part.judged(ground.told)
        if suspended:
            for standing, n in judged.items():
                self.apart[standing.outcome] += n
            return
        for standing, n in judged.items():
            self.standings[standing.outcome] += n
            self.recorded[standing.without_corrections()] += n
            self.answered += n * standing.answered
            self.corrected += n * standing.corrected
            if standing.outcome is Outcome.LEFT_OUT and standing.reason:
                self.left_out[standing.reason] += n
        self.times += part.answered
        self.waiting += part.unanswered
        if part.running:
            self.waiting.extend(_waited(part, ground))

    def merge(self, other: _Sum) -> None:
        self.standings.update(other.standings)
        self.recorded.update(other.recorded)
        self.apart.update(other.apart)
        self.left_out.update(other.left_out)
        self.earlier += other.answers()
        self.waiting += other.waiting
        self.answered += other.answered
        self.corrected += other.corrected
        self.versions |= other.versions
        self.calendars |= other.calendars

    def answers(self) -> Answers:
        """By when they were answered; what was counted by then is put in order once."""
        if self.times:
            self.earlier += Answers.of(Counter(self.times))
            self.times = array(TIMES)
        return self.earlier

    def figure(self, standard: str, promised: str, ground: Ground) -> Figure:
        met, missed = self.standings[Outcome.MET], self.standings[Outcome.MISSED]
        answers = self.answers()
        median, p90 = quantiles(answers, Counter(self.waiting), (50, 90))
        return Figure(
            standard=standard,
            promised=promised,
            met=met,
            missed=missed,
            pending=self.standings[Outcome.PENDING],
            left_early=self.standings[Outcome.LEFT_EARLY],
            undetermined=self.standings[Outcome.UNDETERMINED],
            left_out={bar: n for bar, n in sorted(self.left_out.items()) if n},
            answered=self.answered,
            untimed=self.answered - answers.total,
            median=_millis(median),
            p90=_millis(p90),
            interval=wilson(met, met + missed),
            few=ground.few,
            amber=met + missed >= ground.few and amber(met, met + missed, promised, ground.amber_points),
            corrected=self.corrected,
            recorded=(self.recorded[Outcome.MET], self.recorded[Outcome.MISSED]),
            suspended=self.apart.total(),
            whole=(met + self.apart[Outcome.MET], missed + self.apart[Outcome.MISSED]),
            versions=tuple(sorted(self.versions)),
            calendars=tuple(sorted(self.calendars)),
        )


def _waited(part: Part, ground: Ground) -> Iterable[int]:
    """How long those that nobody has answered have waited, in seconds; what can't be known is left out."""
    gone_by = ground.spent(part.under.calendar, EVER, ground.told)
    waiting = (each.since for standing, each in part.running.items() if standing.outcome is Outcome.PENDING)
    if gone_by is None:
        return ()
    return [-((since - gone_by) // SECOND) if since < gone_by else 0 for since in chain.from_iterable(waiting)]


def _millis(seconds: int | None) -> int | None:
    return None if seconds is None else seconds * SECOND
