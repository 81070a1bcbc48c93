"""What a report holds: figures and what stands beside them, all of it data, none of it words or layout.

:mod:`~helpdesk.reports.making` fills it from one snapshot of the store; ``text``, ``export``, ``page``, ``evidence``
and ``benchmark`` only read it. Shares are whole hundredths of a percent, times whole milliseconds (of the standard's
time where it counts by a calendar), days half open.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

from helpdesk.clock import Instant
from helpdesk.message import Channel
from helpdesk.reports.effort import Efforts
from helpdesk.reports.period import By, Days
from helpdesk.reports.timeliness import Figure
from helpdesk.reports.volumes import Volume
from helpdesk.standards import Calendar, Version
from helpdesk.store.verbs.reporting import LogEnd


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """The figures of a month, a term, a channel, an hour ... or of the whole period (``key`` is "").

    ``days``  what the group covers: of the first and the last month or week perhaps a part only
    """

    key: str
    days: Days
    figures: tuple[Figure, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Miss:
    """One clock that was missed.

    ``number``    what staff call the ticket
    ``promised``  the share that its standard promised then, in percent
    ``answered``  when it was answered at last, None: not by the time of the report
    ``spent``     the standard's time until then, or until the report was made; None where it can't be known
    ``reason``    why, as staff explained it; "" where nobody did, or it was erased
    ``suspended`` whether it began in a suspended period
    ``corrected`` whether a correction touched it
    """

    number: int
    standard: str
    promised: str
    channel: Channel
    site: str
    started: Instant
    due: Instant
    answered: Instant | None
    spent: int | None
    reason: str = ""
    suspended: bool = False
    corrected: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Heat:
    """Demand by weekday and hour beside staffed hours and misses; Monday first, 7 rows of 24 hours each.

    ``staffed``  per cell the milliseconds in which the calendar was open during the period
    ``possible`` per cell the milliseconds there were (a clock change makes it uneven)
    """

    calendar: str
    received: tuple[tuple[int, ...], ...]
    missed: tuple[tuple[int, ...], ...]
    staffed: tuple[tuple[int, ...], ...]
    possible: tuple[tuple[int, ...], ...]


Week = tuple[tuple[int, ...], ...]
"""Counts by weekday and local hour: Monday first, 7 rows of 24."""


class Went(NamedTuple):
    """Noises to which somebody went: how many, and the time, in milliseconds, within which half of them saw somebody.

    It runs from the first text; None where nobody went.
    """

    n: int = 0
    median: int | None = None


NOBODY = Went()


@dataclass(frozen=True, slots=True, kw_only=True)
class ZoneNoise:
    """The noise of one zone, or of all together.

    ``zone``      its id; "" for all, and for texts whose place nobody knew
    ``name``, ``site``  as the plan has them; the id and "" where the zone is in the plan no more
    ``texts``     contacts that told of noise, by when they came in; ``noises``: incidents, by when they began
    ``answered``  of the texts, the ones that a person answered, by a message or by going there
    ``concerns``  of the texts, the ones in which somebody may have been in danger
    ``staffed``   of the noises, the ones that began in the line's hours
    ``kinds``     noises by kind; ``outcomes`` by what came of them ("going_on", "unsaid": over, and nobody said)
    ``went``      those that began in the line's hours and to which somebody went, in the time of the report's noise
                  standard; ``went_away``: the others, by the clock on the wall
    """

    zone: str = ""
    name: str = ""
    site: str = ""
    texts: Week
    noises: Week
    answered: int = 0
    concerns: int = 0
    staffed: int = 0
    kinds: Mapping[str, int]
    outcomes: Mapping[str, int]
    went: Went = NOBODY
    went_away: Went = NOBODY

    @property
    def told(self) -> int:
        """How many texts told of it."""
        return sum(map(sum, self.texts))

    @property
    def by_hour(self) -> tuple[int, ...]:
        """The texts of each local hour, all weekdays together."""
        return tuple(map(sum, zip(*self.texts, strict=True)))

    @property
    def heard(self) -> int:
        """How many noises that were."""
        return sum(map(sum, self.noises))


@dataclass(frozen=True, slots=True, kw_only=True)
class Noise:
    """What texts told of noise.

    ``zones``     those that had any, the most texts first
    ``unplaced``  where nobody knew the place
    ``total``     all of it
    ``silent``    the names of the plan's zones that nobody told of
    ``muted``     texts that were set apart because staff had muted their sender
    ``limited``   ... because their sender sent too many
    ``calendar``  by whose hours the time until somebody went is counted, "" for the clock on the wall
    """

    zones: tuple[ZoneNoise, ...]
    unplaced: ZoneNoise
    total: ZoneNoise
    silent: tuple[str, ...] = ()
    muted: int = 0
    limited: int = 0
    calendar: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class RunPoint:
    """One month of a run chart. ``signal``: what marks it as a real change, "" for noise ("above the upper limit")."""

    key: str
    share: int
    judged: int
    signal: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """A standard's share, month by month, with the process limits of an XmR chart; hundredths of a percent.

    ``centre``, ``lower``, ``upper``  None where there are too few months for limits
    """

    standard: str
    promised: str
    points: tuple[RunPoint, ...]
    centre: int | None
    lower: int | None
    upper: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Suspension:
    """When a promise did not hold ("strike, 3-14 May"): whole days, or while something was closed by hand.

    ``standard``  whose promise, "" for every one
    ``days``      of a closing those that it touched
    ``closed``    what was closed: a channel, a line or "all"; "" for whole days
    ``span``      of a closing: from when up to when
    ``among``     of a closing: the standards that cover what was closed
    """

    seq: int
    standard: str
    days: Days
    reason: str
    by: str
    noted: Instant
    closed: str = ""
    span: tuple[Instant, Instant] | None = None
    among: tuple[str, ...] = ()

    def about(self, standard: str) -> bool:
        """Whether the promise of a standard is among those that did not hold."""
        return standard in self.among if self.closed else self.standard in ("", standard)


@dataclass(frozen=True, slots=True, kw_only=True)
class Dip:
    """A month below its promise, with what the library says of it to the public; "" where it has said nothing yet."""

    standard: str
    promised: str
    month: str
    share: int
    explanation: str = ""
    action: str = ""
    by: str = ""
    noted: Instant | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Restated:
    """A figure that was published otherwise before. ``why``: what changed since, "2 corrections, 1 marked as spam"."""

    standard: str
    promised: str
    month: str
    published: Instant
    before: tuple[int, int]
    after: tuple[int, int]
    why: Mapping[str, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Log:
    """The log that a report was made from.

    ``end``      its last event and the digest of the chain there
    ``whole``    whether the chain held wherever it was checked
    ``checked``  up to which event it was checked
    ``fault``    what is wrong, in words; "" where nothing is
    """

    end: LogEnd
    whole: bool
    checked: int
    fault: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """Timeliness over a period.

    ``days``         the period, as asked
    ``now``          when it was made, or as of when: what is judged due is due then
    ``began``        the day of the log's first contact, None where there is none
    ``few``          under so many judged contacts a share is too few to tell
    ``groups``       by ``by``; months, weeks and terms without a contact are there, with no figures
    ``total``        the same over the whole period
    ``standards``    every published version that the figures name, by name and time of publishing
    ``calendars``    likewise
    ``imported``     how many of the contacts were taken in from another desk, see :mod:`helpdesk.bygone`
    ``misses``       the latest first, at most as many as asked for; ``missed`` says how many there are
    ``heat``         None where nothing came in
    ``noise``        None where the library has no line for it
    ``effort``       None where staff said of no contact how much work it was, or whether one was enough
    ``amber_points`` how many points below its promise a figure may lie and be amber
    """

    library: str
    zone: str
    by: By
    days: Days
    now: Instant
    began: date | None
    log: Log
    few: int
    groups: tuple[Group, ...]
    total: Group
    volumes: tuple[Volume, ...]
    standards: tuple[Version, ...]
    calendars: tuple[Calendar, ...] = ()
    misses: tuple[Miss, ...] = ()
    missed: int = 0
    heat: Heat | None = None
    noise: Noise | None = None
    effort: Efforts | None = None
    runs: tuple[Run, ...] = ()
    dips: tuple[Dip, ...] = ()
    suspensions: tuple[Suspension, ...] = ()
    restated: tuple[Restated, ...] = ()
    amber_points: float = 5
    imported: int = 0
