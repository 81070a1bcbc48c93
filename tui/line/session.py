"""A session: the desk is opened, lines are done one after the other, and it is left.

::

    async with opened(desk, actor, voice, reader) as talk:
        status = await one(talk, "reply 412 Yes, until 9 pm.")      # a command of the shell
        status = await script(talk)                                  # standard input, a command a line
        status = await conversation(talk)                            # somebody at a prompt
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, nullcontext, suppress

from helpdesk.beside import beside
from helpdesk.clock import MINUTE, SECOND, Clock, SystemClock, plus
from helpdesk.errors import HelpdeskError, Stale
from helpdesk.message import StaffId
from helpdesk.ports import Desk
from helpdesk.sight import Hello
from helpdesk.worklist import View
from tui.commands import COMMANDS, Command, Where
from tui.company import EVERY
from tui.line.asking import Asker, Reader
from tui.line.door import first_here
from tui.line.news import tell_news
from tui.line.progress import telling
from tui.line.seat import unlock
from tui.line.spoken import aloud, row_said
from tui.line.table import do_line, find
from tui.line.talk import Talk
from tui.line.voice import Voice
from tui.line.wrong import DONE, NOT_UNDERSTOOD, Left, NotUnderstood, status_of
from tui.live import follow, greeted
from tui.naming import stale_words
from tui.newcomers import SPOKEN_OFFER, is_new
from tui.plain import one_line
from tui.presence import Presence
from tui.render import LABELS
from tui.roles import reads, works
from tui.sitting import MakeClock, Sitting, paced
from tui.viewing import Viewing
from tui.words import on_day, plural

SILENT = "The desk's owner does not answer. Nothing was changed; try again in a moment."


@asynccontextmanager
async def opened(
    desk: Desk,
    actor: StaffId,
    voice: Voice,
    reader: Reader,
    *,
    name: str = "",
    owner: bool = False,
    alone: bool = False,
    shared_login: bool = False,
    lock_minutes: int = 0,
    away_minutes: int = 10,
    commands: tuple[Command, ...] = COMMANDS,
    make_clock: MakeClock = paced,
    wall: Clock | None = None,
    viewing: Viewing | None = None,
) -> AsyncIterator[Talk]:
    """Connect and sign in; the parameters are those of the full screen."""
    wall, ask, viewing = wall or SystemClock(), Asker(voice, reader), viewing or Viewing()
    hello = await greeted(desk, wall, voice.warn) if reader.asks else await desk.hello()
    who = None if shared_login and not alone else actor
    if who is None and not reader.asks:
        who = actor  # a script can't be asked who it is: it is whoever runs it
    member = await first_here(ask, desk, who, name, alone=alone)
    clock = make_clock(hello)
    sitting = Sitting(
        desk=desk, actor=member, hello=hello, clock=clock, commands=commands, alone=alone, viewing=viewing
    )
    await _meet(sitting)
    presence = Presence(wall, away=away_minutes, lock=lock_minutes)
    await asyncio.to_thread(viewing.sweep)
    try:
        yield Talk(sitting, voice, ask, presence, make_clock, owner=owner)
    finally:
        viewing.remove()


async def _meet(sitting: Sitting) -> None:
    """Who works here, and what can be picked about noise."""
    sitting.know(await sitting.desk.members())
    if reads(sitting.role):
        sitting.choose_from(await sitting.desk.noise.choices(sitting.actor))
        sitting.sorts = await sitting.desk.sorting.sorts(sitting.actor)
        sitting.ahead = await sitting.desk.openings.ahead(sitting.actor)
    if works(sitting.role):
        await sitting.keeping.fetch(sitting.actor)


# One line


async def attempt(talk: Talk, line: str) -> int:
    """Do a line; what is wrong is told, and its exit status returned."""
    try:
        await do_line(talk, line)
    except Left as error:
        talk.voice.say(str(error))
        return status_of(error) if talk.ask.reader.asks else NOT_UNDERSTOOD
    except BrokenPipeError:
        raise
    except (HelpdeskError, OSError) as error:
        silent = isinstance(error, OSError) and not isinstance(error, HelpdeskError)
        if isinstance(error, Stale):
            talk.voice.warn(stale_words(error, talk.sitting.name))
            await _look_again(talk)
        else:
            talk.voice.warn(SILENT if silent else str(error))
        return status_of(error)
    finally:
        await talk.keep_drafts()
    return DONE


async def _look_again(talk: Talk) -> None:
    """Somebody changed it first: what is open is heard as it is now, so that the same can be said again."""
    thread = talk.here.thread
    if thread is None or not talk.ask.reader.asks:
        return
    try:
        fresh = await talk.sitting.desk.thread(talk.sitting.actor, thread.ticket.id)
    except (HelpdeskError, OSError):
        return
    known = {entry.id for entry in thread.entries}
    talk.here.thread = fresh
    talk.tell_head(fresh)
    talk.tell_entries(fresh, [entry for entry in fresh.entries if entry.id not in known])


async def one(talk: Talk, line: str) -> int:
    """One line of a shell; its exit status."""
    talk.once = True
    async with _hearing(talk) if _wants_news(talk, line) else nullcontext():
        return await _interruptible(talk, line)


def _wants_news(talk: Talk, line: str) -> bool:
    try:
        return find(line.split()[0], talk).id == "watch"
    except NotUnderstood:
        return False


async def _interruptible(talk: Talk, line: str) -> int:
    """Do a line; ctrl+C leaves it."""
    try:
        async with telling(talk, SystemClock()):
            return await talk.ask.reader.doing(attempt(talk, line), stops=talk.stops)
    except Left as error:
        talk.voice.say(str(error))
        return status_of(error)


async def script(talk: Talk, *, keep_going: bool = False) -> int:
    """Lines until there are no more; the status of the first that failed, which ends it unless it shall keep going."""
    status, number = DONE, 0
    while not talk.leaving and (line := await talk.ask.reader.line("")) is not None:
        number += 1
        if not line.strip() or line.lstrip().startswith("# "):
            continue
        if failed := await attempt(talk, line):
            talk.voice.warn(f"That was line {number}: {one_line(line)[:60]}")
            status = status or failed
            if not keep_going:
                break
    return status


# Somebody at a prompt


async def conversation(talk: Talk) -> int:
    """Greet, then do what is said until somebody leaves."""
    async with _hearing(talk), _living(talk):
        await greet(talk)
        try:
            while not talk.leaving:
                await _turn(talk)
        finally:
            await talk.presence.leave(talk.sitting)
    return DONE


async def _turn(talk: Talk) -> None:
    """One prompt: news first, never while somebody types; then what is said is done."""
    await _tell_what_is_new(talk)
    _guided(talk)
    try:
        line = await talk.ask.reader.line(prompt(talk))
    except Left:
        return
    if talk.presence.must_lock:
        talk.locked = True
        talk.voice.say("The desk was idle for long, and is locked. What you said was not done.")
        line = ""
    talk.presence.touched()
    while talk.locked and not talk.leaving:
        await _unlock(talk)
    if line is None:
        await attempt(talk, "quit")
    elif line.strip():
        await _known_again(talk)
        await _interruptible(talk, line)


def _guided(talk: Talk) -> None:
    """What the tour asks for, once for each step."""
    guide = talk.sitting.guide
    if guide is not None and (words := guide.words(lambda name: name)) != talk.guided:
        talk.guided = words
        talk.voice.say(words)


async def _unlock(talk: Talk) -> None:
    """Somebody signs in, or the desk is left."""
    try:
        await unlock(talk)
    except Left:
        talk.leaving = True
    except (HelpdeskError, OSError) as error:
        talk.voice.warn(str(error))


async def _known_again(talk: Talk) -> None:
    """Where the server did not know any more who asks: it may do so now, by another token."""
    sitting = talk.sitting
    if sitting.known.is_set():
        return
    with suppress(HelpdeskError, OSError):
        sitting.hello = await sitting.desk.hello()
        sitting.trouble = ""
        sitting.known.set()


async def _tell_what_is_new(talk: Talk) -> None:
    """Trouble with the line once, then what came in."""
    trouble = talk.sitting.trouble
    if trouble and trouble != talk.told_trouble:
        talk.voice.warn(trouble)
    elif talk.told_trouble and not trouble:
        talk.voice.say("The server answers again.")
    talk.told_trouble = trouble
    if trouble:
        return
    try:
        await tell_news(talk, talk.news)
    except (HelpdeskError, OSError) as error:
        talk.voice.warn(str(error))


def prompt(talk: Talk) -> str:
    """Where one stands: "New: ", "Ticket 412: ", "Noise: ", "Incident 3: "."""
    here = talk.here
    match here.place:
        case Where.TICKET if here.thread is not None:
            return f"Ticket {here.thread.ticket.number}: "
        case Where.INCIDENT if here.sight is not None:
            return f"Incident {here.sight.incident.number}: "
        case Where.INCIDENTS:
            return "Noise: "
    return f"{talk.label}: "


async def greet(talk: Talk) -> None:
    """Who sits where, what needs somebody first, and what is not right."""
    sitting = talk.sitting
    new = await is_new(sitting)
    await talk.presence.tell(sitting)
    available = "available" if sitting.available else "away"
    name, hello = one_line(sitting.name(sitting.actor)), sitting.hello
    talk.voice.say(f"{one_line(hello.library)}. You are {name}, {available}. {one_line(hello.said)}".strip())
    try:
        await _most_urgent(talk)
        sitting.notices = await sitting.desk.notices()
    except (HelpdeskError, OSError) as error:
        talk.voice.warn(str(error))
    if sitting.notices:
        talk.voice.say(f"{plural(len(sitting.notices), 'trouble')}: say troubles to hear more.")
    talk.voice.say("Say help to hear what can be said.")
    if new:
        talk.voice.say(SPOKEN_OFFER)


async def _most_urgent(talk: Talk) -> None:
    sitting = talk.sitting
    if not reads(sitting.role):
        talk.voice.say("You see figures and no texts: standing says how the promises are kept, map where it is noisy.")
        return
    counts = await sitting.desk.counts(sitting.actor)
    told = [f"{LABELS[view]} {counts[view]}" for view in View if counts.get(view)]
    talk.voice.say(f"Views: {', '.join(told)}." if told else "Nothing is waiting.")
    page = await sitting.desk.worklist(sitting.actor, View.UNANSWERED, count=1)
    for row in page.rows:
        talk.voice.say(f"Most urgent: {row_said(row, sitting.eye)}")


# Meanwhile


@asynccontextmanager
async def _hearing(talk: Talk) -> AsyncIterator[None]:
    """Hear what happens in the house."""
    sitting, wall = talk.sitting, SystemClock()

    def lost(words: str) -> None:
        if not sitting.trouble:
            now = sitting.clock.now()
            since = aloud(on_day(now, now, sitting.zone))
            sitting.trouble = f"{words} since {since}; trying again. Your drafts are kept."

    def back(hello: Hello) -> None:
        sitting.hello, sitting.clock, sitting.trouble = hello, talk.make_clock(hello), ""

    def unknown(words: str) -> None:
        sitting.known.clear()
        sitting.trouble = words

    heard = (talk.hear, lost, back, unknown, sitting.known.wait)
    async with beside(follow(sitting.desk, sitting.hello.seq, wall, *heard)):
        yield


@asynccontextmanager
async def _living(talk: Talk) -> AsyncIterator[None]:
    """A sign of life every minute, as the full screen gives it."""
    sitting, wall = talk.sitting, SystemClock()
    every = max(2 * SECOND, round(MINUTE / max(sitting.hello.pace, 1)))

    async def beat() -> None:
        while True:
            await wall.until(plus(wall.now(), every))
            if sitting.known.is_set():
                await talk.presence.tell(sitting)

    async def stand() -> None:
        while True:
            await wall.until(plus(wall.now(), round(EVERY * SECOND)))
            if sitting.known.is_set() and not sitting.trouble:
                open_now = talk.here.thread.ticket.id if talk.here.thread is not None else ""
                here = talk.whereabouts if talk.whereabouts[1] == "writes" else (open_now, talk.whereabouts[1])
                await sitting.beside.tell(sitting.actor, here)

    async with beside(beat(), stand()):
        yield
