"""Small numbers in what is published: nobody shall read from a table that it was one text on a Sunday night.

Breakdowns finer than standard by month (by channel, site, hour, weekday or week) hide counts below ``small``, and what
would give them away (:mod:`~helpdesk.reports.hiding`). A standard's own met and missed, month by month, are what was
promised: they always stand. Internal reports hide nothing; who may read them has the permission.

Each table is protected against its own totals. So publish one breakdown of a period, and periods that don't overlap:
the difference of two tables is a table that nobody looked at.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from helpdesk.message import Channel
from helpdesk.reports.contents import Group, Heat
from helpdesk.reports.hiding import Shown, shown
from helpdesk.reports.period import IN_TIME, By
from helpdesk.reports.statistics import WHOLE, wilson
from helpdesk.reports.timeliness import Figure, Promise
from helpdesk.reports.volumes import Volume

COARSE = (IN_TIME - {"week"}) | {"standard"}
"""Rows no finer than standard by month: nothing is hidden in them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """A standard within one group (a channel, a site, a month ...) as it may be published; None is not shown."""

    key: str
    standard: str
    promised: str
    judged: int | None
    met: int | None
    missed: int | None

    @property
    def share(self) -> int | None:
        """Met of judged in hundredths of a percent, cut; None where it is not shown or nothing was judged."""
        return self.met * WHOLE // self.judged if self.met is not None and self.judged else None

    @property
    def interval(self) -> tuple[int, int] | None:
        """Wilson's 95 % interval of the share; None where there is none."""
        return wilson(self.met, self.judged) if self.met is not None and self.judged else None


def breakdown(groups: Iterable[Group], by: By, small: int) -> tuple[Part, ...]:
    """What may be published of a report's groups: by standard and promise, then in the groups' order.

    ``by``: what the groups are, as the report says it.
    """
    found: dict[Promise, list[tuple[str, Figure]]] = {}
    for group in groups:
        for figure in group.figures:
            found.setdefault((figure.standard, figure.promised), []).append((group.key, figure))
    least = 0 if by in COARSE else small
    return tuple(part for promise, figures in sorted(found.items()) for part in _parts(promise, figures, least))


def _parts(promise: Promise, figures: Sequence[tuple[str, Figure]], small: int) -> Iterator[Part]:
    standard, promised = promise
    table = shown([(figure.met, figure.missed) for _, figure in figures], small, columns_known=True)
    for (key, _), (met, missed), judged in zip(figures, table.cells, table.rows, strict=True):
        yield Part(key=key, standard=standard, promised=promised, judged=judged, met=met, missed=missed)


def volumes(found: Sequence[Volume], small: int) -> Mapping[Channel, tuple[int | None, int | None]]:
    """What may be published of contacts by channel: (received, answered), None where it is not shown."""
    table = shown([(each.answered, each.received - each.answered) for each in found], small)
    return {
        each.channel: (received, cells[0]) for each, received, cells in zip(found, table.rows, table.cells, strict=True)
    }


def heat(found: Heat, small: int) -> tuple[Shown, Shown]:
    """What may be published of demand and of misses by weekday and hour: (received, missed).

    What is shown of one says nothing more of the other than that no more were missed than came in.
    """
    received = shown(found.received, small, least=_smaller(found.missed, found.received))
    bounds = [
        [None if came is None else max(came, missed) for came, missed in zip(*rows, strict=True)]
        for rows in zip(received.cells, found.missed, strict=True)
    ]
    return received, shown(found.missed, small, most=bounds)


def _smaller(some: Sequence[Sequence[int]], others: Sequence[Sequence[int]]) -> list[list[int]]:
    """Cell by cell the smaller count (a contact under several standards may be missed more than once)."""
    return [[min(pair) for pair in zip(*rows, strict=True)] for rows in zip(some, others, strict=True)]
