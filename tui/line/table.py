"""All verbs of line mode, and how one is found: by its name, the beginning of it, or its key in the full screen."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Sequence

from helpdesk.errors import NotAllowed
from helpdesk.worklist import View
from tui.commands import Command, Where
from tui.line.about import ABOUT
from tui.line.asking import Option
from tui.line.canned import CANNED
from tui.line.chatting import CHATTING
from tui.line.doors import DOORS
from tui.line.files import FILES
from tui.line.keys import key_of, key_said
from tui.line.many import SELECTING, do_many, means_many
from tui.line.noise import NOISE
from tui.line.reading import READING
from tui.line.reports import REPORTS
from tui.line.said import Said
from tui.line.seat import SEAT
from tui.line.sorting import SORTING
from tui.line.stating import STATING
from tui.line.talk import Talk
from tui.line.tying import TYING
from tui.line.verb import Verb
from tui.line.views import VIEWS
from tui.line.working import WORKING
from tui.line.writing import WRITING
from tui.line.wrong import NotUnderstood, readable
from tui.plain import one_line
from tui.roles import why_not_by_role

FIRST = (
    "list",
    "open",
    "down",
    "take",
    "reply",
    "note",
    "solve",
    "snooze",
    "next",
    "search",
    "incidents",
    "watch",
    "quit",
)
"""What help names first: a day's work can be done with these."""

HOW = "help and a verb says more, as in help reply. keys reads all of them out. The beginning of a name is enough."


async def keys(talk: Talk, said: Said) -> None:
    """All verbs with what they take and their keys."""
    if said.rest:
        await help_(talk, said)
        return
    for verb in VERBS:
        _tell(talk, verb)


async def help_(talk: Talk, said: Said) -> None:
    """What can be said: the first verbs, or one of them."""
    wanted = said.words()
    if wanted:
        _tell(talk, find(wanted.split()[0], talk))
        return
    for name in FIRST:
        _tell(talk, by_id(name))
    talk.voice.aloud([HOW])


async def palette(talk: Talk, said: Said) -> None:
    """Verbs whose name or help holds the words; the one that is chosen is done."""
    words = said.words().casefold()
    found = [each for each in VERBS if words in f"{each.id} {help_of(each, talk)}".casefold() and each.id != "palette"]
    if not talk.ask.reader.asks or not words:
        for verb in found:
            _tell(talk, verb)
        return
    options = [Option(words=each.id, hint=help_of(each, talk), value=each) for each in found]
    if not options:
        raise NotUnderstood(f"No verb has {words!r} in its name or its help.")
    chosen = await talk.ask.choose("Which verb?", options)
    await chosen.do(talk, Said("", chosen.options, words=chosen.words, verb=chosen.id))


def _tell(talk: Talk, verb: Verb) -> None:
    pressed = keys_of(verb, talk)
    takes = f" {verb.takes}" if verb.takes else ""
    options = f" Options: {', '.join('--' + each.rstrip('=') for each in verb.options)}." if verb.options else ""
    key = f" Key: {pressed}." if pressed else ""
    words = f"{verb.id}{takes}: {help_of(verb, talk)}.{options}{key}"
    shape = {
        "verb": verb.id,
        "takes": verb.takes,
        "help": help_of(verb, talk),
        "options": list(verb.options),
        "key": pressed,
    }
    talk.voice.tell("verb", shape, [words])


def help_of(verb: Verb, talk: Talk) -> str:
    """What a verb does: its own words, else the command's."""
    return verb.help or next((each.help for each in talk.sitting.commands if each.id == verb.id), "")


def keys_of(verb: Verb, talk: Talk) -> str:
    """Its keys in the full screen, "" where it has none."""
    command = next((each for each in talk.sitting.commands if each.id == verb.id), None)
    return " or ".join(key_said(key) for key in command.keys) if command is not None else ""


TALKING = (
    Verb(id="keys", do=keys, takes="[verb]", help="All verbs with their keys"),
    Verb(id="palette", do=palette, takes="[words]", help="Find a verb by what it does"),
    Verb(id="help", do=help_, takes="[verb]", help="What can be said"),
)

VERBS: tuple[Verb, ...] = (
    *READING,
    *ABOUT,
    *FILES,
    *VIEWS,
    *SELECTING,
    *WORKING,
    *WRITING,
    *CANNED,
    *STATING,
    *TYING,
    *REPORTS,
    *SORTING,
    *NOISE,
    *SEAT,
    *DOORS,
    *CHATTING,
    *TALKING,
)
"""Every verb. Each command of :mod:`tui.commands` has one; a test holds that."""


def by_id(name: str) -> Verb:
    """The verb of that id; KeyError if there is none."""
    for verb in VERBS:
        if verb.id == name:
            return verb
    raise KeyError(name)


def find(word: str, talk: Talk) -> Verb:
    """The verb that a word means here; NotUnderstood with what is near it."""
    if command := by_key(word, talk.sitting.commands, talk.here.place):
        return by_id(command.id)
    wanted = word.casefold().replace("-", "_")
    names = {name: verb for verb in VERBS for name in (verb.id, *verb.also)}
    if wanted in names:
        return names[wanted]
    begun = {verb.id: verb for name, verb in names.items() if name.startswith(wanted)}
    if len(begun) == 1:
        return next(iter(begun.values()))
    if begun:
        raise NotUnderstood(f"{one_line(word)!r} may be {_listed(begun)}. Say a letter more.")
    near = difflib.get_close_matches(wanted, names, n=3)
    more = f" Did you mean {_listed(near)}?" if near else " Say help to hear what can be said."
    raise NotUnderstood(f"There is no verb {one_line(word)!r}.{more}")


def by_key(word: str, commands: Sequence[Command], place: Where) -> Command | None:
    """The command that a key means where one stands; elsewhere, if it means but one thing."""
    key = key_of(word)
    here = [each for each in commands if key in each.keys and place in each.where]
    found = here or [each for each in commands if key in each.keys and Where.COMPOSER not in each.where]
    return found[0] if len({each.id for each in found}) == 1 else None


def _listed(names: Iterable[str]) -> str:
    first, *rest = list(names)
    return f"{', '.join([first, *rest[:-1]])} or {rest[-1]}" if rest else first


async def do_line(talk: Talk, line: str) -> None:
    """Do what one line says."""
    word, _, rest = readable(line, "Nothing was done: write it in UTF-8.").strip().partition(" ")
    verb, rest = _meant(word, rest, talk)
    if reason := why_not_by_role(verb.id, talk.sitting.role):
        raise NotAllowed(reason)
    said, voice = Said(rest, verb.options, words=verb.words, verb=verb.id), talk.voice
    before = voice.json, voice.width
    voice.json, voice.width = voice.json or "json" in said, 0 if "wide" in said else voice.width
    try:
        if means_many(talk, verb, said):
            await do_many(talk, verb, said)
        else:
            await verb.do(talk, said)
        talk.sitting.did(f"verb {verb.id}")
    finally:
        voice.json, voice.width = before[0], before[1] if "wide" in said else voice.width


def _meant(word: str, rest: str, talk: Talk) -> tuple[Verb, str]:
    """The verb and what stands behind it. A digit is the key of a view; a longer number opens its ticket."""
    number = word.removeprefix("#")
    if not number.isdecimal():
        return find(word, talk), rest
    if len(word) == 1:
        return by_id("view"), str(int(word) or len(View))
    return by_id("open"), f"{number} {rest}"
