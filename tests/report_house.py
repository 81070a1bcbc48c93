"""A library for the tests of reports: the real store, door and desk, by a clock that stands still."""

from __future__ import annotations

import itertools
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import date, datetime, time
from functools import partial
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from helpdesk import befalling
from helpdesk.clock import Instant, ManualClock, instant
from helpdesk.config import LineSettings
from helpdesk.desk import About, LocalDesk
from helpdesk.ids import Ids
from helpdesk.intake import Intake
from helpdesk.lines import AddressPolicy, OpenLine
from helpdesk.message import Address, Channel, ConversationId, Inbound, LineId, StaffId, TicketId
from helpdesk.ports import Store
from helpdesk.reports import By, Figure, Question, Report, report
from helpdesk.rulebook import Rulebook, drafts
from helpdesk.sorting import LocalSorting
from helpdesk.sorts import Sorts
from helpdesk.store.sqlite import open_store
from helpdesk.store.verbs import chats, outbox, tickets
from helpdesk.ticket import Change, Ticket
from tests.engines import new_store

ANA = StaffId("ana")
LONDON = "Europe/London"
LINES = {
    LineId("noise"): LineSettings(channel=Channel.SMS, title="Noiseline", kind="noise", address="+447700900001"),
    LineId("help"): LineSettings(channel=Channel.MAIL, title="Help", address="help@library.example"),
    LineId("chat"): LineSettings(channel=Channel.CHAT, title="Web chat", address="chat"),
}


def at(day: str, clock: str = "12:00", zone: str = LONDON) -> Instant:
    """A wall time ("2026-11-02", "09:30") in a zone."""
    return instant(datetime.combine(date.fromisoformat(day), time.fromisoformat(clock), ZoneInfo(zone)))


@dataclass
class Contact:
    """What the test knows of a contact, for its own reckoning."""

    channel: Channel
    began: Instant
    ticket: TicketId
    claims: list[Instant] = field(default_factory=list)
    replies: list[Instant] = field(default_factory=list)
    left: Instant | None = None
    bars: set[str] = field(default_factory=set)


