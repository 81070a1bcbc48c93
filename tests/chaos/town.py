"""Patrons and staff around an owner that may die at any moment, and a ledger of what each side was promised.

Every message carries a tag of its own, every reply too, so that what was said, what was acknowledged, what the store
holds and what arrived can be laid beside each other.
"""

from __future__ import annotations

import asyncio
import itertools
import random
import re
import sqlite3
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import AsyncExitStack, aclosing, asynccontextmanager, closing
from email.message import EmailMessage
from pathlib import Path
from typing import Any, TypeVar, cast

import aiosmtplib
from aiosmtpd.smtp import SMTP, Envelope, Session

from helpdesk.api.remote import RemoteDesk, connect
from helpdesk.beside import beside
from helpdesk.clock import SECOND, Clock, Instant, PacedClock, SystemClock, plus
from helpdesk.errors import TryLater
from helpdesk.message import Channel, StaffId
from helpdesk.simulator.carrier import Carrier
from helpdesk.simulator.carrier_store import Text
from helpdesk.simulator.chat_client import ChatDoor, ChatVisitor
from helpdesk.simulator.handset import Handset
from helpdesk.simulator.postbox import Delivered, Mailbox, Postbox
from helpdesk.worklist import View
from tests.chaos.members import Ledger, Member
from tests.chaos.owner import ACCOUNT, CHAT, NOISE, TEXTS, TOKEN, Library, Owner, found_library

T = TypeVar("T")

HESITATION = 50
"""How long the relay takes to say that it has a mail, in milliseconds."""

QUESTION = re.compile(r"question-\w+-\d{5}")
ANSWER = re.compile(r"answer-\w+-\d{5}")


