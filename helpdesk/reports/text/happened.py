"""What happened: suspensions, and dips with what the library said of them."""

from __future__ import annotations

from collections.abc import Iterator

from helpdesk.reports import words
from helpdesk.reports.contents import Dip, Report, Suspension
from helpdesk.reports.text.lines import headline, wrapped


def suspensions(report: Report) -> Iterator[str]:
    """Days in which a promise did not hold: why, and who said so."""
    if not report.suspensions:
        return
    yield from headline("Suspended")
    for each in report.suspensions:
        yield from _suspension(each, report.zone)


def _suspension(each: Suspension, zone: str) -> Iterator[str]:
    yield from wrapped(f"{words.period(each.days)}, {each.standard or 'every standard'}", rest="  ")
    yield from wrapped(words.plain(each.reason) or "The reason was erased.", first="  ", rest="  ")
    yield f"  Entered on {words.moment_of(each.noted, zone)} by {words.plain(each.by)} (event {words.count(each.seq)})."


def dips(report: Report) -> Iterator[str]:
    """Months below their promise: why, and what was done."""
    if not report.dips:
        return
    yield from headline("Dips, and what was done")
    for each in report.dips:
        yield from _dip(each, report.zone)
    if any(not (each.explanation or each.action) for each in report.dips):
        yield ""
        yield from wrapped(
            "`helpdesk standards explain NAME --month YYYY-MM` says to the public why, and what is done."
        )


def _dip(each: Dip, zone: str) -> Iterator[str]:
    share = words.share(each.share)
    yield from wrapped(f"{each.standard}, {words.month(each.month)}: {share}, {each.promised} % promised", rest="  ")
    if not (each.explanation or each.action):
        yield "  Nothing has been said of it yet."
        return
    for head, said in (("Why: ", each.explanation), ("Done: ", each.action)):
        yield from wrapped(f"{head}{words.plain(said) or 'nothing has been said.'}", first="  ", rest="    ")
    if each.noted is not None:
        yield f"  Said on {words.moment_of(each.noted, zone)} by {words.plain(each.by)}."
