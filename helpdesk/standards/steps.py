"""What each event did to a clock, in words: a fold that is watched."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import NamedTuple

from helpdesk.clock import Instant
from helpdesk.events import Event, Kind
from helpdesk.standards.clocks import Fold
from helpdesk.standards.deadlines import reckoned
from helpdesk.standards.facts import Facts
from helpdesk.standards.promises import Measure
from helpdesk.standards.published import Published
from helpdesk.standards.rows import Answer, Bar, Outcome, Pause, judged
from helpdesk.standards.times import Times, length


@dataclass(frozen=True, slots=True)
class Words:
    """How times, members and reasons are said."""

    times: Times
    who: Callable[[str], str]
    remarks: Mapping[str, str]

    def reason(self, event: Event) -> str:
        """The reason that was given with an event."""
        remark = event.data.get("remark")
        if not isinstance(remark, str):
            return ""
        text = self.remarks.get(remark)
        return f" Reason: “{text}”." if text else " The reason given was erased since."


class _Seen(NamedTuple):
    """A clock's facts at one moment."""

    answers: tuple[Answer, ...]
    corrections: tuple[Instant, ...]
    left: Instant | None
    barred: tuple[Bar, ...]
    pauses: tuple[Pause, ...]


def _seen(clock: Facts) -> _Seen:
    return _Seen(clock.answers, clock.corrections, clock.left, clock.barred, clock.pauses)


class Watched:
    """A fold, and what it did on the way, by clock."""

    def __init__(self, fold: Fold, published: Published, words: Words) -> None:
        self._fold = fold
        self._published = published
        self._words = words
        self._happened: dict[int, list[str]] = {}

    def hear(self, event: Event) -> None:
        """One more event: what it changed is told of the clocks that it changed."""
        before = {id(clock): _seen(clock) for clock in self._fold.clocks}
        self._fold.hear(event)
        for clock in self._fold.clocks:
            lines = self._happened.setdefault(id(clock), [])
            earlier = before.get(id(clock))
            said = self._started(clock, event) if earlier is None else self._changed(clock, earlier, event)
            lines += [f"{self._words.times.said(event.when)}: {each}" for each in said]

    def of(self, clock: Facts) -> tuple[str, ...]:
        """What happened to a clock, in the order of the log."""
        return tuple(self._happened.get(id(clock), ()))

    # Started

    def _started(self, clock: Facts, event: Event) -> Iterator[str]:
        yield f"{self._why_started(clock, event)} The clock starts.{self._late(event)}"
        if clock.answers:
            waited = length(clock.answers[0].when - clock.started)
            yield f"They had waited {waited} until {self._words.who(event.actor)} took them, as entered."
        yield from (f"{_BARS_ON[bar]}: left out." for bar in clock.barred)

    def _why_started(self, clock: Facts, event: Event) -> str:
        match event.kind:
            case Kind.RECEIVED:
                return f"The patron wrote, and no reply was owed until then: exchange {clock.exchange}."
            case Kind.PROMISED:
                by = self._words.times.said(clock.promised or clock.started)
                return f"{self._words.who(event.actor)} promised news by {by}."
            case Kind.REOPENED:
                return "Taken up again after its window was over: this work is timed by itself."
            case _:
                return "The contact came in."

    def _late(self, event: Event) -> str:
        if event.noted <= event.when:
            return ""
        return f" (We had it {length(event.noted - event.when)} later; it counts from when it was sent or began.)"

    # Changed

    def _changed(self, clock: Facts, before: _Seen, event: Event) -> Iterator[str]:
        now = _seen(clock)
        if now == before:
            yield from self._unmoved(clock, event)
            return
        yield from self._pauses(before, now, event)
        yield from self._answers(clock, before, now, event)
        if now.corrections != before.corrections:
            yield from self._corrected(clock, before, now, event)
        if now.left != before.left and now.left is not None:
            yield (
                "The window in which it could be reopened is over: it stays solved."
                if clock.measure is Measure.RESOLUTION
                else "The visitor left."
            )
        yield from (f"{_BARS_ON[bar]}: left out." for bar in now.barred if bar not in before.barred)
        yield from (f"{_BARS_OFF[bar]}: it counts again." for bar in before.barred if bar not in now.barred)

    def _answers(self, clock: Facts, before: _Seen, now: _Seen, event: Event) -> Iterator[str]:
        come = [answer for answer in now.answers if answer not in before.answers]
        gone = [answer for answer in before.answers if answer not in now.answers]
        if event.kind is Kind.UNDELIVERABLE and gone:
            what = "What stood as solved" if clock.measure is Measure.RESOLUTION else "The answer"
            yield f"A message could not be delivered. {what} of {self._words.times.said(gone[0].when)} is void."
        elif gone and not come and clock.measure is Measure.RESOLUTION:
            yield "Taken up again: the clock goes on, and the time since it was solved is left out."
        for answer in come:
            counts = answer == now.answers[0] and not (now.left is not None and now.left < answer.when)
            yield self._answered(clock, event) + ("" if counts else " It changes nothing: the first one counts.")

    def _answered(self, clock: Facts, event: Event) -> str:
        who = self._words.who(event.actor)
        match event.kind:
            case Kind.CLAIMED:
                return f"{who} took it: claimed."
            case Kind.ASSIGNED:
                return f"{who} took it over for good: claimed."
            case Kind.ATTENDED:
                entered = f" (entered {self._words.times.said(event.noted)})" if event.noted > event.when else ""
                return f"{who} was there{entered}."
            case Kind.ACKNOWLEDGED:
                return (
                    "An automatic message acknowledged it."
                    if event.data.get("automatic")
                    else f"{who} acknowledged it."
                )
            case Kind.SOLVED:
                return f"{who} solved it."
            case _:
                return "An automatic message counts here." if event.data.get("automatic") else f"{who} replied."

    def _corrected(self, clock: Facts, before: _Seen, now: _Seen, event: Event) -> Iterator[str]:
        for when in now.corrections:
            if when not in before.corrections:
                yield (
                    f"{self._words.who(event.actor)} entered that it was answered otherwise at"
                    f" {self._words.times.said(when)}.{self._words.reason(event)}"
                )

    def _pauses(self, before: _Seen, now: _Seen, event: Event) -> Iterator[str]:
        was = bool(before.pauses) and before.pauses[-1].end is None
        still = bool(now.pauses) and now.pauses[-1].end is None
        if still and not was:
            yield "Waiting on the patron: the clock stands still."
        elif was and not still and event.kind is Kind.UNDELIVERABLE:
            yield "A message could not be delivered. Nobody was waited for: the pause is void."
        elif was and not still:
            begin = self._words.times.said(before.pauses[-1].begin)
            yield f"Waiting no longer: the time since {begin} is left out."

    def _unmoved(self, clock: Facts, event: Event) -> Iterator[str]:
        """What a reader might take for an answer, while one is owed; and what was said of a miss."""
        who = self._words.who(event.actor)
        if event.kind is Kind.EXPLAINED:
            if judged(reckoned(clock, self._published), event.noted) is Outcome.MISSED:
                yield f"{who} said why it was missed.{self._words.reason(event)}"
        elif event.kind is Kind.BREACH_NOTICED:
            if (event.data.get("standard"), event.data.get("exchange")) == (clock.standard.name, clock.exchange):
                yield "The desk was told that it is late."
        elif clock.owed and (said := _no_answer(clock, event)):
            yield said.format(who=who)


