"""Verbs that say something of a ticket, for colleagues or for the figures; and the figures themselves."""

from __future__ import annotations

from functools import partial

from helpdesk.clock import MINUTE, Instant
from helpdesk.errors import Refused
from helpdesk.message import Channel
from helpdesk.statements import tags_of
from helpdesk.ticket import Flag
from tui.line.asking import Option
from tui.line.figures import standing_said
from tui.line.said import Said
from tui.line.shapes import heat_shape, nearing_shape, promise_shape
from tui.line.spoken import aloud
from tui.line.talk import Talk
from tui.line.verb import Verb
from tui.line.working import when
from tui.line.wrong import NotUnderstood
from tui.meaning import CORRECTING, EXPLAINING, TESTING, WAITED
from tui.plain import one_line
from tui.typed import typed_past
from tui.words import on_day

WHERE = (("desk", Channel.DESK), ("phone", Channel.PHONE))
"""Where somebody came who did not write."""

_NONE = ("none", "-")


def some(typed: str) -> None:
    """At least a word."""
    if not typed.strip():
        raise ValueError("Say it in a few words.")


def past(talk: Talk, typed: str) -> Instant:
    """A time that has been, as staff type it."""
    return typed_past(typed, talk.sitting.clock.now(), talk.sitting.zone)


def at(talk: Talk, when: Instant) -> str:
    """ "at 12:05"."""
    return f"at {aloud(on_day(when, talk.sitting.clock.now(), talk.sitting.zone))}"


async def tags(talk: Talk, said: Said) -> None:
    """Its tags, all of them; "none" takes them away."""
    target, sitting = await talk.ticket(said, "tags"), talk.sitting
    has = " ".join(target.tags)
    title = f"Tags of ticket {target.number}, in place of those it has: {has or 'none'}."
    typed = await talk.ask.typed(
        title, "printer refund; none takes them away", given=said.words(), check=_tags, value=has
    )
    wanted = () if typed in _NONE else tuple(dict.fromkeys(typed.casefold().split()))
    again = partial(sitting.desk.tag, sitting.actor, target.id, tags=wanted)
    ticket = await again(target.version)
    await talk.done(f"Ticket {target.number}: {' '.join(wanted) or 'no tags'}.", ticket, again=again)


def _tags(typed: str) -> None:
    some(typed)
    try:
        tags_of(() if typed in _NONE else typed.split())
    except Refused as error:
        raise ValueError(str(error)) from None


async def log(talk: Talk, said: Said) -> None:
    """A contact by phone or at the desk: by a preset's digit, or where, how long they waited, and what for."""
    sitting, word = talk.sitting, said.options.get("preset") or said.word()
    presets = {str(each.number): each for each in sitting.sorts.presets}
    if "preset" in said or word in presets:
        await _log_preset(talk, word, said.words())
        return
    ways: list[Option[int | Channel]] = [
        Option(words=one_line(each.title), value=each.number, hint=f"log {digit}") for digit, each in presets.items()
    ]
    ways += [Option(words=words, value=channel) for words, channel in WHERE]
    where = await talk.ask.choose("Where was it?", ways, given=word)
    if not isinstance(where, Channel):
        await _log_preset(talk, str(where), said.words())
        return
    waited = await _waited(talk, said)
    text = said.words()
    if not text and talk.ask.reader.asks:
        text = (await talk.ask.line("What was it about? Enter for nothing: ")).strip()
    ticket = await sitting.desk.log_contact(sitting.actor, where, text=text, waited=waited)
    await talk.done(f"Logged as ticket {ticket.number}, solved.", ticket)


async def _log_preset(talk: Talk, digit: str, text: str) -> None:
    """As the library's preset of that number describes it."""
    if not digit.isdecimal():
        raise NotUnderstood("Say --preset with the number of one of the library's presets, 1 to 9.")
    sitting = talk.sitting
    ticket = await sitting.desk.sorting.log(sitting.actor, int(digit), text=text)
    title = next((one_line(each.title) for each in sitting.sorts.presets if str(each.number) == digit), "")
    await talk.done(f"Logged as ticket {ticket.number}, solved{f': {title}' if title else ''}.", ticket)


