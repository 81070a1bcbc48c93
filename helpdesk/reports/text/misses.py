"""Misses one by one, with the reason that staff gave."""

from __future__ import annotations

from collections.abc import Iterator

from helpdesk.reports import words
from helpdesk.reports.contents import Miss, Report
from helpdesk.reports.text.lines import headline, table_rows, wrapped

_HEADS = ("Ticket", "Standard", "Came in", "Due", "Answered")
_INDENT = " " * 8


def misses(report: Report) -> Iterator[str]:
    """The latest first; says how to see those that are not shown."""
    if not report.missed:
        return
    yield from headline(_title(report))
    yield from _suspended(report)
    if not report.misses:
        yield "None is shown: `--misses all` shows them."
        return
    heads, *rows = table_rows(
        _HEADS, [_row(each, report.zone) for each in report.misses], left=(1, 2, 3, 4), flows=(1,)
    )
    yield from heads
    working = {each.standard.name for each in report.standards if each.standard.limit.working}
    for lines, each in zip(rows, report.misses, strict=True):
        yield from lines
        yield from wrapped(_story(each, working=each.standard in working), first=_INDENT, rest=_INDENT)
    yield ""
    if len(report.misses) < report.missed:
        yield "`--misses all` shows them all."
    yield "`--explain NUMBER` shows the clocks of a ticket step by step."


def _title(report: Report) -> str:
    shown, missed = len(report.misses), words.count(report.missed)
    return f"Misses one by one: the latest {shown} of {missed}" if shown < report.missed else f"Misses: all {missed}"


def _suspended(report: Report) -> Iterator[str]:
    """Why more are listed than the promises count."""
    listed_alone = words.listed_alone(report.missed, report.total.figures)
    if listed_alone:
        yield from wrapped(listed_alone)
        yield ""


def _row(miss: Miss, zone: str) -> tuple[str, ...]:
    return (
        str(miss.number),
        miss.standard,
        words.stamp(miss.started, zone),
        words.stamp(miss.due, zone),
        words.stamp(miss.answered, zone) if miss.answered is not None else "not yet",
    )


def _story(miss: Miss, *, working: bool) -> str:
    """Where it came in, how long it took, and why."""
    place = f"{miss.channel}, {words.plain(miss.site)}" if miss.site else str(miss.channel)
    took = "the time can't be known" if miss.spent is None else words.length(miss.spent, working=working)
    said = f"{took}{'' if miss.answered is not None or miss.spent is None else ' so far'}; {place}."
    if miss.corrected:
        said += " Corrected later."
    if miss.suspended:
        said += " Suspended then."
    return f"{said} {words.plain(miss.reason) or 'No reason was given.'}"
