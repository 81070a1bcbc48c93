"""Run charts: a standard's share month by month, within the limits of chance (XmR)."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from helpdesk.reports import words
from helpdesk.reports.contents import Report, Run
from helpdesk.reports.text.lines import headline, table, wrapped

_STRIP = 24


def runs(report: Report) -> Iterator[str]:
    """A table for each standard: the share, its place between the limits, what marks it as a real change."""
    if not report.runs:
        return
    yield from headline("Month by month: a real change, or noise?")
    yield from wrapped(
        "o the month, P the promise, | the centre, [ and ] the process limits (XmR). A month within the limits that no "
        "rule marks differs from the others by chance alone, as far as anybody can tell."
    )
    for run in report.runs:
        yield ""
        yield from _run(run)


def _run(run: Run) -> Iterator[str]:
    yield from wrapped(f"{run.standard}, {run.promised} % promised: {_limits(run)}.", rest="  ")
    rows = [
        (point.key, words.share(point.share), words.count(point.judged), _strip(run, point.share), point.signal)
        for point in run.points
    ]
    yield from table(("Month", "Share", "Of", "", "Mark"), rows, left=(0, 3, 4), flows=(4,))


def _limits(run: Run) -> str:
    if run.centre is None or run.lower is None or run.upper is None:
        return "too few months for limits"
    return f"centre {words.share(run.centre)}, limits {words.share(run.lower)} and {words.share(run.upper)}"


def _strip(run: Run, share: int) -> str:
    """The month's place among limits and promise, in signs."""
    promised = int(Decimal(run.promised) * 100)
    marks = ((run.lower, "["), (run.upper, "]"), (run.centre, "|"), (promised, "P"), (share, "o"))
    shares = [each for each, _ in marks if each is not None] + [point.share for point in run.points]
    low, high = min(shares), max(shares)
    signs = [" "] * _STRIP
    for each, sign in marks:
        if each is not None:
            signs[(each - low) * (_STRIP - 1) // max(high - low, 1)] = sign
    return "".join(signs)