class Town:
    """The carrier, the relay, patrons of all channels and two members of staff around one library."""

    def __init__(self, library: Library, owner: Owner, carrier: WatchedCarrier, postbox: SlowRelay, seed: int) -> None:
        self.library = library
        self.owner = owner
        self.carrier = carrier
        self.postbox = postbox
        self.ledger = Ledger()
        self.visitors: list[ChatVisitor] = []
        self.handsets: set[Handset] = set()
        self.mailboxes: set[Mailbox] = set()
        self._chance = random.Random(seed)
        self._turns = asyncio.Semaphore(0)
        self._allowed = 0
        self._visitors_clock = _AsSoonAsUp(owner)

    # Patrons

    def may_say(self, count: int) -> None:
        """Let patrons say so many things more, whoever is free."""
        self._allowed += count
        for _ in range(count):
            self._turns.release()

    async def _turn(self) -> None:
        """Wait until one may say something, and somebody is there."""
        await self._turns.acquire()
        await self.owner.up.wait()

    async def texter(self, numbers: range, line: str) -> None:
        """Texts whenever it may, from one number after the other; what the library did not take, the carrier has."""
        for number in itertools.cycle(numbers):
            await self._turn()
            tag = self.ledger.asks(Channel.SMS)
            handset = self.handset(number)
            posted = await handset.texts(f"{tag} It is loud here.", to=line)
            if posted.status == 200:
                self.ledger.took(tag)

    def handset(self, number: int) -> Handset:
        """A patron's handset, numbered from 0 to 799."""
        handset = self.carrier.handset(f"+447700900{200 + number}")
        self.handsets.add(handset)
        return handset

    async def mailer(self, name: str) -> None:
        """Mails whenever it may, a new patron each time, and hands it over until the library has it, like a relay."""
        for number in itertools.count():
            await self._turn()
            tag, address = self.ledger.asks(Channel.MAIL), f"{name}-{number % 50}@patron.example"
            self.mailboxes.add(self.postbox.mailbox(address))
            content = mail(self.library.mailbox, sender=address, words=f"{tag} When do you open?")
            while not await self._handed_over(content, address):
                await self.owner.up.wait()
            self.ledger.took(tag)

    async def _handed_over(self, content: EmailMessage, sender: str) -> bool:
        try:
            await aiosmtplib.send(
                content, sender=sender, recipients=[self.library.mailbox], port=self.library.mail_port, timeout=20
            )
        except (aiosmtplib.SMTPException, OSError):
            return False
        return True

    async def visitor(self, name: str) -> None:
        """Chats whenever it may; the page comes back by itself and says again what was not acknowledged."""
        async with self.visiting(name) as visitor:
            while True:
                await self._turn()
                tag = self.ledger.asks(Channel.CHAT)
                assert await visitor.says(f"{tag} Is the printer working?"), (
                    f"{name} was not taken: {tag}, {visitor._failed}"
                )
                self.ledger.took(tag)

    @asynccontextmanager
    async def visiting(self, name: str) -> AsyncIterator[ChatVisitor]:
        """Somebody on the chat page."""
        door = ChatDoor(url=self.library.web.replace("http", "ws", 1) + "/chat/ws", origin=self.library.web, line=CHAT)
        visitor = ChatVisitor(door, self._visitors_clock, name, random.Random(self._chance.random()))
        self.visitors.append(visitor)
        async with visitor.visiting():
            yield visitor

    # Staff

    async def staff(self, name: str) -> None:
        """Answers whatever waits, at a desk attached to the owner, and again at the next owner."""
        member = Member(StaffId(name), self.ledger)
        while True:
            await self.owner.up.wait()
            try:
                async with connect(self.library.socket) as desk:
                    await member.works(desk)
            except TryLater:
                continue

    @asynccontextmanager
    async def busy(self, *, texters: int = 3, mailers: int = 3, visitors: int = 3) -> AsyncIterator[None]:
        """Patrons and staff at work until the block ends."""
        patrons = [
            *(self.texter(range(n * 40, n * 40 + 40), TEXTS) for n in range(texters)),
            *(self.texter(range(400 + n * 40, 400 + n * 40 + 40), NOISE) for n in range(texters)),
            *(self.mailer(f"mina{n}") for n in range(mailers)),
            *(self.visitor(f"Visitor {n}") for n in range(visitors)),
        ]
        async with beside(*patrons, self.staff("ana"), self.staff("ben")):
            yield

    # What became of it

    async def eventually(self, holds: Callable[[RemoteDesk], Awaitable[T | None]], *, seconds: float) -> T:
        """What ``holds`` gives, as soon as it gives anything; looked at again after every change. Ana is who looks."""
        async with asyncio.timeout(seconds), connect(self.library.socket) as desk:
            await desk.sign_in(StaffId("ana"), name="Ana")
            async with aclosing(cast("Any", desk.changes((await desk.hello()).seq))) as told:
                while (found := await holds(desk)) is None:
                    await anext(told)
                return found

    async def settles(self, *, seconds: float = 60) -> None:
        """Wait until every question is in the store, every reply is out, and nobody waits for an answer."""

        async def done(desk: RemoteDesk) -> bool | None:
            waiting = (await desk.counts(StaffId("ana")))[View.UNANSWERED]
            quiet = not waiting and self.all_kept() and not self.in_hand()
            return True if quiet and self.arrived() >= set(self.ledger.answers) else None

        try:
            await self.eventually(done, seconds=seconds)
        except TimeoutError:
            raise AssertionError(self.short_of()) from None

    async def all_are_kept(self, *, seconds: float = 60) -> None:
        """Wait until every question that was said is in the store."""

        async def done(_: RemoteDesk) -> bool | None:
            return self.all_kept() or None

        await self.eventually(done, seconds=seconds)

    def short_of(self) -> str:
        """What is missing, for the reader of a failed test."""
        kept = self.kept()
        lost = [tag for tag in self.ledger.said if tag not in kept]
        missing = set(self.ledger.answers) - self.arrived()
        return f"not in the store: {lost[:5]}; not arrived: {sorted(missing)[:5]}; outbox: {self.in_hand()[:5]}"

    def all_kept(self) -> bool:
        """Whether patrons have said all they may, and all of it is in the store."""
        return len(self.ledger.said) >= self._allowed and self.kept().keys() >= set(self.ledger.said)

    def kept(self) -> Counter[str]:
        """How often each question is in the store."""
        rows = self.rows("SELECT text FROM entries WHERE kind = 'in'")
        return Counter(tag for (text,) in rows for tag in QUESTION.findall(text))

    def in_hand(self) -> list[Any]:
        """What the outbox has still to deal with."""
        return self.rows("SELECT id, channel, state, tries, reason FROM outbox WHERE state NOT IN ('sent','delivered')")

    def flagged(self) -> set[str]:
        """The outbox ids of what went again because nobody knew whether it had gone, as the log says."""
        query = "SELECT json_extract(data, '$.outbox') FROM events WHERE kind = 'resent_unclear'"
        return {row[0] for row in self.rows(query)}

    def rows(self, query: str) -> list[Any]:
        """Read the store beside its owner."""
        with closing(sqlite3.connect(f"{self.library.store.as_uri()}?mode=ro", uri=True, timeout=5)) as connection:
            return connection.execute(query).fetchall()

    def arrived(self) -> set[str]:
        """The replies that arrived, by any channel."""
        return {answer for channel in (Channel.SMS, Channel.CHAT, Channel.MAIL) for answer in self.arrived_by(channel)}

    def arrived_by(self, channel: Channel) -> Counter[str]:
        """How often each reply arrived by a channel."""
        match channel:
            case Channel.SMS:
                words = [text.body for handset in self.handsets for text in handset.inbox]
            case Channel.CHAT:
                words = [heard.text for visitor in self.visitors for heard in visitor.inbox]
            case _:
                words = [each.text for each in self.mails()]
        return Counter(found[0] for each in words if (found := ANSWER.search(each)))

    def mails(self) -> list[Delivered]:
        """Every mail that the library sent."""
        return [each for mailbox in self.mailboxes for each in mailbox.mails]


