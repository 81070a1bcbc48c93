"""A report as text for a terminal or a mail: aligned, calm, complete on its own, and never hanging on colour.

==========  ==========================================================================================
face        what it is a report of, whether its log is whole, all promises at a glance, what was restated
standards   promise by promise: shares and results, times and counts, what corrections and suspensions did
happened    suspensions, and dips with what was said of them
runs        month by month within the limits of chance
heat        demand by weekday and hour beside staffed hours
contacts    contacts by channel
effort      how much work contacts were, and how many were settled at the first one
noise       what texts told of noise, zone by zone and hour by hour
misses      misses one by one
measured    how it is measured, by which rules, from which log
lines       paragraphs and tables of 80 columns
==========  ==========================================================================================
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from helpdesk.reports.contents import Report
from helpdesk.reports.text.contacts import contacts
from helpdesk.reports.text.effort import effort
from helpdesk.reports.text.face import face
from helpdesk.reports.text.happened import dips, suspensions
from helpdesk.reports.text.heat import heat
from helpdesk.reports.text.lines import WIDTH
from helpdesk.reports.text.measured import measured, rules, seal
from helpdesk.reports.text.misses import misses
from helpdesk.reports.text.noise import noise
from helpdesk.reports.text.runs import runs
from helpdesk.reports.text.standards import standards

__all__ = ["WIDTH", "as_text"]

_SECTIONS: tuple[Callable[[Report], Iterator[str]], ...] = (
    face,
    standards,
    suspensions,
    dips,
    runs,
    heat,
    contacts,
    effort,
    noise,
    misses,
    measured,
    rules,
    seal,
)


def as_text(report: Report) -> str:
    """The whole report, at most 80 columns wide; ends with a line break.

    A section without anything to say is left out, and a blank line stands between the others.
    """
    told = (list(section(report)) for section in _SECTIONS)
    return "\n".join("".join(f"{line.rstrip()}\n" for line in lines) for lines in told if lines)
