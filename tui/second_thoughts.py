"""Replies that wait before they go out: the countdown in words, and ``z``, which takes one back. No Textual.

What waits is in the store: a desk that is opened meanwhile, or another one of the same member, can take it back too.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from helpdesk.clock import Instant
from helpdesk.message import StaffId
from helpdesk.ports.sending import Held, TakenBack
from tui.canned import untag
from tui.drafts import Draft, Kind, On
from tui.sitting import Sitting
from tui.undoing import Deed
from tui.words import left, plural


def going_words(outgoing: Sequence[Held], me: StaffId, now: Instant, key: str) -> str:
    """What the first line says while something of one's own waits, "" where nothing does. ``key`` takes it back."""
    mine = [held for held in outgoing if held.actor == me and held.goes > now]
    if not mine:
        return ""
    many = mine[0].texts > 1
    what = plural(mine[0].texts, "text") if mine[0].incident is not None else f"reply to {mine[0].number}"
    said = f"{what} {'go' if many else 'goes'} in {left(mine[0].goes, now)}"
    if len(mine) > 1:
        return f"{said}, {plural(len(mine) - 1, 'other')} after it · {key} takes the last back"
    return f"{said} · {key} takes {'them' if many else 'it'} back"


def know(sitting: Sitting, outgoing: Sequence[Held]) -> None:
    """What waits now. What is new of one's own can be taken back; what went out can't any more."""
    now = sitting.clock.now()
    sitting.outgoing = tuple(held for held in outgoing if held.goes > now)
    waiting = {held.act for held in sitting.outgoing}
    for act in [act for act in sitting.second_thoughts if act not in waiting]:
        deeds, deed = sitting.second_thoughts.pop(act)
        deeds.drop(deed)
    for held in sitting.outgoing:
        if held.actor == sitting.actor and held.act not in sitting.second_thoughts:
            deed = Deed(words=_deed(held), undo=partial(_take_back, sitting, held))
            sitting.second_thoughts[held.act] = sitting.deeds, deed
            sitting.deeds.done(deed)


def _deed(held: Held) -> str:
    if held.incident is not None:
        return f"{plural(held.texts, 'text')} about the noise of ticket {held.number}"
    return f"your reply to ticket {held.number}"


def time_passes(sitting: Sitting) -> None:
    """What has gone out by the clock can't be taken back any more."""
    if any(held.goes <= sitting.clock.now() for held in sitting.outgoing):
        know(sitting, sitting.outgoing)


async def _take_back(sitting: Sitting, held: Held) -> bool:
    """It was never sent: its writer has it before them again, in the composer."""
    taken = await sitting.desk.sending.take_back(held.actor, held.act)
    await untag(sitting, held.ticket)
    sitting.outgoing = tuple(each for each in sitting.outgoing if each.act != held.act)
    sitting.second_thoughts.pop(held.act, None)
    on, draft = put_back(sitting, taken)
    sitting.again = on, draft.kind
    return True


def put_back(sitting: Sitting, taken: TakenBack) -> tuple[On, Draft]:
    """What was taken back is a draft again; what was begun there meanwhile stands below it."""
    on: On = taken.ticket if taken.incident is None else taken.incident
    kind: Kind = "reply" if taken.incident is None else "all" if taken.outcome is None else "outcome"
    begun = sitting.drafts.get(sitting.actor, on, kind)
    text = taken.text if begun.empty else f"{taken.text}\n\n{begun.text}"
    draft = Draft(
        kind=kind,
        text=text,
        then=taken.then,
        include=taken.include,
        exclude=taken.exclude,
        outcome=taken.outcome,
    )
    sitting.drafts.keep(sitting.actor, on, draft)
    return on, draft
