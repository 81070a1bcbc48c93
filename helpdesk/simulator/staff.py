"""Scripted staff: they answer through the desk, as people at a terminal would, by the clock they are given.

They glance at the queue now and then, take the ticket that most needs somebody, read, type and send. Whoever they
are chatting with comes first, and several chats go on side by side. So a claim within a minute is sometimes met and
sometimes missed.
"""

from __future__ import annotations

import asyncio
import random
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import TypeVar

from helpdesk.clock import MINUTE, SECOND, Clock, plus
from helpdesk.errors import HelpdeskError, Refused, Stale, TryLater
from helpdesk.events import Kind, Seq
from helpdesk.message import Channel, IncidentId, StaffId, TicketId
from helpdesk.noise.incidents import NoiseOutcome
from helpdesk.ports import Desk
from helpdesk.simulator.rounds import ON_THE_WAY, Rounds
from helpdesk.simulator.scenarios import Scenario, Texts
from helpdesk.simulator.scenarios import texts as all_texts
from helpdesk.thread import Entry, EntryKind, Thread
from helpdesk.ticket import Flag, Then, Ticket
from helpdesk.worklist import Row, View

T = TypeVar("T")

Bounds = tuple[int, int]
"""At least and at most, in milliseconds on the clock."""

SIGN_OF_LIFE = 1 * MINUTE
"""How often a member says that they still take chats."""

MUTE_HOURS = 24
"""For how long a nuisance is muted."""

TRIES = 6
"""How often a ticket that changed is read again."""

_FIRST_WAIT, _LONGEST_WAIT = 5 * SECOND, 2 * MINUTE
_NOTE = "Looked it up in the library system."
_NOTED = 0.15
_WAITED_FOR = 0.15


@dataclass(frozen=True, slots=True, kw_only=True)
class Pace:
    """How fast a member works.

    ``glance``   from news in the queue to looking at it
    ``notices``  from a word in one's own chat to reading it
    ``answers``  reading and typing
    ``walks``    from saying who goes to being where the noise is
    ``looks``    from being there to saying what came of it
    ``asked``    how long a reporter whom the library has asked for the place is left to answer
    """

    glance: Bounds = (10 * SECOND, 100 * SECOND)
    walks: Bounds = (1 * MINUTE, 4 * MINUTE)
    looks: Bounds = (30 * SECOND, 3 * MINUTE)
    asked: Bounds = (2 * MINUTE, 4 * MINUTE)
    notices: Bounds = (2 * SECOND, 15 * SECOND)
    answers: Mapping[Channel, Bounds] = field(
        default_factory=lambda: {
            Channel.CHAT: (20 * SECOND, 90 * SECOND),
            Channel.SMS: (30 * SECOND, 3 * MINUTE),
            Channel.MAIL: (2 * MINUTE, 9 * MINUTE),
        }
    )

    def of(self, channel: Channel) -> Bounds:
        """How long one answer takes."""
        return self.answers.get(channel, (MINUTE, 5 * MINUTE))


@dataclass(frozen=True, slots=True)
class Answer:
    """What to do with a ticket. ``text``: "" where no answer is needed; ``note``: "" for none.

    ``outcome``  of the noise that it tells of, None for whatever is drawn; ``mutes``: the texter is a nuisance
    """

    text: str
    then: Then
    note: str = ""
    outcome: NoiseOutcome | None = None
    mutes: bool = False


class Answers:
    """Finds the answer to what a patron wrote."""

    def __init__(self, written: Texts) -> None:
        self._written = written
        self._known = [
            (_plain(question.text), scenario, place)
            for scenario in written.scenarios
            for place, question in enumerate(scenario.questions)
        ] + [(_plain(text), scenario, 0) for scenario in written.scenarios for text in scenario.likewise]
        self._known.sort(key=lambda known: -len(known[0]))
        self._thanks = tuple(_plain(text) for text in written.thanks)

    def to(self, thread: Thread, chance: random.Random) -> Answer:
        """The answer to the last word of the patron; a general one where nobody knows better."""
        asked = next((each for each in reversed(thread.entries) if each.kind is EntryKind.IN), None)
        if asked is None or _needs_none(thread):
            return Answer("", "solved", "No answer needed, or possible.")
        text = _plain(_own(asked))
        chat = thread.ticket.channel is Channel.CHAT
        if text.startswith(self._thanks):
            return Answer(self._written.welcome if chat else "", "open" if chat else "solved")
        for known, scenario, place in self._known:
            if text.startswith(known):
                return _scripted(scenario, place, chance, chat=chat)
        return Answer(chance.choice(self._written.general), "open")


def _scripted(scenario: Scenario, place: int, chance: random.Random, *, chat: bool) -> Answer:
    then = scenario.then if place == 0 else "solved"
    if then == "solved" and chance.random() < _WAITED_FOR:
        then = "waiting"
    note = _NOTE if chance.random() < _NOTED else ""
    return Answer(
        scenario.questions[place].expects,
        "open" if chat else then,
        scenario.note if place == 0 and scenario.note else note,
        scenario.outcome,
        scenario.mutes,
    )


