"""A report as text for a terminal or a mail: aligned, calm, and complete on its own."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from helpdesk.hours import WorkingDay
from helpdesk.reports import words
from helpdesk.reports.contents import Report
from helpdesk.reports.period import By
from helpdesk.reports.timeliness import FEW, Figure
from helpdesk.reports.volumes import Volume
from helpdesk.standards import Bar, Measure, Standard

WIDTH = 80

_HEADS = {"month": "Month", "week": "Week", "channel": "Channel", "standard": "Standard"}
_RESULTS = ("Share", "Promised", "Result", "Median", "P90")
_COUNTS = ("Received", "Answered", "Met", "Missed", "Pending", "Quit", "Out", "Unset", "Rules")
_ALL = "in all"


def as_text(report: Report) -> str:
    """The whole report; ends with a line break."""
    lines = [*_header(report), *_body(report), *_contacts(report.volumes), *_footer(report)]
    return "\n".join(line.rstrip() for line in lines) + "\n"


@dataclass(frozen=True, slots=True)
class _Line:
    """A row of a table."""

    label: str
    figure: Figure | None


@dataclass(frozen=True, slots=True)
class _Section:
    """Lines that stand in one table, those that notes are about, and what is promised in them."""

    lines: tuple[_Line, ...]
    noted: tuple[_Line, ...]
    standards: tuple[Standard, ...]


# Head and foot


def _header(report: Report) -> Iterator[str]:
    yield f"Timeliness of {report.library}"
    begin, end = words.day(report.days.begin), words.day(report.days.end)
    yield f"From {begin} up to, but not including, {end} ({report.zone})"
    if report.began is not None and report.days.begin < report.began:
        yield f"The log begins on {words.day(report.began)}."
    if report.now < report.days.instants(report.zone)[1]:
        yield "The period is not over: what is pending may still be met or missed."
    yield from _in_part(report)
    yield ""


def _in_part(report: Report) -> Iterator[str]:
    """The first and last month or week, where the period cuts them."""
    if report.by not in ("month", "week") or not report.groups:
        return
    first, last = report.groups[0], report.groups[-1]
    if first.days.begin == report.days.begin and not _begins(first.days.begin, report.by):
        yield f"Of {first.key} only the days from {words.day(first.days.begin)}."
    if last.days.end == report.days.end and not _begins(last.days.end, report.by):
        yield f"Of {last.key} only the days before {words.day(last.days.end)}."


def _begins(day: date, by: By) -> bool:
    """Whether a week or month begins on a day."""
    return day.weekday() == 0 if by == "week" else day.day == 1


def _footer(report: Report) -> Iterator[str]:
    zone = report.zone
    standards = [each.standard for each in report.standards]
    notes = [
        f"Days, weeks and months are calendar days in {zone}; weeks start on Monday (ISO). A contact belongs to the "
        "day it came in, whenever it was answered.",
        *(_reading_notes() if report.total.figures else ()),
        *_working_days(standards),
    ]
    for note in notes:
        yield from _wrapped(note)
    yield ""
    yield f"Made on {words.moment_of(report.now, zone)} ({zone})"
    yield f"from {_events(report)}, whose digest is"
    yield f"  {report.log.end.digest}"


def _events(report: Report) -> str:
    if not report.log.end.seq:
        return "an empty log"
    return f"events 1 to {words.count(report.log.end.seq)} of the log"


def _reading_notes() -> Iterator[str]:
    yield (
        "Share: met of met and missed, cut to one decimal. What was never answered and fell due is missed. "
        f"Under {FEW} of them it is too few to tell."
    )
    yield (
        "Median and P90 (nine in ten took no longer) are of answered contacts alone, rounded up. "
        "What was never answered is in neither; it is in the share."
    )
    yield (
        "Quit: the visitor left before the limit. Out: left out, for the reasons given. "
        "Unset: no published calendar says when they fall due. None of these, nor what is pending, is in the share."
    )


def _working_days(standards: Iterable[Standard]) -> Iterator[str]:
    ways = {each.working_day for each in standards if each.limit.days}
    if WorkingDay.END in ways:
        yield (
            "A working day is a day on which the calendar opens. A limit in working days ends with the last closing "
            "of its last day; the day of the contact is not counted."
        )
    if WorkingDay.SAME_TIME in ways:
        yield (
            "A limit in working days by the same time ends at the same time of day on its last day on which the "
            "calendar opens; a contact out of hours counts from the next opening."
        )
    if any(each.calendar for each in standards):
        yield "Times under a standard with a calendar are opening hours; all others are round the clock."


# Standards


def _body(report: Report) -> Iterator[str]:
    if not report.total.figures:
        yield "No contact came in during this period." if not report.volumes else _no_standard()
        yield ""
        return
    for section in _by_standard(report) if report.by == "standard" else _by_group(report):
        yield from _section(section, _HEADS[report.by])


def _no_standard() -> str:
    return "No published standard covered what came in, so there is nothing to judge."


def _by_standard(report: Report) -> Iterator[_Section]:
    """One section: a line for each standard."""
    figures = [figure for group in report.groups for figure in group.figures]
    lines = tuple(_Line(each.standard, each) for each in figures)
    yield _Section(lines, lines, _versions(report, figures))


def _by_group(report: Report) -> Iterator[_Section]:
    """A section for each promise: a line for each group, and one in all."""
    for total in report.total.figures:
        lines = [_Line(group.key, _same(total, group.figures)) for group in report.groups]
        if report.by == "channel":
            lines = [line for line in lines if line.figure is not None]
        whole = _Line(_ALL, total)
        yield _Section((*lines, whole), (whole,), _versions(report, [total]))


def _same(total: Figure, figures: Iterable[Figure]) -> Figure | None:
    """The figure of the same promise, None where nothing came in under it."""
    promise = total.standard, total.promised
    return next((each for each in figures if (each.standard, each.promised) == promise), None)


def _versions(report: Report, figures: Sequence[Figure]) -> tuple[Standard, ...]:
    digests = {digest for figure in figures for digest in figure.versions}
    return tuple(each.standard for each in report.standards if each.digest in digests)


def _section(section: _Section, head: str) -> Iterator[str]:
    by_name: dict[str, list[Standard]] = {}
    for each in section.standards:
        by_name.setdefault(each.name, []).append(each)
    for versions in by_name.values():
        yield from _promise(tuple(versions))
    yield ""
    working = {name for name, versions in by_name.items() if any(each.limit.working for each in versions)}
    yield from _table((head, *_RESULTS), [_results(line, working) for line in section.lines], left=(0, 3))
    yield ""
    rules = _Rules()
    yield from _table((head, *_COUNTS), [_counts(line, rules) for line in section.lines], left=(0,))
    yield from _notes(section.noted)
    yield from rules.explained()
    yield ""


def _promise(versions: tuple[Standard, ...]) -> Iterator[str]:
    """What a standard promises, by its latest wording."""
    latest = versions[-1]
    shares = " or ".join(dict.fromkeys(f"{each.share:g} %" for each in versions))
    yield latest.name
    said = f"{latest.title} Measured: {words.measured(versions)}, promised for {shares}.{_also(latest)}"
    yield from _wrapped(said, first="  ", rest="  ")


def _also(standard: Standard) -> str:
    said = ""
    if standard.measure is Measure.ACKNOWLEDGED:
        counts = "counts" if standard.counts_automatic else "does not count"
        said += f" An automatic acknowledgement {counts}."
    if standard.attended_answers:
        said += " Going there answers as much as a message does."
    return said


def _results(line: _Line, working: set[str]) -> tuple[str, ...]:
    figure = line.figure
    if figure is None:
        return (line.label, *[words.NOTHING] * len(_RESULTS))
    hours = figure.standard in working
    return (
        line.label,
        words.share(figure.share),
        f"{figure.promised} %",
        str(figure.result),
        words.length(figure.median, working=hours),
        words.length(figure.p90, working=hours),
    )


def _counts(line: _Line, rules: _Rules) -> tuple[str, ...]:
    figure = line.figure
    if figure is None:
        return (line.label, *["0"] * (len(_COUNTS) - 1), "")
    numbers = (
        figure.received,
        figure.answered,
        figure.met,
        figure.missed,
        figure.pending,
        figure.left_early,
        figure.set_apart,
        figure.undetermined,
    )
    return (line.label, *map(words.count, numbers), rules.letter(figure))


def _notes(lines: Iterable[_Line]) -> Iterator[str]:
    """What the table's numbers don't say by themselves: why left out, how many never answered or not timed."""
    for line in lines:
        if line.figure is not None:
            yield from (f"{said}." for said in _noted(line.figure, line.label))


def _noted(figure: Figure, label: str) -> Iterator[str]:
    if figure.unanswered:
        yield f"Never answered, {label}: {words.count(figure.unanswered)} of {words.count(figure.missed)} missed"
    if figure.set_apart:
        yield f"Left out, {label}: {words.reasons(figure.left_out)}"
    if figure.untimed:
        yield f"Past the end of the calendar, {label}: {words.count(figure.untimed)} answered, in no median or P90"


class _Rules:
    """Names the sets of versions that a table's figures were made by: a, b, c ..."""

    def __init__(self) -> None:
        self._letters: dict[tuple[tuple[str, ...], tuple[str, ...]], str] = {}

    def letter(self, figure: Figure) -> str:
        """The letter of a figure's rules."""
        return self._letters.setdefault((figure.versions, figure.calendars), _letter(len(self._letters)))

    def explained(self) -> Iterator[str]:
        """Each letter and the short digests that it stands for."""
        for (versions, calendars), letter in self._letters.items():
            said = f"Rules {letter}: {_digests('standard', versions)}"
            said += f", {_digests('calendar', calendars)}" if calendars else ", no calendar"
            yield from _wrapped(said + ".", rest="  ")


