"""Verbs of the day's work on a ticket. Most are a line of :data:`PLAIN`: a call, what is said, what is asked before."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass, replace
from functools import partial

from helpdesk.clock import Instant
from helpdesk.message import StaffId
from helpdesk.ports import Desk
from helpdesk.ticket import State, Ticket
from helpdesk.worklist import View
from tui.allowed import Target
from tui.line.asking import Option
from tui.line.said import Said
from tui.line.spoken import aloud
from tui.line.talk import Talk
from tui.line.verb import Do, Verb
from tui.line.wrong import NotUnderstood
from tui.meaning import CLOCK_RUNS_ON, SPAM_MEANS
from tui.plain import one_line
from tui.render import LABELS
from tui.snooze import choices, of_lines, time_to_come
from tui.words import on_day

Call = Callable[[Desk, StaffId, Target], Awaitable[Ticket]]
"""Does it to a ticket as it was seen."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Plain:
    """A verb that is one call.

    ``words``  what is said when it is done; {n} is the ticket's number
    ``left``   the ticket is out of the way then
    ``asks``   what is to be done, where a patron who still waits makes it a question; "" asks nothing
    """

    id: str
    call: Call
    words: str
    left: bool = False
    asks: str = ""


PLAIN = (
    Plain(id="claim", call=lambda desk, me, t: desk.claim(me, t.id), words="Ticket {n} is yours for now."),
    Plain(
        id="release",
        call=lambda desk, me, t: desk.release(me, t.id, t.version),
        words="Ticket {n} is free for whoever is next.",
        left=True,
    ),
    Plain(
        id="mine", call=lambda desk, me, t: desk.assign(me, t.id, t.version, me), words="Ticket {n} is with you now."
    ),
    Plain(
        id="wait",
        call=lambda desk, me, t: desk.wait(me, t.id, t.version),
        words="Ticket {n} waits for the patron.",
        left=True,
        asks="Wait for the patron",
    ),
    Plain(
        id="solve",
        call=lambda desk, me, t: desk.solve(me, t.id, t.version),
        words="Ticket {n} is solved.",
        left=True,
        asks="Solve it",
    ),
)


def _plain(plain: Plain) -> Do:
    async def do(talk: Talk, said: Said) -> None:
        target = await talk.ticket(said, plain.id)
        if plain.asks and target.unanswered:
            question = f"Ticket {target.number}: nobody has answered this yet. {plain.asks} all the same?"
            await talk.ask.sure(question, plain.asks, said, CLOCK_RUNS_ON if target.timed else "")

        async def again(version: int) -> Ticket:
            return await plain.call(talk.sitting.desk, talk.sitting.actor, replace(target, version=version))

        ticket = await again(target.version)
        await talk.done(plain.words.format(n=target.number), ticket, left=plain.left, again=again)

    return do


async def assign(talk: Talk, said: Said) -> None:
    """Give it to a colleague."""
    target, sitting = await talk.ticket(said, "assign"), talk.sitting
    options = [
        Option(words=member.name or member.id, value=member.id, also=member.id)
        for member in sitting.members.values()
        if not member.disabled
    ]
    to = await talk.ask.choose(f"Give ticket {target.number} to whom?", options, given=said.words())
    again = partial(sitting.desk.assign, sitting.actor, target.id, to=to)
    ticket = await again(target.version)
    whom = "you" if to == sitting.actor else one_line(sitting.name(to))
    await talk.done(f"Ticket {target.number} is with {whom} now.", ticket, again=again)


async def when(talk: Talk, title: str, given: str, lines: Iterable[str] = ()) -> Instant:
    """A time to come, from the menu in words. ``lines``: those whose calendar has a say, as it stands now."""
    sitting = talk.sitting
    sitting.ahead = await sitting.desk.openings.ahead(sitting.actor)
    now, to_come = sitting.clock.now(), of_lines(sitting.ahead, lines)
    menu = choices(now, sitting.zone, to_come)
    options = [Option(words=each.words, hint=aloud(each.shown), value=each.until) for each in menu]
    if given and not given.isdecimal():
        try:
            return time_to_come(given, now, sitting.zone, to_come)
        except ValueError as wrong:
            raise NotUnderstood(str(wrong)) from None
    return await talk.ask.choose(title, options, given=given)


async def snooze(talk: Talk, said: Said) -> None:
    """Out of sight until a time."""
    target, sitting = await talk.ticket(said, "snooze"), talk.sitting
    until = await when(talk, f"Snooze ticket {target.number} until when?", said.words(), [target.line])
    again = partial(sitting.desk.snooze, sitting.actor, target.id, until=until)
    ticket = await again(target.version)
    back = aloud(on_day(until, sitting.clock.now(), sitting.zone))
    await talk.done(f"Ticket {target.number} comes back {back}.", ticket, left=True, again=again)


async def reopen(talk: Talk, said: Said) -> None:
    """Take up again what is solved or over: the noise at hand, else the ticket."""
    sitting = talk.sitting
    if talk.in_noise or said.names_incident:
        incident = await talk.incident(said, "reopen")
        take_up = partial(sitting.desk.noise.reopen, sitting.actor, incident.id)
        found = await take_up(incident.version)
        await talk.done_noise(f"Incident {incident.number} goes on.", found, left=True, again=take_up)
        return
    target = await talk.ticket(said, "reopen")
    again = partial(sitting.desk.reopen, sitting.actor, target.id)
    ticket = await again(target.version)
    await talk.done(f"Ticket {target.number} is open again.", ticket, again=again)


async def spam(talk: Talk, said: Said) -> None:
    """Into spam, or out of it."""
    target, sitting = await talk.ticket(said, "spam"), talk.sitting
    out = target.state is State.SPAM
    if not out:
        who = f", {one_line(target.name)}," if target.name else ""
        await talk.ask.sure(f"Put ticket {target.number}{who} into spam?", "Into spam", said, SPAM_MEANS)
    again = partial(sitting.desk.spam, sitting.actor, target.id)
    ticket = await again(target.version)
    words = "is out of spam" if out else f"is in {LABELS[View.FINISHED]} as spam; spam {target.number} takes it out"
    await talk.done(f"Ticket {target.number} {words}.", ticket, left=not out, again=again)


WORKING = (
    *(Verb(id=each.id, do=_plain(each), takes="[ticket]") for each in PLAIN),
    Verb(id="assign", do=assign, takes="[ticket] [colleague]"),
    Verb(id="snooze", do=snooze, takes="[ticket] [until when]"),
    Verb(id="reopen", do=reopen, takes="[ticket, or i3 for incident 3]"),
    Verb(id="spam", do=spam, takes="[ticket]"),
)
"""Verbs of the day's work."""
