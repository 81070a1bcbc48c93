"""Several tickets selected, and acted on at once."""

from __future__ import annotations

from helpdesk.errors import HelpdeskError, SignedOut, Stale, TryLater
from tui.allowed import MANY
from tui.line.said import Said
from tui.line.talk import Talk
from tui.line.verb import Verb
from tui.line.wrong import NotUnderstood
from tui.naming import stale_words
from tui.progress import Meter
from tui.selecting import MOST, how_many
from tui.undoing import STOPS
from tui.words import plural

ASKED = {
    "assign": "Assign {many}?",
    "mine": "Assign {many} to you?",
    "claim": "Claim {many}?",
    "release": "Put {many} back for whoever is next?",
    "wait": "Wait for the patrons of {many}?",
    "snooze": "Snooze {many}?",
    "solve": "Solve {many}?",
    "reopen": "Reopen {many}?",
    "spam": "Put {many} into spam, or out of it?",
    "tags": "Tag {many}, in place of the tags they have?",
    "kind": "Say what {many} are?",
    "site": "Say where {many} belong?",
    "test": "Mark {many} as tests, or as none?",
}
"""What is asked before something is done to many."""

NEEDED = {
    "assign": "a colleague",
    "snooze": "until when",
    "tags": "the tags, or none",
    "kind": "the kind",
    "site": "the site",
}
"""What must stand on the line then, as it is asked once for all."""


async def select(talk: Talk, said: Said) -> None:
    """Select tickets by their numbers, or no longer; without a number, the one that was read last."""
    numbers = _numbers(said) or [(await talk.ticket(said, "open")).number]
    known = [(await talk.numbered(number)).number for number in numbers]
    kept = [each for each in talk.here.selected if each not in known]
    _keep(talk, [*kept, *(each for each in known if each not in talk.here.selected)])


def _numbers(said: Said) -> list[int]:
    found = []
    while (number := said.number()) is not None:
        found.append(number)
    if rest := said.words():
        raise NotUnderstood(f"{rest} is no ticket's number. Say numbers, as in select 412 415.")
    return found


async def range_(talk: Talk, said: Said) -> None:
    """Select all of the view from one ticket to another, as the list has them."""
    words = said.words().replace("#", "").split()
    ends = [int(word) for word in words if word.isdecimal()]
    if len(ends) != 2 or len(words) > 3:
        raise NotUnderstood("Say the first and the last ticket, as in range 412 to 420.")
    sitting, here = talk.sitting, talk.here
    page = await sitting.desk.worklist(sitting.actor, here.view, count=MOST)
    lines = {row.number: at for at, row in enumerate(page.rows)}
    if away := [each for each in ends if each not in lines]:
        raise NotUnderstood(f"Ticket {away[0]} is not among the first {MOST} of this view. list reads it out.")
    first, last = sorted(lines[each] for each in ends)
    between = [row.number for row in page.rows[first : last + 1]]
    _keep(talk, [*here.selected, *(each for each in between if each not in here.selected)])


async def none(talk: Talk, said: Said) -> None:
    """Select nothing."""
    _keep(talk, [])


def _keep(talk: Talk, numbers: list[int]) -> None:
    if len(numbers) > MOST:
        raise NotUnderstood(f"{MOST} tickets at most can be selected at once. Act on some of them first.")
    talk.here.selected = tuple(numbers)
    talk.sitting.selected = len(numbers)
    named = ", ".join(map(str, numbers))
    talk.voice.say(f"{plural(len(numbers), 'ticket')} selected: {named}." if numbers else "No ticket is selected.")


def means_many(talk: Talk, verb: Verb, said: Said) -> bool:
    """Whether a verb is about all that are selected: nothing is named on the line."""
    return bool(talk.here.selected) and verb.id in MANY and said.front is None and not said.names_incident


async def do_many(talk: Talk, verb: Verb, said: Said) -> None:
    """Do it to each that is selected, once somebody says so; what fails stays selected, and is told."""
    numbers, rest = list(talk.here.selected), said.words()
    if verb.id in NEEDED and not rest:
        raise NotUnderstood(f"Say {NEEDED[verb.id]} on the line: it is for {how_many(len(numbers))}.")
    await talk.ask.sure(ASKED[verb.id].format(many=how_many(len(numbers))), "Yes", said)
    failed: list[HelpdeskError] = []
    meter = Meter(verb.id, len(numbers), stops=STOPS)
    with talk.sitting.deeds.as_one(lambda n: f"{verb.id}, {how_many(n)}"), talk.metering(meter):
        for number in numbers:
            if meter.stopping:
                break
            try:
                await verb.do(talk, Said(f"{number} {rest} --yes", verb.options, words=verb.words, verb=verb.id))
            except (TryLater, SignedOut, OSError):
                raise
            except HelpdeskError as error:
                failed.append(error)
                talk.voice.warn(stale_words(error, talk.sitting.name) if isinstance(error, Stale) else str(error))
            else:
                talk.here.selected = tuple(each for each in talk.here.selected if each != number)
            meter.done += 1
    talk.sitting.selected = len(talk.here.selected)
    if meter.done < meter.total:
        done = meter.done - len(failed)
        back = f" {'it' if done == 1 else 'them'} back" if done else ""
        undo = f"undo takes{back}. " if done else ""
        talk.voice.say(f"Stopped: {done} of {how_many(len(numbers))} done. {undo}The others are still selected.")
    elif failed:
        talk.voice.say(f"{how_many(len(numbers) - len(failed))} done, {len(failed)} not: still selected.")


SELECTING = (
    Verb(id="select", do=select, takes="[tickets]"),
    Verb(id="range", do=range_, takes="[ticket] to [ticket]"),
    Verb(id="none", do=none),
)
"""Verbs of selecting."""
