"""More about a ticket: its history and clocks, what mails quote; and what a search finds."""

from __future__ import annotations

from tui.clocks import clock_words
from tui.line.reading import count_of
from tui.line.said import Said
from tui.line.shapes import found_shape, moment_shape
from tui.line.spoken import aloud, found_said, moment_said, tells
from tui.line.talk import Talk
from tui.line.verb import Verb
from tui.words import plural


async def history(talk: Talk, said: Said) -> None:
    """What happened to a ticket, and why."""
    target, sitting = await talk.ticket(said, "history"), talk.sitting
    thread = await sitting.desk.thread(sitting.actor, target.id)
    for each in thread.history:
        words = moment_said(each, thread, sitting.eye, sitting.name)
        if tells(each) or talk.voice.json:
            talk.voice.tell("moment", moment_shape(each, target.number, words, sitting.eye), [words])
    clocks = sorted(thread.clocks, key=lambda each: (each.started, each.standard))
    talk.voice.aloud(f"Clock: {aloud(clock_words(each, sitting.eye)[0])}" for each in clocks)


async def quotes(talk: Talk, said: Said) -> None:
    """Unfold or fold what mails quote, and read the ticket again."""
    talk.here.quotes = not talk.here.quotes
    target = await talk.ticket(said, "quotes")
    await talk.open(target.id)


async def search(talk: Talk, said: Said) -> None:
    """The newest messages that hold all words."""
    count = count_of(said, 20)
    words = said.words()
    if not words:
        words = await talk.ask.typed("Which words? All must be in the message.", "printer refund", check=_some)
    sitting = talk.sitting
    found = await sitting.desk.search(sitting.actor, words, limit=count)
    talk.voice.aloud(
        [f"{plural(len(found), 'message')} found, newest first." if found else "No message holds all words."]
    )
    for each in found:
        talk.voice.tell("found", found_shape(each, sitting.eye), [found_said(each, sitting.eye)])


def _some(typed: str) -> None:
    if not typed.strip():
        raise ValueError("Say it in a few words.")


ABOUT = (
    Verb(id="history", do=history, takes="[ticket]"),
    Verb(id="quotes", do=quotes, takes="[ticket]"),
    Verb(id="search", do=search, takes="[words]", options=("count=",), words=True),
)
"""Verbs that say more of a ticket."""
