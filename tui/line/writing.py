"""Verbs that write: a reply or a note, said on one line or composed, kept as a draft, sent."""

from __future__ import annotations

from dataclasses import replace
from functools import partial

from helpdesk.message import Address, Channel, TicketId
from helpdesk.ticket import Flag, Ticket
from tui.allowed import Target
from tui.canned import tag_besides
from tui.composing import THEN
from tui.drafts import Draft, Kind, next_then
from tui.line.asking import Option, picked
from tui.line.deeds import on_its_way
from tui.line.paper import Paper, compose, plain, send_paper, then_of
from tui.line.reading import move
from tui.line.said import Said
from tui.line.spoken import owner_said
from tui.line.talk import Talk
from tui.line.verb import Verb
from tui.line.wrong import Left, NotUnderstood
from tui.meaning import AT_ONCE, STAYS
from tui.outside import written
from tui.plain import one_line
from tui.prose import address_words
from tui.segments import segment_words
from tui.words import VIA

NOBODY = ("none", "nobody")


async def paper_of(talk: Talk, target: Target, kind: Kind, said: Said) -> Paper:
    """What is being written on a ticket: begun before, or new."""
    draft = talk.sitting.drafts.get(talk.sitting.actor, target.id, kind)
    if then := said.options.get("then"):
        draft = replace(draft, then=then_of(then))
    who = one_line(target.name) or "the sender"
    title = f"Reply to {who} by {VIA[target.goes_by]}, ticket {target.number}"
    if kind == "reply" and (target.goes_by is Channel.CHAT or not talk.sitting.hello.undo_seconds):
        title = f"{title}; what is sent {AT_ONCE}"
    elif kind == "note":
        title = f"Note on ticket {target.number}, for colleagues only; once kept it stays"
    return Paper(
        on=target.id,
        number=target.number,
        version=target.version,
        draft=draft,
        title=title,
        texting=kind == "reply" and target.channel is Channel.SMS,
        chatting=target.id if kind == "reply" and target.goes_by is Channel.CHAT else None,
        deliver=partial(_deliver, talk, target, said),
    )


async def _deliver(talk: Talk, target: Target, said: Said, paper: Paper) -> None:
    """Send it, or keep the note; what is said then."""
    sitting, draft = talk.sitting, paper.draft
    if draft.kind == "note":
        ticket = await sitting.desk.note(sitting.actor, target.id, draft.text, key=draft.key)
        words = "your note is kept."
    else:
        include, exclude = await _addressed(talk, target, said)
        ticket = await sitting.desk.reply(
            sitting.actor,
            target.id,
            paper.version,
            draft.text,
            then=draft.then,
            include=include,
            exclude=exclude,
            key=draft.key,
        )
        ticket = await tag_besides(sitting, ticket)
        words = _sent(target, draft)
        words += await on_its_way(sitting, target.id)
    await talk.done(f"Ticket {ticket.number}: {words}", ticket, left=draft.then == "solved", stays=True)


def _sent(target: Target, draft: Draft) -> str:
    size = f", {segment_words(draft.text)[0]}" if target.channel is Channel.SMS else ""
    then = "" if draft.then == "open" else f"; it {THEN[draft.then]} now"
    if target.goes_by is Channel.CHAT:
        return f"your words go to the visitor at once{then}."
    return f"your reply is in the outbox, by {VIA[target.goes_by]}{size}{then}."


async def _addressed(talk: Talk, target: Target, said: Said) -> tuple[tuple[Address, ...], tuple[Address, ...]]:
    """Who of the strangers on the ticket gets the reply, and who does not."""
    if Flag.UNVERIFIED not in target.flags:
        return (), ()
    strangers = (await talk.sitting.desk.thread(talk.sitting.actor, target.id)).unverified
    if not strangers:
        return (), ()
    options = [Option(words=address_words(each), value=each, also=each.value) for each in strangers]
    given = said.options.get("include", "")
    if not given:
        title = "Strangers wrote to this ticket. Whoever is named gets your reply too and may read on."
        if not talk.ask.reader.asks:
            names = ", ".join(each.value for each in strangers)
            raise NotUnderstood(f"{title} Say --include none, or --include with commas between: {names}.")
        talk.voice.say(title)
        for at, each in enumerate(options, start=1):
            talk.voice.say(f"{at}. {each.said}.")
        given = (await talk.ask.line("Numbers with commas between, or enter for nobody: ")).strip() or NOBODY[0]
    wanted = [] if given in NOBODY else [picked(options, each).value for each in given.split(",") if each.strip()]
    return tuple(wanted), tuple(each for each in strangers if each not in wanted)


