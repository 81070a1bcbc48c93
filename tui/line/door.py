"""Who sits here: picked where the login is shared, asked for a PIN that nobody hears."""

from __future__ import annotations

from collections.abc import Sequence

from helpdesk.errors import HelpdeskError, Refused, SignedOut
from helpdesk.message import StaffId
from helpdesk.ports import Desk
from helpdesk.sight import Member
from tui.line.asking import Asker, Option
from tui.line.wrong import NotUnderstood
from tui.naming import free_id
from tui.plain import one_line

WHO = "Who is here?"


async def first_here(
    ask: Asker, desk: Desk, actor: StaffId | None, name: str, *, alone: bool, warn: Sequence[str] = ()
) -> StaffId:
    """Who opens the desk: ``actor`` if they may sit down without a question, else whoever is picked.

    ``alone``: with a token nobody but its member can be picked.
    """
    title = WHO
    if actor is not None:
        try:
            return (await desk.sign_in(actor, name=name)).id
        except SignedOut:
            raise
        except Refused as error:
            if not ask.reader.asks:
                raise
            title = str(error)
    members = await desk.members()
    likely = next((each for each in members if each.id == actor), None)
    if likely is not None:
        return (await signed_in(ask, desk, likely)).id
    return (await picked_member(ask, desk, members, title, alone=alone)).id


async def picked_member(
    ask: Asker, desk: Desk, members: Sequence[Member], title: str, *, alone: bool, given: str = ""
) -> Member:
    """Whoever is picked from the list, or somebody new, once they are let in."""
    listed = [each for each in members if not each.disabled]
    options: list[Option[Member | None]] = [
        Option(words=one_line(each.name or each.id), value=each, also=str(each.id)) for each in listed
    ]
    if not alone:
        options.append(Option(words="Somebody new", value=None))
    chosen = await ask.choose(title, options, given=given)
    if chosen is not None:
        return await signed_in(ask, desk, chosen)
    name = (await ask.line("Your name, as colleagues know it: ")).strip()
    if not name:
        raise NotUnderstood("Nobody sits down without a name.")
    return await desk.sign_in(free_id(name, {each.id for each in members}), name=name)


async def signed_in(ask: Asker, desk: Desk, member: Member, *, tries: int = 3) -> Member:
    """Let a member in: by their PIN where they have one, which is not shown."""
    for left in range(tries, 0, -1):
        pin = ""
        if member.has_pin:
            pin = (await ask.line(f"PIN of {one_line(member.name or member.id)}, not shown: ", secret=True)).strip()
        try:
            return await desk.sign_in(member.id, pin=pin)
        except SignedOut:
            raise
        except HelpdeskError as error:
            if not member.has_pin or left == 1 or not ask.reader.asks:
                raise
            ask.warn(str(error))
    raise Refused("Nobody was let in.")
