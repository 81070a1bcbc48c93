"""Simulated patrons: seeded people with a library question, who come by the table of demand and use the front doors.

The same seed brings the same people with the same errands and the same words, in the same order, whatever the time of
day; how many come in an hour follows the table. Each patron is one small task: they write, wait for an answer as long
as such a person would, perhaps write back once or twice, and go. What they sent and got stands in the ledger.

::

    patrons = Patrons(7, clock, doors, ledger, rate=40)
    await patrons.run(100)        # a hundred contacts, until the last of them is over
"""

from __future__ import annotations

import asyncio
import random
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from itertools import cycle, islice

from helpdesk.clock import HOUR, MINUTE, SECOND, Clock, Instant, plus
from helpdesk.simulator.arrivals import Demand, arrivals
from helpdesk.simulator.chat_client import ChatVisitor
from helpdesk.simulator.contacts import Chatting, Contact, Doors, Mailing, Texting, Where, chatting, within
from helpdesk.simulator.ledger import Account, Inbox, Ledger
from helpdesk.simulator.scenarios import FIRST_NUMBER, LAST_NUMBER, Deck, Person, Scenario, Texts, Way, folded, people
from helpdesk.simulator.scenarios import texts as all_texts

SHARES: Mapping[Way, int] = {Way.TEXT: 3, Way.NOISE: 4, Way.MAIL: 5, Way.CHAT: 5}
"""How the contacts divide among the ways."""

