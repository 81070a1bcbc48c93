"""How much work contacts were, and how many were settled at the first one."""

from __future__ import annotations

from collections.abc import Iterator

from helpdesk.reports import words
from helpdesk.reports.contents import Report
from helpdesk.reports.effort import Effort
from helpdesk.reports.effort_words import FIRST_CONTACT, SCALE, named
from helpdesk.reports.text.lines import headline, table, wrapped

_LEVELS = ("READ level", *map(str, range(1, 7)), "Not graded")
_FIRST = ("One was enough", "Share", "95 % interval", "Yes", "No", "Not said")


def effort(report: Report) -> Iterator[str]:
    """READ levels, then first contacts; nothing where staff said nothing."""
    if report.effort is None:
        return
    rows = list(named(report.effort))
    yield from headline("Effort and first contact")
    yield from table(_LEVELS, [_levels(*row) for row in rows], left=(0,))
    yield from wrapped(SCALE)
    yield ""
    yield from table(_FIRST, [_first(*row) for row in rows], left=(0,))
    yield from wrapped(FIRST_CONTACT)


def _levels(name: str, each: Effort) -> tuple[str, ...]:
    return (name, *map(words.count, each.levels), words.count(each.ungraded))


def _first(name: str, each: Effort) -> tuple[str, ...]:
    counts = map(words.count, (each.yes, each.no, each.unsaid))
    return (name, words.share(each.share), words.interval(each.interval), *counts)
