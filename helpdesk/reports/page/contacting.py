"""When people contact the library, by weekday and hour, as the public may see it (pure)."""

from __future__ import annotations

from dataclasses import dataclass

from helpdesk.reports.hiding import Shown


@dataclass(frozen=True, slots=True, kw_only=True)
class Contacting:
    """Counts of contacts; None is not shown.

    ``hours``  each hour with its counts, Monday first, and that of all days; from the first with any to the last
    ``days``   of each day all hours, and of all days: it is always shown
    """

    hours: tuple[tuple[int, tuple[int | None, ...]], ...]
    days: tuple[int | None, ...]

    @property
    def hides(self) -> bool:
        """Whether anything is not shown."""
        return any(None in counts for _, counts in self.hours) or None in self.days


def contacting(seen: Shown) -> Contacting | None:
    """The week as a table; None where no hour could be told. ``seen``: weekdays (the rows) by local hours."""
    hours = [(*counts, of_all) for *counts, of_all in zip(*seen.cells, seen.columns, strict=True)]
    if not any(count for counts in hours for count in counts[:7]):
        return None
    told = [hour for hour, counts in enumerate(hours) if any(count != 0 for count in counts)]
    shown = range(min(told), max(told) + 1)
    return Contacting(hours=tuple((hour, hours[hour]) for hour in shown), days=(*seen.rows, seen.total))
