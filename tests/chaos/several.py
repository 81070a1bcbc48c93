"""Three servers on one PostgreSQL, a balancer before them, and around them patrons, a carrier, a relay and staff.

Each server is `helpdesk serve`, a process of its own with a folder of its own; they share the database, the key
database and the master key. The carrier's webhooks and the relay's mails reach any of them in turn. A desk stays with
its server for as long as that answers.
"""

from __future__ import annotations

import asyncio
import itertools
import json
import shutil
from collections import Counter
from collections.abc import AsyncIterator, Iterable, Iterator, Sequence
from contextlib import AsyncExitStack, ExitStack, asynccontextmanager, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import aiosmtplib
import psycopg
from pydantic import SecretStr

from helpdesk.api.remote import connect
from helpdesk.beside import beside
from helpdesk.clock import SECOND, SystemClock, plus
from helpdesk.config import StoreSettings
from helpdesk.events import Seq
from helpdesk.message import Channel, StaffId
from helpdesk.simulator.carrier import inbound_form
from helpdesk.simulator.handset import Handset
from helpdesk.simulator.postbox import Mailbox
from tests.chaos.balancing import Front
from tests.chaos.members import Ledger
from tests.chaos.owner import NOISE, TEXTS, Library, Owner, found_library, free_port
from tests.chaos.seat import Seat
from tests.chaos.town import ANSWER, QUESTION, SlowRelay, WatchedCarrier, mail
from tests.postgres import Server, server

SERVERS, DESKS = 3, 20
MAILBOX = "help@several.example"
MORE_TEXTS = "+447700900124"
ADMIN = StaffId("admin")

AGAIN = SECOND // 2
"""How long a carrier and a relay wait before they bring a message again, in milliseconds."""

SETTLE_SECONDS = 240
"""How long all may take to be done once nobody dies any more, on a machine that is busy."""

_MORE = f"""
[lines.more]
channel = "sms"
title = "Texts at the annexe"
address = "{MORE_TEXTS}"
"""


@dataclass(frozen=True, kw_only=True)
class Doors:
    """The ports that the outside sees: the web's, the mail's, and the API's, one for the desks of each server."""

    web: int
    mail: int
    api: tuple[int, ...]


@dataclass(frozen=True, kw_only=True)
class Shared:
    """What the servers share: their two databases."""

    server: Server
    url: str
    keys: str

    @property
    def settings(self) -> StoreSettings:
        """Where the store is."""
        return StoreSettings(url=SecretStr(self.url))

    def rows(self, query: str) -> list[Any]:
        """Read the store beside its servers."""
        with psycopg.connect(self.url) as connection:
            return connection.execute(query.encode()).fetchall()


@contextmanager
def shared() -> Iterator[Shared]:
    """A PostgreSQL server of one's own that keeps what it has acknowledged, with two databases."""
    with ExitStack() as stack:
        running = stack.enter_context(server())
        url, keys = (stack.enter_context(running.fresh("template0")) for _ in range(2))
        yield Shared(server=running, url=url, keys=keys)


