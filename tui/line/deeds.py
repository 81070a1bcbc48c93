"""What was done at the line, as deeds that ``undo`` takes back; and replies, until they go out."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from helpdesk.errors import Refused
from helpdesk.message import IncidentId, TicketId
from helpdesk.noise.incidents import Incident
from helpdesk.ports.sending import Held, TakenBack
from helpdesk.ticket import Ticket
from tui.drafts import Draft, Kind
from tui.line.spoken import aloud
from tui.sitting import Sitting
from tui.undoing import Deed
from tui.words import span

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


async def held_on(
    sitting: Sitting, *, ticket: TicketId | None = None, incident: IncidentId | None = None
) -> Held | None:
    """What this member sent there and what has not gone out yet, the latest; None where all is gone."""
    mine = [each for each in await sitting.desk.sending.held(sitting.actor) if each.actor == sitting.actor]
    found = [each for each in mine if (each.incident == incident if incident is not None else each.ticket == ticket)]
    return max(found, key=lambda each: each.goes, default=None)


def sent(sitting: Sitting, held: Held | None, words: str, kind: Kind) -> str:
    """How long it can still be taken back, in words; undo takes it back then."""
    if held is None:
        return ""

    async def undo() -> bool:
        back(sitting, await sitting.desk.sending.take_back(sitting.actor, held.act), kind)
        return True

    sitting.deeds.done(Deed(words=f"{as_deed(words)}, and what was written is a draft again", undo=undo))
    left = max(held.goes - sitting.clock.now(), 0)
    return f" It goes out in {aloud(span(left))}; undo takes it back."


def back(sitting: Sitting, taken: TakenBack, kind: Kind) -> None:
    """What was taken back is a draft again, under a key of its own."""
    draft = Draft(
        kind=kind,
        text=taken.text,
        then=taken.then,
        include=taken.include,
        exclude=taken.exclude,
        outcome=taken.outcome,
    )
    sitting.drafts.keep(sitting.actor, taken.incident or taken.ticket, draft)


async def taken_back(sitting: Sitting, ticket: TicketId, number: int, version: int) -> str:
    """Take back what this member did last to a ticket, here or elsewhere; what was done, in words.

    Refused for what can't be taken back, in the desk's own words.
    """
    held = await held_on(sitting, ticket=ticket)
    if held is not None:
        if held.incident is not None:
            raise Refused("That text went to all who told of a noise: undo i and its number takes it back.")
        back(sitting, await sitting.desk.sending.take_back(sitting.actor, held.act), "reply")
        return f"Taken back: the reply on ticket {number}. It is a draft again."
    await sitting.desk.undo(sitting.actor, ticket, version)
    return f"Taken back: what you did last to ticket {number}."
