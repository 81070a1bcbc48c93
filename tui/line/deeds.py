"""What was done at the line, as deeds that ``undo`` takes back; and replies, until they go out."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from helpdesk.message import IncidentId, TicketId
from helpdesk.noise.incidents import Incident
from helpdesk.ports.sending import Held
from helpdesk.ticket import Ticket
from tui.line.spoken import aloud
from tui.second_thoughts import know, put_back
from tui.sitting import Sitting
from tui.undoing import Deed
from tui.words import left

Again = Callable[[int], Awaitable[Ticket]]
"""Does the same once more, to the ticket's version of now."""

AgainNoise = Callable[[int], Awaitable[Incident]]


def deed_on(sitting: Sitting, words: str, ticket: Ticket, again: Again | None = None) -> None:
    """A ticket was changed: that can be taken back, and done again where ``again`` does it."""
    actor, latest = sitting.actor, ticket

    async def undo() -> bool:
        nonlocal latest
        latest = await sitting.desk.undo(actor, latest.id, latest.version)
        return True

    async def redo() -> bool:
        nonlocal latest
        if again is not None:
            latest = await again(latest.version)
        return True

    sitting.deeds.done(Deed(words=as_deed(words), undo=undo, redo=redo if again is not None else None))


def deed_on_noise(sitting: Sitting, words: str, incident: Incident, again: AgainNoise | None = None) -> None:
    """The same of an incident."""
    actor, latest = sitting.actor, incident

    async def undo() -> bool:
        nonlocal latest
        latest = await sitting.desk.noise.undo(actor, latest.id, latest.version)
        return True

    async def redo() -> bool:
        nonlocal latest
        if again is not None:
            latest = await again(latest.version)
        return True

    sitting.deeds.done(Deed(words=as_deed(words), undo=undo, redo=redo if again is not None else None))


def as_deed(words: str) -> str:
    """ "Ticket 14 is solved." as the middle of a sentence."""
    return f"{words[:1].lower()}{words[1:]}".removesuffix(".")


# Replies


async def on_its_way(sitting: Sitting, on: TicketId | IncidentId) -> str:
    """How long what was just sent there can still be taken back, in words; "" where it went at once."""
    know(sitting, await sitting.desk.sending.held(sitting.actor))
    held = _held(sitting, on)
    if held is None:
        return ""
    they, them = ("They go", "them") if held.texts > 1 else ("It goes", "it")
    return f" {they} out in {aloud(left(held.goes, sitting.clock.now()))}; undo takes {them} back."


def _held(sitting: Sitting, on: TicketId | IncidentId) -> Held | None:
    """The latest of what this member sent there, as far as it waits."""
    mine = [each for each in sitting.outgoing if each.actor == sitting.actor and on in {each.ticket, each.incident}]
    return max(mine, key=lambda each: each.goes, default=None)


async def taken_back(sitting: Sitting, ticket: TicketId, number: int, version: int) -> str:
    """Take back what this member did last to a ticket, here or elsewhere; what was done, in words.

    Refused for what can't be taken back, in the desk's own words.
    """
    know(sitting, await sitting.desk.sending.held(sitting.actor))
    held = _held(sitting, ticket)
    if held is not None:
        put_back(sitting, await sitting.desk.sending.take_back(sitting.actor, held.act))
        return f"Taken back: the reply on ticket {number}. It is a draft again."
    await sitting.desk.undo(sitting.actor, ticket, version)
    return f"Taken back: what you did last to ticket {number}."
