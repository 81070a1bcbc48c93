"""Verbs that say what a contact was about, where, and how it went."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial

from helpdesk.message import Channel, StaffId
from helpdesk.ticket import Ticket
from tui.allowed import Target
from tui.chatting import why_not_ready
from tui.completing import colleagues, sites
from tui.grading import SAY, Said, said_of
from tui.line.asking import Option
from tui.line.said import Said as Line
from tui.line.stating import some
from tui.line.talk import Talk
from tui.line.verb import Verb
from tui.meaning import STAYS
from tui.plain import one_line
from tui.words import graded


async def kind(talk: Talk, said: Line) -> None:
    """What it is about."""
    target = await talk.ticket(said, "kind")
    words = {each: each for each in talk.sitting.sorts.kinds}
    title = f"Ticket {target.number} is of the kind {one_line(target.kind)}. What is it?"
    await _sorted(talk, target, "kind", await _one(talk, title, words, said.words()))


async def site(talk: Talk, said: Line) -> None:
    """Where it belongs."""
    target = await talk.ticket(said, "site")
    title = f"Ticket {target.number} belongs to {one_line(target.site) or 'no site'}. Where does it belong?"
    await _sorted(talk, target, "site", await _one(talk, title, sites(talk.sitting), said.words()))


async def _one(talk: Talk, title: str, words: Mapping[str, str], given: str) -> str:
    return await talk.ask.choose(title, [Option(words=name, value=word) for name, word in words.items()], given=given)


async def _sorted(talk: Talk, target: Target, what: str, word: str) -> None:
    sitting = talk.sitting

    async def again(version: int) -> Ticket:
        return await sitting.desk.sorting.sort(sitting.actor, target.id, version, **{what: word})

    made = await again(target.version)
    await talk.done(f"Ticket {target.number}: {what} {word or 'none'}.", made, again=again)


async def read(talk: Talk, said: Line) -> None:
    """READ level, and whether one contact was enough."""
    target = await talk.ticket(said, "read", words=True)
    before = Said(target.effort, target.first_contact)

    def check(typed: str) -> None:
        if said_of(typed, before) is None:
            raise ValueError(SAY)

    title = f"How much work was ticket {target.number}, from 1 to 6, and was one contact enough?"
    typed = await talk.ask.typed(title, "2 yes", given=said.words(), check=check)
    await _graded(talk, target, said_of(typed, before) or before)


async def _graded(talk: Talk, target: Target, found: Said) -> None:
    sitting = talk.sitting
    again = partial(
        sitting.desk.sorting.grade,
        sitting.actor,
        target.id,
        effort=found.effort,
        first_contact=found.first_contact,
    )
    made = await again(target.version)
    words = graded(*found) or "nothing is said of how it went"
    await talk.done(f"Ticket {target.number}: {words}.", made, again=again)


async def hand_over(talk: Talk, said: Line) -> None:
    """Give it to a colleague, with a note for them."""
    target, sitting = await talk.ticket(said, "hand"), talk.sitting
    options = [Option(words=name, value=StaffId(who), also=who) for name, who in colleagues(sitting).items()]
    to = await talk.ask.choose(f"Hand ticket {target.number} over to whom?", options, given=said.word())
    if target.goes_by is Channel.CHAT and to != sitting.actor:
        reason = why_not_ready(to, sitting.name(to), await sitting.desk.duty.now(sitting.actor))
        if reason:
            await talk.ask.sure(f"{reason} Hand the chat over all the same?", "Hand it over", said)
    note = await talk.ask.typed(f"A note for them. {STAYS}", "she rings again at 3", given=said.words(), check=some)
    ticket = await sitting.desk.sorting.hand_over(sitting.actor, target.id, target.version, to, note)
    whom = "you" if to == sitting.actor else one_line(sitting.name(to))
    await talk.done(f"Ticket {target.number} is with {whom} now, with your note.", ticket, stays=True)


SORTING = (
    Verb(id="hand", do=hand_over, takes="[ticket] [colleague] [note]", options=("yes",)),
    Verb(id="kind", do=kind, takes="[ticket] [kind]"),
    Verb(id="site", do=site, takes="[ticket] [site, or none]"),
    Verb(id="read", do=read, takes="[ticket] [1 to 6] [yes or no]", words=True),
)
"""Verbs that sort."""
