"""Verbs of chats: an opener, with you in a moment, on by e-mail."""

from __future__ import annotations

from helpdesk import by_mail
from helpdesk.errors import Refused
from helpdesk.ticket import Ticket
from tui import canned, chatting
from tui.line.asking import Option
from tui.line.canned import answer_with
from tui.line.said import Said
from tui.line.talk import Talk
from tui.line.verb import Verb
from tui.line.wrong import NotUnderstood
from tui.meaning import TELLING_ALL, TOLD_AT_ONCE


async def hello(talk: Talk, said: Said) -> None:
    """Answer with an opener, as macro does."""
    target = await talk.ticket(said, "hello", words=True)
    found = chatting.openers(await canned.known(talk.sitting))
    if not found:
        raise NotUnderstood(chatting.NO_OPENER)
    name = said.words()
    try:
        chosen = canned.named(name, found) if name else found[0] if len(found) == 1 else None
    except ValueError as error:
        raise NotUnderstood(str(error)) from None
    if chosen is None:
        options = [Option(words=each.name, value=each) for each in found]
        chosen = await talk.ask.choose("Which opener?", options)
    await answer_with(talk, said, target, chosen)


async def moment(talk: Talk, said: Said) -> None:
    """Tell one visitor."""
    target = await talk.ticket(said, "moment")
    told = await talk.sitting.desk.chatting.in_a_moment(talk.sitting.actor, target.id)
    talk.voice.say(chatting.told_words(len(told)))
    await talk.reread()


async def moment_all(talk: Talk, said: Said) -> None:
    """Tell all of one's own who wait, if the speaker says so: it can't be taken back."""
    await talk.ask.sure(TELLING_ALL, "Tell them", said, TOLD_AT_ONCE)
    told = await talk.sitting.desk.chatting.in_a_moment(talk.sitting.actor)
    talk.voice.say(chatting.told_words(len(told)))
    await talk.reread()


async def go_by_mail(talk: Talk, said: Said) -> None:
    """Go on by mail; --transcript sends along what was said."""
    target, sitting = await talk.ticket(said, "by_mail"), talk.sitting
    given = by_mail.given((await sitting.desk.thread(sitting.actor, target.id)).entries)
    title = f"Go on with ticket {target.number} by e-mail. {chatting.MAIL_MEANS} To which address?"
    like, value = chatting.ADDRESS, given[0] if given else ""
    address = await talk.ask.typed(title, like, given=said.words(), check=_address, value=value)
    whole = "transcript" in said
    if not whole and talk.ask.reader.asks:
        options = [Option(words=chatting.WITHOUT, value=False), Option(words=chatting.WITH, value=True)]
        whole = await talk.ask.choose("What does the first mail hold?", options, default=0)

    async def again(version: int) -> Ticket:
        calls = sitting.desk.chatting
        return await calls.go_by_mail(sitting.actor, target.id, version, address, transcript=whole)

    made = await again(target.version)
    words = f"Ticket {made.number} goes on by mail to {address.strip()}. reply {made.number} writes the first one."
    await talk.done(words, made, again=again)


def _address(typed: str) -> None:
    try:
        by_mail.address(typed, "")
    except Refused as error:
        raise ValueError(str(error)) from None


CHATTING = (
    Verb(id="hello", do=hello, takes="[ticket] [opener]", options=("then=", "include="), words=True),
    Verb(id="moment", do=moment, takes="[ticket]"),
    Verb(id="moment_all", do=moment_all, options=("yes",)),
    Verb(id="by_mail", do=go_by_mail, takes="[ticket] [address]", options=("transcript",)),
)
"""Verbs of chats."""
