"""A library in memory: the real store, the real intake and the real local desk, by a clock that stands still."""

from __future__ import annotations

import asyncio
import hashlib
import itertools
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any

from helpdesk.chatting import Manner
from helpdesk.clock import Instant, ManualClock, instant
from helpdesk.closing import LocalClosings
from helpdesk.config import LibrarySettings, LineSettings, NoiseSettings, Settings
from helpdesk.desk import About, LocalDesk
from helpdesk.events import Kind, Seq
from helpdesk.ids import Ids
from helpdesk.incidents import LocalNoise
from helpdesk.intake import Intake
from helpdesk.lines import AddressPolicy, OpenLine, SealedLine
from helpdesk.listening import Listening
from helpdesk.looking_ahead import Kept
from helpdesk.message import (
    Address,
    Attachment,
    Channel,
    ConversationId,
    Inbound,
    LineId,
    Receipt,
    StaffId,
    TicketId,
)
from helpdesk.noise.rules import NoiseRules
from helpdesk.phone import PhoneNumber
from helpdesk.ports import Desk, Store
from helpdesk.privacy import Key
from helpdesk.reports.standing import Bands, standing
from helpdesk.reports_asked import LocalReports
from helpdesk.rulebook import Rulebook, drafts
from helpdesk.settings.sorting import sorts_of
from helpdesk.sight import Told
from helpdesk.sorts import Sorts
from helpdesk.store.keys import KeyStore
from helpdesk.store.sqlite import open_store
from helpdesk.store.verbs import chats
from helpdesk.taking_back import windows
from helpdesk.zones import Plan

ANA, BEN = StaffId("ana"), StaffId("ben")
MONDAY_NOON = instant(datetime(2026, 11, 23, 12, 0, tzinfo=UTC))

NOISE = LineId("noise")

LINES = {
    NOISE: LineSettings(channel=Channel.SMS, title="Noiseline", kind="noise", address="+447700900001"),
    LineId("ask"): LineSettings(channel=Channel.SMS, title="Text us", address="+447700900002"),
    LineId("help"): LineSettings(channel=Channel.MAIL, title="Help", address="help@library.example"),
    LineId("chat"): LineSettings(channel=Channel.CHAT, title="Web chat", address="chat"),
}


@dataclass
class House:
    """The library, and what its patrons do."""

    store: Store
    desk: Desk
    intake: Intake
    clock: ManualClock
    _count: itertools.count[int] = field(default_factory=lambda: itertools.count(1))

    def waits(self, one: int = 10, many: int = 30) -> None:
        """From now on replies wait before they go out: so many seconds to one, and to many."""
        assert isinstance(self.desk, LocalDesk)
        self.desk.sending.windows = windows(one, many)

    async def texts(self, text: str, *, who: str = "+447700900101", line: str = "noise") -> TicketId:
        """Somebody sends a text."""
        return await self._receive(Channel.SMS, line, PhoneNumber(who), text)

    async def mails(
        self,
        subject: str,
        text: str,
        *,
        who: str = "mina@example.org",
        name: str = "Mina Okafor",
        references: tuple[str, ...] = (),
        quote_from: int | None = None,
        files: tuple[tuple[str, bytes], ...] = (),
    ) -> TicketId:
        """Somebody sends a mail."""
        sender = Address(channel=Channel.MAIL, value=who, name=name)
        return await self._receive(
            Channel.MAIL,
            "help",
            sender,
            text,
            subject=subject,
            references=references,
            quote_from=quote_from,
            files=files,
        )

    async def chats(self, text: str, *, who: str = "visitor-1", name: str = "Visitor") -> TicketId:
        """A visitor writes in the chat; the same ``who`` goes on with the same one."""
        chat = ConversationId(who)
        if await self.store.read(chats.by_id, chat) is None:
            await self.store.write(chats.begin, chat, LineId("chat"), name, b"t" * 16, self.clock.now())
        sender = Address(channel=Channel.CHAT, value=who, name=name)
        return await self._receive(Channel.CHAT, "chat", sender, text, conversation=chat)

    async def _receive(
        self,
        channel: Channel,
        line: str,
        sender: Address | PhoneNumber,
        text: str,
        *,
        subject: str = "",
        references: tuple[str, ...] = (),
        quote_from: int | None = None,
        files: tuple[tuple[str, bytes], ...] = (),
        conversation: ConversationId | None = None,
    ) -> TicketId:
        number = next(self._count)
        receipt: Receipt = await self.intake.receive(
            Inbound(
                channel=channel,
                line=LineId(line),
                external_id=f"message-{number}",
                digest=hashlib.sha256(f"{number} {text}".encode()).hexdigest(),
                sender=sender,
                text=text,
                subject=subject,
                references=references,
                quote_from=quote_from,
                attachments=tuple(
                    Attachment(
                        name=name, media_type="application/pdf", content=data, digest=hashlib.sha256(data).hexdigest()
                    )
                    for name, data in files
                ),
                conversation=conversation,
            )
        )
        assert receipt.ticket is not None
        return receipt.ticket


class Unhearing:
    """A desk that hears of no change; all else goes to the real one."""

    def __init__(self, library: House) -> None:
        self._desk = library.desk

    def __getattr__(self, name: str) -> Any:
        return getattr(self._desk, name)

    async def changes(self, after: Seq) -> AsyncIterator[Told]:
        """None, for ever."""
        await asyncio.Event().wait()
        yield Told(seq=after, kind=Kind.NOTED, ticket=None, actor="")