Bounds = tuple[int, int]
"""At least and at most, in milliseconds on the clock."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Manners:
    """How patrons deal with time.

    ``patience``      how long they wait for each reply
    ``pause``         how long they take to write back
    ``leaves_early``  how long a visitor stays who does not wait for an answer
    """

    patience: Mapping[Way, Bounds] = field(
        default_factory=lambda: {
            Way.TEXT: (2 * HOUR, 8 * HOUR),
            Way.NOISE: (30 * MINUTE, 2 * HOUR),
            Way.MAIL: (24 * HOUR, 72 * HOUR),
            Way.CHAT: (6 * MINUTE, 20 * MINUTE),
        }
    )
    pause: Mapping[Way, Bounds] = field(
        default_factory=lambda: {
            Way.TEXT: (40 * SECOND, 10 * MINUTE),
            Way.NOISE: (20 * SECOND, 4 * MINUTE),
            Way.MAIL: (5 * MINUTE, 3 * HOUR),
            Way.CHAT: (8 * SECOND, 50 * SECOND),
        }
    )
    leaves_early: Bounds = (15 * SECOND, 90 * SECOND)


_MOST_BACK = 2
_WRITES_BACK = 0.75
_GIVES_THANKS = 0.35
_DROPS = 0.15
_COMPANY: Bounds = (40 * SECOND, 8 * MINUTE)
_PESTERS: Bounds = (10 * SECOND, 40 * SECOND)


@dataclass(frozen=True, slots=True, kw_only=True)
class Errand:
    """One patron's contact as it is meant to go.

    ``says``     their texts, the first one first
    ``company``  others who tell of the same noise
    ``after``    how long after those whose company they are they come, in milliseconds
    """

    number: int
    way: Way
    person: Person
    scenario: Scenario
    says: tuple[str, ...]
    seed: int
    company: tuple[Errand, ...] = ()
    after: int = 0


@dataclass(frozen=True, slots=True)
class Visit:
    """An errand, and when it begins."""

    when: Instant
    errand: Errand


def errands(seed: int, written: Texts, ways: tuple[Way, ...], opening: tuple[str, ...] = ()) -> Iterator[Errand]:
    """Who comes with what, in order and without end: a pure function of its arguments.

    ``opening``: the ids of the first errands, where they should not be drawn; KeyError for one that there is not
    """
    firsts = iter([{each.id: each for each in written.scenarios}[name] for name in opening])
    chance = random.Random(seed)
    decks = {way: Deck(chance, written.for_way(way)) for way in ways}
    shares = [SHARES[way] for way in ways]
    everybody = enumerate(cycle(people(chance, written)), 1)
    for number, person in everybody:
        first = next(firsts, None)
        way = first.ways[0] if first else chance.choices(ways, shares)[0]
        scenario = first or decks[way].draw()
        errand = Errand(
            number=number,
            way=way,
            person=_as_named(person, scenario.name),
            scenario=scenario,
            says=_script(chance, written, scenario, way),
            seed=chance.getrandbits(64),
        )
        yield replace(errand, company=tuple(_company(chance, errand, everybody))) if way is Way.NOISE else errand


def _company(chance: random.Random, errand: Errand, everybody: Iterator[tuple[int, Person]]) -> Iterator[Errand]:
    """Others who hear the same noise, each with a text of their own."""
    for text in errand.scenario.company:
        number, person = next(everybody)
        seed, after = chance.getrandbits(64), chance.randint(*_COMPANY)
        yield replace(errand, number=number, person=person, says=(text,), seed=seed, after=after)


def _as_named(person: Person, name: str) -> Person:
    if not name:
        return person
    local, _, domain = person.mailbox.partition("@")
    return replace(person, name=name, mailbox=f"{folded(name)}.{local.rpartition('.')[2]}@{domain}")


def _script(chance: random.Random, written: Texts, scenario: Scenario, way: Way) -> tuple[str, ...]:
    says = [scenario.opening.text]
    for question in scenario.follow_ups[:_MOST_BACK]:
        if chance.random() >= _WRITES_BACK:
            break
        says.append(question.text)
    if len(says) <= _MOST_BACK and way is not Way.NOISE and chance.random() < _GIVES_THANKS:
        says.append(chance.choice(written.thanks))
    return tuple(says)


class Patrons:
    """Everybody who writes to the library.

    ``rate``     contacts per hour on the clock, on average over a week of ``demand``
    ``opening``  the ids of the first errands, where they should not be drawn
    ValueError where no door is open, or where a line of the library has a number that a patron may have.
    """

    def __init__(
        self,
        seed: int,
        clock: Clock,
        doors: Doors,
        ledger: Ledger,
        *,
        rate: float = 30,
        demand: Demand | None = None,
        manners: Manners | None = None,
        written: Texts | None = None,
        opening: tuple[str, ...] = (),
    ) -> None:
        if not doors.ways:
            raise ValueError("patrons need at least one front door")
        if any(_is_a_patrons(number) for number in (doors.texts, doors.noise)):
            raise ValueError(f"give the library's lines numbers below +{FIRST_NUMBER}: the others are the patrons'")
        self.ledger = ledger
        self._seed = seed
        self._clock = clock
        self._doors = doors
        self._rate = rate
        self._demand = demand or Demand()
        self._manners = manners or Manners()
        self._written = written or all_texts()
        self._opening = opening

    def visits(self, start: Instant) -> Iterator[Visit]:
        """Who comes when, from ``start`` on, without end. The errands don't depend on ``start``; the times do."""
        times = arrivals(random.Random(f"{self._seed} arrivals"), self._demand, start, self._rate)
        coming = errands(self._seed, self._written, self._doors.ways, self._opening)
        for when, errand in zip(times, coming, strict=False):
            yield Visit(when, errand)

    async def run(self, count: int | None = None) -> None:
        """Let ``count`` patrons come (None: without end) and return when the last of them is done."""
        async with asyncio.TaskGroup() as group:
            for visit in islice(self.visits(self._clock.now()), count):
                await self._clock.until(visit.when)
                for errand in (visit.errand, *visit.errand.company):
                    group.create_task(self._visit(errand))

    async def _visit(self, errand: Errand) -> None:
        await self._clock.until(plus(self._clock.now(), errand.after))
        chance = random.Random(errand.seed)
        async with self._contact(errand, chance) as contact:
            if errand.scenario.leaves_early and errand.way is Way.CHAT:
                await self._look_in(contact, errand, chance)
            elif errand.scenario.pesters:
                await self._pester(contact, errand, chance)
            else:
                await self._talk(contact, errand, chance)

    async def _look_in(self, contact: Contact, errand: Errand, chance: random.Random) -> None:
        """Ask, and be gone before long."""
        await contact.says(errand.says[0])
        await self._pass(chance, self._manners.leaves_early)
        await contact.leaves()

    async def _pester(self, contact: Contact, errand: Errand, chance: random.Random) -> None:
        """Text on and on, and listen to nobody."""
        for text in (*errand.says, *errand.scenario.pesters):
            await contact.says(text)
            await self._pass(chance, _PESTERS)
        await contact.leaves()

    async def _talk(self, contact: Contact, errand: Errand, chance: random.Random) -> None:
        """Ask, hear, perhaps write back, and hear again."""
        for place, text in enumerate(errand.says):
            if place:
                await self._pass(chance, self._manners.pause[errand.way])
            await contact.says(text)
            if errand.scenario.automatic or text in self._written.thanks:
                break
            if await within(self._clock, chance.randint(*self._manners.patience[errand.way]), contact) is None:
                break
        if errand.way is Way.CHAT:
            await self._pass(chance, self._manners.pause[errand.way])
        await contact.leaves()

    async def _pass(self, chance: random.Random, bounds: Bounds) -> None:
        """Let a drawn time go by."""
        await self._clock.until(plus(self._clock.now(), chance.randint(*bounds)))

    @asynccontextmanager
    async def _contact(self, errand: Errand, chance: random.Random) -> AsyncIterator[Contact]:
        match errand.way:
            case Way.CHAT:
                async with self._chat(errand, chance) as chat:
                    yield chat
            case Way.MAIL:
                yield self._mail(errand, chance)
            case _:
                yield self._text(errand, chance)

    @asynccontextmanager
    async def _chat(self, errand: Errand, chance: random.Random) -> AsyncIterator[Chatting]:
        assert self._doors.chat is not None
        visitor = ChatVisitor(self._doors.chat, self._clock, errand.person.name.split()[0], chance)
        account = self._account(errand, lambda: [heard.text for heard in visitor.inbox])
        async with chatting(visitor, account, self._clock, drops=chance.random() < _DROPS) as chat:
            yield chat

    def _mail(self, errand: Errand, chance: random.Random) -> Mailing:
        assert self._doors.mail is not None
        assert self._doors.postbox is not None
        mailbox = self._doors.postbox.mailbox(errand.person.mailbox)
        account = self._account(errand, lambda: [mail.text for mail in mailbox.mails])
        return Mailing(self._doors.mail, mailbox, errand.person, errand.scenario, account, self._clock, chance)

    def _text(self, errand: Errand, chance: random.Random) -> Texting:
        assert self._doors.handset is not None
        handset = self._doors.handset(errand.person.number)
        number = self._doors.noise if errand.way is Way.NOISE else self._doors.texts
        account = self._account(errand, lambda: [text.body for text in handset.inbox if text.line == number])
        where = Where(self._doors.question, errand.scenario.where, self._doors.noise, self._manners.pause[Way.NOISE])
        return Texting(handset, number, account, self._clock, self._doors.greetings, where=where, chance=chance)

    def _account(self, errand: Errand, inbox: Inbox) -> Account:
        return self.ledger.opens(f"{errand.person.id}, {errand.way}", errand.way.channel, inbox)


def _is_a_patrons(number: str) -> bool:
    return number.startswith("+") and FIRST_NUMBER <= int(number[1:]) <= LAST_NUMBER
