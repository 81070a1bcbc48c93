"""What events have told of one clock, while a fold runs."""

from __future__ import annotations

from dataclasses import dataclass

from helpdesk.clock import Instant
from helpdesk.events import Fact
from helpdesk.message import TicketId
from helpdesk.standards.closings import Closing
from helpdesk.standards.promises import Measure, Standard
from helpdesk.standards.rows import Answer, Bar, ClockRow, Pause

ANSWERS_KEPT = 5
"""How many good answers a row remembers, earliest first, in case earlier ones prove undeliverable."""


@dataclass(slots=True, eq=False, kw_only=True)
class Facts:
    """What events have told of one clock so far: the one thing here that changes, and only while a fold runs.

    ``promised``  the moment that the patron was told, of a promise of news
    ``closings``  of the ticket's line, the earliest first
    ``row``       the row that it goes on from, None for a clock that is new
    ``touched``   whether anything was told since
    """

    ticket: TicketId
    standard: Standard
    measure: Measure
    version: str
    exchange: int = 0
    started: Instant
    answers: tuple[Answer, ...] = ()
    corrections: tuple[Instant, ...] = ()
    left: Instant | None = None
    barred: tuple[Bar, ...] = ()
    pauses: tuple[Pause, ...] = ()
    promised: Instant | None = None
    closings: tuple[Closing, ...] = ()
    row: ClockRow | None = None
    touched: bool = True

    @property
    def owed(self) -> bool:
        """Whether somebody still waits for an answer."""
        return not self.answers and not self.corrections and self.left is None

    @property
    def overlaid(self) -> bool:
        """Whether its line was closed since it started: a row holds pauses and closings as one."""
        return any(each.ends > self.started for each in self.closings)

    def answer(self, answer: Answer) -> None:
        """One more good answer."""
        self.answers, self.touched = with_answer(self.answers, answer), True

    def void(self, entry: Fact) -> None:
        """What was sent as ``entry`` answered nothing."""
        kept = without_answer(self.answers, entry)
        if len(kept) < len(self.answers):
            self.answers, self.touched = kept, True

    def correct(self, when: Instant) -> None:
        """Answered otherwise at ``when``, as entered later."""
        self.corrections, self.touched = tuple(sorted({*self.corrections, when})[:ANSWERS_KEPT]), True

    def stand_still(self, when: Instant) -> None:
        """A pause begins, unless it is in one."""
        if not self.standing_still:
            self.pauses, self.touched = (*self.pauses, Pause(self._after(when))), True

    def run_on(self, when: Instant) -> None:
        """Whatever pause it was in is over; one that took no time is none."""
        if self.standing_still:
            begin = self.pauses[-1].begin
            ended = (Pause(begin, when),) if when > begin else ()
            self.pauses, self.touched = (*self.pauses[:-1], *ended), True

    def go_on(self, when: Instant) -> None:
        """Of a resolution: solved within its window and taken up again. The time between is left out."""
        if self.answers and self.left is None:
            begin = self._after(self.answers[0].when)
            closed = (Pause(begin, when),) if when > begin else ()
            self.answers, self.pauses, self.touched = (), (*self.pauses, *closed), True

    @property
    def standing_still(self) -> bool:
        """Whether it is in a pause."""
        return bool(self.pauses) and self.pauses[-1].end is None

    def _after(self, when: Instant) -> Instant:
        """Not before it started, nor before its last pause ended."""
        ended = self.pauses[-1].end if self.pauses else None
        return max(when, self.started, ended or when)


def facts_of(row: ClockRow, standard: Standard, closings: tuple[Closing, ...] = ()) -> Facts:
    """The facts that a row keeps."""
    return Facts(
        ticket=row.ticket,
        standard=standard,
        measure=row.measure,
        version=row.version,
        exchange=row.exchange,
        started=row.started,
        answers=row.answers,
        corrections=row.corrections,
        left=row.left,
        barred=row.barred,
        pauses=row.pauses,
        promised=row.due if row.measure is Measure.KEEP_INFORMED else None,
        closings=closings,
        row=row,
        touched=False,
    )


def with_answer(answers: tuple[Answer, ...], answer: Answer) -> tuple[Answer, ...]:
    """The answers with one more, earliest first."""
    return tuple(sorted({*answers, answer}, key=_by_time)[:ANSWERS_KEPT]) if answers else (answer,)


def without_answer(answers: tuple[Answer, ...], entry: Fact) -> tuple[Answer, ...]:
    """The answers without what was sent as ``entry``."""
    return tuple(answer for answer in answers if answer.entry is None or answer.entry != entry)


def _by_time(answer: Answer) -> tuple[Instant, str]:
    return answer.when, answer.entry or ""