_SETTINGS = Settings(library=LibrarySettings(name="Moor Street Library", zone="Europe/London"))


@asynccontextmanager
async def house(
    *,
    start: Instant = MONDAY_NOON,
    said: str = "",
    sealed: bool = False,
    rules: NoiseRules | None = None,
    asks: bool = False,
    calendars: Path | None = None,
) -> AsyncIterator[House]:
    """Open the library; ana and ben work there.

    ``sealed``: the Noiseline knows nobody's number. With ``rules`` texts are listened to: for places and for danger.
    ``asks``: the desk asks how it went when a ticket is solved. ``calendars``: a file whose first calendar all lines
    keep; else they are always open.
    """
    clock = ManualClock(start)
    seed = itertools.count(1)
    ids = Ids(clock, lambda n: next(seed).to_bytes(n, "big"))
    async with open_store(None) as store, KeyStore.open(None, Key(b"k" * 32), clock) as keys:
        rulebook = Rulebook(store, clock)
        await rulebook.publish(drafts(calendars, None, now=clock.now(), zone="Europe/London"))
        policies: dict[LineId, AddressPolicy] = {name: OpenLine() for name in LINES}
        if sealed:
            policies[NOISE] = SealedLine(NOISE, keys, ids.new)
        intake = Intake(
            listening=_listening(rules, rulebook, ids) if rules is not None else None,
            store=store,
            clock=clock,
            ids=ids,
            lines=LINES,
            policies=policies,
            published=rulebook.published,
            reply_key=b"k" * 32,
        )
        titles = {str(name): line.title for name, line in LINES.items()}
        about = About(library="Moor Street Library", zone="Europe/London", said=said, lines=titles)
        desk = LocalDesk(
            store=store,
            clock=clock,
            ids=ids,
            published=rulebook.published,
            about=about,
            standing=partial(standing, bands=Bands(zone=about.zone)),
            reports=LocalReports(_SETTINGS, store=store, clock=clock, published=rulebook.published),
            noise=LocalNoise(store=store, clock=clock, ids=ids, published=rulebook.published, rules=rules),
            closings=_closings(store, clock, ids, rulebook),
        )
        desk.sorting.refit(_sorts(asks), "{first_name} has taken over.")
        desk.chatting.refit(
            Manner(library=about.library, line=LineId("help"), ours=frozenset({"help@library.example"}))
        )
        _keep_hours(desk, rulebook.published().first_calendar() if calendars else "")
        await desk.sign_in(ANA, name="Ana Pereira")
        await desk.sign_in(BEN, name="Ben Adeyemi")
        yield House(store, desk, intake, clock)


def _closings(store: Store, clock: ManualClock, ids: Ids, rulebook: Rulebook) -> LocalClosings:
    """Every line can be closed by hand."""
    channels = {name: line.channel for name, line in LINES.items()}
    return LocalClosings(
        store=store, clock=clock, ids=ids, published=rulebook.published, load=rulebook.load, lines=channels
    )


def _keep_hours(desk: LocalDesk, calendar: str) -> None:
    """Every line keeps the hours of a calendar; "" for always open."""
    desk.openings.refit({name: Kept(calendar, line.channel) for name, line in LINES.items()}, calendar)


def _listening(rules: NoiseRules, rulebook: Rulebook, ids: Ids) -> Listening:
    """What texts are listened to by."""
    return Listening(
        plan=Plan(zones=rules.zones),
        texts={},
        settings=NoiseSettings(),
        is_open=lambda calendar, when: True,
        closed=rulebook.closed,
        hours=lambda calendar, when: None,
        ids=ids,
    )


def _sorts(asks: bool) -> Sorts:
    """The program's own kinds and presets, and two sites."""
    contacts = {"sites": ("Moor Street", "Law"), "ask": asks}
    return sorts_of(Settings.model_validate({"contacts": contacts}), Plan(zones=()))


async def busy(library: House) -> None:
    """A Monday noon with a bit of everything."""
    time = library.clock.passes
    await library.mails("Fine for a book I returned", "I returned it on Friday, but my account still shows a fine.",
                        who="jo@example.org", name="Jo Lindqvist")  # fmt: skip
    time(minutes=3)
    renewal = await library.mails("Renewal of three books", "Can I renew these until January?\n\nMina",
                                  files=(("list of books.pdf", b"%PDF-1.7".ljust(34_000)),))  # fmt: skip
    time(minutes=2)
    noise = await library.texts("Very loud group on level 3, silent side, by the windows")
    time(minutes=4)
    await library.texts("someone eating hot food in the quiet room", who="+447700900102")
    chat = await library.chats("Hello, is the printer on level 2 working again?")
    time(seconds=40)
    await library.texts("alarm going off near the lockers", who="+447700900103")
    await library.texts("What time do you close tonight?", who="+447700900104", line="ask")
    await library.mails("Interlibrary loan", "Could you get me a chapter from the British Library?",
                        who="sam@example.org", name="Sam Achterberg")  # fmt: skip
    ticket = await library.desk.claim(BEN, noise)
    await library.desk.reply(BEN, noise, ticket.version, "Thank you, we are on our way.", key="a")
    ticket = await library.desk.claim(ANA, chat)
    await library.desk.reply(ANA, chat, ticket.version, "Yes, since this morning. Colour too.", key="b")
    time(seconds=30)
    await library.chats("Great, thank you! And the scanner?")
    ticket = await library.desk.assign(BEN, renewal, 1, ANA)
    await library.desk.note(BEN, renewal, "The third one is reserved by somebody, so only two of them.", key="c")
