"""What is open and who is there: closing by hand and opening again, chats at once, who is on; asked, done, told."""

from __future__ import annotations

from functools import partial

from textual.app import App

from helpdesk.clock import Instant
from helpdesk.sight import OnDuty
from helpdesk.standards import Closing
from tui.closing import (
    LENGTHS,
    Shut,
    closable,
    close_deed,
    closed_until,
    closed_words,
    named_closings,
    open_deed,
    typed_closing,
    what_closed,
)
from tui.colon import one_of
from tui.command import Where
from tui.on_duty import chats_typed
from tui.own_chats import next_chat
from tui.screens.acting import Acting
from tui.screens.line import Field, TypeLines
from tui.screens.on_duty import OnDutyScreen
from tui.screens.pick import Option, Pick
from tui.sitting import Sitting
from tui.words import capital, on_day, plural


def close(app: App[None], sitting: Sitting | None, typed: str = "") -> None:
    """Close something; what was typed says what, until when and why, or all three are asked."""
    screen = app.screen
    if sitting is None or not isinstance(screen, Acting):
        return
    if typed:
        shut = typed_closing(typed, sitting.hello.lines, sitting.clock.now(), sitting.zone)
        screen.after_others(partial(_close, screen, sitting, shut))
        return
    found = {what: words for words, what in closable(sitting.hello.lines).items()}
    options = [Option(words, "", what) for what, words in found.items()]

    def what(chosen: str | None) -> None:
        if chosen is not None:
            _until(screen, sitting, chosen)

    app.push_screen(Pick("What closes?", options), what)


def _until(screen: Acting, sitting: Sitting, what: str) -> None:
    now, zone = sitting.clock.now(), sitting.zone
    times = {words: closed_until(words, now, zone)[0] for words in LENGTHS}
    options = [Option(words, on_day(until, now, zone), until) for words, until in times.items()]

    def until(chosen: Instant | None) -> None:
        if chosen is not None:
            fields = [Field(placeholder="fire alarm")]
            title = f"Why is it closed until {on_day(chosen, now, zone)}?"
            screen.app.push_screen(TypeLines(title, fields), partial(why, chosen))

    def why(until: Instant, typed: tuple[str, ...] | None) -> None:
        if typed is not None:
            shut = Shut(what=what, until=until, why=typed[0])
            screen.after_others(partial(_close, screen, sitting, shut))

    screen.app.push_screen(Pick("For how long?", options), until)


async def _close(screen: Acting, sitting: Sitting, shut: Shut) -> None:
    closing = await screen.attempt(sitting.desk.closings.close(sitting.actor, shut.what, shut.until, shut.why))
    if closing is None:
        return
    sitting.deeds.done(close_deed(sitting, closing))
    words = closed_words(closing, sitting.hello.lines, sitting.clock.now(), sitting.zone)
    opens = what_closed(closing, sitting.hello.lines)
    screen.say(f"{capital(words)}. {{key:undo}} takes it back; :open {opens} ends it early.", long=True)


def open_again(app: App[None], sitting: Sitting | None, typed: str = "") -> None:
    """Open again what was closed by hand: what was typed, the only thing that is closed, or what is picked."""
    screen = app.screen
    if sitting is not None and isinstance(screen, Acting):
        screen.after_others(partial(_ask_what_opens, screen, sitting, typed))


async def _ask_what_opens(screen: Acting, sitting: Sitting, typed: str) -> None:
    found = await screen.attempt(sitting.desk.closings.current(sitting.actor))
    if found is None:
        return
    if not found:
        screen.say("Nothing is closed by hand: opening hours are the calendar's.", warn=True)
        return
    named = named_closings(found, sitting.hello.lines)
    if typed or len(found) == 1:
        try:
            closing = one_of(typed, named, "closed line or channel") if typed else found[0]
        except ValueError as error:
            screen.say(str(error), warn=True)
            return
        await _open(screen, sitting, closing)
        return
    now, lines = sitting.clock.now(), sitting.hello.lines
    options = [
        Option(what_closed(each, lines), f"until {on_day(each.ends, now, sitting.zone)}", each) for each in found
    ]

    def chosen(closing: Closing | None) -> None:
        if closing is not None:
            screen.after_others(partial(_open, screen, sitting, closing))

    screen.app.push_screen(Pick("What opens again?", options), chosen)


async def _open(screen: Acting, sitting: Sitting, closing: Closing) -> None:
    if await screen.attempt(sitting.desk.closings.open(sitting.actor, closing.seq)) is None:
        return
    words = f"open again: {what_closed(closing, sitting.hello.lines)}"
    sitting.deeds.done(open_deed(sitting, closing, words))
    screen.say(f"{capital(words)}. {{key:undo}} closes it as before.")


def at_once(app: App[None], sitting: Sitting | None, typed: str = "") -> None:
    """How many chats the member takes at once, for now."""
    screen = app.screen
    if sitting is None or not isinstance(screen, Acting):
        return

    def said(lines: tuple[str, ...] | None) -> None:
        if lines is not None:
            screen.after_others(partial(_at_once, screen, sitting, chats_typed(lines[0])))

    if typed:
        chats_typed(typed)
        said((typed,))
    else:
        fields = [Field(placeholder="4; default for as many as everybody", check=chats_typed)]
        app.push_screen(TypeLines("How many chats do you take at once?", fields), said)


async def _at_once(screen: Acting, sitting: Sitting, chats: int) -> None:
    most = await screen.attempt(sitting.desk.duty.take_at_once(sitting.actor, chats))
    if most is not None:
        screen.say(f"You take {plural(most, 'chat')} at once; {{key:take}} hands you no more.")


def on_duty(app: App[None], sitting: Sitting | None) -> None:
    """Who is on."""
    screen = app.screen
    if sitting is not None and isinstance(screen, Acting):
        load = partial(_who_is_on, screen, sitting)
        app.push_screen(OnDutyScreen(load, lambda: sitting.eye))


async def _who_is_on(screen: Acting, sitting: Sitting) -> tuple[OnDuty, ...] | None:
    found = await screen.look(sitting.desk.duty.now(sitting.actor))
    sitting.on_duty = sitting.on_duty if found is None else found
    return found


def go_to_chat(app: App[None], sitting: Sitting | None) -> None:
    """The next of one's own chats: one with something new before the others."""
    screen = app.screen
    if sitting is None or not isinstance(screen, Acting):
        return
    here = screen.target.id if screen.target is not None and screen.place in {Where.TICKET, Where.COMPOSER} else None
    found = next_chat(sitting.chats, here)
    if found is None:
        screen.say("You have no other chat open.", warn=True)
    else:
        screen.open_ticket(found.ticket)
