"""A library in which simulated people write and scripted staff answer, on a clock that runs faster than ours."""

from __future__ import annotations

import hashlib
import itertools
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import AsyncExitStack, aclosing, asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import cast

from pydantic import SecretStr

from helpdesk.clock import MINUTE, SECOND, Instant, ManualClock, PacedClock, instant
from helpdesk.config import Settings
from helpdesk.doors import open_doors
from helpdesk.house import House, open_house
from helpdesk.message import Address, Channel, Inbound, LineId, StaffId, TicketId
from helpdesk.privacy import new_key
from helpdesk.serving import listening
from helpdesk.sight import Told
from helpdesk.simulator.carrier import Carrier
from helpdesk.simulator.chat_client import ChatDoor
from helpdesk.simulator.contacts import Doors, MailDoor
from helpdesk.simulator.ledger import Balance, Ledger, balance, settled, threads
from helpdesk.simulator.patrons import Manners, Patrons
from helpdesk.simulator.postbox import Postbox
from helpdesk.simulator.scenarios import Way
from helpdesk.simulator.staff import Pace
from helpdesk.thread import EntryKind, Thread

NOISE, TEXTS = "+447700900001", "+447700900002"
MAILBOX = "enquiries@library.example"
ACCOUNT, TOKEN = "AC" + "1" * 32, "the carrier's secret"
ANA, BEN = StaffId("ana"), StaffId("ben")
MONDAY_TEN = instant(datetime(2026, 11, 23, 10, 0, tzinfo=UTC))

BRISK = Manners(
    patience=dict.fromkeys(Way, (4 * MINUTE, 5 * MINUTE)),
    pause=dict.fromkeys(Way, (5 * SECOND, 15 * SECOND)),
    leaves_early=(5 * SECOND, 10 * SECOND),
)
"""Patrons who wait and think for minutes and seconds only."""

QUICK = Pace(
    glance=(SECOND, 5 * SECOND),
    notices=(SECOND, 2 * SECOND),
    walks=(SECOND, 5 * SECOND),
    looks=(SECOND, 5 * SECOND),
    asked=(SECOND, 5 * SECOND),
    answers=dict.fromkeys(Channel, (2 * SECOND, 8 * SECOND)),
)
"""Staff who read and type in no time."""


class HurriedClock(ManualClock):
    """A clock that moves on to whatever time somebody waits for: for one who waits at a time."""

    async def until(self, when: Instant) -> None:
        """Be there at once."""
        self.move_to(max(when, self.now()))


def settings(*, public: str = "http://127.0.0.1", carrier: str = "http://127.0.0.1", relay: int = 25) -> Settings:
    """A library with a sealed and an open SMS line, a mailbox and a chat page."""
    return Settings.model_validate(
        {
            "library": {"name": "Fernhill Library"},
            "web": {"public_url": public},
            "lines": {
                "noise": {
                    "channel": "sms",
                    "title": "Noiseline",
                    "policy": "sealed",
                    "kind": "noise",
                    "address": NOISE,
                    "greeting": "Thank you, we have your text.",
                },
                "texts": {"channel": "sms", "title": "Texts", "address": TEXTS},
                "mail": {"channel": "mail", "title": "Enquiries", "address": MAILBOX},
                "chat": {"channel": "chat", "title": "Chat", "address": "chat"},
            },
            "sms": {"account": ACCOUNT, "tokens": [SecretStr(TOKEN)], "base_url": carrier},
            "mail": {"listen": "127.0.0.1:0", "relay_port": relay},
            "chat": {"form_line": "mail"},
            "desk": {"undo_seconds": 0},
        }
    )


@dataclass
class Town:
    """A library with its doors open, and all that stands outside."""

    house: House
    doors: Doors
    ledger: Ledger = field(default_factory=Ledger)

    def patrons(self, seed: int = 7, *, rate: float = 600) -> Patrons:
        """Brisk patrons."""
        return Patrons(seed, self.house.clock, self.doors, self.ledger, rate=rate, manners=BRISK)

    async def balance(self) -> Balance:
        """The ledger's balance, given some minutes to settle."""
        clock = self.house.clock
        await self.house.desk.sign_in(ANA)

        async def count() -> Balance:
            return balance(self.ledger, await threads(self.house.desk, ANA))

        return await settled(count, clock, grace=30 * MINUTE, every=MINUTE)


@asynccontextmanager
async def town(*, pace: float = 60) -> AsyncIterator[Town]:
    """Everything real, on loopback; one second is ``pace`` seconds."""
    clock = PacedClock(pace=pace, start=MONDAY_TEN)
    carrier, postbox = Carrier(account=ACCOUNT, tokens=(TOKEN,), clock=clock), Postbox()
    async with AsyncExitStack() as stack:
        carrier_url = await stack.enter_async_context(carrier.serving())
        relay = await stack.enter_async_context(postbox.listening())
        bound = listening()
        public = f"http://127.0.0.1:{bound.getsockname()[1]}"
        chosen = settings(public=public, carrier=carrier_url, relay=relay.port)
        house = await stack.enter_async_context(open_house(chosen, clock, master=new_key(), private=True))
        for number in (NOISE, TEXTS):
            carrier.rents(number, webhook=f"{public}/sms/inbound")
        where = await stack.enter_async_context(open_doors(house, web=bound))
        assert where.mail_host is not None
        assert where.mail_port is not None
        yield Town(
            house,
            Doors(
                handset=carrier.handset,
                texts=TEXTS,
                noise=NOISE,
                mail=MailDoor(host=where.mail_host, port=where.mail_port, mailbox=MAILBOX),
                postbox=postbox,
                chat=ChatDoor(url=public.replace("http", "ws") + "/chat/ws", origin=public, line="chat"),
                greetings={"Thank you, we have your text."},
            ),
        )


@dataclass
class Backroom:
    """A library without doors: messages are put in by hand."""

    house: House
    _count: itertools.count[int] = field(default_factory=lambda: itertools.count(1))

    async def mails(self, text: str, *, automatic: bool = False) -> TicketId:
        """Somebody writes, from an address of their own."""
        number = next(self._count)
        receipt = await self.house.intake.receive(
            Inbound(
                channel=Channel.MAIL,
                line=LineId("mail"),
                external_id=f"mail {number}",
                digest=hashlib.sha256(text.encode()).hexdigest(),
                sender=Address(channel=Channel.MAIL, value=f"reader.{number}@student.example", name="Ada B."),
                subject="A question",
                text=f"{text}\n\nAda B.",
                automatic=automatic,
            )
        )
        assert receipt.ticket is not None
        return receipt.ticket

    async def when(self, ticket: TicketId, *, solved: bool = False, outs: int = 0) -> Thread:
        """The ticket, once it is solved, or has so many replies."""
        desk = self.house.desk
        changes = cast("AsyncGenerator[Told]", desk.changes((await desk.hello()).seq))
        async with aclosing(changes):
            while True:
                thread = await desk.thread(ANA, ticket)
                if len(replies(thread)) >= outs and not (solved and thread.ticket.live):
                    return thread
                await anext(changes)


def replies(thread: Thread) -> list[str]:
    """What staff wrote to the patron."""
    return [entry.text for entry in thread.entries if entry.kind is EntryKind.OUT]


@asynccontextmanager
async def backroom(*, pace: float = 240) -> AsyncIterator[Backroom]:
    """The real store, intake, chats and desk, in memory; one second is ``pace`` seconds."""
    clock = PacedClock(pace=pace, start=MONDAY_TEN)
    async with open_house(settings(), clock, master=new_key(), private=True, senders=lambda door, chats: {}) as house:
        yield Backroom(house)