def _needs_none(thread: Thread) -> bool:
    return bool(thread.ticket.flags & {Flag.LEFT, Flag.UNDELIVERABLE, Flag.AUTOMATIC, Flag.QUARANTINED})


def _own(entry: Entry) -> str:
    return entry.text if entry.quote_from is None else entry.text[: entry.quote_from]


def _plain(text: str) -> str:
    """A text as it can be compared: numbers that a sealed line masks are the same as masked ones."""
    return " ".join(word for word in text.split() if not word.isdigit() and word != "[number]")


class ScriptedStaff:
    """One member of staff.

    ``hands``  how many tickets of the queue they have in hand at a time; chats that go on need none
    """

    def __init__(
        self,
        desk: Desk,
        actor: StaffId,
        clock: Clock,
        seed: int,
        *,
        name: str = "",
        pace: Pace | None = None,
        hands: int = 3,
        written: Texts | None = None,
    ) -> None:
        self.answered = 0
        """Replies written so far."""
        self._desk = desk
        self._actor = actor
        self._clock = clock
        self._chance = random.Random(f"{seed} {actor}")
        self._name = name or actor.title()
        self._pace = pace or Pace()
        self._hands = asyncio.Semaphore(hands)
        self._in_hand: set[TicketId] = set()
        self._left: list[TicketId] = []
        self._news = asyncio.Event()
        self._spoken = asyncio.Event()
        self._answers = Answers(written or all_texts())
        self._rounds = Rounds(
            noise=desk.noise,
            actor=actor,
            clock=clock,
            chance=self._chance,
            walks=lambda: self._pass(self._pace.walks),
            looks=lambda: self._pass(self._pace.looks),
        )

    async def run(self) -> None:
        """Work until cancelled."""
        await self._patiently(lambda: self._desk.sign_in(self._actor, name=self._name))
        seq = (await self._patiently(self._desk.hello)).seq
        async with asyncio.TaskGroup() as group:
            group.create_task(self._stay_available())
            group.create_task(self._listen(seq))
            group.create_task(self._work(group))
            group.create_task(self._chat(group))

    async def _stay_available(self) -> None:
        """Keep the chat open."""
        while True:
            await self._patiently(lambda: self._desk.set_presence(self._actor, Channel.CHAT, True))
            await self._pass((SIGN_OF_LIFE, SIGN_OF_LIFE))

    async def _listen(self, seq: Seq) -> None:
        """Hear of what happens; where the connection breaks, go on after the last change."""
        while True:
            try:
                async for told in self._desk.changes(seq):
                    seq = told.seq
                    if told.kind is Kind.LEFT and told.ticket is not None:
                        self._left.append(told.ticket)
                    if told.actor != self._actor:
                        self._news.set()
                        self._spoken.set()
            except TryLater:
                await self._pass((_FIRST_WAIT, _FIRST_WAIT))

    async def _work(self, group: asyncio.TaskGroup) -> None:
        """Glance at the queue when there is news, and take all that there are hands for."""
        while True:
            await self._pass(self._pace.glance)
            self._news.clear()
            while (ticket := await self._next()) is not None:
                self._in_hand.add(ticket.id)
                group.create_task(self._handle(ticket, self._hands))
            await self._news.wait()

    async def _chat(self, group: asyncio.TaskGroup) -> None:
        """Go on with one's own chats as soon as the visitor writes again, and solve those that are over."""
        while True:
            await self._spoken.wait()
            await self._pass(self._pace.notices)
            self._spoken.clear()
            await self._tidy()
            page = await self._patiently(lambda: self._desk.worklist(self._actor, View.MINE))
            for row in page.rows:
                if row.channel is Channel.CHAT and row.unanswered is not None and self._is_free(row):
                    ticket = await self._claimed(row.id)
                    if ticket is not None:
                        self._in_hand.add(ticket.id)
                        group.create_task(self._handle(ticket, None))

    async def _next(self) -> Ticket | None:
        """Claim the most urgent ticket that is not in hand already, as soon as there is a hand for it."""
        await self._hands.acquire()
        ticket = await self._patiently(lambda: self._desk.take_next(self._actor))
        if ticket is not None and ticket.id in self._in_hand:
            ticket = await self._another()
        if ticket is None:
            self._hands.release()
        return ticket

    async def _another(self) -> Ticket | None:
        """The next ticket of the queue that nobody has."""
        page = await self._patiently(lambda: self._desk.worklist(self._actor, View.UNANSWERED))
        for row in page.rows:
            if self._is_free(row) and (ticket := await self._claimed(row.id)) is not None:
                return ticket
        return None

    async def _claimed(self, ticket: TicketId) -> Ticket | None:
        """The ticket, claimed; None where a colleague has it or nobody waits for an answer any more."""
        try:
            claimed = await self._desk.claim(self._actor, ticket)
        except (Stale, Refused, TryLater):
            return None
        return claimed if claimed.unanswered is not None else None

    def _is_free(self, row: Row) -> bool:
        lapsed = row.held_until is not None and row.held_until <= self._clock.now()
        return row.id not in self._in_hand and (row.owner in {None, self._actor} or lapsed)

    async def _handle(self, ticket: Ticket, hand: asyncio.Semaphore | None) -> None:
        """See to a claimed ticket, and put it out of hand whatever comes of it."""
        try:
            await self._see_to(ticket.id)
        finally:
            self._in_hand.discard(ticket.id)
            if hand is not None:
                hand.release()
            self._news.set()
            self._spoken.set()

    async def _see_to(self, ticket: TicketId) -> None:
        """Read, type, send. If it changed meanwhile, claim and read again; if a colleague has it, it is theirs."""
        for _ in range(TRIES):
            try:
                return await self._answer(await self._desk.thread(self._actor, ticket))
            except Refused as refused:
                return await self._set_aside(ticket, str(refused))
            except TryLater:
                await self._pass((_FIRST_WAIT, _FIRST_WAIT))
            except Stale:
                pass  # somebody was quicker: claim it and read it again, if it is still ours
            if await self._claimed(ticket) is None:
                return None
        return None

    async def _answer(self, thread: Thread) -> None:
        answer = self._answers.to(thread, self._chance)
        ticket = thread.ticket
        if ticket.incident is None or not answer.text:
            await self._write(thread, answer)
        elif await self._rounds.takes(ticket.incident):
            await self._see_to_noise(thread, ticket.incident, answer)
        else:
            await self._write(thread, replace(answer, text=ON_THE_WAY, then="open"))

    async def _write(self, thread: Thread, answer: Answer) -> None:
        """Read, type, send; where no answer is needed, be done with it."""
        ticket = thread.ticket
        least, most = self._pace.of(ticket.channel)
        await self._pass((least // 2, most // 2))
        if ticket.channel is Channel.CHAT and answer.text:
            await self._desk.typing(self._actor, ticket.id)
        await self._pass((least // 2, most // 2))
        if answer.text:
            await self._desk.reply(
                self._actor, ticket.id, ticket.version, answer.text, then=answer.then, exclude=thread.unverified
            )
            self.answered += 1
        else:
            ticket = await self._muted(ticket) if answer.mutes else ticket
            await self._desk.solve(self._actor, ticket.id, ticket.version)
        if answer.note:
            await self._desk.note(self._actor, ticket.id, answer.note)

    async def _see_to_noise(self, thread: Thread, incident: IncidentId, answer: Answer) -> None:
        """Go there, and where somebody may be in danger say so first. With no place there is only writing."""
        ticket = thread.ticket
        if ticket.zone:
            if ticket.concern and not any(entry.kind is EntryKind.OUT for entry in thread.entries):
                await self._desk.reply(self._actor, ticket.id, ticket.version, answer.text, then="open")
                self.answered += 1
            await self._rounds.go(incident, answer.outcome)
            return
        await self._pass(self._pace.asked)
        if answer.outcome is NoiseOutcome.NO_PLACE:
            await self._rounds.nowhere(incident)
        else:
            await self._write(thread, answer)  # Stale where the place has come meanwhile

    async def _muted(self, ticket: Ticket) -> Ticket:
        """Hear no more of this texter today."""
        return await self._desk.noise.mute(self._actor, ticket.id, ticket.version, MUTE_HOURS)

    async def _set_aside(self, ticket: TicketId, reason: str) -> None:
        """It can't be answered: say why, for colleagues, and be done with it."""
        try:
            thread = await self._desk.thread(self._actor, ticket)
            await self._desk.solve(self._actor, ticket, thread.ticket.version)
            await self._desk.note(self._actor, ticket, f"Could not be answered: {reason}")
        except HelpdeskError:
            return  # whoever changed it meanwhile has it

    async def _tidy(self) -> None:
        """Solve the chats that were answered and whose visitors have left."""
        gone, self._left = self._left, []
        for ticket in gone:
            try:
                found = (await self._desk.thread(self._actor, ticket)).ticket
                if found.owner == self._actor and found.live and found.unanswered is None:
                    await self._desk.solve(self._actor, ticket, found.version)
            except HelpdeskError:
                continue  # a colleague has done it

    async def _patiently(self, call: Callable[[], Awaitable[T]]) -> T:
        """Make a call again for as long as the desk says "later"."""
        wait = _FIRST_WAIT
        while True:
            try:
                return await call()
            except TryLater:
                await self._pass((wait, wait))
                wait = min(2 * wait, _LONGEST_WAIT)

    async def _pass(self, bounds: Bounds) -> None:
        """Let a drawn time go by."""
        await self._clock.until(plus(self._clock.now(), self._chance.randint(*bounds)))