# Saying it


async def reply(talk: Talk, said: Said) -> None:
    """Answer the patron: the words on the line are sent; without words it is composed."""
    target = await talk.ticket(said, "reply", words=True)
    await _write(talk, said, target, "reply")


async def note(talk: Talk, said: Said) -> None:
    """Write for colleagues only: on the ticket, or on the noise at hand."""
    if talk.in_noise or said.names_incident:
        await _remark(talk, said)
        return
    target = await talk.ticket(said, "note", words=True)
    await _write(talk, said, target, "note")


async def _remark(talk: Talk, said: Said) -> None:
    incident, sitting = await talk.incident(said, "note"), talk.sitting
    title = f"Note on incident {incident.number}, for whoever goes. What keeps them safe comes first. {STAYS}"
    text = await talk.ask.typed(title, "go in pairs; they were rude to Ben", given=said.words(), check=_some)
    found = await sitting.desk.noise.remark(sitting.actor, incident.id, text)
    await talk.done_noise(f"Incident {incident.number}: your note stands on top.", found, stays=True)


def _some(typed: str) -> None:
    if not typed.strip():
        raise ValueError("Say it in a few words.")


async def _write(talk: Talk, said: Said, target: Target, kind: Kind) -> None:
    paper = await paper_of(talk, target, kind, said)
    if text := said.words():
        paper.draft = paper.draft.saying(text)
        if kind == "reply":
            await _sure_at_once(talk, said, target, paper)
        await send_paper(talk, paper)
        return
    if talk.ask.reader.asks:
        await _heard(talk, target, paper)
    if kind == "reply":
        paper.version = (await _held(talk, target)).version
    await compose(talk, paper)


async def _sure_at_once(talk: Talk, said: Said, target: Target, paper: Paper) -> None:
    """Where nothing waits, one line is past taking back: ask whoever is there, and keep it where they say No.

    A chat's lines always go so, and a script is asked nothing.
    """
    asks = talk.ask.reader.asks and not talk.voice.json and "yes" not in said
    if not asks or target.goes_by is Channel.CHAT or talk.sitting.hello.undo_seconds:
        return
    options = [Option(words="No, keep it as a draft", value=False), Option(words="Send it", value=True)]
    if not await talk.ask.choose(f"It {AT_ONCE}. Send it?", options, default=0):
        paper.keep(talk)
        raise Left("Draft kept.")


async def _heard(talk: Talk, target: Target, paper: Paper) -> None:
    """As what the writer knows the ticket: the open one as it was told, another one as it is now."""
    thread = talk.here.thread
    if thread is None or thread.ticket.id != target.id:
        thread = await talk.sitting.desk.thread(talk.sitting.actor, target.id)
        paper.version = thread.ticket.version
    paper.looked = thread


async def _held(talk: Talk, target: Target) -> Target:
    """Let colleagues see that somebody is on it. Whoever has it already is named, not in the way."""
    sitting = talk.sitting
    if target.holder(sitting.clock.now()) is None:
        claimed: Ticket = await sitting.desk.claim(sitting.actor, target.id)
        return replace(target, version=claimed.version)
    if target.owner != sitting.actor:
        row = await sitting.desk.numbered(sitting.actor, target.number)
        talk.voice.aloud([f"Warning: {owner_said(row, sitting.eye)}."])
    return target


async def editor(talk: Talk, said: Said) -> None:
    """Answer in $EDITOR, then look it over."""
    target = await talk.ticket(said, "editor")
    paper = await paper_of(talk, target, "reply", said)
    paper.version = (await _held(talk, target)).version
    await _outside(talk, paper)


async def _outside(talk: Talk, paper: Paper) -> None:
    text, trouble = await written(paper.draft.text)
    if trouble:
        raise NotUnderstood(trouble)
    paper.draft = paper.draft.saying(text)
    paper.keep(talk)
    await compose(talk, paper, look=True)


# With a draft


