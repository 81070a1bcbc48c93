"""Lines closed and opened by hand with all that follows for clocks, each whole in one transaction."""

from __future__ import annotations

from helpdesk.clock import Instant
from helpdesk.events import Seq
from helpdesk.ports import Sql
from helpdesk.standards import Closing, Published
from helpdesk.store.verbs import closings, rebuilding, rulebook
from helpdesk.store.verbs.closings import Shutting


def shut(sql: Sql, said: Shutting, now: Instant) -> Closing:
    """Close what is said; the clocks that run there stand still from now on."""
    closing = closings.close(sql, said, now)
    rebuilding.refold(sql, sorted(closings.running(sql, closing)), rulebook.published(sql))
    return closing


def open_again(sql: Sql, closing: Seq, actor: str, now: Instant, *, undo: bool) -> Closing:
    """End a closing now, or take it back as if it had never been; the clocks follow. Returns it as it was."""
    was = closings.open_again(sql, closing, actor, now, undo=undo)
    touched = closings.running(sql, was) | closings.told_since(sql, was)
    rebuilding.refold(sql, sorted(touched), rulebook.published(sql))
    return was


def settle(sql: Sql, closing: Closing, published: Published) -> int:
    """Fold anew what was written on the closed lines since: by whoever had not heard of it yet."""
    return rebuilding.refold(sql, sorted(closings.told_since(sql, closing)), published)