class Site:
    """All of it. ``ledger``: who was promised what; ``turned_away``: a webhook was not acknowledged."""

    def __init__(self, owners: Sequence[Owner], doors: Doors, databases: Shared, *, seed: int) -> None:
        self.owners = owners
        self.doors = doors
        self.databases = databases
        self.ledger = Ledger()
        self.seats: list[Seat] = []
        self.carrier = WatchedCarrier(seed=seed)
        self.postbox = SlowRelay(SystemClock())
        self.handsets: set[Handset] = set()
        self.mailboxes: set[Mailbox] = set()
        self.turned_away = asyncio.Event()
        self._clock = SystemClock()
        self._turns = asyncio.Semaphore(0)
        self._allowed = 0

    # Patrons

    def may_say(self, count: int) -> None:
        """Let patrons say so many things more, whoever is free."""
        self._allowed += count
        for _ in range(count):
            self._turns.release()

    async def texter(self, numbers: Iterable[int], line: str) -> None:
        """Texts whenever it may. The carrier brings a text again until it is acknowledged."""
        for number in itertools.cycle(numbers):
            await self._turns.acquire()
            tag = self.ledger.asks(Channel.SMS)
            handset = self.carrier.handset(f"+447700900{200 + number}")
            self.handsets.add(handset)
            posted = await handset.texts(f"{tag} It is loud here.", to=line)
            status = posted.status
            while status != 200:
                self.turned_away.set()
                await self._clock.until(plus(self._clock.now(), AGAIN))
                text = self.carrier.texts.get(posted.sid)
                assert text is not None
                status = await self.carrier.posts(self.carrier.numbers[line].webhook, inbound_form(text))
            self.ledger.took(tag)

    async def mailer(self, name: str) -> None:
        """Mails whenever it may, a new patron each time; the relay brings a mail again until it is taken."""
        for number in itertools.count():
            await self._turns.acquire()
            tag, address = self.ledger.asks(Channel.MAIL), f"{name}-{number}@patron.example"
            self.mailboxes.add(self.postbox.mailbox(address))
            content = mail(MAILBOX, sender=address, words=f"{tag} When do you open?")
            while True:
                try:
                    port = self.doors.mail
                    await aiosmtplib.send(content, sender=address, recipients=[MAILBOX], port=port, timeout=20)
                    break
                except (aiosmtplib.SMTPException, OSError):
                    await self._clock.until(plus(self._clock.now(), AGAIN))
            self.ledger.took(tag)

    @asynccontextmanager
    async def busy(self) -> AsyncIterator[None]:
        """Patrons and staff at work until the block ends. A desk that ended would end the block."""
        patrons = [
            *(self.texter(range(n * 40, n * 40 + 40), TEXTS) for n in range(2)),
            *(self.texter(range(200 + n * 40, 200 + n * 40 + 40), NOISE) for n in range(2)),
            *(self.texter(range(400 + n * 40, 400 + n * 40 + 40), MORE_TEXTS) for n in range(2)),
            self.mailer("mina"),
        ]
        async with beside(*patrons, *(seat.works() for seat in self.seats)):
            yield

    # Staff

    async def hires(self, desks: int) -> None:
        """A token and a desk for each member, by turns at one server and the next."""
        async with connect(self.owners[0].library.socket) as desk:
            await desk.sign_in(ADMIN, name="Admin")
            for number in range(desks):
                port = self.doors.api[number % len(self.doors.api)]
                name = StaffId(f"staff{number:02d}")
                await desk.sign_in(name, name=name.title())
                issued = await desk.roster.issue(name, name, name="desk")
                self.seats.append(Seat(number, f"http://127.0.0.1:{port}", issued.text, self.ledger, self._clock))

    # What became of it

    async def whoever_leads(self) -> Owner:
        """The server that leads, as soon as one of those that are up does, by what they say in their logs."""
        while (found := next(filter(_leads, self.owners), None)) is None:
            await self._clock.until(plus(self._clock.now(), AGAIN))
        return found

    async def settles(self) -> Seq:
        """Wait until every question is in the store, every reply is out, and every desk has heard of it all.

        Returns the last event that they all have heard of.
        """
        try:
            async with asyncio.timeout(SETTLE_SECONDS):
                while self.short_of():
                    if self._unanswered():
                        for seat in self.seats:
                            seat.looks()
                    await self._clock.until(plus(self._clock.now(), SECOND))
                last = self.last()
                for seat in self.seats:
                    await seat.hears(last)
                return last
        except TimeoutError:
            raise AssertionError(self.short_of() or "a desk has not heard of everything") from None

    def short_of(self) -> str:
        """What is missing, "" once all is done."""
        kept, arrived = self.kept(), self.arrived()
        parts = {
            "not said yet": self._allowed - len(self.ledger.said),
            "not in the store": [tag for tag in self.ledger.said if tag not in kept],
            "not taken": set(self.ledger.said) - self.ledger.taken,
            "without an answer": self._unanswered(),
            "not arrived": [answer for answer in self.ledger.answers if answer not in arrived],
            "outbox": self.in_hand(),
        }
        return "; ".join(f"{name}: {str(found)[:200]}" for name, found in parts.items() if found)

    def _unanswered(self) -> int:
        rows = self.databases.rows("SELECT count(*) FROM tickets WHERE unanswered IS NOT NULL AND state <> 'closed'")
        return int(rows[0][0])

    def last(self) -> Seq:
        """The log's last event."""
        return Seq(self.databases.rows("SELECT seq FROM chain WHERE library = 'main'")[0][0])

    def kept(self) -> Counter[str]:
        """How often each question is in the store."""
        rows = self.databases.rows("SELECT text FROM entries WHERE kind = 'in'")
        return Counter(tag for (text,) in rows for tag in QUESTION.findall(text))

    def written(self) -> Counter[str]:
        """How often each reply is in the store."""
        rows = self.databases.rows("SELECT text FROM entries WHERE kind = 'out'")
        return Counter(tag for (text,) in rows for tag in ANSWER.findall(text))

    def in_hand(self) -> list[Any]:
        """What the outbox has still to deal with."""
        query = "SELECT id, channel, state, tries, reason FROM outbox WHERE state NOT IN ('sent', 'delivered')"
        return self.databases.rows(query)

    def flagged(self) -> set[str]:
        """The replies that went again because nobody knew whether they had gone, as the log says, by their texts."""
        again = {
            json.loads(data)["outbox"]
            for (data,) in self.databases.rows("SELECT data FROM events WHERE kind = 'resent_unclear'")
        }
        rows = self.databases.rows("SELECT id, text FROM outbox")
        return {tag for outbox, text in rows if outbox in again for tag in ANSWER.findall(text)}

    def texted(self) -> Counter[str]:
        """How often each reply was given to the carrier."""
        texts = [text.body for handset in self.handsets for text in handset.inbox]
        return Counter(tag for body in texts for tag in ANSWER.findall(body)[:1])

    def mailed(self) -> Counter[str]:
        """How often each reply was given to the relay."""
        words = [each.text for mailbox in self.mailboxes for each in mailbox.mails]
        return Counter(tag for text in words for tag in ANSWER.findall(text)[:1])

    def arrived(self) -> Counter[str]:
        """How often each reply reached its patron."""
        return self.texted() + self.mailed()


