"""A ticket's clocks with their working: when each began, what it counts by, what was spent, how it ended. Pure."""

from __future__ import annotations

from collections.abc import Sequence

from helpdesk.clock import Instant
from helpdesk.standards import ClockRow, Measure, Outcome
from tui.plain import one_line, wrap
from tui.render import Eye
from tui.words import Line, Span, Tone, length, on_day, plural

MEASURES = {
    Measure.ACKNOWLEDGED: "acknowledged",
    Measure.CLAIMED: "taken",
    Measure.ATTENDED: "attended",
    Measure.FIRST_RESPONSE: "first answer",
    Measure.NEXT_RESPONSE: "next answer",
    Measure.KEEP_INFORMED: "kept informed",
    Measure.RESOLUTION: "solved",
}
"""What staff call what a clock times."""

TONES = {Outcome.MET: Tone.GOOD, Outcome.MISSED: Tone.LATE}


def clock_lines(clocks: Sequence[ClockRow], eye: Eye, cells: int) -> list[Line]:
    """A heading and each clock, the earliest first; nothing where no standard covers the ticket."""
    if not clocks:
        return []
    lines: list[Line] = [((" Clocks", Tone.STRONG),)]
    for row in sorted(clocks, key=lambda each: (each.started, each.standard)):
        words, tone = clock_words(row, eye)
        pieces = wrap(words, cells - 4)
        lines += [((f" · {piece}" if at == 0 else f"   {piece}", tone),) for at, piece in enumerate(pieces)]
    return lines


def clock_words(row: ClockRow, eye: Eye) -> Span:
    """ "mail-answered, first answer: began Mon 09:00, counts opening hours; due Mon 11:00; met after 45 min"."""
    began = f"began {on_day(row.started, eye.now, eye.zone)}"
    counts = "counts opening hours" if row.calendar else "counts round the clock"
    ended, tone = _end(row, eye)
    told = [f"{began}, {counts}", *_due(row, eye), *_still(row, eye), ended, *_recorded(row)]
    return (f"{one_line(row.standard)}, {MEASURES[row.measure]}: {'; '.join(told)}.", tone)


def _due(row: ClockRow, eye: Eye) -> list[str]:
    if row.due is None:
        return []
    words = f"due {on_day(row.due, eye.now, eye.zone)}"
    if row.lapses is not None and row.lapses > row.due:
        words += f", kept until it opens {on_day(row.lapses, eye.now, eye.zone)}"
    return [words]


def _still(row: ClockRow, eye: Eye) -> list[str]:
    """How often and how long it stood still."""
    if not row.pauses:
        return []
    long = sum((eye.now if pause.end is None else pause.end) - pause.begin for pause in row.pauses)
    now = ", and does now" if row.standing_still else ""
    return [f"stood still {plural(len(row.pauses), 'time')}, {length(max(long, 0))} in all{now}"]


def _end(row: ClockRow, eye: Eye) -> Span:
    """How it ended, or how it runs."""
    match row.outcome:
        case Outcome.UNDETERMINED:
            return ("not determined: no published calendar says when", Tone.SOON)
        case Outcome.LEFT_OUT:
            why = ", ".join(str(each).replace("_", " ") for each in row.barred)
            return (f"left out of the figures ({why})" if why else "left out of the figures", Tone.DIM)
        case Outcome.LEFT_EARLY:
            return ("the visitor left before its limit", Tone.DIM)
        case Outcome.PENDING:
            return _running(row.due, eye)
    spent = "" if row.spent is None else f" after {length(row.spent)}"
    stopped = "" if row.stopped is None else f", {on_day(row.stopped, eye.now, eye.zone)}"
    return (f"{row.outcome}{spent}{stopped}", TONES.get(row.outcome, Tone.DIM))


def _running(due: Instant | None, eye: Eye) -> Span:
    if due is None:
        return ("stands still", Tone.DIM)
    if eye.now >= due:
        return ("runs, and is late", Tone.LATE)
    return ("runs", Tone.PLAIN)


def _recorded(row: ClockRow) -> list[str]:
    """What it was before somebody corrected it."""
    if row.recorded is None and row.recorded_spent is None:
        return []
    spent = "" if row.recorded_spent is None else f" after {length(row.recorded_spent)}"
    return [f"as recorded before the correction: {row.recorded or row.outcome}{spent}"]
