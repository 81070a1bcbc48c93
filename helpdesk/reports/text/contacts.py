"""Contacts by channel, under a promise or not."""

from __future__ import annotations

from collections.abc import Iterator

from helpdesk.reports import words
from helpdesk.reports.contents import Report
from helpdesk.reports.text.lines import headline, table, wrapped
from helpdesk.reports.volumes import Volume
from helpdesk.standards import Bar

_BARS = (Bar.AUTOMATIC, Bar.SPAM, Bar.TEST, Bar.MERGED, Bar.MUTED)
_HEADS = ("Channel", "Received", "Answered", "Automatic", "Spam", "Test", "Merged", "Muted")


def contacts(report: Report) -> Iterator[str]:
    """What came in, what a person answered, what stands apart."""
    if not report.volumes:
        return
    yield from headline("Contacts by channel")
    yield from table(_HEADS, [_row(each) for each in report.volumes], left=(0,))
    yield "Answered: a person replied, and the reply was not undeliverable."
    if report.imported:
        yield from wrapped(words.imported(report.imported))


def _row(volume: Volume) -> tuple[str, ...]:
    apart = (volume.set_apart.get(bar, 0) for bar in _BARS)
    return (str(volume.channel), *map(words.count, (volume.received, volume.answered, *apart)))
