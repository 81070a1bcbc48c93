"""Verbs about macros: answer with one, put one into a draft, quote the patron, write and change them."""

from __future__ import annotations

from dataclasses import replace

from helpdesk.macros import FRESH, Macro, blanks, page
from tui import canned
from tui.allowed import Target
from tui.line.asking import Option
from tui.line.paper import Paper, compose, send_paper
from tui.line.said import Said
from tui.line.talk import Talk
from tui.line.verb import Verb
from tui.line.writing import paper_of
from tui.line.wrong import NotUnderstood
from tui.outside import written


async def macro(talk: Talk, said: Said) -> None:
    """Answer with a macro: its blanks are asked for, then it is looked over; a script's is sent where it is whole."""
    target = await talk.ticket(said, "macro", words=True)
    await answer_with(talk, said, target, await _which(talk, said.words()))


async def answer_with(talk: Talk, said: Said, target: Target, chosen: Macro) -> None:
    """The macro that was chosen, at the end of what was begun."""
    paper = await paper_of(talk, target, "reply", said)
    await _put_in(talk, paper, target, chosen)
    if talk.ask.reader.asks:
        await _fill_blanks(talk, paper)
        await compose(talk, paper, look=True)
    else:
        await send_paper(talk, paper)


async def insert(talk: Talk, said: Said) -> None:
    """Put a macro at the end of a draft."""
    target = await talk.ticket(said, "macro", words=True)
    paper = await paper_of(talk, target, "reply", said)
    await _put_in(talk, paper, target, await _which(talk, said.words()))
    await _fill_blanks(talk, paper)
    talk.voice.say(f"Draft kept. reply {target.number} goes on with it, send {target.number} sends it.")


async def quote(talk: Talk, said: Said) -> None:
    """Quote the patron's last words at the end of a draft."""
    target = await talk.ticket(said, "reply", words=True)
    paper = await paper_of(talk, target, "reply", said)
    thread = await talk.sitting.desk.thread(talk.sitting.actor, target.id)
    words = canned.quoted(thread.entries)
    if not words:
        raise NotUnderstood("There is nothing of the patron's to quote.")
    _add(talk, paper, words)
    talk.voice.say(f"Quoted. reply {target.number} goes on with it.")


async def macros(talk: Talk, said: Said) -> None:
    """Read the macros, or one of them; --edit changes one in $EDITOR, or writes a new one; --drop lets one go."""
    name, sitting = said.words(), talk.sitting
    known = await sitting.desk.macros.known(sitting.actor)
    if "edit" in said:
        before = _named(name, known) if name else None
        text, trouble = await written(sitting.kept.unkept or page(before or FRESH))
        if trouble:
            raise NotUnderstood(trouble)
        sitting.kept.unkept = text
        done = await canned.keep(sitting, before, text)
        sitting.kept.unkept = ""
        talk.voice.say(done)
    elif "drop" in said:
        talk.voice.say(await canned.keep(sitting, _named(name, known), ""))
    elif name:
        _tell(talk, _named(name, known), whole=True)
    else:
        for each in known:
            _tell(talk, each)
        talk.voice.aloud([] if known else [canned.NONE])


def _tell(talk: Talk, macro: Macro, *, whole: bool = False) -> None:
    shape = {
        "macro": macro.name,
        "shared": macro.shared,
        "then": macro.becomes,
        "tags": list(macro.tags),
        "opener": macro.opener,
        "text": macro.text,
    }
    text = macro.text.splitlines() if whole else []
    talk.voice.tell("macro", shape, [f"{macro.name}: {canned.hint(macro)}.", *text])


def _named(name: str, known: tuple[Macro, ...]) -> Macro:
    try:
        return canned.named(name, known)
    except ValueError as error:
        raise NotUnderstood(str(error)) from None


async def _which(talk: Talk, name: str) -> Macro:
    known = await canned.known(talk.sitting)
    if not known:
        raise NotUnderstood(canned.NONE)
    if name:
        return _named(name, known)
    options = [Option(words=f"{each.name}, {canned.hint(each)}", value=each, also=each.name) for each in known]
    return await talk.ask.choose("Which macro?", options)


async def _put_in(talk: Talk, paper: Paper, target: Target, macro: Macro) -> None:
    """Its text at the end of what was begun; what it does besides is said."""
    sitting = talk.sitting
    ticket = (await sitting.desk.thread(sitting.actor, target.id)).ticket
    paper.draft = replace(paper.draft, then=macro.becomes or paper.draft.then)
    _add(talk, paper, canned.filled(macro, ticket, sitting))
    canned.remember(sitting, target.id, macro)
    if words := canned.said_in_short(macro):
        talk.voice.say(words)
    if words := canned.unsaid(macro, ticket.line, sitting):
        talk.voice.say(words)


def _add(talk: Talk, paper: Paper, text: str) -> None:
    begun = paper.draft.text.rstrip()
    paper.draft = paper.draft.saying(f"{begun}\n\n{text}" if begun else text)
    paper.keep(talk)


async def _fill_blanks(talk: Talk, paper: Paper) -> None:
    """Ask for each blank; what is left empty stays one."""
    if not talk.ask.reader.asks:
        return
    for blank in blanks(paper.draft.text):
        if given := (await talk.ask.line(f"{blank}: ")).strip():
            paper.draft = paper.draft.saying(paper.draft.text.replace(f"{{{blank}}}", given))
            paper.keep(talk)


CANNED = (
    Verb(id="macro", do=macro, takes="[ticket] [macro]", options=("then=", "include="), words=True),
    Verb(id="insert", do=insert, takes="[ticket] [macro]", help="Put a macro at the end of a draft", words=True),
    Verb(id="quote", do=quote, takes="[ticket]", help="Quote the patron's last words at the end of a draft"),
    Verb(
        id="macros",
        do=macros,
        takes="[macro]",
        help="Read the macros, or one; --edit writes and changes them in $EDITOR, --drop lets one go",
        options=("edit", "drop"),
    ),
)
"""Verbs about macros."""