def _leads(owner: Owner) -> bool:
    said = [json.loads(line).get("event") for line in owner.log.splitlines() if line.startswith("{")]
    turns = [event for event in said if event in {"leads", "leads no more"}]
    return owner.up.is_set() and turns[-1:] == ["leads"]


@asynccontextmanager
async def site(folder: Path, *, seed: int = 0) -> AsyncIterator[Site]:
    """Everything is up and nobody has said anything yet."""
    async with AsyncExitStack() as stack:
        databases = stack.enter_context(shared())
        doors = Doors(web=free_port(), mail=free_port(), api=tuple(free_port() for _ in range(SERVERS)))
        owners: list[Owner] = []
        place = Site(owners, doors, databases, seed=seed)
        carrier = await stack.enter_async_context(place.carrier.serving())
        relay = await stack.enter_async_context(place.postbox.listening())
        ports = [free_port() for _ in range(SERVERS)]
        for number, port in enumerate(ports):
            home = folder / f"server{number}"
            home.mkdir()
            library = _founded(home, carrier, relay.port, doors, databases, port)
            owners.append(Owner(library))
            stack.push_async_callback(owners[-1].end)
        await _started(owners)
        await stack.enter_async_context(_balanced(owners, ports, doors))
        for line in (TEXTS, NOISE, MORE_TEXTS):
            place.carrier.rents(line, webhook=f"http://127.0.0.1:{doors.web}/sms/inbound")
        await place.hires(DESKS)
        yield place


def _founded(home: Path, carrier: str, relay: int, doors: Doors, databases: Shared, api: int) -> Library:
    """One server's folder: its own ports, and what it shares with the others."""
    library = found_library(home, carrier=carrier, relay_port=relay)
    text = library.settings.read_text().replace(library.mailbox, MAILBOX)
    text = text.replace(f'public_url = "{library.web}"', f'public_url = "http://127.0.0.1:{doors.web}"')
    where = f"url = {json.dumps(databases.url)}\nkeys_url = {json.dumps(databases.keys)}\n"
    text = text.replace("[store]\n", f"[store]\n{where}")
    text += f"[api]\nport = {api}\nrequests_per_second = 1000\nburst = 10000\n{_MORE}"
    library.settings.write_text(text)
    return replace(library, mailbox=MAILBOX)


async def _started(owners: Sequence[Owner]) -> None:
    """The first makes the tables and the master key, which the others are given."""
    first, *others = owners
    await first.start()
    for each in others:
        shutil.copy2(first.library.folder / "master.key", each.library.folder / "master.key")
    async with asyncio.TaskGroup() as tasks:
        for each in others:
            tasks.create_task(each.start())


@asynccontextmanager
async def _balanced(owners: Sequence[Owner], api: Sequence[int], doors: Doors) -> AsyncIterator[None]:
    web = [int(owner.library.web.rpartition(":")[2]) for owner in owners]
    async with AsyncExitStack() as stack:
        await stack.enter_async_context(Front(web, taking_turns=True).listening(doors.web))
        mails = [owner.library.mail_port for owner in owners]
        await stack.enter_async_context(Front(mails, taking_turns=True).listening(doors.mail))
        for number, port in enumerate(doors.api):
            await stack.enter_async_context(Front(api, first=number).listening(port))
        yield
