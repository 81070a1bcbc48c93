"""What can be done to one ticket or to each of many, in words; it is taken back by asking the desk. No Textual."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable, Sequence
from dataclasses import dataclass

from helpdesk.errors import HelpdeskError, TryLater
from helpdesk.message import IncidentId, StaffId, TicketId
from helpdesk.ports import Desk
from helpdesk.ticket import Ticket
from tui.allowed import Target
from tui.progress import Meter
from tui.undoing import STOPS, Deed, stop_here
from tui.words import plural

Step = Callable[[TicketId, int], Awaitable[Ticket]]
"""Does something to a version of a ticket."""

Tell = Callable[[str], None]
"""Tells the reader something."""


def _nothing_more(ticket: Ticket) -> None:
    """Nothing is asked."""


def _fits(each: Target) -> str:
    """It can be done to any."""
    return ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Act:
    """Something that can be done to tickets.

    ``command``  its name in the command table
    ``doing``    what is going on meanwhile: "Solving"
    ``one``      what is so then: "is solved", or ": printer refund"; ``many``: the same of several
    ``left``     whether a ticket is out of the way then
    ``then``     what is asked once it was done to one
    ``unfit``    why it is not done to one of many, "" if it is
    """

    command: str
    do: Step
    doing: str
    one: str
    many: str
    left: bool = False
    then: Callable[[Ticket], None] = _nothing_more
    unfit: Callable[[Target], str] = _fits

    def words(self, tickets: Sequence[Ticket]) -> str:
        """What was done, as the middle of a sentence: "ticket 14 is solved", "3 tickets are solved"."""
        first = f"ticket {tickets[0].number}" if len(tickets) == 1 else plural(len(tickets), "ticket")
        then = self.one if len(tickets) == 1 else self.many
        return f"{first}{then}" if then.startswith(":") else f"{first} {then}"


def sentence(words: str) -> str:
    """The middle of a sentence as a whole one."""
    return f"{words[:1].upper()}{words[1:]}."


class _Turns:
    """Some tickets that something was done to, back and forth. ``left``: those that the turn has not come to yet."""

    def __init__(self, made: Iterable[Ticket], tell: Tell) -> None:
        self._versions = {ticket.id: ticket.version for ticket in made}
        self._left: list[TicketId] = []
        self._tell = tell
        self.meter = Meter("", stops=STOPS, acts=True)

    async def take(self, step: Step) -> bool:
        """Take a step with each; one with which that can't be done is told of and left out from then on.

        An error is raised where it was done to none. After TryLater, and where it was stopped, the rest is still to
        be done.
        """
        failed: list[HelpdeskError] = []
        self._left = self._left or list(reversed(self._versions))
        wanted = len(self._left)
        self.meter.begin(self.meter.doing, wanted)
        while self._left:
            stop_here(self.meter)
            ticket = self._left[0]
            try:
                self._versions[ticket] = (await step(ticket, self._versions[ticket])).version
            except (TryLater, OSError):
                raise
            except HelpdeskError as error:
                failed.append(error)
                del self._versions[ticket]
            self._left.pop(0)
            self.meter.done += 1
        if failed and len(failed) == wanted:
            raise failed[0]
        if failed:
            self._tell(f"{len(failed)} of {plural(wanted, 'ticket')} could not be: {failed[0]}")
        return True


def deed(desk: Desk, actor: StaffId, words: str, made: Iterable[Ticket], again: Step | None, tell: Tell) -> Deed:
    """What was done to tickets, which are given as it left them. ``again`` does it once more, None for nothing."""
    turns = _Turns(made, tell)

    async def undo(ticket: TicketId, version: int) -> Ticket:
        return await desk.undo(actor, ticket, version)

    return Deed(
        words=words,
        undo=lambda: turns.take(undo),
        redo=None if again is None else lambda: turns.take(again),
        meter=turns.meter,
    )


def opposite_deed(words: str, made: Ticket, back: Step, again: Step) -> Deed:
    """What is taken back by doing the opposite."""
    turns = _Turns([made], _nobody_hears)
    return Deed(words=words, undo=lambda: turns.take(back), redo=lambda: turns.take(again))


def _nobody_hears(words: str) -> None:
    """Of one ticket there is nothing to tell beside the error."""


def noise_deed(desk: Desk, actor: StaffId, words: str, incident: IncidentId, version: int) -> Deed:
    """What was done about a noise, by the version that it has since."""

    async def undo() -> bool:
        await desk.noise.undo(actor, incident, version)
        return True

    return Deed(words=words, undo=undo)