def _letter(place: int) -> str:
    """a to z, then aa, ab ..."""
    return (_letter(place // 26 - 1) if place >= 26 else "") + chr(ord("a") + place % 26)


def _digests(what: str, full: tuple[str, ...]) -> str:
    return f"{what}{'s' if len(full) > 1 else ''} {' '.join(map(words.digest, full))}"


# Contacts


def _contacts(volumes: tuple[Volume, ...]) -> Iterator[str]:
    if not volumes:
        return
    yield "Contacts by channel (answered: a person's reply that was not undeliverable)"
    yield ""
    heads = ("Channel", "Received", "Answered", "Automatic", "Spam", "Test", "Merged")
    yield from _table(heads, [_volume(each) for each in volumes], left=(0,))
    yield ""


def _volume(volume: Volume) -> tuple[str, ...]:
    apart = (volume.set_apart.get(bar, 0) for bar in (Bar.AUTOMATIC, Bar.SPAM, Bar.TEST, Bar.MERGED))
    return (str(volume.channel), *map(words.count, (volume.received, volume.answered, *apart)))


# Lines and tables


def _wrapped(text: str, *, first: str = "", rest: str = "") -> list[str]:
    """Lines of at most the width; a number keeps its percent sign."""
    lines = textwrap.wrap(
        text.replace(" %", "\N{NO-BREAK SPACE}%"), WIDTH, initial_indent=first, subsequent_indent=rest
    )
    return [line.replace("\N{NO-BREAK SPACE}%", " %") for line in lines]


def _table(heads: tuple[str, ...], rows: Sequence[tuple[str, ...]], *, left: tuple[int, ...]) -> Iterator[str]:
    """Columns two spaces apart, as wide as what stands in them; ``left`` are aligned left, the others right."""
    widths = [max(map(len, column)) for column in zip(heads, *rows, strict=True)]
    for row in (heads, *rows):
        cells = zip(row, widths, range(len(widths)), strict=True)
        yield "  ".join(cell.ljust(width) if place in left else cell.rjust(width) for cell, width, place in cells)
