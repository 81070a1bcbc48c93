"""Promise by promise: shares and results, times and counts, and what corrections and suspensions did."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

from helpdesk.reports import words
from helpdesk.reports.contents import Report
from helpdesk.reports.period import IN_TIME, By
from helpdesk.reports.text.lines import headline, table, wrapped
from helpdesk.reports.timeliness import Figure
from helpdesk.standards import Measure, Standard
from helpdesk.standards.promises import LeftEarly

HEADS: dict[By, str] = {
    "month": "Month",
    "week": "Week",
    "quarter": "Quarter",
    "term": "Term",
    "sconul": "Year",
    "year": "Year",
    "channel": "Channel",
    "standard": "",
    "site": "Site",
    "hour": "Hour",
    "weekday": "Weekday",
}
"""What the rows are."""

_ALL = "in all"
_RESTATED = " *"


@dataclass(frozen=True, slots=True)
class _Line:
    """A row of a table."""

    label: str
    figure: Figure | None


@dataclass(frozen=True, slots=True, kw_only=True)
class _Section:
    """A promise and its lines, the whole period's last. ``working``: its times are opening hours."""

    total: Figure
    versions: tuple[Standard, ...]
    lines: tuple[_Line, ...]
    working: bool


def standards(report: Report) -> Iterator[str]:
    """A section for each promise."""
    if not report.total.figures:
        return
    yield from headline("Promise by promise")
    for place, total in enumerate(report.total.figures):
        if place:
            yield ""
        yield from _section(_of(report, total), report)


def _of(report: Report, total: Figure) -> _Section:
    versions = tuple(each.standard for each in report.standards if each.digest in total.versions)
    lines = tuple(_lines(report, total))
    alone = len(lines) == 1 and lines[0].figure == total
    return _Section(
        total=total,
        versions=versions,
        lines=lines if alone else (*lines, _Line(_ALL, total)),
        working=any(each.limit.working for each in versions),
    )


def _lines(report: Report, total: Figure) -> Iterator[_Line]:
    """A line for each group; by standard there is none but the whole."""
    if report.by == "standard":
        return
    restated = {each.month for each in report.restated if (each.standard, each.promised) == promise(total)}
    labels = words.rows([group.key for group in report.groups], report.by)
    for group, label in zip(report.groups, labels, strict=True):
        figure = _same(total, group.figures)
        mark = _RESTATED if report.by == "month" and group.key in restated else ""
        if figure is not None or report.by in _STEADY:
            yield _Line(label + mark, figure)


_STEADY = IN_TIME | {"weekday"}
"""Kinds of rows of which none may be wanting: a gap in the figures must not look like a gap in the report."""


def promise(figure: Figure) -> tuple[str, str]:
    """What a figure is held against."""
    return figure.standard, figure.promised


def _same(total: Figure, figures: Iterable[Figure]) -> Figure | None:
    """The figure of the same promise, None where nothing came in under it."""
    return next((each for each in figures if promise(each) == promise(total)), None)


def _section(section: _Section, report: Report) -> Iterator[str]:
    yield from _promised(section)
    yield ""
    head = HEADS[report.by]
    yield from _results(section, head, report)
    yield ""
    yield from _counts(section, head)
    yield from _notes(section)
    for told in (_corrected(section, head), _suspended(section, head)):
        yield from told
    if any(line.label.endswith(_RESTATED) for line in section.lines):
        yield "* Restated: what was published before stands above."


def _promised(section: _Section) -> Iterator[str]:
    """What the standard promises, by its latest wording."""
    yield from wrapped(f"{section.total.standard}: {section.total.promised} % promised")
    if not section.versions:
        return
    latest = section.versions[-1]
    yield from wrapped(words.plain(latest.title), first="  ", rest="  ")
    owner = f" Owner: {words.plain(latest.owner)}." if latest.owner else ""
    yield from wrapped(
        f"Measured: {words.measured(section.versions)}. Covers: {words.covered(latest.covers)}.{_also(latest)}{owner}",
        first="  ",
        rest="  ",
    )


def _also(standard: Standard) -> str:
    said = ""
    if standard.measure is Measure.ACKNOWLEDGED:
        counts = "counts" if standard.counts_automatic else "does not count"
        said += f" An automatic acknowledgement {counts}."
    if standard.attended_answers:
        said += " Going there answers as much as a message does."
    if standard.solved_answers:
        said += " Solving ends an exchange that needed no reply."
    if standard.measure is Measure.CLAIMED and standard.left_early is LeftEarly.MISSED:
        said += " A chat left within the limit is missed."
    return said


# Results and counts


