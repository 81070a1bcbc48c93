"""Which tickets are selected, to act on all of them. Pure.

A selection is of tickets, not of lines: it stays as the list moves, is sorted anew, or shows another page of itself.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from types import MappingProxyType

from helpdesk.message import TicketId
from tui.allowed import Target
from tui.columns import CLOCK, GUTTER
from tui.plain import fit
from tui.words import Line, Tone, capped, plural

MOST = 500
"""How many tickets can be selected at once."""


@dataclass(frozen=True, slots=True)
class Selection:
    """The selected tickets as they were last seen, in the order of choosing.

    ``mark``  where a range begins: the ticket that was chosen last, and on which line it stood; None for nowhere
    """

    chosen: Mapping[TicketId, Target] = field(default_factory=lambda: MappingProxyType({}))
    mark: tuple[TicketId, int] | None = None

    def __len__(self) -> int:
        """How many."""
        return len(self.chosen)

    @property
    def ids(self) -> frozenset[TicketId]:
        """Which."""
        return frozenset(self.chosen)

    @property
    def targets(self) -> tuple[Target, ...]:
        """What commands act on."""
        return tuple(self.chosen.values())

    def toggled(self, target: Target, line: int) -> Selection:
        """With a ticket, or without it if it was selected."""
        if target.id in self.chosen:
            return replace(self.without({target.id}), mark=None)
        return self.with_all([target], (target.id, line))

    def with_all(self, targets: Iterable[Target], mark: tuple[TicketId, int] | None) -> Selection:
        """With more tickets; ValueError where they are too many."""
        chosen = {**self.chosen, **{each.id: each for each in targets}}
        if len(chosen) > MOST:
            raise ValueError(f"{MOST} tickets at most can be selected at once. Act on some of them first.")
        return Selection(chosen, mark)

    def without(self, tickets: Iterable[TicketId]) -> Selection:
        """Without some tickets."""
        gone = set(tickets)
        mark = self.mark if self.mark is not None and self.mark[0] not in gone else None
        return Selection({id_: each for id_, each in self.chosen.items() if id_ not in gone}, mark)

    def seen(self, targets: Iterable[Target]) -> Selection:
        """The same, those of its tickets that are seen now as they are now."""
        fresh = {each.id: each for each in targets if each.id in self.chosen}
        return replace(self, chosen={**self.chosen, **fresh}) if fresh else self


def how_many(targets: int) -> str:
    """ "14 tickets"."""
    return plural(targets, "ticket")


def how_few(some: int, of: int) -> str:
    """ "any of them", "3 of them", "one of them"."""
    if some == of:
        return "any of them"
    return "one of them" if some == 1 else f"{some} of them"


ROOM = GUTTER + CLOCK + 2 + 5
"""How much of the line of heads a count takes, in cells: as far as the column that says who wrote."""


def selected_line(count: int, key: str, heads: Line) -> Line:
    """How many are selected, and how to end that, in place of the first of the heads. ``key`` ends it."""
    [(words, tone)] = heads
    said = f" ✓ {capped(count)} selected"
    hint = f"  {key} none"
    hint = hint if len(said) + len(hint) <= ROOM else ""
    return ((said, Tone.ACCENT), (fit(hint, ROOM - len(said)), Tone.DIM), (words[ROOM:], tone))


def stopped_words(done: str, some: int, of: int, key: str) -> str:
    """What has become of many that were stopped: ``done`` is so of some; ``key`` takes that back."""
    them = "it" if some == 1 else "them"
    rest = "The other one stays" if of - some == 1 else f"The other {of - some} stay"
    return f"Stopped at {some} of {of}: {done}; {key} takes {them} back. {rest} selected."


SHOWN = 8
"""Of how many that could not be done a card says why."""


def what_failed(failed: Mapping[int, str], done: str) -> str:
    """What a card says of tickets to which something could not be done: by their numbers, why."""
    stayed = "1 ticket stayed as it was" if len(failed) == 1 else f"{how_many(len(failed))} stayed as they were"
    lines = [done or "Nothing was changed.", f"{stayed}, and selected:"]
    lines += [f"{number}: {why}" for number, why in list(failed.items())[:SHOWN]]
    more = len(failed) - SHOWN
    return "\n".join([*lines, f"and {more} more."] if more > 0 else lines)
