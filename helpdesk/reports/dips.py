"""Dips: months below their promise, with what the library says of them to the public.

A month counts once it is over, and where enough contacts were judged to tell. What was said of a month that is no dip
(any more) is not repeated.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from helpdesk.reports.contents import Dip, Group
from helpdesk.reports.timeliness import Figure, Result
from helpdesk.store.verbs.figures import Accounted


def dips(months: Iterable[Group], accounts: Mapping[tuple[str, str], Accounted]) -> tuple[Dip, ...]:
    """The dips of whole months that are over, in their order; ``accounts`` by (standard, month)."""
    return tuple(
        _dip(month.key, figure, accounts.get((figure.standard, month.key)))
        for month in months
        for figure in month.figures
        if figure.result is Result.NOT_MET
    )


def _dip(month: str, figure: Figure, said: Accounted | None) -> Dip:
    return Dip(
        standard=figure.standard,
        promised=figure.promised,
        month=month,
        share=figure.share or 0,
        explanation=said.explanation if said else "",
        action=said.action if said else "",
        by=said.by if said else "",
        noted=said.noted if said else None,
    )