class Library:
    """A library whose patrons and staff act by a clock that stands still."""

    def __init__(self, store: Store, clock: ManualClock, rulebook: Rulebook, zone: str) -> None:
        seed = itertools.count(1)
        ids = Ids(clock, lambda n: next(seed).to_bytes(n, "big"))
        policies: dict[LineId, AddressPolicy] = {name: OpenLine() for name in LINES}
        published = rulebook.published
        self.store, self.clock, self.rulebook, self.zone = store, clock, rulebook, zone
        self.intake = Intake(
            store=store, clock=clock, ids=ids, lines=LINES, policies=policies, published=published, reply_key=b"k" * 32
        )
        about = About(library="Moor Street Library", zone=zone)
        sorts = Sorts(kinds=("enquiry", "fault", "heating"), sites=("Law", "Main"))
        sorting = LocalSorting(store=store, clock=clock, ids=ids, published=published, sorts=sorts)
        self.desk = LocalDesk(store=store, clock=clock, ids=ids, published=published, about=about, sorting=sorting)
        self.contacts: list[Contact] = []
        self.words = "Loud on level 3"
        self._again = 0

    async def comes(self, line: str, when: Instant | None = None, *, automatic: bool = False) -> Contact:
        """Somebody new writes."""
        if when is not None:
            self.clock.move_to(when)
        number, channel = len(self.contacts) + 1, LINES[LineId(line)].channel
        visitor = f"someone-{number}@example.org"
        if channel is Channel.CHAT:
            token = number.to_bytes(16, "big")
            await self.store.write(chats.begin, ConversationId(visitor), LineId(line), "V", token, self.clock.now())
        receipt = await self.intake.receive(
            Inbound(
                channel=channel,
                line=LineId(line),
                external_id=f"m{number}",
                digest=f"{number:064}",
                sender=Address(channel=channel, value=visitor, name=self.words),
                text=self.words,
                subject=self.words,
                automatic=automatic,
                conversation=ConversationId(visitor) if channel is Channel.CHAT else None,
            )
        )
        assert receipt.ticket is not None
        contact = Contact(channel, self.clock.now(), receipt.ticket, bars={"automatic"} if automatic else set())
        self.contacts.append(contact)
        return contact

    async def writes_again(self, contact: Contact) -> None:
        """The same visitor or texter writes once more."""
        visitor = f"someone-{self.contacts.index(contact) + 1}@example.org"
        self._again += 1
        await self.intake.receive(
            Inbound(
                channel=contact.channel,
                line=next(name for name, line in LINES.items() if line.channel is contact.channel),
                external_id=f"again{self._again}",
                digest=f"a{self._again:063}",
                sender=Address(channel=contact.channel, value=visitor),
                text=self.words,
                conversation=ConversationId(visitor) if contact.channel is Channel.CHAT else None,
            )
        )

    async def claims(self, contact: Contact) -> None:
        """Ana takes it."""
        await self.desk.claim(ANA, contact.ticket)
        contact.claims.append(self.clock.now())

    async def replies(self, contact: Contact, when: Instant | None = None) -> None:
        """Ana answers."""
        if when is not None:
            self.clock.move_to(when)
        seen = await self.store.read(tickets.get, contact.ticket)
        await self.desk.reply(ANA, contact.ticket, seen.version, "On our way.")
        contact.replies.append(self.clock.now())

    async def bounces(self, contact: Contact) -> None:
        """The last reply turns out undeliverable."""
        sent = await self.store.read(outbox.sent_ids, contact.ticket)
        published = self.rulebook.published()
        await self.store.write(outbox.failed, sent[-1], "550", "no such box", self.clock.now(), published)
        contact.replies.pop()

    async def leaves(self, contact: Contact) -> None:
        """The visitor goes."""
        await self._change(contact, partial(befalling.left, now=self.clock.now()))
        contact.left = self.clock.now()

    async def spams(self, contact: Contact) -> None:
        """Into spam, or out of it."""
        seen = await self.store.read(tickets.get, contact.ticket)
        await self.desk.spam(ANA, contact.ticket, seen.version)
        contact.bars ^= {"spam"}

    async def tests(self, contact: Contact) -> None:
        """It was a test; done again, it was none."""
        seen = await self.store.read(tickets.get, contact.ticket)
        await self.desk.test(ANA, contact.ticket, seen.version)
        contact.bars ^= {"test"}

    async def _change(self, contact: Contact, transition: Callable[[Ticket], Change]) -> None:
        now, published = self.clock.now(), self.rulebook.published()
        await self.store.write(tickets.change, contact.ticket, transition, now=now, published=published)

    def asks(self, begin: str = "", end: str = "", by: By = "month", **more: Any) -> Question:
        """A question, now."""
        return Question(
            zone=self.zone,
            library="Moor Street Library",
            now=self.clock.now(),
            begin=date.fromisoformat(begin) if begin else None,
            end=date.fromisoformat(end) if end else None,
            by=by,
            **more,
        )

    async def reports(self, begin: str = "", end: str = "", by: By = "month", **more: Any) -> Report:
        """The report, now."""
        return await report(self.store, self.asks(begin, end, by, **more))


@asynccontextmanager
async def library(*, zone: str = LONDON, path: Path | None = None, promises: bool = True) -> AsyncIterator[Library]:
    """Open it on 1 September 2026; the presets are published, unless nothing is promised."""
    clock = ManualClock(at("2026-09-01"))
    async with new_store() if path is None else open_store(path) as store:
        rulebook = Rulebook(store, clock)
        if promises:
            await rulebook.publish(drafts(None, None, now=clock.now(), zone=zone))
        opened = Library(store, clock, rulebook, zone)
        await opened.desk.sign_in(ANA, name="Ana")
        yield opened


def only(found: Report, standard: str = "noise-texts") -> Figure:
    """A standard's figure over the whole period."""
    (figure,) = (each for each in found.total.figures if each.standard == standard)
    return figure
