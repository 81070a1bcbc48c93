"""Verbs of who sits here and of the desk itself: presence, PIN, another member, troubles, taking back, leaving."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from contextlib import AbstractContextManager, nullcontext

from helpdesk.clock import MINUTE
from helpdesk.errors import Refused
from helpdesk.message import Channel
from helpdesk.sight import Member
from tui.line.asking import Option, picked
from tui.line.deeds import taken_back
from tui.line.door import WHO, picked_member, signed_in
from tui.line.news import watch
from tui.line.said import Said
from tui.line.shapes import member_shape, notice_shape
from tui.line.spoken import aloud
from tui.line.talk import Here, Talk
from tui.line.verb import Verb
from tui.line.wrong import NotUnderstood
from tui.meaning import LEAVING
from tui.newcomers import SPOKEN_HOW
from tui.plain import one_line
from tui.second_thoughts import time_passes
from tui.sitting import CHANNELS
from tui.troubles import LEVELS
from tui.undoing import Deed
from tui.words import VIA, full_time, plural

SILENT = "Line mode rings no bell and sends no notice: news stand before the next prompt."

COLOURLESS = "Line mode has no colours: there is nothing to change."

UNDRAWN = "Line mode draws no screen: what was said stands above."

ON, OFF = ("available", "on", "yes"), ("away", "off", "no")


async def presence(talk: Talk, said: Said) -> None:
    """Be available or away; without a word, the other."""
    wanted, present = said.word().casefold(), talk.presence
    if wanted and wanted not in (*ON, *OFF):
        raise NotUnderstood("Say presence available, or presence away.")
    present.wanted = wanted in ON if wanted else not present.wanted
    await present.tell(talk.sitting)
    talk.voice.say(f"You are {'available' if talk.sitting.available else 'away'}.")


async def channels(talk: Talk, said: Said) -> None:
    """Take a channel, or no longer: the ones that are named, or the one that is chosen."""
    takes = talk.presence.takes
    options = [
        Option(words=VIA[each], hint="taken" if each in takes else "left", value=each, also=str(each))
        for each in CHANNELS
    ]
    given = said.words().replace(",", " ").split()
    chosen: list[Channel] = [picked(options, each).value for each in given]
    if not chosen:
        chosen = [await talk.ask.choose("Which channel do you take, or leave?", options)]
    for channel in chosen:
        takes ^= {channel}
    await talk.presence.tell(talk.sitting)
    taken = [VIA[each] for each in CHANNELS if each in takes]
    talk.voice.say(f"You take {', '.join(taken)}." if taken else "You take no channel.")


async def pin(talk: Talk, said: Said) -> None:
    """Set, change or take away one's own PIN: it is typed, never said on a line."""
    sitting = talk.sitting
    member = sitting.members.get(sitting.actor)
    if said.rest:
        raise NotUnderstood("A PIN is not said on the line, where it would be kept: say pin, then type it.")
    if member is None:
        raise Refused("Nobody sits here whose PIN could be set.")
    old = (await talk.ask.line("Your PIN now, not shown: ", secret=True)).strip() if member.has_pin else ""
    away = ", or enter for none" if member.has_pin else ""
    new = (await talk.ask.line(f"The new PIN, 4 to 12 digits{away}, not shown: ", secret=True)).strip()
    if new and new != (await talk.ask.line("The new PIN once more: ", secret=True)).strip():
        raise Refused("The new PIN was not the same both times. Nothing was changed.")
    if not new and not member.has_pin:
        raise Refused("A PIN has 4 to 12 digits. Nothing was changed.")
    after = await sitting.desk.set_pin(sitting.actor, old=old, new=new)
    sitting.meet(after)
    words = "Your PIN is changed." if member.has_pin else "Your PIN is set."
    talk.voice.say(words if after.has_pin else "You have no PIN any more.")


async def switch(talk: Talk, said: Said) -> None:
    """Somebody else sits down; what was half written is kept for who goes."""
    sitting = talk.sitting
    if sitting.alone:
        raise Refused("This desk was opened with a token: nobody but its member sits here.")
    members = tuple(sitting.members.values())
    member = await picked_member(talk.ask, sitting.desk, members, WHO, alone=False, given=said.words())
    await sit_down(talk, member)


async def sit_down(talk: Talk, member: Member) -> None:
    """The member before goes; the new one begins at the worklist."""
    sitting = talk.sitting
    if member.id != sitting.actor:
        await talk.presence.leave(sitting)
        sitting.sit_down(member)
        talk.here = Here()
        talk.presence.begin()
        await sitting.keeping.fetch(member.id)
    sitting.meet(member)
    await talk.presence.tell(sitting)
    talk.voice.tell("member", member_shape(member), [f"You are {one_line(member.name or member.id)}."])


async def lock(talk: Talk, said: Said) -> None:
    """Lock the desk: nobody goes on without signing in."""
    if not talk.ask.reader.asks:
        raise NotUnderstood("A script has nobody who could sign in again.")
    talk.locked = True
    talk.voice.say("The desk is locked.")
    await unlock(talk)


