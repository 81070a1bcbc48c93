"""What a ticket's clocks show: a fold over its events.

:func:`replay` folds a ticket's whole history; :func:`advance` goes on from the rows that the store has, and says so
where they don't hold what it takes to know. Both give the same rows. Nothing is forgotten on the way, so an answer that
turns out undeliverable, or spam that was none, is put right by the next event.

What starts a clock:

- **opened** starts those of every measure but the next two, by the standards in force then that cover the ticket. Of a
  phone or desk contact the clock runs while it waited, as entered; with no time entered it is *not measured*.
- **the patron writes again** while no reply is owed: the next exchange (*next response*, exchange 1, 2 ...). What they
  write until a reply belongs to the same exchange, which is timed from its first message. The opening is the first
  response's, so that the two never overrule one another.
- **promised** starts one clock of *keep informed*, due at the moment promised. Each promise stands by itself: a later
  one takes none back, and the reply that tells the patron of the new date keeps the earlier one, if it is in time.
- **reopened after its window** starts a *resolution* anew; the one before stays as it was.

What the events tell:

- **An answer** is a reply by a person. Of several, the earliest that was not undeliverable counts. A note is none, nor
  is an automatic message (save that a standard may let one acknowledge). A first claim counts, whether or not it was
  released later; so does assigning the ticket to oneself, or a reply; being assigned it by somebody else does not.
- **A correction** ("answered by phone at 10:05") answers what was running at that time; it resolves nothing.
- **Solved without an answer** stops only a resolution (and, where the standard says so, an exchange): what was never
  answered and fell due was missed.
- **Waiting on the patron** and the time from solved to reopened stop a resolution; nothing else stands still. A reply
  and the wait in one step are an answer, and then a pause. If the reply turns out undeliverable, the patron never had
  the question or the solution: the pause or the solving is void, and the clock runs on from its start.
- **Unsent** (a reply, before it went out), **undone** (whatever else was taken back): what was told with it never was.
- **Left** (a chat's visitor went): unanswered until then, it is *left early* up to the limit, a miss after.
- **Left out** (spam, muted, a test, merged into another ticket, an automatic message, not measured): the facts are
  kept and counted apart; ``NOT_SPAM`` brings the row back.
- **Closed by hand** is told by no event of the ticket: its line's closings come with what was published.
- **Imported** without whole times: the contact starts no clock and answers none; what comes in later does.
- **Split**: what went over to another ticket came in there, at its own time, and never here.
- **Tagged or sorted**: folded anew by what it is now: a standard for a tag, kind or site covers it from its opening.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from operator import attrgetter

from helpdesk.clock import Instant
from helpdesk.events import Event, Kind, standing
from helpdesk.message import Channel, EntryId, TicketId
from helpdesk.standards.answering import answers
from helpdesk.standards.deadlines import Reckoning, reckon, reckoned
from helpdesk.standards.facts import Facts, facts_of, with_answer, without_answer
from helpdesk.standards.promises import Measure, Subject
from helpdesk.standards.published import Published, Version
from helpdesk.standards.rows import Answer, Bar, ClockRow, Outcome, Rows


def advance(rows: Rows, events: Iterable[Event], subject: Subject, published: Published) -> Rows | None:
    """The rows of a ticket after more of its events; None where it takes the whole history: then :func:`replay` it.

    Raises for no event and no calendar.
    """
    fold = Fold(subject, published, rows)
    if any(clock.overlaid for clock in fold.clocks):
        return None
    for event in events:
        if not fold.hear(event):
            return None
    return fold.rows()


def replay(events: Iterable[Event], subject: Subject, published: Published) -> Rows:
    """The rows of a ticket from its whole history, in the order of the log."""
    return folded(events, subject, published).rows()


def folded(events: Iterable[Event], subject: Subject, published: Published) -> Fold:
    """A ticket's whole history, heard."""
    fold = Fold(subject, published, whole=True)
    for event in standing(events):
        fold.hear(event)
    return fold


