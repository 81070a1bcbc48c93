"""What a desk is told besides tickets: who is on, what happened, what is wrong, what a search found, how it goes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from helpdesk.clock import Instant
from helpdesk.events import Kind, Seq
from helpdesk.message import Channel, StaffId, TicketId
from helpdesk.permissions import Role
from helpdesk.standards import Measure
from helpdesk.worklist import Row


@dataclass(frozen=True, slots=True, kw_only=True)
class Member:
    """A member of staff. ``has_pin``: the desk asks for it when the login is shared."""

    id: StaffId
    name: str
    role: Role = Role.LEAD
    has_pin: bool = False
    disabled: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Presence:
    """Whether a member takes contacts of a channel now. ``seen``: their desk's last sign of life."""

    staff: StaffId
    channel: Channel
    available: bool
    seen: Instant


@dataclass(frozen=True, slots=True, kw_only=True)
class OnDuty:
    """A member at the desk: the channels they take, the chats they have, and as many as they take at once.

    ``seen``  their desk's last sign of life
    """

    staff: StaffId
    name: str
    channels: tuple[Channel, ...]
    chats: int
    most: int
    seen: Instant

    @property
    def room(self) -> bool:
        """Whether they would take one more chat."""
        return self.chats < self.most


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnChat:
    """A chat that a member has.

    ``fresh``    so many messages of the visitor came since the last of ours
    ``writing``  the visitor is writing just now
    ``left``     the visitor has left; it stands here until it is solved, waits, or goes on by mail
    """

    ticket: TicketId
    number: int
    name: str
    fresh: int
    writing: bool = False
    left: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Hello:
    """What a desk must know on opening.

    ``now`` and ``pace``: the owner's clock, which the countdowns follow (pace 60 in the demo: a second is a minute).
    ``said``: what the screen says about it, "" on an ordinary clock. ``seq``: the last event so far.
    ``undo_seconds``: how long a reply waits and can be taken back; 0: it goes at once.
    """

    library: str
    version: str
    zone: str
    now: Instant
    pace: float
    said: str
    seq: Seq
    lines: Mapping[str, str]
    undo_seconds: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """Something happened: what whoever watches hears, after commit."""

    seq: Seq
    kind: Kind
    ticket: TicketId | None
    actor: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """Trouble that the desk must show until it is over: what, and what to do. ``level``: "warning" or "error"."""

    key: str
    level: str
    text: str
    since: Instant


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """A search hit: the ticket, and the words around the match."""

    row: Row
    excerpt: str
    written: Instant


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """How a promise was kept over some days, by the contacts that came in on them so far.

    ``pending``    neither answered nor late yet
    ``suspended``  came in on days on which the promise does not hold: in none of the other counts
    ``share``      met of met and missed, in hundredths of a percent, cut; None where nothing was judged
    ``result``     "met", "not met" or "too few to tell"
    ``amber``      not met, but by no more points than the library's band
    """

    met: int = 0
    missed: int = 0
    pending: int = 0
    suspended: int = 0
    share: int | None = None
    result: str = ""
    amber: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class PromiseNow:
    """One promise: what it says, and how it was kept today, this week (from Monday) and this month.

    ``limit``     as it was written ("15 working min")
    ``promised``  the share promised, in percent ("97.5"); a standard that changed its share stands here twice
    """

    standard: str
    title: str
    measure: Measure
    limit: str
    promised: str
    today: Kept
    week: Kept
    month: Kept


@dataclass(frozen=True, slots=True, kw_only=True)
class Nearing:
    """A running clock: about to breach, or past its last moment and not answered yet.

    ``lapses``  the last moment at which an answer meets it: ``due``, or the opening after a closing
    """

    ticket: TicketId
    number: int
    channel: Channel
    standard: str
    measure: Measure
    due: Instant
    lapses: Instant
    owner: StaffId | None
    name: str
    subject: str


@dataclass(frozen=True, slots=True, kw_only=True)
class HeatMap:
    """Demand of some weeks by weekday and hour: 7 rows, Monday first, of 24 local hours each.

    ``begin``, ``end``  the days it is of, half open
    ``staffed``         per cell the milliseconds in which ``calendar`` was open; ``possible`` those that there were
    """

    begin: date
    end: date
    calendar: str
    received: tuple[tuple[int, ...], ...]
    missed: tuple[tuple[int, ...], ...]
    staffed: tuple[tuple[int, ...], ...]
    possible: tuple[tuple[int, ...], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """How the library stands ``now``.

    ``today``    the day by the library's zone
    ``promises`` by standard: those in force, and those under which anything came in this month
    ``nearing``  the next running clocks, the earliest first
    ``late``     running clocks of work that is past its last moment, the latest first
    ``heat``     None where nothing came in during its weeks
    """

    now: Instant
    today: date
    promises: tuple[PromiseNow, ...] = ()
    nearing: tuple[Nearing, ...] = ()
    late: tuple[Nearing, ...] = ()
    heat: HeatMap | None = None
