"""Lines closed and opened by hand with all that follows for clocks.

What is said is one small write, and marks that clocks are to follow. They do so some tickets at a time, so that
whoever else writes takes turns with it; the mark says how far that has come, and goes once all have followed. Several
may be at it together: each stretch is done by one of them.
"""

from __future__ import annotations

from typing import NamedTuple

from helpdesk.clock import Instant
from helpdesk.events import Seq
from helpdesk.ports import Sql
from helpdesk.standards import Closing
from helpdesk.store.verbs import closings, events, notices, rebuilding, rulebook
from helpdesk.store.verbs.closings import Shutting, Touched

_MARK = "settling:"


class Unsettled(NamedTuple):
    """Clocks are to follow a closing.

    ``told``  the event that closed or opened; ``closing`` is the one that it is about
    """

    closing: Seq
    told: Seq

    @property
    def mark(self) -> str:
        """The name of the cursor that says how far it has come: the number of the last ticket."""
        return f"{_MARK}{self.closing}:{self.told}"


def shut(sql: Sql, said: Shutting, now: Instant) -> Closing:
    """Close what is said; the clocks that run there are marked to stand still from now on."""
    closing = closings.close(sql, said, now)
    _mark(sql, closing.seq)
    return closing


def open_again(sql: Sql, closing: Seq, actor: str, now: Instant, *, undo: bool) -> Closing:
    """End a closing now, or take it back as if it had never been; clocks are marked to follow. Returns it as it was."""
    was = closings.open_again(sql, closing, actor, now, undo=undo)
    _mark(sql, closing)
    return was


def _mark(sql: Sql, closing: Seq) -> None:
    notices.move_cursor(sql, Unsettled(closing, events.last(sql)).mark, Instant(0))


def unsettled(sql: Sql) -> list[Unsettled]:
    """The closings that clocks are still to follow, in the order in which they were told."""
    rows = sql("SELECT name FROM cursors WHERE library = :library AND name LIKE :like", like=f"{_MARK}%")
    found = (row["name"].removeprefix(_MARK).split(":") for row in rows)
    return sorted((Unsettled(Seq(int(closing)), Seq(int(told))) for closing, told in found), key=lambda each: each.told)


def touched(sql: Sql, which: Unsettled) -> list[Touched]:
    """The tickets that are still to follow, in order of their numbers."""
    reached = notices.cursor(sql, which.mark)
    if reached is None:
        return []
    closing = closings.told(sql, which.closing)
    found = closings.running(sql, closing) | closings.told_since(sql, closing, which.closing)
    return sorted(each for each in found if each.number > reached)


def settle_some(sql: Sql, which: Unsettled, batch: list[Touched]) -> None:
    """Fold some tickets anew, by what is in force now; nothing where somebody else has done so."""
    reached = notices.cursor(sql, which.mark)
    if reached is not None and reached < batch[-1].number:
        rebuilding.refold(sql, [each.ticket for each in batch if each.number > reached], rulebook.published(sql))
        notices.move_cursor(sql, which.mark, Instant(batch[-1].number))


def settled(sql: Sql, which: Unsettled) -> None:
    """All have followed but those that were written on meanwhile, perhaps by who had not heard of it: these, now."""
    if notices.cursor(sql, which.mark) is not None:
        late = closings.told_since(sql, closings.told(sql, which.closing), which.told)
        rebuilding.refold(sql, sorted(each.ticket for each in late), rulebook.published(sql))
        sql("DELETE FROM cursors WHERE library = :library AND name = :mark", mark=which.mark)