def _no_answer(clock: Facts, event: Event) -> str:
    """Why an event is no answer, "" for one that nobody would take for it."""
    if event.kind in _MESSAGES and event.data.get("automatic"):
        return "An automatic message went out, which answers nothing."
    if event.kind is Kind.REPLIED:
        return _NO_REPLY.get(clock.measure, "")
    said, measures = _NOTHING.get(event.kind, ("", _ALL))
    return said if clock.measure in measures else ""


_ALL = frozenset(Measure)
_WORDS_WANTED = frozenset({Measure.ACKNOWLEDGED, Measure.FIRST_RESPONSE, Measure.NEXT_RESPONSE, Measure.KEEP_INFORMED})
_ANSWERED = _ALL - {Measure.RESOLUTION}
_MESSAGES = frozenset({Kind.REPLIED, Kind.ACKNOWLEDGED})

_NO_REPLY = {
    Measure.RESOLUTION: "{who} replied: that is not yet solved.",
    Measure.KEEP_INFORMED: "{who} replied in the step that promised the news, which does not keep the promise.",
    Measure.ATTENDED: "{who} replied, which sends nobody there.",
}

_NOTHING = {
    Kind.NOTED: ("{who} wrote a note, which answers nothing.", _ANSWERED),
    Kind.UNSENT: ("{who} took a reply back before it was sent.", _ALL),
    Kind.CLAIMED: ("{who} took it, which answers nothing.", _WORDS_WANTED),
    Kind.ASSIGNED: ("{who} gave it to a colleague, who has yet to take it.", frozenset({Measure.CLAIMED})),
    Kind.ATTENDED: ("{who} was there, which is no answer under this standard.", _ANSWERED),
    Kind.SOLVED: ("{who} solved it without an answer: the clock runs on.", _ANSWERED),
    Kind.PAUSED: ("{who} waits on the patron: this clock runs on.", _ANSWERED),
    Kind.SNOOZED: ("{who} put it off: the clock runs on.", _ALL),
    Kind.CORRECTED: ("{who} entered an answer, given when this clock was not running.", _ANSWERED),
}
"""What answers nothing, and which clocks a reader might expect it to answer."""


_BARS_ON = {
    Bar.AUTOMATIC: "An automatic message opened it",
    Bar.MERGED: "Merged into another ticket",
    Bar.MUTED: "Set apart: its sender was muted",
    Bar.NOT_MEASURED: "No waiting time was entered",
    Bar.SPAM: "Marked as spam",
    Bar.TEST: "Marked as a test",
}
_BARS_OFF = {
    Bar.MUTED: "Taken out of the muted folder",
    Bar.SPAM: "Not spam after all",
    Bar.TEST: "No test after all",
}
