"""Tests read like the desk: patrons write, staff answer, time passes.

::

    async with library() as town:
        ana, mia = town.texter("ana"), await town.staff("mia")
        await ana.texts("loud on level 3")
        await mia.replies("On our way")
        await ana.hears("On our way")
        await town.time.passes(minutes=4)

The whole house stands in memory, with loopback channels and a clock that stands still until time passes; then the
watch and the outbox do their passes at the very moments that they asked for.
"""

from __future__ import annotations

import hmac
import itertools
import random
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from channels.loopback import Loopback
from helpdesk import tokens
from helpdesk.chats import Chats, Opened
from helpdesk.clock import MINUTE, Instant, ManualClock, plus
from helpdesk.config import LineSettings, Settings, StoreSettings
from helpdesk.events import Event, Seq
from helpdesk.house import House, open_house
from helpdesk.ids import Entropy
from helpdesk.message import (
    Address,
    Channel,
    ConversationId,
    Inbound,
    LineId,
    Outbound,
    Receipt,
    StaffId,
    TicketId,
)
from helpdesk.phone import PhoneNumber, reveal
from helpdesk.ports import Desk, Door
from helpdesk.privacy import Key
from helpdesk.standards import ClockRow
from helpdesk.store.verbs import clocks, events
from helpdesk.thread import Thread
from helpdesk.ticket import Then, Ticket
from tests.arriving import inbound
from tests.engines import fresh_store
from tests.passing import Time

MASTER = Key(bytes(range(32)))

QUIET = Path(__file__).with_name("quiet_texts.toml")
"""The wording of a library that texts nothing by itself."""

LINES = {
    "noise": LineSettings(
        channel=Channel.SMS, title="Noiseline", policy="sealed", kind="noise", address="+447700900001"
    ),
    "text": LineSettings(channel=Channel.SMS, title="Text us", address="+447700900002"),
    "help": LineSettings(channel=Channel.MAIL, title="Enquiries", address="help@library.example"),
    "greeted": LineSettings(
        channel=Channel.MAIL, title="Loans", address="loans@library.example", greeting="Thank you, we have it."
    ),
    "chat": LineSettings(channel=Channel.CHAT, title="Web chat", address="chat"),
}
_USUAL = {"library": {"name": "Fernhill Library"}, "texts": QUIET, "desk": {"undo_seconds": 0}}


def drawn(seed: int = 1) -> Entropy:
    """A seeded source in place of ``os.urandom``."""
    return random.Random(seed).randbytes


@dataclass(eq=False)
class Patron:
    """Somebody who writes to the library and reads what comes back."""

    town: Town
    name: str
    read: int = 0
    receipts: list[Receipt] = field(default_factory=list)

    @property
    def channel(self) -> Channel:
        """How they reach us."""
        raise NotImplementedError

    def is_me(self, message: Outbound) -> bool:
        """Whether a message is addressed to them."""
        raise NotImplementedError

    @property
    def heard(self) -> list[Outbound]:
        """All that reached them, in order."""
        return [each for each in self.town.wires[self.channel].sent if self.is_me(each)]

    @property
    def ticket(self) -> TicketId:
        """The ticket of their latest message."""
        found = self.receipts[-1].ticket
        assert found is not None
        return found

    async def hears(self, text: str) -> Outbound:
        """The next message to them says ``text``; the outbox delivers what waits first."""
        await self.town.settles()
        heard = self.heard
        assert len(heard) > self.read, f"{self.name} heard nothing more"
        message = heard[self.read]
        self.read += 1
        assert text in message.text, f"{self.name} heard: {message.text}"
        return message

    async def hears_nothing(self) -> None:
        """No message to them is left unread."""
        await self.town.settles()
        assert [each.text for each in self.heard[self.read :]] == []

    async def _sends(self, inbound: Inbound) -> Receipt:
        receipt = await self.town.wires[self.channel].arrives(inbound)
        self.receipts.append(receipt)
        return receipt


