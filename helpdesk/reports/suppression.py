"""Small numbers in what is published: nobody shall read from a table that it was one text on a Sunday night.

Breakdowns finer than standard by month (contacts by channel, by weekday and hour) hide counts below ``small``, and what
would give them away (:mod:`~helpdesk.reports.hiding`). A standard's own met and missed, month by month, are what was
promised: they always stand. Internal reports hide nothing; who may read them has the permission.

Each table is protected against its own totals. Those of channels and of the week count the same contacts by things that
have nothing to do with each other, and share no total but that of all: neither says more of the other. The table of
noise counts some of them; what the week shows of all contacts in an hour says no more than that they were not fewer.
So publish no other one that cuts across them, and periods that don't overlap: the difference of two tables is a table
that nobody looked at.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from helpdesk.message import Channel
from helpdesk.reports.contents import Heat, Noise
from helpdesk.reports.hiding import Shown, shown
from helpdesk.reports.volumes import Volume


def volumes(found: Sequence[Volume], small: int) -> Mapping[Channel, tuple[int | None, int | None]]:
    """What may be published of contacts by channel: (received, answered), None where it is not shown."""
    table = shown([(each.answered, each.received - each.answered) for each in found], small)
    return {
        each.channel: (received, cells[0]) for each, received, cells in zip(found, table.rows, table.cells, strict=True)
    }


def heat(found: Heat, small: int) -> Shown:
    """What may be published of contacts by weekday (the rows, Monday first) and local hour (the columns)."""
    return shown(found.received, small)


def noise(found: Noise, small: int) -> Shown:
    """What may be published of texts about noise by zone (the rows, those without a place last) and local hour.

    It is the only table of noise that is published: one by weekday beside it would share its hours.
    """
    return shown([each.by_hour for each in (*found.zones, found.unplaced)], small)
