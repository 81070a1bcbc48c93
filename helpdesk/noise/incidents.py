"""An incident: one noise, however many texts tell of it. What a desk sees of it; its life is :mod:`.life`.

::

    open ──dispatch──> dispatched ──attend──> attended ──conclude──> over
      └────────────────────attend or conclude at once ───────────────^   over ──reopen──> open
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

from helpdesk.clock import Instant
from helpdesk.events import Kind
from helpdesk.message import IncidentId, LineId, TicketId
from helpdesk.noise.concerns import Concern
from helpdesk.noise.kinds import NoiseKind
from helpdesk.zones.plan import Zone


class IncidentState(StrEnum):
    """Where an incident stands."""

    OPEN = "open"
    DISPATCHED = "dispatched"
    ATTENDED = "attended"
    OVER = "over"


class NoiseOutcome(StrEnum):
    """What came of an incident; its name is also that of the text which tells the reporters."""

    QUIET = "quiet"
    SPOKEN_TO = "spoken_to"
    MOVED = "moved"
    SECURITY = "security"
    NOT_FOUND = "not_found"
    NO_PLACE = "no_place"


@dataclass(frozen=True, slots=True, kw_only=True)
class Incident:
    """One noise.

    ``number``     what staff call it: 1, 2, 3 ... per library
    ``zone``       a zone's id, "" where the place is not known (then it has one reporter)
    ``began``      when its first text came in
    ``latest``     when its latest text came in: until the window after it, the next text about the zone joins
    ``staffed``    whether it began in the line's hours
    ``concern``    the gravest that any of its texts raised, None where none did
    ``goes``       who was sent: a member's id or one of the settings' goers, "" while nobody was
    ``due``        the earliest deadline of its tickets' running clocks, None if none runs
    ``decided``    the version of the latest act of staff: texts raise the version, and overrule nobody
    """

    id: IncidentId
    number: int
    line: LineId
    site: str = ""
    zone: str = ""
    noise: NoiseKind
    state: IncidentState = IncidentState.OPEN
    began: Instant
    latest: Instant
    reporters: int = 1
    staffed: bool = True
    concern: Concern | None = None
    goes: str = ""
    dispatched: Instant | None = None
    attended: Instant | None = None
    outcome: NoiseOutcome | None = None
    ended: Instant | None = None
    due: Instant | None = None
    version: int = 1
    decided: int = 1
    touched_by: str = "patron"

    @property
    def live(self) -> bool:
        """Whether somebody may still have to go."""
        return self.state is not IncidentState.OVER


@dataclass(frozen=True, slots=True, kw_only=True)
class Reporter:
    """One texter of an incident, by friendly name. ``told``: when they last heard from a person, None if never."""

    ticket: TicketId
    number: int
    version: int
    name: str
    text: str
    wrote: Instant
    told: Instant | None = None
    reachable: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One line of an incident's trail: what, when, by whom ("patron", "system" or a member's id), and to what end."""

    what: Kind
    when: Instant
    by: str
    ticket: TicketId | None = None
    told: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Remarked:
    """A note on an incident, for colleagues only."""

    by: str
    text: str
    written: Instant


@dataclass(frozen=True, slots=True, kw_only=True)
class IncidentSight:
    """An incident as its screen shows it: reporters and trail with the earliest first, notes with the latest."""

    incident: Incident
    place: Zone | None
    reporters: tuple[Reporter, ...]
    trail: tuple[Step, ...] = ()
    notes: tuple[Remarked, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Choices:
    """What the desk offers to pick from.

    ``goers``  who can be sent besides members ("security")
    ``says``   per line and outcome the text back, its zone still to be filled in: ``{zone}``
    ``complaint`` per line the sentence that says how to make a formal complaint
    ``mute``   for how many hours a texter is muted as a rule
    """

    zones: tuple[Zone, ...] = ()
    goers: tuple[str, ...] = ()
    says: dict[str, dict[NoiseOutcome, str]] = field(default_factory=dict)
    complaint: dict[str, str] = field(default_factory=dict)
    mute: int = 24


@dataclass(frozen=True, slots=True, kw_only=True)
class NoiseMap:
    """Texts about each zone by weekday (Monday first) and local hour: 7 rows of 24 counts each.

    ``begin``, ``end``  the local days it is of, half open
    ``unplaced``        texts whose place nobody knew
    """

    begin: date
    end: date
    zones: dict[str, tuple[tuple[int, ...], ...]] = field(default_factory=dict)
    unplaced: tuple[tuple[int, ...], ...] = ()