class WatchedCarrier(Carrier):
    """A carrier that tells the test when it takes a text."""

    def __init__(self, *, seed: int) -> None:
        super().__init__(account=ACCOUNT, tokens=(TOKEN,), clock=SystemClock(), seed=seed)
        self.took = asyncio.Event()

    def accept(self, text: Text) -> None:
        """Take a text for a patron."""
        super().accept(text)
        self.took.set()


class SlowRelay(Postbox):
    """A relay that takes a mail and says so a little later: who dies in between does not know."""

    def __init__(self, clock: Clock) -> None:
        super().__init__()
        self.took = asyncio.Event()
        self._clock = clock

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        """Take it, wait, answer."""
        answer = await super().handle_DATA(server, session, envelope)
        self.took.set()
        await self._clock.until(plus(self._clock.now(), HESITATION))
        return answer


class _AsSoonAsUp:
    """The clock of visitors: who waits to come back does so as soon as there is an owner again."""

    def __init__(self, owner: Owner) -> None:
        self._owner = owner
        self._clock = PacedClock(pace=50)

    def now(self) -> Instant:
        """The present instant, on a fast clock."""
        return self._clock.now()

    async def until(self, when: Instant) -> None:
        """Return some time before or after ``when``, with the owner up."""
        await self._clock.until(min(when, plus(self.now(), 5 * SECOND)))
        await self._owner.up.wait()


def mail(to: str, *, sender: str, words: str) -> EmailMessage:
    """A mail with a Message-ID of its own."""
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = sender, to, "Opening hours"
    message["Message-ID"] = f"<{words.split()[0]}@patron.example>"
    message.set_content(words)
    return message


@asynccontextmanager
async def town(
    folder: Path, *, seed: int = 0, store: Path | None = None, before: Sequence[str] = ()
) -> AsyncIterator[Town]:
    """A library with patrons and staff, its owner not started yet. ``store`` and ``before`` as in owner.py."""
    async with AsyncExitStack() as stack:
        carrier = WatchedCarrier(seed=seed)
        url = await stack.enter_async_context(carrier.serving())
        postbox = SlowRelay(SystemClock())
        relay = await stack.enter_async_context(postbox.listening())
        library = found_library(folder, carrier=url, relay_port=relay.port, store=store)
        for number in (TEXTS, NOISE):
            carrier.rents(number, webhook=f"{library.web}/sms/inbound")
        owner = Owner(library, before=before)
        stack.push_async_callback(owner.end)
        yield Town(library, owner, carrier, postbox, seed)
