"""Verbs that tie a ticket to another one, or to who follows it."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable
from functools import partial

from helpdesk.errors import NotAllowed, Refused
from helpdesk.message import EntryId
from helpdesk.thread import Thread
from helpdesk.ticket import Ticket
from tui.allowed import Target
from tui.beside import message_line, named_beside, splittable
from tui.line.asking import Option
from tui.line.deeds import as_deed
from tui.line.said import Said
from tui.line.spoken import aloud
from tui.line.stating import some
from tui.line.talk import Talk
from tui.line.verb import Verb
from tui.line.wrong import NotUnderstood
from tui.roles import why_not_by_role
from tui.undoing import Deed

_NUMBER = re.compile(r"#?([0-9]{1,9})")
_INTO = re.compile(r"^(into|to|from)\s+")

Step = Callable[[], Awaitable[Ticket]]
"""Does something; the ticket as it is then."""


async def tie(talk: Talk, said: Said) -> None:
    """Link it to another one, or merge it into one."""
    target = await talk.ticket(said, "tie")
    options = [
        Option(words="Link: both go on", value="link", also="link"),
        Option(words="Merge: it is closed, the other one goes on", value="merge", also="merge"),
        Option(words="Unlink", value="unlink", also="unlink"),
    ]
    title = f"Ticket {target.number} and another one."
    which = await talk.ask.choose(title, options, given=said.word())
    if reason := why_not_by_role(which, talk.sitting.role):
        raise NotAllowed(reason)
    await _DO[which](talk, target, await _other(talk, target, which, said.words()))


async def merge(talk: Talk, said: Said) -> None:
    """It is the same matter as another ticket: that one goes on. With one number it is the open one that goes."""
    await _merge(talk, *await _two(talk, said, "merge"))


async def link(talk: Talk, said: Said) -> None:
    """Related to another one."""
    await _link(talk, *await _two(talk, said, "link"))


async def unlink(talk: Talk, said: Said) -> None:
    """Related no longer."""
    await _unlink(talk, *await _two(talk, said, "unlink"))


async def _merge(talk: Talk, target: Target, into: int) -> None:
    again = partial(talk.sitting.desk.merge, talk.sitting.actor, target.id, into=into)
    ticket = await again(target.version)
    await talk.done(f"Ticket {target.number} went into {into}.", ticket, left=True, again=again)


async def _link(talk: Talk, target: Target, other: int) -> None:
    on, off = _linking(talk, target, other)
    await _opposite(talk, f"Ticket {target.number} is linked to {other}.", on, off)


async def _unlink(talk: Talk, target: Target, other: int) -> None:
    on, off = _linking(talk, target, other)
    await _opposite(talk, f"Ticket {target.number} is not linked to {other}.", off, on)


def _linking(talk: Talk, target: Target, other: int) -> tuple[Step, Step]:
    """To link two tickets, and not to."""
    ties, actor = talk.sitting.desk.ties, talk.sitting.actor
    return partial(ties.link, actor, target.id, other), partial(ties.unlink, actor, target.id, other)


_DO = {"link": _link, "merge": _merge, "unlink": _unlink}
_ASKS = {"link": "Link ticket {} to which?", "merge": "Merge ticket {} into which?", "unlink": "Unlink {} from which?"}


async def split(talk: Talk, said: Said) -> None:
    """Some of its messages become a ticket of their own; --messages says which, by their numbers on the ticket."""
    target, sitting = await talk.ticket(said, "split", words=True), talk.sitting
    thread = await sitting.desk.thread(sitting.actor, target.id)
    entries = await _which(talk, said, thread)
    subject = await talk.ask.typed("Subject of the new ticket?", "the broken lift", given=said.words(), check=some)
    made = await sitting.desk.ties.split(sitting.actor, target.id, thread.ticket.version, entries, subject)
    await talk.done(f"Ticket {made.number} is split off {target.number}.", made)
    await talk.reread()


async def _which(talk: Talk, said: Said, thread: Thread) -> tuple[EntryId, ...]:
    """The messages that were named, the only one there is, or one of a menu."""
    if "messages" in said:
        named = [each.strip() for each in said.options["messages"].split(",")]
        places = [int(each) for each in named if each.isdecimal() and 0 < int(each) <= len(thread.entries)]
        if len(places) < len(named):
            raise NotUnderstood("Say --messages with their numbers on the ticket, such as 2,3.")
        return tuple(thread.entries[place - 1].id for place in places)
    found = splittable(thread)
    if not found:
        raise Refused(f"The patron wrote nothing on ticket {thread.ticket.number} that could be split off.")
    eye = talk.sitting.eye
    options = [Option(words=aloud(message_line(each, eye)), value=each.id) for each in found]
    if len(options) == 1:
        return (options[0].value,)
    return (await talk.ask.choose("Which message becomes a ticket of its own?", options),)


async def follow(talk: Talk, said: Said) -> None:
    """Hear what happens on it, or no longer."""
    target, sitting = await talk.ticket(said, "follow"), talk.sitting
    on = partial(sitting.desk.ties.follow, sitting.actor, target.id)
    off = partial(sitting.desk.ties.unfollow, sitting.actor, target.id)
    if sitting.actor in (await sitting.desk.thread(sitting.actor, target.id)).followers:
        await _opposite(talk, f"You follow ticket {target.number} no longer.", off, on)
    else:
        await _opposite(talk, f"You follow ticket {target.number}.", on, off)
    sitting.followed = frozenset(await sitting.desk.ties.followed(sitting.actor))


async def beside(talk: Talk, said: Said) -> None:
    """Open a ticket that is named on this one: the only one, the one that was said, or one of a menu."""
    target, sitting = await talk.ticket(said, "beside"), talk.sitting
    thread = await sitting.desk.thread(sitting.actor, target.id)
    found = named_beside(thread, sitting.eye)
    if not found:
        raise Refused(f"No other ticket is named on ticket {target.number}. link names one.")
    options = [
        Option(words=f"Ticket {each.words}, {each.why}", value=each.number, also=str(each.number)) for each in found
    ]
    number = await talk.ask.choose(f"Which ticket beside {target.number}?", options, given=said.words())
    await talk.open((await talk.numbered(number)).id)


async def _two(talk: Talk, said: Said, verb: str) -> tuple[Target, int]:
    """A ticket and the number of another one. With one number the first is the open one."""
    first = said.front
    if first is not None and _one_number(said.rest) and talk.here.thread is not None:
        return await talk.ticket(Said(""), verb), first
    target = await talk.ticket(said, verb)
    return target, await _other(talk, target, verb, said.words())


async def _other(talk: Talk, target: Target, verb: str, given: str) -> int:
    """The number of the other ticket: what was said, else what is asked for."""
    title = _ASKS[verb].format(target.number)
    return _number(await talk.ask.typed(title, "1042", given=_INTO.sub("", given), check=_number))


async def _opposite(talk: Talk, words: str, do: Step, back: Step) -> None:
    """Do it, say so, and keep its opposite for taking it back."""
    made = await do()

    async def step(again: Step) -> bool:
        await again()
        return True

    talk.sitting.deeds.done(Deed(words=as_deed(words), undo=partial(step, back), redo=partial(step, do)))
    await talk.done(words, made, stays=True)


def _one_number(rest: str) -> bool:
    return _NUMBER.fullmatch(_INTO.sub("", rest.strip())) is not None


def _number(typed: str) -> int:
    found = _NUMBER.fullmatch(typed.strip())
    if found is None:
        raise ValueError("Say the number of the other ticket.")
    return int(found[1])


TYING = (
    Verb(id="tie", do=tie, takes="[ticket] [link, merge or unlink] [ticket]"),
    Verb(id="merge", do=merge, takes="[ticket] into [ticket]"),
    Verb(id="link", do=link, takes="[ticket] to [ticket]"),
    Verb(id="unlink", do=unlink, takes="[ticket] from [ticket]"),
    Verb(id="split", do=split, takes="[ticket] [subject]", options=("messages=",), words=True),
    Verb(id="follow", do=follow, takes="[ticket]"),
    Verb(id="beside", do=beside, takes="[ticket] [number]"),
)
"""Verbs that tie."""
