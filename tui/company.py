"""Who else is at a ticket, as this desk heard it last, in words. No Textual."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from helpdesk.errors import HelpdeskError
from helpdesk.message import StaffId, TicketId
from helpdesk.ports import Desk
from helpdesk.ports.company import Doing, Near
from tui.plain import cut, one_line
from tui.words import Line, Tone

EVERY = 5.0
"""How often a desk says where its member is, and hears where the others are, in seconds."""

Here = tuple[str, Doing]
"""Where a member is: a ticket's id, "" for none, and what they do there."""

NOWHERE: Here = ("", "reads")

Name = Callable[[StaffId], str]


def _nothing() -> None:
    """Before the desk is open nothing is told."""


class Beside:
    """The other members: ``near`` is where they are. ``hurry`` tells now where this one is, before its time."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self.near: tuple[Near, ...] = ()
        self.hurry: Callable[[], None] = _nothing

    async def tell(self, actor: StaffId, here: Here) -> None:
        """Say where the member is, and hear where the others are. Where nobody answers, nobody is known to be near."""
        try:
            self.near = await self._desk.company.at(actor, *here)
        except (HelpdeskError, OSError):
            self.near = ()

    def on(self, ticket: TicketId) -> tuple[Near, ...]:
        """Who else is on a ticket."""
        return tuple(each for each in self.near if each.ticket == ticket)

    @property
    def writers(self) -> dict[TicketId, StaffId]:
        """Where somebody else writes, and one of them."""
        return {each.ticket: each.staff for each in self.near if each.doing == "writes"}


def company_lines(near: Sequence[Near], name: Name, cells: int) -> list[Line]:
    """ "Mia reads this · Tom writes an answer", whoever writes first; no line where nobody else is there."""
    if not near:
        return []
    first = sorted(near, key=lambda each: each.doing != "writes")
    does = {"writes": "is writing here", "reads": "reads this"}
    words = " · ".join(f"{one_line(name(each.staff))} {does[each.doing]}" for each in first)
    tone = Tone.SOON if first[0].doing == "writes" else Tone.DIM
    return [((f" {cut(words, cells - 2)}", tone),)]