@dataclass(eq=False)
class Texter(Patron):
    """Somebody with a telephone. ``line``: which number they text."""

    number: str = "+447700900101"
    line: str = "noise"

    @property
    def channel(self) -> Channel:
        """Texts."""
        return Channel.SMS

    def is_me(self, message: Outbound) -> bool:
        """By number, which the sending step alone sees."""
        to = message.to
        return (reveal(to) if isinstance(to, PhoneNumber) else to.value if isinstance(to, Address) else "") == (
            self.number
        )

    async def texts(self, text: str, *, named: str = "", line: str = "") -> Receipt:
        """A text arrives, as its webhook hands it in. ``named``: the carrier's id for it."""
        return await self._sends(self.text(text, named=named, line=line))

    def text(self, text: str, *, named: str = "", line: str = "", **more: object) -> Inbound:
        """The text, not sent yet."""
        return inbound(
            Channel.SMS,
            line or self.line,
            PhoneNumber(self.number),
            text,
            named or f"SM{self.town.next_number()}",
            **more,
        )


@dataclass(eq=False)
class Mailer(Patron):
    """Somebody with a mail address."""

    line: str = "help"

    @property
    def channel(self) -> Channel:
        """Mail."""
        return Channel.MAIL

    @property
    def address(self) -> Address:
        """Where they read."""
        return Address(channel=Channel.MAIL, value=f"{self.name}@example.org", name=self.name.title())

    def is_me(self, message: Outbound) -> bool:
        """By address, or as a copy."""
        direct = isinstance(message.to, Address) and message.to.value == self.address.value
        return direct or self.address.value in message.copies

    async def mails(self, text: str, *, to: TicketId | None = None, named: str = "", **more: object) -> Receipt:
        """A mail arrives, read already; ``to`` a ticket's own signed address, else to the line."""
        return await self._sends(self.mail(text, to=to, named=named, **more))

    def mail(self, text: str, *, to: TicketId | None = None, named: str = "", **more: object) -> Inbound:
        """The mail, not sent yet."""
        signed = (tokens.sign(self.town.reply_key, to),) if to else ()
        name = named or f"<{self.town.next_number()}@example.org>"
        return inbound(Channel.MAIL, self.line, self.address, text, name, **{"tokens": signed, **more})


@dataclass(eq=False)
class Visitor(Patron):
    """Somebody on the chat page."""

    opened: Opened | None = None

    @property
    def channel(self) -> Channel:
        """Chat."""
        return Channel.CHAT

    @property
    def conversation(self) -> ConversationId:
        """Their conversation, once they have written."""
        assert self.opened is not None
        return self.opened.conversation

    def is_me(self, message: Outbound) -> bool:
        """By conversation."""
        return self.opened is not None and message.to == self.opened.conversation

    async def chats(self, text: str, *, named: str = "") -> int:
        """Say something; the first time a conversation begins. Returns the message's number in it."""
        chats = self.town.house.chats
        if self.opened is None:
            self.opened = await chats.open(LineId("chat"), self.name.title())
        name = named or f"c{self.town.next_number()}"
        return await chats.say(self.opened.conversation, self.opened.token, name, text)

    async def leaves(self) -> None:
        """End the chat."""
        assert self.opened is not None
        await self.town.house.chats.end(self.opened.conversation, self.opened.token)


@dataclass(eq=False)
class Staff:
    """A member at the desk, with the ticket that lies open before them. ``at``: another desk than the house's own."""

    town: Town
    id: StaffId
    ticket: Ticket | None = None
    at: Desk | None = field(default=None, kw_only=True)

    @property
    def desk(self) -> Desk:
        """Where they sit."""
        return self.at or self.town.house.desk

    @property
    def before(self) -> Ticket:
        """The ticket that they work on."""
        assert self.ticket is not None, f"{self.id} has taken no ticket"
        return self.ticket

    async def takes_next(self) -> Ticket | None:
        """Press t."""
        self.ticket = await self.desk.take_next(self.id)
        return self.ticket

    async def opens(self, ticket: TicketId) -> Thread:
        """Look at a ticket."""
        thread = await self.desk.thread(self.id, ticket)
        self.ticket = thread.ticket
        return thread

    async def replies(self, text: str, *, then: Then = "open", key: str = "") -> Ticket:
        """Answer the ticket in hand, or the next one where there is none."""
        if self.ticket is None:
            await self.takes_next()
        ticket = self.before
        self.ticket = await self.desk.reply(self.id, ticket.id, ticket.version, text, then=then, key=key)
        return self.ticket

    async def notes(self, text: str) -> Ticket:
        """Write for colleagues."""
        self.ticket = await self.desk.note(self.id, self.before.id, text)
        return self.ticket

    async def solves(self) -> Ticket:
        """Press x."""
        self.ticket = await self.desk.solve(self.id, self.before.id, self.before.version)
        return self.ticket

    async def snoozes(self, *, minutes: float) -> Ticket:
        """Press s."""
        until = plus(self.town.time.now, round(minutes * MINUTE))
        self.ticket = await self.desk.snooze(self.id, self.before.id, self.before.version, until)
        return self.ticket