async def unlock(talk: Talk) -> None:
    """Sign in again, or somebody else does; asked for until somebody has."""
    sitting = talk.sitting
    me = sitting.members.get(sitting.actor)
    if me is not None and me.has_pin:
        member = await signed_in(talk.ask, sitting.desk, me)
    else:
        members = tuple(each for each in sitting.members.values() if not sitting.alone or each.id == sitting.actor)
        title = "The desk is locked. Who is here?"
        member = await picked_member(talk.ask, sitting.desk, members, title, alone=sitting.alone)
    talk.locked = False
    talk.presence.touched()
    await sit_down(talk, member)


async def troubles(talk: Talk, said: Said) -> None:
    """All that is not right, errors first."""
    sitting = talk.sitting
    notices = sorted(await sitting.desk.notices(), key=lambda each: (each.level != "error", each.since))
    sitting.notices = tuple(notices)
    if sitting.trouble:
        talk.voice.aloud([sitting.trouble])
    if not notices:
        talk.voice.aloud(["Nothing is wrong. Trouble would be told here until it is over."])
    for each in notices:
        ago = sitting.eye.now - each.since >= MINUTE
        since = f", since {aloud(full_time(each.since, sitting.eye.now, sitting.zone))}" if ago else ""
        line = f"{LEVELS.get(each.level, each.level)}{since}: {one_line(each.text)}"
        talk.voice.tell("trouble", notice_shape(each, sitting.eye), [line])


# Taking back


async def undo(talk: Talk, said: Said) -> None:
    """Take back what was done last; with a ticket's number what one did last to that, wherever it was done."""
    if said.front is not None:
        target = await talk.ticket(said, "undo")
        words = await taken_back(talk.sitting, target.id, target.number, target.version)
        await talk.reread()
        talk.voice.say(words)
        return
    time_passes(talk.sitting)
    if (deed := talk.sitting.deeds.last) is None:
        raise Refused("There is nothing to undo.")
    with _metering(talk, deed, "Taking back"):
        await _again(talk, talk.sitting.deeds.undo, "Taken back")


async def redo(talk: Talk, said: Said) -> None:
    """Do again what was taken back."""
    if (deed := talk.sitting.deeds.next) is None:
        raise Refused("There is nothing to do again.")
    with _metering(talk, deed, "Doing again"):
        await _again(talk, talk.sitting.deeds.redo, "Done again")


def _metering(talk: Talk, deed: Deed, doing: str) -> AbstractContextManager[object]:
    """How far it has come, where it is about many."""
    if deed.meter is None:
        return nullcontext()
    deed.meter.doing = doing
    return talk.metering(deed.meter)


async def _again(talk: Talk, step: Callable[[], Awaitable[Deed | None]], words: str) -> None:
    deed = await step()
    if deed is None:
        raise Refused("That can't be taken back any more.")
    await talk.reread()
    talk.voice.say(f"{words}: {deed.words}.")


# Leaving


async def colours(talk: Talk, said: Said) -> None:
    """Say why there are none."""
    talk.voice.say(COLOURLESS)


async def redraw(talk: Talk, said: Said) -> None:
    """Say why there is nothing to draw."""
    talk.voice.say(UNDRAWN)


async def tour(talk: Talk, said: Said) -> None:
    """On the tour the next step; else how to begin it."""
    if (guide := talk.sitting.guide) is None:
        talk.voice.say(SPOKEN_HOW)
    else:
        guide.skip()


async def quiet(talk: Talk, said: Said) -> None:
    """Say why there is nothing to be kept quiet."""
    talk.voice.say(SILENT)


async def quit_(talk: Talk, said: Said) -> None:
    """Leave; asks first where something would be lost or stopped."""
    await talk.keep_drafts()
    drafts = talk.sitting.drafts.unstored
    words = [LEAVING] if talk.owner else []
    words += [f"{plural(drafts, 'draft')} could not be kept in the store and would be lost."] if drafts else []
    if words and talk.ask.reader.asks:
        await talk.ask.sure("Leave the desk?", "Leave", said, " ".join(words))
    talk.leaving = True


async def wide(talk: Talk, said: Said) -> None:
    """Lines whole, or broken at 80 signs."""
    from tui.line.voice import WIDTH

    talk.voice.width = 0 if talk.voice.width else WIDTH
    talk.voice.say("Lines are whole now." if not talk.voice.width else f"Lines are broken at {WIDTH} signs now.")


SEAT = (
    Verb(id="undo", do=undo, takes="[ticket]"),
    Verb(id="redo", do=redo),
    Verb(id="presence", do=presence, takes="[available or away]"),
    Verb(id="channels", do=channels, takes="[channels]"),
    Verb(id="pin", do=pin),
    Verb(id="switch", do=switch, takes="[colleague]"),
    Verb(id="lock", do=lock),
    Verb(id="troubles", do=troubles),
    Verb(id="colours", do=colours, help="Line mode has none"),
    Verb(id="redraw", do=redraw, help="Line mode draws no screen"),
    Verb(id="tour", do=tour),
    Verb(id="quiet", do=quiet, help="Line mode never rings"),
    Verb(id="watch", do=watch, takes="[how many news]", help="Say what comes in as it comes; ctrl+C ends it"),
    Verb(id="wide", do=wide, help="Lines whole, or broken at 80 signs"),
    Verb(id="quit", do=quit_, also=("exit", "bye")),
)
"""Verbs of who sits here."""
