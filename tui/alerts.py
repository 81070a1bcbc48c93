"""When the desk calls somebody who looks elsewhere, and what it says. Pure.

An alert says a number, a channel and what the matter is, and never what anybody wrote or who they are: it leaves the
desk for the terminal, the window system and perhaps a phone's lock screen, where whoever stands there may read it, and
where nothing is forgotten at the end of its days. All that rings stands on the screen, too: a sound is never needed.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from helpdesk.clock import MINUTE, SECOND, Instant
from helpdesk.events import PATRON, Kind, Seq
from helpdesk.message import StaffId, TicketId
from helpdesk.sight import Told
from helpdesk.worklist import Row
from tui.words import VIA, plural, span

QUIET = 5 * SECOND
"""The desk calls once in so long at most, in milliseconds of the wall clock; for danger, whatever it said before."""

_RINGS = frozenset({Kind.OPENED, Kind.RECEIVED, Kind.LEFT})
_ALWAYS = frozenset({Kind.BREACH_NOTICED, Kind.UNDELIVERABLE, Kind.CONCERN, Kind.ESCALATED})
_WORDS: Mapping[Kind, str] = {
    Kind.CONCERN: "Somebody may be in danger",
    Kind.ESCALATED: "Nobody goes to a noise",
    Kind.BREACH_NOTICED: "A standard was missed",
    Kind.UNDELIVERABLE: "A reply could not be delivered",
    Kind.OPENED: "Somebody wrote",
    Kind.RECEIVED: "Somebody wrote again",
    Kind.LEFT: "A visitor left the chat",
    Kind.REPLIED: "A colleague answered",
    Kind.NOTED: "A colleague wrote a note",
    Kind.ASSIGNED: "Somebody else has it now",
    Kind.SOLVED: "A colleague solved it",
    Kind.REOPENED: "It was taken up again",
    Kind.MERGED: "It went into another one",
}
"""What is said of each, the gravest first."""

_OF_FOLLOWED = frozenset(_WORDS) - {Kind.OPENED}
"""What whoever follows a ticket is told of."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What somebody wants to be called for.

    ``new``   whoever writes, to anybody; else only who writes to a ticket of theirs
    ``soon``  a ticket of theirs, or one that nobody has, is close to its deadline
    """

    new: bool = True
    soon: bool = True


class Bell:
    """Says whether to call, and what. ``on`` False keeps it silent."""

    def __init__(self, *, on: bool = True, wanted: Wanted | None = None) -> None:
        self.on = on
        self.wanted = wanted or Wanted()
        self._last = Instant(-QUIET)
        self._close: set[tuple[TicketId, Instant]] = set()
        self._unsaid: list[Told] = []
        self._late: frozenset[Seq] = frozenset()

    def rings(
        self,
        told: Iterable[Told],
        now: Instant,
        mine: frozenset[TicketId] = frozenset(),
        *,
        quiet: bool = False,
        followed: frozenset[Seq] = frozenset(),
    ) -> str:
        """What to say of these changes now, "" for nothing; danger is said, whatever rang a moment ago, and though
        somebody wants ``quiet``. What comes too soon after a call is said with the next: ask again, with no changes.

        ``mine``: the tickets that are known to be with whoever sits here; ``followed``: the places in the log of what
        happened on a ticket that they follow.
        """
        followed |= self._late
        worth = [
            each
            for each in told
            if self.on and ((worth_ringing(each) and self._wants(each, mine)) or each.seq in followed)
        ]
        worth = [each for each in worth if each.kind is Kind.CONCERN] if quiet else [*self._unsaid, *worth]
        self._unsaid, self._late = [], frozenset()
        if not worth:
            return ""
        if now - self._last < QUIET and all(each.kind is not Kind.CONCERN for each in worth):
            self._unsaid, self._late = worth, followed
            return ""
        self._last = now
        gravest = min(worth, key=lambda each: list(_WORDS).index(each.kind))
        more = len({each.ticket for each in worth}) - 1
        own = " on a ticket of yours" if gravest.ticket in mine and gravest.kind is Kind.RECEIVED else ""
        words = _WORDS[gravest.kind]
        if gravest.seq in followed and not own and gravest.kind not in _ALWAYS:
            words = f"A ticket that you follow: {words[:1].lower()}{words[1:]}"
        return f"{words}{own}" + (f", and {more} more" if more else "")

    def soon(self, rows: Iterable[Row], me: StaffId, wall: Instant, now: Instant) -> str:
        """What to say of tickets that come close to their deadline, each once; "" for nothing.

        ``wall`` is the time by the wall, for the pause between two calls, ``now`` by the library's clock.
        """
        near = [(row, row.due) for row in rows if row.due is not None and row.due > now and row.owner in {None, me}]
        fresh = [(row, due) for row, due in near if (row.id, due) not in self._close]
        if not (self.on and self.wanted.soon) or not fresh or wall - self._last < QUIET:
            return ""
        self._close = {(row.id, due) for row, due in near}
        self._last = wall
        row, due = min(fresh, key=lambda each: each[1])
        whose = "your " if row.owner == me else ""
        more = f", and {plural(len(fresh) - 1, 'other')}" if len(fresh) > 1 else ""
        left = span(max(due - now, MINUTE))
        return f"Ticket {row.number}, {whose}{VIA[row.channel]}, is due in {left}{more}"

    def _wants(self, told: Told, mine: frozenset[TicketId]) -> bool:
        return self.wanted.new or told.kind in _ALWAYS or told.ticket in mine


def told_of_followed(told: Iterable[Told], followed: frozenset[TicketId], me: StaffId) -> frozenset[Seq]:
    """The places of what somebody else did on a ticket that ``me`` follows: patrons and colleagues alike."""
    return frozenset(
        each.seq for each in told if each.ticket in followed and each.actor != me and each.kind in _OF_FOLLOWED
    )


def worth_ringing(told: Told) -> bool:
    """A patron wrote or left, somebody may be in danger, a standard was missed, or a reply came back."""
    return (told.actor == PATRON and told.kind in _RINGS) or told.kind in _ALWAYS