@dataclass(eq=False)
class Town:
    """A library with its house, its wires and its people."""

    house: House
    wires: dict[Channel, Loopback]
    clock: ManualClock
    _count: Iterator[int] = field(default_factory=lambda: itertools.count(1))
    time: Time = field(init=False)

    def __post_init__(self) -> None:
        self.time = Time(self.clock, self)

    @property
    def reply_key(self) -> bytes:
        """What signs the addresses of tickets."""
        return hmac.digest(bytes(MASTER), b"helpdesk: reply tokens", "sha256")

    def next_number(self) -> int:
        """A number that was not given before."""
        return next(self._count)

    def texter(self, name: str, *, line: str = "noise") -> Texter:
        """Somebody new with a telephone."""
        return Texter(self, name, number=f"+4477009{100 + self.next_number():05d}", line=line)

    def mailer(self, name: str, *, line: str = "help") -> Mailer:
        """Somebody new with a mail address."""
        return Mailer(self, name, line=line)

    def visitor(self, name: str) -> Visitor:
        """Somebody new on the chat page."""
        return Visitor(self, name)

    async def staff(self, name: str) -> Staff:
        """A member signs in."""
        member = await self.house.desk.sign_in(StaffId(name), name=name.title())
        return Staff(self, member.id)

    async def settles(self) -> Instant | None:
        """One pass of everything that time or a change brings, until nothing is due now; the next moment due."""
        for _ in range(50):
            before = await self._last()
            due = [await self.house.watch.check_due(), await self.house.outbox.resume_due()]
            due += [await self.house.deletions.delete_due(), await self.house.escalation.check_due()]
            due += [await self.house.outbox.deliver_due(channel) for channel in self.house.outbox.channels]
            times = [when for when in due if when is not None]
            if await self._last() == before and all(when > self.time.now for when in times):
                return min(times, default=None)
        raise AssertionError("the house never comes to rest")

    async def _last(self) -> Seq:
        """The number of the last event: none is lower than this asks for, so that nothing is waited for."""
        return await self.house.store.changed(Seq(-1))

    async def log(self, ticket: TicketId | None = None) -> list[Event]:
        """The log of one ticket, or the whole of it."""
        if ticket is not None:
            return await self.house.store.read(events.of_ticket, ticket)
        return await self.house.store.read(events.after, Seq(0), 100_000)

    async def kinds(self, ticket: TicketId) -> list[str]:
        """What happened to a ticket, in order."""
        return [str(event.kind) for event in await self.log(ticket)]

    async def clocks(self, ticket: TicketId) -> dict[str, ClockRow]:
        """A ticket's clocks by standard."""
        return {row.standard: row for row in await self.house.store.read(clocks.of_ticket, ticket)}


@asynccontextmanager
async def library(
    *,
    clock: ManualClock | None = None,
    seed: int = 1,
    lines: dict[str, LineSettings] | None = None,
    folder: Path | None = None,
    **sections: Any,
) -> AsyncIterator[Town]:
    """An empty library, always open, with the preset standards published. ``sections``: further settings.

    It texts nothing by itself, unless ``texts`` is given (None: the program's own), and waits with no reply. With a
    ``folder`` its stores are files there; else they are in memory.
    """
    store = fresh_store() if folder is None else StoreSettings(path=folder / "helpdesk.sqlite")
    sections, time = {**_USUAL, "store": store or StoreSettings(), **sections}, clock or ManualClock()
    wires: dict[Channel, Loopback] = {}

    def senders(door: Door, chats: Chats) -> dict[Channel, Loopback]:
        wires.update({each: Loopback(each, door, time) for each in (Channel.SMS, Channel.MAIL, Channel.CHAT)})
        return wires

    settings = Settings(lines=lines or LINES, **sections)
    entropy, private = drawn(seed), folder is None
    async with open_house(settings, time, private=private, master=MASTER, senders=senders, entropy=entropy) as house:
        yield Town(house, wires, time)
