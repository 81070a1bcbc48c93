"""A clock's row: the facts that its events told, and what follows from them.

The store keeps it, the worklist sorts by it, reports count it. Which facts an event tells is
:mod:`~helpdesk.standards.clocks`'s; what follows is :mod:`~helpdesk.standards.deadlines`'s.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from helpdesk.clock import Instant
from helpdesk.message import EntryId, TicketId
from helpdesk.standards.promises import Measure


class Outcome(StrEnum):
    """How a clock stands."""

    PENDING = "pending"
    MET = "met"
    MISSED = "missed"
    UNDETERMINED = "undetermined"
    LEFT_OUT = "left_out"
    LEFT_EARLY = "left_early"


class Bar(StrEnum):
    """Why a clock is left out."""

    AUTOMATIC = "automatic"
    MERGED = "merged"
    MUTED = "muted"
    NOT_MEASURED = "not_measured"
    SPAM = "spam"
    TEST = "test"


@dataclass(frozen=True, slots=True)
class Answer:
    """What stopped a clock, or would have. ``entry`` is None where nothing was sent (a claim, a walk)."""

    when: Instant
    entry: EntryId | None = None


@dataclass(frozen=True, slots=True)
class Pause:
    """A stretch in which a clock stood still; ``end`` is None while it still does."""

    begin: Instant
    end: Instant | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ClockRow:
    """One ticket under one standard; (ticket, standard, exchange) is its key.

    Facts:

    ``version``      the digest of the standard in force when it started: it keeps that
    ``exchange``     0 for the ticket's opening; later ones are exchanges (from 1), promises (from 0) and what was
                     reopened after its window (from 1)
    ``answers``      good answers, earliest first
    ``corrections``  when it was answered otherwise, as entered afterwards, earliest first
    ``left``         when the visitor left; of a resolution, when its window was over
    ``barred``       why it is left out, sorted
    ``pauses``       when it stood still, in order; only the last may still run. With them the closings of its line that
                     it stood still in, whose end may be to come

    What follows from them:

    ``calendar``  the digest of the calendar it is counted by, "" for wall time
    ``due``       when the limit is reached; None while it stands still
    ``lapses``    the last moment at which an answer meets it: ``due``, or the opening after a closing
    ``stopped``   when it was answered or the visitor left
    ``spent``     milliseconds of the standard's time until then, pauses left out
    ``closed``    it began while its line was closed by hand: set apart, as where its promise is suspended

    ``recorded`` and ``recorded_spent`` are outcome and time without the corrections: ``recorded`` is None where the
    outcome is the same, and both are None where nothing was corrected.
    """

    ticket: TicketId
    standard: str
    version: str
    measure: Measure
    exchange: int = 0
    started: Instant
    answers: tuple[Answer, ...] = ()
    corrections: tuple[Instant, ...] = ()
    left: Instant | None = None
    barred: tuple[Bar, ...] = ()
    pauses: tuple[Pause, ...] = ()
    calendar: str = ""
    due: Instant | None = None
    lapses: Instant | None = None
    stopped: Instant | None = None
    spent: int | None = None
    outcome: Outcome = Outcome.UNDETERMINED
    recorded: Outcome | None = None
    recorded_spent: int | None = None
    closed: bool = False

    @property
    def standing_still(self) -> bool:
        """Whether it is in a pause now."""
        return bool(self.pauses) and self.pauses[-1].end is None


Rows = tuple[ClockRow, ...]


def judged(row: ClockRow, now: Instant) -> Outcome:
    """How the row stands at ``now``: pending and past its last moment is missed."""
    return _judged(row.outcome, row.lapses, now)


def judged_as_recorded(row: ClockRow, now: Instant) -> Outcome:
    """As :func:`judged`, had nothing been corrected."""
    return _judged(row.recorded or row.outcome, row.lapses, now)


def _judged(outcome: Outcome, lapses: Instant | None, now: Instant) -> Outcome:
    late = outcome is Outcome.PENDING and lapses is not None and now > lapses
    return Outcome.MISSED if late else outcome


def next_due(rows: Iterable[ClockRow]) -> Instant | None:
    """The earliest moment at which a running clock falls due."""
    return min((row.due for row in rows if row.outcome is Outcome.PENDING and row.due is not None), default=None)


# For the store


def answers_text(answers: tuple[Answer, ...]) -> str:
    """The answers as one column of text."""
    return " ".join(f"{answer.when}:{answer.entry or ''}" for answer in answers)


def answers_from_text(text: str) -> tuple[Answer, ...]:
    """What :func:`answers_text` wrote."""
    pairs = (item.partition(":") for item in text.split())
    return tuple(Answer(Instant(int(when)), EntryId(entry) if entry else None) for when, _, entry in pairs)


def corrections_text(corrections: tuple[Instant, ...]) -> str:
    """The corrections as one column of text."""
    return " ".join(map(str, corrections))


def corrections_from_text(text: str) -> tuple[Instant, ...]:
    """What :func:`corrections_text` wrote."""
    return tuple(Instant(int(when)) for when in text.split())


def pauses_text(pauses: tuple[Pause, ...]) -> str:
    """The pauses as one column of text: "begin:end", or "begin:" while it lasts."""
    return " ".join(f"{pause.begin}:{'' if pause.end is None else pause.end}" for pause in pauses)


def pauses_from_text(text: str) -> tuple[Pause, ...]:
    """What :func:`pauses_text` wrote."""
    pairs = (item.partition(":") for item in text.split())
    return tuple(Pause(Instant(int(begin)), Instant(int(end)) if end else None) for begin, _, end in pairs)