class Fold:
    """A ticket's clocks while its events are told, one by one.

    ``whole``  it hears the ticket's history from its first event on; so does one that hears it opened
    """

    __slots__ = ("_bars", "_closings", "_opened", "_owed", "_published", "_replies", "_subject", "_whole", "clocks")

    def __init__(self, subject: Subject, published: Published, rows: Rows = (), *, whole: bool = False) -> None:
        versions = [(row, published.version(row.version)) for row in rows]
        self._closings = published.closings.of(subject.channel, subject.line)
        self.clocks = [facts_of(row, version.standard, self._closings) for row, version in versions if version]
        self._subject = subject
        self._published = published
        self._whole = whole
        self._opened = bool(rows)
        self._bars = {bar for clock in self.clocks for bar in clock.barred if bar in _OF_THE_TICKET}
        if subject.test:
            self._bars.add(Bar.TEST)
        self._owed = False  # whether a reply to the opening is owed, and the replies that were given
        self._replies: tuple[Answer, ...] = ()

    def hear(self, event: Event) -> bool:
        """One more event; False if only a fold of the whole history can tell what it means."""
        if event.data.get("measured") is False:
            return self.pass_by(event)
        tell = _TOLD.get(event.kind)
        return tell is None or tell(self, event)

    def pass_by(self, event: Event) -> bool:
        """Imported without whole times: it starts no clock, answers none, and owes nothing."""
        if event.kind is Kind.OPENED:
            self._opened = self._whole = True
        return True

    def rows(self) -> Rows:
        """The rows as they follow from all that was heard, by standard and exchange."""
        rows = [self._row(clock) for clock in self.clocks]
        if len(rows) > 1:
            rows.sort(key=attrgetter("standard", "exchange"))
        return tuple(rows)

    def reckonings(self) -> list[tuple[Facts, Reckoning]]:
        """The same as facts and what follows from them: for a rebuild, which makes rows only where they differ."""
        if len(self.clocks) > 1:
            self.clocks.sort(key=attrgetter("standard.name", "exchange"))
        return [(clock, reckon(clock, self._published)) for clock in self.clocks]

    def _row(self, clock: Facts) -> ClockRow:
        row = clock.row
        if row is not None and not clock.touched and row.outcome is not Outcome.UNDETERMINED:
            return row
        return reckoned(clock, self._published)

    # What starts a clock

    def open(self, event: Event) -> bool:
        """The contact came in."""
        if self._opened:
            return True
        self._opened = self._whole = True
        served, waited = self._subject.channel in _SERVED, event.data.get("waited")
        self._owed = not served and not event.data.get("automatic")
        barred = set(self._bars)
        if event.data.get("automatic"):
            barred.add(Bar.AUTOMATIC)
        if served and not isinstance(waited, int):
            barred.add(Bar.NOT_MEASURED)
        for version in self._published.versions_at(event.when):
            if version.standard.measure not in _LATER and version.standard.covers.cover(self._subject):
                clock = self._start(version, event, 0, barred)
                if served and isinstance(waited, int) and clock.measure is not Measure.RESOLUTION:
                    clock.answers = (Answer(Instant(event.when + waited)),)
        return True

    def receive(self, event: Event) -> bool:
        """The patron wrote: the next exchange, unless a reply is owed already."""
        if event.data.get("automatic") or self._subject.channel in _SERVED:
            return True
        for version in self._covering(Measure.NEXT_RESPONSE, event.when, self._subject.told(event.data)):
            earlier = self._of(version)
            if not (earlier or self._whole):
                return False
            owed = any(clock.owed for clock in earlier) if earlier else self._owed and not self._replies
            if not owed:
                self._start(version, event, len(earlier) + 1, self._bars)
        return True

    def promise(self, event: Event) -> bool:
        """The patron was told when there would be news."""
        by = event.data.get("by")
        for version in self._covering(Measure.KEEP_INFORMED, event.when) if isinstance(by, int) else ():
            if not (self.clocks or self._whole):
                return False
            clock = self._start(version, event, len(self._of(version)), self._bars)
            clock.promised = Instant(int(by or 0))
        return True

    def reopen(self, event: Event) -> bool:
        """Solved no longer: within its window it goes on, after it a resolution starts anew."""
        for version in self._covering(Measure.RESOLUTION, event.when):
            earlier = self._of(version)
            if earlier and earlier[-1].left is not None:
                self._start(version, event, len(earlier), self._bars)
        return self.go_on(event)

    def _start(self, version: Version, event: Event, exchange: int, barred: Iterable[Bar]) -> Facts:
        clock = Facts(
            ticket=event.ticket or TicketId(""),
            standard=version.standard,
            measure=version.standard.measure,
            version=version.digest,
            exchange=exchange,
            started=event.when,
            barred=tuple(sorted(barred)),
            closings=self._closings,
        )
        self.clocks.append(clock)
        return clock

    def _covering(self, measure: Measure, when: Instant, subject: Subject | None = None) -> list[Version]:
        versions = self._published.versions_of(measure, when)
        return [version for version in versions if version.standard.covers.cover(subject or self._subject)]

    def _of(self, version: Version) -> list[Facts]:
        """The clocks of a standard, under whatever version, in order."""
        return [clock for clock in self.clocks if clock.standard.name == version.standard.name]

    # What answers

    def answer(self, event: Event) -> bool:
        """A reply, a claim, a walk, an acknowledgement."""
        automatic = bool(event.data.get("automatic"))
        entry = event.data.get("entry")
        answer = Answer(event.when, EntryId(entry) if isinstance(entry, str) else None)
        if event.kind is Kind.REPLIED and not automatic:
            self._replies = with_answer(self._replies, answer)
            self.go_on(event)
        for clock in self.clocks:
            if answers(event, automatic, clock):
                clock.answer(answer)
        return True

    def void(self, event: Event) -> bool:
        """A message could not be delivered: it answered nothing, and what waited on the patron waited for nobody."""
        entry = event.data.get("entry")
        self._replies = without_answer(self._replies, entry)
        for clock in self._resolutions():
            pauses = clock.pauses[:-1] if clock.standing_still else clock.pauses
            clock.answers, clock.left, clock.pauses, clock.touched = (), None, pauses, True
        for clock in self.clocks:
            if clock.measure is not Measure.RESOLUTION:
                clock.void(entry)
        return True

    def correct(self, event: Event) -> bool:
        """It was answered otherwise at another time, as is entered now."""
        answered = event.data.get("answered")
        if not isinstance(answered, int):
            return True
        when = Instant(answered)
        self._replies = with_answer(self._replies, Answer(when))
        running: dict[str, Facts] = {}
        for clock in self.clocks:
            if clock.measure is Measure.NEXT_RESPONSE:
                if clock.started <= when:
                    running[clock.standard.name] = clock
            elif clock.measure is Measure.KEEP_INFORMED:
                if clock.started < when:
                    clock.correct(when)
            elif clock.measure is not Measure.RESOLUTION:
                clock.correct(when)
        for clock in running.values():
            clock.correct(when)
        return True

    def leave(self, event: Event) -> bool:
        """The visitor of a chat went."""
        for clock in self.clocks:
            if clock.measure is not Measure.RESOLUTION:
                clock.left = event.when if clock.left is None else min(clock.left, event.when)
                clock.touched = True
        return True

    # What a resolution hears

    def _resolutions(self) -> list[Facts]:
        """The latest resolution of each standard."""
        if Measure.RESOLUTION not in self._published.measures:
            return []
        latest = {clock.standard.name: clock for clock in self.clocks if clock.measure is Measure.RESOLUTION}
        return list(latest.values())

    def solve(self, event: Event) -> bool:
        """Staff said that it is done."""
        for clock in self._resolutions():
            if clock.left is None and not clock.answers:
                clock.run_on(event.when)
                clock.answer(Answer(event.when))
        for clock in self.clocks:
            if clock.standard.solved_answers and clock.owed:
                clock.answer(Answer(event.when))
        return True

    def close(self, event: Event) -> bool:
        """The window in which it could be reopened is over."""
        for clock in self._resolutions():
            if clock.answers and clock.left is None:
                clock.left, clock.touched = event.when, True
        return True

    def pause(self, event: Event) -> bool:
        """Waiting on the patron from now on."""
        for clock in self._resolutions():
            clock.go_on(event.when)
            if clock.left is None:
                clock.stand_still(event.when)
        return True

    def resume(self, event: Event) -> bool:
        """Waiting no longer."""
        for clock in self._resolutions():
            clock.run_on(event.when)
        return True

    def go_on(self, event: Event) -> bool:
        """Taken up again, by whatever is done to a solved ticket."""
        for clock in self._resolutions():
            clock.go_on(event.when)
        return True

    # What leaves out

    def bar(self, event: Event) -> bool:
        """Spam, muted, or merged into another ticket."""
        return self._set(_BARS[event.kind], True)

    def unbar(self, event: Event) -> bool:
        """Not spam after all, or muted no longer: the ticket is open."""
        self.resume(event)
        self.go_on(event)
        return self._set(_BARS_LIFTED[event.kind], False)

    def test(self, event: Event) -> bool:
        """A probe or a training contact, or none after all."""
        return self._set(Bar.TEST, event.data.get("test") is not False)

    def _set(self, bar: Bar, on: bool) -> bool:
        self._bars = self._bars | {bar} if on else self._bars - {bar}
        for clock in self.clocks:
            if (bar in clock.barred) is not on:
                clock.barred = tuple(sorted({*clock.barred, bar} if on else {*clock.barred} - {bar}))
                clock.touched = True
        return True

    def anew(self, event: Event) -> bool:
        """Other standards may cover it now from its opening on, or what was heard before never was."""
        return self._whole


