"""Verbs of what is open and who is there: closing by hand, opening again, who is on, chats at once."""

from __future__ import annotations

from functools import partial

from helpdesk.errors import Refused
from tui.closing import (
    HOW,
    close_deed,
    closed_words,
    named_closings,
    open_deed,
    typed_closing,
    what_closed,
)
from tui.colon import one_of
from tui.line.said import Said
from tui.line.spoken import aloud
from tui.line.talk import Talk
from tui.line.verb import Verb
from tui.line.wrong import NotUnderstood
from tui.on_duty import chats_typed, on_duty_said
from tui.own_chats import next_chat as next_own
from tui.words import capital


async def close(talk: Talk, said: Said) -> None:
    """Close a channel, a line or all until a time."""
    sitting = talk.sitting
    lines, now, zone = sitting.hello.lines, sitting.clock.now(), sitting.zone
    read = partial(typed_closing, lines=lines, now=now, zone=zone)
    shut = read(await talk.ask.typed("What closes, until when and why?", HOW, given=said.words(), check=read))
    closing = await sitting.desk.closings.close(sitting.actor, shut.what, shut.until, shut.why)
    sitting.deeds.done(close_deed(sitting, closing))
    talk.voice.say(
        f"{capital(aloud(closed_words(closing, lines, now, zone)))}. Say open_again {closing.what} to end it."
    )


async def open_again(talk: Talk, said: Said) -> None:
    """Open again what was closed by hand."""
    sitting = talk.sitting
    found = await sitting.desk.closings.current(sitting.actor)
    if not found:
        raise Refused("Nothing is closed by hand: opening hours are the calendar's.")
    named, typed = named_closings(found, sitting.hello.lines), said.words()
    if not typed and len(found) > 1:
        raise NotUnderstood(f"Say which: {', '.join(each.what for each in found)}.")
    try:
        closing = one_of(typed, named, "closed line or channel") if typed else found[0]
    except ValueError as error:
        raise NotUnderstood(str(error)) from None
    await sitting.desk.closings.open(sitting.actor, closing.seq)
    words = f"open again: {what_closed(closing, sitting.hello.lines)}"
    sitting.deeds.done(open_deed(sitting, closing, words))
    talk.voice.say(f"{capital(words)}.")


async def on_duty(talk: Talk, said: Said) -> None:
    """Who is on, member by member."""
    found = await talk.sitting.desk.duty.now(talk.sitting.actor)
    if not found:
        talk.voice.say("Nobody is at the desk.")
    for each in found:
        shape = {
            "member": each.staff,
            "channels": [str(channel) for channel in each.channels],
            "chats": each.chats,
            "at_once": each.most,
        }
        talk.voice.tell("on duty", shape, [on_duty_said(each)])


async def next_chat(talk: Talk, said: Said) -> None:
    """My open chats, those with something new first; the first of them is opened."""
    found = await talk.sitting.desk.duty.chats(talk.sitting.actor)
    here = talk.here.thread.ticket.id if talk.here.thread is not None else None
    chosen = next_own(found, here)
    if chosen is None:
        raise Refused("You have no other chat open.")
    for each in found:
        new = f", {each.fresh} new" if each.fresh else ""
        does = ", has left" if each.left else ", writing" if each.writing else ""
        talk.voice.say(f"Chat {each.number}, {each.name}{new}{does}.")
    await talk.open(chosen.ticket)


async def at_once(talk: Talk, said: Said) -> None:
    """How many chats I take at once."""
    title = "How many chats do you take at once?"
    typed = await talk.ask.typed(title, "4; default for as many as everybody", given=said.words(), check=chats_typed)
    most = await talk.sitting.desk.duty.take_at_once(talk.sitting.actor, chats_typed(typed))
    talk.voice.say(f"You take {most} chats at once.")


DOORS = (
    Verb(id="close", do=close, takes="[chat until 14:00 alarm]"),
    Verb(id="open_again", do=open_again, takes="[channel or line]"),
    Verb(id="next_chat", do=next_chat),
    Verb(id="on_duty", do=on_duty, also=("who",)),
    Verb(id="at_once", do=at_once, takes="[how many]"),
)
"""Verbs of what is open and who is there."""