def _results(section: _Section, head: str, report: Report) -> Iterator[str]:
    def row(line: _Line, figure: Figure) -> tuple[str, ...]:
        return (
            line.label,
            words.share(figure.share),
            words.interval(figure.interval),
            words.result(figure, report.amber_points),
            words.quantile(figure, figure.median, working=section.working),
            words.quantile(figure, figure.p90, working=section.working),
        )

    heads = (head, "Share", "Interval", "Result", "Median", "P90")
    yield from table(heads, _rows(section.lines, row, words.NOTHING, heads), left=(0, 3), flows=(0, 3))


def _counts(section: _Section, head: str) -> Iterator[str]:
    rules = _Rules(section.lines)

    def row(line: _Line, figure: Figure) -> tuple[str, ...]:
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
        return (line.label, *map(words.count, numbers), *rules.letter(figure))

    heads = (head, "Received", "Answered", "Met", "Missed", "Pending", "Quit", "Out", "Unset", *rules.head)
    yield from table(heads, _rows(section.lines, row, "0", heads), left=(0,))
    yield from rules.explained()


def _rows(
    lines: Iterable[_Line],
    row: Callable[[_Line, Figure], tuple[str, ...]],
    nothing: str,
    heads: Sequence[str],
) -> list[tuple[str, ...]]:
    return [
        row(line, line.figure) if line.figure is not None else (line.label, *[nothing] * (len(heads) - 1))
        for line in lines
    ]


class _Rules:
    """Names the sets of versions that a table's figures were made by: a, b, c ... where they differ."""

    def __init__(self, lines: Iterable[_Line]) -> None:
        made = dict.fromkeys((each.figure.versions, each.figure.calendars) for each in lines if each.figure is not None)
        self._letters = {by: _letter(place) for place, by in enumerate(made)}

    @property
    def head(self) -> tuple[str, ...]:
        """The heading of their column, if there has to be one."""
        return ("Rules",) if len(self._letters) > 1 else ()

    def letter(self, figure: Figure) -> tuple[str, ...]:
        """The letter of a figure's rules, in a column if there has to be one."""
        return (self._letters[figure.versions, figure.calendars],) if self.head else ()

    def explained(self) -> Iterator[str]:
        """Each letter and the short digests that it stands for."""
        for (versions, calendars), letter in self._letters.items():
            said = f"Rules{f' {letter}' if self.head else ''}: {_digests('standard', versions)}"
            said += f", {_digests('calendar', calendars)}" if calendars else ", no calendar"
            yield from wrapped(said + ".", rest="  ")


def _letter(place: int) -> str:
    """a to z, then aa, ab ..."""
    return (_letter(place // 26 - 1) if place >= 26 else "") + chr(ord("a") + place % 26)


def _digests(what: str, full: tuple[str, ...]) -> str:
    return f"{what}{'s' if len(full) > 1 else ''} {' '.join(map(words.digest, full))}"


# What the numbers don't say by themselves


def _notes(section: _Section) -> Iterator[str]:
    total = section.total
    notes = []
    if total.unanswered:
        notes.append(f"Never answered: {words.count(total.unanswered)} of {words.count(total.missed)} missed.")
    if total.set_apart:
        notes.append(f"Left out: {words.reasons(total.left_out)}.")
    if total.untimed:
        notes.append(f"Past the end of the calendar: {words.count(total.untimed)} answered, in no median or P90.")
    for note in notes:
        yield from wrapped(note)


def _corrected(section: _Section, head: str) -> Iterator[str]:
    lines = [line for line in section.lines if line.figure is not None and line.figure.corrected]
    if lines:
        yield ""
        yield "Before late corrections; the figures above are after them."
        yield ""
        yield from _apart(lines, (head, "Corrected"), lambda figure: (figure.corrected, figure.recorded))


def _suspended(section: _Section, head: str) -> Iterator[str]:
    lines = [line for line in section.lines if line.figure is not None and line.figure.suspended]
    if lines:
        yield ""
        yield "With what came in while the promise was suspended; the figures above leave it"
        yield "out."
        yield ""
        yield from _apart(lines, (head, "Suspended"), lambda figure: (figure.suspended, figure.whole))


def _apart(
    lines: Iterable[_Line], heads: tuple[str, str], what: Callable[[Figure], tuple[int, tuple[int, int]]]
) -> Iterator[str]:
    """The other figure: how many it differs by, met, missed and share."""
    rows = []
    for line in lines:
        if line.figure is not None:
            number, (met, missed) = what(line.figure)
            share = words.share(met * 10_000 // (met + missed) if met + missed else None)
            rows.append((line.label, *map(words.count, (number, met, missed)), share))
    yield from table((*heads, "Met", "Missed", "Share"), rows, left=(0,))
