"""Every clock of a ticket, told step by step in words that a manager can follow.

The same fold that makes the rows is run once more, and watched: what an event changed in a clock is what is told of it.
So nothing here decides anything. Working and outcome are those of :mod:`~helpdesk.standards.deadlines`.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from helpdesk.clock import Instant
from helpdesk.events import Event, standing
from helpdesk.standards import steps
from helpdesk.standards.clocks import Fold
from helpdesk.standards.deadlines import limits_of, reckoned, spent_until
from helpdesk.standards.facts import Facts
from helpdesk.standards.promises import LeftEarly, Manner, Measure, Standard, Subject
from helpdesk.standards.published import Published, Version
from helpdesk.standards.rows import Bar, ClockRow, Outcome, Pause, judged, judged_as_recorded
from helpdesk.standards.sums import Sums
from helpdesk.standards.times import Times, length

Lines = tuple[str, ...]


class Part(NamedTuple):
    """What is said under one heading."""

    heading: str
    lines: Lines


@dataclass(frozen=True, slots=True, kw_only=True)
class Telling:
    """One clock, told: the parts in the order in which one would ask."""

    row: ClockRow
    title: str
    parts: tuple[Part, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """What a telling is made from.

    ``events``   the ticket's history, whole and in order
    ``who``      how a member is called, by the event's actor
    ``remarks``  the reasons that were given, by the remark's id; what was erased is not there
    ``zone``     by whose clocks times are shown
    """

    events: Iterable[Event]
    subject: Subject
    published: Published
    now: Instant
    zone: str
    who: Callable[[str], str] = str
    remarks: Mapping[str, str] = field(default_factory=dict)


def told(asked: Told) -> tuple[Telling, ...]:
    """Every clock of the ticket, by standard and exchange; () where no standard covers it."""
    times = Times(asked.zone)
    fold = Fold(asked.subject, asked.published, whole=True)
    watched = steps.Watched(fold, asked.published, steps.Words(times, asked.who, asked.remarks))
    for event in standing(asked.events):
        watched.hear(event)
    clocks = sorted(fold.clocks, key=lambda clock: (clock.standard.name, clock.exchange))
    return tuple(_telling(clock, watched.of(clock), asked, times) for clock in clocks)


def _telling(clock: Facts, happened: Lines, asked: Told, times: Times) -> Telling:
    row = reckoned(clock, asked.published)
    version = asked.published.version(clock.version)
    sums = Sums(clock, row, asked.published, asked.now, times)
    return Telling(
        row=row,
        title=_title(clock),
        parts=(
            Part("Promise", tuple(_promise(clock.standard, version, times))),
            Part("Covers", (_covers(clock.standard, asked.subject),)),
            Part("What happened", happened),
            Part("Working", sums.working()),
            Part("Deadline", tuple(_deadline(clock, row, times, asked))),
            Part("Outcome", tuple(_outcome(clock, row, asked, times))),
        ),
    )


def _title(clock: Facts) -> str:
    what = {
        Measure.NEXT_RESPONSE: f", exchange {clock.exchange}",
        Measure.KEEP_INFORMED: f", promise {clock.exchange + 1}",
        Measure.RESOLUTION: f", reopened after its window ({clock.exchange})" if clock.exchange else "",
    }
    return f"{clock.standard.name}{what.get(clock.measure, '')}"


# What was promised, and why it holds for this ticket

_MEASURES = {
    Measure.ACKNOWLEDGED: "acknowledged",
    Measure.CLAIMED: "claimed",
    Measure.ATTENDED: "attended",
    Measure.FIRST_RESPONSE: "first response",
    Measure.NEXT_RESPONSE: "next response",
    Measure.KEEP_INFORMED: "kept informed",
    Measure.RESOLUTION: "resolved",
}


def _promise(standard: Standard, version: Version | None, times: Times) -> Iterator[str]:
    yield f"“{standard.title}”"
    limit = str(standard.limit) if standard.limit.manner is Manner.AS_PROMISED else f"within {standard.limit}"
    if standard.limit.manner is Manner.SAME_DAY:
        limit = f"the {standard.limit}"
    yield f"Measured: {_MEASURES[standard.measure]}, {limit}; promised to {standard.share:g} %."
    yield from _options(standard)
    if version is not None:
        yield (
            f"Version {version.digest[:8]}, with the from-date {standard.from_date}: published"
            f" {times.said(version.published)}, in force from {times.said(version.begins)}."
        )


def _options(standard: Standard) -> Iterator[str]:
    if standard.measure is Measure.ACKNOWLEDGED:
        yield f"An automatic message {'acknowledges' if standard.counts_automatic else 'does not acknowledge'}."
    if standard.attended_answers:
        yield "Going there answers as much as a message does."
    if standard.solved_answers:
        yield "Solving ends an exchange that needed no reply."
    if standard.left_early is LeftEarly.MISSED:
        yield "A chat left within the limit counts as missed."
    if standard.limit.days:
        yield f"A limit in working days ends at the {standard.working_day}."


def _covers(standard: Standard, subject: Subject) -> str:
    covers = standard.covers
    agreed = [
        f"the {what} is {value}"
        for what, value, wanted in (
            ("channel", str(subject.channel), covers.channels),
            ("line", str(subject.line), covers.lines),
            ("kind", subject.kind, covers.kinds),
            ("site", subject.site, covers.sites),
        )
        if wanted
    ]
    if covers.tags:
        shared = [tag for tag in subject.tags if tag in covers.tags]
        agreed.append(f"it is tagged {' and '.join(shared)}")
    return f"It covers this ticket because {', and '.join(agreed)}." if agreed else "It covers every contact."


# Until when, and how it came out


def _deadline(clock: Facts, row: ClockRow, times: Times, asked: Told) -> Iterator[str]:
    limits = limits_of(clock, asked.published)
    if limits.ruler is None:
        yield "None yet: no published calendar reaches so far. Publish the calendar again, and it is settled."
        return
    if row.due is None:
        yield "None while it stands still."
        return
    yield f"{times.said(row.due)}: {_how(clock, limits.pauses)}."
    if row.lapses is not None and row.lapses > row.due:
        yield f"No time counts from then until {times.said(row.lapses)}: an answer until then is still in time."


def _how(clock: Facts, pauses: Collection[Pause]) -> str:
    limit = clock.standard.limit
    off = ", put off by the time in which it stood still" if pauses else ""
    match limit.manner:
        case Manner.AS_PROMISED:
            return "the moment that was promised"
        case Manner.SAME_DAY:
            end = f"the end of the working day for what comes in before {str(limit)[-5:]}, else of the next one"
            return end + off
        case Manner.NEXT_SHIFT:
            return (
                f"{limit.amount} {limit.unit} of opening hours, from the next opening where it came out of hours{off}"
            )
    if limit.days:
        return f"{limit} after the day of the start, by the {clock.standard.working_day}{off}"
    return f"{limit} after the start{', counted in opening hours' if limit.working else ''}{off}"


def _outcome(clock: Facts, row: ClockRow, asked: Told, times: Times) -> Iterator[str]:
    yield _as_it_stands(clock, row, judged(row, asked.now), asked, times)
    if row.closed:
        yield "It came in while its line was closed: set apart, in neither met nor missed. Reports show both figures."
    if not row.corrections:
        return
    recorded = judged_as_recorded(row, asked.now)
    took = "" if row.recorded_spent is None else f" after {length(row.recorded_spent)}"
    yield f"Without what was entered later: {_WORDS[recorded]}{took}. Reports show both figures."


_WORDS = {
    Outcome.PENDING: "pending",
    Outcome.MET: "met",
    Outcome.MISSED: "missed",
    Outcome.UNDETERMINED: "undetermined",
    Outcome.LEFT_OUT: "left out",
    Outcome.LEFT_EARLY: "left early",
}

_BARRED = {
    Bar.AUTOMATIC: "an automatic message opened it",
    Bar.MERGED: "it was merged into another ticket",
    Bar.MUTED: "its sender was muted",
    Bar.NOT_MEASURED: "no waiting time was entered, so it was not measured",
    Bar.SPAM: "it is spam",
    Bar.TEST: "it is a test",
}


def _as_it_stands(clock: Facts, row: ClockRow, outcome: Outcome, asked: Told, times: Times) -> str:
    if outcome is Outcome.LEFT_OUT:
        return f"Left out of the figures: {', and '.join(_BARRED[bar] for bar in row.barred)}. Its count is shown."
    if outcome is Outcome.UNDETERMINED:
        return "Undetermined: no published calendar can say when it falls due."
    if outcome is Outcome.LEFT_EARLY:
        return "Left early: the visitor went unanswered within the limit. Counted apart, outside the share."
    if outcome is Outcome.PENDING:
        return "Pending: " + ("it stands still." if row.standing_still else "not answered, and not too late yet.")
    spent = row.spent
    if row.stopped is None:
        spent = spent_until(clock, asked.now, limits_of(clock, asked.published))
    took = "after a time that the calendar does not reach" if spent is None else f"after {length(spent)}"
    if outcome is Outcome.MET:
        return f"Met: {_done(clock)} {took}."
    return f"Missed: {_how_missed(clock, row)} {took}{'' if row.stopped else ', and counting'}."


def _done(clock: Facts) -> str:
    return "resolved" if clock.measure is Measure.RESOLUTION else "answered"


def _how_missed(clock: Facts, row: ClockRow) -> str:
    if row.stopped is None:
        return f"not {_done(clock)}"
    gone = clock.left is not None and row.stopped == clock.left and clock.measure is not Measure.RESOLUTION
    answered = [answer.when for answer in clock.answers[:1]] + list(clock.corrections[:1])
    return "the visitor left unanswered" if gone and row.stopped not in answered else _done(clock)