async def _waited(talk: Talk, said: Said) -> int | None:
    """In milliseconds; None where nobody noted it, as in a script that says nothing of it."""
    if "waited" in said:
        if not said.options["waited"].isdecimal():
            raise NotUnderstood("Say --waited with a number of minutes.")
        return int(said.options["waited"]) * MINUTE
    if not talk.ask.reader.asks:
        return None
    options = [Option(words=words, value=waited) for words, waited in WAITED]
    return await talk.ask.choose("How long did they wait?", options, default=0)


# For the figures


async def explain(talk: Talk, said: Said) -> None:
    """Why its standard was missed."""
    target, sitting = await talk.ticket(said, "explain", words=True), talk.sitting
    title = f"Why was ticket {target.number} late? {EXPLAINING}"
    why = await talk.ask.typed(title, "two of us were ill", given=said.words(), check=some)
    again = partial(sitting.desk.explain, sitting.actor, target.id, why=why)
    ticket = await again(target.version)
    await talk.done(f"Ticket {target.number}: the reason is kept for the report.", ticket, again=again)


async def promise(talk: Talk, said: Said) -> None:
    """News is promised to the patron by a time to come."""
    target, sitting = await talk.ticket(said, "promise"), talk.sitting
    by = await when(talk, f"Ticket {target.number}: by when is news promised?", said.words(), [target.line])
    again = partial(sitting.desk.promise, sitting.actor, target.id, by=by)
    ticket = await again(target.version)
    words = aloud(on_day(by, sitting.clock.now(), sitting.zone))
    await talk.done(f"Ticket {target.number}: news is promised by {words}.", ticket, again=again)


async def correct(talk: Talk, said: Said) -> None:
    """It was answered otherwise: when (a comma ends it), and how it is known."""
    target, sitting = await talk.ticket(said, "correct"), talk.sitting
    typed, _, how = said.words().partition(",")
    title = f"When was ticket {target.number} answered in truth? {CORRECTING}"
    typed = await talk.ask.typed(title, "10:05, or yesterday 16:30", given=typed, check=lambda text: _when(talk, text))
    why = await talk.ask.typed(
        "How, and how is it known?", "by phone, as the diary says", given=how.strip(), check=some
    )
    answered = past(talk, typed)
    again = partial(sitting.desk.correct, sitting.actor, target.id, answered=answered, why=why)
    ticket = await again(target.version)
    await talk.done(f"Ticket {target.number}: answered {at(talk, answered)}, as corrected.", ticket, again=again)


def _when(talk: Talk, typed: str) -> None:
    some(typed)
    past(talk, typed)


async def test(talk: Talk, said: Said) -> None:
    """A probe or a training contact: out of the figures, or back into them."""
    target, sitting = await talk.ticket(said, "test"), talk.sitting
    counts = Flag.TEST in target.flags
    if not counts:
        await talk.ask.sure(f"Is ticket {target.number} a test?", "It is a test", said, TESTING)
    again = partial(sitting.desk.test, sitting.actor, target.id)
    ticket = await again(target.version)
    words = "counts again" if counts else "is a test, and counts in no figure"
    await talk.done(f"Ticket {target.number} {words}.", ticket, again=again)


async def standing(talk: Talk, said: Said) -> None:
    """What is late, how the promises are kept, when contacts came."""
    found, eye = await talk.sitting.desk.standing(talk.sitting.actor), talk.sitting.eye
    talk.voice.aloud(standing_said(found, eye))
    if talk.voice.json:
        for late in (*found.late, *found.nearing):
            talk.voice.give("clock", nearing_shape(late, eye))
        for each in found.promises:
            talk.voice.give("promise", promise_shape(each))
        if found.heat is not None:
            talk.voice.give("heat", heat_shape(found.heat))


STATING = (
    Verb(id="tags", do=tags, takes="[ticket] [tags, or none]"),
    Verb(id="log", do=log, takes="[desk or phone] [what it was about]", options=("waited=", "preset=")),
    Verb(id="explain", do=explain, takes="[ticket] [why]", words=True),
    Verb(id="promise", do=promise, takes="[ticket] [by when]"),
    Verb(id="correct", do=correct, takes="[ticket] [when], [how it is known]"),
    Verb(id="test", do=test, takes="[ticket]"),
    Verb(id="standing", do=standing),
)
"""Verbs that say something of a ticket, and the figures."""
