"""More about a ticket: its history and clocks, what mails quote, its files; and what a search finds."""

from __future__ import annotations

import asyncio
import os
from pathlib import Path

from helpdesk.errors import Refused
from helpdesk.thread import File
from tui.clocks import clock_words
from tui.files import clean_name, default_folder, files_of, saved, short
from tui.line.reading import count_of
from tui.line.said import Said
from tui.line.shapes import found_shape, moment_shape
from tui.line.spoken import aloud, found_said, moment_said, tells
from tui.line.talk import Talk
from tui.line.verb import Verb
from tui.plain import one_line
from tui.words import plural, size


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


async def save(talk: Talk, said: Said) -> None:
    """Save the files that came with a ticket: all, or the one that is chosen."""
    target, sitting = await talk.ticket(said, "save"), talk.sitting
    thread = await sitting.desk.thread(sitting.actor, target.id)
    files = files_of(thread)
    if not files:
        raise Refused(f"No file came with ticket {target.number}.")
    folder = await _folder(talk, said, target.number, files)
    sitting.folder = folder
    for file in files:
        content = await sitting.desk.attachment(sitting.actor, file.digest)
        try:
            path = await asyncio.to_thread(saved, folder, file.name, content)
        except OSError as error:
            raise Refused(f"{clean_name(file.name)} could not be written: {error.strerror or error}.") from None
        talk.voice.tell("saved", {"ticket": target.number, "path": str(path)}, [f"Saved: {short(path, Path.home())}."])


async def _folder(talk: Talk, said: Said, number: int, files: tuple[File, ...]) -> Path:
    """Where they go: the folder that was said, or the usual one where somebody agrees."""
    usual = talk.sitting.folder or default_folder(Path.home())
    given = said.words()
    if not given and talk.ask.reader.asks:
        names = ", ".join(f"{one_line(each.name) or 'unnamed'}, {size(each.size)}" for each in files)
        talk.voice.say(f"Ticket {number} came with {plural(len(files), 'file')}: {names}.")
        given = (await talk.ask.line(f"Folder, or enter for {short(usual, Path.home())}: ")).strip()
    folder = Path(os.path.expanduser(given)) if given else usual  # noqa: ASYNC240 - one look at a folder
    if not folder.is_dir():
        raise Refused(f"{folder} is no folder. Say another one, as in save {number} ~/Downloads.")
    return folder


ABOUT = (
    Verb(id="history", do=history, takes="[ticket]"),
    Verb(id="quotes", do=quotes, takes="[ticket]"),
    Verb(id="search", do=search, takes="[words]", options=("count=",), words=True),
    Verb(id="save", do=save, takes="[ticket] [folder]"),
)
"""Verbs that say more of a ticket."""
