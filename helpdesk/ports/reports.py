"""The seam to the figures of a period, a day, a week, a month or a term: as the desk shows and as it writes them.

They are made as ``helpdesk report`` makes them, from the same days, and say the same to the byte.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Literal, Protocol

from helpdesk.clock import Instant
from helpdesk.errors import Refused
from helpdesk.message import Channel, StaffId
from helpdesk.sight import HeatMap

Length = Literal["day", "week", "month", "term"]
"""How long a period is."""

Form = Literal["text", "csv", "html"]
"""How a report is written: to read, a table for spreadsheets, a page."""

Table = Literal["figures", "misses", "contacts", "heat", "runs", "noise", "noise_zones", "effort"]
"""Which table a CSV holds."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Period:
    """Some days in the library's zone, from ``begin`` up to, not including, ``end``.

    ``back``   how many periods before the present one
    ``name``   what it is called ("autumn term"), "" where its days say enough
    ``note``   what is to be said of how it was found, "" for nothing
    ``over``   whether all of it has gone by
    """

    length: Length
    back: int
    begin: date
    end: date
    name: str = ""
    note: str = ""
    over: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Promised:
    """How one promise was kept. Shares in hundredths of a percent, times in milliseconds.

    ``limit``      the standard's, in its own words; "" where its text is not there any more
    ``promised``   the share, in percent
    ``result``     "met", "not met" or "too few to tell"; ``amber``: not met, and near it
    ``interval``   how far chance alone may have moved the share
    ``left_out``   left early, undetermined and set apart: in no share
    ``suspended``  came in while the promise was suspended: in no share; ``whole``: met and missed with them
    ``working``    whether its times are opening hours
    """

    standard: str
    title: str = ""
    limit: str = ""
    promised: str
    met: int = 0
    missed: int = 0
    pending: int = 0
    left_out: int = 0
    suspended: int = 0
    corrected: int = 0
    share: int | None = None
    interval: tuple[int, int] | None = None
    result: str = "too few to tell"
    amber: bool = False
    median: int | None = None
    p90: int | None = None
    working: bool = False
    whole: tuple[int, int] = (0, 0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Missed:
    """One miss. ``explained``: a reason is kept, and stands in its ticket; ``suspended``: no promise held then."""

    number: int
    standard: str
    channel: Channel
    started: Instant
    due: Instant
    answered: Instant | None = None
    spent: int | None = None
    suspended: bool = False
    explained: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """What staff said of contacts of a channel or site, see :class:`helpdesk.reports.effort.Effort`.

    ``of``  "" for all together, "sms", "site main", "no site"
    """

    of: str
    received: int
    levels: tuple[int, ...]
    yes: int
    no: int
    share: int | None = None
    interval: tuple[int, int] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """The figures of a period.

    ``made``       when
    ``began``      the day of the log's first contact, None where there is none
    ``contacts``   how many came in, and how many a person answered
    ``footnotes``  why a promise did not hold, and what else is wrong: whole sentences
    ``misses``     the latest first, at most :data:`LISTED`; ``missed`` says how many there are
    ``few``        under so many judged contacts a share is too few to tell
    """

    period: Period
    made: Instant
    began: date | None
    contacts: tuple[int, int]
    few: int
    promises: tuple[Promised, ...] = ()
    footnotes: tuple[str, ...] = ()
    heat: HeatMap | None = None
    effort: tuple[Said, ...] = ()
    misses: tuple[Missed, ...] = ()
    missed: int = 0


LISTED = 200
"""How many misses are listed at most; an exported table has all."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """A report as a file: its proposed ``name`` and its ``text``."""

    name: str
    text: str


class ReportsDesk(Protocol):
    """The figures of one period at a time. ``back`` counts periods back from the present one, which is 0."""

    async def figures(self, actor: StaffId, *, length: Length = "month", back: int = 0) -> Figures:
        """How the promises were kept, when contacts came, what was missed: no text and nobody's name.

        A term is one of the published calendar; where it names none, three months, and ``note`` says so.
        """
        ...

    async def written(
        self, actor: StaffId, *, length: Length = "month", back: int = 0, form: Form = "text", table: Table = "figures"
    ) -> Written:
        """The same bytes as `helpdesk report` writes of these days, misses with the reasons that staff gave."""
        ...

    async def written_briefly(
        self, actor: StaffId, *, length: Length = "month", back: int = 0, form: Form = "text", table: Table = "figures"
    ) -> Written:
        """The same with no miss listed: what `helpdesk report --misses 0` writes."""
        ...


class NoReports:
    """Of a desk without figures: each call is Refused."""

    async def figures(self, actor: StaffId, *, length: Length = "month", back: int = 0) -> Figures:
        """Refused."""
        raise Refused("No figures are made here. Ask the library's own desk.")

    async def written(
        self, actor: StaffId, *, length: Length = "month", back: int = 0, form: Form = "text", table: Table = "figures"
    ) -> Written:
        """Refused."""
        raise Refused("No figures are made here. Ask the library's own desk.")

    written_briefly = written
