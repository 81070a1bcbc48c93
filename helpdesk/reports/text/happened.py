"""What happened: suspensions, and dips with what the library said of them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from helpdesk.reports import words
from helpdesk.reports.contents import Dip, Report, Suspension
from helpdesk.reports.text.lines import headline, wrapped


def suspensions(report: Report) -> Iterator[str]:
    """When a promise did not hold: why, and who said so."""
    if not report.suspensions:
        return
    yield from headline("Suspended")
    for each in report.suspensions:
        yield from _suspension(each, report.zone)


def _suspension(each: Suspension, zone: str) -> Iterator[str]:
    yield from wrapped(f"{words.suspended(each, zone)}, {_whose(each)}", rest="  ")
    yield from wrapped(words.plain(each.reason) or "The reason was erased.", first="  ", rest="  ")
    entered = (
        f"Entered on {words.moment_of(each.noted, zone)} by {words.plain(each.by)} (event {words.count(each.seq)})."
    )
    yield from wrapped(entered, first="  ", rest="  ")


def _whose(each: Suspension) -> str:
    return ", ".join(each.among) or "no standard covers it" if each.closed else each.standard or "every standard"


def dips(report: Report) -> Iterator[str]:
    """Months below their promise: why, and what was done; those of which nothing has been said, by standard."""
    if not report.dips:
        return
    yield from headline("Dips, and what was done")
    for each in report.dips:
        if _told(each):
            yield from _dip(each, report.zone)
    yield from _untold([each for each in report.dips if not _told(each)])


def _told(dip: Dip) -> bool:
    return bool(dip.explanation or dip.action)


def _dip(each: Dip, zone: str) -> Iterator[str]:
    share = words.share(each.share)
    yield from wrapped(f"{each.standard}, {words.month(each.month)}: {share}, {each.promised} % promised", rest="  ")
    for head, said in (("Why: ", each.explanation), ("Done: ", each.action)):
        yield from wrapped(f"{head}{words.plain(said) or 'nothing has been said.'}", first="  ", rest="    ")
    if each.noted is not None:
        said = f"Said on {words.moment_of(each.noted, zone)} by {words.plain(each.by)}."
        yield from wrapped(said, first="  ", rest="  ")


def _untold(found: Sequence[Dip]) -> Iterator[str]:
    if not found:
        return
    yield "Nothing has been said yet of"
    months: dict[tuple[str, str], list[str]] = {}
    for each in found:
        months.setdefault((each.standard, each.promised), []).append(f"{each.month} ({words.share(each.share)})")
    for (standard, promised), dipped in sorted(months.items()):
        yield from wrapped(f"{standard}, {promised} % promised: {', '.join(dipped)}", first="  ", rest="    ")
    yield from wrapped("`helpdesk standards explain NAME --month YYYY-MM` says to the public why, and what is done.")
