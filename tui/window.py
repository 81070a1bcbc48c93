"""The part of a long worklist that is in memory, and what stays put when the list changes. Pure.

The selection is a ticket, not a line. When the list changes, the selected ticket keeps its line on the
screen if the list was scrolled, and its place at the top if it was not. When somebody else takes the
ticket out of the view, nothing is selected until the reader moves: no key can hit the wrong ticket.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any, Generic, Protocol, TypeVar

from helpdesk.worklist import Anchor

MARGIN = 64
"""How many rows are kept above and below the screen, at least."""


class Listed(Protocol):
    """What can stand in a list: a ticket, or an incident."""

    @property
    def id(self) -> str:
        """Its name for ever."""
        ...

    @property
    def number(self) -> int:
        """What staff call it."""
        ...


R = TypeVar("R", bound=Listed)
R_co = TypeVar("R_co", bound=Listed, covariant=True)


class Rows(Protocol[R_co]):
    """A page that was read: rows ``start`` to ``start + len(rows)`` of ``total``."""

    @property
    def start(self) -> int:
        """The first one's index."""
        ...

    @property
    def rows(self) -> tuple[R_co, ...]:
        """The rows."""
        ...

    @property
    def total(self) -> int:
        """How many the view holds."""
        ...

    @property
    def anchors(self) -> tuple[Anchor, ...]:
        """Rows whose place is known."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Window(Generic[R]):
    """Rows ``start`` to ``start + len(rows)`` of ``total``, the cursor's index and the first visible index.

    ``selected``  the row under the cursor, None where there is none or it has gone
    ``gone``      the number of the one that left from under the cursor, 0 if none did
    """

    start: int = 0
    rows: tuple[R, ...] = ()
    total: int = 0
    anchors: tuple[Anchor, ...] = ()
    cursor: int = 0
    top: int = 0
    selected: str | None = None
    gone: int = 0

    def row(self, index: int) -> R | None:
        """The row at a place of the view, None where it is not in memory."""
        place = index - self.start
        return self.rows[place] if 0 <= place < len(self.rows) else None

    @property
    def current(self) -> R | None:
        """The selected row."""
        found = self.row(self.cursor)
        return found if found is not None and found.id == self.selected else None


def moved(window: Window[R], cursor: int, height: int) -> Window[R]:
    """The cursor on another line, scrolled as little as shows it."""
    cursor = max(0, min(cursor, window.total - 1))
    top = min(max(window.top, cursor - height + 1), cursor)
    row = window.row(cursor)
    return replace(window, cursor=cursor, top=max(top, 0), selected=row.id if row else None, gone=0)


def fitted(window: Window[R], height: int) -> Window[R]:
    """The same on a screen of another height: the cursor's line stays in sight."""
    top = min(max(window.top, window.cursor - height + 1), window.cursor)
    return replace(window, top=max(0, min(top, window.total - height)) if window.total > height else 0)


def paged(window: Window[R], pages: int, height: int) -> Window[R]:
    """The cursor and the screen a page on (or back, with -1)."""
    step = pages * max(height - 1, 1)
    top = max(0, min(window.top + step, window.total - height))
    return moved(replace(window, top=top), window.cursor + step, height)


def wanted(window: Window[Any], height: int) -> tuple[int, int] | None:
    """Which rows (start, count) must be read so that a screen on is at hand; None if they are."""
    low = max(0, window.top - height)
    high = min(window.total, window.top + 2 * height)
    if window.start <= low and high <= window.start + len(window.rows):
        return None
    return span(window.top, height)


def span(top: int, height: int) -> tuple[int, int]:
    """The rows (start, count) to read for a screen that starts at ``top``."""
    start = max(0, top - max(2 * height, MARGIN))
    return start, top - start + height + max(2 * height, MARGIN)


def nearest_anchor(window: Window[Any], start: int) -> Anchor | None:
    """The known row to read from; None near the top, where counting is cheap and exact."""
    if start < 1000 or not window.anchors:
        return None
    near = min(window.anchors, key=lambda anchor: abs(anchor.index - start))
    return near if abs(near.index - start) < 5000 else None


def read(window: Window[R], page: Rows[R], height: int) -> Window[R]:
    """More rows of an unchanged list arrived."""
    fresh = replace(window, start=page.start, rows=page.rows, total=page.total, anchors=page.anchors)
    row = fresh.row(fresh.cursor)
    if fresh.selected is None and row is not None and not fresh.gone:
        fresh = replace(fresh, selected=row.id)
    return _clamped(fresh, height)


def settled(window: Window[R], page: Rows[R], height: int, *, follow: bool = False) -> Window[R]:
    """The list changed. ``follow``: the reader did it themselves, so the next row may take the cursor."""
    fresh = replace(window, start=page.start, rows=page.rows, total=page.total, anchors=page.anchors)
    before = window.current
    if before is None and (follow or not window.gone):
        return read(replace(fresh, selected=None, gone=0), page, height)
    if before is None:
        return _clamped(fresh, height)
    for place, row in enumerate(page.rows):
        if row.id == before.id:
            return _kept(window, fresh, page.start + place, height)
    if follow or not page.total:
        return moved(_clamped(replace(fresh, selected=None), height), window.cursor, height)
    return _clamped(replace(fresh, selected=None, gone=before.number), height)


def _kept(window: Window[R], fresh: Window[R], cursor: int, height: int) -> Window[R]:
    """The selected ticket found again: the same line of the screen, unless the list stood at its top."""
    if not window.top <= window.cursor < window.top + height:
        return _clamped(replace(fresh, cursor=cursor), height)
    top = window.top + cursor - window.cursor if window.top else 0
    top = min(max(top, cursor - height + 1, 0), cursor)
    return _clamped(replace(fresh, cursor=cursor, top=top), height)


def _clamped(window: Window[R], height: int) -> Window[R]:
    cursor = max(0, min(window.cursor, window.total - 1))
    top = max(0, min(window.top, window.total - height))
    return replace(window, cursor=cursor, top=top)