_BARS = {Kind.SPAM: Bar.SPAM, Kind.SET_APART: Bar.MUTED, Kind.MERGED: Bar.MERGED}
_BARS_LIFTED = {Kind.NOT_SPAM: Bar.SPAM, Kind.PUT_BACK: Bar.MUTED}

_TOLD: dict[Kind, Callable[[Fold, Event], bool]] = {
    Kind.OPENED: Fold.open,
    Kind.RECEIVED: Fold.receive,
    Kind.PROMISED: Fold.promise,
    Kind.REOPENED: Fold.reopen,
    Kind.ACKNOWLEDGED: Fold.answer,
    Kind.REPLIED: Fold.answer,
    Kind.CLAIMED: Fold.answer,
    Kind.ASSIGNED: Fold.answer,
    Kind.ATTENDED: Fold.answer,
    Kind.UNDELIVERABLE: Fold.void,
    Kind.UNSENT: Fold.anew,
    Kind.CORRECTED: Fold.correct,
    Kind.LEFT: Fold.leave,
    Kind.SOLVED: Fold.solve,
    Kind.CLOSED: Fold.close,
    Kind.PAUSED: Fold.pause,
    Kind.RESUMED: Fold.resume,
    Kind.SNOOZED: Fold.go_on,
    Kind.SPAM: Fold.bar,
    Kind.SET_APART: Fold.bar,
    Kind.MERGED: Fold.bar,
    Kind.NOT_SPAM: Fold.unbar,
    Kind.PUT_BACK: Fold.unbar,
    Kind.TESTED: Fold.test,
    Kind.TAGGED: Fold.anew,
    Kind.SORTED: Fold.anew,
    Kind.UNDONE: Fold.anew,
    Kind.SPLIT: Fold.anew,
}