async def _draft(talk: Talk, said: Said, verb: str) -> Paper:
    """What was begun on the ticket that is named, or at hand: the reply, else the note."""
    target = await talk.ticket(said, verb, words=True)
    begun = {draft.kind for draft in talk.sitting.drafts.of(talk.sitting.actor, target.id)}
    if not begun:
        raise NotUnderstood(f"You have no draft on ticket {target.number}. keep {target.number} and words make one.")
    return await paper_of(talk, target, "reply" if "reply" in begun else "note", said)


async def send(talk: Talk, said: Said) -> None:
    """Send the draft of a ticket."""
    await send_paper(talk, await _draft(talk, said, "send"))


async def keep(talk: Talk, said: Said) -> None:
    """Keep words as a draft, for later."""
    target = await talk.ticket(said, "reply", words=True)
    paper = await paper_of(talk, target, "reply", said)
    if text := said.words():
        paper.draft = paper.draft.saying(text)
    paper.keep(talk)
    talk.voice.say(f"Draft kept. reply {target.number} goes on with it, send {target.number} sends it.")


async def then(talk: Talk, said: Said) -> None:
    """What becomes of a ticket when its draft is sent: the next choice, or the one that is said."""
    paper = await _draft(talk, said, "then")
    wanted = said.word()
    paper.draft = replace(paper.draft, then=then_of(wanted)) if wanted else next_then(paper.draft)
    paper.keep(talk)
    talk.voice.say(f"Ticket {paper.number}: when the draft is sent it {THEN[paper.draft.then]}.")


async def outside(talk: Talk, said: Said) -> None:
    """Go on with a draft in $EDITOR."""
    await _outside(talk, await _draft(talk, said, "outside"))


async def lookalikes_(talk: Talk, said: Said) -> None:
    """Plain signs in a draft for those that make a text dear."""
    paper = await _draft(talk, said, "lookalikes")
    words = plain(paper)
    paper.keep(talk)
    talk.voice.say(f"{words} {segment_words(paper.draft.text)[0]}.")


async def unsent(talk: Talk, said: Said) -> None:
    """Go on with what could not be sent while nobody answered, the earliest first."""
    waiting = talk.sitting.drafts.unsent(talk.sitting.actor)
    if not waiting:
        talk.voice.say("All that you wrote to be sent is sent.")
        return
    on, draft = waiting[0]
    if draft.unsent is not None and draft.kind in {"reply", "note"}:
        await talk.open(TicketId(on))
        target = await talk.numbered(draft.unsent.number)
        await compose(talk, await paper_of(talk, target, draft.kind, said), look=True)
    elif draft.unsent is not None:
        await talk.open_incident(await talk.noise_numbered(draft.unsent.number))
        verb = "tell_all" if draft.kind == "all" else "outcome"
        talk.voice.say(f"Not sent yet: {one_line(draft.text) or 'an outcome'}. Say {verb} to go on with it.")


async def thread_down(talk: Talk, said: Said) -> None:
    """Read the next message of the open ticket."""
    await move(talk, 1)


async def thread_up(talk: Talk, said: Said) -> None:
    """Read the message before."""
    await move(talk, -1)


SENDING = ("then=", "include=")

WRITING = (
    Verb(id="reply", do=reply, takes="[ticket] [words]", options=SENDING, words=True),
    Verb(id="note", do=note, takes="[ticket, or i3 for incident 3] [words]", words=True),
    Verb(id="editor", do=editor, takes="[ticket]", options=SENDING),
    Verb(id="send", do=send, takes="[ticket]", help="Send the draft of a ticket", options=SENDING),
    Verb(
        id="keep",
        do=keep,
        takes="[ticket] [words]",
        help="Keep words as a draft for later",
        options=("then=",),
        words=True,
    ),
    Verb(
        id="then",
        do=then,
        takes="[ticket] [open, waiting or solved]",
        help="What becomes of a ticket when its draft is sent",
    ),
    Verb(id="outside", do=outside, takes="[ticket]", help="Go on with a draft in $EDITOR"),
    Verb(
        id="lookalikes", do=lookalikes_, takes="[ticket]", help="Plain signs in a draft for those that make a text dear"
    ),
    Verb(id="unsent", do=unsent),
    Verb(id="thread_up", do=thread_up, help="Read the message before, also while you write"),
    Verb(id="thread_down", do=thread_down, help="Read the next message, also while you write"),
)
"""Verbs that write."""