HEARD = frozenset(_TOLD)
"""Every event that can tell a clock something; the rest of the log passes it by."""

_OF_SOLVING = frozenset({Kind.CLOSED, Kind.REOPENED, Kind.PAUSED, Kind.RESUMED, Kind.SNOOZED})


def heard(measures: Collection[Measure]) -> frozenset[Kind]:
    """The events that can tell clocks of these measures something: all that a rebuild has to read."""
    silent = set[Kind]() if Measure.KEEP_INFORMED in measures else {Kind.PROMISED}
    if Measure.NEXT_RESPONSE not in measures:
        silent |= {Kind.RECEIVED}
    if Measure.RESOLUTION not in measures:
        silent |= _OF_SOLVING if Measure.NEXT_RESPONSE in measures else {*_OF_SOLVING, Kind.SOLVED}
    return HEARD - silent


_LATER = frozenset({Measure.NEXT_RESPONSE, Measure.KEEP_INFORMED})
"""Measures whose clocks start with something later than the opening."""

_SERVED = frozenset({Channel.PHONE, Channel.DESK})
"""Contacts that are over when they are entered."""

_OF_THE_TICKET = frozenset({Bar.SPAM, Bar.TEST, Bar.MERGED, Bar.MUTED})
"""Reasons that leave out whatever else starts on the ticket; the others are about its opening."""
